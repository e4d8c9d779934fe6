"""The names of component schemas: the shortest that mean one schema, as Pydantic chooses them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from archlint.service.openapi.json_values import JSONSchema

PREFIX = "#/components/schemas/"


def normalized(name: str) -> str:
    """A name as it may stand in a reference."""
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", name).replace(".", "__")


def name_choices(shown: str, path: str, mode: str, number: int) -> tuple[str, ...]:
    """The names that a definition may have, the best first; the last is its own for certain.

    `number` counts the definitions of one path, which classes of functions may share.
    """
    name, path = normalized(shown), normalized(path)
    whole = f"{path}-{mode}"
    return name, f"{name}-{mode}", path, whole, f"{path}__{number}", f"{whole}__{number}"


def simplest(choices: Mapping[str, tuple[str, ...]], definitions: Mapping[str, JSONSchema]) -> dict[str, str]:
    """The name to give to each definition: the first of its choices that no different schema claims.

    A schema may become equal to another one only when the names inside of both have been replaced, so this
    repeats until nothing changes.
    """
    current: dict[str, Any] = dict(definitions)
    names: dict[str, str] = {}
    for _ in range(100):
        claims: defaultdict[str, set[str]] = defaultdict(set)
        for key, schema in current.items():
            written = json.dumps(schema, sort_keys=True)
            for choice in choices[key]:
                claims[choice].add(written)
        chosen = {key: next(c for c in choices[key] if len(claims[c]) == 1) for key in current}
        if chosen == names:
            break
        names = chosen
        current = {key: renamed(schema, names) for key, schema in definitions.items()}
    return names


def wrapped(value: Any) -> Any:
    """The same with each reference that has company in an `allOf`, as Pydantic before 2.9 writes it."""
    match value:
        case {"$ref": str(reference), **beside} if beside and reference.startswith(PREFIX):
            return {"allOf": [{"$ref": reference}], **{key: wrapped(item) for key, item in beside.items()}}
        case dict():
            return {key: wrapped(item) for key, item in value.items()}
        case list():
            return [wrapped(item) for item in value]
    return value


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same with each reference to a definition under its new name."""
    match value:
        case dict():
            return {key: renamed(item, names) for key, item in value.items()}
        case list():
            return [renamed(item, names) for item in value]
        case str() if value.startswith(PREFIX):
            name = value.removeprefix(PREFIX)
            return PREFIX + names.get(name, name)
    return value
