"""What Pydantic runs of a service's own code when it makes an object of a class, or serializes one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from msgspec import Struct, field

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    Expression,
    FunctionDef,
    Name,
)
from archlint.facts.traversal import dotted
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.inferring import Inferring
from archlint.service.calls.library_models import Library
from archlint.service.calls.values import FunctionType, InferredTypes
from archlint.service.interpreter.values import Written
from archlint.service.semantics.library_names import public_name, pydantic_bases
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Scope

_VALIDATORS = ("field_validator", "model_validator", "root_validator", "validator")
_SERIALIZERS = ("computed_field", "field_serializer", "model_serializer", "serializer")
_MAKERS = ("__init__", "__post_init__", "model_post_init")
_OWN_SCHEMA = ("__get_pydantic_core_schema__", "__get_validators__")
_VALIDATING_MARKERS = frozenset({"AfterValidator", "BeforeValidator", "PlainValidator", "WrapValidator"})
_SERIALIZING_MARKERS = frozenset({"PlainSerializer", "WrapSerializer"})
MAKING = frozenset(
    {"from_orm", "model_validate", "model_validate_json", "model_validate_strings", "parse_obj", "parse_raw"}
)
"""A model class's methods that make an object."""

DUMPING = frozenset({"dict", "json", "model_dump", "model_dump_json"})
"""A model's methods that serialize it."""


class Hooks(Struct):
    """The functions that validation and serialization run, and the models in which more of them are."""

    validating: dict[Function, None] = field(default_factory=dict)
    serializing: dict[Function, None] = field(default_factory=dict)
    models: dict[Class, None] = field(default_factory=dict)
    defaults: dict[Function, set[str]] = field(default_factory=dict)
    """The functions that make defaults, by the fields of this class whose they are."""

    def add(self, other: Hooks) -> None:
        """Take over what another one has."""
        self.validating |= other.validating
        self.serializing |= other.serializing
        self.models |= other.models


