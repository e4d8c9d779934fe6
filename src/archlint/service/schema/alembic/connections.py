"""The connection that a revision has, and what hangs on it: its engine, its dialect, its URL."""

from __future__ import annotations

from collections.abc import Mapping

from archlint.service.interpreter.values import Native, Value
from archlint.service.schema.sqlalchemy.values import PartialObject

_NAME = "postgresql"
DIALECT = PartialObject("sqlalchemy.Dialect()", {"name": _NAME})
_URL = PartialObject(
    "sqlalchemy.URL()", {"get_backend_name": Native("get_backend_name", lambda machine, arguments: _NAME)}
)


def connection_with(methods: Mapping[str, Value]) -> PartialObject:
    """A connection to PostgreSQL, or a migration's context, which has the same and the connection, too."""
    shared = {**methods, "dialect": DIALECT}
    engine = PartialObject("sqlalchemy.Engine()", {**shared, "name": _NAME, "url": _URL})
    engine.attributes = {**engine.attributes, "engine": engine}
    bind = PartialObject("sqlalchemy.Connection()", {**shared, "as_sql": False, "engine": engine})
    bind.attributes = {**bind.attributes, "bind": bind, "connection": bind, "impl": bind}
    return bind
