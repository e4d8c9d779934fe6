"""Pictures of a service as data: its layers, its modules, what a function reaches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint.findings import Location
from archlint.service.layers.contracts import Breach
from archlint.service.layers.names import LAYERS, ORDER
from archlint.service.layers.table_parts_excuse import table_parts_excuse
from archlint.service.semantics.imports import ImportEdge
from archlint.service.semantics.modules import Module, Role

if TYPE_CHECKING:
    from archlint.service.calls.functions import Function
    from archlint.service.model import Service

FORBIDDEN = {
    layer: frozenset(other for higher in ORDER[:height] for other in higher)
    for height, level in enumerate(ORDER)
    for layer in level
} | {
    "routers": frozenset({"crud", "models"}),
    "schemas": frozenset(LAYERS) - {"schemas", "core"},
    "models": frozenset(LAYERS) - {"models"},
}
"""What a layer may not import, by BA0511 to BA0515; core and models are side by side."""

OUTSIDE = "no layer"
RANKS = {layer: rank for rank, level in enumerate(ORDER, start=1) for layer in level} | {OUTSIDE: 0}


class Box(Struct, frozen=True):
    """A box: what it is, in which group it belongs, on which row it stands, where it is defined."""

    name: str
    group: str
    rank: int
    note: str = ""
    location: Location | None = None


class Arrow(Struct, frozen=True):
    """`source` uses `target`: `count` times, of which `forbidden` break a rule, at `places`."""

    source: str
    target: str
    count: int
    forbidden: int = 0
    places: tuple[Location, ...] = ()


class Diagram(Struct, frozen=True):
    """A picture: its nodes and arrows, in order."""

    title: str
    nodes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def layer_graph(service: Service) -> Diagram:
    """The layers, and the imports between modules of different layers."""
    statements = {(edge.importer, edge.statement, edge.imported): None for edge in _edges(service)}
    counts = Counter(
        pair for source, _, target in statements if (pair := _layers_of(service, source, target))
    )
    broken: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for breach in _all_breaches(service):
        broken[breach.source.name, breach.target.name].append(breach.location)
    nodes = [
        Box(layer, layer, RANKS[layer], _modules(len(service.layers.modules(layer))))
        for layer in sorted(LAYERS, key=lambda layer: (RANKS[layer], LAYERS.index(layer)))
        if service.layers.modules(layer)
    ]
    pairs = sorted({*counts, *broken}, key=lambda pair: (RANKS[pair[0]], RANKS[pair[1]], pair))
    arrows = [_arrow(*pair, counts[pair], broken.get(pair, [])) for pair in pairs]
    return Diagram(f"Layers of {_named(service)}", tuple(nodes), tuple(arrows))


def module_graph(service: Service) -> Diagram:
    """The runtime modules, and the imports between them."""
    edges = list(_edges(service))
    counts = Counter((i.name, t.name) for i, _, t in {(e.importer, e.statement, e.imported) for e in edges})
    at = {edge.location: edge for edge in edges}
    broken: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for breach in _all_breaches(service):
        edge = at.get(breach.location)
        if edge is not None:
            broken[edge.importer.name, edge.imported.name].append(breach.location)
    nodes = [_module_node(service, module) for module in service.modules.runtime]
    arrows = [_arrow(*pair, counts[pair], broken.get(pair, [])) for pair in sorted(counts)]
    nodes.sort(key=lambda node: (node.rank, node.group, node.name))
    return Diagram(f"Modules of {_named(service)}", tuple(nodes), tuple(arrows))


def call_graph(service: Service, function: Function, depth: int | None = None) -> Diagram:
    """What a function reaches in `depth` calls, and what of that blocks the event loop."""
    ranks = {function: 0}
    counts: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for step in service.calls.walk(function):
        if depth is not None and step.depth > depth:
            break  # nearest first
        ranks.setdefault(step.edge.callee, step.depth)
        counts[step.edge.caller.name, step.edge.callee.name] += 1
        places[step.edge.caller.name, step.edge.callee.name].append(step.edge.location)
    nodes = [_function_node(service, one, rank) for one, rank in ranks.items()]
    arrows = [Arrow(*pair, count, 0, tuple(sorted(places[pair]))) for pair, count in sorted(counts.items())]
    for one, rank in ranks.items():
        for name, location, blocks in _waits(service, one):
            nodes.append(Box(name, "library", rank + 1, "blocks"))
            arrows.append(Arrow(one.name, name, 1, int(blocks), (location,)))
    unique = {node.name: node for node in sorted(nodes, key=lambda node: -node.rank)}
    return Diagram(function.name, tuple(sorted(unique.values(), key=_node_order)), tuple(_merged(arrows)))


def _edges(service: Service) -> Iterator[ImportEdge]:
    for edge in service.imports.edges:
        counted = not edge.type_checking or service.config.type_checking_imports
        runtime = edge.importer.role is Role.RUNTIME and edge.imported.path in service.modules.by_path
        if counted and runtime and edge.imported.role is Role.RUNTIME:
            yield edge


def _layers_of(service: Service, *modules: Module) -> tuple[str, str] | None:
    """The layers of two modules, where both are in one and these differ."""
    source, target = (service.layers.of(module) for module in modules)
    if source is None or target is None or source.name == target.name:
        return None
    return source.name, target.name


def _all_breaches(service: Service) -> Iterator[Breach]:
    parts = table_parts_excuse(service.layers, service.uses, service.classes, service.symbols)
    for layer in LAYERS:
        excuse = (parts,) if layer == "models" else ()
        yield from service.contracts.breaches(layer, FORBIDDEN[layer], *excuse)


def _arrow(source: str, target: str, count: int, broken: list[Location]) -> Arrow:
    places = tuple(sorted(set(broken)))
    return Arrow(source, target, max(count, len(places)), len(places), places)


def _module_node(service: Service, module: Module) -> Box:
    layer = service.layers.of(module)
    name = layer.name if layer else OUTSIDE
    return Box(module.name, name, RANKS[name], "inferred" if layer and layer.by == "inferred" else "")


def _function_node(service: Service, function: Function, rank: int) -> Box:
    places = ", ".join(sorted(where.value for where in service.calls.where(function)))
    return Box(function.name, function.module.name, rank, places, function.location)


def _waits(service: Service, function: Function) -> Iterator[tuple[str, Location, bool]]:
    """The library calls of a function that wait, and whether requests wait with it."""
    from archlint.service.asynchronous.blocking import written

    for call in service.calls.library_calls(function):
        found = service.calls.knowledge.blocking(call.path)
        if found is not None and not call.awaited and (call.by_path or not found.by_path):
            yield written(call.path), call.location, service.calls.on_loop(function)


def _merged(arrows: list[Arrow]) -> Iterator[Arrow]:
    """One arrow for each pair."""
    by_pair: dict[tuple[str, str], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        by_pair[arrow.source, arrow.target].append(arrow)
    for (source, target), group in sorted(by_pair.items()):
        places = tuple(sorted(place for arrow in group for place in arrow.places))
        count, forbidden = sum(a.count for a in group), sum(a.forbidden for a in group)
        yield Arrow(source, target, count, forbidden, places)


def _node_order(node: Box) -> tuple[int, str, str]:
    return node.rank, node.group, node.name


def _modules(count: int) -> str:
    return f"{count} module{'' if count == 1 else 's'}"


def _named(service: Service) -> str:
    """What the title calls it: its folder, if it has one in the repository."""
    return "the service" if service.root == "." else service.root
