"""Outgoing HTTP calls that a test is certain to make, and what the tests replace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import (
    Attribute,
    ClassDef,
    FunctionDef,
    Node,
    Statement,
    Subscript,
)
from archlint.findings import Link
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import Edge, LibraryCall
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import key
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbols
from archlint.service.testing.certain_calls import (
    certain_calls,
    certainly_called,
    expects_success,
    replaces,
    speaks_of_means,
    speaks_of_replacing,
    words_in,
)
from archlint.service.testing.client_requests import Requests
from archlint.service.testing.said_by_tests import used_names
from archlint.service.testing.tests import Suite, Test

_OUTGOING = re.compile(
    r"(httpx2?|requests|aiohttp|urllib3|niquests)\.(\w+\.)*(get|post|put|patch|delete|head|options|request|stream)"
    r"|urllib\.request\.urlopen"
)
_NOT_THE_CALL = re.compile(r"(?i)(^|_)(db|database|session|user|auth\w*|settings|config|engine|token)(_|$)")
_MAX_LINKS = 6


class Outgoing(Struct, eq=False, frozen=True):
    """`edges` lead from what the test runs, `first`, to the call."""

    test: Test
    first: Function
    edges: tuple[Edge, ...]
    call: LibraryCall

    @property
    def chain(self) -> tuple[Link, ...]:
        """Every step on the way."""
        start = Link(self.test.location, f"`{self.test.name}` runs `{self.first.short_name}`")
        links = [
            Link(one.location, f"`{one.caller.short_name}` calls `{one.callee.short_name}`")
            for one in self.edges
        ]
        end = f"`{self.call.caller.short_name}` calls `{written(self.call)}`"
        return (start, *links, Link(self.call.location, end))


class OutgoingCalls:
    """Answers for one suite."""

    def __init__(self, suite: Suite, requests: Requests, calls: Calls, symbols: Symbols) -> None:
        self._suite = suite
        self._requests = requests
        self._calls = calls
        self._symbols = symbols
        self._words: dict[Node | Module, frozenset[str]] = {}
        self._found: dict[Function, tuple[tuple[Edge, ...], LibraryCall] | None] = {}

    @cached_property
    def replaces_anything(self) -> bool:
        """Whether the tests speak of any means of replacing a call."""
        return any(speaks_of_replacing(one.source) for one in self._suite.modules)

    @cached_property
    def unreplaced(self) -> tuple[Outgoing, ...]:
        """The calls that tests make for certain and nothing replaces, one of each test."""
        tests = (test for test in self._suite.tests if test.module in self.near)
        return tuple(found for test in tests if (found := self._made_by(test)) is not None)

    @cached_property
    def near(self) -> tuple[Module, ...]:
        """The modules whose tests come near an outgoing call and that replace nothing."""
        tested = {test.module for test in self._suite.tests}
        return tuple(one for one in self._suite.modules if one in tested and self._comes_near(one))

    @cached_property
    def replacing(self) -> tuple[Module, ...]:
        """The modules whose tests come near an outgoing call and that speak of a means of replacing one."""
        modules = (one for one in self._suite.modules if speaks_of_means(one.source))
        return tuple(one for one in modules if self._uses_a_call(one))

    def _comes_near(self, module: Module) -> bool:
        """Whether the module's tests use a name, or request an endpoint, behind which an outgoing call is."""
        return self._uses_a_call(module) and not speaks_of_replacing(module.source)

    def _uses_a_call(self, module: Module) -> bool:
        names = used_names(module.source, self._calls.program.defined)
        requested = self._requests.made_by(module)
        behind = any(endpoint.handler.definition in self._leading_definitions for endpoint in requested)
        return behind or not self._leading_names.isdisjoint(names)

    @cached_property
    def _leading_names(self) -> frozenset[str]:
        return frozenset(one.node.name for one in self._leading if isinstance(one.node, FunctionDef))

    @cached_property
    def _leading_definitions(self) -> frozenset[Node]:
        return frozenset(one.node for one in self._leading if one.node is not None)

    @cached_property
    def _leading(self) -> frozenset[Function]:
        """The functions from which calls of the service's own lead to an outgoing call."""
        return self._calls.leading_to(call.caller for call in self.calls())

    def calls(self) -> Iterator[LibraryCall]:
        """Every outgoing call of the service."""
        return outgoing_calls(self._calls)

    def _made_by(self, test: Test) -> Outgoing | None:
        for function in self._run_by(test):
            found = self._search(function) if function in self._leading else None
            if found is not None and not self._may_be_replaced(test):
                return Outgoing(test, function, *found)
        return None

    def _run_by(self, test: Test) -> Iterator[Function]:
        """The functions that the test calls by name, and the handlers of what it requests with success."""
        known = self._symbols.modules.known
        for called, is_given in certainly_called(test.module.source, test.node, known):
            symbol = self._symbols.resolve(test.module, called, (*test.scope, test.node))
            function = self._calls.program.functions.get(symbol.node) if symbol.node is not None else None
            if function is None or function.module.path not in self._calls.modules.by_path:
                continue
            # A plain test that does not give the coroutine to anybody never runs it.
            if test.node.is_async or not function.is_async or is_given:
                yield function
        if expects_success(test.module.source, test.node):
            for endpoint in self._requests.made_in(test.node):
                handler = self._calls.program.functions.get(endpoint.handler.definition)
                if handler is not None:
                    yield handler

    def _search(self, start: Function) -> tuple[tuple[Edge, ...], LibraryCall] | None:
        """The nearest outgoing call that running `start` makes whatever happens."""
        if start not in self._found:
            self._found[start] = self._searched(start)
        return self._found[start]

    def _searched(self, start: Function) -> tuple[tuple[Edge, ...], LibraryCall] | None:
        pending: list[tuple[Function, tuple[Edge, ...]]] = [(start, ())]
        seen = {start}
        while pending:
            function, edges = pending.pop(0)
            certain = {id(one) for one in certain_calls(_body(function))}
            for call in self._calls.library_calls(function):
                if id(call.site) in certain and is_outgoing(call) and not call.once:
                    return edges, call
            for edge in self._calls.edges_from(function) if len(edges) < _MAX_LINKS else ():
                alone = sum(1 for one in self._calls.edges_from(function) if one.site is edge.site) == 1
                if (
                    alone
                    and id(edge.site) in certain
                    and edge.callee in self._leading
                    and edge.callee not in seen
                    and not edge.once
                ):
                    seen.add(edge.callee)
                    pending.append((edge.callee, (*edges, edge)))
        return None

    def _may_be_replaced(self, test: Test) -> bool:
        """Whether the test, its fixtures, or the modules around them speak of replacing anything."""
        words = {*test.asked, *(name.rpartition(".")[2] for name in test.markers)}
        for node in (test.node, *(fixture.node for fixture in test.fixtures)):
            words |= self._words_of(node)
        for module in self._suite.fixtures.places(test.home):
            words |= self._words_at_top(module)
        overridden = (one for module in self._suite.modules for one in _overridden(module))
        return any(map(replaces, words)) or any(not _NOT_THE_CALL.search(one) for one in overridden)

    def _words_of(self, node: Node) -> frozenset[str]:
        if node not in self._words:
            self._words[node] = frozenset(words_in(node))
        return self._words[node]

    def _words_at_top(self, module: Module) -> frozenset[str]:
        if module not in self._words:
            plain = (one for one in module.source.body if not isinstance(one, FunctionDef | ClassDef))
            self._words[module] = frozenset(word for one in plain for word in words_in(one))
        return self._words[module]


def outgoing_calls(calls: Calls) -> Iterator[LibraryCall]:
    """Every HTTP call of a service to others."""
    for function in sorted(calls.functions, key=lambda one: one.order):
        yield from (call for call in calls.library_calls(function) if is_outgoing(call))


def is_outgoing(call: LibraryCall) -> bool:
    """Whether the call sends a request to wherever its URL says."""
    return _OUTGOING.fullmatch(key(call.path)) is not None


def written(call: LibraryCall) -> str:
    """The call as documentation writes it."""
    return key(call.path)


def _overridden(module: Module) -> Iterator[str]:
    """What FastAPI's `dependency_overrides` get another provider for."""
    for node in module.source.nodes.of(Subscript):
        if isinstance(node.value, Attribute) and node.value.attr == "dependency_overrides":
            yield next(words_in(node.index), "")


def _body(function: Function) -> tuple[Statement, ...]:
    return function.node.body if isinstance(function.node, FunctionDef) else ()
