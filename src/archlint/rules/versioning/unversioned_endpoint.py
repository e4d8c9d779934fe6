"""BA0801: an include, a mount or an app whose endpoints have no version prefix."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from archlint.facts.syntax import Attribute, Call
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Hit, Link, Met, Said, Severity
from archlint.service.api.exemptions import exemption, of_app, operation, served, version_of
from archlint.service.api.include_groups import by_include, without_aliases
from archlint.service.api.response_kinds import is_page
from archlint.service.api.routes import Endpoint
from archlint.service.interpreter.values import Origin
from archlint.service.model import Service

_MISSING = "without a version prefix"
_ELSEWHERE = re.compile(r"(/[^/{}]+)*?/v\d+(?=/|$)")
_EXAMPLES = 3


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each include with endpoints outside `/api/v<N>` that are not operational, and three of them."""
    exempt = exemption(options)
    endpoints = list(without_aliases(service.routes.endpoints))
    yield from (Met(endpoint.location) for endpoint in endpoints if version_of(endpoint) is not None)
    for place, lacking in by_include(endpoints, lambda endpoint: version_of(endpoint) is not None):
        groups: defaultdict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in lacking:
            if not exempt(endpoint) and not _is_page(service, endpoint):
                groups[_how(service, endpoint)].append(endpoint)
        yield from (_hit(place, how, of_it) for how, of_it in groups.items())
    yield from service.routes.unknown


def _is_page(service: Service, endpoint: Endpoint) -> bool:
    """Whether people read what it answers, in a browser: a page is no API."""
    return endpoint.kind == "http" and is_page(service.operations.of(endpoint), service.symbols)


def _how(service: Service, endpoint: Endpoint) -> str:
    """How the path is wrong: a version elsewhere in it is one, if not where the standard has it."""
    if found := _ELSEWHERE.match(endpoint.path):
        return f"under `{found[0]}`, not under `/api/v<N>`"
    calls = (place.node for place in endpoint.includes if isinstance(place.node, Call))
    prefixes = (k.value for call in calls for k in call.keywords if k.name == "prefix")
    read = {n.attr for prefix in prefixes for n in all_nodes(prefix) if isinstance(n, Attribute)}
    setting = next((field.name for field in service.settings.fields if field.name in read), None)
    return f"{_MISSING}, as long as `{setting}` has its default" if setting else _MISSING


def _hit(place: Origin, how: str, endpoints: list[Endpoint]) -> Hit:
    """One hit for them all: an error where they have no version, whatever is configured, and are served."""
    names = [operation(endpoint) for endpoint in endpoints]
    rest = len(names) - _EXAMPLES
    shown = ", ".join(names[:_EXAMPLES]) + (f" and {rest} more" if rest > 0 else "")
    several = f"{len(names)} operations ({shown}){of_app(endpoints[0])} are"
    what = several if len(names) > 1 else f"{served(endpoints[0])} is"
    first, *others = zip(names[:_EXAMPLES], endpoints, strict=False)
    include = Link(place.module.location(place.node), "served here, without a version in the prefix")
    links = (include, *(Link(one.location, f"{name} is registered here") for name, one in others))
    included = _included(place)
    fields = {"what": what, "how": how, "included": included, "remedy": _remedy(included, endpoints[0])}
    is_error = how == _MISSING and endpoints[0].root.is_served
    severity = None if is_error else Severity.WARNING
    app = Link(endpoints[0].app.location, "nothing gives the endpoints of this app a version in the prefix")
    return Hit(first[1].location, fields, links, severity, cause=app)


def _remedy(included: str, endpoint: Endpoint) -> str:
    """What to do: a version that stands elsewhere stays the same one."""
    if found := _ELSEWHERE.match(endpoint.path):
        version = found[0].rpartition("/")[2]
        return f"Let the path begin with `/api/{version}`, not with `{found[0]}`"
    return f"Serve {included} under `/api/v1`"


def _included(place: Origin) -> str:
    """The router or app that an include or mount is about; what is registered on the app has none yet."""
    given = place.node.args if isinstance(place.node, Call) else ()
    named = place.node.keywords if isinstance(place.node, Call) else ()
    routers = [*given[-1:], *(keyword.value for keyword in named if keyword.name in {"router", "app"})]
    names = [name for name in map(dotted, routers) if name]
    return f"`{names[0]}`" if names else "it, by a router,"
