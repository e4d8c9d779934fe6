"""BA0604: `httpx.AsyncClient` instead of a call of `requests`."""

from __future__ import annotations

from archlint.facts.syntax import FunctionDef, Name
from archlint.facts.traversal import all_nodes
from archlint.findings import Finding
from archlint.fixes.calls import FoundCall, called_at
from archlint.fixes.edits import Plan, ThroughClient
from archlint.fixes.threads import in_thread
from archlint.service.model import Service

METHODS = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})
SHARED = frozenset({"auth", "cookies", "headers", "json", "params", "timeout", "url"})
"""Arguments that both libraries take and mean alike."""

WHY = "httpx must be a dependency, gives up after 5 seconds, and raises other errors than requests"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Open a client around the statement, where it is one that the libraries have in common."""
    call = called_at(service, finding) if not finding.chain else None
    package, _, method = call.name.rpartition(".") if call else ("", "", "")
    if call is None or package not in {"requests", "requests.api"} or method not in METHODS:
        return None
    if not call.keywords <= SHARED or len(call.node.args) > 1 or call.binds(service, "httpx"):
        return None
    edit = ThroughClient(call.span, method, _free_name(call), "requests")
    return Plan(((call.module.path, edit),), WHY)


def _free_name(call: FoundCall) -> str:
    """A name for the client that the function does not use."""
    around: FunctionDef | None = call.scope[-1] if call.scope else None
    used = {node.id for node in all_nodes(around) if isinstance(node, Name)} if around else set()
    used |= {parameter.name for function in call.scope for parameter in function.parameters}
    return next(name for name in ("client", "http", "http_client", "archlint_client") if name not in used)


def trial(service: Service, finding: Finding) -> Plan | None:
    """The call in a thread."""
    return in_thread(service, finding)
