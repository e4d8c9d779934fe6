"""What an annotation means: aliases, strings and `Annotated` followed to the classes of the service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.facts.python import unquoted
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    Name,
    Operator,
    Sequence,
    Subscript,
)
from archlint.facts.traversal import dotted
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.resolved_types import (
    ANY,
    LITERAL,
    NONE,
    UNION,
    UNKNOWN,
    VARIABLE,
    NamedAlias,
    Type,
    substitute,
    union_of,
)
from archlint.service.interpreter.typing_names import TRANSPARENT, parameters_of
from archlint.service.interpreter.values import (
    Arguments,
    ClassObject,
    Configured,
    External,
    ExternalObject,
    Frame,
    FunctionObject,
    GenericClass,
    GenericExternal,
    Native,
    Value,
    Written,
)
from archlint.service.semantics.library_models import LibraryModels
from archlint.service.semantics.library_names import names_of, public_name, table
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope, Symbol, Symbols

__all__ = [
    "ANY",
    "CREATE_MODEL",
    "LITERAL",
    "NONE",
    "UNION",
    "UNKNOWN",
    "VARIABLE",
    "AnnotationContext",
    "Type",
    "Types",
    "parameter_of",
    "substitute",
]

_MAX_DEPTH = 20
CREATE_MODEL = "pydantic.create_model"
"""The type of what this makes: a model, and no more is known of it."""


class AnnotationContext(Struct, frozen=True):
    """Where an annotation stands: its module, the definitions around it, the frame of a running function.

    `parameters` are what the type parameters of the alias stand for that is read.
    """

    module: Module
    scope: Scope = ()
    frame: Frame | None = None
    parameters: Mapping[str, Type] = field(default_factory=dict)


class Types:
    """Resolves annotations of one service; `machine` is the interpretation that gave its routes.

    Without one they are read by names alone, each once: what `Annotated` adds is left as it is `Written`.
    """

    def __init__(
        self, machine: Machine | None, symbols: Symbols, libraries: LibraryModels | None = None
    ) -> None:
        self._machine = machine
        self._libraries = libraries
        self._symbols = symbols
        self._open: set[tuple[str, tuple[Type, ...]]] = set()
        self._known: dict[tuple[Expression | None, Scope], Type] = {}
        self._classes: dict[Symbol, Type] = {}

    def named(self, annotation: Expression | None, module: Module, scope: Scope = ()) -> Type:
        """What an annotation in `module` means, for those who ask without a machine."""
        key = annotation, scope
        if key not in self._known:
            self._known[key] = self.read(annotation, AnnotationContext(module, scope))
        return self._known[key]

    def read(self, annotation: Expression | None, place: AnnotationContext, depth: int = 0) -> Type:
        """What an annotation means there; no annotation means any type."""
        if depth > _MAX_DEPTH:
            return UNKNOWN
        match annotation:
            case None:
                return ANY
            case Name() | Attribute():
                return self._name(annotation, place, depth + 1)
            case Subscript():
                return self._subscript(annotation, place, depth + 1)
            case Constant(value=str(text)) if text.strip():
                return self.read(unquoted(annotation), place, depth + 1)
            case Constant(value=None):
                return NONE
            case Operator(operator="|", parts=parts):
                return union_of(tuple(self.read(part, place, depth + 1) for part in parts))
            case Call(func=func):
                # `conint(gt=0)`, `create_model(…)`: known by what makes it
                maker = UNKNOWN if self._machine is None else self.read(func, place, depth + 1)
                return replace(maker, args=(), metadata=(self.evaluate(annotation, place),))
        return UNKNOWN

    def of_value(self, value: Value) -> Type:
        """The type that an evaluated value, such as `response_model`'s, stands for."""
        match value:
            case None:
                return NONE
            case GenericClass():
                return replace(_of_class(value), args=tuple(map(self.of_value, value.arguments)))
            case GenericExternal():
                return self._of_generic(value)
            case ClassObject():
                return _of_class(value)
            case External():
                return self._of_library(public_name(value.name))
            case Native():
                return _named(f"builtins.{value.name}")
            case Configured():
                return self.of_value(value.default)
            case ExternalObject(name=made) if (
                made in names_of("enumeration") or public_name(made) == CREATE_MODEL
            ):
                return Type(public_name(made))
            case ExternalObject(name="typing.Annotated", args=(first, *metadata)):
                return replace(self.of_value(first), metadata=tuple(metadata))
        return UNKNOWN

    def base(self, expression: Expression, symbol: Symbol, place: AnnotationContext) -> Type:
        """What a base in the class statement of `symbol` means; `place` is around the class."""
        found = self.read(expression, place)
        if found.symbol is None or found.symbol.node is not symbol.node:
            return found
        hidden = self._symbols.in_head(symbol, expression)
        if not hidden.defined:
            return UNKNOWN
        return replace(self._of_symbol(hidden, 0), args=found.args)

    def _of_generic(self, value: GenericExternal) -> Type:
        origin = self._of_library(public_name(value.name))
        name = origin.name
        if name == LITERAL:
            return Type(LITERAL, values=tuple(sorted(map(repr, value.arguments))), choices=value.arguments)
        args = tuple(map(self.of_value, value.arguments))
        if name in {UNION, "typing.Optional"}:
            return union_of(args if name == UNION else (*args, NONE))
        return args[0] if name in TRANSPARENT and args else replace(origin, args=args)

    def evaluate(self, expression: Expression, place: AnnotationContext) -> Value:
        """The value of an expression there."""
        if self._machine is None:
            return Written(place.module, place.scope, expression)
        return self._machine.evaluate(place.frame or self.frame(place.module), expression)

    def call(self, function: Value, arguments: Arguments) -> Value:
        """What the function gives."""
        assert self._machine is not None
        return self._machine.call(function, arguments)

    def returned(self, function: FunctionObject, annotation: Expression) -> Type:
        """What an annotation in the signature of an evaluated function means."""
        return self.read(annotation, AnnotationContext(function.module, (), function.frame))

    def place_around(self, symbol: Symbol) -> AnnotationContext | None:
        """Where the statement stands that defines a symbol of the service."""
        if symbol.module is None:
            return None
        return AnnotationContext(symbol.module, self._symbols.scope_of(symbol))

    def class_value(self, symbol: Symbol) -> ClassObject | None:
        """The evaluated class behind a symbol; None for one inside a function or class."""
        if symbol.module is None or not isinstance(symbol.node, ClassDef):
            return None
        known = self.frame(symbol.module).namespace
        by_name = (known.get(symbol.node.name),)
        found = by_name if symbol.node.body else known.values()  # a call may give it another name
        classes = (value for value in found if isinstance(value, ClassObject))
        return next((value for value in classes if value.definition is symbol.node), None)

    def frame(self, module: Module) -> Frame:
        """The global names of a module."""
        assert self._machine is not None
        loaded = self._machine.load(module)
        return Frame(loaded, loaded.namespace)

    def _global(self, symbol: Symbol) -> Value:
        """The value of a module's name; None where values are not known here."""
        if self._machine is None or symbol.module is None:
            return None
        return self.frame(symbol.module).namespace.get(symbol.qualified.rpartition(".")[2])

    def place_of(self, symbol: Symbol) -> AnnotationContext | None:
        """Where the annotations in a class of the service stand."""
        if symbol.module is None or not isinstance(symbol.node, ClassDef):
            return None
        return AnnotationContext(symbol.module, (*self._symbols.scope_of(symbol), symbol.node))

    def _name(
        self, node: Expression, place: AnnotationContext, depth: int, args: tuple[Type, ...] = ()
    ) -> Type:
        if isinstance(node, Name) and node.id == "...":
            return Type("...")
        if isinstance(node, Name) and node.id in place.parameters:
            return place.parameters[node.id]
        local = self._local(node, place)
        if local is not None:
            return local
        if isinstance(node, Name) and (parameter := _type_parameter(node.id, place)) is not None:
            return parameter
        symbol = self._symbols.resolve(place.module, node, place.scope)
        hidden = isinstance(symbol.node, Assign) and symbol.node.value is None
        if place.scope and (hidden or not symbol.defined):
            # A field that is called as its type, `date: date`, hides it in the class from then on alone.
            symbol = self._symbols.resolve(place.module, node, place.scope[:-1])
        return self._of_symbol(symbol, depth, args)

    def _of_symbol(self, symbol: Symbol, depth: int, args: tuple[Type, ...] = ()) -> Type:
        if type(symbol.node) is ClassDef:
            if symbol not in self._classes:
                self._classes[symbol] = Type(symbol.qualified, symbol=symbol)
            return self._classes[symbol]
        if type(symbol.node) is Assign and symbol.module is not None:
            return self._alias(symbol, symbol.node, depth, args)
        return self._of_library(symbol.qualified) if symbol.module is None else UNKNOWN

    def _of_library(self, name: str) -> Type:
        """A library's type; of the models that archlint knows their declaration."""
        symbol = self._libraries.find(name) if self._libraries is not None else None
        return _named(name) if symbol is None else Type(symbol.qualified, symbol=symbol)

    def _local(self, node: Expression, place: AnnotationContext) -> Type | None:
        """The type that a name of an enclosing function's run stands for, as in a factory of routers."""
        name = dotted(node)
        frame = place.frame
        machine = self._machine
        if machine is None or name is None:
            return None
        while frame is not None and frame.namespace is not frame.module.namespace:
            if name.partition(".")[0] in frame.namespace:
                return self.of_value(machine.evaluate(frame, node))
            frame = frame.parent
        return None

    def _alias(self, symbol: Symbol, node: Assign, depth: int, given: tuple[Type, ...]) -> Type:
        assert symbol.module is not None
        place = AnnotationContext(symbol.module, self._symbols.scope_of(symbol))
        if node.alias_parameters is not None:
            return self._named_alias(symbol, node.alias_parameters, node.value, place, given)
        match node.value:
            case Call(func=func, args=args):
                maker = self._symbols.resolve(place.module, func, place.scope).qualified.rpartition(".")[2]
                if maker in {"TypeVar", "ParamSpec"}:
                    return Type(VARIABLE, values=(symbol.qualified,), symbol=symbol)
                if maker == "TypeAliasType" and len(args) > 1:
                    return self._named_alias(symbol, parameters_of(node.value), args[1], place, given)
                if maker == "NewType" and len(args) > 1:
                    return self.read(args[1], place, depth)
                made = self.of_value(self._global(symbol))
                known = made.symbol is not None or made.name == CREATE_MODEL
                return made if known else self.read(node.value, place, depth)
            case None:
                return UNKNOWN
        return self.read(node.value, place, depth)

    def _named_alias(
        self, symbol: Symbol, names: tuple[str, ...], value: Expression | None,
        place: AnnotationContext, args: tuple[Type, ...],
    ) -> Type:  # fmt: skip
        """What a `type` statement stands for, with the arguments that it is given."""
        key = symbol.qualified, args
        if key in self._open:
            return Type("", alias=NamedAlias(*key, UNKNOWN))
        variables = [Type(VARIABLE, values=(f"{symbol.qualified}.{name}",)) for name in names]
        filled = dict(zip(names, [*args, *variables[len(args) :]], strict=False))
        self._open.add(key)
        found = self.read(value, replace(place, parameters=filled))
        self._open.discard(key)
        return replace(found, alias=NamedAlias(*key, found))

    def _subscript(self, node: Subscript, place: AnnotationContext, depth: int) -> Type:
        origin = self.read(node.value, place, depth)
        several = isinstance(node.index, Sequence) and node.index.kind == "tuple"
        inner = node.index.items if several and isinstance(node.index, Sequence) else (node.index,)
        name = origin.name.rpartition(".")[2] if origin.symbol is None else ""
        if name == "Annotated" and inner:
            metadata = tuple(self.evaluate(item, place) for item in inner[1:])
            first = self.read(inner[0], place, depth)
            return replace(first, metadata=(*first.metadata, *metadata))
        if origin.name == LITERAL:
            choices = tuple(self.evaluate(item, place) for item in inner)
            return Type(LITERAL, values=tuple(sorted(_literal(item) for item in inner)), choices=choices)
        args = tuple(self.read(item, place, depth) for item in inner)
        if origin.alias is not None:
            return self._name(node.value, place, depth, args)
        if variables := _variables(origin):
            return substitute(origin, dict(zip(variables, args, strict=False)))
        if name == "Optional":
            return union_of((*args, NONE))
        if origin.name == UNION:
            return union_of(args)
        if origin.name in TRANSPARENT:
            return args[0]
        return replace(origin, args=args)


def _variables(found: Type) -> list[str]:
    """The type variables that are open in a type, in the order in which they stand there."""
    named = (inner.values[:1] for inner in found.walk() if inner.name == VARIABLE)
    return list(dict.fromkeys(name for names in named for name in names))


def parameter_of(definition: ClassDef, name: str) -> str:
    """The qualified name of a class's own type parameter."""
    return f"{definition.name}.{name}"


def _type_parameter(name: str, place: AnnotationContext) -> Type | None:
    for definition in reversed(place.scope):
        if isinstance(definition, ClassDef) and name in definition.type_parameters:
            return Type(VARIABLE, values=(parameter_of(definition, name),))
    return None


@cache
def _named(name: str) -> Type:
    name = "typing." + name.rpartition(".")[2] if name.startswith("typing_extensions.") else name
    return Type(table("same").get(name, name))


def _of_class(value: ClassObject) -> Type:
    symbol = Symbol(f"{value.module.name}.{value.definition.name}", value.module, value.definition)
    return Type(symbol.qualified, symbol=symbol)


def _literal(node: Expression) -> str:
    return repr(node.value) if isinstance(node, Constant) else dotted(node) or "?"
