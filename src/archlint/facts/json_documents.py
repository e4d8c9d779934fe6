"""JSON values from a JSON or YAML file, within bounds: aliases that expand and deep nesting are refused."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from archlint.facts.yaml import MAX_DEPTH, YamlMapping, YamlNode, YamlScalar, read_yaml
from archlint.findings import Location, Unknown


class JsonFile(Struct, eq=False, frozen=True):
    """The value of a file's one document, of which all keys are strings (RFC 8259)."""

    path: str
    value: Any = None
    problems: tuple[Unknown, ...] = ()


def read_json(path: str, data: bytes) -> JsonFile:
    """Read a file's content: YAML, unless its name ends in `.json`. Never raises."""
    try:
        return JsonFile(path, _json(data)) if path.endswith(".json") else _yaml(path, data)
    except json.JSONDecodeError as error:
        place, why = Location(path, error.lineno, error.colno, error.lineno, error.colno), error.msg
    except ValueError as error:
        place, why = Location(path), str(error)
    return JsonFile(path, problems=(Unknown(f"`{path}`", place, why),))


def _json(data: bytes) -> Any:
    """Raises ValueError that says what is wrong."""
    try:
        found = json.loads(data)
    except RecursionError:
        raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep") from None
    level = [found]
    for _ in range(MAX_DEPTH):
        level = [inner for node in level for inner in _inside(node)]
        if not level:
            return found
    raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep")


def _inside(node: Any) -> list[Any]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [child for child in children if isinstance(child, dict | list)]


def _yaml(path: str, data: bytes) -> JsonFile:
    """Raises ValueError for a number with too many digits."""
    file = read_yaml(path, data)
    if file.problems or not file.documents:
        return JsonFile(path, problems=file.problems)
    return JsonFile(path, _value(file.documents[0]))


def _value(node: YamlNode) -> Any:
    """Aliases are written out: the reader has counted what that comes to."""
    if isinstance(node, YamlScalar):
        return _scalar(node)
    if isinstance(node, YamlMapping):
        return {key.text: _value(value) for key, value in node.entries}
    return [_value(item) for item in node.items]


def _scalar(node: YamlScalar) -> Any:
    """What PyYAML's own constructor makes of it; a date stays its text, as JSON has none."""
    if node.kind not in {"int", "float", "bool", "null"}:
        return node.text
    from yaml import ScalarNode
    from yaml.constructor import SafeConstructor

    return SafeConstructor().construct_object(ScalarNode(f"tag:yaml.org,2002:{node.kind}", node.text))
