"""Where functions build statements of SQLAlchemy, or run them on a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.syntax import Call, Constant, Expression, FunctionDef
from archlint.facts.traversal import dotted
from archlint.service.database.session_calls import PROBE, session_calls
from archlint.service.interpreter.types import Types
from archlint.service.layers.layers import Layers
from archlint.service.semantics.called import called_names, calls_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbols

_VERBS = frozenset({"delete", "insert", "select", "update"})
_HOMES = frozenset({"sqlalchemy", "sqlalchemy.dialects.postgresql", "sqlmodel"})


class Query(Struct, frozen=True):
    """A statement that is built, or, `executed`, given to a session: `session.execute` in `text`."""

    node: Call
    text: str
    executed: bool


class Queries:
    """The queries of a service's modules.

    What only asks whether the database answers (`select(1)`), or sets up the connection, is no query.
    """

    def __init__(self, symbols: Symbols, annotations: Types, layers: Layers) -> None:
        self._symbols = symbols
        self._annotations = annotations
        self._layers = layers
        self._known: dict[Module, dict[FunctionDef | None, list[Query]]] = {}

    def of(self, module: Module) -> dict[FunctionDef | None, list[Query]]:
        """The queries by the innermost function around them, None for the module's own statements."""
        if module not in self._known:
            found = sorted(self._queries(module), key=lambda query: query.node.start)
            by_function: dict[FunctionDef | None, list[Query]] = defaultdict(list)
            for query in found:
                around = module.source.definitions.functions_around(query.node)
                by_function[around[-1] if around else None].append(query)
            self._known[module] = dict(by_function)
        return self._known[module]

    def _queries(self, module: Module) -> Iterator[Query]:
        if not self._layers.contents(module).storage:
            return
        for call in session_calls(module, self._symbols, self._annotations):
            if not (call.node.args and self._is_probe(module, call.node.args[0])):
                yield Query(call.node, call.text, executed=True)
        verbs = (name for name in called_names(module.source) if self._means(module, name) in _VERBS)
        for node in calls_of(module.source, *verbs):
            if not self._is_probe(module, node):
                yield Query(node, dotted(node.func) or "", executed=False)

    def _verb(self, module: Module, node: Expression) -> str:
        """`select` for a call of SQLAlchemy's or SQLModel's `select`, and so on."""
        return self._means(module, dotted(node.func) or "") if isinstance(node, Call) else ""

    def _means(self, module: Module, name: str) -> str:
        if not name or name.count(".") > 1:
            return ""
        home, _, verb = self._symbols.resolve(module, name).qualified.rpartition(".")
        return verb if home in _HOMES else ""

    def _is_probe(self, module: Module, node: Expression) -> bool:
        match node:
            case Call(args=(Constant(value=int()),)):
                return self._verb(module, node) == "select"
            case Call(args=(Constant(value=str(text)),)):
                return self._verb(module, node) == "text" and PROBE.fullmatch(text) is not None
        return False
