"""Which modules a file imports, by the names that it writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Import, ImportFrom
from archlint.readings import summary


class ImportedName(NamedTuple):
    """A module that an import may mean; `level` counts the dots of a relative one."""

    level: int
    module: str


@summary
def imported_modules(source: PythonSource) -> tuple[ImportedName, ...]:
    """The modules that a file's imports may mean, `from a import b` as both `a` and `a.b`."""
    return tuple(name for one in source.imports for name in imported_by(one.statement))


def imported_by(statement: Import | ImportFrom) -> Iterator[ImportedName]:
    """The modules that one import may mean."""
    if isinstance(statement, Import):
        yield from (ImportedName(0, alias.name) for alias in statement.names)
        return
    level, module = statement.level, statement.module
    yield ImportedName(level, module)
    names = (alias.name for alias in statement.names if alias.name != "*")
    yield from (ImportedName(level, f"{module}.{name}" if module else name) for name in names)
