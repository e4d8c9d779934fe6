"""SQL that revisions execute as text, parsed with sqlglot; what is beyond that makes its tables unknown."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from archlint.service.schema.core.tables import Table, TableKey
from archlint.service.schema.postgresql import anonymous_blocks, objects
from archlint.service.schema.postgresql.catalog import has_type, is_of
from archlint.service.schema.postgresql.creations import CREATE
from archlint.service.schema.postgresql.definitions import (
    own_cast,
    written_type,
)
from archlint.service.schema.postgresql.identifiers import NAME, WORD, folded, schema_of, written_key
from archlint.service.schema.postgresql.neutral import (
    is_data,
    neutrally_altered,
    temporary_table,
    without_comments,
)
from archlint.service.schema.postgresql.refusals import no_relation
from archlint.service.schema.postgresql.server import Database
from archlint.service.schema.postgresql.table_elements import constrain, define, key_of, name_of
from archlint.service.schema.sqlalchemy.values import Untold

if TYPE_CHECKING:
    from sqlglot import exp

_ADD_VALUE = re.compile(rf"\s*ALTER\s+TYPE\s+{NAME}\s+(ADD|RENAME)\s+VALUE\b", re.IGNORECASE)
_RENAME_TYPE = re.compile(
    rf"\s*ALTER\s+TYPE\s+(?P<old>{NAME})\s+RENAME\s+TO\s+(?P<new>{WORD})\s*$", re.IGNORECASE
)
_RENAME_CONSTRAINT = re.compile(
    rf"\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<table>{NAME})\s+RENAME\s+CONSTRAINT\s+"
    rf"(?P<old>{WORD})\s+TO\s+(?P<new>{WORD})\s*$",
    re.IGNORECASE,
)
_ROWS = re.compile(
    r"\s*(UPDATE|DELETE\s+FROM|INSERT\s+INTO)\s+(?P<quote>\"?)(?P<name>\w+)(?P=quote)(?![\w.\"])",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"""COMMENT\s+ON\s+(?P<kind>TABLE|COLUMN)\s+(?P<name>[\w."]+)\s+IS\s+(?:NULL|'(?P<text>(?:[^']|'')*)')""",
    re.IGNORECASE,
)
_NEW_NAME = re.compile(
    rf"\bALTER\s+(TABLE|TYPE|VIEW)\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{NAME}\s+RENAME\s+TO\s+({NAME})",
    re.IGNORECASE,
)
_DEFINES_TYPE = re.compile(r"\b(CREATE|ALTER|DROP)\s+(TYPE|DOMAIN)\b|\bEXECUTE\b", re.IGNORECASE)
_MENTIONED = re.compile(
    rf"\b(TABLE|TYPE|VIEW)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?({NAME})", re.IGNORECASE
)

_TEMPORARY = "temporary table"


def execute(database: Database, sql: str) -> None:
    """Do what the SQL does; raises `Refused`. What cannot be told of is forgotten."""
    if re.search(r"\bVIEW\b", sql, re.IGNORECASE):
        database.dropped.clear()
    database.block.run(sql, database.holders, database.labels)
    _comment(database, sql)
    for piece in objects.pieces(sql):
        _do_object(database, piece)
    if sql.lstrip()[:2].upper() == "DO":
        try:
            _anonymous(database, sql)
        except Untold as untold:
            forget_mentioned(database, sql, str(untold))
        return
    for statement in _split(database, sql):
        try:
            _one(database, statement)
        except Untold as untold:
            forget_mentioned(database, statement.sql(dialect="postgres"), str(untold))
        except (AttributeError, KeyError, TypeError):  # a tree that is not as archlint knows sqlglot's
            forget_mentioned(database, sql, "SQL that archlint cannot follow")


def _do_object(database: Database, statement: str) -> None:
    """`CREATE` and `DROP` of what is neither table nor type nor view; rows that come and go."""
    made = objects.created(statement, database.objects)
    if made is not None:
        database.objects.add(made)
    gone = objects.dropped(statement, database.objects, database.tables)
    if gone is not None:
        database.objects.discard(gone[0])
        if gone[1]:
            _release_object(database, gone[0])
    if re.match(r"\s*(DELETE|TRUNCATE)\b", statement, re.IGNORECASE):
        database.filled.clear()
    filled = re.match(rf"\s*INSERT\s+INTO\s+({NAME})\s*(\([^()]*\))?\s*VALUES\b", statement, re.IGNORECASE)
    if filled is not None:
        database.filled.add(written_key(filled[1]))


def _release_object(database: Database, gone: objects.ServerObject) -> None:
    """What goes with an object that is dropped by `CASCADE`."""
    if gone.kind == "schema":
        name = gone.key[1]
        database.objects = {one for one in database.objects if one.key[0] != name}
        for key in [key for key in database.tables if key[0] == name]:
            if database.has_table(key):
                database.drop_table(key, cascade=True)
    elif gone.kind == "function":
        database.objects = {one for one in database.objects if one.calls != gone.key}
    elif gone.kind == "sequence":
        for table in list(database.tables.values()):
            for column in table.columns.values():
                if database.has_table(table.key) and objects.uses_sequence(column.default, gone.key):
                    database.set_default(table.key, column.name, None)


def _comment(database: Database, sql: str) -> None:
    """`COMMENT ON TABLE` and `COMMENT ON COLUMN`, which need no parser."""
    for found in _COMMENT.finditer(sql):
        names = [*map(folded, found["name"].split("."))]
        column = names.pop() if found["kind"].upper() == "COLUMN" else None
        key = (schema_of(".".join(names[:-1])), names[-1])
        if database.has_table(key):
            table, text = database.table(key), found["text"]
            commented = table if column is None else table.columns.get(column)
            if commented is not None:
                commented.comment = None if text is None else text.replace("''", "'") or None


def _split(database: Database, sql: str) -> list[exp.Expr]:
    """The statements that may change a table's definition."""
    left = ";".join(piece for piece in objects.pieces(sql) if not _is_done(database, piece))
    if not left:
        return []  # most revisions run no other SQL, and to import sqlglot takes longer than they do
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        found = parse(left, read="postgres")
    except SqlglotError:
        forget_mentioned(database, left, "SQL that archlint cannot parse")
        return []
    return [
        s for s in found if s is not None and isinstance(s, exp.Create | exp.Drop | exp.Alter | exp.Command)
    ]


def _is_done(database: Database, piece: str) -> bool:
    """Whether a statement leaves the tables that models declare alone; raises `Refused`."""
    plain = without_comments(piece)
    temporary = temporary_table(plain)
    if temporary is not None:
        _shadow(database, temporary)
    altered = neutrally_altered(plain)
    if altered is not None and not altered[1] and altered[0] in database.dropped:
        _check_table(database, altered[0])
    if is_data(plain) or _ADD_VALUE.match(plain):
        _check_target(database, plain)
        return True
    return not plain.strip() or temporary is not None or altered is not None


def _shadow(database: Database, key: TableKey) -> None:
    """A temporary table: its name means no other one before it is dropped."""
    database.objects.add(objects.ServerObject(_TEMPORARY, key))
    if database.has_table(key) is not False:
        database.forget(key, "a temporary table of that name")


def _check_table(database: Database, key: TableKey) -> None:
    if database.has_table(key) is False:
        raise no_relation(key)


def _check_target(database: Database, sql: str) -> None:
    """Refuse to change the rows of a table that was dropped."""
    found = _ROWS.match(sql)
    if found is not None:
        name = found["name"] if found["quote"] else found["name"].lower()
        if (None, name) in database.dropped:
            _check_table(database, (None, name))


def forget_mentioned(database: Database, sql: str, why: str) -> None:
    """Forget the tables and types whose names stand in the SQL; types only where it may define any."""
    words = {word.lower() for word in re.findall(r"\w+", sql)}
    for key in list(database.tables):
        if key[1].lower() in words:
            database.forget(key, why)
    defines_types = _DEFINES_TYPE.search(sql) is not None
    for name in list(database.types):
        if defines_types and name.lower() in words:
            database.untold_types.add(name)
    for key in [key for key in database.views if key[1].lower() in words]:
        del database.views[key]
    for kind, name in (*_MENTIONED.findall(sql), *_NEW_NAME.findall(sql)):
        key = written_key(name)
        if kind.upper() != "TYPE":
            database.forget(key, why)
        elif defines_types:
            database.untold_types.add(key[1])


def _anonymous(database: Database, sql: str) -> None:
    """`DO $$ … $$`: a type that is created unless it is there, or what leaves tables alone."""
    made = anonymous_blocks.type_made(sql)
    if made is not None:
        if made.text not in database.types:
            database.create_type(made)
    elif not anonymous_blocks.changes_no_table(sql):
        forget_mentioned(database, sql, "a `DO` block")


def _one(database: Database, statement: Any) -> None:
    from sqlglot import exp

    kind = str(statement.args.get("kind") or "").upper()
    match statement:
        case exp.Command():
            _command(database, statement.sql(dialect="postgres"))
        case exp.Create() if kind in CREATE:
            CREATE[kind](database, statement)
        case exp.Drop() if kind in {"TABLE", "INDEX", "TYPE", "VIEW"}:
            for target in [statement.this, *statement.args.get("tables", ())]:
                if target is not None:
                    _drop(database, kind, key_of(target), statement)
        case exp.Alter() if kind == "TABLE":
            _alter(database, statement)
        case exp.Alter(args={"actions": [exp.AlterRename() as action]}) if kind == "INDEX":
            _rename_index(database, statement, action)
        case exp.Alter():
            raise Untold("an `ALTER` that archlint does not follow")


def _command(database: Database, sql: str) -> None:
    if is_data(sql) or _ADD_VALUE.match(sql):
        return
    renamed = _RENAME_TYPE.match(sql)
    if renamed is not None:
        database.rename_type(written_key(renamed["old"])[1], folded(renamed["new"]))
        return
    renamed = _RENAME_CONSTRAINT.match(sql)
    if renamed is not None:
        key, old, new = written_key(renamed["table"]), folded(renamed["old"]), folded(renamed["new"])
        database.rename_constraint(key, old, new)
        return
    if re.match(r"\s*(CREATE|ALTER|DROP|DO)\b", sql, re.IGNORECASE):
        raise Untold("SQL that archlint cannot parse")


def _rename_index(database: Database, statement: Any, action: Any) -> None:
    schema, old = key_of(statement.this)
    if database.has_index(schema, old) or not statement.args.get("exists"):
        database.rename_index(schema, old, name_of(action.this))


def _drop(database: Database, kind: str, key: TableKey, statement: Any) -> None:
    exists, cascade = bool(statement.args.get("exists")), bool(statement.args.get("cascade"))
    if kind == "VIEW":
        database.views.pop(key, None)
    elif kind == "TABLE":
        shadow = objects.ServerObject(_TEMPORARY, key)
        if shadow in database.objects:
            database.objects.discard(shadow)
        elif not (exists and database.has_table(key) is False):
            database.drop_table(key, cascade=cascade)
    elif kind == "INDEX":
        if database.has_index(*key) or not exists:
            database.drop_index(*key)
    elif not (exists and key[1] not in database.types and key[1] not in database.untold_types):
        if cascade:
            _release(database, key[1])
        database.drop_type(key[1])


def _release(database: Database, name: str) -> None:
    """`DROP TYPE … CASCADE`: the columns of the type go, and the defaults that are expressions of it."""
    for table in list(database.tables.values()):
        for column in list(table.columns.values()):
            if has_type(column, name):
                database.drop_column(table.key, column.name, cascade=True)
            elif is_of(column.default_type, name):
                database.set_default(table.key, column.name, None)


def _alter(database: Database, statement: Any) -> None:
    from sqlglot import exp

    key = key_of(statement.this)
    if statement.args.get("exists") and database.has_table(key) is False:
        return
    database.table(key)
    options = statement.args.get("options") or ()
    for action in statement.args.get("actions") or ():
        if options and isinstance(action, exp.AlterRename):  # `RENAME a TO b` is a column's
            database.rename_column(key, name_of(action.this), name_of(options[0].this))
        else:
            _action(database, key, action)


def _action(database: Database, key: TableKey, action: Any) -> None:
    from sqlglot import exp

    match action:
        case exp.ColumnDef():
            _add_column(database, key, action)
        case exp.Drop():
            _drop_part(database, key, action)
        case exp.AlterColumn():
            _alter_column(database, key, action)
        case exp.AddConstraint():
            for item in action.expressions:
                named = isinstance(item, exp.Constraint)
                for part in item.expressions if named else [item]:
                    _add_constraint(database, key, part, name_of(item) if named else None)
        case exp.RenameColumn():
            database.rename_column(key, name_of(action.this), name_of(action.args["to"]))
        case exp.AlterRename():
            database.rename_table(key, name_of(action.this))
        case _:
            raise Untold("an `ALTER TABLE` that archlint does not follow")


def _add_column(database: Database, key: TableKey, action: Any) -> None:
    shadow = Table(key[1], key[0])
    define(database, shadow, action)
    (column,) = shadow.columns.values()
    if action.args.get("exists") and column.name in database.table(key).columns:
        return
    database.add_column(key, column)
    if shadow.primary:
        database.add_primary(key, None, shadow.primary)
    _add_constraints(database, key, shadow)


def _add_constraint(database: Database, key: TableKey, part: Any, name: str | None) -> None:
    shadow = Table(key[1], key[0])
    constrain(shadow, part, name)
    if shadow.primary:
        database.add_primary(key, name, shadow.primary)
    _add_constraints(database, key, shadow)


def _add_constraints(database: Database, key: TableKey, shadow: Table) -> None:
    for unique in shadow.uniques:
        database.add_unique(key, unique)
    for check in shadow.checks:
        database.add_check(key, check)
    for foreign_key in shadow.foreign_keys:
        database.add_foreign_key(key, foreign_key)


def _drop_part(database: Database, key: TableKey, action: Any) -> None:
    """`DROP COLUMN` and `DROP CONSTRAINT`."""
    kind, exists = str(action.args.get("kind")).upper(), bool(action.args.get("exists"))
    cascade = bool(action.args.get("cascade"))
    targets: Iterable[Any] = filter(None, [action.this, *action.args.get("tables", ())])
    for name in [name_of(target) for target in targets]:
        if kind == "COLUMN":
            if not (exists and name not in database.table(key).columns):
                database.drop_column(key, name, cascade=cascade)
        elif kind == "CONSTRAINT":
            if cascade:
                raise Untold("a constraint dropped with all that needs it")
            if not (exists and name not in set(database.table(key).constraint_names())):
                database.drop_constraint(key, name)
        else:
            raise Untold("an `ALTER TABLE` that archlint does not follow")


def _alter_column(database: Database, key: TableKey, action: Any) -> None:
    name, args = name_of(action.this), action.args
    if args.get("dtype") is not None:
        new = written_type(args["dtype"], database)
        using = args.get("using")
        cast = None if not using else own_cast(using.sql(dialect="postgres"), name, database)
        database.change_type(key, name, new, using=bool(using), cast=cast)
    elif args.get("allow_null") is not None:
        database.set_nullable(key, name, bool(args["allow_null"]))
    elif args.get("default") is not None:
        database.set_default(key, name, args["default"].sql(dialect="postgres"))
    elif args.get("drop"):
        database.set_default(key, name, None)
    else:
        raise Untold("an `ALTER COLUMN` that archlint does not follow")


def forget_if_definition(database: Database, sql: str) -> None:
    """Forget what the SQL may have changed, for SQL under a condition."""
    words = set(re.findall(r"\w+", sql))
    database.objects = {one for one in database.objects if one.key[1] not in words}
    database.filled.clear()
    if not is_data(sql):
        forget_mentioned(database, sql, "a condition that the source does not decide")
