"""BA0508: a handler does the work of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.api.handlers import Handler
from archlint.service.api.routes import Endpoint
from archlint.service.calls.functions import Function
from archlint.service.layers.contracts import past_services
from archlint.service.model import Service

_ASKED = ("crud", "models", "services")


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each handler that takes more than `max-steps` steps on the data itself.

    Fewer are let pass, and are no proof that services do the work: one unknown for all of them.
    """
    endpoints = {endpoint.handler.definition: endpoint for endpoint in service.routes.endpoints}
    if not (service.databases.libraries or any(map(service.layers.modules, _ASKED))):
        yield NotApplicable("it has no services, no crud, no models and no database")
        return
    doing: list[tuple[Handler, Function]] = []
    for endpoint in endpoints.values():
        handler = endpoint.handler
        work = service.handlers.work_of(handler.module, handler.definition)
        function = service.calls.program.functions.get(handler.definition)
        if _is_of_services(service, endpoint):
            yield Met(handler.location)
        elif work.total > options["max-steps"]:
            fields = {
                "handler": handler.definition.name,
                "work": str(work),
                "total": str(work.total),
                "limit": str(options["max-steps"]),
            }
            yield Hit(handler.location, fields, within=past_services(handler.module))
        elif function is not None and (found := service.data_paths.past_services(function) or work.total):
            doing.append((handler, found if isinstance(found, Function) else function))
        else:
            yield Met(handler.location)
    yield from _few(doing)


def _is_of_services(service: Service, endpoint: Endpoint) -> bool:
    """Whether a router elsewhere registers a service's own function: `router.get("/orders")(orders.all)`."""
    module = endpoint.handler.module
    layer = service.layers.of(module)
    return layer is not None and layer.name == "services" and endpoint.home is not module


def _few(doing: list[tuple[Handler, Function]]) -> Iterator[Unknown]:
    for handler, by in doing[:1]:
        name = handler.definition.name
        more = f", and {len(doing) - 1} more handlers do" if len(doing) > 1 else ""
        how = "itself" if by.node is handler.definition else f"by `{by.short_name}` of `{by.module.name}`"
        why = f"`{name}` works on data {how}, past the services{more}"
        yield Unknown("what handlers leave to services", handler.location, why)
