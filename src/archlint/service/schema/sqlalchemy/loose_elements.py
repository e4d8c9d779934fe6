"""What stands beside the classes: `Index("name", Model.column)`, which belongs to the table of its column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from archlint.service.interpreter.values import ExternalObject, Value, text
from archlint.service.schema.core.tables import Table, TableKey
from archlint.service.schema.sqlalchemy.elements import is_column
from archlint.service.schema.sqlalchemy.values import Element

Locate = Callable[[Value], tuple[TableKey, str] | None]


def loose_elements(
    created: Iterable[object], tables: Mapping[TableKey, Table], locate: Locate
) -> Iterator[tuple[Element, Table | None]]:
    """Those that no table has yet with the table of their columns, None where that is not known."""
    for element in (made for made in created if isinstance(made, Element)):
        columns = [item for item in _columns(element) if not isinstance(item, str)]
        found = next(filter(None, (_located(item, locate) for item in columns)), None)
        table = tables.get(found[0]) if found is not None else None
        if columns and (table is None or not _has(table, element, locate)):
            yield element, table


def name_of(element: Element) -> str | None:
    """The name that it is given."""
    return text(element.get(0 if element.kind == "Index" else 99, "name"))


def _columns(element: Element) -> Iterable[Value]:
    return element.args[1:] if element.kind == "Index" else element.args


def _located(value: Value, locate: Locate) -> tuple[TableKey, str] | None:
    """The table and column of the first column in an expression."""
    inner = value.args if isinstance(value, ExternalObject) and not is_column(value) else ()
    return locate(value) or next(filter(None, (_located(one, locate) for one in inner)), None)


def _has(table: Table, element: Element, locate: Locate) -> bool:
    """Whether the table has it already, from the arguments of its class."""
    if element.kind == "Index":
        return name_of(element) in {one.name for one in table.indexes}
    columns = [found[1] for item in element.args if (found := locate(item)) is not None]
    return any(set(one.columns) == set(columns) for one in table.uniques)
