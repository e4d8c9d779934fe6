"""Which definitions several routers have injected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.facts.syntax import Assign, Call, FunctionDef, Name, Subscript
from archlint.service.modules import Module
from archlint.service.providers import Injection
from archlint.service.symbols import Symbol

if TYPE_CHECKING:
    from archlint.service.model import Service


def shared_providers(service: Service) -> Iterator[tuple[Symbol, tuple[Module, ...]]]:
    """The functions that stand in `Depends` of two routers or more, with these, in the order of files."""
    users: dict[Symbol, set[Module]] = defaultdict(set)
    for injection in service.providers.injections:
        if isinstance(injection.symbol.node, FunctionDef) and injection.symbol.module is not None:
            users[injection.symbol] |= set(_routers(service, injection))
    shared = ((symbol, modules) for symbol, modules in users.items() if len(modules) > 1)
    for symbol, modules in sorted(shared, key=lambda pair: pair[0].qualified):
        yield symbol, tuple(sorted(modules, key=lambda module: module.path))


def _routers(service: Service, injection: Injection) -> Iterator[Module]:
    """The module of the injection, or where an alias says it (`Annotated[…]`), its importers."""
    modules = [injection.module]
    for name in _aliases(injection):
        edges = service.imports.edges
        modules += [e.importer for e in edges if e.imported is injection.module and e.name == name]
    yield from (module for module in modules if service.layers.contents(module).routes)


def _aliases(injection: Injection) -> Iterator[str]:
    """The names that stand for the injection: `Annotated[…, Depends(f)]`, or `Depends(f)` itself."""
    for statement in injection.module.source.body:
        match statement:
            case Assign(targets=(Name(id=name),), value=Subscript() | Call() as value):
                is_in = value.start <= injection.call.start < value.end
                if is_in and (value is injection.call or isinstance(value, Subscript)):
                    yield name
