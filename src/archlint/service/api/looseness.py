"""Types that promise nothing: what Pydantic lets pass unvalidated and the documentation shows as anything."""

from __future__ import annotations

from archlint.service.interpreter.types import Type

_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_BARE = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.set",
        "builtins.tuple",
        "collections.OrderedDict",
        "collections.abc.Mapping",
        "collections.abc.MutableMapping",
        "collections.abc.Sequence",
        "collections.abc.Iterable",
    }
)
_OPAQUE = frozenset({"builtins.type", "collections.abc.Callable"})


def loose_part(found: Type) -> Type | None:
    """The first part of the type that may hold anything: `Any`, or a container of who knows what."""
    if found.name in _OPAQUE:
        return None
    if found.name in _ANYTHING or (found.name in _BARE and not found.args):
        return found
    return next((part for arg in found.args if (part := loose_part(arg)) is not None), None)


def written(found: Type) -> str:
    """The type as one would write it, with the last parts of its names."""
    if found.name == "typing.Union":
        return " | ".join(map(written, found.args))
    name = found.name.rpartition(".")[2] or "?"
    return f"{name}[{', '.join(map(written, found.args))}]" if found.args else name
