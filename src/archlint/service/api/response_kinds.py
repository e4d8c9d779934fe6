"""Whether an endpoint answers with data that the documentation should describe, and does not.

FastAPI makes a schema of `response_model`, else of the return annotation, but not of a class of responses.
Then what the handler returns decides: files, streams, redirects and pages have no schema to document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from types import UnionType

from archlint.facts.source import PythonSource, function_summary, notice
from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    ClassDef,
    Comprehension,
    Constant,
    Dict,
    Expression,
    FString,
    FunctionDef,
    If,
    Name,
    Node,
    Operator,
    Raise,
    Return,
    Sequence,
    Statement,
    Subscript,
    Try,
    With,
)
from archlint.facts.traversal import all_nodes
from archlint.readings import unnoticed
from archlint.service.api.handlers import Handler
from archlint.service.api.operations import Operation, named_status
from archlint.service.api.responses import names_response
from archlint.service.api.returned_values import answers, assigns, names_page
from archlint.service.interpreter.types import NONE
from archlint.service.interpreter.values import REST, settled
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import NOTHING, Scope, Symbol, Symbols

_JSON_RESPONSES = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse", "MsgSpecJSONResponse"})
_RESPONDING = re.compile(
    r"download|file|forward|html|page$|proxy|redirect|render|respon[ds]|stream|template",
    re.IGNORECASE,
)
_PAGES = frozenset(
    {"TemplateResponse", "get_rapidoc_html", "get_redoc_html", "get_scalar_api_reference"}
    | {"get_swagger_ui_html", "get_swagger_ui_oauth2_redirect_html"}
)
"""Functions and methods that make pages, those of documentation among them."""

_UNIONS = frozenset(
    f"{package}.{name}" for package in ("typing", "typing_extensions") for name in ("Optional", "Union")
)
_NO_BODY = frozenset({204, 205, 304})
_FIRST_ERROR = 400
_MAX_DEPTH = 3


class ResponseKind(StrEnum):
    """What a handler answers with."""

    DATA = "data"
    UNCLEAR = "what archlint cannot follow"
    PERHAPS_TOLD = "what `responses` may describe, which are computed"
    PAGE = "a page of HTML"
    OTHER = "a response without a schema"
    ERROR = "an error, which is no part of what it answers"
    NOTHING = "nothing"


def undocumented(operation: Operation, symbols: Symbols) -> ResponseKind | None:
    """What the operation answers with, where neither a model nor an annotation describes it."""
    endpoint, handler = operation.endpoint, operation.endpoint.handler
    if operation.answer.has_schema or not endpoint.route.documented or _is_exempt(operation):
        return None
    reader = _Reader(symbols)
    found = set(reader.returned(handler.module, handler.definition))
    if found == {ResponseKind.ERROR} and _ends_early(handler.definition.body, Return | Raise):
        return None
    if operation.answer.source == "annotation":
        found |= reader.declared(handler.module, handler.definition)
    found -= {ResponseKind.NOTHING, ResponseKind.ERROR}
    if not found:
        return None if operation.answer.source == "none" else ResponseKind.NOTHING
    if found <= {ResponseKind.OTHER, ResponseKind.PAGE}:
        return None
    if ResponseKind.DATA not in found:
        return ResponseKind.UNCLEAR
    return ResponseKind.PERHAPS_TOLD if _has_untold_responses(operation) else ResponseKind.DATA


def only_raises(handler: Handler) -> bool:
    """Whether every way through a handler ends in an error, so that it answers with nothing of its own."""
    return not handler.is_generator and _only_raises(handler.module.source, handler.definition)


@function_summary
def _only_raises(source: PythonSource, function: FunctionDef) -> bool:
    returns = any(isinstance(one, Return) for one in statements(function.body))
    return not returns and _ends_early(function.body, Raise)


def _ends_early(body: tuple[Statement, ...], by: type[Statement] | UnionType) -> bool:
    """Whether every way through the statements comes to one of these kinds, and none to the end."""
    match body[-1] if body else None:
        case last if isinstance(last, by):
            return True
        case If(branches=branches, orelse=orelse):
            return all(_ends_early(block, by) for block in (*(one.body for one in branches), orelse))
        case With(body=inner, items=items):
            makers = (item.value.func for item in items if isinstance(item.value, Call))
            return _ends_early(inner, by) and not any(last_name(one) == "suppress" for one in makers)
        case Try() as tried:
            ways = (tried.orelse or tried.body, *(handler.body for handler in tried.handlers))
            return _ends_early(tried.finally_, by) or all(_ends_early(way, by) for way in ways)
    return False


def maker(operation: Operation, symbols: Symbols) -> Symbol | None:
    """The service's own function or class that makes what the operation's handler returns, if one does."""
    handler = operation.endpoint.handler
    return next(_Reader(symbols).makers(handler.module, handler.definition), None)


def is_page(operation: Operation, symbols: Symbols) -> bool:
    """Whether the operation answers with HTML, or sends elsewhere, and with nothing else."""
    if any(_is_html(name) for name in operation.response_class):
        return True
    handler = operation.endpoint.handler
    found = {*_Reader(symbols).returned(handler.module, handler.definition)} - {ResponseKind.ERROR}
    return ResponseKind.PAGE in found and found <= {ResponseKind.PAGE, ResponseKind.OTHER}


def _is_exempt(operation: Operation) -> bool:
    """Whether what the decorator and the signature say leaves nothing to describe, or describes it."""
    answer = operation.answer
    return (
        _has_no_body(operation.status)
        or operation.endpoint.methods == ("HEAD",)
        or operation.responses.get(str(operation.status)) is not None
        or (answer.source == "annotation" and answer.type == NONE)
        or (bool(operation.response_class) and not _is_json(*operation.response_class))
        or operation.endpoint.handler.is_generator
        or only_raises(operation.endpoint.handler)
    )


def _has_untold_responses(operation: Operation) -> bool:
    """Whether more is given to `responses` than the source tells, as what a library's call makes."""
    given = settled(operation.endpoint.route.options.get("responses"))
    return REST in given if isinstance(given, dict) else given is not None


