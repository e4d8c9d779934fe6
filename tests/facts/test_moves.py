"""A place moves with the parts that say the same, and is unknown where they do not tell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.differences import FileDifference
from archlint.facts.moves import Moves
from archlint.facts.python import read_python
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call, ClassDef, FunctionDef, Node
from archlint.findings import Location

CODE = """\
import os

@decorated(1)
def first(a, b=call(2)):
    return call(a)


class Shop:
    limit: int = call(3)

    def second(self):
        return [call(self), call(4)]
"""
KINDS = ("Call", "ClassDef", "FunctionDef", "Constant", "Name", "Parameter", "Assign", "Import")


def _source(text: str) -> PythonSource:
    return read_python(text.encode())


def _places(source: PythonSource) -> list[Location]:
    nodes: list[Node] = [node for kind in (Call, ClassDef, FunctionDef) for node in source.nodes.of(kind)]
    spans = [(node.start, node.end) for node in nodes]
    spans += [(f.start, f.header_end) for f in source.nodes.of(FunctionDef)]
    named: list[FunctionDef | ClassDef] = [*source.nodes.of(FunctionDef), *source.nodes.of(ClassDef)]
    spans += [(one.name_start, one.name_start + len(one.name)) for one in named]
    return [source.location("app.py", start, end) for start, end in spans]


def _moves(before: str, after: str, *parts: int | str) -> Moves:
    difference = FileDifference(_source(before), _source(after))
    return Moves(difference, [part for part in parts if not difference.is_in(part)])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["# comment", "", "    # inner"])), max_size=6))
def test_layout_moves_every_place(inserted: list[tuple[int, str]]) -> None:
    lines = CODE.splitlines()
    for at, line in inserted:
        lines.insert(at, line)
    after = "\n".join(lines) + "\n"
    moves = _moves(CODE, after, "", 0, 1, *KINDS)
    assert [moves.of(place) for place in _places(_source(CODE))] == _places(_source(after))


def test_what_lies_in_a_changed_part_is_unknown() -> None:
    after = CODE.replace("[call(self), call(4)]", "[call(self), 1, call(4)]")
    moves = _moves(CODE, after, "", 0, 1, "FunctionDef")
    assert moves.of(_source(CODE).location("app.py", CODE.index("call(a)"), CODE.index("call(a)") + 7))
    assert moves.of(Location("app.py", 12, 16, 12, 36)) is None
    assert moves.of(Location("app.py", 11, 5, 11, 21)) == Location("app.py", 11, 5, 11, 21)


def test_an_equal_node_elsewhere_is_told_by_the_part_that_has_it() -> None:
    """The calls are the same ones in the same order, though no statement tells which is which."""
    moves = _moves("x = 1\nf()\nf()\n", "f()\nf()\nx = 1\n", "Call", "")
    assert moves.of(Location("app.py", 2, 1, 2, 4)) == Location("app.py", 1, 1, 1, 4)
    assert moves.of(Location("app.py", 3, 1, 3, 4)) == Location("app.py", 2, 1, 2, 4)


def test_parts_that_disagree_tell_nothing() -> None:
    before, after = "f(1)\nf(1)\nx = 2\n", "x = 1\nf(2)\nf(1)\n"
    moves = _moves(before, after, "Constant", "Call", "Name")
    assert moves.of(Location("app.py", 1, 3, 1, 4)) is None


@pytest.mark.parametrize("place", [Location("app.py", 99, 1, 99, 2), Location("app.py", 1, 2, 1, 3)])
def test_no_place_of_a_node_is_unknown(place: Location) -> None:
    assert _moves(CODE, CODE, "", 0, 1, *KINDS).of(place) is None


def test_a_file_as_a_whole_stays_one() -> None:
    assert Moves(None, ()).of(Location("app.py")) == Location("app.py")
    assert Moves(None, ()).of(Location("app.py", 2, 1, 2, 4)) is None
