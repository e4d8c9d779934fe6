"""What tells the files of Alembic's environments by themselves."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import ImportFrom
from archlint.readings import summary


@summary
def imports_alembic(source: PythonSource) -> bool:
    """Whether an `env.py` is Alembic's."""
    statements = (one.statement for one in source.imports if not one.lazy)
    modules = (one.module for one in statements if isinstance(one, ImportFrom))
    return any(module.partition(".")[0] == "alembic" for module in modules)


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
    imports = (one for one in source.body if isinstance(one, ImportFrom) and one.module == "alembic")
    return any(alias.name == "context" for one in imports for alias in one.names)
