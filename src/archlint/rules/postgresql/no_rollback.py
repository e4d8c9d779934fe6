"""BA0211: a dependency gives requests a session that nobody rolls back when they fail."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each such dependency; an unknown where a session that is returned may be closed elsewhere."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from service.data_access.unseen("the transactions of other connections")
    for provider in service.transactions.providers:
        if provider.guarded:
            yield Met(provider.location)
            continue
        name = provider.function.short_name
        if not provider.yields and service.transactions.anything_ends_sessions:
            yield Unknown("the end of the session", provider.location, f"`{name}` leaves it to others")
        else:
            does = "yields" if provider.yields else "returns"
            yield Hit(provider.location, {"function": name, "does": does})
