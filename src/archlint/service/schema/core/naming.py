"""Names of indexes and constraints that nobody wrote: by a naming convention, or by PostgreSQL.

Conventions follow `sqlalchemy/sql/naming.py`; PostgreSQL's own names follow `makeObjectName` and
`ChooseIndexName` of its sources.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from msgspec import Struct, field

from archlint.service.interpreter.values import Value, text
from archlint.service.schema.core.tables import MAX_NAME, Table

DEFAULT: Mapping[str, Value] = {"ix": "ix_%(column_0_label)s"}
UNKNOWN = "?"
"""A name that the source does not tell."""


class Convention(Struct, frozen=True, dict=True):
    """`MetaData(naming_convention=…)`: templates by kind, `ix uq ck fk pk`."""

    templates: Mapping[str, Value] = field(default_factory=lambda: DEFAULT)

    def name(
        self,
        kind: str,
        table: Table,
        columns: Sequence[str],
        given: str | None = None,
        target: tuple[str, Sequence[str]] | None = None,
    ) -> str | None:
        """The name that the convention makes; None where it has none, `UNKNOWN` where that is computed."""
        if kind not in self.templates:
            return given
        template = text(self.templates[kind])
        if template is None:
            return UNKNOWN
        if given is not None and "%(constraint_name)" not in template:
            return given
        words = _words(table, columns, given, target)
        try:
            made = template % words
        except (KeyError, ValueError, TypeError):
            return None if "constraint_name" in template and given is None else UNKNOWN
        return shortened(made)


def _words(
    table: Table,
    columns: Sequence[str],
    given: str | None,
    target: tuple[str, Sequence[str]] | None,
) -> dict[str, str]:
    prefix = f"{table.schema}_{table.name}" if table.schema else table.name
    words = {"table_name": table.name}
    if given is not None:
        words["constraint_name"] = given
    for position, column in enumerate(columns):
        words[f"column_{position}_name"] = words[f"column_{position}_key"] = column
        words[f"column_{position}_label"] = f"{prefix}_{column}"
    for part, glue in (("0N", ""), ("0_N", "_")):
        words[f"column_{part}_name"] = words[f"column_{part}_key"] = glue.join(columns)
        words[f"column_{part}_label"] = glue.join(f"{prefix}_{column}" for column in columns)
    if target is not None:
        words["referred_table_name"] = target[0]
        for position, column in enumerate(target[1]):
            words[f"referred_column_{position}_name"] = column
        words["referred_column_0N_name"] = "".join(target[1])
        words["referred_column_0_N_name"] = "_".join(target[1])
    return words


def shortened(name: str) -> str:
    """A made name as SQLAlchemy cuts it to PostgreSQL's length: the end replaced by a hash."""
    if len(name) <= MAX_NAME:
        return name
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]
    return f"{name[: MAX_NAME - 8]}_{digest}"


def postgresql_name(table: str, columns: Sequence[str], label: str, taken: Collection[str]) -> str:
    """The name that PostgreSQL gives: `table_columns_label`, with a number where that is taken."""
    joined = "_".join(columns)[:MAX_NAME]
    for number in chain([""], range(1, 1000)):
        name = _object_name(table, joined, f"{label}{number}")
        if name not in taken:
            return name
    return UNKNOWN


def _object_name(first: str, second: str, label: str) -> str:
    """The longer of both parts is cut until all fits."""
    room = MAX_NAME - len(label) - 1 - (1 if second else 0)
    one, two = len(first), len(second)
    while one + two > room:
        one, two = (one - 1, two) if one > two else (one, two - 1)
    return "_".join(filter(None, [first[:one], second[:two], label]))


def class_table_name(name: str) -> str:
    """SQLModel's default: the class's name in lower case."""
    return re.sub(r"\s", "", name).lower()
