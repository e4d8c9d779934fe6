"""What migrations make beside tables and types: schemas, sequences, trigger functions, triggers, extensions.

PostgreSQL makes none twice, and drops none that another object needs (`CREATE …` and `DROP …` of its manual,
5.15 Dependency Tracking). Of what migrations did not make themselves nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from archlint.service.schema.core.tables import Column, Table, TableKey
from archlint.service.schema.postgresql.identifiers import NAME, written_key
from archlint.service.schema.postgresql.refusals import Refused, needed, quoted

_KINDS = r"SCHEMA|SEQUENCE|FUNCTION|TRIGGER|EXTENSION"
_CREATE = re.compile(
    rf"\s*CREATE\s+(?P<replaces>OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?(?P<kind>{_KINDS})\s+"
    rf"(?P<lenient>IF\s+NOT\s+EXISTS\s+)?(?P<name>{NAME}|\"[^\"]+\")(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_DROP = re.compile(
    rf"\s*DROP\s+(?P<kind>{_KINDS})\s+(?:IF\s+EXISTS\s+)?(?P<name>{NAME})(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TRIGGER = re.compile(
    rf".*?\bON\s+(?:TABLE\s+)?(?P<table>{NAME})(?:.*?\bEXECUTE\s+(?:FUNCTION|PROCEDURE)\s+(?P<calls>{NAME}))?",
    re.IGNORECASE | re.DOTALL,
)
_PIECE = re.compile(r"(?:\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|--[^\n]*|/\*.*?(?:\*/|\Z)|[^;])+", re.DOTALL)


class ServerObject(Struct, frozen=True):
    """Something that SQL made; a trigger is on a table, and calls a function."""

    kind: str
    key: TableKey
    on: TableKey | None = None
    calls: TableKey | None = None

    @property
    def words(self) -> str:
        """As PostgreSQL calls it."""
        suffix = "()" if self.kind == "function" else ""
        return f"{self.kind} {quoted(self.key[1])}{suffix}"


def pieces(sql: str) -> Iterator[str]:
    """The statements of SQL; what is quoted has none."""
    return (found[0] for found in _PIECE.finditer(sql))


def created(statement: str, known: Collection[ServerObject]) -> ServerObject | None:
    """What a statement makes; raises `Refused` where it is there. None for what is not followed."""
    found = _CREATE.match(statement)
    if found is None:
        return None
    made = _named(found)
    if made is None:
        return None
    if not (found["replaces"] or found["lenient"]) and _same(made, known):
        raise Refused(_exists(made))
    return made


def dropped(
    statement: str, known: Collection[ServerObject], tables: Mapping[TableKey, Table]
) -> tuple[ServerObject, bool] | None:
    """What a statement drops of what is known, and whether with all that needs it; raises `Refused`."""
    found = _DROP.match(statement)
    wanted = None if found is None else _named(found)
    gone = None if wanted is None else _same(wanted, known)
    if found is None or gone is None:
        return None
    cascades = re.search(r"\bCASCADE\s*$", found["rest"], re.IGNORECASE) is not None
    if not cascades and any(_needs(gone, known, tables)):
        raise needed(gone.words)
    return gone, cascades


def _named(found: re.Match[str]) -> ServerObject | None:
    kind, key = found["kind"].lower(), written_key(found["name"])
    if kind == "function":  # others than those of triggers are told apart by their parameters
        is_plain = re.match(r"\s*\(\s*\)|\s*(CASCADE|RESTRICT)?\s*$", found["rest"], re.IGNORECASE)
        return ServerObject(kind, key) if is_plain else None
    if kind != "trigger":
        return ServerObject(kind, key)
    parts = _TRIGGER.match(found["rest"])
    if parts is None:
        return None
    calls = None if parts["calls"] is None else written_key(parts["calls"])
    return ServerObject(kind, key, written_key(parts["table"]), calls)


def _same(wanted: ServerObject, known: Collection[ServerObject]) -> ServerObject | None:
    same = (one for one in known if (one.kind, one.key, one.on) == (wanted.kind, wanted.key, wanted.on))
    return next(same, None)


def _needs(
    gone: ServerObject, known: Collection[ServerObject], tables: Mapping[TableKey, Table]
) -> Iterator[object]:
    """What keeps an object from being dropped."""
    if gone.kind == "function":
        yield from (one for one in known if one.calls == gone.key and one.on in tables)
        yield from (column for column in _columns(tables) if _calls(column.default, gone.key))
    elif gone.kind == "schema":
        yield from (one for one in known if one.key[0] == gone.key[1])
        yield from (table for key, table in tables.items() if key[0] == gone.key[1])
    elif gone.kind == "sequence":
        yield from (column for column in _columns(tables) if uses_sequence(column.default, gone.key))


def _columns(tables: Mapping[TableKey, Table]) -> Iterator[Column]:
    return (column for table in tables.values() for column in table.columns.values())


def _calls(default: str | None, key: TableKey) -> bool:
    return any(written_key(name) == key for name in re.findall(rf"({NAME})\(\s*\)", default or ""))


def uses_sequence(default: str | None, key: TableKey) -> bool:
    """Whether a column's default takes its values from the sequence."""
    found = re.search(rf"\bnextval\(\s*'({NAME})'", default or "", re.IGNORECASE)
    return found is not None and written_key(found[1]) == key


def _exists(made: ServerObject) -> str:
    name = made.key[1]
    match made.kind:
        case "sequence":
            return f'relation "{name}" already exists'
        case "function":
            return f'function "{name}" already exists with same argument types'
        case "trigger":
            return f'trigger "{name}" for relation "{made.on[1] if made.on else ""}" already exists'
    return f'{made.kind} "{name}" already exists'
