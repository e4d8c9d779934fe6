"""Documents out of form: each is refused with its place, or compared; none breaks the comparison."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archlint.service.evolution.comparison import compare
from archlint.service.openapi.document_shape import in_form

DISCRIMINATOR = {"propertyName": "k", "mapping": {"b": "#/components/schemas/B"}}
SCHEMA = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": ["string", "null"], "enum": ["x"], "default": "x", "maxLength": 3, "pattern": "^x"},
        "b": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]},
        "c": {
            "type": "array",
            "items": {"type": "integer", "minimum": 1},
            "prefixItems": [{"type": "string"}],
        },
        "d": {"oneOf": [{"$ref": "#/components/schemas/B"}], "discriminator": DISCRIMINATOR},
        "e": {"allOf": [{"type": "object"}, {"title": "t"}], "readOnly": True},
    },
    "additionalProperties": {"type": "string"},
    "patternProperties": {"^x": {"type": "string"}},
    "dependentRequired": {"a": ["b"]},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "x-note": "an extension",
        "/a/{id}": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
            "post": {
                "operationId": "a",
                "tags": ["t"],
                "deprecated": True,
                "x-sunset": "2030-01-01",
                "security": [{"key": ["read"]}],
                "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}],
                "requestBody": {"content": {"application/json": {"schema": SCHEMA}}},
                "responses": {
                    "x-note": 1,
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/B"}}},
                        "headers": {"X-A": {"required": True, "schema": {"type": "string"}}},
                    },
                },
            },
        },
    },
    "components": {"schemas": {"B": SCHEMA}},
    "security": [{"key": []}],
}


def places(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [at, *(place for key, value in items for place in places(value, (*at, key)))]


PLACES = [place for place in places(DOCUMENT) if place]
CHOICES: list[Any] = [None, True, 0, 1.5, "x", [], [None], ["x"], [1], [{}], {}, {"x": None}, {"x": 1}]
VALUES = st.sampled_from([*CHOICES, {"$ref": "#/openapi"}, {"$ref": "#/components"}])


def changed(place: tuple[Any, ...], value: Any) -> Any:
    found = copy.deepcopy(DOCUMENT)
    node: Any = found
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    return found


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
@example(("paths",), [])
@example(("paths", "/a/{id}", "post", "parameters"), [{"name": [], "in": {}}])
def test_what_is_out_of_form_is_refused_or_compared(place: tuple[Any, ...], value: Any) -> None:
    base = in_form(DOCUMENT)
    try:
        head = in_form(changed(place, value))
    except ValueError:
        return
    today = date(2026, 1, 1)
    assert isinstance(compare(base, head, today, {}) + compare(head, base, today, {}), list)


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        (("paths",), [], "$.paths"),
        (("paths", "/a/{id}", "post", "responses"), [], "responses"),
        (("components", "schemas", "B", "properties"), ["a"], "properties"),
        (("openapi",), "2.0", "openapi: 3"),
    ],
)
def test_the_message_names_the_place(place: tuple[Any, ...], value: Any, where: str) -> None:
    with pytest.raises(ValueError, match=where.replace("$", r"\$")):
        in_form(changed(place, value))


def test_a_document_in_form_is_kept_but_for_extensions() -> None:
    kept = in_form(DOCUMENT)
    assert "x-note" not in kept["paths"]
    assert kept["paths"]["/a/{id}"]["post"]["responses"].keys() == {"200"}
    assert kept["paths"]["/a/{id}"]["post"]["x-sunset"] == "2030-01-01"
    assert kept["components"] == DOCUMENT["components"]
