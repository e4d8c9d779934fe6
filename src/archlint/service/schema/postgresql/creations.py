"""What `CREATE` makes of a table, an index, a type or a view, from statements that sqlglot has parsed."""

from __future__ import annotations

import re
from typing import Any

from archlint.service.schema.core.sorting import is_call, read_sorting
from archlint.service.schema.core.tables import Index, SqlType, Table, TableKey
from archlint.service.schema.postgresql.catalog import View
from archlint.service.schema.postgresql.server import Database
from archlint.service.schema.postgresql.table_elements import constrain, define, key_of, name_of
from archlint.service.schema.sqlalchemy.values import Untold


def _create_type(database: Database, statement: Any) -> None:
    from sqlglot import exp

    made = statement.args.get("expression")
    name = name_of(statement.this)
    if not isinstance(made, exp.DataType):
        database.untold_types.add(name)
        return
    labels = tuple(str(part.this) for part in made.expressions)
    database.create_type(SqlType(name, True, labels))


def _create_index(database: Database, statement: Any) -> None:
    from sqlglot import exp

    made = statement.this
    if made.this is None or made.args.get("table") is None:
        raise Untold("an index without a name")
    plain = made.args["params"].args.get("where") is None
    parts = [
        read_sorting(ordered.sql(dialect="postgres"))
        for ordered in made.args["params"].args.get("columns") or ()
    ]
    columns = [None if part is None else part[0] for part in parts]
    written = made.args["params"].args.get("columns") or ()
    calls = tuple(is_call(ordered.sql(dialect="postgres")) for ordered in written)
    order = tuple("" if part is None else part[1] for part in parts)
    distinct = not re.search(r"\bNULLS\s+NOT\s+DISTINCT\b", statement.sql(dialect="postgres"), re.IGNORECASE)
    used = frozenset(name_of(column) for column in made.find_all(exp.Column))
    key, name = key_of(made.args["table"]), name_of(made.this)
    exists = database.has_index(key[0], name)
    if key in database.views:
        database.views[key].indexes.add(name)
    elif not (statement.args.get("exists") and exists):
        plain, unique = plain and None not in columns, bool(statement.args.get("unique"))
        index = Index(name, tuple(columns), unique, plain, used, order, distinct, calls=calls)
        database.create_index(key, index)


def _create_table(database: Database, statement: Any) -> None:
    from sqlglot import exp

    if not isinstance(statement.this, exp.Schema):
        raise Untold("a table made of a query")
    key = key_of(statement.this.this)
    if statement.args.get("exists") and database.has_table(key) is not False:
        return
    table = Table(key[1], key[0])
    for item in statement.this.expressions:
        if isinstance(item, exp.ColumnDef):
            define(database, table, item)
        elif isinstance(item, exp.Constraint):
            for part in item.expressions:
                constrain(table, part, name_of(item))
        else:
            constrain(table, item, None)
    database.create_table(table)


def _create_view(database: Database, statement: Any) -> None:
    from sqlglot import exp

    named = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
    query = statement.args.get("expression")
    tables = frozenset(map(key_of, query.find_all(exp.Table))) if query is not None else frozenset()
    columns = _read_columns(database, query, *tables) if len(tables) == 1 else frozenset()
    database.views[key_of(named)] = View(tables, columns)


def _read_columns(database: Database, query: Any, key: TableKey) -> frozenset[str]:
    """The columns that a query of one table reads; `*` is what there is when the view is made."""
    from sqlglot import exp

    found = {
        name_of(column) for column in query.find_all(exp.Column) if not isinstance(column.this, exp.Star)
    }
    chosen = [item for select in query.find_all(exp.Select) for item in select.expressions]
    if key in database.tables and any(isinstance(item, exp.Star) for item in chosen):
        found |= database.tables[key].columns.keys()
    return frozenset(found)


CREATE = {"TABLE": _create_table, "INDEX": _create_index, "TYPE": _create_type, "VIEW": _create_view}
