"""BA0301: a service maps classes to tables and lacks a part of Alembic."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said
from archlint.service.model import Service
from archlint.service.semantics.modules import Module


def check(service: Service) -> Iterator[Said]:
    """Yield one hit that names every missing part."""
    model = next(_models(service), None)
    if model is None:
        yield NotApplicable("it maps no class to a table")
        return
    module, node = model
    if service.migrations.missing and service.migrations.unknown:
        yield service.migrations.unknown[0]
        return
    missing = service.migrations.missing
    if missing:
        chain = (
            Link(module.span(node.name_start, node.name_start + len(node.name)), "this class is a table"),
        )
        yield Hit(service.anchor, {"model": node.name, "missing": ", no ".join(missing)}, chain)
    for environment in service.migrations.environments if not missing else ():
        if environment.settings and environment.env and environment.versions:
            yield Met(environment.settings)
            yield Met(Location(environment.env))


def _models(service: Service) -> Iterator[tuple[Module, ClassDef]]:
    for module in service.modules.runtime:
        for node in module.source.body:
            if isinstance(node, ClassDef):
                symbol = service.symbols.resolve(module, node.name)
                if symbol.node is node and service.classes.is_mapped(symbol):
                    yield module, node
