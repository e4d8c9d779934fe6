"""Which fixtures set the database up, and whether they clean up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from archlint.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    Constant,
    FunctionDef,
    Lambda,
    Name,
    Node,
    Operator,
    Statement,
    Try,
    With,
    WithItem,
)
from archlint.facts.traversal import all_nodes
from archlint.findings import Location
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope, Symbols
from archlint.service.testing.fixtures import Fixture
from archlint.service.testing.tests import Suite

_MAX_DEPTH = 3
_SETUP = re.compile(r"set_?up(_?(class|module|method|function))?|async_?set_?up", re.IGNORECASE)
_SPEAKS_OF_ONE = re.compile(
    r"(?i)(^|_)(db|database|engine|sql\w*|postgres\w*|pg\w*|create_?all|migrat\w*|upgrade|tables?|tortoise"
    r"|(async_?)?session(s|_?local|_?maker|_?factory)?|unit_of_work|uow|orm|repository|init_models)(?=_|$)"
)
_SETS_UP = frozenset({"create_all", "create_database", "init_db", "generate_schemas", "create_tables"})
_CLEANS = re.compile(
    r"(?i)drop|trunc|downgrade|delete|rollback|\brm|remove|unlink|reset|clean|clear|teardown"
)
_PASSES_AWAY = re.compile(r"(?i):memory:|^sqlite(\+\w+)?://$|tmp_?path|tmp_?dir|tempfile|temporary|container")
PLUGINS = (
    *("pytest-alembic", "pytest-async-sqlalchemy", "pytest-databases", "pytest-docker", "pytest-postgresql"),
    *("pytest-docker-compose", "pytest-mock-resources", "pytest-sqlalchemy", "pytest-tmp-postgres"),
)
"""Distributions that bring fixtures of databases."""


class DatabaseFixtures:
    """Answers about a suite's fixtures, unittest's and xunit's ways of setting up counted among them."""

    def __init__(self, suite: Suite, symbols: Symbols) -> None:
        self._suite = suite
        self._symbols = symbols
        self._known: dict[tuple[Node, int], bool] = {}

    @cached_property
    def certain(self) -> tuple[Location, ...]:
        """What runs around tests and makes an engine, tables or a session."""
        return tuple(
            module.span(node.start, node.header_end)
            for module, node, scope in self._setups
            if self._sets_up(module, node, scope)
        )

    @cached_property
    def clean(self) -> tuple[Fixture, ...]:
        """The fixtures that set a database up and clean up, or are built on one that does."""
        return tuple(
            fixture
            for fixture in self._suite.fixtures.all
            if self._sets_up(fixture.module, fixture.node, fixture.scope) and self._is_cleaned(fixture)
        )

    @cached_property
    def likely(self) -> tuple[Fixture, ...]:
        """The fixtures that speak of a database."""
        return tuple(fixture for fixture in self._suite.fixtures.all if _speaks(fixture.name, fixture.node))

    @cached_property
    def unclean(self) -> tuple[tuple[Fixture, str], ...]:
        """The fixtures that open a session or make tables that nothing takes away, with what they do."""
        found = ((fixture, self._makes(fixture)) for fixture in self._suite.fixtures.all)
        return tuple((fixture, what) for fixture, what in found if what and not self._is_cleaned(fixture))

    @property
    def _setups(self) -> Iterator[tuple[Module, FunctionDef, Scope]]:
        yield from ((one.module, one.node, one.scope) for one in self._suite.fixtures.all)
        for module in self._suite.modules:
            for statement in module.source.body:
                inner = statement.body if isinstance(statement, ClassDef) else (statement,)
                scope: Scope = (statement,) if isinstance(statement, ClassDef) else ()
                for node in inner:
                    if isinstance(node, FunctionDef) and _SETUP.fullmatch(node.name):
                        yield module, node, scope

    def _sets_up(self, module: Module, node: FunctionDef | ClassDef, scope: Scope, depth: int = 0) -> bool:
        """Whether the definition, or what it calls up to some depth, sets a database up."""
        if (node, depth) not in self._known:
            self._known[node, depth] = self._find_setup(module, node, scope, depth)
        return self._known[node, depth]

    def _find_setup(self, module: Module, node: FunctionDef | ClassDef, scope: Scope, depth: int) -> bool:
        inner = (*scope, node)
        for found in all_nodes(node):
            if type(found) is Attribute and found.attr in _SETS_UP:
                return True
            if type(found) is not Call:
                continue
            symbol = self._symbols.resolve(module, found.func, inner)
            name = symbol.qualified
            if self._opens_session(module, found, inner) or name in names_of(
                "engine maker", "session maker"
            ) | {"alembic.command.upgrade"}:
                return True
            if symbol.module is None:
                if name.startswith(("testcontainers.", "asyncpg.", "psycopg")):
                    return True
            elif (
                isinstance(symbol.node, FunctionDef | ClassDef)
                and symbol.node is not node
                and depth < _MAX_DEPTH
            ):
                around = self._symbols.scope_of(symbol)
                if self._sets_up(symbol.module, symbol.node, around, depth + 1):
                    return True
        return False

    def _makes(self, fixture: Fixture) -> str | None:
        """What the fixture's own statements leave behind."""
        scope = (*fixture.scope, fixture.node)
        managed = {id(node.value) for node in _own(fixture.node) if isinstance(node, WithItem)}
        for node in _own(fixture.node):
            if (
                isinstance(node, Call)
                and id(node) not in managed
                and self._opens_session(fixture.module, node, scope)
            ):
                return "opens a session"
        makes_tables = any(isinstance(n, Attribute) and n.attr == "create_all" for n in _own(fixture.node))
        return "creates tables" if makes_tables and not self._tables_go else None

    def _opens_session(self, module: Module, call: Call, scope: Scope) -> bool:
        """Whether the call makes a session; one that is given nothing has no engine, and opens none."""
        symbol = self._symbols.resolve(module, call.func, scope)
        if symbol.module is None:
            is_bound = bool(call.args or call.keywords)
            return is_bound and symbol.qualified in names_of("session", "async session")
        made = getattr(symbol.node, "value", None)
        if not isinstance(made, Call):
            return False
        return self._symbols.resolve(symbol.module, made.func).qualified in names_of("session maker")

    @cached_property
    def _tables_go(self) -> bool:
        """Whether anything in the tests speaks of dropping tables, or of a database that goes by itself."""
        return any(
            _CLEANS.search(word) or _PASSES_AWAY.search(word)
            for fixture in self._suite.fixtures.all
            for word in _words(fixture.node)
        ) or any(
            isinstance(node.value, str) and _PASSES_AWAY.search(node.value)
            for module in self._suite.modules
            for node in module.source.nodes.of(Constant)
        )

    def _is_cleaned(self, fixture: Fixture) -> bool:
        """Whether the fixture, one that it is built on, or one that is built on it cleans up."""
        below = (self._suite.fixtures.visible(name, fixture.module) for name in fixture.parameters)
        above = (one for one in self._suite.fixtures.all if fixture.name in one.parameters)
        return any(_cleans_up(one.node) for one in (fixture, *below, *above) if one is not None)


