"""Columns, constraints and indexes as SQLAlchemy would put them on a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from archlint.findings import Location
from archlint.service.interpreter.values import (
    External,
    ExternalObject,
    Origin,
    Unresolved,
    Value,
    settled,
    text,
)
from archlint.service.schema.core.naming import Convention, shortened
from archlint.service.schema.core.sorting import is_call, read_sorting, sorting
from archlint.service.schema.core.tables import Check, Column, ForeignKey, Index, Table, TableKey, Unique
from archlint.service.schema.sqlalchemy.types import is_type, read_type
from archlint.service.schema.sqlalchemy.values import SORTING, Element, Untold, flag, string

COLUMNS = frozenset({"Column", "mapped_column", "MappedColumn"})


class ColumnSpec(Struct):
    """A column with what its own arguments add to the table."""

    column: Column
    primary: bool
    unique: bool
    index: bool
    foreign_keys: list[Element] = field(default_factory=list)
    checks: list[Element] = field(default_factory=list)


class Builder(Struct, dict=True):
    """Puts elements on tables; `locate` finds the table and column that a column object became."""

    convention: Convention
    schema: str | None = None
    """The schema of foreign keys that name none: `MetaData(schema=…)`."""

    created: bool = False
    """Whether the table is only created: foreign keys with `use_alter` are then left out."""

    locate: Callable[[Value], tuple[TableKey, str] | None] = lambda value: None

    def fill(self, table: Table, items: Iterable[Value]) -> None:
        """Put columns first, then what needs them; raises `Untold` for an item that is not known."""
        items = [settled(item) for item in items]
        specs = [read_column(item) for item in items if is_column(item)]
        self.add_columns(table, specs)
        for item in items:
            if not is_column(item) and not isinstance(item, dict):
                self.add(table, item)

    def add_columns(self, table: Table, specs: Sequence[ColumnSpec]) -> None:
        """Add columns, and their own constraints and indexes."""
        for spec in specs:
            table.columns[spec.column.name] = spec.column
        primary = tuple(spec.column.name for spec in specs if spec.primary)
        if primary:
            table.primary = (*table.primary, *primary)
            table.primary_name = self.convention.name("pk", table, table.primary)
        for spec in specs:
            self._own(table, spec)

    def _own(self, table: Table, spec: ColumnSpec) -> None:
        name = (spec.column.name,)
        if spec.index:
            made = self.convention.name("ix", table, name) or f"ix_{table.name}_{name[0]}"
            table.indexes.append(Index(made, name, spec.unique))
        elif spec.unique:
            table.uniques.append(Unique(self.convention.name("uq", table, name), name))
        for element in filter(self._wanted, spec.foreign_keys):
            table.foreign_keys.append(self._foreign_key(table, element, name, [element.get(0, "column")]))
        for element in spec.checks:
            table.checks.append(self._check(table, element))

    def add(self, table: Table, item: Value) -> None:
        """Add a constraint or an index."""
        if item is None:
            return
        if not isinstance(item, Element):
            if isinstance(item, Unresolved):
                raise Untold(f"an item of table `{table.title}`: {item.why}")
            if isinstance(item, ExternalObject | External):
                raise Untold(f"`{item.name}` in table `{table.title}`")
            return
        if not item.complete:
            raise Untold(f"the arguments of a `{item.kind}` of table `{table.title}`")
        match item.kind:
            case "PrimaryKeyConstraint":
                columns = self._names(table, item.args)
                if columns:
                    table.primary = columns
                table.primary_name = self._name("pk", table, table.primary, item.get(99, "name"))
                for name in columns:
                    table.columns[name].nullable = False if name in table.columns else None
            case "UniqueConstraint":
                columns = self._names(table, item.args)
                distinct = not flag(item.keywords.get("postgresql_nulls_not_distinct"))
                made = self._name("uq", table, columns, item.get(99, "name"))
                table.uniques.append(Unique(made, columns, distinct))
            case "ForeignKeyConstraint" if self._wanted(item):
                columns = self._names(table, _listed(item.get(0, "columns")))
                targets = _listed(item.get(1, "refcolumns"))
                table.foreign_keys.append(self._foreign_key(table, item, columns, targets))
            case "CheckConstraint" | "ExcludeConstraint":
                table.checks.append(self._check(table, item))
            case "Index":
                table.indexes.append(self.index(table, item))

    def _wanted(self, item: Element) -> bool:
        return not (self.created and flag(item.keywords.get("use_alter")))

    def index(self, table: Table, item: Element) -> Index:
        """`Index(name, *columns, unique=…)`."""
        expressions = [settled(arg) for arg in item.args[1:]]
        parts = [self._sorted_column(table, e) for e in expressions]
        columns = tuple(name for name, _ in parts)
        used: set[str] = set()
        for expression in expressions:
            used |= {n for n in re.findall(r"\w+", sql_of(expression) or "") if n in table.columns}
        named = tuple(name or "" for name in columns)
        name = self._name("ix", table, named, item.get(0, "name"))
        unique = flag(item.get(99, "unique"))
        if name is None or unique is None:
            raise Untold(f"an index of table `{table.title}`")
        special = {"postgresql_include", "postgresql_nulls_not_distinct", "postgresql_ops"}
        plain = None not in columns and special.isdisjoint(item.keywords)
        order = tuple(words for _, words in parts)
        where = set(re.findall(r"\w+", sql_of(item.get(99, "postgresql_where")) or ""))
        used |= where & set(table.columns)
        plain = plain and "postgresql_where" not in item.keywords
        distinct = not flag(item.keywords.get("postgresql_nulls_not_distinct"))
        calls = tuple(is_call(sql_of(expression) or "") for expression in expressions)
        return Index(name, columns, unique, plain, frozenset(used), order, distinct, read_info(item), calls)

    def _sorted_column(self, table: Table, expression: Value) -> tuple[str | None, str]:
        """The column that an index's expression is, and how it is sorted; None for anything more."""
        words: list[str] = []
        while isinstance(expression, Element) and expression.kind in SORTING and expression.args:
            words.insert(0, SORTING[expression.kind])
            expression = settled(expression.args[0])
        written = read_sorting(sql_of(expression) or "")
        if written is not None and written[0] in table.columns:
            name, order, by_class = written
            # Alembic does not compare an expression that names an operator class.
            return (None if by_class and not self.created else name), sorting(f"{order} {' '.join(words)}")
        return self._column_name(table, expression), sorting(" ".join(words))

    def _column_name(self, table: Table, expression: Value) -> str | None:
        """The column that an index's expression is; None for anything more."""
        found = text(expression)
        if found is not None:
            return found
        located = self.locate(expression)
        if located is not None:
            return located[1]
        if isinstance(expression, Unresolved):
            raise Untold(f"a column of an index of table `{table.title}`")
        sql = (sql_of(expression) or "").strip('" ')
        return sql if sql in table.columns else None

    def _names(self, table: Table, values: Iterable[Value]) -> tuple[str, ...]:
        found = []
        for value in values:
            located = self.locate(settled(value))
            found.append(located[1] if located else string(value, f"a column of table `{table.title}`"))
        return tuple(found)

    def _check(self, table: Table, item: Element) -> Check:
        is_check = item.kind == "CheckConstraint"
        columns = used_columns(table, [item.get(0, "sqltext")] if is_check else item.args)
        given = item.get(1, "name") if is_check else item.get(99, "name")
        return Check(self._name("ck", table, columns or (), given), columns)

    def _foreign_key(
        self, table: Table, item: Element, columns: tuple[str, ...], targets: Sequence[Value]
    ) -> ForeignKey:
        if not item.complete:
            raise Untold(f"a foreign key of table `{table.title}`")
        found = [self._target(table, target) for target in targets]
        if not found:
            raise Untold(f"the target of a foreign key of table `{table.title}`")
        key, names = found[0][0], tuple(name for _, name in found if name)
        name = self._name("fk", table, columns, item.get(99, "name"), (key[1], names))
        written = (text(settled(target)) or "" for target in targets)
        is_written = any(target.startswith("public.") and target.count(".") == 2 for target in written)
        made = ForeignKey(name, columns, key, names, **self.options(item))
        made.written_schema = "public" if is_written else ""
        return made

    def options(self, item: Element) -> dict[str, str]:
        """`ondelete`, `onupdate` and how it is deferred."""
        found: dict[str, str] = {}
        for name in ("ondelete", "onupdate"):
            value = settled(item.keywords.get(name))
            if value is not None:
                found[name] = string(value, f"`{name}`")
        initially = text(item.keywords.get("initially"))
        if initially is not None and initially.lower() == "deferred":
            found["deferral"] = "initially deferred"
        elif flag(item.keywords.get("deferrable")):
            found["deferral"] = "deferrable"
        return found

    def _target(self, table: Table, value: Value) -> tuple[TableKey, str]:
        located = self.locate(settled(value))
        if located is not None:
            return located
        parts = string(value, f"the target of a foreign key of table `{table.title}`").split(".")
        if len(parts) == 1:
            return (self.schema, parts[0]), ""
        schema = ".".join(parts[:-2]) or self.schema
        return (None if schema == "public" else schema, parts[-2]), parts[-1]

    def _name(
        self,
        kind: str,
        table: Table,
        columns: Sequence[str],
        given: Value,
        target: tuple[str, Sequence[str]] | None = None,
    ) -> str | None:
        return made_name(self.convention, (kind, table, columns, target), given)


