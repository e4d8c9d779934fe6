"""Tables, as models declare them and as PostgreSQL has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from archlint.findings import Location

TableKey: TypeAlias = tuple[str | None, str]
"""A schema, None for the default one, and a table in it."""

MAX_NAME = 63
"""Characters of a PostgreSQL identifier."""


class SqlType(Struct, frozen=True):
    """A column's type by the DDL that SQLAlchemy writes for PostgreSQL.

    An enumeration's `text` is its type's name; `values` are its labels, None where the source does not tell
    them, empty for other types. `created` is whether `CREATE TABLE` creates the type, too. One that is not
    `certain` is a library's of which only the name is known.
    """

    text: str
    is_enum: bool = False
    values: tuple[str, ...] | None = ()
    created: bool = False
    schema: str | None = None
    certain: bool = True


class Column(Struct):
    """A column. A type, nullability, default or comment that the source does not tell is None or `"?"`.

    `info` is what a model notes beside it, for env.py to ask.

    `default_type` is the type of the default's own expression, in a database.
    """

    name: str
    type: SqlType | None
    nullable: bool | None
    default: str | None = None
    computed: bool = False
    place: Location | None = None
    default_type: SqlType | None = None
    comment: str | None = None
    info: Mapping[str, object] = field(default_factory=dict)


class Index(Struct):
    """An index. `columns` has None for an expression; `plain` is false where options decide equality, too."""

    name: str
    columns: tuple[str | None, ...]
    unique: bool
    plain: bool = True
    used: frozenset[str] = frozenset()
    """The columns that its expressions may use; PostgreSQL drops the index with any of them."""

    sorted: tuple[str, ...] = ()
    """How each column is sorted, as `sorting` words it."""

    nulls_distinct: bool = True
    info: Mapping[str, object] = field(default_factory=dict)
    calls: tuple[bool, ...] = ()
    """Which of its expressions are certainly calls of functions, and so no column."""


class Unique(Struct):
    """A unique constraint; in models its name may be None."""

    name: str | None
    columns: tuple[str, ...]
    nulls_distinct: bool = True


class ForeignKey(Struct):
    """A foreign key; `target` is schema and table. Empty `target_columns` are the target's primary key.

    `needs` is the name of the key in the target that it uses, in a database.
    """

    name: str | None
    columns: tuple[str, ...]
    target: tuple[str | None, str]
    target_columns: tuple[str, ...]
    ondelete: str | None = None
    onupdate: str | None = None
    deferral: str = "not deferrable"
    needs: str | None = None
    written_schema: str = ""
    """The default schema's name where a model writes it: Alembic takes that for another schema."""

    @property
    def words(self) -> str:
        """`(columns)(columns)`, as Alembic's log has it."""
        return f"({', '.join(self.columns)})({', '.join(self.target_columns)})"


class Check(Struct):
    """A check or exclusion constraint; what it says is not compared. Columns may not be known: None."""

    name: str | None
    columns: tuple[str, ...] | None = ()


class Table(Struct):
    """A table. `unknown` says why nothing can be told of it."""

    name: str
    schema: str | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    primary_name: str | None = None
    uniques: list[Unique] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    place: Location | None = None
    unknown: str | None = None
    comment: str | None = None
    info: Mapping[str, object] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """The names of the primary key, unique constraints and unique indexes by age, in a database."""

    @property
    def key(self) -> tuple[str | None, str]:
        """Schema and name; the default schema is None."""
        return self.schema, self.name

    @property
    def title(self) -> str:
        """The name, with its schema where it has one."""
        return title(self.key)

    def constraint_names(self) -> Iterator[str]:
        """Names of all constraints, the primary key's included."""
        if self.primary_name is not None:
            yield self.primary_name
        for constraints in (self.uniques, self.foreign_keys, self.checks):
            yield from (found.name for found in constraints if found.name is not None)

    def add_key(self, name: str) -> None:
        """A new key, the youngest."""
        self.keys = [*(key for key in self.keys if key != name), name]

    def key_on(self, columns: tuple[str, ...]) -> str | None:
        """The name of the key that a foreign key to these columns uses: PostgreSQL takes the oldest."""
        wanted = sorted(columns)
        found: dict[str, tuple[str | None, ...]] = {}
        if self.primary_name is not None:
            found[self.primary_name] = self.primary
        found |= {unique.name or "": unique.columns for unique in self.uniques}
        found |= {index.name: index.columns for index in self.indexes if index.unique and index.plain}
        names = (name for name in self.keys if sorted(map(str, found.get(name, ()))) == wanted)
        return next(names, None)


def title(key: TableKey) -> str:
    """The name of a table, with its schema where it has one."""
    return f"{key[0]}.{key[1]}" if key[0] else key[1]
