"""Which functions FastAPI calls for the parameters of another one."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, Attribute, Call, FunctionDef, Name, Node
from archlint.facts.traversal import all_nodes
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.values import ClassType, FunctionType, InferredType, InstanceType
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol, Symbols

_MAX_ALIASES = 3


class InjectedProviders:
    """Answers about the functions of one program."""

    def __init__(self, calls: Calls, symbols: Symbols) -> None:
        self._program = calls.program
        self._inference = calls.inference
        self._symbols = symbols

    def of(self, function: Function) -> Iterator[Function]:
        """The providers that its parameters ask for."""
        parameters = function.node.parameters if isinstance(function.node, FunctionDef) else ()
        for parameter in parameters:
            for part in (parameter.annotation, parameter.default):
                if part is not None:
                    yield from self._named(function.module, part, 0)

    def _named(self, module: Module, part: Node, depth: int) -> Iterator[Function]:
        for node in all_nodes(part):
            if type(node) is Call and self._symbols.resolve(module, node.func).qualified in names_of(
                "injector"
            ):
                for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                    for inner in all_nodes(argument):
                        if isinstance(inner, Name | Attribute):
                            yield from self._run_by(self._symbols.resolve(module, inner))
            elif type(node) is Name and depth < _MAX_ALIASES:
                symbol = self._symbols.resolve(module, node)
                if (
                    symbol.module is not None
                    and isinstance(symbol.node, Assign)
                    and symbol.node.value is not None
                ):
                    yield from self._named(symbol.module, symbol.node.value, depth + 1)
                else:
                    yield from self._made_of(symbol)

    def _made_of(self, symbol: Symbol) -> Iterator[Function]:
        """A class as an annotation may be what FastAPI makes for `Depends()`."""
        cls = self._program.classes.get(symbol.node) if symbol.node is not None else None
        method = cls.find_method("__init__") if cls is not None else None
        if method is not None:
            yield method

    def _run_by(self, symbol: Symbol) -> Iterator[Function]:
        with deep_recursion():
            for value in self._inference.of_symbol(symbol):
                if isinstance(value, FunctionType):
                    yield value.function
                for name in ("__init__", "__call__"):
                    cls = class_of(value)
                    method = cls.find_method(name) if cls is not None else None
                    if method is not None:
                        yield method


def class_of(value: InferredType) -> Class | None:
    """The class that a value is, or is of."""
    return value.cls if isinstance(value, ClassType | InstanceType) else None
