from __future__ import annotations

import warnings
from typing import TypeAlias

import pytest
from alembic.script.revision import MultipleHeads, RevisionError, RevisionMap
from alembic.script.revision import Revision as AlembicRevision
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.python import read_python
from archlint.findings import Unknown
from archlint.service.migrations.revisions import (
    Revision,
    RevisionGraph,
    does_nothing,
    only_raises,
    read_revision,
)


def read(text: str, file: str = "versions/a.py") -> Revision | Unknown | None:
    return read_revision(file, read_python(text.encode()))


def revision(text: str, file: str = "versions/a.py") -> Revision:
    found = read(text, file)
    assert isinstance(found, Revision)
    return found


def graph(**parents: object) -> RevisionGraph:
    """Revisions by id, each with the `down_revision` given; their files are in the order given."""
    made = (
        revision(f"revision = {id_!r}\ndown_revision = {down!r}\n", f"versions/{number}.py")
        for number, (id_, down) in enumerate(parents.items())
    )
    return RevisionGraph(tuple(made), complete=True)


def problems(found: RevisionGraph) -> list[tuple[str, str]]:
    return [(b.revision, b.problem) for b in found.breaks()]


def test_a_line_with_a_merge_is_sound() -> None:
    assert problems(graph(a=None, b="a", c="a", d=("b", "c"))) == []


def test_no_revisions_are_sound() -> None:
    assert problems(RevisionGraph((), complete=True)) == []


@pytest.mark.parametrize(
    ("text", "parents"),
    [
        ("revision = 'a'", ()),
        ("revision: str = 'a'\ndown_revision: str | None = None", ()),
        ("revision = 'a'\ndown_revision = 'b'", ("b",)),
        ("revision = 'a'\ndown_revision = ('b', 'c')", ("b", "c")),
        ("revision = 'a'\ndown_revision = ['b']", ("b",)),
        ("BASE = 'b'\nrevision = 'a'\ndown_revision = BASE", ("b",)),
    ],
)
def test_forms_of_declarations(text: str, parents: tuple[str, ...]) -> None:
    assert revision(text).parents == parents


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("revision = make()", 1),
        ("revision = 'a'\ndown_revision = f'{x}'", 2),
        ("revision = 'a'\ndown_revision = ('b', x)", 2),
        ("revision = 'a'\nbranch_labels = labels()", 2),
        ("revision = None", 1),
        ("a = b\nb = a\nrevision = a", 3),
        ("def (", 1),
    ],
)
def test_what_is_computed_or_broken_is_unknown(text: str, line: int) -> None:
    found = read(text)
    assert isinstance(found, Unknown)
    assert found.location.line == line


def test_a_helper_is_no_revision() -> None:
    assert read("def helper(): ...") is None


def test_a_file_that_cannot_be_read_leaves_heads_and_parents_open() -> None:
    sound = graph(a=None, b="a", c="missing", d=None)
    assert len(problems(sound)) == 2
    assert problems(RevisionGraph(sound.revisions, complete=False)) == []


def test_labels_tell_heads_apart_down_and_up_to_the_branch_point() -> None:
    def labelled(text: str, file: str) -> Revision:
        return revision(text, file)

    base = labelled("revision = 'base'", "0")
    one = labelled("revision = 'one'\ndown_revision = 'base'", "1")
    two = labelled("revision = 'two'\ndown_revision = 'one'\nbranch_labels = ('x',)", "2")
    three = labelled("revision = 'three'\ndown_revision = 'base'", "3")
    found = RevisionGraph((base, one, two, three), complete=True)
    assert problems(found) == []
    assert found.labels["one"] == {"x"}
    assert found.labels["base"] == frozenset()


def test_one_label_above_two_heads_tells_nothing_apart() -> None:
    base = revision("revision = 'base'\nbranch_labels = 'x'", "0")
    heads = [revision(f"revision = '{name}'\ndown_revision = 'base'", name) for name in "12"]
    assert [b.revision for b in RevisionGraph((base, *heads), complete=True).breaks()] == ["1"]


def test_two_cycles_are_two_breaks() -> None:
    found = graph(a="b", b="a", c="d", d="c", e=None)
    assert [b.revision for b in found.breaks()] == ["a", "c"]


names = st.sampled_from("abcdef")
graphs = st.dictionaries(names, st.none() | names | st.tuples(names, names), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(graphs)
def test_alembic_walks_the_sound_graphs(parents: dict[str, str | tuple[str, str] | None]) -> None:
    named: dict[str, Down] = {
        id_: tuple(sorted(set(p))) if isinstance(p, tuple) else p for id_, p in parents.items()
    }
    found = problems(graph(**named))
    if not any("follows itself" in problem for _, problem in found):  # Alembic loops on some of those
        assert (not found) == alembic_accepts(named)


Down: TypeAlias = str | tuple[str, ...] | None


def alembic_accepts(parents: dict[str, Down]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            made = RevisionMap(lambda: [AlembicRevision(id_, down) for id_, down in parents.items()])
            made.get_current_head()
            list(made.iterate_revisions("heads", "base"))
        except (MultipleHeads, RevisionError, UserWarning, KeyError):
            return False
    return True


@pytest.mark.parametrize(
    ("body", "nothing", "raises"),
    [
        ("pass", True, False),
        ("'''docs'''", True, False),
        ("...", True, False),
        ("return", True, False),
        ("return None", True, False),
        ("'''docs'''\n    pass\n    return", True, False),
        ("raise NotImplementedError", False, True),
        ("'''docs'''\n    raise RuntimeError('no')", False, True),
        ("op.drop_table('x')", False, False),
        ("if x:\n        raise RuntimeError\n    op.drop_table('x')", False, False),
        ("return undo()", False, False),
        ("for _ in (): pass", False, False),
    ],
)
def test_bodies(body: str, nothing: bool, raises: bool) -> None:
    function = revision(f"revision = 'a'\ndef downgrade():\n    {body}\n").function("downgrade")
    assert function is not None
    assert (does_nothing(function), only_raises(function)) == (nothing, raises)


@pytest.mark.parametrize(
    "text",
    ["downgrade = undo", "from m import downgrade", "from m import *", "if x:\n    def downgrade(): undo()"],
)
def test_other_ways_to_bind_a_name(text: str) -> None:
    assert revision(f"revision = 'a'\n{text}\n").binds("downgrade")
    assert not revision(f"revision = 'a'\n{text}\n").binds("upgrade") or "*" in text or text.startswith("if")
