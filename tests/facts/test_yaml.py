from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.yaml import YamlFile, YamlMapping, YamlNode, YamlScalar, YamlSequence, read_yaml


def read(text: str) -> YamlFile:
    return read_yaml("compose.yaml", text.encode())


def plain(node: YamlNode | None) -> Any:
    if isinstance(node, YamlMapping):
        return {key.text: plain(value) for key, value in node.entries}
    if isinstance(node, YamlSequence):
        return [plain(item) for item in node.items]
    return node.text if node else None


def test_a_good_file_has_no_problem() -> None:
    file = read("services:\n  app:\n    image: x:1\n")
    assert file.problems == ()
    assert plain(file.mapping) == {"services": {"app": {"image": "x:1"}}}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_has_no_mapping(text: str) -> None:
    assert read(text).mapping is None
    assert read(text).problems == ()


def test_places_count_from_one_in_code_points() -> None:
    mapping = read('é: "ü"\nx: [1, "é", y]\n').mapping
    assert mapping is not None
    items = mapping.get("x")
    assert isinstance(items, YamlSequence)
    spot = items.items[2].location
    assert (spot.line, spot.column, spot.end_column) == (2, 13, 14)


def test_a_key_that_yaml_1_1_takes_for_a_bool_keeps_its_text() -> None:
    mapping = read("on: push\n'on': twice\n").mapping
    assert mapping is not None
    assert mapping.entries[0][0].kind == "bool"
    assert mapping.text("on") == "twice"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a", "str"),
        ("1", "int"),
        ("1.5", "float"),
        ("yes", "bool"),
        ("~", "null"),
        ("'1'", "str"),
        ("!x 1", "!x"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    scalar = read(text).documents[0]
    assert isinstance(scalar, YamlScalar)
    assert scalar.kind == kind


def test_custom_tags_are_kept_and_never_constructed() -> None:
    mapping = read("ports: !reset []\nx: !!python/object/apply:os.system [ls]\n").mapping
    assert mapping is not None
    ports = mapping.get("ports")
    assert isinstance(ports, YamlSequence)
    assert ports.kind == "!reset"


def test_anchors_and_merge_keys() -> None:
    text = "base: &base {image: a, user: b}\nmore: &more {user: c, tty: d}\n"
    text += "app:\n  <<: [*base, *more]\n  image: own\n"
    mapping = read(text).mapping
    assert mapping is not None
    assert plain(mapping.get("app")) == {"image": "own", "user": "b", "tty": "d"}


def test_a_quoted_merge_key_is_a_plain_key() -> None:
    mapping = read("'<<': {a: b}\n").mapping
    assert mapping is not None
    assert mapping.get("a") is None


def test_a_duplicated_key_is_a_problem_and_the_last_one_wins() -> None:
    file = read("a: 1\nb: 2\na: 3\n")
    assert file.mapping is not None
    assert file.mapping.text("a") == "3"
    assert [(p.what, p.location.line) for p in file.problems] == [("`a`", 3)]


@pytest.mark.parametrize(
    ("data", "line", "documents"),
    [
        (b"a: [1,\nb: 'x", 2, 0),
        (b"a: \xff\xfe", 1, 0),
        (b"a: *nowhere", 1, 0),
        (b"&a [*a]", 1, 0),
        (b"ok: 1\n---\na: b: c\n", 3, 1),
        (b"\ta: 1\n", 1, 0),
        (b"[" * 100_000, 1, 0),
    ],
)
def test_what_is_no_yaml_is_a_located_problem(data: bytes, line: int, documents: int) -> None:
    file = read_yaml("compose.yaml", data)
    assert [problem.location.line for problem in file.problems] == [line]
    assert len(file.documents) == documents


def test_merge_keys_cannot_explode() -> None:
    lines = ["a0: &a0 {" + ", ".join(f"k{i}: v" for i in range(500)) + "}"]
    lines += [f"a{n}: {{<<: *a0}}" for n in range(1, 300)]
    assert read("\n".join(lines)).problems[0].why == "its merge keys expand to too many entries"


scalars = st.from_regex(r"[a-z][a-z0-9 é'\"#:-]{0,5}[a-z]", fullmatch=True)
data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None)
@given(data, st.booleans())
def test_values_are_those_of_pyyaml(value: Any, flow: bool) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow)
    file = read(text)
    assert file.problems == ()
    assert plain(file.documents[0]) == value
