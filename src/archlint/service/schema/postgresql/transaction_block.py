"""The transaction in which revisions run: what PostgreSQL refuses inside of one, and what a commit allows.

Alembic runs all revisions of an upgrade or downgrade in one transaction, unless env.py says otherwise
(`alembic/runtime/migration.py`); the refusals are those of PostgreSQL 12 and later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from msgspec import Struct, field

from archlint.service.schema.postgresql.identifiers import NAME, written_key
from archlint.service.schema.postgresql.refusals import Refused

_OUTSIDE_ONLY = re.compile(
    r"\s*(?:(?P<index>(?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+)INDEX\s+CONCURRENTLY)"
    r"|(?P<plain>VACUUM|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE)|ALTER\s+SYSTEM)"
    r"|(?P<reindex>REINDEX)\s+(?:\(\s*CONCURRENTLY\b|(?:INDEX|TABLE|SCHEMA|DATABASE|SYSTEM)\s+CONCURRENTLY)"
    r"|(?P<whole>REINDEX\s+(?:DATABASE|SYSTEM)))\b",
    re.IGNORECASE,
)
_ADDED = re.compile(
    rf"""\s*ALTER\s+TYPE\s+(?P<type>{NAME})\s+ADD\s+VALUE\s+"""
    r"""(?P<lenient>IF\s+NOT\s+EXISTS\s+)?'(?P<label>(?:[^']|'')*)'""",
    re.IGNORECASE,
)
_CHANGED = re.compile(rf"\s*ALTER\s+TYPE\s+(?P<type>{NAME})\s+(ADD|RENAME)\s+VALUE\b", re.IGNORECASE)
Holders: TypeAlias = Callable[[str], Iterable[tuple[str, str]]]
Labels: TypeAlias = Callable[[str], Collection[str] | None]
_END = re.compile(r"\s*(COMMIT|END|ROLLBACK)(\s+(WORK|TRANSACTION))?\s*", re.IGNORECASE)
_ROWS = re.compile(r"\s*(UPDATE|INSERT|DELETE|WITH|SELECT|ALTER\s+TABLE)\b", re.IGNORECASE)


class TransactionBlock(Struct, dict=True):
    """`inside` is whether statements run in a transaction, None where the source does not tell."""

    inside: bool | None = True
    young: set[str] = field(default_factory=set)
    """The types that this transaction made, whose labels may be used at once."""

    fresh: set[tuple[str, str]] = field(default_factory=set)
    """The labels, by their type, that this transaction added to older types."""

    changed: set[str] = field(default_factory=set)
    """The types whose labels are not those that they were made with."""

    def commit(self) -> None:
        """End the transaction; another one begins."""
        self.young.clear()
        self.fresh.clear()

    def end(self) -> None:
        """End the transaction by hand; whether another one begins depends on the driver."""
        self.commit()
        self.inside = None

    def rename_type(self, old: str, new: str) -> None:
        """A type of another name is as old as it was, and so are its labels."""
        for names in (self.young, self.changed):
            if old in names:
                names.remove(old)
                names.add(new)
        self.fresh = {(new if name == old else name, label) for name, label in self.fresh}

    def drop_type(self, name: str) -> None:
        """Another type of that name has labels of its own."""
        self.young.discard(name)
        self.changed.discard(name)
        self.fresh = {one for one in self.fresh if one[0] != name}

    def forbid(self, statement: str) -> None:
        """Refuse a statement that needs to be outside of any transaction."""
        if self.inside:
            raise Refused(f"{statement} cannot run inside a transaction block")

    def run(self, sql: str, holders: Holders, labels: Labels) -> None:
        """Note what SQL means for the transaction; raises `Refused`.

        `holders` are the tables and columns that have an enumeration, `labels` what it has had so far, None
        where the source does not tell.
        """
        plain = re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL)
        for statement in plain.split(";"):
            found = _OUTSIDE_ONLY.match(statement)
            if found is not None:
                words = " ".join(next(filter(None, found.groups())).upper().split())
                self.forbid("REINDEX CONCURRENTLY" if found["reindex"] else words)
            changed = _CHANGED.match(statement)
            if changed is not None:
                self.changed.add(written_key(changed["type"])[1])
            added = _ADDED.match(statement)
            if added is not None:
                name, label = written_key(added["type"])[1], added["label"]
                known = labels(name)
                if not (added["lenient"] and (known is None or label in known)):
                    self._add(name, label)
            elif _END.fullmatch(statement):
                self.end()
            elif _ROWS.match(statement):
                self._check_labels(statement, holders)

    def _add(self, name: str, label: str) -> None:
        if self.inside and name not in self.young:
            self.fresh.add((name, label))

    def _check_labels(self, statement: str, holders: Holders) -> None:
        words = set(re.findall(r"\w+", statement))
        for name, label in sorted(self.fresh):
            casts = re.findall(rf"'{re.escape(label)}'\s*::\s*({NAME})", statement)
            cast = any(written_key(one)[1] == name for one in casts)
            held = any({table, column} <= words for table, column in holders(name))
            if cast or (held and f"'{label}'" in statement):
                raise unsafe(label, name)

    def check_default(self, default: str | None, name: str) -> None:
        """Refuse a default of an enumeration's column that is a label which is not committed."""
        for fresh_name, label in sorted(self.fresh):
            if name == fresh_name and default is not None and default.startswith(f"'{label}'"):
                raise unsafe(label, name)


def unsafe(label: str, name: str) -> Refused:
    """The use of a label that no commit has confirmed."""
    return Refused(f'unsafe use of new value "{label}" of enum type {name}')
