"""What libraries give that runs only when it is awaited, from `rules/asynchronous/coroutines.toml`."""

from __future__ import annotations

from functools import cache

import msgspec

from archlint.service.calls.library_models import NameTable, key, read_table
from archlint.service.semantics.library_names import public_name


class Coroutines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls of one kind that give a coroutine."""

    kind: str
    calls: tuple[str, ...] = ()
    methods: dict[str, tuple[str, ...]] = {}


class _Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    coroutine: tuple[Coroutines, ...]


def kind_of_coroutine(path: str) -> str:
    """The kind of the coroutine that calling this gives; empty where it is not known to give any."""
    found = _names().find(key(path))
    return found[0] if found and isinstance(found[0], str) else ""


@cache
def _names() -> NameTable:
    """The kinds by qualified name. Raises ArchlintError when the data is damaged."""
    names = NameTable()
    for one in read_table("coroutines", _Facts).coroutine:
        methods = (f"{owner}.{name}" for owner, several in one.methods.items() for name in several)
        for name in (*one.calls, *methods):
            names.add(public_name(name), one.kind)
    return names
