"""Tables of models and of migrations side by side, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from archlint.report.safe import printable
from archlint.report.styled import Line
from archlint.report.words import counted
from archlint.service.model import Service
from archlint.service.schema.core.tables import Column, ForeignKey, Index, Table, Unique
from archlint.service.schema.schemas import DatabaseSchema, Pair

GAP = "  "
NONE = "-"
_WIDEST = 48


class SchemaRow(Struct, frozen=True):
    """What one line compares; a side is None where it has no such thing."""

    label: str
    model: str | None
    database: str | None
    differs: bool


def table(service: Service) -> Iterator[Line]:
    """A service's tables, environment by environment."""
    where = f"Service {service.root}" if service.root != "." else "Service at the repository's root"
    yield ((printable(where), "rule"),)
    for schema in service.schemas.all:
        yield from _schema(schema)
    if not service.schemas.all:
        yield ((f"{GAP}no Alembic environment: what the models declare", "clause"),)
        pairs = [Pair(m.table.title, m.table, m.table, m.table.unknown) for m in service.schemas.declared]
        for pair in pairs:
            yield from _pair(pair, frozenset())
        yield ((counted(len(pairs), "table"), "faint"),)


def _schema(schema: DatabaseSchema) -> Iterator[Line]:
    heads = ", ".join(revision.id for revision in schema.history.graph.heads) or "none"
    revisions = counted(len(schema.environment.revisions), "revision")
    yield ((printable(f"{GAP}{schema.environment.folder}: {revisions}, head {heads}"), "clause"),)
    changed = frozenset((change.table, change.name.rpartition(".")[2]) for change in schema.drift)
    for pair in schema.pairs:
        yield from _pair(pair, changed)
    for model in schema.blind:
        said = f"env.py does not load model {model.name} of table {model.table.title}"
        yield ((f"{GAP}blind: ", "error"), (printable(f"{said} ({model.place})"), ""))
    for gap in schema.gaps:
        place = "" if gap.location is None else f" ({gap.location})"
        yield ((f"{GAP}unknown: ", "warning"), (printable(f"{gap.what}: {gap.why}{place}"), ""))
    counts = [counted(len(schema.pairs), "table"), counted(len(schema.drift), "difference")]
    yield ((f"{', '.join(counts)}, {len(schema.gaps)} unknown", "faint"),)


def _pair(pair: Pair, changed: frozenset[tuple[str, str]]) -> Iterator[Line]:
    if pair.unknown is not None:
        yield ((printable(f"{GAP * 2}{pair.title}"), "label"), (f"{GAP}unknown", "warning"))
        return
    rows = [*_rows(pair, changed)]
    columns = zip(*map(_cells, rows), strict=True) if rows else [""] * 3
    sizes = [min(max(map(len, column), default=0), _WIDEST) for column in columns]
    sizes[0] = max(sizes[0], len(printable(pair.title)) - len(GAP))
    yield _title(pair, sizes)
    for row in rows:
        label, model, database = map(printable, _cells(row))
        mark = "!" if row.differs else " "
        yield (
            (f"{GAP * 2}{mark} {label.ljust(sizes[0])}{GAP}", "" if row.differs else "faint"),
            (f"{model.ljust(sizes[1])}{GAP}", "added" if row.differs else ""),
            (database, "removed" if row.differs else "faint"),
        )


def _title(pair: Pair, sizes: Sequence[int]) -> Line:
    mark = "!" if pair.model is None or pair.database is None else " "
    name = printable(f"{GAP}{mark} {pair.title}").ljust(sizes[0] + 3 * len(GAP) + 2)
    if pair.model is None:
        return ((name, "label"), (f"{GAP}only in the migrations", "removed"))
    if pair.database is None:
        return ((name, "label"), (f"{GAP}only in the models", "added"))
    return ((name, "label"), (f"{'models'.ljust(sizes[1])}{GAP}migrations", "faint"))


def _cells(row: SchemaRow) -> tuple[str, str, str]:
    return row.label, row.model or NONE, row.database or NONE


def _rows(pair: Pair, changed: frozenset[tuple[str, str]]) -> Iterator[SchemaRow]:
    """Columns in the models' order, then keys and indexes."""
    new, old = _described(pair.model), _described(pair.database)
    whole = pair.model is None or pair.database is None
    sides = [side for side in (pair.model, pair.database) if side is not None]
    columns = [name for side in sides for name in side.columns]
    for label in dict.fromkeys([*columns, *new, *old]):
        model, database = new.get(label), old.get(label)
        if label.startswith("foreign key "):
            differs = model != database
        elif label.startswith("unique "):
            differs = database is None or model not in {database, _UNNAMED}
        else:
            differs = (pair.title, label.removeprefix("index ")) in changed
        yield SchemaRow(label, model, database, whole or differs)


_UNNAMED = "by its columns"


def _described(side: Table | None) -> Mapping[str, str]:
    """What a table has, in words by its label."""
    if side is None:
        return {}
    words = {column.name: _column(side, column) for column in side.columns.values()}
    words |= {f"unique ({', '.join(found.columns)})": _unique(found) for found in side.uniques}
    words |= {f"foreign key ({', '.join(key.columns)})": _foreign_key(key) for key in side.foreign_keys}
    return words | {f"index {index.name}": _index(index) for index in side.indexes}


def _column(side: Table, column: Column) -> str:
    words = [column.type.text if column.type is not None else "unknown type"]
    words += ["NOT NULL"] if column.nullable is False else ["NULL or not"] if column.nullable is None else []
    words += [f"DEFAULT {column.default}"] if column.default is not None else []
    return " ".join([*words, *(["PRIMARY KEY"] if column.name in side.primary else [])])


def _unique(found: Unique) -> str:
    return found.name or _UNNAMED


def _foreign_key(key: ForeignKey) -> str:
    words = [f"{key.target[1]} ({', '.join(key.target_columns)})"]
    for word, action in (("ON DELETE", key.ondelete), ("ON UPDATE", key.onupdate)):
        words += [f"{word} {action.upper()}"] if action and action.upper() != "NO ACTION" else []
    return " ".join(words + ([key.deferral.upper()] if key.deferral != "not deferrable" else []))


def _index(index: Index) -> str:
    columns = ", ".join(name or "expression" for name in index.columns)
    return f"{'UNIQUE ' if index.unique else ''}({columns})"
