"""BA0902: async code is tested, or waits to be, and no plugin runs async tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Met, NotApplicable, Said, Severity
from archlint.service.model import Service
from archlint.service.packaging.managers import to_add
from archlint.service.packaging.pyproject import strings
from archlint.service.testing.tests import Test

_BRINGING = {"pytest-asyncio": ("pytest-aiohttp",)}


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield one hit for a service with tests, where no accepted plugin is asked for."""
    plugins = tuple(strings(options["plugins"]))
    bringing = (other for plugin in plugins for other in _BRINGING.get(plugin, ()))
    own = [test for test in service.suite.tests if not test.case]
    found = _async_parts(service)
    if not found:
        yield NotApplicable("neither a test nor a handler is async")
    if not own or not plugins:
        return
    if service.suite.tooling.has(*plugins, *bringing):
        yield from (Met(link.location) for link in found)
    elif found:
        first, *others = found
        more = f" and {len(others)} more" if others else ""
        plugin = " or ".join(f"`{plugin}`" for plugin in plugins)
        remedy, severity = to_add(service.project, plugins[0], dev=True), None
        if _are_run_by_anyio(own):
            more += ", which the plugin of anyio runs"
            remedy, severity = f'{remedy}, or accept that by `plugins = ["anyio"]`', Severity.WARNING
        fields = {"plugin": plugin, "what": first.text + more, "remedy": remedy}
        yield Hit(service.anchor, fields, (first,), severity)


def _are_run_by_anyio(tests: Iterable[Test]) -> bool:
    """Whether there are async tests, and all of them have anyio's marker."""
    markers = [test.markers for test in tests if test.node.is_async]
    return bool(markers) and all("pytest.mark.anyio" in one for one in markers)


def _async_parts(service: Service) -> list[Link]:
    """The async tests, else the async handlers."""
    tests = [test for test in service.suite.tests if test.node.is_async and not test.case]
    if tests:
        return [Link(test.location, f"the async test `{test.name}`") for test in tests]
    handlers = {endpoint.handler.location: endpoint.handler for endpoint in service.routes.endpoints}
    ordered = (handlers[place] for place in sorted(handlers))
    return [Link(one.location, f"the async handler `{one.name}`") for one in ordered if one.is_async]