class _Reader:
    """Finds what functions return, as far as their own code tells."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols

    def returned(self, module: Module, function: FunctionDef, depth: int = 0) -> Iterator[ResponseKind]:
        """What each `return` of the function gives back."""
        scope = (function,)
        for statement in statements(self._body(module, function)):
            if isinstance(statement, Return):
                yield from self._kinds(module, statement.value, scope, depth)

    def makers(self, module: Module, function: FunctionDef) -> Iterator[Symbol]:
        """The definitions of the service's own that its `return`s call."""
        for statement in statements(self._body(module, function)):
            value = statement.value if isinstance(statement, Return) else None
            call = value.value if isinstance(value, Await) else value
            symbol = self._callee(module, call.func, (function,)) if isinstance(call, Call) else NOTHING
            if symbol.module is not None and isinstance(symbol.node, ClassDef | FunctionDef):
                yield symbol

    def _body(self, module: Module, function: FunctionDef) -> tuple[Statement, ...]:
        notice(answers, module.source, function)
        with unnoticed():
            return function.body

    def declared(self, module: Module, function: FunctionDef) -> set[ResponseKind]:
        """What the return annotation says, and each part of a union."""
        parts = self._parts(module, function.returns) if function.returns is not None else ()
        symbols = (self._symbols.resolve(module, one) for one in parts)
        return {self._of_class(one) or ResponseKind.DATA for one in symbols} or {ResponseKind.DATA}

    def _parts(self, module: Module, annotation: Expression) -> Iterator[Expression]:
        """What an annotation allows besides None: `A | B`, `Union[A, B]`, `Optional[A]`."""
        match annotation:
            case Constant(value=None):
                parts: tuple[Expression, ...] = ()
            case Operator(operator="|"):
                parts = annotation.parts
            case Subscript(value=generic) if self._symbols.resolve(module, generic).qualified in _UNIONS:
                parts = (
                    annotation.index.items if isinstance(annotation.index, Sequence) else (annotation.index,)
                )
            case _:
                yield annotation
                return
        for part in parts:
            yield from self._parts(module, part)

    def _kinds(
        self, module: Module, value: Expression | None, scope: Scope, depth: int
    ) -> Iterator[ResponseKind]:
        match value:
            case None | Constant(value=None):
                yield ResponseKind.NOTHING
            case Await(value=inner):
                yield from self._kinds(module, inner, scope, depth)
            case Operator(operator="if", parts=(first, _, second)):
                yield from self._kinds(module, first, scope, depth)
                yield from self._kinds(module, second, scope, depth)
            case Call():
                yield from self._called(module, value, scope, depth)
            case Name(id=name):
                yield from self._named(module, name, scope, depth)
            case Dict() | Sequence() | Constant() | FString() | Comprehension():
                yield ResponseKind.DATA
            case _:
                yield _by_name(value)

    def _called(self, module: Module, call: Call, scope: Scope, depth: int) -> Iterator[ResponseKind]:
        if last_name(call.func) in _PAGES:
            yield ResponseKind.PAGE
            return
        symbol = self._callee(module, call.func, scope)
        kind = self._of_class(symbol)
        if kind in {ResponseKind.OTHER, ResponseKind.PAGE} and _says_json(call):
            kind = ResponseKind.DATA
        if kind is ResponseKind.OTHER and (_media_type(call) == "text/html" or names_page(call)):
            kind = ResponseKind.PAGE
        if kind is ResponseKind.DATA and self._is_error(module, call, scope):
            yield ResponseKind.ERROR
        elif kind is not None:
            yield kind
        elif isinstance(symbol.node, FunctionDef) and symbol.module is not None and depth < _MAX_DEPTH:
            yield from self._function(symbol.module, symbol.node, depth + 1)
        else:
            yield ResponseKind.DATA if isinstance(symbol.node, ClassDef) else _by_name(call.func)

    def _is_error(self, module: Module, call: Call, scope: Scope) -> bool:
        """Whether a response, made of its content and its status, is sent with an error's status."""
        written = [keyword.value for keyword in call.keywords if keyword.name == "status_code"]
        match written or call.args[1:2]:
            case [Constant(value=int(status))]:
                return status >= _FIRST_ERROR
            case [name]:
                named = named_status(self._symbols.resolve(module, name, scope).qualified)
                return named is not None and named >= _FIRST_ERROR
        return False

    def _callee(self, module: Module, func: Expression, scope: Scope) -> Symbol:
        """The function or class that is called; a method by the class of its variable."""
        match func:
            case Attribute(value=Name(id=name), attr=attr):
                owner = self._class_of(module, name, scope)
                if owner is not None and owner.module is not None and isinstance(owner.node, ClassDef):
                    dotted = f"{owner.node.name}.{attr}"
                    return self._symbols.resolve(owner.module, dotted, self._symbols.scope_of(owner))
        return self._symbols.resolve(module, func, scope)

    def _class_of(self, module: Module, name: str, scope: Scope) -> Symbol | None:
        assigned, annotations = self._local(module, scope[-1], name)
        named = [*annotations, *(value.func for value in assigned if isinstance(value, Call))]
        found = (self._symbols.resolve(module, expression, scope[:-1]) for expression in named)
        return next((symbol for symbol in found if isinstance(symbol.node, ClassDef)), None)

    def _function(self, module: Module, function: FunctionDef, depth: int) -> Iterator[ResponseKind]:
        if function.returns is not None:
            yield from self.declared(module, function)
        else:
            yield from self.returned(module, function, depth)

    def _named(self, module: Module, name: str, scope: Scope, depth: int) -> Iterator[ResponseKind]:
        """What the handler's variable or parameter holds."""
        assigned, annotations = self._local(module, scope[-1], name)
        if annotations:
            yield self._of_class(self._symbols.resolve(module, annotations[0])) or ResponseKind.DATA
            return
        for value in assigned:
            if isinstance(value, Name) or depth >= _MAX_DEPTH:
                yield _by_name(value)
            else:
                yield from self._kinds(module, value, scope, depth + 1)
        if not assigned:
            yield _by_name(name)

    def _local(
        self, module: Module, function: Node, name: str
    ) -> tuple[list[Expression | None], list[Expression]]:
        """What a function assigns to a variable, and the annotations of it or of the parameter."""
        assert isinstance(function, FunctionDef)
        found = [one for one in statements(self._body(module, function)) if assigns(one, name)]
        annotations = [statement.annotation for statement in found if statement.annotation is not None]
        own = [p.annotation for p in function.parameters if p.name == name and p.annotation is not None]
        return [statement.value for statement in found], annotations if found else own

    def _of_class(self, symbol: Symbol) -> ResponseKind | None:
        """What a class of responses stands for; None for what is none."""
        names = [symbol.qualified, *(base.qualified for base in self._symbols.bases(symbol))]
        if not any(names_response(name) for name in names):
            return None
        if any(_is_json(name) for name in names):
            return ResponseKind.DATA
        return ResponseKind.PAGE if any(_is_html(name) for name in names) else ResponseKind.OTHER


