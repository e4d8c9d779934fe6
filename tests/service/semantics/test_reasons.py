"""Comments that give a reason: what is none comes first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archlint.discover import Repository
from archlint.findings import Location
from archlint.service.semantics.reasons import reason

WORDS = re.compile("pooler")


def said(folder: Path, text: str, first: int, last: int) -> str | None:
    (folder / "a.py").write_text(text)
    return reason(Repository(folder, ("a.py",), None), Location("a.py", first, 1, last, 2), WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "# the pooler of another line\n\nengine = make()\n",
        "engine = make()\n# a pooler below\n",
        "engine = make('#pooler')\n",
        "# nothing of that kind\nengine = make()\n",
        "",
    ],
)
def test_what_stands_elsewhere_or_says_something_else_is_no_reason(text: str, tmp_path: Path) -> None:
    line = next((n for n, one in enumerate(text.split("\n"), 1) if one.startswith("engine")), 1)
    assert said(tmp_path, text, line, line) is None


def test_a_comment_above_the_call_or_on_one_of_its_lines_is_quoted(tmp_path: Path) -> None:
    assert said(tmp_path, "# The pooler does.\n# Really.\nengine = make()\n", 3, 3) == "The pooler does."
    assert said(tmp_path, "engine = make(\n    pool=No,  #  a pooler \n)\n", 1, 3) == "a pooler"
    assert said(tmp_path, f"a = 1  # pooler {'x' * 200}\n", 1, 1) == f"pooler {'x' * 93}…"
