"""What has changed since the run before, of all that was read in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.changes import ReadChanges
from archlint.discover import Repository
from archlint.facts.store import Facts, read_facts
from archlint.traces import CodeRead, FilePart, PartTable, RunTraces

CODE = """import time


def first(a, b=1):
    return a + b


class Shop:
    def second(self):
        return first(1)
"""
OTHER = """def third():
    return later
"""
SPEAKING = "archlint.service.calls.mentions._names_of"
READ: list[FilePart] = [(0, "Call"), (1, SPEAKING), (0, 1), (0, ""), (0, 0), (0, "Return")]


def _facts(folder: Path, text: str) -> Facts:
    (folder / "app.py").write_text(text)
    (folder / "other.py").write_text(OTHER)
    return read_facts(_repository(folder), ["app.py", "other.py"], folder / "cache")


def _repository(folder: Path) -> Repository:
    return Repository(folder, ("app.py", "other.py"), None)


def _changes(folder: Path, text: str, *, before: str = CODE, forget: bool = False) -> ReadChanges:
    """What changes where the file says this now."""
    digests = _facts(folder, before).digests
    run = RunTraces("key", list(digests), list(digests.values()), [], {}, {}, {}, [], [])
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
        (f"{CODE}\n\ndef later():\n    pass\n", 1),  # a name that the other file has
        (f"{CODE}\n\ndef more():\n    pass\n", 3),  # one that none has
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


def test_names_count_where_they_stand(tmp_path: Path) -> None:
    defining = f"{CODE}\n\ndef later():\n    pass\n"
    for before, after in ((CODE, defining), (defining, CODE)):
        changes = _changes(tmp_path, after, before=before)
        assert _first(changes, [(0, 0), (1, "Name"), (1, SPEAKING), (0, 1)]) == 2
    assert _first(_changes(tmp_path, defining, before=defining), [(1, SPEAKING)]) == 1


def test_any_name_may_have_come_where_nobody_knows_an_old_content(tmp_path: Path) -> None:
    changes = _changes(tmp_path, CODE.replace("a + b", "b + a"), forget=True)
    assert _first(changes, [(1, SPEAKING)]) == 0


@pytest.mark.parametrize("name", ["more", "later"])
def test_what_is_kept_has_the_numbers_of_now(tmp_path: Path, name: str) -> None:
    changes = _changes(tmp_path, f"def {name}():\n    pass\n\n\n{CODE}")
    table = PartTable()
    scan = "archlint.service.calls.scanning._inferred"
    read = CodeRead(table.packed([(0, 0), (0, 1), (1, 0), (0, f"{scan}:1"), (1, f"{scan}:0")]), list(table))
    now = changes.renumbered(read, 5)
    assert now is not None
    assert list(now) == [(0, 1), (0, 2), (1, 0), (0, f"{scan}:2"), (1, f"{scan}:0")]
    assert _changes(tmp_path, f"# moved\n{CODE}").renumbered(read, 5) is None


def test_all_of_a_file_counts_whose_old_content_nobody_knows(tmp_path: Path) -> None:
    changes = _changes(tmp_path, CODE.replace("a + b", "b + a"), forget=True)
    assert _first(changes, [(0, 1)]) == 0
    assert _first(changes, []) == 0
