"""Requests that write and never commit: neither on the way, nor in the session's dependency.

Said only where everything on the way is seen: each dependency and call is followed, the session comes from
one dependency that opens it, and no name on the way speaks of a transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from msgspec import Struct

from archlint.facts.syntax import Attribute, Call, FunctionDef, Keyword, Name, Node
from archlint.facts.traversal import all_nodes
from archlint.findings import Link, Location
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import Library
from archlint.service.semantics.called import has_text, turns_on
from archlint.service.semantics.modules import Module
from archlint.service.transactions.request_flow import RequestFlow, session_parameters
from archlint.service.transactions.session_acts import Act, SessionAct, acts
from archlint.service.transactions.session_providers import Provider

_BOUNDARY = re.compile(r"commit|begin|transact|atomic|uow|unit_?of_?work", re.IGNORECASE)
_PLAIN = frozenset(
    {
        *("append", "copy", "dict", "encode", "endswith", "extend", "format", "get", "isoformat", "items"),
        *(
            "join",
            "keys",
            "lower",
            "model_dump",
            "model_validate",
            "replace",
            "split",
            "startswith",
            "strip",
            "title",
            "upper",
        ),
        "values",
    }
)
_MIDDLEWARE = re.compile(r"middleware", re.IGNORECASE)


class Unbounded(Struct, eq=False, frozen=True):
    """`request` writes by `act`, to which `edges` lead from its handler, and nothing commits.

    `doubt` says why this is not certain, empty where it is.
    """

    request: RequestFlow
    act: Act
    edges: tuple[Edge, ...]
    doubt: str

    @property
    def location(self) -> Location:
        """Where the handler comes to the write."""
        return (self.edges[0] if self.edges else self.act).location

    @property
    def chain(self) -> tuple[Link, ...]:
        """The calls that lead to the write."""
        links = [
            Link(e.location, f"`{e.caller.short_name}` calls `{e.callee.short_name}`") for e in self.edges
        ]
        return (*links, Link(self.act.location, f"`{self.act.function.short_name}`: {self.act.text}()"))


def unbounded(
    calls: Calls, requests: Iterable[RequestFlow], providers: Iterable[Provider], modules: Iterable[Module]
) -> Iterator[Unbounded]:
    """The first write of each request that nothing commits, by the place in its handler."""
    openers = {one.function for one in providers if one.yields}
    if not openers or _commits_elsewhere(calls, modules):
        return
    found: dict[Location, Unbounded] = {}
    speaks = cache(_speaks_of_transactions)
    for request in requests:
        one = _Judge(calls, request, openers, speaks).judge()
        if one is not None:
            found.setdefault(one.location, one)
    yield from (found[place] for place in sorted(found))


class _Judge:
    def __init__(
        self, calls: Calls, request: RequestFlow, openers: set[Function], speaks: Callable[[Function], bool]
    ) -> None:
        self._calls = calls
        self._request = request
        self._openers = openers
        self._speaks_of_transactions = speaks
        self._ways: dict[Function, tuple[Edge, ...]] = {}

    def judge(self) -> Unbounded | None:
        """The request's first write, if no commit is on any way of it."""
        providers = self._providers()
        if len(providers) != 1 or not providers <= self._openers:
            return None
        self._reach()
        if any(map(self._speaks_of_transactions, self._ways)):
            return None
        write = self._first_write()
        if write is None:
            return None
        return Unbounded(self._request, write, self._ways[write.function], self._doubt())

    def _providers(self) -> set[Function]:
        functions = (self._request.handler, *self._request.dependencies)
        return {one for f in functions for _, by in session_parameters(self._calls, f) for one in by}

    def _reach(self) -> None:
        """The functions that the request comes to, each with the shortest way from the handler."""
        self._ways = {self._request.handler: (), **dict.fromkeys(self._request.dependencies, ())}
        pending = list(self._ways)
        while pending:
            function = pending.pop(0)
            for edge in self._calls.edges_from(function):
                if edge.callee not in self._ways:
                    self._ways[edge.callee] = (*self._ways[function], edge)
                    pending.append(edge.callee)

    def _first_write(self) -> Act | None:
        for function, way in self._ways.items():
            if function in self._request.dependencies or (way and way[0].caller is not self._request.handler):
                continue
            if all(edge.way in {"here", "awaited"} for edge in way):
                for act in acts(self._calls, function):
                    if act.work is SessionAct.WRITE:
                        return act
        return None

    def _doubt(self) -> str:
        if not self._request.complete or self._request.endpoint.dependencies:
            return "a dependency of the request is not known"
        for function in self._ways:
            if _opens(self._calls, function) and function not in self._openers:
                return f"`{function.short_name}` opens a session of its own"
            if self._is_unclear(function):
                return f"`{function.short_name}` calls something that archlint cannot follow"
        return ""

    def _is_unclear(self, function: Function) -> bool:
        """Whether a call of the function may be of anything; what every dict and text can do is clear."""
        inference = self._calls.inference
        edges = {edge.site for edge in self._calls.edges_from(function)}
        return any(
            site.kind == "call"
            and isinstance(site.node, Call)
            and site.node not in edges
            and not (isinstance(site.node.func, Attribute) and site.node.func.attr in _PLAIN)
            and not inference.values(site.node.func, function)
            for site in inference.scan(function).sites
        )


def _speaks_of_transactions(function: Function) -> bool:
    node = function.node
    return node is not None and any(map(_is_of_boundaries, _names(node)))


@cache
def _is_of_boundaries(name: str) -> bool:
    return _BOUNDARY.search(name) is not None


def _names(root: Node) -> Iterator[str]:
    for node in all_nodes(root):
        if type(node) is Name:
            yield node.id
        elif type(node) is Attribute:
            yield node.attr
        elif (type(node) is FunctionDef or type(node) is Keyword) and node.name:
            yield node.name


def _opens(calls: Calls, function: Function) -> bool:
    return any("sessionmaker()" in call.path for call in calls.library_calls(function))


def _commits_elsewhere(calls: Calls, modules: Iterable[Module]) -> bool:
    """Whether middleware may commit, or the engine commits by itself."""
    for module in modules:
        if has_text(module.source, "AUTOCOMMIT") or turns_on(module.source, "autocommit"):
            return True
    return any(
        any(_MIDDLEWARE.search(name) for name in _kinds(function)) and _speaks_of_transactions(function)
        for function in calls.functions
    )


def _kinds(function: Function) -> Iterator[str]:
    """The names of what decorates the function, and of the library's classes that its class derives from."""
    yield from function.decorators
    for base in function.owner.lineage if function.owner is not None else ():
        if isinstance(base, Library):
            yield base.path
