"""Containers by the qualified names of their types, for all who ask what kind of value a type holds."""

from __future__ import annotations

STREAMS = frozenset(f"collections.abc.{name}" for name in ("Iterable", "Iterator", "Generator"))
"""What is read one after another: lists in a schema, and no container for a request."""

LISTS = frozenset(
    {
        "builtins.list",
        "collections.abc.Collection",
        "collections.abc.MutableSequence",
        "collections.abc.Sequence",
        "collections.deque",
        "pydantic.conlist",
    }
)
SEQUENCES = LISTS | STREAMS
SETS = frozenset(
    {
        "builtins.frozenset",
        "builtins.set",
        "collections.abc.MutableSet",
        "collections.abc.Set",
        "pydantic.confrozenset",
        "pydantic.conset",
    }
)
MAPPINGS = frozenset(
    {
        "builtins.dict",
        "collections.OrderedDict",
        "collections.abc.Mapping",
        "collections.abc.MutableMapping",
        "collections.defaultdict",
    }
)
CONTAINERS = LISTS | SETS | MAPPINGS | {"builtins.tuple", "collections.Counter"}
"""What FastAPI reads from a body: `field_annotation_is_complex` of `fastapi/_compat/shared.py`."""
