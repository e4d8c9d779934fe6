"""`Transactions`: what the requests of a service do with sessions. Each part is computed once."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from archlint.service.api.injection import Providers
from archlint.service.api.routes import RouteTable
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.semantics.modules import Modules
from archlint.service.transactions.commit_count import CommitCount, ends
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
        acting = ((f, acts(self.calls, f)) for f in self.calls.functions)
        functions = self.calls.leading_to(
            f for f, own in acting if any(act.work is SessionAct.WRITE for act in own)
        )
        return tuple(request for request in self.requests if request.handler in functions)

    @cached_property
    def committing(self) -> tuple[RequestFlow, ...]:
        """The requests whose handlers or dependencies come to a commit, or begin what ends with one."""
        return tuple(
            request
            for request in self.requests
            if not self._committing.isdisjoint((request.handler, *request.dependencies))
        )

    @cached_property
    def commits_once(self) -> tuple[RequestFlow, ...]:
        """Those of the writing requests that cannot come to a second commit, wherever they go."""
        count = CommitCount(self.calls, self._committing)
        return tuple(one for one in self.writing if count.most((one.handler, *one.dependencies)) <= 1)

    @cached_property
    def _committing(self) -> frozenset[Function]:
        return self.calls.leading_to(f for f in self.calls.functions if any(ends(self.calls, f)))

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """The functions that split the work of requests, each with the first request that shows it."""
        return tuple(splits(self.calls, self.requests))
