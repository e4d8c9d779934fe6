"""No command breaks on services whose files were mangled; `benchmarks/fuzz_services.py` goes on with it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.mangling import COMMANDS, mangle, run, services


@pytest.mark.parametrize("round_", range(30))
def test_a_mangled_service(round_: int, tmp_path: Path) -> None:
    chance = random.Random(f"smoke {round_}")
    shutil.copytree(chance.choice(services()), tmp_path, dirs_exist_ok=True)
    mangle(tmp_path, chance)
    assert run(chance.choice(COMMANDS), tmp_path) == ""
