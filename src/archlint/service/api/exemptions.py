"""Which endpoints are for machines of one's own, and exempt from what a public API needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from archlint.expressions import matcher
from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import Call, Constant, Dict, Evaluate, Expression, FunctionDef, Return
from archlint.findings import Location, Severity
from archlint.service.api.routes import App, Endpoint
from archlint.service.interpreter.values import Configured, Origin, Value, text

_HEALTH = re.compile(
    r"((check|get|read|show)_)?((api|app|cache|database|db|redis|server|service|system)_?)?"
    r"(alive|health|healthz|healthcheck|heartbeat|liveness|livez|ping|probe|readiness|readyz)"
    r"(_(check|database|db|endpoint|probe|status))*"
    r"|((check|get|read|show)_)?(live|ready)(_(check|endpoint|probe))+"
)
"""How handlers, routes and paths of health checks are called; `get_live` may be of anything."""

_UP = frozenset({"alive", "healthy", "live", "ok", "pass", "pong", "ready", "running", "up"})

_PARAMETER, _NAMED = re.compile(r"\{[^}]*\}"), re.compile(r"\{[A-Za-z_][^}]*\}")


def exemption(options: Mapping[str, Any]) -> Callable[[Endpoint], bool]:
    """Whether a rule's options `exempt` and `extend-exempt` exempt an endpoint by its whole path.

    Both are lists of regular expressions; a path parameter stands there as `{}`, or as in the path: `{id}`.
    """
    expressions = (*options["exempt"], *options["extend-exempt"])
    matches = matcher(_NAMED.sub("{}", one) for one in expressions)
    return lambda endpoint: matches(_PARAMETER.sub("{}", endpoint.path))


def operational(options: Mapping[str, Any]) -> Callable[[Endpoint], bool]:
    """Whether the options exempt an endpoint, or what it does: a health check, the service's root."""
    exempt = exemption(options)
    return lambda endpoint: exempt(endpoint) or _is_health_check(endpoint) or _is_base(endpoint)


def _is_health_check(endpoint: Endpoint) -> bool:
    handler = endpoint.handler
    reads = endpoint.kind == "http" and {*endpoint.methods} <= {"GET", "HEAD", "OPTIONS"}
    if not reads or "{" in endpoint.path:
        return False
    names = (endpoint.name, handler.own_name, endpoint.path.rstrip("/").rpartition("/")[2])
    is_called = any(_HEALTH.fullmatch(name.lower().replace("-", "_")) for name in names)
    return is_called or _says_it_is_up(handler.module.source, handler.definition)


@function_summary
def _says_it_is_up(source: PythonSource, function: FunctionDef) -> bool:
    """Whether it answers `{"status": "ok"}` or `{"ok": True}`, whatever happens, and does nothing else."""
    match function.body:
        case (Return(value=answer),) | (Evaluate(value=Constant()), Return(value=answer)):
            match answer:
                case Dict(items=items):
                    return any(_is_up(key, value) for key, value in items)
                case Constant(value=str(word)):
                    return word.lower() in _UP
    return False


def _is_up(key: Expression | None, value: Expression) -> bool:
    match key, value:
        case Constant(value="status" | "ping"), Constant(value=str(status)):
            return status.lower() in _UP
        case Constant(value=str(name)), Constant(value=True):
            return name.lower() in _UP
    return False


def _is_base(endpoint: Endpoint) -> bool:
    """Whether it answers at the prefix that settings give to all that a service serves, and nothing below.

    The root of a version, `/api/v1`, is a part of the API as all below it is.
    """
    if version_in(endpoint.path) is not None:
        return False
    given = [keywords.get("prefix") for keywords in endpoint.defaults]
    prefixes = [value for value in given if value not in (None, "")]
    base = "".join(text(value) or "" for value in prefixes)
    return all(map(_is_setting, prefixes)) and endpoint.path.rstrip("/") == base.rstrip("/")


def _is_setting(value: Value) -> bool:
    """Whether it is a setting as it stands: what is put together with one has no place of its own."""
    return isinstance(value, Configured) and value.place is not None


def is_root(endpoint: Endpoint) -> bool:
    """Whether it is the root of its own app, a mounted one too."""
    is_direct = any(route is endpoint.route for route in endpoint.app.router.routes)
    return is_direct and endpoint.route.path in {"", "/"}


def version_in(path: str) -> int | None:
    """The N of a path that begins with `/api/v<N>`, None of others."""
    found = re.match(r"/api/v(\d+)(/|$)", path)
    return int(found[1]) if found else None


def served(endpoint: Endpoint) -> str:
    """The endpoint as people write it, and of which app it is where no server loads that."""
    return operation(endpoint) + of_app(endpoint)


def severity_of(endpoint: Endpoint) -> Severity | None:
    """A warning for what nothing serves unless somebody configures it; None for the rule's own severity."""
    return None if endpoint.is_usual else Severity.WARNING


def operation(endpoint: Endpoint) -> str:
    """The endpoint as people write it: `GET /items`."""
    return f"{' '.join(endpoint.methods) or 'WebSocket'} {endpoint.path or '/'}"


def of_app(endpoint: Endpoint) -> str:
    """What to say after an endpoint of an app that no server loads; nothing for others."""
    return unserved(endpoint.root)


def unserved(app: App) -> str:
    """What to say of what belongs to an app that no server loads; nothing for others."""
    return "" if app.is_served else f" of the app `{app.title}`, which no command starts,"


def hidden_at(endpoint: Endpoint, routers: Mapping[int, Origin]) -> Location | None:
    """The outermost call that hides it from the schema: an include's, a router's or its own.

    `routers` are `RouteTable.router_places`. None where it is shown, or where only settings hide it.
    """
    if endpoint.kind != "http" or endpoint.in_schema or not endpoint.route.documented:
        return None
    around = [routers[id(keywords)] for keywords in endpoint.defaults if id(keywords) in routers]
    is_configured = False
    for place in (*endpoint.includes, *around, endpoint.place):
        keywords = place.node.keywords if isinstance(place.node, Call) else ()
        given = next((k.value for k in keywords if k.name == "include_in_schema"), None)
        if isinstance(given, Constant) and given.value is False:
            return place.module.location(place.node)
        is_configured |= given is not None and not isinstance(given, Constant)
    return None if is_configured else endpoint.location
