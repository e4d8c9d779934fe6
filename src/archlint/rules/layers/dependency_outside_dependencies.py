"""BA0507: a provider that several routers share is defined outside `dependencies/`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.layers.placement import Piece, misplaced, placed
from archlint.service.layers.sharing import shared_providers
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

SECURITY = re.compile(r"auth\w*|identity\w*|permissions?|securit(y|ies)")


def check(service: Service) -> Iterator[Said]:
    """Yield each provider in `Depends` of two routers or more that neither dependencies nor core define."""
    pieces = sorted(_pieces(service), key=lambda piece: piece.location)
    if not pieces:
        yield NotApplicable("no two routers have the same provider injected, but those of core")
    yield from map(Met, placed(service.layers, "dependencies", pieces))
    for found in misplaced(service.layers, "dependencies", pieces):
        yield Hit(found.piece.location, found.fields, found.chain, cause=found.cause)


def _pieces(service: Service) -> Iterator[Piece]:
    for symbol, routers in shared_providers(
        service.providers, service.symbols, service.imports, service.layers
    ):
        node, module = symbol.node, symbol.module
        if node is None or module is None or _may_provide(service, module):
            continue
        match node:
            case FunctionDef(name=name, header_end=end):
                place = module.span(node.start, end)
            case ClassDef(name=name, name_start=start):
                place = module.span(node.start, start + len(name))
            case _:
                continue
        first, second, *more = (f"`{router.name}`" for router in routers)
        users = f"{first}, {second} and {len(more)} more" if more else f"{first} and {second}"
        yield Piece(module, place, f"`{name}`, which {users} have injected,", name)


def _may_provide(service: Service, module: Module) -> bool:
    """Whether the module is one of core, or of security."""
    layer = service.layers.of(module)
    is_core = layer is not None and layer.name == "core"
    return is_core or any(SECURITY.fullmatch(part) for part in module.name.split("."))
