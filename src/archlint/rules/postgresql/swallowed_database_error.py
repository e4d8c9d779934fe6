"""BA0212: a failed write that nobody hears of."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Met, NotApplicable, Said
from archlint.service.model import Service
from archlint.service.transactions.session_acts import SessionAct, acts
from archlint.service.transactions.swallowed_errors import swallowed

_FAILING = frozenset({SessionAct.WRITE, SessionAct.FLUSH, SessionAct.COMMIT})


def check(service: Service) -> Iterator[Said]:
    """Yield each handler around writes that neither re-raises, nor rolls back, nor answers with an error."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    for module in service.modules.runtime:
        for function in service.calls.program.in_module(module):
            hits = list(swallowed(service.calls, function))
            if not hits and any(act.work in _FAILING for act in acts(service.calls, function)):
                yield Met(function.location)
            for found in hits:
                link = Link(found.act.location, f"`{found.act.text}()` fails here")
                yield Hit(found.location, {"call": found.act.text}, (link,))