def used_columns(table: Table, conditions: Iterable[Value]) -> tuple[str, ...] | None:
    """The columns that conditions name; None where one of them is no text."""
    found: list[str] = []
    for condition in conditions:
        value = settled(condition)
        parts = value[:1] if isinstance(value, list | tuple) else [value]
        texts = [text(part) or sql_of(part) for part in parts]
        if None in texts:
            return None
        found += [word for sql in texts for word in re.findall(r"\w+", sql or "")]
    return tuple(name for name in table.columns if name in found or name.lower() in map(str.lower, found))


def missing_columns(table: Table, conditions: Iterable[Value]) -> Iterator[str]:
    """Quoted names in conditions that can only be columns, and that the table has not."""
    for condition in conditions:
        sql = text(settled(condition)) or sql_of(settled(condition)) or ""
        if not re.search(r"\bcollate\b|\bcast\b|'", sql, re.IGNORECASE):
            names = re.findall(r'(?<![\w:.])"(\w+)"(?!\s*[(.])', sql)
            yield from (name for name in names if name not in table.columns)


def made_name(
    convention: Convention,
    what: tuple[str, Table, Sequence[str], tuple[str, Sequence[str]] | None],
    given: Value,
) -> str | None:
    """The name of a constraint or index: as given, or by the convention; `op.f(…)` is final."""
    kind, table, columns, target = what
    given = settled(given)
    if isinstance(given, Element) and given.kind in {"f", "conv"} and given.args:
        return shortened(string(given.args[0], "a name"))
    name = None if given is None or given is False else string(given, "a name")
    return convention.name(kind, table, columns, name, target)


