"""JSON values from a JSON or YAML file, within bounds: aliases that expand and deep nesting are refused."""

from __future__ import annotations

import json
from typing import Any

from archlint.facts.yaml import MAX_DEPTH, YamlMapping, YamlNode, YamlScalar, read_yaml


def read_json_values(path: str, data: bytes) -> Any:
    """The one document of a file: YAML, unless its name ends in `.json`; keys are strings (RFC 8259).

    Raises ValueError that says what is wrong, and where.
    """
    return _json(data) if path.endswith(".json") else _yaml(path, data)


def _json(data: bytes) -> Any:
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


def _yaml(path: str, data: bytes) -> Any:
    file = read_yaml(path, data)
    if file.problems:
        raise ValueError(f"{file.problems[0].location}: {file.problems[0].why}")
    return _value(file.documents[0]) if file.documents else None


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
