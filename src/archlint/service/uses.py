"""Which of its module's imports a definition uses: by its own names, and by the definitions that it names."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef, FunctionDef, Name, Node, all_nodes
from archlint.service.imports import ImportEdge, Imports
from archlint.service.modules import Module
from archlint.service.namespaces import Assigned, Defined, Imported
from archlint.service.symbols import Symbols


class Uses:
    """Reads names without regard to local scopes; only what a star import brings in escapes it."""

    def __init__(self, symbols: Symbols, imports: Imports) -> None:
        self._symbols = symbols
        self._imports = imports
        self._known: dict[tuple[Module, str], tuple[ImportEdge, ...]] = {}

    def of(self, module: Module, name: str | None) -> tuple[ImportEdge, ...]:
        """The imports that the definition of `name` in `module` uses; all of the module's for no name."""
        edges = self._imports.of(module)
        if name is None or name not in self._symbols.namespace(module).names:
            return edges
        key = (module, name)
        if key not in self._known:
            nodes = list(self._definitions(module, name))
            self._known[key] = tuple(edge for edge in edges if _is_used(edge, module, nodes))
        return self._known[key]

    def _definitions(self, module: Module, name: str) -> Iterator[Node]:
        """What binds `name`, and all that binds the names in it, as far as the module itself does."""
        names = self._symbols.namespace(module).names
        seen = {name}
        pending = [name]
        while pending:
            match names.get(pending.pop()):
                case Imported(node=alias):
                    yield alias
                case Defined(node=node) | Assigned(node=node):
                    yield node
                    used = {inner.id for inner in all_nodes(node) if isinstance(inner, Name)} - seen
                    seen |= used
                    pending.extend(sorted(used))


def _is_used(edge: ImportEdge, module: Module, nodes: list[Node]) -> bool:
    return any(
        node.start <= edge.statement < node.end
        if isinstance(node, FunctionDef | ClassDef)
        else module.location(node) == edge.location
        for node in nodes
    )
