"""What `FastAPI(…)` says of its document and pages, left out so that they are where FastAPI has them."""

from __future__ import annotations

from collections.abc import Iterable

from archlint.facts.syntax import Call, Constant
from archlint.findings import Finding
from archlint.fixes.edits import DropArgument, Plan, span_of
from archlint.service.model import Service

WHY = "whoever reaches the service can read its documentation, and links to another address find nothing"


def without_arguments(service: Service, finding: Finding, names: Iterable[str]) -> Plan | None:
    """The call that the finding is about without these arguments, all of which it gives as literals.

    What a setting decides is no mistake of the call.
    """
    module = service.modules.by_path.get(finding.location.file)
    for call in module.source.nodes.of(Call) if module else ():
        given = {str(keyword.name): keyword for keyword in call.keywords}
        own = [keyword for name, keyword in given.items() if name in names]
        if module and any(module.location(one) == finding.location for one in own):
            if not all(isinstance(one.value, Constant) for one in own):
                return None
            span = span_of(module.location(call))
            return Plan(tuple((module.path, DropArgument(span, str(one.name))) for one in own), WHY)
    return None
