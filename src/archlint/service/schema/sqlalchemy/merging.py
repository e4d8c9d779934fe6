"""What tables take from their options, and columns from others: those that they override or point at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archlint.service.interpreter.values import Value, settled
from archlint.service.schema.core.tables import Table
from archlint.service.schema.sqlalchemy.elements import ColumnSpec, read_comment


def note_override(spec: ColumnSpec, inherited: ColumnSpec | None, *, annotated: bool) -> None:
    """An annotation alone does not replace a mixin's column: SQLAlchemy keeps parts of both."""
    if inherited is None or not annotated:
        return
    if spec.column.nullable != inherited.column.nullable:
        spec.column.nullable = None
    if spec.column.type != inherited.column.type:
        spec.column.type = None


def complete_types(tables: Sequence[Table]) -> None:
    """A column without a type has that of the column it points at."""
    by_key = {table.key: table for table in tables}
    for table in tables:
        for foreign_key in table.foreign_keys:
            target = by_key.get(foreign_key.target)
            for mine, theirs in zip(foreign_key.columns, foreign_key.target_columns, strict=False):
                column = table.columns.get(mine)
                if column is not None and column.type is None and target is not None:
                    other = target.columns.get(theirs)
                    column.type = other.type if other is not None else None


def note_options(table: Table, options: Mapping[str, Value]) -> None:
    """The comment and `info` of a table."""
    table.comment = read_comment(options.get("comment")) or table.comment
    noted = settled(options.get("info"))
    if isinstance(noted, dict):
        table.info = {key: value for key, value in noted.items() if isinstance(key, str)}
