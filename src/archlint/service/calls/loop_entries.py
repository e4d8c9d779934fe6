"""Plain functions that the event loop runs though no coroutine of the service calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.facts.syntax import Call, FunctionDef, Parameter
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Link
from archlint.service.calls.callbacks import Use
from archlint.service.calls.edge import Edge
from archlint.service.calls.edges import Edges
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.inference import Inference
from archlint.service.calls.validation import Hooks, written_models
from archlint.service.calls.values import Elements, InstanceType


class LoopEntry(Struct, frozen=True):
    """Why the event loop runs a plain function, and what to do about a call in it that blocks."""

    reason: Link
    remedy: str


_ON_LOOP = frozenset({Use("loop", "loop")})
_BY_KIND = frozenset({Use("thread", "loop")})
_LET_IT_BE_A_TASK = "Start a task that awaits it, or hand the call to a thread with `loop.run_in_executor`"
_LET_THE_DECORATOR = "Let the decorator run it with `run_in_threadpool`, or await what it waits for"
_LET_THE_HANDLER = "Make the call in the handler or a dependency, where it can be awaited"
_INJECTING = frozenset({"Depends", "Security"})


class LoopEntries:
    """Finds them for handlers, which come with whether FastAPI awaits them, and for dependencies."""

    def __init__(self, inference: Inference, edges: Edges) -> None:
        self._inference = inference
        self._edges = edges
        self._validation = edges.validation

    def found(
        self, handlers: Iterable[tuple[Function, bool]], calls: Iterable[Edge]
    ) -> dict[Function, LoopEntry]:
        """Each function with the reason why it runs there."""
        entries: dict[Function, LoopEntry] = {}
        for function, reason in self._all(handlers, calls):
            if not function.is_async:
                entries.setdefault(function, reason)
        return entries

    def places(self, handler: Function, is_async: bool) -> Iterator[tuple[Function, bool]]:
        """The handler and the wrappers around it, each with whether it runs on the event loop."""
        decorators = self._inference.results.decorators(handler)
        uses = _ON_LOOP if is_async else _BY_KIND
        for function, way in self._edges.under_decorators(handler, decorators, uses):
            yield function, way != "thread"

    def _all(
        self, handlers: Iterable[tuple[Function, bool]], calls: Iterable[Edge]
    ) -> Iterator[tuple[Function, LoopEntry]]:
        for edge in calls:
            if edge.way == "loop":
                text = f"`{edge.callee.short_name}` is given to the event loop, which runs it"
                yield edge.callee, LoopEntry(Link(edge.location, text), _LET_IT_BE_A_TASK)
        for function in self._edges.injected:
            yield from self._validated(function)
        for handler, is_async in handlers:
            yield from self._wrapped(handler, is_async)
            if is_async and handler.parent is not None:
                for inner in self._edges.decorated_by(handler.parent):
                    yield from self._wrapped(inner, is_async)
            yield from self._validated(handler)
            yield from self._answered(handler, is_async)

    def _wrapped(self, handler: Function, is_async: bool) -> Iterator[tuple[Function, LoopEntry]]:
        text = f"FastAPI awaits `{handler.short_name}`, for a decorator makes it async"
        for function, on_loop in self.places(handler, is_async):
            if on_loop:
                yield function, LoopEntry(Link(handler.location, text), _LET_THE_DECORATOR)

    def _validated(self, function: Function) -> Iterator[tuple[Function, LoopEntry]]:
        parameters = function.node.parameters if function.node is not None else ()
        for parameter in parameters:
            if parameter.annotation is None or _is_injected(parameter):
                continue
            hooks = self._hooks(function, parameter)
            text = f"FastAPI validates `{parameter.name}` of `{function.short_name}` on the event loop"
            entry = LoopEntry(Link(function.module.location(parameter), text), _LET_THE_HANDLER)
            yield from ((one, entry) for one in hooks.validating)

    def _hooks(self, function: Function, parameter: Parameter) -> Hooks:
        assert parameter.annotation is not None
        return self._validation.of_annotation(parameter.annotation, function.module, function.scope)

    def _answered(self, handler: Function, is_async: bool) -> Iterator[tuple[Function, LoopEntry]]:
        """What FastAPI makes the answer with: a model that the handler made itself is not made again."""
        returns = handler.node.returns if isinstance(handler.node, FunctionDef) else None
        written = list(written_models(handler)) or ([returns] if returns is not None else [])
        text = f"FastAPI makes the answer of `{handler.short_name}` on the event loop"
        for model in written:
            hooks = self._validation.of_annotation(model, handler.module, handler.scope)
            entry = LoopEntry(Link(handler.module.location(model), text), _LET_THE_HANDLER)
            yield from ((one, entry) for one in hooks.serializing)
            made = list(self._made(handler)) if is_async else []
            if is_async and hooks.models.keys().isdisjoint(made):
                yield from ((one, entry) for one in hooks.validating)
                names = self._validation.fields(model, handler.module, handler.scope)
                yield from ((one, entry) for one in self._read(made, names))

    def _read(self, made: Iterable[Class], names: Iterable[str]) -> Iterator[Function]:
        """The properties of an object that is no model, which FastAPI reads field by field."""
        for cls in made:
            methods = (cls.find_method(name) for name in names)
            yield from (one for one in methods if one is not None and one.is_property)

    def _made(self, handler: Function) -> Iterator[Class]:
        """The classes of what the handler returns."""
        for node in self._inference.scan(handler).returned:
            pending = list(self._inference.values(node, handler))
            while pending:
                value = pending.pop()
                if isinstance(value, InstanceType):
                    yield value.cls
                elif isinstance(value, Elements):
                    pending.extend(value.values)


def _is_injected(parameter: Parameter) -> bool:
    """Whether FastAPI gets the value from a dependency."""
    written = [one for one in (parameter.annotation, parameter.default) if one is not None]
    calls = (node for one in written for node in all_nodes(one) if isinstance(node, Call))
    return any((dotted(call.func) or "").rpartition(".")[2] in _INJECTING for call in calls)
