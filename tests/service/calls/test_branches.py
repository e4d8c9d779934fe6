"""What stands in which branch is told without the rest of a function."""

from __future__ import annotations

import pytest

from archlint.facts.differences import FileDifference
from archlint.facts.python import read_python
from archlint.facts.source import PythonSource
from archlint.service.calls.branches import branched

CODE = """
def start(name, other):
    prepare(name)
    if settings.debug:
        seed(name)
        tell(name)
    elif name:
        other.run()
    finish(name)


def plain(name):
    prepare(name)
"""


def _source(text: str) -> PythonSource:
    return read_python(text.encode())


def _differs(before: str, after: str, function: int) -> bool:
    assert before in CODE
    names = {"defined": frozenset({"run", "start", "plain"})}
    part = f"{branched.__module__}.branched:{function}"
    return FileDifference(_source(CODE), _source(CODE.replace(before, after)), names).is_in(part)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("seed(name)", "seed(other, 3)"),
        ("        tell(name)\n", "        tell(name)\n        print(name)\n        total = 1\n"),
        ("other.run()", "name.run()"),
    ],
)
def test_what_calls_are_given_is_in_no_branch(before: str, after: str) -> None:
    assert not _differs(before, after, 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("        tell(name)\n    elif name:\n", "    elif name:\n        tell(name)\n"),
        ("    prepare(name)\n    if settings.debug:\n", "    if settings.debug:\n        prepare(name)\n"),
        ("        other.run()\n    finish", "        other.run()\n        finish"),
        ("settings.debug", "settings.quiet"),
        ("        tell(name)\n", "        tell(name)\n        seed(name)\n"),
        ("other.run()", "other.walk()"),
    ],
)
def test_where_something_runs_is_told(before: str, after: str) -> None:
    assert _differs(before, after, 0)


def test_without_branches_nothing_is_told() -> None:
    assert not _differs("def plain(name):\n    prepare(name)\n", "def plain(name):\n    seed(name)\n", 1)
