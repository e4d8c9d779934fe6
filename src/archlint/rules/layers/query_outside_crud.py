"""BA0505: a query outside `crud/`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.syntax import FunctionDef
from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.layers.placement import Piece, misplaced, placed
from archlint.service.layers.queries import Query
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

SEEDING = re.compile(r"seed\w*|init_db|initial_data")
"""Names of modules and packages that fill a new database once."""


def check(service: Service) -> Iterator[Said]:
    """Yield each function that builds or runs statements in a module of another layer, or of none."""
    pieces = [piece for module in service.modules.runtime for piece in _querying(service, module)]
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from service.data_access.unseen("queries past SQLAlchemy")
    yield from map(Met, placed(service.layers, "crud", pieces))
    for found in misplaced(service.layers, "crud", pieces):
        yield Hit(found.piece.location, found.fields, found.chain, cause=found.cause)


def _querying(service: Service, module: Module) -> Iterator[Piece]:
    layer = service.layers.of(module)
    if any(SEEDING.fullmatch(part) for part in module.name.split(".")):
        return
    for function, found in service.queries.of(module).items():
        # A model may state an expression over its table, and what services execute is BA0512's.
        executed = any(query.executed for query in found)
        if layer and ((layer.name == "models" and not executed) or (layer.name == "services" and executed)):
            continue
        name = function.name if function else "the module"
        yield Piece(module, module.location(found[0].node), _what(function, found), name)


def _what(function: FunctionDef | None, found: list[Query]) -> str:
    runs = [query for query in found if query.executed]
    names = dict.fromkeys(query.text for query in runs or found)
    verb = "runs" if runs else "builds"
    calls = ", ".join(f"`{name}`" for name in names)
    return f"{f'`{function.name}`' if function else 'The module'} {verb} a statement ({calls})"
