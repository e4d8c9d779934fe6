"""Which definitions FastAPI injects: what stands in `Depends(…)` and `Security(…)`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Assign, Attribute, Call, ClassDef, FunctionDef, Name, Node, Return
from archlint.facts.traversal import all_nodes, dotted, walk_expressions
from archlint.readings import summary
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.called import called_names, calls_of
from archlint.service.semantics.library_names import names_of, packages_of
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Symbol, Symbols


class Injection(Struct, frozen=True):
    """One `Depends(…)` of a module: the call, and a definition that it names."""

    module: Module
    call: Call
    symbol: Symbol


class Providers:
    """What the runtime modules of a service have injected; `injections` are all of it, as it stands."""

    def __init__(self, modules: Modules, symbols: Symbols) -> None:
        self._symbols = symbols
        self.injections = tuple(found for module in modules.runtime for found in self._provided(module))
        named = (injection.symbol for injection in self.injections)
        makers = (maker for module in modules.runtime for maker in self._makers(module))
        self._injected = frozenset((*((symbol.module, _outermost(symbol)) for symbol in named), *makers))

    def has(self, symbol: Symbol) -> bool:
        """Whether it or a part of it is injected, or says what to inject: an alias, what gives that back."""
        if symbol.module is None or symbol.node is None:
            return False
        is_alias = any(self._is_injector(symbol.module, node) for node in _values(symbol.node))
        return is_alias or (symbol.module, _outermost(symbol)) in self._injected

    def _provided(self, module: Module) -> Iterator[Injection]:
        # Few modules inject, and looking at every expression of all others would take long.
        if any(self._may_inject(module, name) for name in self._symbols.namespace(module).names):
            called = (name for name in called_names(module.source) if self._injects(module, name))
            for node in calls_of(module.source, *called):
                yield from (Injection(module, node, symbol) for symbol in self._named_in(module, node))

    def _makers(self, module: Module) -> Iterator[tuple[Module, str]]:
        """The functions and classes of a module that give back injections, as for `[require("admin")]`."""
        returned = returned_calls(module.source)
        return ((module, name) for name, called in returned if self._injects(module, called))

    def _may_inject(self, module: Module, name: str) -> bool:
        symbol = self._symbols.resolve(module, name)
        name = symbol.qualified
        return symbol.module is None and (name in names_of("injector") or name in packages_of("injector"))

    def _is_injector(self, module: Module, node: Node) -> bool:
        if not isinstance(node, Call) or not isinstance(node.func, Name | Attribute):
            return False
        return self._injects(module, node.func)

    def _injects(self, module: Module, called: Name | Attribute | str) -> bool:
        return self._symbols.resolve(module, called).qualified in names_of("injector")

    def _named_in(self, module: Module, call: Call) -> Iterator[Symbol]:
        """What the call injects, and what a provider that is made on the spot is made of."""
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            for part in walk_expressions(argument):
                if isinstance(part, Name | Attribute):
                    yield self._symbols.resolve(module, part)


def _outermost(symbol: Symbol) -> str:
    """The name of the module's definition that the symbol is, or is in."""
    return symbol.qualified.removeprefix(f"{symbol.module.name}.").partition(".")[0] if symbol.module else ""


@summary
def returned_calls(source: PythonSource) -> tuple[tuple[str, str], ...]:
    """The functions and classes of a module, each with the dotted name of what a `return` in it calls."""
    top = [node for node in statements(source.body) if isinstance(node, ClassDef | FunctionDef)]
    found = (
        (definition.name, dotted(one.value.func))
        for definition in top
        for one in source.nodes.within(definition.start, definition.end, Return)
        if isinstance(one.value, Call)
    )
    return tuple(sorted({(name, called) for name, called in found if called is not None}))


def _values(node: Node) -> Iterator[Node]:
    return all_nodes(node.value) if isinstance(node, Assign) and node.value is not None else iter(())
