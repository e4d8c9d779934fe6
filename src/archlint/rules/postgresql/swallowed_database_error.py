"""BA0212: a failed write that nobody hears of."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link
from archlint.service.database.engine_connections import is_aside
from archlint.service.model import Service
from archlint.service.semantics.modules import Role
from archlint.service.transactions.swallowed_errors import swallowed


def check(service: Service) -> Iterator[Hit]:
    """Yield each handler around writes that neither re-raises, nor rolls back, nor answers with an error."""
    for module in service.modules.runtime:
        if module.role is not Role.RUNTIME or is_aside(module):
            continue
        for function in service.calls.program.in_module(module):
            for found in swallowed(service.calls, function):
                link = Link(found.act.location, f"`{found.act.text}()` fails here")
                yield Hit(found.location, {"call": found.act.text}, (link,))
