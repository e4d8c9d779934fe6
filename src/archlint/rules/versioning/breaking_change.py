"""BA0803: a change that breaks clients inside a version that the base already served."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Met, NotApplicable, Said
from archlint.service.evolution.change import REMOVALS
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each breaking change that is no removal of an operation: BA0804 speaks of those."""
    if service.as_it_was is None:
        yield NotApplicable("there is no earlier state to compare with; `--against REF` names one")
        return
    breaking = [
        found
        for found in service.api_changes
        if found.change.level == "error" and found.change.id not in REMOVALS
    ]
    for found in breaking:
        shown, version = ", ".join(map(str, found.change.operations)), found.version or "the unversioned API"
        fields = {
            "version": version,
            "operations": shown,
            "change": found.change.text,
            "kind": found.change.id,
        }
        before = (Link(found.base, "as it was at the base"),) if found.base is not None else ()
        yield Hit(found.head or service.anchor, fields, chain=before)
    if not breaking:
        yield Met(service.anchor)
