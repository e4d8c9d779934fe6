"""What has changed since the run before, of all that was read in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint import readings
from archlint.changes import ReadChanges
from archlint.discover import Repository
from archlint.facts.store import Facts, read_facts
from archlint.traces import NAMES, CodeRead, FilePart, PartTable, RunTraces

CODE = """import time


def first(a, b=1):
    return a + b


class Shop:
    def second(self):
        return first(1)
"""
READ: list[FilePart] = [(0, "Call"), (NAMES, readings.DEFINED), (0, 1), (0, ""), (0, 0), (0, "Return")]


def _facts(folder: Path, text: str | None) -> Facts:
    if text is not None:
        (folder / "app.py").write_text(text)
    return read_facts(_repository(folder), ["app.py"], folder / "cache")


def _repository(folder: Path) -> Repository:
    return Repository(folder, ("app.py",), None)


def _changes(folder: Path, text: str, *, forget: bool = False, names: str = "") -> ReadChanges:
    """What changes where the file says this now; `names` that were defined before are others."""
    before = _facts(folder, CODE)
    earlier = ReadChanges(None, _repository(folder), before).names
    known = {name: f"{one}{names}" for name, one in earlier.items()}
    run = RunTraces("key", ["app.py"], [before.digests["app.py"]], known, [], {}, {}, {}, [], [])
    if forget:
        for one in (folder / "cache").rglob("*"):
            if one.is_file():
                one.unlink()
    return ReadChanges(run, _repository(folder), _facts(folder, text))


def _first(changes: ReadChanges, read: list[FilePart]) -> int:
    """How much was read before the first thing that has changed."""
    table = PartTable()
    packed = table.packed(read)
    return changes.first_code(CodeRead(packed, list(table)))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (CODE, 6),
        (f"# moved\n\n{CODE}", 6),
        (CODE.replace("first(1)", "first(2)"), 0),  # the nodes of a kind
        (f"{CODE}\n\ndef more():\n    return 2\n", 1),  # what the repository defines
        (CODE.replace("first(1)", "first"), 0),
        (CODE.replace("return first(1)", "print(first(1))"), 0),
        (CODE.replace("        return first(1)", "        self\n        return first(1)"), 2),  # a body
        (CODE.replace("import time", "import json"), 3),  # the module's own statements
        (CODE.replace("a + b", "b + a"), 4),  # another body
    ],
)
def test_the_first_thing_that_has_changed_is_found(tmp_path: Path, text: str, first: int) -> None:
    assert _first(_changes(tmp_path, text), READ) == first


@pytest.mark.parametrize("part", [0, 1])
def test_a_body_counts_where_it_was_read(tmp_path: Path, part: int) -> None:
    changes = _changes(tmp_path, CODE.replace("a + b", "b + a"))
    assert _first(changes, [(0, part)]) == part  # the second one says what it said


def test_names_count_where_they_were_read(tmp_path: Path) -> None:
    changes = _changes(tmp_path, CODE, names="others")
    assert _first(changes, [(0, 0), (0, "Call"), (NAMES, readings.KNOWN), (0, 1)]) == 2
    assert _first(changes, [(0, 0), (0, "Call")]) == 2


def test_all_of_a_file_counts_whose_old_content_nobody_knows(tmp_path: Path) -> None:
    changes = _changes(tmp_path, CODE.replace("a + b", "b + a"), forget=True)
    assert _first(changes, [(0, 1)]) == 0
    assert _first(changes, []) == 0
