"""What PostgreSQL answers to a statement that it does not take, in its own words."""

from __future__ import annotations

import re

from archlint.service.schema.core.tables import TableKey, title


class Refused(Exception):  # noqa: N818 (PostgreSQL's answer, which is what is asked for)
    """A statement that PostgreSQL or Alembic does not take; the message says why."""


class Impossible(Refused):
    """A call that fails whatever the database holds."""


def no_relation(key: TableKey) -> Refused:
    """`ALTER TABLE` or `CREATE INDEX` of what is not there."""
    return Refused(f'relation "{title(key)}" does not exist')


def no_table(key: TableKey) -> Refused:
    """`DROP TABLE` of what is not there."""
    return Refused(f'table "{key[1]}" does not exist')


def no_column(key: TableKey, name: str) -> Refused:
    """A column that is altered or dropped."""
    return Refused(f'column "{name}" of relation "{key[1]}" does not exist')


def no_constraint(key: TableKey, name: str) -> Refused:
    """A constraint that is dropped."""
    return Refused(f'constraint "{name}" of relation "{key[1]}" does not exist')


def relation_exists(name: str) -> Refused:
    """Tables and indexes of a schema share their names."""
    return Refused(f'relation "{name}" already exists')


def column_exists(key: TableKey, name: str) -> Refused:
    """A column that is added, or the new name of one."""
    return Refused(f'column "{name}" of relation "{key[1]}" already exists')


def constraint_exists(key: TableKey, name: str) -> Refused:
    """The names of a table's constraints."""
    return Refused(f'constraint "{name}" for relation "{key[1]}" already exists')


def no_type(name: str) -> Refused:
    """A column of a type, or `DROP TYPE`."""
    return Refused(f'type "{name}" does not exist')


def type_exists(name: str) -> Refused:
    """`CREATE TYPE`; a table makes a type of its name, too."""
    return Refused(f'type "{name}" already exists')


def needed(what: str) -> Refused:
    """What is dropped while something depends on it."""
    return Refused(f"cannot drop {what} because other objects depend on it")


def no_cast(name: str, target: str) -> Refused:
    """`ALTER COLUMN … TYPE` without `USING`."""
    return Refused(f'column "{name}" cannot be cast automatically to type {target}')


def no_label(name: str, label: str) -> Refused:
    """A text that an enumeration does not have."""
    return Refused(f'invalid input value for enum {name}: "{label}"')


def no_default_cast(name: str, target: str) -> Refused:
    """`ALTER COLUMN … TYPE` of a column whose default does not convert."""
    return Refused(f'default for column "{name}" cannot be cast automatically to type {target}')


def no_order(target: str) -> Refused:
    """A key of a type that has no order."""
    return Refused(f'data type {target} has no default operator class for access method "btree"')


def no_key(target: str) -> Refused:
    """A foreign key that points at columns which are no key."""
    return Refused(f'there is no unique constraint matching given keys for referenced table "{target}"')


def incomparable(name: str) -> Refused:
    """A foreign key between columns whose types do not compare."""
    return Refused(f'foreign key constraint "{name}" cannot be implemented')


def table_words(key: TableKey) -> str:
    """`table loan`, as in what depends on it."""
    return f"table {'.'.join(quoted(part) for part in key if part)}"


def quoted(name: str) -> str:
    """An identifier as PostgreSQL shows it."""
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in _RESERVED
    return name if plain else f'"{name}"'


_RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
    boolean both case cast char character check coalesce collate collation column concurrently
    constraint create cross current_date current_role current_time current_timestamp current_user
    dec decimal default deferrable desc distinct do else end except exists extract false fetch float
    for foreign freeze from full grant greatest group grouping having ilike in initially inner inout
    int integer intersect interval into is isnull join lateral leading least left like limit
    localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric
    offset on only or order out outer overlaps overlay placing position precision primary real
    references returning right row select session_user setof similar smallint some substring
    symmetric table tablesample then time timestamp to trailing treat trim true union unique user
    using values varchar variadic verbose when where window with xmlattributes xmlconcat
    """.split()  # noqa: SIM905 (a hundred words read better as text)
)
