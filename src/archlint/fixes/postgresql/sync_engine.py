"""BA0204: try SQLAlchemy's asynchronous classes under the names of the others; what awaits them follows."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ImportFrom
from archlint.findings import Finding
from archlint.fixes.edits import Edit, Plan, Replace, Span
from archlint.fixes.texts import TextFile
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

WHY = "asynchronous engines and sessions, and an `await` for each query that is seen"
_ASYNC = "sqlalchemy.ext.asyncio"
_OWN = {
    "sqlalchemy": (),
    "sqlalchemy.engine": (),
    "sqlalchemy.orm": (),
    "sqlalchemy.orm.session": (),
    "sqlmodel": ("Session",),
    "sqlmodel.orm.session": ("Session",),
}
"""The packages that have them, and what is a class of SQLModel's own."""
_INSTEAD = {
    "Session": "AsyncSession",
    "create_engine": "create_async_engine",
    "scoped_session": "async_scoped_session",
    "sessionmaker": "async_sessionmaker",
}


def trial(service: Service, finding: Finding) -> Plan | None:
    """In every module that imports an engine, a session or its maker, on as many lines as before."""
    edits = tuple(edit for module in service.modules.runtime for edit in _in_module(service, module))
    return Plan(edits, WHY) if edits else None


def _in_module(service: Service, module: Module) -> Iterator[tuple[str, Edit]]:
    for one in module.source.imports:
        statement = one.statement
        if not isinstance(statement, ImportFrom) or statement.level or statement.module not in _OWN:
            continue
        place = module.location(statement)
        text = TextFile.of(service.repository, module.path)
        if text is None or not any(alias.name in _INSTEAD for alias in statement.names):
            continue
        lines = [text.line(number) for number in range(place.line, place.end_line + 1)]
        before = "\n".join([*lines[:-1], lines[-1][: place.end_column - 1]])[place.column - 1 :]
        after = "; ".join(_statements(statement)) + "\n" * (place.end_line - place.line)
        span = Span(place.line, place.column - 1, place.end_line, place.end_column - 1)
        yield module.path, Replace(span, before, after)


def _statements(statement: ImportFrom) -> Iterator[str]:
    """What it imports, the asynchronous classes under the names that it gave to the others."""
    for alias in statement.names:
        renamed = f" as {alias.asname}" if alias.asname else ""
        instead = _INSTEAD.get(alias.name)
        if instead is None:
            yield f"from {statement.module} import {alias.name}{renamed}"
        else:
            package = "sqlmodel.ext.asyncio.session" if alias.name in _OWN[statement.module] else _ASYNC
            yield f"from {package} import {instead} as {alias.asname or alias.name}"
