"""What of the service the tests' imports mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.facts.syntax import Attribute, Import, ImportFrom
from archlint.facts.traversal import dotted
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Symbol, Symbols, find_module


class Names(Struct, eq=False, frozen=True):
    """The imports of test modules, resolved among the service's."""

    modules: Modules
    symbols: Symbols

    def used(self, tests: Iterable[Module]) -> Iterator[Symbol]:
        """What these modules import, and what they read of imported modules."""
        for module in tests:
            aliases = self._imported(module)
            yield from aliases.values()
            modules = {name for name, symbol in aliases.items() if symbol.is_module}
            for node in module.source.nodes.of(Attribute) if modules else ():
                name = dotted(node) or ""
                root, _, rest = name.partition(".")
                if root in modules and rest:
                    yield self._member(aliases[root], rest)

    def _member(self, symbol: Symbol, rest: str) -> Symbol:
        for name in rest.split("."):
            if symbol.module is None or not symbol.is_module:
                break
            symbol = self.symbols.member(symbol.module, name)
        return symbol

    def _imported(self, module: Module) -> dict[str, Symbol]:
        """What the imports of a test module mean, those in functions included."""
        found: dict[str, Symbol] = {}
        for statement in module.source.nodes.of(ImportFrom):
            for alias in statement.names:
                found[alias.asname or alias.name] = self._from(module, statement, alias.name)
        for alias in (one for statement in module.source.nodes.of(Import) for one in statement.names):
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            home = self.modules.find(name, module)
            if home is not None:
                found[alias.asname or name] = Symbol(home.name, home, None)
        return {name: symbol for name, symbol in found.items() if symbol.module is not None}

    def _from(self, module: Module, statement: ImportFrom, name: str) -> Symbol:
        source = find_module(self.modules, module, statement.module, statement.level)
        if source is not None:
            return self.symbols.member(source, name)
        whole = f"{statement.module}.{name}" if statement.module else name
        inner = find_module(self.modules, module, whole, statement.level)
        return Symbol(inner.name, inner, None) if inner is not None else Symbol("", None, None)
