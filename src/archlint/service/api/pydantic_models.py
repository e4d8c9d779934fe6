"""The fields of Pydantic models as Pydantic would collect them: inherited, generic, renamed, configured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    Keyword,
    Name,
    Node,
    Sequence,
    Subscript,
)
from archlint.findings import Location
from archlint.service.interpreter.types import VARIABLE, AnnotationContext, Type, Types, substitute
from archlint.service.interpreter.values import External, ExternalObject, Value, text, truth
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.library_names import SCHEMA_BASES
from archlint.service.semantics.symbols import Symbol

_RECORDS = frozenset({"typing.TypedDict", "typing.NamedTuple"})
_FIELDS = frozenset({"Field", "PrivateAttr", "Relationship"})
_Variables: TypeAlias = Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model.

    `name` is the attribute, `alias` what a client sends. `default` is the evaluated value where there is one
    without a factory. `excluded` fields are never serialized. `owner` is the class that declares it.
    """

    name: str
    alias: str
    type: Type
    required: bool
    default: Value
    excluded: bool
    owner: Symbol
    location: Location


@dataclass(frozen=True, slots=True)
class Extra:
    """What a model does with fields that it does not declare: `allow`, `forbid` or `ignore`."""

    mode: str
    location: Location


@dataclass(frozen=True, slots=True)
class PydanticModel:
    """A Pydantic model, a dataclass or a typed dict; `complete` is false where a base is not in sight."""

    type: Type
    fields: tuple[Field, ...]
    extra: Extra | None
    complete: bool


class PydanticModels:
    """The models of one service."""

    def __init__(self, types: Types, classes: Classes) -> None:
        self._types = types
        self._classes = classes
        self._known: dict[Type, PydanticModel] = {}

    def is_model(self, found: Type) -> bool:
        """Whether FastAPI takes it for an object with fields: a model, a dataclass, a typed dict."""
        symbol = found.symbol
        if symbol is None or not isinstance(symbol.node, ClassDef):
            return found.name in SCHEMA_BASES
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

    def reachable(self, start: Type) -> Iterator[PydanticModel]:
        """The models in a type and, through their fields, in one another, each once."""
        seen: set[Type] = set()
        pending = [start]
        while pending:
            for inner in pending.pop(0).walk():
                if inner not in seen and self.is_model(inner):
                    seen.add(inner)
                    model = self.model(inner)
                    yield model
                    pending.extend(field.type for field in model.fields)

    def _is_record(self, symbol: Symbol, node: ClassDef) -> bool:
        place = self._types.place_of(symbol)
        if place is None:
            return False
        decorators = [d.func if isinstance(d, Call) else d for d in node.decorators]
        if any(self._types.read(d, place).name == "dataclasses.dataclass" for d in decorators):
            return True
        return any(base.name in _RECORDS for base in self._bases(node, place))

    def _bases(self, node: ClassDef, place: AnnotationContext) -> list[Type]:
        outside = AnnotationContext(place.module, place.scope[:-1])
        return [self._types.read(base, outside) for base in node.bases]

    def _read(self, found: Type) -> PydanticModel:
        symbol = found.symbol
        place = self._types.place_of(symbol) if symbol is not None else None
        if symbol is None or place is None or not isinstance(symbol.node, ClassDef):
            return PydanticModel(found, (), None, complete=False)
        node = symbol.node
        variables = dict(zip(self._variables(node, place), found.args, strict=False))
        bases = [substitute(base, variables) for base in self._bases(node, place)]
        inherited = [self.model(base) for base in bases if base.symbol is not None]
        fields = {field.name: field for model in reversed(inherited) for field in model.fields}
        renamed = self._rename(node, place)
        for field in self._own(symbol, node, place, variables, renamed):
            fields[field.name] = field
        extra = self._extra(node, place) or next((m.extra for m in inherited if m.extra is not None), None)
        known = all(base.symbol is not None or _is_empty(base) for base in bases)
        complete = known and all(model.complete for model in inherited)
        return PydanticModel(found, tuple(fields.values()), extra, complete)

    def _variables(self, node: ClassDef, place: AnnotationContext) -> list[str]:
        """The class's type variables in order: those of `Generic[…]`, else as its bases name them."""
        bases = self._bases(node, place)
        generic = [base for base in bases if base.name in {"typing.Generic", "typing.Protocol"}]
        found = (t for base in generic or bases for t in base.walk() if t.name == VARIABLE)
        return list(dict.fromkeys(t.values[0] for t in found))

    def _own(
        self, symbol: Symbol, node: ClassDef, place: AnnotationContext, variables: _Variables, renamed: bool
    ) -> Iterator[Field]:
        for statement in node.body:
            if not isinstance(statement, Assign) or statement.annotation is None:
                continue
            target = statement.targets[0]
            if isinstance(target, Name) and not target.id.startswith("_") and target.id != "model_config":
                found = substitute(self._types.read(statement.annotation, place), variables)
                if not _is_class_variable(statement.annotation):
                    yield from self._field(symbol, statement, target.id, found, renamed)

    def _field(
        self, symbol: Symbol, statement: Assign, name: str, found: Type, renamed: bool
    ) -> Iterator[Field]:
        place = self._types.place_of(symbol)
        assert place is not None
        value = self._types.evaluate(statement.value, place) if statement.value is not None else None
        information = [entry for entry in (*found.metadata, value) if _is_field(entry)]
        if any(entry.name.endswith(("PrivateAttr", "Relationship")) for entry in information):
            return
        keywords: dict[str, Value] = {k: v for entry in information for k, v in entry.keywords.items()}
        default, required = _default(statement.value is not None, value, keywords)
        alias = text(keywords.get("validation_alias")) or text(keywords.get("alias"))
        yield Field(
            name=name,
            alias=alias or (_camel(name) if renamed else name),
            type=found,
            required=required,
            default=default,
            excluded=truth(keywords.get("exclude")) is True,
            owner=symbol,
            location=place.module.location(statement),
        )

    def _extra(self, node: ClassDef, place: AnnotationContext) -> Extra | None:
        for key, value, where in _configuration(node):
            if key == "extra":
                mode = self._types.evaluate(value, place)
                known = text(mode) or (mode.name.rpartition(".")[2] if isinstance(mode, External) else None)
                if known is not None:
                    return Extra(known, place.module.location(where))
        return None

    def _rename(self, node: ClassDef, place: AnnotationContext) -> bool:
        """Whether fields get camel-case aliases by Pydantic's own generator."""
        generators = [value for key, value, _ in _configuration(node) if key == "alias_generator"]
        names = (self._types.read(value, place).name for value in generators)
        return any(name == "pydantic.alias_generators.to_camel" for name in names)


