"""Documents compared: what must not be told, what is told once, and what a schema's change reaches."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from archlint.service.evolution.change import OperationName
from archlint.service.evolution.comparison import compare
from archlint.service.evolution.levels import ERRORS, INFORMATION, WARNINGS

TODAY = date(2026, 10, 1)
TOOL: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "shelf": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    "required": ["name"],
}
ANSWER = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tool"}}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/api/v1/tools/{id}": {"get": {"responses": {"200": ANSWER}}, "put": {"responses": {"200": ANSWER}}},
        "/api/v2/tools/{id}": {"get": {"responses": {"200": ANSWER}}},
    },
    "components": {"schemas": {"Tool": TOOL}},
}


def test_the_same_document_does_not_change() -> None:
    assert compare(DOCUMENT, deepcopy(DOCUMENT), TODAY, {}) == []


def test_words_break_nobody() -> None:
    head = deepcopy(DOCUMENT)
    head["components"]["schemas"]["Tool"] |= {"title": "A tool", "description": "It is lent."}
    assert compare(DOCUMENT, head, TODAY, {}) == []


def test_a_paths_parameter_may_be_called_otherwise() -> None:
    head = deepcopy(DOCUMENT)
    head["paths"]["/api/v2/tools/{number}"] = head["paths"].pop("/api/v2/tools/{id}")
    assert compare(DOCUMENT, head, TODAY, {}) == []


def test_null_is_the_same_however_it_is_written() -> None:
    head = deepcopy(DOCUMENT)
    head["components"]["schemas"]["Tool"]["properties"]["shelf"] = {"type": ["string", "null"]}
    assert compare(DOCUMENT, head, TODAY, {}) == []


_PARAMETER = {"name": "q", "in": "query", "schema": {"type": "string"}, "required": True}
_BODY = {"content": {"application/json": {"schema": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("base_gap", "head_gap", "expected"),
    [
        (None, None, ["new-required-request-parameter", "request-body-removed"]),
        ("of a library", "of a library", ["new-required-request-parameter", "request-body-removed"]),
        ("of a library", None, ["request-body-removed"]),
        (None, "of a library", ["new-required-request-parameter"]),
        ("of a library", "of another", []),
    ],
)
def test_nothing_came_or_went_where_that_side_is_not_wholly_in_sight(
    base_gap: str | None, head_gap: str | None, expected: list[str]
) -> None:
    base, head = deepcopy(DOCUMENT), deepcopy(DOCUMENT)
    path = "/api/v1/tools/{id}"
    base["paths"][path]["put"] |= {"requestBody": _BODY} | _gap(base_gap)
    head["paths"][path]["put"] |= {"parameters": [_PARAMETER]} | _gap(head_gap)
    assert [change.id for change in compare(base, head, TODAY, {})] == expected


def test_a_default_that_is_not_told_hides_no_other_change() -> None:
    base, head = deepcopy(DOCUMENT), deepcopy(DOCUMENT)
    untold = {"default": {"x-archlint-unknown": "environment variable `A`"}}
    base["components"]["schemas"]["Tool"]["properties"]["name"] = {"type": "string"} | untold
    head["components"]["schemas"]["Tool"]["properties"]["name"] = {"type": "integer", "default": 1}
    assert [change.id for change in compare(base, head, TODAY, {})] == ["response-property-type-changed"]


def _typed(document: Any, given: Any, *, sent: bool = False) -> Any:
    document = deepcopy(document)
    operation = document["paths"]["/api/v1/tools/{id}"]["put"]
    content = {"application/json": {"schema": given}}
    operation |= (
        {"requestBody": {"content": content}} if sent else {"responses": {"200": {"content": content}}}
    )
    return document


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["integer", "string"], "string", "response-body-list-of-types-narrowed"),
        (["integer", "string"], ["boolean", "string"], "response-body-list-of-types-widened"),
        (["number", "string"], ["integer", "string"], "response-body-list-of-types-narrowed"),
    ],
)
def test_a_list_of_types_of_an_answer_is_wider_where_it_has_a_new_one(
    before: Any, after: Any, expected: str
) -> None:
    base, head = _typed(DOCUMENT, {"type": before}), _typed(DOCUMENT, {"type": after})
    assert [change.id for change in compare(base, head, TODAY, {})] == [expected]


def test_null_came_or_went_nowhere_that_nothing_is_said_of() -> None:
    base, head = _typed(DOCUMENT, {"type": ["string", "null"]}), _typed(DOCUMENT, {"title": "Anything"})
    assert [change.id for change in compare(base, head, TODAY, {})] == ["response-body-type-generalized"]
    assert [change.id for change in compare(head, base, TODAY, {})] == ["response-body-type-specialized"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["integer", "string"], {"type": ["number", "string"]}, "request-body-list-of-types-widened"),
        (["number", "string"], {"type": ["integer", "string"]}, "request-body-list-of-types-narrowed"),
        ("string", {"type": ["integer", "string"], "format": "uuid"}, "request-body-type-changed"),
    ],
)
def test_an_integer_that_is_sent_is_a_number(before: Any, after: Any, expected: str) -> None:
    base, head = _typed(DOCUMENT, {"type": before}, sent=True), _typed(DOCUMENT, after, sent=True)
    assert [change.id for change in compare(base, head, TODAY, {})] == [expected]


def test_nobody_notices_the_default_of_what_is_always_sent() -> None:
    base, head = deepcopy(DOCUMENT), deepcopy(DOCUMENT)
    for document, default in ((base, 1), (head, 2)):
        parameter = {"name": "n", "in": "query", "required": True, "schema": {"default": default}}
        document["paths"]["/api/v1/tools/{id}"]["get"]["parameters"] = [parameter]
    assert compare(base, head, TODAY, {}) == []


def test_the_type_of_a_header_is_compared() -> None:
    base, head = deepcopy(DOCUMENT), deepcopy(DOCUMENT)
    for document, kind in ((base, "integer"), (head, "string")):
        header = {"X-Left": {"schema": {"type": kind}}}
        document["paths"]["/api/v2/tools/{id}"]["get"]["responses"]["200"] = {"headers": header}
    assert [change.id for change in compare(base, head, TODAY, {})] == ["response-header-type-generalized"]


def _gap(why: str | None) -> dict[str, str]:
    return {} if why is None else {"x-archlint-unknown": why}


def test_a_change_in_a_schema_is_one_that_names_all_operations() -> None:
    head = deepcopy(DOCUMENT)
    del head["components"]["schemas"]["Tool"]["properties"]["name"]
    (change,) = compare(DOCUMENT, head, TODAY, {})
    assert (change.id, change.level) == ("response-required-property-removed", "error")
    assert (change.schema, change.field) == ("Tool", "name")
    assert [str(name) for name in change.operations] == [
        "GET /api/v1/tools/{id}",
        "PUT /api/v1/tools/{id}",
        "GET /api/v2/tools/{id}",
    ]


def test_what_the_source_does_not_tell_is_not_compared() -> None:
    head = deepcopy(DOCUMENT)
    head["components"]["schemas"]["Tool"] = {"x-archlint-unknown": "a base class is not in sight"}
    assert compare(DOCUMENT, head, TODAY, {}) == []


@pytest.mark.parametrize(
    ("sunset", "kinds"),
    [("2026-09-30", []), ("2026-10-01", ["api-path-removed-before-sunset"])],
)
def test_a_deprecated_operation_may_go_the_day_after_its_sunset(sunset: str, kinds: list[str]) -> None:
    base = deepcopy(DOCUMENT)
    base["paths"]["/api/v2/tools/{id}"]["get"] |= {"deprecated": True, "x-sunset": sunset}
    head = deepcopy(base)
    del head["paths"]["/api/v2/tools/{id}"]
    assert [change.id for change in compare(base, head, TODAY, {})] == kinds


def test_a_moved_operation_says_where_to() -> None:
    head = deepcopy(DOCUMENT)
    head["paths"]["/api/v2/things/{id}"] = head["paths"].pop("/api/v2/tools/{id}")
    moved = {OperationName("/api/v2/tools/{id}", "GET"): OperationName("/api/v2/things/{id}", "GET")}
    removed, _ = compare(DOCUMENT, head, TODAY, moved)
    assert removed.text.endswith("; GET /api/v2/things/{id} serves it now")


def test_a_schema_that_holds_itself_is_compared_once() -> None:
    base = deepcopy(DOCUMENT)
    base["components"]["schemas"]["Tool"]["properties"]["parts"] = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Tool"},
    }
    head = deepcopy(base)
    head["components"]["schemas"]["Tool"]["required"] = []
    assert [change.id for change in compare(base, head, TODAY, {})] == ["response-property-became-optional"]


def test_no_kind_has_two_levels() -> None:
    assert not (ERRORS & WARNINGS or ERRORS & INFORMATION or WARNINGS & INFORMATION)
