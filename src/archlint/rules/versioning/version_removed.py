"""BA0804: an operation, or a whole version, that went away without notice or before its sunset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.findings import Hit, Link, Met, NotApplicable, Said
from archlint.service.evolution.change import REMOVALS, some
from archlint.service.model import Service

if TYPE_CHECKING:
    from archlint.service.evolution.api_changes import ApiChange


def check(service: Service) -> Iterator[Said]:
    """Yield one for each version of which operations went away, with all of these."""
    if service.as_it_was is None:
        yield NotApplicable("there is no earlier state to compare with; `--against REF` names one")
        return
    gone: defaultdict[str, list[ApiChange]] = defaultdict(list)
    for found in service.api_changes:
        if found.change.level == "error" and found.change.id in REMOVALS:
            gone[found.version].append(found)
    for version, changes in sorted(gone.items()):
        operations = [name for found in changes for name in found.change.operations]
        fields = {
            "version": version or "the unversioned API",
            "operations": some(operations),
            "gone": ", ".join(map(str, operations)),
            "change": "; ".join(sorted({found.change.text for found in changes})),
        }
        links = [Link(found.base, str(found.change.operations[0])) for found in changes if found.base]
        yield Hit(service.anchor, fields, chain=tuple(links))
    if not gone:
        yield Met(service.anchor)
