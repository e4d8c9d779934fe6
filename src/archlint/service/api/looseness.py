"""Types that promise nothing: what Pydantic lets pass unvalidated and the documentation shows as anything."""

from __future__ import annotations

import re

from archlint.service.api.type_kinds import CONTAINERS, MAPPINGS
from archlint.service.interpreter.types import Type

_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_BARE = {name for name in CONTAINERS if not name.startswith("pydantic.")} | {"collections.abc.Iterable"}
_BARE -= {"collections.Counter"}
"""Containers of anything where nothing is in brackets; a `Counter` counts, and `conlist(…)` has arguments."""

_OPAQUE = frozenset({"builtins.type", "collections.abc.Callable"})
_OPEN_NAME = re.compile(r"(.+_)?(metadata|meta_data|json_?schema|schema|(old|new)_(values?|data))_?")
"""Data of the client's own, a JSON Schema, which may have any keyword, and the values that an audit keeps."""


def loose_part(found: Type) -> Type | None:
    """The first part of the type that may hold anything: `Any`, or a container of who knows what."""
    if found.name in _OPAQUE:
        return None
    if found.name in _ANYTHING or (found.name in _BARE and not found.args):
        return found
    return next((part for arg in found.args if (part := loose_part(arg)) is not None), None)


def is_open_by_nature(name: str, found: Type) -> bool:
    """Whether a field holds a mapping that no model can name the keys of, as `metadata` does."""
    shapes = found.args if found.name == "typing.Union" else (found,)
    kept = [shape for shape in shapes if loose_part(shape) is not None]
    return bool(_OPEN_NAME.fullmatch(name)) and all(shape.name in MAPPINGS for shape in kept)


def written(found: Type) -> str:
    """The type as one would write it, with the last parts of its names."""
    if found.name == "typing.Union":
        return " | ".join(map(written, found.args))
    name = found.name.rpartition(".")[2] or "?"
    return f"{name}[{', '.join(map(written, found.args))}]" if found.args else name