class Validation:
    """Answers for classes and annotations, each class read once."""

    def __init__(self, inference: Inferring) -> None:
        self._inference = inference
        self._own: dict[Class, Hooks] = {}
        self._whole: dict[Class, Hooks] = {}

    def of_class(self, cls: Class) -> Hooks:
        """What making and serializing an object of the class run, its fields' models included."""
        if cls not in self._whole:
            self._whole[cls] = self._closed(self._of_own(cls))
        return self._whole[cls]

    def of_making(self, cls: Class, given: Set[str]) -> Iterator[Function]:
        """What making an object of the class runs when those fields are given: they need no default."""
        whole = self.of_class(cls).validating
        defaults = self._of_own(cls).defaults
        return (one for one in whole if not (one in defaults and defaults[one] <= given))

    def fields(self, annotation: Expression, module: Module, scope: Scope) -> set[str]:
        """The fields of the models that an annotation names."""
        classes = [one for cls in self._read(annotation, module, scope).models for one in cls.lineage]
        body = [statement for cls in classes if isinstance(cls, Class) for statement in cls.node.body]
        annotated = (one for one in body if isinstance(one, Assign) and one.annotation is not None)
        return {target.id for one in annotated for target in one.targets if isinstance(target, Name)}

    def of_annotation(self, annotation: Expression, module: Module, scope: Scope) -> Hooks:
        """What validating and serializing a value that is annotated so run."""
        return self._closed(self._read(annotation, module, scope))

    def is_model(self, cls: Class) -> bool:
        """Whether Pydantic makes the class's objects: a model, a dataclass, a type with its own schema."""
        if any(keyword.name == "table" for keyword in cls.node.keywords):
            return False
        if any(cls.find_method(name) is not None for name in _OWN_SCHEMA):
            return True
        decorators = (dotted(getattr(one, "func", one)) or "" for one in cls.node.decorators)
        bases = (base.path for base in cls.lineage if isinstance(base, Library))
        return any(public_name(path) in pydantic_bases() for path in bases) or any(
            name.rpartition(".")[2] == "dataclass" for name in decorators
        )

    def _closed(self, start: Hooks) -> Hooks:
        """The hooks with those of all models that they lead to."""
        found = Hooks()
        found.add(start)
        pending = list(start.models)
        while pending:
            inner = self._of_own(pending.pop())
            pending += [cls for cls in inner.models if cls not in found.models]
            found.add(inner)
        return found

    def _of_own(self, cls: Class) -> Hooks:
        if cls not in self._own:
            self._own[cls] = Hooks()
            self._own[cls] = self._of_members(cls) if self.is_model(cls) else Hooks()
        return self._own[cls]

    def _of_members(self, cls: Class) -> Hooks:
        found = Hooks()
        names: set[str] = set()
        for base in (one for one in cls.lineage if isinstance(one, Class)):
            for name, method in base.methods.items():
                if name not in names:
                    self._add_method(found, name, method)
            names |= base.methods.keys()
            for statement in base.node.body:
                if isinstance(statement, Assign) and statement.annotation is not None:
                    one = self._field(statement, base)
                    found.add(one)
                    for function, fields in one.defaults.items():
                        found.defaults[function] = found.defaults.get(function, set()) | fields
        return found

    def _add_method(self, found: Hooks, name: str, method: Function) -> None:
        if name in _MAKERS or method.is_decorated(*_VALIDATORS):
            found.validating[method] = None
        if method.is_decorated(*_SERIALIZERS):
            found.serializing[method] = None
        if name in _OWN_SCHEMA:
            found.validating |= self._handed_out(method)

    def _handed_out(self, method: Function) -> dict[Function, None]:
        """The functions that a class's own schema is made with."""
        scanned = self._inference.scan(method)
        given = [
            argument
            for site in scanned.sites
            if isinstance(site.node, Call)
            for argument in (*site.node.args, *(keyword.value for keyword in site.node.keywords))
        ]
        return dict.fromkeys(self._functions([*scanned.yielded, *given], method))

    def _field(self, statement: Assign, cls: Class) -> Hooks:
        assert statement.annotation is not None
        found = self._read(statement.annotation, cls.module, cls.scope)
        body = self._inference.program.add(cls.module)
        match statement.value:
            case Call(keywords=keywords):
                made = [keyword.value for keyword in keywords if keyword.name == "default_factory"]
                names = {target.id for target in statement.targets if isinstance(target, Name)}
                found.defaults = dict.fromkeys(self._functions(made, body), names)
                found.validating |= dict.fromkeys(found.defaults)
        return found

    def _read(self, annotation: Expression, module: Module, scope: Scope) -> Hooks:
        found = Hooks()
        for part in self._inference.types.named(annotation, module, scope).walk():
            cls = self._inference.program.class_of(part.symbol) if part.symbol is not None else None
            if cls is not None and self.is_model(cls):
                found.models[cls] = None
            for added in part.metadata:
                self._add_marker(found, added)
        return found

    def _add_marker(self, found: Hooks, added: Written) -> None:
        """What `AfterValidator(f)` and its like in an annotation run."""
        match added.expression:
            case Call(func=func, args=(given, *_)):
                body = self._inference.program.add(added.module)
                name = last_name(func)
                if name in _VALIDATING_MARKERS:
                    found.validating |= dict.fromkeys(self._functions([given], body))
                elif name in _SERIALIZING_MARKERS:
                    found.serializing |= dict.fromkeys(self._functions([given], body))
            case Name() | Attribute():
                symbol = self._inference.symbols.resolve(added.module, added.expression, added.scope)
                if isinstance(symbol.node, Assign) and symbol.node.value is not None and symbol.module:
                    scope = self._inference.symbols.scope_of(symbol)
                    self._add_marker(found, Written(symbol.module, scope, symbol.node.value))

    def _functions(self, nodes: Iterable[Expression], function: Function) -> Iterator[Function]:
        for node in nodes:
            values: InferredTypes = self._inference.values(node, function)
            yield from (value.function for value in values if isinstance(value, FunctionType))


def written_models(function: Function) -> Iterator[Expression]:
    """What a handler's decorators name as `response_model`."""
    for decorator in function.node.decorators if isinstance(function.node, FunctionDef) else ():
        for keyword in decorator.keywords if isinstance(decorator, Call) else ():
            if keyword.name == "response_model":
                yield keyword.value
