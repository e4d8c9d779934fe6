"""Names of `typing`: what means another type, or the type in its brackets, and what makes an alias."""

from __future__ import annotations

from archlint.facts.syntax import Call, Expression, Name, Sequence

SAME = {
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Set": "builtins.set",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.Tuple": "builtins.tuple",
    "typing.Type": "builtins.type",
    "typing.Deque": "collections.deque",
    "typing.DefaultDict": "collections.defaultdict",
    "typing.OrderedDict": "collections.OrderedDict",
    "typing.Counter": "collections.Counter",
    "typing.AbstractSet": "collections.abc.Set",
    "typing.MutableSet": "collections.abc.MutableSet",
    "typing.Collection": "collections.abc.Collection",
    "typing_extensions.Any": "typing.Any",
    "typing_extensions.Literal": "typing.Literal",
    "typing.Mapping": "collections.abc.Mapping",
    "typing.MutableMapping": "collections.abc.MutableMapping",
    "typing.Sequence": "collections.abc.Sequence",
    "typing.MutableSequence": "collections.abc.MutableSequence",
    "typing.Iterable": "collections.abc.Iterable",
    "typing.Iterator": "collections.abc.Iterator",
    "typing.Generator": "collections.abc.Generator",
    "typing.AsyncIterator": "collections.abc.AsyncIterator",
    "typing.AsyncIterable": "collections.abc.AsyncIterable",
    "typing.AsyncGenerator": "collections.abc.AsyncGenerator",
}
"""The public name of what `typing` calls otherwise."""

TRANSPARENT = frozenset(
    f"{package}.{name}"
    for package in ("typing", "typing_extensions")
    for name in ("ClassVar", "Final", "Required", "NotRequired", "ReadOnly")
)
"""What changes nothing of the type in its brackets."""


def parameters_of(made: Expression | None) -> tuple[str, ...]:
    """The names of `type_params=(T, …)` in `TypeAliasType(…)`."""
    keywords = made.keywords if isinstance(made, Call) else ()
    given = next((keyword.value for keyword in keywords if keyword.name == "type_params"), None)
    items = given.items if isinstance(given, Sequence) else ()
    return tuple(item.id for item in items if isinstance(item, Name))
