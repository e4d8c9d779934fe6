"""BA0301: a service maps classes to tables and lacks a part of Alembic."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit, Link, Unknown
from archlint.service.model import Service
from archlint.service.semantics.modules import Module


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield one hit that names every missing part."""
    model = next(_models(service), None)
    if model is None:
        return
    module, node = model
    if not service.migrations.environments and service.migrations.unknown:
        yield service.migrations.unknown[0]
        return
    missing = service.migrations.missing
    if missing:
        chain = (
            Link(module.span(node.name_start, node.name_start + len(node.name)), "this class is a table"),
        )
        yield Hit(service.anchor, {"model": node.name, "missing": ", no ".join(missing)}, chain)


def _models(service: Service) -> Iterator[tuple[Module, ClassDef]]:
    for module in service.modules.runtime:
        for node in module.source.body:
            if isinstance(node, ClassDef):
                symbol = service.symbols.resolve(module, node.name)
                if symbol.node is node and service.classes.is_mapped(symbol):
                    yield module, node
