"""Edits of files that are no Python: every other byte stays, whatever the line's end."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.fixes.edits import AwaitCall, Edit, Replace, Span, TableLine
from archlint.fixes.text_edits import rewritten
from archlint.fixes.worker import Job, Rewritten


def edited(data: bytes, *edits: Edit, file: str = "compose.yaml") -> Rewritten:
    return rewritten(Job(file, data, edits))


@given(st.lists(st.sampled_from(["a", "é", "\t", "\n", "\r\n", "# x", "😀"])))
def test_no_edits_change_nothing(pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    assert edited(data).data == data


def test_only_what_is_named_is_replaced() -> None:
    data = "a: é b\r\nb: b # b\r\n".encode()
    answer = edited(data, Replace(Span(1, 5, 1, 6), "b", "c"), Replace(Span(2, 3, 2, 4), "b", "d\r\n  e"))
    assert answer == Rewritten("compose.yaml", "a: é c\r\nb: d\r\n  e # b\r\n".encode())


def test_text_is_put_in_at_the_end() -> None:
    assert edited(b"a", Replace(Span(1, 1, 1, 1), "", "\nb")).data == b"a\nb"


@pytest.mark.parametrize(
    "edit",
    [Replace(Span(1, 0, 1, 1), "z", "c"), Replace(Span(9, 0, 9, 1), "a", "c"), AwaitCall(Span(1, 0, 1, 1))],
    ids=["another text", "behind the end", "for Python"],
)
def test_what_does_not_fit_is_refused(edit: Edit) -> None:
    assert edited(b"a\n", edit) == Rewritten("compose.yaml", b"a\n", (edit,))


def test_of_two_that_overlap_the_second_is_refused() -> None:
    first, second = Replace(Span(1, 0, 1, 2), "ab", "x"), Replace(Span(1, 1, 1, 3), "bc", "y")
    assert edited(b"abc", first, second) == Rewritten("compose.yaml", b"xc", (second,))


def test_what_is_no_text_stays() -> None:
    assert edited(b"\xff").problem == "it is not in UTF-8"


LINE = TableLine("tool.archlint.layers", 'crud = ["sql/**"]')


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"[project]\nname = 'a'",
        b"[tool.archlint.layers]\ncore = ['x']\n\n[project]\n",
        b"[tool.archlint.layers]  # map\r\ncore = ['x']\r\n",
        b"[tool.archlint.layers]",
    ],
)
def test_a_line_is_added_to_its_table_wherever_that_is(before: bytes) -> None:
    other = TableLine("tool.archlint.layers", 'models = ["m/**"]')
    answer = edited(before, LINE, other, file="pyproject.toml")
    found = tomllib.loads(answer.data.decode())
    old = tomllib.loads(before.decode())
    layers = old.get("tool", {}).get("archlint", {}).get("layers", {})
    assert found["tool"]["archlint"]["layers"] == layers | {"crud": ["sql/**"], "models": ["m/**"]}
    assert {key: value for key, value in found.items() if key != "tool"} == {
        k: v for k, v in old.items() if k != "tool"
    }
    assert (b"\r\n" in answer.data) == (b"\r\n" in before)
