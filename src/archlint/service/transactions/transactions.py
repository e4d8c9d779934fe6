"""`Transactions`: what the requests of a service do with sessions. Each part is computed once."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from archlint.service.api.injection import Providers
from archlint.service.api.routes import RouteTable
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.semantics.modules import Modules
from archlint.service.transactions.commit_count import CommitCount
from archlint.service.transactions.missing_commits import Unbounded, unbounded
from archlint.service.transactions.request_flow import RequestFlow, requests
from archlint.service.transactions.session_acts import SessionAct, acts
from archlint.service.transactions.session_providers import Provider, anything_ends_sessions, providers
from archlint.service.transactions.split_commits import Split, splits


class Transactions(Struct, eq=False, frozen=True, dict=True):
    """The sessions of a service's requests: who opens them, and where their work is committed."""

    calls: Calls
    routes: RouteTable
    injected: Providers
    modules: Modules

    @cached_property
    def requests(self) -> tuple[RequestFlow, ...]:
        """The requests to the service's own handlers, each handler once."""
        return tuple(requests(self.calls, self.routes.endpoints))

    @cached_property
    def providers(self) -> tuple[Provider, ...]:
        """The injected functions that open a session themselves, by path and line."""
        return tuple(providers(self.calls, self.injected.injections))

    @cached_property
    def anything_ends_sessions(self) -> bool:
        """Whether some function of the service closes a session, rolls one back, or enters one by `with`."""
        return anything_ends_sessions(self.calls)

    @cached_property
    def unbounded(self) -> tuple[Unbounded, ...]:
        """The first write of each request that nothing commits, by the place in its handler."""
        return tuple(unbounded(self.calls, self.requests, self.providers, self.modules.runtime))

    @cached_property
    def writing(self) -> tuple[RequestFlow, ...]:
        """The requests whose handlers come to a write."""
        functions = self._leading_to(SessionAct.WRITE)
        return tuple(request for request in self.requests if request.handler in functions)

    @cached_property
    def committing(self) -> tuple[RequestFlow, ...]:
        """The requests whose handlers or dependencies come to a commit, or begin what ends with one."""
        functions = self._leading_to(SessionAct.COMMIT, SessionAct.BEGIN) | self.calls.leading_to(
            function
            for function in self.calls.functions
            if any(call.path.endswith("sessionmaker().begin") for call in self.calls.library_calls(function))
        )
        return tuple(
            request
            for request in self.requests
            if not functions.isdisjoint((request.handler, *request.dependencies))
        )

    @cached_property
    def commits_once(self) -> tuple[RequestFlow, ...]:
        """Those of the writing requests that cannot come to a second commit, wherever they go."""
        count = CommitCount(self.calls)
        return tuple(one for one in self.writing if count.most((one.handler, *one.dependencies)) <= 1)

    def _leading_to(self, *works: SessionAct) -> frozenset[Function]:
        doing = (f for f in self.calls.functions if any(act.work in works for act in acts(self.calls, f)))
        return self.calls.leading_to(doing)

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """The functions that split the work of requests, each with the first request that shows it."""
        return tuple(splits(self.calls, self.requests))