def _speaks(name: str, node: FunctionDef) -> bool:
    return any(_SPEAKS_OF_ONE.search(word) for word in (name, *_words(node)))


def _words(node: FunctionDef) -> Iterator[str]:
    yield from (parameter.name for parameter in node.parameters)
    for statement in node.body:
        for inner in all_nodes(statement):
            if isinstance(inner, Name):
                yield inner.id
            elif isinstance(inner, Attribute):
                yield inner.attr
            elif isinstance(inner, Constant) and isinstance(inner.value, str):
                yield inner.value


def _own(node: FunctionDef) -> Iterator[Node]:
    """The nodes of the function's body, those of functions in it left out."""
    for statement in node.body:
        if not isinstance(statement, FunctionDef | ClassDef):
            yield from all_nodes(statement, (FunctionDef, Lambda, ClassDef))


def _cleans_up(node: FunctionDef) -> bool:
    """Whether something happens after the `yield`, by `with`, `finally`, a finalizer, or a statement."""
    if any(
        isinstance(inner, Attribute) and inner.attr in {"addfinalizer", "enter_context"}
        for inner in _own(node)
    ):
        return True
    yields = [
        inner for inner in _own(node) if isinstance(inner, Operator) and inner.operator.startswith("yield")
    ]
    return any(_follows(node.body, inner) for inner in yields)


def _follows(body: tuple[Statement, ...], place: Node) -> bool:
    for statement in statements(body):
        around = statement.start <= place.start and place.end <= statement.end
        if (around and isinstance(statement, With)) or (
            around and isinstance(statement, Try) and statement.finally_
        ):
            return True
        if statement.start >= place.end:
            return True
    return False
