"""Which definitions several routers have injected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Expression,
    FunctionDef,
    Keyword,
    Name,
    Subscript,
)
from archlint.service.api.injection import Injection, Providers
from archlint.service.layers.layers import Layers
from archlint.service.semantics.imports import Imports
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol, Symbols


def shared_providers(
    providers: Providers, symbols: Symbols, imports: Imports, layers: Layers
) -> Iterator[tuple[Symbol, tuple[Module, ...]]]:
    """The providers that stand in `Depends` of two routers or more, with these, in the order of files.

    A provider is a function, a function that makes one, or a class whose instances can be called. A class
    that is itself injected is none: it may be injected from where it lives.
    """
    users: dict[Symbol, set[Module]] = defaultdict(set)
    by_name: dict[tuple[Module, str | None], list[Module]] = defaultdict(list)
    for edge in imports.edges:
        by_name[edge.imported, edge.name].append(edge.importer)
    for injection in providers.injections:
        if injection.symbol.module is not None and _provides(symbols, injection):
            importers = (by_name.get((injection.module, name), ()) for name in _aliases(injection))
            modules = (injection.module, *chain.from_iterable(importers))
            users[injection.symbol] |= {module for module in modules if layers.has_routes(module)}
    shared = ((symbol, modules) for symbol, modules in users.items() if len(modules) > 1)
    for symbol, routers in sorted(shared, key=lambda pair: pair[0].qualified):
        yield symbol, tuple(sorted(routers, key=lambda module: module.path))


def _provides(symbols: Symbols, injection: Injection) -> bool:
    """Whether the definition is the provider itself, not only something that goes into it."""
    call, node = injection.call, injection.symbol.node
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if _is_dependency(keyword))]
    match given:
        case [Name() | Attribute() as one]:
            return isinstance(node, FunctionDef) and _means(symbols, injection, one)
        case [Call(func=function, args=args)]:
            if symbols.resolve(injection.module, function).qualified == "functools.partial":
                return isinstance(node, FunctionDef) and bool(args) and _means(symbols, injection, args[0])
            is_method = isinstance(node, FunctionDef) and symbols.scope_of(injection.symbol)
            return (
                not is_method and _makes_provider(injection.symbol) and _means(symbols, injection, function)
            )
    return False


def _is_dependency(keyword: Keyword) -> bool:
    return keyword.name == "dependency"


def _means(symbols: Symbols, injection: Injection, expression: Expression) -> bool:
    return symbols.resolve(injection.module, expression) == injection.symbol


def _makes_provider(symbol: Symbol) -> bool:
    match symbol.node:
        case ClassDef(body=body):
            return any(isinstance(item, FunctionDef) and item.name == "__call__" for item in body)
    return isinstance(symbol.node, FunctionDef)


def _aliases(injection: Injection) -> Iterator[str]:
    """The names that stand for the injection: `Annotated[…, Depends(f)]`, or `Depends(f)` itself."""
    for statement in injection.module.source.body:
        match statement:
            case Assign(targets=(Name(id=name),), value=Subscript() | Call() as value):
                is_in = value.start <= injection.call.start < value.end
                if is_in and (value is injection.call or isinstance(value, Subscript)):
                    yield name
