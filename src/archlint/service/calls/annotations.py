"""What an annotation says of a value: of which class it is, or what it is a container of."""

from __future__ import annotations

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    Constant,
    Expression,
    Name,
    Operation,
    Sequence,
    Subscript,
)
from archlint.service.calls.functions import Program
from archlint.service.calls.library_models import Knowledge, Library
from archlint.service.calls.values import ClassType, Elements, InstanceType, Values, join
from archlint.service.interpreter.types import parsed
from archlint.service.semantics.library_names import CONTAINER_MARKERS
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope, Symbol, Symbols

_TYPING = ("builtins", "typing", "typing_extensions", "collections", "types", "sqlalchemy")
_OF_FIRST = frozenset(
    [
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "deque",
        "Deque",
        "Sequence",
        "MutableSequence",
        "Iterable",
        "Iterator",
        "Collection",
        "AsyncIterator",
        "AsyncIterable",
        "Generator",
        "AsyncGenerator",
        "AbstractSet",
    ]
)
_OF_LAST = frozenset(
    ["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"]
)
_SAME_AS_FIRST = frozenset(
    ["Annotated", "Optional", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "Mapped"]
)
_SAME_AS_LAST = frozenset({"Awaitable", "Coroutine"})
_ALL = frozenset({"Union", "Literal"})
_NOTHING = frozenset(
    {
        *("Any", "Callable", "DecoratedCallable", "Lifespan", "Never", "NoReturn", "None", "ParamSpec"),
        *("Protocol", "Self", "TypeVar", "object"),
    }
)
_MAX_DEPTH = 12


class Annotations:
    """Reads the annotations of a service's modules."""

    def __init__(self, program: Program, symbols: Symbols, knowledge: Knowledge) -> None:
        self._program = program
        self._knowledge = knowledge
        self._symbols = symbols

    def read(self, node: Expression | None, module: Module, scope: Scope, depth: int = 0) -> Values:
        """What a value annotated so may be; empty where the annotation does not tell."""
        if depth > _MAX_DEPTH:
            return ()
        match node:
            case Name() | Attribute():
                return self._named(self._symbols.resolve(module, node, scope), depth)
            case Constant(value=str(text)) if text.strip():
                return self.read(parsed(text), module, scope, depth + 1)
            case Operation(operator="|", parts=parts):
                return join(self.read(part, module, scope, depth + 1) for part in parts)
            case Subscript():
                return self._subscript(node, module, scope, depth + 1)
        return ()

    def _named(self, symbol: Symbol, depth: int) -> Values:
        if symbol.module is None:
            name = symbol.qualified.rpartition(".")[2]
            known = self._knowledge.result(symbol.qualified)
            return (Library(known),) if name and name not in _NOTHING else ()
        cls = self._program.class_of(symbol)
        if cls is not None:
            return (InstanceType(cls),)
        if isinstance(symbol.node, Assign):
            return self._alias(symbol, symbol.node, depth)
        return ()

    def _alias(self, symbol: Symbol, node: Assign, depth: int) -> Values:
        """`Session = Annotated[…]`, `TypeVar("T", bound=…)`, `NewType("Id", int)`."""
        assert symbol.module is not None
        scope = self._symbols.scope_of(symbol)
        value = node.value
        if isinstance(value, Call):
            value = next((keyword.value for keyword in value.keywords if keyword.name == "bound"), None)
        return self.read(value, symbol.module, scope, depth + 1)

    def _subscript(self, node: Subscript, module: Module, scope: Scope, depth: int) -> Values:
        head = self._symbols.resolve(module, node.value, scope)
        package, _, name = head.qualified.rpartition(".")
        if head.qualified in CONTAINER_MARKERS:
            first = node.index.items[0] if isinstance(node.index, Sequence) else node.index
            return self.read(first, module, scope, depth)
        if head.module is not None or package.partition(".")[0] not in _TYPING:
            return self._named(head, depth)
        items = node.index.items if isinstance(node.index, Sequence) else (node.index,)
        if name in _SAME_AS_FIRST:
            return self.read(items[0], module, scope, depth)
        if name in _SAME_AS_LAST:
            return self.read(items[-1], module, scope, depth)
        if name in _OF_FIRST:
            return (Elements(self.read(items[0], module, scope, depth)),)
        if name in _OF_LAST:
            return (Elements(self.read(items[-1], module, scope, depth)),)
        every = join(self.read(item, module, scope, depth) for item in items)
        if name in {"type", "Type"}:
            return tuple(_class_of(value) for value in every if isinstance(value, InstanceType | Library))
        if name in {"tuple", "Tuple"}:
            return (Elements(every),)
        return every if name in _ALL else self._named(head, depth)


def _class_of(value: InstanceType | Library) -> ClassType | Library:
    return ClassType(value.cls) if isinstance(value, InstanceType) else Library(value.path.removesuffix("()"))
