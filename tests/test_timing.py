"""Where the time goes: each second is counted once."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

import pytest

from archlint import timing
from archlint.timing import Clock
from tests.cli.command_line import Run, write
from tests.cli.conftest import run

__all__ = ["run"]

SERVICE = {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"}


class Ticking:
    """A processor whose every look at the clock is a second later."""

    def __init__(self) -> None:
        self.now = 0.0

    def process_time(self) -> float:
        self.now += 1
        return self.now


class Parts:
    @cached_property
    def outer(self) -> int:
        return self._inner + 1

    @cached_property
    def _inner(self) -> int:
        return 1


def test_each_second_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "time", Ticking())
    said: list[str] = []
    clock = Clock()
    with clock.watching(Parts):
        step = clock.following(said.append)
        step("reading files")
        step("checking .: some-rule")
        parts = Parts()
        assert (parts.outer, parts.outer) == (2, 2)
    assert said == ["reading files", "checking .: some-rule"]
    assert clock.stages == {"starting": 1, "reading files": 1}
    assert clock.parts == {"outer": 2, "inner": 1}
    assert clock.rules == {"some-rule": 2}
    assert Parts().outer == 2
    assert clock.parts == {"outer": 2, "inner": 1}


def test_times_stand_beside_the_report_or_in_it(run: Run, tmp_path: Path) -> None:
    write(tmp_path, SERVICE)
    plain = run("check", "--select", "BA0104,BA0801")
    timed = run("check", "--select", "BA0104,BA0801", "--timing")
    assert timed.out == plain.out
    assert " s  processor time\n" in timed.err
    document = json.loads(run("check", "--timing", "--output-format", "json").out)
    assert set(document["timing"]) == {"stages", "parts", "rules"}
    assert "reading files" in document["timing"]["stages"]
    assert "routes" in document["timing"]["parts"]
    assert "fastapi-app-missing" in document["timing"]["rules"]


def test_what_fixes_is_not_timed(run: Run) -> None:
    assert run("check", "--timing", "--fix").code == 2


def test_only_what_a_selection_needs_is_computed(run: Run, tmp_path: Path) -> None:
    write(tmp_path, SERVICE)
    document = json.loads(run("check", "--select", "BA04,BA10", "--timing", "--output-format", "json").out)
    assert not set(document["timing"]["parts"]) & {"calls", "schemas", "requests", "reached", "operations"}
