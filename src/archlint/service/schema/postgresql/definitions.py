"""Columns, types and references as SQL text writes them."""

from __future__ import annotations

import re
from typing import Any

from archlint.service.schema.core.tables import MAX_NAME, Column, SqlType
from archlint.service.schema.postgresql.server import Database

_SERIAL = {"SMALLSERIAL": "SMALLINT", "SERIAL": "INTEGER", "BIGSERIAL": "BIGINT"}
_NAMES = {
    "INT": "INTEGER",
    "DOUBLE": "DOUBLE PRECISION",
    "DECIMAL": "NUMERIC",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP": "TIMESTAMP WITHOUT TIME ZONE",
    "TIMETZ": "TIME WITH TIME ZONE",
    "TIME": "TIME WITHOUT TIME ZONE",
    "FLOAT": "REAL",
    "BPCHAR": "CHAR",
    "VARBINARY": "BYTEA",
}
_KNOWN = frozenset(
    [
        *(
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "NUMERIC",
            "REAL",
            "DOUBLE PRECISION",
            "BOOLEAN",
            "TEXT",
            "VARCHAR",
        ),
        *("CHAR", "UUID", "DATE", "INTERVAL", "JSON", "JSONB", "BYTEA", "INET", "TSVECTOR", "MONEY"),
        *(f"{word} {zone} TIME ZONE" for word in ("TIMESTAMP", "TIME") for zone in ("WITH", "WITHOUT")),
    ]
)


def column_of(item: Any, database: Database) -> Column:
    """A `ColumnDef`: its name, type, nullability and default."""
    from sqlglot import exp

    kinds = [constraint.args.get("kind") for constraint in item.args.get("constraints") or ()]
    serial = str(item.args["kind"].this.value if item.args.get("kind") else "").upper() in _SERIAL
    identity = any(isinstance(kind, exp.GeneratedAsIdentityColumnConstraint) for kind in kinds)
    computed = any(isinstance(kind, exp.ComputedColumnConstraint) for kind in kinds)
    required = [
        kind
        for kind in kinds
        if isinstance(kind, exp.PrimaryKeyColumnConstraint)
        or (isinstance(kind, exp.NotNullColumnConstraint) and not kind.args.get("allow_null"))
    ]
    default = next((kind.this for kind in kinds if isinstance(kind, exp.DefaultColumnConstraint)), None)
    return Column(
        names_of([item])[0],
        written_type(item.args.get("kind"), database),
        not (required or serial or identity),
        None if default is None else default.sql(dialect="postgres"),
        identity or computed,
    )


def written_type(found: Any, database: Database) -> SqlType | None:
    """A type in SQL; None for one that archlint does not know."""
    from sqlglot import exp

    if not isinstance(found, exp.DataType):
        return None
    if found.args.get("kind") is not None:
        name = re.sub(r'^"|"$', "", found.sql(dialect="postgres"))
        return database.types.get(name) or database.types.get(name.lower())
    if found.this is exp.DType.ARRAY:
        inner = written_type(found.expressions[0], database) if found.expressions else None
        return None if inner is None else SqlType(f"{inner.text}[]")
    word = str(found.this.value).upper()
    name = _SERIAL.get(word, _NAMES.get(word, word))
    sizes = ", ".join(part.sql() for part in found.expressions)
    if name not in _KNOWN:
        return None
    if sizes and " TIME ZONE" in name:
        first, _, rest = name.partition(" ")
        return SqlType(f"{first}({sizes}) {rest}")
    return SqlType(f"{name}({sizes})" if sizes else name)


def own_cast(sql: str | None, column: str, database: Database) -> SqlType | None:
    """The type in `column::type`; None for any other SQL."""
    if not sql or ("::" not in sql and "cast" not in sql.lower()):
        return None
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        found: Any = parse_one(sql, read="postgres")
    except SqlglotError:
        return None
    plain = (
        isinstance(found, exp.Cast)
        and isinstance(found.this, exp.Column)
        and not found.this.args.get("table")
    )
    return written_type(found.args["to"], database) if plain and names_of([found.this]) == (column,) else None


def names_of(parts: Any) -> tuple[str, ...]:
    """Identifiers as PostgreSQL folds and cuts them."""
    from sqlglot import exp

    found = []
    for part in parts:
        while not isinstance(part, exp.Identifier):
            part = part.this  # noqa: PLW2901 (walks down to the identifier)
        found.append(str(part.this if part.args.get("quoted") else part.this.lower())[:MAX_NAME])
    return tuple(found)


def references(reference: Any) -> tuple[Any, tuple[str, ...], dict[str, str]]:
    """The table, columns and options of `REFERENCES`."""
    from sqlglot import exp

    target = reference.this
    columns = names_of(target.expressions) if isinstance(target, exp.Schema) else ()
    table = target.this if isinstance(target, exp.Schema) else target
    options: dict[str, str] = {}
    for option in reference.args.get("options") or ():
        words = str(option).upper()
        for name in ("ON DELETE", "ON UPDATE"):
            if words.startswith(name):
                options[name.replace(" ", "").lower()] = words.removeprefix(name).strip()
        if "INITIALLY DEFERRED" in words:
            options["deferral"] = "initially deferred"
        elif words == "DEFERRABLE":
            options.setdefault("deferral", "deferrable")
    return table, columns, options