def is_column(value: Value) -> bool:
    """Whether a value is `Column(…)` or `mapped_column(…)`."""
    return isinstance(value, Element) and value.kind in COLUMNS


def location(place: Origin) -> Location:
    """Where a value was made."""
    return place.module.location(place.node)


def read_column(item: Element, name: str | None = None) -> ColumnSpec:
    """A column; `name` is the attribute's, for one that names itself not."""
    args = [settled(arg) for arg in item.args]
    given = item.keywords.get("name")
    if args and isinstance(args[0], str):
        name, args = args[0], args[1:]
    elif given is not None:
        name = string(given, "a column's name")
    elif args and isinstance(args[0], Unresolved) and name is None:
        raise Untold(f"a column's name: {args[0].why}")
    if name is None or not item.complete:
        raise Untold("a column whose arguments are computed")
    type_ = next((arg for arg in args if is_type(arg) and arg is not None), item.keywords.get("type_"))
    primary, unique, index = (_certain(item, word, name) for word in ("primary_key", "unique", "index"))
    nullable = flag(item.keywords["nullable"]) if "nullable" in item.keywords else not primary
    parts = [arg for arg in args if isinstance(arg, Element)]
    computed = any(part.kind in {"Computed", "Identity"} for part in parts)
    if any(part.kind == "Identity" for part in parts):
        nullable = False
    default = None if "server_default" not in item.keywords else read_default(item.keywords["server_default"])
    column = Column(name, read_type(type_), nullable, default, computed, location(item.place))
    column.comment, column.info = read_comment(item.keywords.get("comment")), read_info(item)
    foreign_keys = [part for part in parts if part.kind == "ForeignKey"]
    checks = [part for part in parts if part.kind == "CheckConstraint"]
    return ColumnSpec(column, primary, unique, index, foreign_keys, checks)


