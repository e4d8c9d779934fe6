"""The functions by which settings classes load their values, beside the environment: they read no settings.

Pydantic 1 asks `Config.customise_sources` for them, pydantic-settings `settings_customise_sources`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.facts.syntax import ClassDef, FunctionDef, Name, Node, Return
from archlint.facts.traversal import all_nodes
from archlint.service.configuration.settings import SettingsClass
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol, Symbols

_NAMING = frozenset({"customise_sources", "settings_customise_sources"})


def source_definitions(classes: Iterable[SettingsClass], symbols: Symbols) -> frozenset[Node]:
    """The functions and classes that settings classes name as sources, with what these call beside them."""
    found: set[Node] = set()
    pending = [source for one in classes for source in _named(one, symbols)]
    while pending:
        symbol = pending.pop()
        if isinstance(symbol.node, FunctionDef | ClassDef) and symbol.module and symbol.node not in found:
            found.add(symbol.node)
            inner = _resolved(symbol.module, symbol.node, symbols)
            pending += (
                one for one in inner if one.module is symbol.module and isinstance(one.node, FunctionDef)
            )
    return frozenset(found)


def _named(settings: SettingsClass, symbols: Symbols) -> Iterator[Symbol]:
    for node in all_nodes(settings.node):
        if isinstance(node, FunctionDef) and node.name in _NAMING:
            for returned in (one for one in all_nodes(node) if isinstance(one, Return)):
                yield from _resolved(settings.module, returned, symbols)


def _resolved(module: Module, node: Node, symbols: Symbols) -> Iterator[Symbol]:
    return (symbols.resolve(module, name) for name in all_nodes(node) if isinstance(name, Name))
