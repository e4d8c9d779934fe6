"""What changed between two operations of the same path and method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from archlint.service.evolution.change import Direction
from archlint.service.evolution.places import Found, SchemaPlace, of_operation
from archlint.service.evolution.schema_changes import SchemaComparison
from archlint.service.evolution.sunsets import is_readable, sunset_of
from archlint.service.evolution.views import Json, followed
from archlint.service.openapi.json_values import UNKNOWN_KEY

_DEFAULTS = "request-parameter-default-value"
"""What no client notices of a parameter that is always sent."""

_JSON = re.compile(r"application/(json|.*\+json)", re.IGNORECASE)


class OperationPair(Struct, frozen=True):
    """An operation before and after, with the parameters of their path items."""

    base: Json
    head: Json
    base_path: str
    head_path: str
    base_shared: list[Any]
    head_shared: list[Any]

    def tells(self, side: Json) -> bool:
        """Whether all that a side takes is in sight, or what is not has not changed either."""
        return UNKNOWN_KEY not in side or self.base.get(UNKNOWN_KEY) == self.head.get(UNKNOWN_KEY)


class OperationComparison:
    """Compares operations of two documents."""

    def __init__(self, schemas: SchemaComparison, today: date) -> None:
        self._schemas = schemas
        self._today = today

    def changes(self, pair: OperationPair) -> Iterator[Found]:
        """All that changed."""
        yield from self._parameters(pair)
        yield from self._body(pair)
        yield from self._responses(pair)
        yield from _lifecycle(pair)
        yield from self._security(pair)
        yield from _labels(pair)

    def _parameters(self, pair: OperationPair) -> Iterator[Found]:
        old = self._by_name(pair.base, pair.base_shared, self._schemas.base, pair.base_path)
        new = self._by_name(pair.head, pair.head_shared, self._schemas.head, pair.head_path)
        for key in [key for key in old if key not in new and pair.tells(pair.head)]:
            deprecated = old[key].get("deprecated")
            if not is_readable(old[key]):
                yield of_operation(
                    "request-parameter-sunset-parse", f"the x-sunset of {_called(old[key])} is no date"
                )
                continue
            sunset = sunset_of(old[key])
            kind = "removed-with-deprecation" if deprecated else "removed"
            kind = "removed-before-sunset" if sunset and self._today <= sunset else kind
            yield of_operation(f"request-parameter-{kind}", f"{_called(old[key])} was removed")
        for key in [key for key in new if key not in old and pair.tells(pair.base)]:
            yield _new_parameter(new[key])
        for key in [key for key in new if key in old]:
            yield from self._parameter(old[key], new[key])

    def _by_name(
        self, operation: Json, shared: list[Any], document: Json, path: str
    ) -> dict[tuple[str, str], Json]:
        """The parameters by place and name; those of the path by their position in it."""
        names = re.findall(r"{([^}]*)}", path)
        found: dict[tuple[str, str], Json] = {}
        for node in (*shared, *(operation.get("parameters") or ())):
            parameter = followed(node, document)
            name, where = str(parameter.get("name", "")), str(parameter.get("in", ""))
            if where == "path" and name in names:
                name = str(names.index(name))
            found[where, name.lower() if where == "header" else name] = parameter
        return found

    def _parameter(self, old: Json, new: Json) -> Iterator[Found]:
        called = _called(new)
        was, now = bool(old.get("required")), bool(new.get("required"))
        if was != now and new.get("in") != "path":
            kind = "became-required" if now else "became-optional"
            yield of_operation(
                f"request-parameter-{kind}", f"{called} {'is required' if now else 'may be left out'} now"
            )
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            kind = "deprecated" if new.get("deprecated") else "reactivated"
            yield of_operation(f"request-parameter-{kind}", f"{called} was {kind}")
        elif not (is_readable(old) and is_readable(new)):
            yield of_operation("request-parameter-sunset-parse", f"the x-sunset of {called} is no date")
        elif sunset_of(old) and new.get("deprecated") and not sunset_of(new):
            yield of_operation("request-parameter-sunset-deleted", f"the sunset of {called} was taken back")
        place = SchemaPlace("request", "parameter", called, loose=True)
        for found in self._schemas.changes(_schema_of(old), _schema_of(new), place):
            if not (was or now) or not found.id.startswith(_DEFAULTS):
                yield found

    def _body(self, pair: OperationPair) -> Iterator[Found]:
        old = followed(pair.base.get("requestBody"), self._schemas.base)
        new = followed(pair.head.get("requestBody"), self._schemas.head)
        if not (old or new) or not (old or pair.tells(pair.base)) or not (new or pair.tells(pair.head)):
            return
        if not old:
            kind = "added-required" if new.get("required") else "added-optional"
            yield of_operation(f"request-body-{kind}", "a request body was added")
            return
        if not new:
            yield of_operation("request-body-removed", "the request body was removed")
            return
        was, now = bool(old.get("required")), bool(new.get("required"))
        if was != now:
            kind = "became-required" if now else "became-optional"
            yield of_operation(
                f"request-body-{kind}", f"the request body {'is required' if now else 'may be left out'} now"
            )
        yield from self._content(old, new, "request", "request body")

    def _responses(self, pair: OperationPair) -> Iterator[Found]:
        old, new = pair.base.get("responses") or {}, pair.head.get("responses") or {}
        for status in [status for status in old if status not in new]:
            yield of_operation(
                f"response-{_kind_of(status)}-status-removed", f"the status {status} was removed"
            )
        for status in [status for status in new if status not in old]:
            yield of_operation(f"response-{_kind_of(status)}-status-added", f"the status {status} is new")
        for status in [status for status in new if status in old]:
            before = followed(old[status], self._schemas.base)
            after = followed(new[status], self._schemas.head)
            yield from self._content(before, after, "response", f"response with status {status}")
            yield from self._headers(before, after, status)

    def _content(self, old: Json, new: Json, direction: Direction, label: str) -> Iterator[Found]:
        before, after = old.get("content") or {}, new.get("content") or {}
        prefix = "request-body-media-type" if direction == "request" else "response-media-type"
        for media_type in [name for name in before if name not in after]:
            yield of_operation(f"{prefix}-removed", f"the {label} is no longer in {media_type}")
        for media_type in [name for name in after if name not in before]:
            yield of_operation(f"{prefix}-added", f"the {label} may be in {media_type}")
        for media_type in [name for name in after if name in before]:
            first, second = before[media_type] or {}, after[media_type] or {}
            if ("schema" in first) != ("schema" in second):
                verb = "added" if "schema" in second else "removed"
                yield of_operation(
                    f"{direction}-body-media-type-schema-{verb}", f"the schema of the {label} was {verb}"
                )
                continue
            place = SchemaPlace(direction, "body", label, loose=_JSON.fullmatch(media_type) is None)
            for key in ("schema", "itemSchema"):
                yield from self._schemas.changes(first.get(key), second.get(key), place)

    def _headers(self, old: Json, new: Json, status: str) -> Iterator[Found]:
        before = {
            name.lower(): followed(h, self._schemas.base) for name, h in (old.get("headers") or {}).items()
        }
        after = {
            name.lower(): followed(h, self._schemas.head) for name, h in (new.get("headers") or {}).items()
        }
        for name in [name for name in before if name not in after]:
            need = "required" if before[name].get("required") else "optional"
            yield of_operation(
                f"{need}-response-header-removed", f"the header {name} of status {status} was removed"
            )
        for name in [name for name in after if name not in before]:
            yield of_operation("response-header-added", f"the header {name} of status {status} is new")
        for name in [name for name in after if name in before]:
            if before[name].get("required") and not after[name].get("required"):
                yield of_operation(
                    "response-header-became-optional", f"the header {name} of status {status} may be missing"
                )
            place = SchemaPlace("response", "header", f"header {name} of status {status}", loose=True)
            yield from self._schemas.changes(_schema_of(before[name]), _schema_of(after[name]), place)

    def _security(self, pair: OperationPair) -> Iterator[Found]:
        if "security" in pair.base or "security" in pair.head:
            old = pair.base.get("security", self._schemas.base.get("security"))
            new = pair.head.get("security", self._schemas.head.get("security"))
            yield from security_changes(old, new, "api-security")


def security_changes(base: Any, head: Any, prefix: str) -> Iterator[Found]:
    """What is asked for, and no longer asked for, by an operation or by all."""
    old, new = _needs(base), _needs(head)
    for name in [name for name in new if name not in old]:
        yield of_operation(f"{prefix}-added", f"it asks for {name} now")
    for name in [name for name in old if name not in new]:
        yield of_operation(f"{prefix}-removed", f"it no longer asks for {name}")
    for name in [name for name in new if name in old]:
        for scope in sorted(new[name] - old[name]):
            yield of_operation(f"{prefix}-scope-added", f"it asks for the scope {scope} of {name} now")
        for scope in sorted(old[name] - new[name]):
            yield of_operation(
                f"{prefix}-scope-removed", f"it no longer asks for the scope {scope} of {name}"
            )


def _called(parameter: Json) -> str:
    return f"{parameter.get('in')} parameter `{parameter.get('name')}`"


def _new_parameter(parameter: Json) -> Found:
    called = _called(parameter)
    if parameter.get("in") == "path":
        return of_operation("new-request-path-parameter", f"{called} is new")
    if parameter.get("required"):
        return of_operation("new-required-request-parameter", f"{called} is new and required")
    return of_operation("new-optional-request-parameter", f"{called} is new")


def _schema_of(parameter: Json) -> Any:
    content: Json = parameter.get("content") or {}
    for described in content.values():
        return described.get("schema")
    return parameter.get("schema")


def _kind_of(status: str) -> str:
    return "success" if status.startswith("2") else "non-success"


def _needs(security: Any) -> dict[str, frozenset[str]]:
    given = security if isinstance(security, list) else []
    return {name: frozenset(scopes or ()) for need in given for name, scopes in need.items()}


def _lifecycle(pair: OperationPair) -> Iterator[Found]:
    was, now = bool(pair.base.get("deprecated")), bool(pair.head.get("deprecated"))
    before, after = sunset_of(pair.base), sunset_of(pair.head)
    if was and now and not (is_readable(pair.base) and is_readable(pair.head)):
        yield of_operation("api-path-sunset-parse", "its x-sunset is no date")
    elif now and not was:
        kind = "endpoint-deprecated-with-sunset" if after else "endpoint-deprecated"
        yield of_operation(kind, f"it is deprecated now{f' and served until {after}' if after else ''}")
    elif was and not now:
        yield of_operation("endpoint-reactivated", "it is no longer deprecated")
    elif was and before and not after:
        yield of_operation("sunset-deleted", f"its sunset {before} was taken back")
    elif was and before and after and after < before:
        yield of_operation("api-sunset-date-changed-too-small", f"its sunset moved from {before} to {after}")


def _labels(pair: OperationPair) -> Iterator[Found]:
    old, new = pair.base.get("operationId"), pair.head.get("operationId")
    if old != new and old:
        yield of_operation("api-operation-id-removed", f"its id went from {old} to {new or 'none'}")
    elif old != new:
        yield of_operation("api-operation-id-added", f"its id is {new} now")
    tags, others = set(pair.base.get("tags") or ()), set(pair.head.get("tags") or ())
    for tag in sorted(others - tags):
        yield of_operation("api-tag-added", f"it has the tag {tag}")
    for tag in sorted(tags - others):
        yield of_operation("api-tag-removed", f"it lost the tag {tag}")
