"""What a file says of itself at a glance."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from archlint.facts.differences import same
from archlint.facts.python import read_python
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Alias, Attribute, FunctionDef, Import, ImportFrom, Name

SOURCE = """
import os, a.b as c
from typing import TYPE_CHECKING as checks

if checks:
    from x import seen
else:
    from y import run

try:
    import fast
except ImportError:
    fast = None

def first(limit=DEFAULT):
    from z import lazy
    return lazy(limit).value

@decorated
def second():
    def inner():
        return "a_text"
    return inner

class Shop:
    name: str = os.name
    def third(self):
        return "no name"

Shop.total = revision = 1
start()
if __name__ == "__main__":
    only_here(first)
"""


def test_imports_tell_where_they_stand() -> None:
    told = [
        (one.statement.names[-1].name, one.lazy, one.type_checking, one.guarded)
        for one in read_python(SOURCE.encode()).imports
    ]
    assert told == [
        ("a.b", False, False, False),
        ("TYPE_CHECKING", False, False, False),
        ("seen", False, True, False),
        ("run", False, False, False),
        ("fast", False, False, True),
        ("lazy", True, False, False),
    ]


def test_the_modules_own_statements() -> None:
    source = read_python(SOURCE.encode())
    assert source.assigned == ("Shop.total", "revision")
    assert source.called == ("start",)
    assert source.has_main_guard
    assert source.spellings == {"TYPE_CHECKING", "checks"}


@pytest.mark.parametrize("test", ["__name__ == '__main__' and x", "__name__ == 'main'", "name == '__main__'"])
def test_no_main_guard(test: str) -> None:
    assert not read_python(f"if {test}:\n    run()\n".encode()).has_main_guard
    assert not read_python(f"def f():\n    if {test}:\n        run()\n".encode()).has_main_guard


def test_mentions_by_function() -> None:
    source = read_python(SOURCE.encode())
    mentions = source.mentions
    assert {"DEFAULT", "decorated", "os", "start"} <= {*mentions.outside, *source.names}
    assert {"DEFAULT", "decorated", "start"} <= {*mentions.outside}
    assert {"only_here", "lazy", "limit", "third"}.isdisjoint(mentions.outside)
    assert {*mentions.guarded} == {"__name__", "__main__", "only_here", "first"}
    assert {"only_here", "lazy", "DEFAULT"} <= source.names
    assert [(one.function, one.is_decorated, {*one.names}) for one in mentions.inside] == [
        ("first", False, {"lazy", "limit", "value"}),
        ("second", True, {"a_text", "inner"}),
        ("third", False, set()),
    ]


def test_a_name_that_only_stands_for_another_is_no_use_of_it() -> None:
    source = read_python(
        b"from a import b, c as d\n__all__ = ['b', 'e']\ne = d\nf = e.g\ndef h():\n    i = b\nj = e()\n"
    )
    mentions = source.mentions
    assert {*mentions.outside} == {"e", "j"}
    assert [(one.function, {*one.names}) for one in mentions.aliases] == [
        ("b", {"b"}),
        ("d", {"c"}),
        ("__all__", {"b", "e"}),
        ("e", {"e", "d"}),
        ("f", {"f", "e", "g"}),
    ]
    assert [(one.function, {*one.names}) for one in mentions.inside] == [("h", {"i", "b"})]
    assert {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} - source.names == {"a"}


def _files() -> list[Path]:
    return sorted((Path(__file__).parents[2] / "src/archlint/facts").glob("*.py"))


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
def test_an_outline_says_what_the_statements_say(path: Path) -> None:
    source = read_python(path.read_bytes())
    statements = [*source.nodes.of(Import), *source.nodes.of(ImportFrom)]
    statements.sort(key=lambda one: one.start)
    assert same(tuple(one.statement for one in source.imports), tuple(statements))
    assert {node.id for node in source.nodes.of(Name)} <= source.names
    assert {node.attr for node in source.nodes.of(Attribute)} <= source.names
    assert {node.name.rpartition(".")[2] for node in source.nodes.of(Alias)} <= source.names


def test_statements_are_decoded_when_they_are_asked_for() -> None:
    written = read_python(SOURCE.encode())
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(written), type=PythonSource)
    assert len(kept.imports) == 6
    assert kept.mentions == written.mentions
    assert not kept.is_decoded
    assert [one.name for one in kept.nodes.of(FunctionDef)] == ["first", "second", "inner", "third"]
    assert kept.is_decoded
