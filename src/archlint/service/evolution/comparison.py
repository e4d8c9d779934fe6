"""Two documents compared: what of the one a client of the other can no longer rely on.

Kinds of changes and their levels are those of oasdiff. A change in a component is one change that names all
the operations that it reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from archlint.service.evolution.change import Change, OperationName
from archlint.service.evolution.operation_changes import OperationComparison, OperationPair, security_changes
from archlint.service.evolution.places import Found, of_operation
from archlint.service.evolution.schema_changes import SchemaComparison
from archlint.service.evolution.sunsets import sunset_of
from archlint.service.evolution.views import Json, followed

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def compare(base: Json, head: Json, today: date, renames: dict[OperationName, OperationName]) -> list[Change]:
    """The changes from `base` to `head`, the gravest first.

    `today` decides whether a sunset has passed. `renames` are operations known to be served elsewhere now.
    """
    comparison = OperationComparison(SchemaComparison(base, head), today)
    reached: dict[tuple[str, str, str, str, str], list[OperationName]] = {}
    for name, found in _all(base, head, today, comparison, renames):
        place = found.place
        key = (found.id, found.text, place.schema, place.field, place.base_schema)
        names = reached.setdefault(key, [])
        if name not in names:
            names.append(name)
    changes = [
        Change(identifier, text, tuple(sorted(names)), schema, field, base_schema)
        for (identifier, text, schema, field, base_schema), names in reached.items()
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(changes, key=lambda one: (order[one.level], one.operations, one.schema, one.field, one.id))


def _all(
    base: Json,
    head: Json,
    today: date,
    comparison: OperationComparison,
    renames: dict[OperationName, OperationName],
) -> Iterator[tuple[OperationName, Found]]:
    yield from _webhooks(base, head, comparison)
    for found in security_changes(base.get("security"), head.get("security"), "api-global-security"):
        yield OperationName("*", "*"), found
    old, new = _items(base), _items(head)
    for shape, (path, item) in old.items():
        for method in [m for m in METHODS if m in item]:
            name = OperationName(path, method.upper())
            if shape in new and method in new[shape][1]:
                yield from (
                    (name, found) for found in comparison.changes(_pair(old[shape], new[shape], method))
                )
            else:
                gone = shape not in new or not any(m in new[shape][1] for m in METHODS)
                removed = _removed(item[method], gone, today, renames.get(name))
                yield from ((name, found) for found in removed)
    for shape, (path, item) in new.items():
        for method in [m for m in METHODS if m in item]:
            if shape not in old or method not in old[shape][1]:
                yield OperationName(path, method.upper()), of_operation("endpoint-added", "it is new")


def _webhooks(
    base: Json, head: Json, comparison: OperationComparison
) -> Iterator[tuple[OperationName, Found]]:
    """What the service itself calls: the names take the places of paths."""
    old, new = base.get("webhooks") or {}, head.get("webhooks") or {}
    for name in (*old, *(name for name in new if name not in old)):
        for method in [m for m in METHODS if m in old.get(name, {}) or m in new.get(name, {})]:
            shown = OperationName(name, method.upper())
            if name in old and name in new and method in old[name] and method in new[name]:
                pair = _pair((name, old[name]), (name, new[name]), method)
                yield from ((shown, found) for found in comparison.changes(pair))
            else:
                verb = "added" if name in new and method in new[name] else "removed"
                yield shown, of_operation(f"webhook-{verb}", f"the webhook was {verb}")


def _items(document: Json) -> dict[str, tuple[str, Json]]:
    """The path items by the paths' shapes: what a path calls its parameters is no part of it."""
    paths = document.get("paths") or {}
    return {re.sub(r"{[^}]*}", "{}", path): (path, followed(item, document)) for path, item in paths.items()}


def _pair(old: tuple[str, Json], new: tuple[str, Json], method: str) -> OperationPair:
    (base_path, before), (head_path, after) = old, new
    shared = before.get("parameters") or [], after.get("parameters") or []
    return OperationPair(before[method], after[method], base_path, head_path, *shared)


def _removed(operation: Json, whole: bool, today: date, moved: OperationName | None) -> Iterator[Found]:
    """An operation that is gone; deprecated ones may go on the day after their sunset."""
    prefix = "api-path-removed" if whole else "api-removed"
    where = f"; {moved} serves it now" if moved else ""
    if not operation.get("deprecated"):
        yield of_operation(
            f"{prefix}-without-deprecation", f"it was removed without having been deprecated{where}"
        )
        return
    sunset = sunset_of(operation)
    if sunset is None:
        yield of_operation(
            f"{prefix}-with-deprecation", f"it was removed after it had been deprecated{where}"
        )
    elif today <= sunset:
        yield of_operation(f"{prefix}-before-sunset", f"it was removed before its sunset on {sunset}{where}")