def _by_name(value: Expression | str | None) -> ResponseKind:
    """What archlint cannot follow is data, as nearly all is, unless its name suggests a response."""
    match value:
        case str(name) | Name(id=name) | Attribute(attr=name):
            return ResponseKind.UNCLEAR if _RESPONDING.search(name) else ResponseKind.DATA
        case Call(func=function):
            return _by_name(function)
    return ResponseKind.DATA


def _has_no_body(status: int | None) -> bool:
    return status is None or status in _NO_BODY or status < 200 or 300 <= status < 400


def _is_json(*names: str) -> bool:
    return any(name.rpartition(".")[2] in _JSON_RESPONSES for name in names)


def _is_html(name: str) -> bool:
    return name.rpartition(".")[2] in {"HTMLResponse", "TemplateResponse", "_TemplateResponse"}


def _says_json(call: Call) -> bool:
    """Whether the media type is JSON's, and it is no download: a file that has that format."""
    headers = next((keyword.value for keyword in call.keywords if keyword.name == "headers"), None)
    is_file = headers is not None and any(map(_is_attachment, all_nodes(headers)))
    return "json" in _media_type(call) and not is_file


def _media_type(call: Call) -> str:
    """The media type that the call writes, without parameters; "" where it writes none."""
    given = next((keyword.value for keyword in call.keywords if keyword.name == "media_type"), None)
    return str(given.value).partition(";")[0] if isinstance(given, Constant) else ""


def _is_attachment(node: Node) -> bool:
    return isinstance(node, Constant) and "attachment" in str(node.value)
