"""What an annotation says of a value: of which class it is, or what it is a container of."""

from __future__ import annotations

from archlint.facts.syntax import Assign, Call, Expression
from archlint.service.calls.functions import Program
from archlint.service.calls.library_models import Knowledge, Library
from archlint.service.calls.values import ClassType, Elements, InferredTypes, InstanceType, join
from archlint.service.interpreter.types import UNION, Type, Types
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope, Symbol, Symbols

_LIBRARIES = frozenset({"builtins", "collections", "sqlalchemy", "typing"})
_SEQUENCES = "Collection Iterable Iterator MutableSequence MutableSet Sequence Set deque frozenset list set"
_OF_FIRST = frozenset({*_SEQUENCES.split(), "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Generator"})
_OF_LAST = frozenset({"Mapping", "MutableMapping", "OrderedDict", "defaultdict", "dict"})
_SAME_AS_LAST = frozenset({"Awaitable", "Coroutine"})
_NOTHING = frozenset(
    {
        *("Any", "Callable", "DecoratedCallable", "Lifespan", "Never", "NoReturn", "None", "ParamSpec"),
        *("Protocol", "Self", "TypeVar", "object"),
    }
)


class Annotations:
    """Reads the annotations of a service's modules."""

    def __init__(self, program: Program, symbols: Symbols, types: Types, knowledge: Knowledge) -> None:
        self._program = program
        self._symbols = symbols
        self._types = types
        self._knowledge = knowledge

    def read(self, node: Expression | None, module: Module, scope: Scope) -> InferredTypes:
        """What a value annotated so may be; empty where the annotation does not tell."""
        return self._values(self._types.named(node, module, scope))

    def _values(self, found: Type) -> InferredTypes:
        if found.name == UNION:
            return join(self._values(arg) for arg in found.args)
        if found.symbol is not None:
            return self._of_service(found.symbol)
        package, _, name = found.name.rpartition(".")
        if found.name in names_of("container marker") and found.args:
            return self._values(found.args[0])
        if found.args and package.partition(".")[0] in _LIBRARIES:
            return self._of_generic(found, name)
        return self._of_library(found)

    def _of_service(self, symbol: Symbol) -> InferredTypes:
        """An object of a class; of what the bound of `TypeVar("T", bound=…)` says."""
        cls = self._program.class_of(symbol)
        if cls is not None:
            return (InstanceType(cls),)
        match symbol:
            case Symbol(module=Module() as module, node=Assign(value=Call(keywords=keywords))):
                bound = next((keyword.value for keyword in keywords if keyword.name == "bound"), None)
                return self.read(bound, module, self._symbols.scope_of(symbol))
        return ()

    def _of_library(self, found: Type) -> InferredTypes:
        name = found.name.rpartition(".")[2]
        return (Library(self._knowledge.result(found.name)),) if name and name not in _NOTHING else ()

    def _of_generic(self, found: Type, name: str) -> InferredTypes:
        first, last = found.args[0], found.args[-1]
        if name == "Mapped":
            return self._values(first)
        if name in _SAME_AS_LAST:
            return self._values(last)
        if name in _OF_FIRST:
            return (Elements(self._values(first)),)
        if name in _OF_LAST:
            return (Elements(self._values(last)),)
        if name == "type":
            every = join(map(self._values, found.args))
            return tuple(_class_of(value) for value in every if isinstance(value, InstanceType | Library))
        if name == "tuple":
            return (Elements(join(map(self._values, found.args))),)
        return self._of_library(found)


def _class_of(value: InstanceType | Library) -> ClassType | Library:
    return ClassType(value.cls) if isinstance(value, InstanceType) else Library(value.path.removesuffix("()"))
