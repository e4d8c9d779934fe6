"""What models may import of other layers: what tables are made of (BA0513)."""

from __future__ import annotations

from archlint.facts.syntax import Assign, ClassDef, Constant, Dict, FunctionDef, Sequence
from archlint.service.layers.contracts import Excuse
from archlint.service.layers.layers import Layers
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.import_uses import Uses
from archlint.service.semantics.imports import ImportEdge
from archlint.service.semantics.symbols import Symbol, Symbols
from archlint.service.semantics.table_parts import is_part_of_tables


def table_parts_excuse(layers: Layers, uses: Uses, classes: Classes, symbols: Symbols) -> Excuse:
    """Whether an import is of what tables, and schemas that stand beside them, are made of."""

    def is_base(edge: ImportEdge, symbol: Symbol) -> bool:
        layer = layers.of(symbol.module) if symbol.module else None
        if layer is None:
            return classes.is_model_base(symbol) or is_part(symbol)
        taken = uses.members(edge) if symbol.is_module else (symbol,)
        if layer.name != "core":
            return layer.by == "inferred" and bool(taken) and all(map(is_part, taken))
        return bool(taken) and all(
            is_of_core(one) or is_derived_from(edge, one) or is_default(edge, one) for one in taken
        )

    def is_part(symbol: Symbol) -> bool:
        return is_part_of_tables(symbol, symbols)

    def is_of_core(symbol: Symbol) -> bool:
        """A base, or an enumeration or constants, which bring nothing else of core along."""
        if classes.is_model_base(symbol) or is_part(symbol):
            return True
        if isinstance(symbol.node, Assign):
            return isinstance(symbol.node.value, Constant | Sequence | Dict)
        return classes.is_constant(symbol)

    def is_default(edge: ImportEdge, symbol: Symbol) -> bool:
        """A function that gives columns what they have by default: `now`, `new_id`."""
        return isinstance(symbol.node, FunctionDef) and uses.is_only_default(edge)

    def is_derived_from(edge: ImportEdge, symbol: Symbol) -> bool:
        """The base of the schemas that stand beside the models: they may know core."""
        defined = (one for one in edge.importer.source.body if isinstance(one, ClassDef))
        derived = (symbols.resolve(edge.importer, one.name) for one in defined)
        return classes.is_schema(symbol) and any(symbol in symbols.direct_bases(one) for one in derived)

    return is_base
