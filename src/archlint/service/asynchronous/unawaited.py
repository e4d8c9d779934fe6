"""Coroutines that nobody awaits: dropped, or used as if they were what awaiting them gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.parents import parents
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Branch,
    Call,
    ComprehensionClause,
    Evaluate,
    Expression,
    For,
    FString,
    Name,
    Node,
    Operator,
    Sequence,
    Simple,
    Subscript,
    Walrus,
    While,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Location
from archlint.service.asynchronous.coroutines import kind_of_coroutine
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import Library
from archlint.service.calls.values import FunctionType, InferredType

OWN = "own"
"""The kind of the service's own coroutines; those of libraries have the kinds of `coroutines.toml`."""

_OF_COROUTINES = frozenset(
    {"__await__", "close", "cr_await", "cr_code", "cr_frame", "cr_running", "send", "throw"}
)
_TAKING_RESULTS = frozenset(
    {
        *("all", "any", "bool", "dict", "enumerate", "float", "int", "iter", "len", "list", "max", "min"),
        *("next", "set", "sorted", "str", "sum", "tuple", "zip"),
    }
)
_PASSING_ON = frozenset({"bytes", "opaque", "slice", "yield", "yield from"})
_KEEPING = frozenset(
    {
        *("abstractmethod", "classmethod", "final", "override", "staticmethod", "wraps"),
        *("api_route", "delete", "get", "head", "options", "patch", "post", "put", "route", "websocket"),
        *("exception_handler", "middleware", "on_event"),
    }
)
"""Decorators of libraries, by their last name, that leave a coroutine function one."""


class Unawaited(Struct, eq=False, frozen=True):
    """A call in `function` whose coroutine, of one of `kinds`, is never awaited."""

    function: Function
    call: Call
    kinds: frozenset[str]

    @property
    def location(self) -> Location:
        """The call."""
        return self.function.module.location(self.call)

    @property
    def text(self) -> str:
        """What is called, as it is written."""
        return dotted(self.call.func) or "the coroutine"


def unawaited(calls: Calls) -> Iterator[Unawaited]:
    """The calls that give a coroutine which provably nobody awaits."""
    for function in sorted(calls.functions, key=lambda function: function.order):
        if function.module.path in calls.modules.by_path:
            uses = _Uses(function)
            for call, kinds in _coroutines(calls, function):
                if uses.lost(call):
                    yield Unawaited(function, call, kinds)


def _coroutines(calls: Calls, function: Function) -> Iterator[tuple[Call, frozenset[str]]]:
    """The calls in the function that are not awaited on the spot and give nothing but coroutines."""
    for site in calls.inference.scan(function).sites:
        if site.kind == "call" and not site.awaited and isinstance(site.node, Call):
            callees = calls.inference.values(site.node.func, function)
            kinds = frozenset(_kind(calls, callee) for callee in callees)
            if kinds and "" not in kinds:
                yield site.node, kinds


def _kind(calls: Calls, callee: InferredType) -> str:
    match callee:
        case Library(path):
            return kind_of_coroutine(path)
        case FunctionType(function) if calls.inference.results.gives_coroutine(function):
            return OWN if _stays_as_defined(calls, function) else ""
    return ""


def _stays_as_defined(calls: Calls, function: Function) -> bool:
    """Whether each decorator is known to leave a coroutine function, or returns a wrapper in sight."""
    own = calls.inference.results.decorators(function)
    wrapped = [one for one in own if calls.inference.results.wrappers(one)]
    others = [name for name in function.decorators if name.rpartition(".")[2] not in _KEEPING]
    return len(others) <= len(wrapped)


class _Uses:
    """What the body of a function does with the values of its expressions."""

    def __init__(self, function: Function) -> None:
        self._function = function

    def lost(self, node: Node, names: frozenset[str] = frozenset()) -> bool:
        """Whether the value is dropped, or used as no coroutine can be; `names` are being looked at."""
        around = self._parents.get(node)
        match around:
            case Evaluate() | FString() | Branch() | While():
                return True
            case Attribute(attr=attr):
                return attr not in _OF_COROUTINES
            case Subscript(value=value) | For(iterable=value) | ComprehensionClause(iterable=value):
                return value is node
            case Simple(keyword=keyword):
                return keyword in {"assert", "del"}
            case Call():
                taking = isinstance(around.func, Name) and around.func.id in _TAKING_RESULTS
                return around.func is node or taking
            case Operator():
                return self._lost_in(around, node, names)
            case Walrus(name=name):
                return self.lost(around, names) and self._never_awaited(name, names)
            case Assign(targets=(target,)):
                return self._lost_to(target, names)
        return False

    def _lost_in(self, around: Operator, node: Node, names: frozenset[str]) -> bool:
        """No test awaits; the last operand of `or` and the branches of `if` are what the whole gives."""
        match around.operator:
            case "or" | "and":
                return node is not around.parts[-1] or self.lost(around, names)
            case "if":
                return node is around.parts[1] or self.lost(around, names)
        return around.operator not in _PASSING_ON

    def _lost_to(self, target: Expression, names: frozenset[str]) -> bool:
        match target:
            case Name(id=name):
                return self._never_awaited(name, names)
            case Sequence():
                return True
        return False

    def _never_awaited(self, name: str, names: frozenset[str]) -> bool:
        """Whether no use of a local name can await what it holds."""
        if name in names:
            return True
        if self._function.node is None or name in self._outer_names:
            return False
        reads = (read for read in self._reads.get(name, ()) if not self._is_target(read))
        return all(self.lost(read, names | {name}) for read in reads)

    def _is_target(self, node: Name) -> bool:
        around = self._parents.get(node)
        return (isinstance(around, Assign) and node in around.targets) or (
            isinstance(around, For | ComprehensionClause) and node is around.target
        )

    @cached_property
    def _parents(self) -> dict[Node, Node]:
        found: dict[Node, Node] = {}
        roots = (self._function.node,) if self._function.node else self._function.module.source.body
        for root in roots:
            found |= parents(root)
        return found

    @cached_property
    def _reads(self) -> dict[str, list[Name]]:
        found: dict[str, list[Name]] = {}
        for node in all_nodes(self._function.node) if self._function.node else ():
            if isinstance(node, Name):
                found.setdefault(node.id, []).append(node)
        return found

    @cached_property
    def _outer_names(self) -> frozenset[str]:
        """Names that live on outside of the function."""
        declared = (
            node
            for node in all_nodes(self._function.node or Name(0, 0, ""))
            if isinstance(node, Simple) and node.keyword in {"global", "nonlocal"}
        )
        return frozenset(part.id for node in declared for part in node.parts if isinstance(part, Name))
