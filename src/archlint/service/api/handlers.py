"""The function that serves an endpoint, behind methods, partials, callable objects and decorators."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import FunctionDef
from archlint.facts.traversal import docstring
from archlint.findings import Location
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.calls import is_generator
from archlint.service.interpreter.values import (
    Bound,
    Choice,
    ClassObject,
    Descriptor,
    FunctionObject,
    InstanceObject,
    Partial,
    Value,
)
from archlint.service.semantics.modules import Module

_VIEWS = frozenset({"starlette.endpoints.HTTPEndpoint"})


class Handler(Struct, eq=False, frozen=True):
    """The function that serves an endpoint: the repository's own, under the decorators that keep it.

    `is_async` is whether it runs on the event loop, as the framework decides it.
    """

    module: Module
    definition: FunctionDef
    owner: str | None
    is_async: bool

    @property
    def name(self) -> str:
        """`module:function` or `module:ClassObject.method`."""
        return f"{self.module.name}:{self.own_name}"

    @property
    def own_name(self) -> str:
        """`function` or `ClassObject.method`, which a module that moves leaves as it is."""
        return f"{self.owner}.{self.definition.name}" if self.owner else self.definition.name

    @property
    def docstring(self) -> str | None:
        """Its docstring, None where it has none or an empty one."""
        return _docstring(self.module.source, self.definition)

    @property
    def is_generator(self) -> bool:
        """Whether it yields."""
        return _is_generator(self.module.source, self.definition)

    @property
    def location(self) -> Location:
        """The header of its definition, from `def` to before the colon."""
        return self.module.span(self.definition.start, self.definition.header_end)


@function_summary
def _is_generator(source: PythonSource, definition: FunctionDef) -> bool:
    return is_generator.__wrapped__(definition)  # what is remembered would hide who reads the body


@function_summary
def _docstring(source: PythonSource, definition: FunctionDef) -> str | None:
    return docstring(definition.body)


def handler_of(value: Value, *, unwraps: bool) -> Handler | None:
    """The function behind an endpoint; None where it is not one of the repository's.

    `unwraps` is whether the framework looks for `async def` below the decorators, too: FastAPI since 0.123.7
    (`_is_coroutine_callable` of `fastapi/dependencies/models.py`), Starlette never.
    """
    outer = function_of(value)
    if outer is None:
        return None
    below = function_of(value.attributes.get("__wrapped__")) if isinstance(value, InstanceObject) else None
    inner = innermost(below or outer)
    if not isinstance(inner.definition, FunctionDef):
        return None
    seen = (outer, inner) if unwraps else (outer,)
    is_async = any(isinstance(f.definition, FunctionDef) and f.definition.is_async for f in seen)
    return Handler(
        inner.module, inner.definition, inner.owner.definition.name if inner.owner else None, is_async
    )


def innermost(function: FunctionObject) -> FunctionObject:
    """The function below all decorators that name what they wrap."""
    seen = {id(function)}
    while (wrapped := function_of(function.wraps)) is not None and id(wrapped) not in seen:
        seen.add(id(wrapped))
        function = wrapped
    return function


def function_of(value: Value) -> FunctionObject | None:
    """The function of the repository that a call of the value runs first."""
    for _ in range(50):
        match value:
            case FunctionObject():
                return value
            case Bound() | Partial() | Descriptor():
                value = value.function
            case InstanceObject():
                value = class_member(value.cls, "__call__")
            case Choice():
                return next((f for f in map(function_of, value.values) if f is not None), None)
            case _:
                return None
    return None


def views(endpoint: Value) -> Iterator[tuple[tuple[str, ...], Value]]:
    """The methods of a class-based view of Starlette's, each with the HTTP method that it serves."""
    if isinstance(endpoint, ClassObject) and endpoint.derives_from(_VIEWS):
        for method in ("get", "head", "post", "put", "patch", "delete", "options"):
            if isinstance(function := class_member(endpoint, method), FunctionObject):
                yield (method.upper(),), function
