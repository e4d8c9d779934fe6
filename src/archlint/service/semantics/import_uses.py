"""Which of its module's imports a definition uses: by its own names, and by the definitions that it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archlint.facts.syntax import Alias, Attribute, ClassDef, FunctionDef, Name, Node
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.semantics.bindings import Assigned, Defined, Imported
from archlint.service.semantics.imports import ImportEdge, Imports
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol, Symbols


class Uses:
    """Reads names without regard to local scopes; only what a star import brings in escapes it."""

    def __init__(self, symbols: Symbols, imports: Imports) -> None:
        self._symbols = symbols
        self._imports = imports
        self._known: dict[tuple[Module, str], tuple[ImportEdge, ...]] = {}
        self._members: dict[ImportEdge, tuple[Symbol, ...]] = {}
        self._taken: dict[Module, tuple[dict[str, list[str]], Counter[str]]] = {}

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

    def members(self, edge: ImportEdge) -> tuple[Symbol, ...]:
        """What the importer takes off a module that it imports whole: of `db`, `db.Base`.

        None where it takes nothing, or uses the module in another way, too.
        """
        if edge not in self._members:
            self._members[edge] = self._read_members(edge)
        return self._members[edge]

    def _read_members(self, edge: ImportEdge) -> tuple[Symbol, ...]:
        module = edge.importer
        aliases = module.source.nodes.of(Alias)
        alias = next((one for one in aliases if module.location(one) == edge.location), None)
        if alias is None:
            return ()
        if module not in self._taken:
            self._taken[module] = _names_by_owner(module)
        by_owner, counts = self._taken[module]
        bound = alias.asname or alias.name
        taken = by_owner.get(bound, [])
        if counts[bound] != len(taken):
            return ()
        return tuple(self._symbols.resolve(module, name) for name in taken)

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


def _names_by_owner(module: Module) -> tuple[dict[str, list[str]], Counter[str]]:
    """The dotted names of a module by what stands before their last dot, and how often each name is there."""
    nodes = module.source.nodes
    names = [name for node in nodes.of(Attribute) if (name := dotted(node))]
    by_owner: dict[str, list[str]] = {}
    for name in names:
        by_owner.setdefault(name.rpartition(".")[0], []).append(name)
    return by_owner, Counter([*(node.id for node in nodes.of(Name)), *names])


def _is_used(edge: ImportEdge, module: Module, nodes: list[Node]) -> bool:
    return any(
        node.start <= edge.statement < node.end
        if isinstance(node, FunctionDef | ClassDef)
        else module.location(node) == edge.location
        for node in nodes
    )