def _configuration(node: ClassDef) -> Iterator[tuple[str, Expression, Node]]:
    """The settings of a model with where they stand: `model_config`, `class Config`, class keywords."""
    for keyword in node.keywords:
        yield from _pairs((keyword,))
    for statement in node.body:
        match statement:
            case Assign(targets=(Name(id="model_config"),), value=Call(keywords=keywords)):
                yield from _pairs(keywords)
            case Assign(targets=(Name(id="model_config"),), value=Dict(items=items)):
                for key, value in items:
                    if isinstance(key, Constant) and isinstance(key.value, str):
                        yield key.value, value, key
            case ClassDef(name="Config", body=body):
                for inner in body:
                    match inner:
                        case Assign(targets=(Name(id=name),), value=Node() as value):
                            yield name, value, inner


def _pairs(keywords: tuple[Keyword, ...]) -> Iterator[tuple[str, Expression, Node]]:
    yield from ((keyword.name, keyword.value, keyword) for keyword in keywords if keyword.name is not None)


def _is_class_variable(annotation: Expression) -> bool:
    match annotation:
        case Subscript(value=Name(id="ClassVar") | Attribute(attr="ClassVar")) | Name(id="ClassVar"):
            return True
        case Constant(value=str(written)):
            return written.startswith(("ClassVar", "typing.ClassVar"))
        case Subscript(index=Sequence(items=(first, *_))):
            return _is_class_variable(first)
    return False


def _is_field(value: Value) -> bool:
    return isinstance(value, ExternalObject) and value.name.rpartition(".")[2] in _FIELDS


def _default(assigned: bool, value: Value, keywords: Mapping[str, Value]) -> tuple[Value, bool]:
    """The default's value, and whether the field is required."""
    if "default_factory" in keywords:
        return None, False
    if "default" in keywords:
        return keywords["default"], _is_ellipsis(keywords["default"])
    if not assigned:
        return None, True
    if not _is_field(value):
        return value, _is_ellipsis(value)
    first = value.args[0] if value.args else External("...")
    return (None, True) if _is_ellipsis(first) else (first, False)


def _is_ellipsis(value: Value) -> bool:
    return isinstance(value, External) and value.name == "..."


def _is_empty(base: Type) -> bool:
    """Whether a library's base adds no fields."""
    return base.name in {"typing.Generic", "builtins.object", "abc.ABC"} | _RECORDS | SCHEMA_BASES


def _camel(name: str) -> str:
    """`user_id` as `userId`."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
