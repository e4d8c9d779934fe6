"""Whether an endpoint answers with data that the documentation should describe, and does not.

FastAPI makes a schema of `response_model`, else of the return annotation, but not of a class of responses.
Then what the handler returns decides: files, streams, redirects and pages have no schema to document.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Await,
    Call,
    Constant,
    Expression,
    FunctionDef,
    Name,
    Return,
    Statement,
)
from archlint.facts.syntax import (
    Operation as Operator,
)
from archlint.service.evaluation.calls import is_generator
from archlint.service.modules import Module
from archlint.service.namespaces import statements
from archlint.service.operations import Operation
from archlint.service.symbols import Scope, Symbol, Symbols
from archlint.service.types import NONE

_JSON_RESPONSES = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse", "MsgSpecJSONResponse"})
_NO_BODY = frozenset({204, 205, 304})
_MAX_DEPTH = 3

DATA, OTHER, NOTHING = "data", "a response without a schema", "nothing"


def lacks_schema(operation: Operation, symbols: Symbols) -> bool:
    """Whether the operation answers with data and has neither a model nor an annotation for it."""
    endpoint, handler = operation.endpoint, operation.endpoint.handler
    if endpoint.response_schema or not endpoint.route.documented or _is_exempt(operation):
        return False
    reader = _Reader(symbols)
    found = set(reader.returned(handler.module, handler.definition))
    if operation.answer.source == "annotation":
        found.add(reader.declared(handler.module, handler.definition))
    if operation.answer.source == "none" and not found - {NOTHING}:
        return False
    return found != {OTHER}


def _is_exempt(operation: Operation) -> bool:
    """Whether what the decorator and the signature say leaves nothing to describe, or describes it."""
    answer = operation.answer
    return (
        _has_no_body(operation.status)
        or operation.responses.get(str(operation.status)) is not None
        or (answer.source == "annotation" and answer.type == NONE)
        or (bool(operation.response_class) and not _is_json(*operation.response_class))
        or is_generator(operation.endpoint.handler.definition)
    )


class _Reader:
    """Finds what functions return, as far as their own code tells."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols

    def returned(self, module: Module, function: FunctionDef, depth: int = 0) -> Iterator[str]:
        """What each `return` of the function gives back."""
        scope = (function,)
        for statement in statements(function.body):
            if isinstance(statement, Return):
                yield from self._kinds(module, statement.value, scope, depth)

    def declared(self, module: Module, function: FunctionDef) -> str:
        """What the return annotation says; a plain `Response` may be anything."""
        symbol = self._symbols.resolve(module, function.returns) if function.returns else None
        return self._of_class(symbol) or DATA if symbol is not None else DATA

    def _kinds(self, module: Module, value: Expression | None, scope: Scope, depth: int) -> Iterator[str]:
        match value:
            case None | Constant(value=None):
                yield NOTHING
            case Await(value=inner):
                yield from self._kinds(module, inner, scope, depth)
            case Operator(operator="if", parts=(first, _, second)):
                yield from self._kinds(module, first, scope, depth)
                yield from self._kinds(module, second, scope, depth)
            case Call():
                yield from self._called(module, value, scope, depth)
            case Name(id=name):
                yield from self._named(module, name, scope, depth)
            case _:
                yield DATA

    def _called(self, module: Module, call: Call, scope: Scope, depth: int) -> Iterator[str]:
        if isinstance(call.func, Attribute) and call.func.attr == "TemplateResponse":
            yield OTHER
            return
        symbol = self._symbols.resolve(module, call.func, scope)
        kind = self._of_class(symbol)
        if kind == OTHER and _says_json(call):
            yield DATA
        elif kind is not None:
            yield kind
        elif isinstance(symbol.node, FunctionDef) and symbol.module is not None and depth < _MAX_DEPTH:
            yield from self._function(symbol.module, symbol.node, depth + 1)
        else:
            yield DATA

    def _function(self, module: Module, function: FunctionDef, depth: int) -> Iterator[str]:
        if function.returns is not None:
            yield self.declared(module, function)
        else:
            yield from self.returned(module, function, depth)

    def _named(self, module: Module, name: str, scope: Scope, depth: int) -> Iterator[str]:
        """What the handler's variable or parameter holds."""
        function = scope[-1]
        found = [statement for statement in statements(function.body) if _assigns(statement, name)]
        annotated = [s.annotation for s in found if s.annotation is not None]
        parameters = function.parameters if isinstance(function, FunctionDef) and not found else ()
        annotated += [p.annotation for p in parameters if p.name == name and p.annotation is not None]
        if annotated:
            yield self._of_class(self._symbols.resolve(module, annotated[0])) or DATA
            return
        for statement in found:
            if isinstance(statement.value, Name) or depth >= _MAX_DEPTH:
                yield DATA
            else:
                yield from self._kinds(module, statement.value, scope, depth + 1)
        if not found:
            yield DATA

    def _of_class(self, symbol: Symbol) -> str | None:
        """What a class of responses stands for; None for what is none."""
        names = [symbol.qualified, *(base.qualified for base in self._symbols.bases(symbol))]
        if not any(is_response(name) for name in names):
            return None
        return DATA if any(_is_json(name) for name in names) else OTHER


def is_response(name: str) -> bool:
    """Whether a library's class of that qualified name is one of responses."""
    return name.rpartition(".")[2].endswith("Response") and name.startswith(_LIBRARIES)


_LIBRARIES = ("fastapi.", "starlette.", "sse_starlette.", "fastapi_utils.", "prometheus_client.")


def _assigns(statement: Statement, name: str) -> TypeGuard[Assign]:
    targets = statement.targets if isinstance(statement, Assign) else ()
    return any(isinstance(target, Name) and target.id == name for target in targets)


def _has_no_body(status: int | None) -> bool:
    return status is None or status in _NO_BODY or status < 200 or 300 <= status < 400


def _is_json(*names: str) -> bool:
    return any(name.rpartition(".")[2] in _JSON_RESPONSES for name in names)


def _says_json(call: Call) -> bool:
    written = [keyword.value for keyword in call.keywords if keyword.name == "media_type"]
    return any(isinstance(value, Constant) and "json" in str(value.value) for value in written)
