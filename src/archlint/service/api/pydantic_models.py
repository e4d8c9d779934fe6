"""The fields of Pydantic models as Pydantic would collect them: inherited, generic, renamed, configured."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.facts.syntax import (
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
)
from archlint.findings import Location
from archlint.service.api.class_options import OptionReader
from archlint.service.api.field_declarations import Declaration, declarations, presence, text_of
from archlint.service.api.model_settings import (
    Extra,
    ModelSetting,
    extra,
    first_alias,
    generated,
    is_replaced,
    is_untold,
    settings,
)
from archlint.service.interpreter.types import (
    ANY,
    VARIABLE,
    AnnotationContext,
    Type,
    Types,
    parameter_of,
    substitute,
)
from archlint.service.interpreter.values import ExternalObject, Value, text, truth
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.constants import Literals
from archlint.service.semantics.library_names import names_of, schema_bases
from archlint.service.semantics.symbols import Symbol, Symbols

_TYPED_DICTS = frozenset({"typing.TypedDict"})
_NAMED_TUPLES = frozenset({"typing.NamedTuple"})
_RECORDS = _TYPED_DICTS | _NAMED_TUPLES
_ROOTS = frozenset({"pydantic.RootModel"})
_Variables: TypeAlias = Mapping[str, Type]


class Field(Struct, frozen=True):
    """One field of a model.

    `name` is the attribute, `alias` what a client sends, `written` what it gets. `default` is the evaluated
    value where there is one without a factory. `excluded` fields are never serialized. `owner` is the class
    that declares it. `information` are all its `Field(…)` and their like, the later ones stronger, `declared`
    is the one that is assigned. `computed` fields are only written, and `document` is the text below it.
    """

    name: str
    alias: str
    type: Type
    required: bool
    default: Value
    excluded: bool
    owner: Symbol
    location: Location
    written: str = ""
    declared: Value = None
    computed: bool = False
    document: str | None = None
    information: tuple[ExternalObject, ...] = ()


ModelKind: TypeAlias = Literal["model", "root", "dataclass", "typed dict", "named tuple"]


class PydanticModel(Struct, frozen=True):
    """A Pydantic model, a dataclass, a typed dict or a named tuple.

    `complete` is false where a base is not in sight, or a decorator makes another model of it. `config` has
    the settings of its bases, too, `computed` its computed fields, `serializers` the functions that write
    some of its fields or, under `""`, all of it.
    """

    type: Type
    fields: tuple[Field, ...]
    extra: Extra | None
    complete: bool
    kind: ModelKind = "model"
    config: Mapping[str, ModelSetting] = field(default_factory=dict)
    computed: tuple[Field, ...] = ()
    serializers: Mapping[str, Type] = field(default_factory=dict)


class PydanticModels:
    """The models of one service."""

    def __init__(self, types: Types, symbols: Symbols, classes: Classes) -> None:
        self._types = types
        self._options = OptionReader(symbols, Literals(symbols))
        self._classes = classes
        self._known: dict[Type, PydanticModel] = {}
        self._within: dict[Type, tuple[Type, ...]] = {}
        self._reached: dict[Type, tuple[PydanticModel, ...]] = {}

    def is_model(self, found: Type) -> bool:
        """Whether FastAPI takes it for an object with fields: a model, a dataclass, a typed dict."""
        symbol = found.symbol
        if symbol is None or not isinstance(symbol.node, ClassDef):
            return found.name in schema_bases()
        return (
            self._classes.is_schema(symbol)
            or self._classes.is_table_model(symbol)
            or self._is_record(symbol, symbol.node)
        )

    def model(self, found: Type) -> PydanticModel:
        """The model behind a type that `is_model`; generic ones with their arguments filled in."""
        if found not in self._known:
            # What a model that contains itself finds.
            self._known[found] = PydanticModel(found, (), None, complete=False)
            self._known[found] = self._read(found)
        return self._known[found]

    def generic(self, model: PydanticModel) -> PydanticModel:
        """The same model with its type variables left open, as its class statement writes it."""
        return self.model(replace(model.type, args=())) if model.type.args else model

    def reachable(self, start: Type) -> tuple[PydanticModel, ...]:
        """The models in a type and, through their fields, in one another, each once."""
        if start not in self._reached:
            found: dict[Type, PydanticModel] = {}
            pending = deque(self._models_in((start,)))
            while pending:
                inner = pending.popleft()
                if inner not in found:
                    found[inner] = model = self.model(inner)
                    if inner not in self._within:
                        self._within[inner] = self._models_in(field.type for field in model.fields)
                    pending += self._within[inner]
            self._reached[start] = tuple(found.values())
        return self._reached[start]

    def _models_in(self, types: Iterable[Type]) -> tuple[Type, ...]:
        return tuple([inner for one in types for inner in one.walk() if self.is_model(inner)])

    def _is_record(self, symbol: Symbol, node: ClassDef) -> bool:
        return self._kind_of(symbol, node) not in {None, "model"}

    def _kind_of(self, symbol: Symbol, node: ClassDef, depth: int = 0) -> ModelKind | None:
        """What the class is by its own decorators and bases, else by those of a base in the service."""
        place = self._types.place_of(symbol)
        if place is None or depth > _MAX_BASES:
            return None
        decorators = [d.func if isinstance(d, Call) else d for d in node.decorators]
        if any(self._types.read(d, place).name in names_of("dataclass maker") for d in decorators):
            return "dataclass"
        for base in self._bases(symbol, node, place):
            for names, kind in _KINDS:
                if base.name in names:
                    return kind
            if base.symbol is not None and isinstance(base.symbol.node, ClassDef):
                found = self._kind_of(base.symbol, base.symbol.node, depth + 1)
                if found is not None:
                    return found
        return None

    def _bases(self, symbol: Symbol, node: ClassDef, place: AnnotationContext) -> list[Type]:
        outside = place if node.type_parameters else AnnotationContext(place.module, place.scope[:-1])
        return [self._types.base(base, symbol, outside) for base in node.bases]

    def _read(self, found: Type) -> PydanticModel:
        symbol = found.symbol
        place = self._types.place_of(symbol) if symbol is not None else None
        if symbol is None or place is None or not isinstance(symbol.node, ClassDef):
            return PydanticModel(found, (), None, complete=found.name in names_of("schema base"))
        node = symbol.node
        variables = dict(zip(self._variables(symbol, node, place), found.args, strict=False))
        bases = [substitute(base, variables) for base in self._bases(symbol, node, place)]
        inherited = [self.model(base) for base in bases if base.symbol is not None]
        fields = {field.name: field for model in reversed(inherited) for field in model.fields}
        own = settings(symbol, self._options, self._types)
        config = {key: value for model in reversed(inherited) for key, value in model.config.items()} | own
        scope = _Scope(symbol, place, variables, config)
        if "alias_generator" in own:
            fields = {name: self._renamed(entry, scope) for name, entry in fields.items()}
        kind = self._kind_of(symbol, node) or "model"
        fields |= {field.name: field for field in self._own(node, scope, kind)}
        if kind == "root":
            fields |= {field.name: field for field in self._root(scope, bases) if field.name not in fields}
        computed = {field.name: field for model in reversed(inherited) for field in model.computed}
        if "alias_generator" in own:
            computed = {name: self._renamed(entry, scope) for name, entry in computed.items()}
        computed |= {field.name: field for field in self._computed(node, scope)}
        serializers = {key: to for model in reversed(inherited) for key, to in model.serializers.items()}
        known = all(base.symbol is not None or _is_empty(base) for base in bases)
        known = known and not is_replaced(symbol, node, self._types)
        known = known and not is_untold(config, self._types, place)
        return PydanticModel(
            found,
            tuple(fields.values()),
            extra(own) or next((m.extra for m in inherited if m.extra is not None), None),
            known and all(model.complete for model in inherited),
            kind,
            config,
            tuple(computed.values()),
            serializers | dict(self._serializers(node, scope)),
        )

    def _variables(self, symbol: Symbol, node: ClassDef, place: AnnotationContext) -> list[str]:
        """The class's type variables in order: those of `Generic[…]`, else as its bases name them."""
        if node.type_parameters:
            return [parameter_of(node, name) for name in node.type_parameters]
        bases = self._bases(symbol, node, place)
        generic = [base for base in bases if base.name in names_of("generic base")]
        found = (t for base in generic or bases for t in base.walk() if t.name == VARIABLE)
        return list(dict.fromkeys(name for t in found for name in t.values[:1]))

    def _own(self, node: ClassDef, scope: _Scope, kind: ModelKind) -> Iterator[Field]:
        partial = kind == "typed dict" and _is_false(scope.config.get("total"))
        for declared in declarations(node, scope.place, self._types):
            if any(entry.name.endswith(("PrivateAttr", "Relationship")) for entry in declared.calls):
                continue
            asked = presence(declared.statement.annotation)
            made = self._field(scope, declared)
            yield replace(made, required=asked is True) if partial or asked is False else made

    def _field(self, scope: _Scope, declared: Declaration) -> Field:
        default, required = declared.default
        alias, written = self._aliases(declared.name, declared.keywords, scope)
        return Field(
            name=declared.name,
            alias=alias,
            type=substitute(declared.type, scope.variables),
            required=required,
            default=default,
            excluded=truth(declared.keywords.get("exclude")) is True,
            owner=scope.symbol,
            location=scope.place.module.location(declared.statement),
            written=written,
            declared=declared.made,
            document=declared.document,
            information=declared.calls,
        )

    def _renamed(self, inherited: Field, scope: _Scope) -> Field:
        """An inherited field under the names that the class's own generator gives it."""
        keywords = {key: value for entry in inherited.information for key, value in entry.keywords.items()}
        if inherited.computed:
            keywords = getattr(inherited.declared, "keywords", {})
        alias, written = self._aliases(inherited.name, keywords, scope)
        return replace(inherited, alias=alias, written=written)

    def _aliases(self, name: str, keywords: Mapping[str, Value], scope: _Scope) -> tuple[str, str]:
        """What a field is called when read and when written."""
        made = generated(name, scope.config, self._types, scope.place)
        both = text(keywords.get("alias"))
        validation = first_alias(keywords.get("validation_alias")) or both
        serialization = text(keywords.get("serialization_alias")) or both
        return validation or made.validation or name, serialization or made.serialization or name

    def _root(self, scope: _Scope, bases: list[Type]) -> Iterator[Field]:
        """The field of `RootModel[…]`, which its argument gives."""
        for base in bases:
            if base.name in _ROOTS:
                found = base.args[0] if base.args else ANY
                where = scope.place.module.location(scope.place.scope[-1])
                yield Field("root", "root", found, True, None, False, scope.symbol, where, "root")

    def _computed(self, node: ClassDef, scope: _Scope) -> Iterator[Field]:
        """The properties under `@computed_field`."""
        for function, decorator in self._decorated(node, scope, "pydantic.computed_field"):
            value = self._types.evaluate(decorator, scope.place) if isinstance(decorator, Call) else None
            keywords = getattr(value, "keywords", {})
            returned = keywords.get("return_type")
            annotated = self._types.read(function.returns, scope.place)
            found = self._types.of_value(returned) if returned is not None else annotated
            made = generated(function.name, scope.config, self._types, scope.place).serialization
            written = text(keywords.get("alias")) or made or function.name
            yield Field(
                name=function.name,
                alias=written,
                type=substitute(found, scope.variables),
                required=True,
                default=None,
                excluded=False,
                owner=scope.symbol,
                location=scope.place.module.span(function.start, function.header_end),
                written=written,
                declared=value,
                computed=True,
                document=text_of(function.body[0] if function.body else None),
            )

    def _serializers(self, node: ClassDef, scope: _Scope) -> Iterator[tuple[str, Type]]:
        """What `@field_serializer` and `@model_serializer` say that they write, where they say it."""
        for function, decorator in self._decorated(node, scope, "pydantic.field_serializer"):
            for name in decorator.args if isinstance(decorator, Call) and function.returns else ():
                if isinstance(name, Constant) and isinstance(name.value, str):
                    yield name.value, self._types.read(function.returns, scope.place)
        for function, _ in self._decorated(node, scope, "pydantic.model_serializer"):
            if function.returns is not None:
                yield "", self._types.read(function.returns, scope.place)

    def _decorated(
        self, node: ClassDef, scope: _Scope, name: str
    ) -> Iterator[tuple[FunctionDef, Expression]]:
        for function in node.body:
            for decorator in function.decorators if isinstance(function, FunctionDef) else ():
                target = decorator.func if isinstance(decorator, Call) else decorator
                if self._types.read(target, scope.place).name == name and isinstance(function, FunctionDef):
                    yield function, decorator


class _Scope(Struct, frozen=True):
    """A class whose fields are read."""

    symbol: Symbol
    place: AnnotationContext
    variables: _Variables
    config: Mapping[str, ModelSetting]


_MAX_BASES = 20
_KINDS: tuple[tuple[frozenset[str], ModelKind], ...] = (
    (_TYPED_DICTS, "typed dict"),
    (_NAMED_TUPLES, "named tuple"),
    (_ROOTS, "root"),
)


def _is_false(setting: ModelSetting | None) -> bool:
    return setting is not None and setting.value is False


def _is_empty(base: Type) -> bool:
    """Whether a library's base adds no fields."""
    return base.name in _RECORDS | names_of("empty base", "schema base")
