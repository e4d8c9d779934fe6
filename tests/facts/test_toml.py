from __future__ import annotations

from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.toml import TomlFile, read_toml
from archlint.findings import Location

TEXT = """\
title = "é"  # a comment
a.b."c d" = [1, {x = 1, y.z = 2},
  # inside
  "last"]

[project]
name = 'svc'
description = \"\"\"
name = "not this one"
\"\"\"

[[package]]
name = "one"
[package.metadata]
requires = ["x"]
[[package.dist]]
y = 2

[[package]]
name = "two"
"""


def read(text: str) -> TomlFile:
    file = read_toml("f.toml", text.encode())
    assert not file.problems
    return file


def test_an_empty_file_is_valid() -> None:
    assert read("").values == {}
    assert read("").location("project", "name") == Location("f.toml")


@pytest.mark.parametrize(
    ("keys", "line", "column", "end_column"),
    [
        (("title",), 1, 1, 6),
        (("a", "b", "c d"), 2, 5, 10),
        (("a", "b", "c d", 0), 2, 14, 15),
        (("a", "b", "c d", 1, "y", "z"), 2, 27, 28),
        (("a", "b", "c d", 2), 4, 3, 9),
        (("project",), 6, 2, 9),
        (("project", "name"), 7, 1, 5),
        (("project", "missing"), 6, 2, 9),
        (("package", 0), 12, 3, 10),
        (("package", 0, "name"), 13, 1, 5),
        (("package", 0, "metadata", "requires", 0), 15, 13, 16),
        (("package", 0, "dist", 0, "y"), 17, 1, 2),
        (("package", 1, "name"), 20, 1, 5),
        (("absent",), 1, 1, 1),
    ],
)
def test_places(keys: tuple[str | int, ...], line: int, column: int, end_column: int) -> None:
    assert read(TEXT).location(*keys) == Location("f.toml", line, column, line, end_column)


def test_get_never_raises() -> None:
    file = read(TEXT)
    assert file.get("package", 1, "name") == "two"
    assert file.get("package", 9, "name") is None
    assert file.get("title", "deeper", 0) is None
    assert file.table("title") == {}


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        (b"a = 1\nb = \n", 2, "not valid TOML"),
        (b"a = 1\nb = '\xff'\n", 2, "not UTF-8"),
        (b"a = " + b"[" * 100_000, 1, ""),
    ],
)
def test_what_is_no_toml_is_unknown_with_its_place(data: bytes, line: int, why: str) -> None:
    (unknown,) = read_toml("f.toml", data).problems
    assert unknown.location.line == line
    assert why in unknown.why


bare = st.from_regex(r"[a-z0-9_-]{1,3}", fullmatch=True)
quoted = st.from_regex(r"[ a.é#\[\]=]{0,3}", fullmatch=True).map(lambda key: f'"{key}"')
key = bare | quoted | st.builds("{}.{}".format, bare, quoted)
plain = st.sampled_from(["1", "true", "'x = 1'", '"""\n[t]\nk = 1\n"""', '"é"', "1979-05-27"])


def array(items: list[str]) -> str:
    return "[" + "".join(f"\n  {item}, # [no]" for item in items) + "\n]"


def inline(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{name} = {value}" for name, value in pairs) + "}"


value = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3).map(array)
        | st.lists(st.tuples(key, inner.filter(lambda text: "\n" not in text)), max_size=2).map(inline)
    ),
    max_leaves=6,
)
pairs = st.lists(st.builds("{} = {}".format, key, value), max_size=3)
header = st.builds("[{}]".format, key) | st.builds("[[{}]]".format, key)
documents = st.builds(
    lambda top, tables: "\n".join([*top, *(line for head, body in tables for line in (head, *body))]),
    pairs,
    st.lists(st.tuples(header, pairs), max_size=4),
)


@settings(max_examples=60, deadline=None)
@given(documents)
def test_every_value_that_tomli_reads_has_its_place(text: str) -> None:
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    file = read(text)
    for path, expected in walk(values, ()):
        spot = file.location(*path)
        written = text.split("\n")[spot.line - 1][spot.column - 1 :]
        if isinstance(path[-1], str):
            span = written[: spot.end_column - spot.column]
            assert list(tomli.loads(f"{span} = 0")) == [path[-1]]
        elif not isinstance(expected, dict) and spot.line == spot.end_line:
            assert tomli.loads(f"x = {written[: spot.end_column - spot.column]}")["x"] == expected


def walk(value: Any, path: tuple[str | int, ...]) -> Any:
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))