def read_comment(value: Value) -> str | None:
    """A comment, None for an empty one, `"?"` for one that is computed."""
    value = settled(value)
    return text(value) or None if value is None or text(value) is not None else "?"


def read_info(item: Element) -> Mapping[str, object]:
    """What is noted in `info=…`."""
    value = settled(item.keywords.get("info"))
    return (
        {key: held for key, held in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}
    )


def _certain(item: Element, word: str, name: str) -> bool:
    value = flag(item.keywords.get(word))
    if value is None:
        raise Untold(f"`{word}` of column `{name}`")
    return value


def read_default(value: Value) -> str | None:
    """A server default as SQL; `"?"` for one that is computed."""
    value = settled(value)
    if value is None or value is False:
        return None
    if isinstance(value, str):
        return f"'{value}'"
    return sql_of(value) or "?"


def sql_of(value: Value) -> str | None:
    """The SQL in `text(…)`, `func.now()` or `true()`; None for what is no such text."""
    value = settled(value)
    if isinstance(value, Element) and value.kind in {"text", "literal_column", "column"} and value.args:
        return text(value.args[0])
    if isinstance(value, Element) and value.kind in _OBJECTS:
        return _object_sql(value)
    if (
        isinstance(value, Element)
        and value.kind == "DDL"
        and "%(" not in (text(value.get(0, "statement")) or "%(")
    ):
        return (text(value.get(0, "statement")) or "").replace("%%", "%")
    if isinstance(value, Element) and value.kind == "DefaultClause" and value.args:
        return read_default(value.args[0])
    if isinstance(value, ExternalObject) and not value.args:
        owner, _, name = value.name.rpartition(".")
        if owner.endswith(".func"):
            return name.upper() if name.lower() in _BARE else f"{name}()"
        return name if name in {"true", "false", "null"} and owner.startswith("sqlalchemy") else None
    return None


_OBJECTS = frozenset({"CreateSequence", "DropSequence", "CreateSchema", "DropSchema"})


def _object_sql(value: Element) -> str | None:
    """`CREATE` or `DROP` of a sequence or schema."""
    named = settled(value.get(0, "name", value.keywords.get("element")))
    name = text(named.get(0, "name") if isinstance(named, Element) else named)
    if name is None:
        return None
    action, what = re.findall("[A-Z][a-z]+", value.kind)
    lenient = {"Create": "if_not_exists", "Drop": "if_exists"}[action]
    words = [
        action,
        what,
        lenient.replace("_", " ") if flag(value.keywords.get(lenient)) else "",
        f'"{name}"',
    ]
    words.append("cascade" if flag(value.keywords.get("cascade")) else "")
    return " ".join(filter(None, words))


_BARE = frozenset({"current_timestamp", "current_date", "current_time", "localtime", "localtimestamp"})


def _listed(value: Value) -> list[Value]:
    value = settled(value)
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]
