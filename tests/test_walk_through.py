"""docs/first-day.md shows what happens, and what it promises holds."""

from __future__ import annotations

import re
from pathlib import Path

from tools.walk_through import PAGE, played


def test_its_commands_print_what_it_shows(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert played(text, tmp_path) == text, "run: uv run python -m tools.walk_through"


def test_the_hook_shows_the_new_violation_in_under_ten_lines_and_nothing_else() -> None:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(r"^\$ archlint check --against HEAD --output-format hook\n(.*?)^```", text, re.M | re.S)
    assert found is not None
    assert found[1].count("\n") < 10
    assert re.findall(r"\bBA\d{4}\b", found[1]) == ["BA0606"]
