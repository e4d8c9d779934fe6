"""Types that promise nothing: what Pydantic lets pass unvalidated and the documentation shows as anything."""

from __future__ import annotations

import re

from archlint.service.interpreter.types import Type
from archlint.service.semantics.library_names import CONTAINERS, names_of

_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_OPAQUE = frozenset({"builtins.type", "collections.abc.Callable"})
_OPEN_NAME = re.compile(
    r"(.+_)?(meta|meta_?data(_(dict|json|map))?|attributes|claims|json_?schema|schema|(old|new)_(values?|data))_?"
)
"""Data of the client's own, OpenTelemetry's attributes, the claims of a token, a JSON Schema, which may have
any keyword, and the values that an audit keeps."""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def loose_part(found: Type) -> Type | None:
    """The first part of the type that may hold anything: `Any`, or a container of who knows what."""
    if found.name in _OPAQUE:
        return None
    if found.name in _ANYTHING or (not found.args and _is_bare(found.name)):
        return found
    return next((part for arg in found.args if (part := loose_part(arg)) is not None), None)


def _is_bare(name: str) -> bool:
    """Whether it holds anything with nothing in brackets; a `Counter` counts, `conlist(…)` has arguments."""
    kept = (
        name in names_of(*CONTAINERS) and not name.startswith("pydantic.") and name != "collections.Counter"
    )
    return kept or name == "collections.abc.Iterable"


def is_open_by_nature(name: str, found: Type) -> bool:
    """Whether a field holds a mapping that no model can name the keys of, as `metadata` does."""
    shapes = found.args if found.name == "typing.Union" else (found,)
    kept = [shape for shape in shapes if loose_part(shape) is not None]
    words = _HUMP.sub("_", name).lower()
    return bool(_OPEN_NAME.fullmatch(words)) and all(shape.name in names_of("mapping type") for shape in kept)


def written(found: Type) -> str:
    """The type as one would write it, with the last parts of its names."""
    if found.name == "typing.Union":
        return " | ".join(map(written, found.args))
    name = found.name.rpartition(".")[2] or "?"
    return f"{name}[{', '.join(map(written, found.args))}]" if found.args else name
