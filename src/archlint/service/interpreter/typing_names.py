"""Names of `typing` that mean another type, or the type in their brackets."""

from __future__ import annotations

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
