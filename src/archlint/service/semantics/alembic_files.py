"""What tells the files of Alembic's environments by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Import, ImportFrom
from archlint.readings import summary


@summary
def imports_alembic(source: PythonSource) -> bool:
    """Whether an `env.py` is Alembic's."""
    statements = (one.statement for one in source.imports if not one.lazy)
    return any("alembic" in _packages(one) for one in statements)


@summary
def imported_packages(source: PythonSource) -> frozenset[str]:
    """The first names of all that is imported, wherever it is."""
    return frozenset(name for one in source.imports for name in _packages(one.statement))


@summary
def is_revision(source: PythonSource) -> bool:
    """Whether a module is an Alembic revision, wherever `version_locations` put it."""
    return {"revision", "down_revision"}.issubset(source.assigned)


@summary
def imports_of_settings(source: PythonSource) -> tuple[ImportFrom, ...]:
    """The imports of what makes Alembic's settings in code."""
    imports = (one for one in source.body if isinstance(one, ImportFrom))
    return tuple(one for one in imports if one.module == "alembic.config")


@summary
def imports_context(source: PythonSource) -> bool:
    """Whether a file imports what an `env.py` is run with."""
    imports = [one for one in source.body if isinstance(one, Import | ImportFrom)]
    found = [one for one in imports if isinstance(one, ImportFrom) and one.module == "alembic"]
    named = any(alias.name == "context" for one in found for alias in one.names)
    return named or any("alembic.context" in _modules(one) for one in imports)


def _packages(statement: Import | ImportFrom) -> Iterator[str]:
    return (module.partition(".")[0] for module in _modules(statement))


def _modules(statement: Import | ImportFrom) -> tuple[str, ...]:
    """The modules that an import names, by their full names."""
    if isinstance(statement, ImportFrom):
        return (statement.module,)
    return tuple(alias.name for alias in statement.names)
