"""Where functions reach databases: by SQLAlchemy's sessions and connections, or past them by a driver."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import Call, Constant, FunctionDef, Node
from archlint.facts.traversal import all_nodes
from archlint.findings import Unknown
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import LibraryCall
from archlint.service.calls.functions import Function
from archlint.service.database.session_calls import DATA_ACCESS, PROBE
from archlint.service.semantics.bindings import Imported
from archlint.service.semantics.library_names import SESSIONS, objects_of
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.symbols import Symbols

ADMINISTRATION = re.compile(r"\b(create|drop)\s+database\b", re.IGNORECASE)

_CONNECTING = {
    "MySQLdb": "connect",
    "aiomysql": "connect|create_pool",
    "aiosqlite": "connect",
    "asyncmy": "connect|create_pool",
    "asyncpg": "connect|create_pool",
    "beanie": "init_beanie",
    "databases": "Database",
    "duckdb": "connect",
    "langgraph": r"checkpoint\.postgres(\.aio)?\.(Async)?PostgresSaver(\.from_conn_string)?",
    "mongoengine": "connect",
    "motor": r"motor_asyncio\.AsyncIOMotorClient|motor_tornado\.MotorClient",
    "mysql": r"connector(\.aio)?\.connect",
    "odmantic": r"(engine\.)?AIOEngine|(engine\.)?SyncEngine",
    "oracledb": "(connect|create_pool)(_async)?",
    "peewee": r"\w*Database",
    "piccolo": r"engine\.\w+\.\w+Engine",
    "pony": r"orm\.Database",
    "psycopg": r"connect|(Async)?Connection\.connect",
    "psycopg2": r"connect|pool\.\w+ConnectionPool",
    "psycopg_pool": r"(Async)?(Null)?ConnectionPool",
    "pymongo": r"(\w+\.)?(Async)?MongoClient|MongoClient",
    "pymysql": "connect",
    "pyodbc": "connect",
    "sqlite3": "connect",
    "tortoise": r"Tortoise\.init|contrib\.fastapi\.(register_tortoise|RegisterTortoise)",
}
"""What of a library connects to a database, by the package that is imported."""


class DataAccess(Struct, eq=False, frozen=True, dict=True):
    """What the functions of a service do with databases; each search is made once.

    The call graph is asked for only where something imports a driver, or somebody asks for more.
    """

    modules: Modules
    symbols: Symbols
    graph: Callable[[], Calls]

    @cached_property
    def drivers(self) -> tuple[LibraryCall, ...]:
        """The calls that connect past SQLAlchemy, by path and line; not to create or drop databases."""
        if not any(map(self._imports_driver, self.modules.runtime)):
            return ()
        calls = self.graph()
        found = [
            call
            for function in calls.functions
            if self._serves(function)
            for call in calls.library_calls(function)
            if _connects(call) and not call.main and not _administers(function)
        ]
        return tuple(sorted(found, key=lambda call: call.location))

    def unseen(self, what: str, clauses: tuple[str, ...] = ()) -> Iterator[Unknown]:
        """The unknown for a rule that asks `what` of SQLAlchemy's engines and sessions alone."""
        for call in self.drivers[:1]:
            more = f" (nor at {len(self.drivers) - 1} more places)" if len(self.drivers) > 1 else ""
            why = f"`{call.path}` connects past SQLAlchemy, whose engines and sessions archlint follows{more}"
            yield Unknown(what, call.location, why, clauses=clauses)

    @cached_property
    def touching(self) -> frozenset[Function]:
        """The functions that read, write or connect themselves."""
        calls = self.graph()
        return frozenset(
            function
            for function in calls.functions
            if any(_touches(call) and not call.main for call in calls.library_calls(function))
        )

    def _imports_driver(self, module: Module) -> bool:
        names = self.symbols.namespace(module).names.values()
        sources = (name.module for name in names if isinstance(name, Imported) and not name.level)
        return any(source.partition(".")[0] in _CONNECTING for source in sources)

    def _serves(self, function: Function) -> bool:
        if function.module.role is not Role.RUNTIME:
            return False
        return function.module.path in self.modules.by_path or self.graph().on_loop(function)


def _connects(call: LibraryCall) -> bool:
    package, _, name = call.path.removesuffix("()").partition(".")
    return package in _CONNECTING and re.fullmatch(_CONNECTING[package], name) is not None


def _touches(call: LibraryCall) -> bool:
    owner, _, name = call.path.rpartition(".")
    runs = owner in objects_of(*SESSIONS, "connection", "query")
    return (runs and name in DATA_ACCESS and not _probes(call)) or _connects(call)


def _probes(call: LibraryCall) -> bool:
    """Whether it only asks if the database answers."""
    function = call.caller.node
    if isinstance(function, FunctionDef):
        return call.site in _probes_in(call.caller.module.source, function)
    return _is_probe(call.node)


@function_summary
def _probes_in(source: PythonSource, definition: FunctionDef) -> tuple[Node, ...]:
    return tuple(one for one in all_nodes(definition) if _is_probe(one))


def _is_probe(node: Node) -> bool:
    if type(node) is not Call:
        return False
    match node:
        case Call(args=(Call(args=(Constant(value=str(text)),)) | Constant(value=str(text)), *_)):
            return PROBE.fullmatch(text) is not None
    return False


def _administers(function: Function) -> bool:
    if isinstance(function.node, FunctionDef):
        return _speaks_of_it(function.module.source, function.node)
    return function.node is not None and _has_administration(function.node)


@function_summary
def _speaks_of_it(source: PythonSource, definition: FunctionDef) -> bool:
    return _has_administration(definition)


def _has_administration(node: Node) -> bool:
    texts = (one.value for one in all_nodes(node) if isinstance(one, Constant))
    return any(isinstance(text, str) and ADMINISTRATION.search(text) for text in texts)
