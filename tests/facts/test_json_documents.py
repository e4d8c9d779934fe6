"""JSON values of documents: what must be refused comes first; then they are what the libraries read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archlint.facts.json_documents import read_json

LAUGHS = (
    "a0: &a0 ["
    + ",".join("x" * 10)
    + "]\n"
    + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("o.yaml", LAUGHS, "aliases expand it"),
        ("o.yaml", "[" * 1000, "levels deep"),
        ("o.json", "[" * 100_000 + "]" * 100_000, "levels deep"),
        ("o.json", "[" * 400 + "]" * 400, "levels deep"),
        ("o.json", '{"a": ' + "9" * 5000 + "}", "digits"),
        ("o.yaml", "a: " + "9" * 5000, "digits"),
        ("o.yaml", "a: [1", "o.yaml:2:1"),
        ("o.json", "{", "o.json:1:2"),
    ],
)
def test_what_is_too_much_or_broken_is_refused(name: str, text: str, why: str) -> None:
    (problem,) = read_json(name, text.encode()).problems
    assert why in f"{problem.location}: {problem.why}"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_json_and_yaml_give_what_was_written(value: Any) -> None:
    written = json.dumps(value)
    assert read_json("o.json", written.encode()).value == value
    assert read_json("o.yaml", yaml.safe_dump(value).encode()).value == value


def test_keys_are_strings_and_dates_stay_as_they_are() -> None:
    text = "responses: {200: {on: 1}}\nwhen: 2024-01-02\n"
    assert read_json("o.yaml", text.encode()).value == {
        "responses": {"200": {"on": 1}},
        "when": "2024-01-02",
    }
