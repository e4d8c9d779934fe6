"""Tables as a random history of migrations has made them so far."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Column:
    type: str
    nullable: bool = True
    default: str | None = None
    enum: str | None = None

    @property
    def options(self) -> str:
        found = "" if self.nullable else ", nullable=False"
        return found if self.default is None else f"{found}, server_default={self.default}"


@dataclass
class Constraint:
    """`unique`, `check`, `foreign` (with `target`) or `index` (with `unique`)."""

    kind: str
    name: str | None
    columns: tuple[str, ...]
    target: tuple[str, tuple[str, ...]] = ("", ())
    unique: bool = False

    @property
    def real_name(self) -> str:
        """PostgreSQL's, where none was given; by the generator's own tables, which are short."""
        return self.name or ""


@dataclass
class Table:
    columns: dict[str, Column] = field(default_factory=dict)
    primary: tuple[str, ...] = ("id",)
    constraints: list[Constraint] = field(default_factory=list)


State = dict[str, Table]
