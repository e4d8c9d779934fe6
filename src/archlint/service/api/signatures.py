"""What a request gives an endpoint: its parameters and its dependencies', as FastAPI reads signatures.

Follows `analyze_param` and `get_dependant` of `fastapi/dependencies/utils.py`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.syntax import Parameter as Declared
from archlint.service.api.dependants import Dependant, Dependency, Parameter, Signature
from archlint.service.api.password_forms import PASSWORD_FORMS, password_form
from archlint.service.api.pydantic_models import Field, PydanticModels
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.types import AnnotationContext, Type, Types
from archlint.service.interpreter.values import (
    Bound,
    ClassObject,
    Configured,
    Descriptor,
    External,
    ExternalObject,
    FunctionObject,
    InstanceObject,
    Partial,
    Value,
    settled,
    text,
    truth,
)
from archlint.service.semantics.library_names import CONTAINER_MARKERS

BODY_KINDS = frozenset({"body", "form", "file"})

_MARKERS = {
    "Path": "path",
    "Query": "query",
    "Header": "header",
    "Cookie": "cookie",
    "Body": "body",
    "Form": "form",
    "File": "file",
}
_DEPENDENCIES = frozenset({"Depends", "Security"})
_CONTEXT = frozenset(
    f"{package}.{name}"
    for package, names in (
        ("fastapi", "Request Response WebSocket BackgroundTasks"),
        ("fastapi.security", "SecurityScopes"),
        ("starlette.requests", "Request HTTPConnection"),
        ("starlette.responses", "Response"),
        ("fastapi.requests", "HTTPConnection"),
        ("fastapi.responses", "Response"),
        ("starlette.background", "BackgroundTasks"),
    )
    for name in names.split()
)
_UPLOADS = frozenset({"fastapi.UploadFile", "starlette.datastructures.UploadFile"})
_CONTAINERS = re.compile(
    r"builtins\.(list|dict|set|frozenset|tuple)"
    r"|collections\.(deque|OrderedDict|defaultdict|Counter)"
    r"|collections\.abc\.(Sequence|MutableSequence|Mapping|MutableMapping|Collection|Set)"
)
_MAX_DEPTH = 12
CONSTRAINTS = frozenset(
    ["gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "max_digits"]
)


class Callee(Struct, frozen=True):
    """A function of the service, and how many of its first parameters are already given."""

    function: FunctionObject
    bound: int = 0
    given: frozenset[str] = frozenset()


class Signatures:
    """Reads the signatures of one service's handlers and dependencies."""

    def __init__(self, types: Types, schemas: PydanticModels, *, tells_formats: bool = True) -> None:
        self._types = types
        self._schemas = schemas
        self._tells_formats = tells_formats

    def read(self, endpoint: Value, path: str, dependencies: tuple[Value, ...] = ()) -> Signature:
        """What an endpoint under `path` takes; `dependencies` are those of its decorator and routers."""
        callee = called(endpoint)
        root = Dependant(Dependency("", callee.function if callee else None), endpoint)
        signature = Signature(root)
        names = _path_names(path)
        with deep_recursion():
            for value in dependencies:
                marker = settled(value)
                if _is_dependency(marker):
                    self._depend(signature, root, marker, Type(""), names, ())
            if callee is not None:
                view = _view(endpoint, callee)
                if view is not None:
                    self._view(signature, root, view, names)
                    callee = replace(callee, bound=callee.bound + 1)
                self._function(signature, root, callee, names, ())
        return signature

    def add(self, signature: Signature, asked: Type, path: str) -> None:
        """Let an endpoint depend on one more class."""
        with deep_recursion():
            self._class(signature, signature.root, asked, _path_names(path), ())

    def _view(self, signature: Signature, root: Dependant, view: ClassObject, path: frozenset[str]) -> None:
        """A class-based view: FastAPI makes one for each request, and injects its annotated attributes."""
        dependant = Dependant(Dependency(view.definition.name), view)
        root.dependencies.append(dependant)
        via = (view.definition.name,)
        for ancestor in (one for one in view.lineage() if isinstance(one, ClassObject)):
            where = AnnotationContext(ancestor.module, (ancestor.definition,))
            for name, annotation in ancestor.annotations.items():
                marker = ancestor.namespace.get(name)
                if isinstance(marker, ExternalObject) and _is_dependency(marker):
                    found = self._types.read(annotation, where)
                    self._depend(signature, dependant, marker, found, path, via)
        init = class_member(view, "__init__")
        if isinstance(init, FunctionObject):
            self._function(signature, dependant, Callee(init, 1), path, via)

    def place(self, function: FunctionObject) -> AnnotationContext:
        """Where the function's annotations stand."""
        return AnnotationContext(function.module, (), function.frame)

    def _function(
        self,
        signature: Signature,
        dependant: Dependant,
        callee: Callee,
        path: frozenset[str],
        via: tuple[str, ...],
    ) -> None:
        positional = [p for p in callee.function.definition.parameters if p.kind not in {"*", "**"}]
        for declared in positional[callee.bound :]:
            if declared.name not in callee.given:
                self._parameter(signature, dependant, callee.function, declared, path, via)

    def _parameter(
        self,
        signature: Signature,
        dependant: Dependant,
        function: FunctionObject,
        declared: Declared,
        path: frozenset[str],
        via: tuple[str, ...],
    ) -> None:
        found = self._types.read(declared.annotation, self.place(function))
        default = function.defaults.get(declared.name)
        given = declared.default is not None
        markers = [m for m in (*found.metadata, default) if _is_dependency(m) or _is_marker(m)]
        marker: ExternalObject | None = markers[-1] if markers else None
        if marker is not None and _is_dependency(marker):
            self._depend(signature, dependant, marker, found, path, via)
            return
        if any(member.name in _CONTEXT for member in found.members) or _is_contained(found):
            return
        plain = default if given and not _is_marker(default) else None
        made = Parameter(
            name=declared.name,
            alias=declared.name,
            kind=self._kind(found, declared.name, path),
            type=found,
            required=not given,
            default=plain,
            location=function.module.location(declared),
            annotated=declared.annotation is not None,
            via=via,
        )
        made = _marked(made, marker, plain_default=given and not _is_marker(default)) if marker else made
        dependant.parameters.extend(self._flattened(made))

    def _kind(self, found: Type, name: str, path: frozenset[str]) -> str:
        """What a parameter without `Query()` and its like is."""
        if name in path:
            return "path"
        if found.alias is not None and found.alias.args:
            return "query"  # FastAPI does not look behind the name of a generic alias
        inner = [t for member in found.members for t in member.walk()]
        if any(t.name in _UPLOADS for t in inner):
            return "file"
        return "body" if any(self._is_complex(member) for member in found.members) else "query"

    def _is_complex(self, found: Type) -> bool:
        """Whether FastAPI cannot read it from one string: models, containers."""
        return self._schemas.is_model(found) or _CONTAINERS.fullmatch(found.name) is not None

    def _flattened(self, parameter: Parameter) -> Iterator[Parameter]:
        """A model as `Query()`, `Header()`, `Cookie()` or `Form()`: one parameter for each field."""
        found = parameter.type
        if parameter.kind in {"body", "file", "path"} or not self._schemas.is_model(found):
            yield parameter
            return
        for entry in self._schemas.model(found).fields:
            yield replace(
                parameter,
                name=entry.name,
                alias=self._alias_in(parameter, entry),
                type=entry.type,
                required=entry.required and not found.optional,
                default=entry.default,
                location=entry.location,
                annotated=True,
                marker=entry.declared,
                collected=parameter,
            )

    def _alias_in(self, parameter: Parameter, entry: Field) -> str:
        """What a client calls a model's field: a header has dashes unless told otherwise."""
        dashes = (
            truth(getattr(parameter.marker, "keywords", {}).get("convert_underscores", True)) is not False
        )
        renamed = parameter.kind == "header" and dashes and entry.alias == entry.name
        return entry.alias.replace("_", "-") if renamed else entry.alias

    def _depend(
        self,
        signature: Signature,
        above: Dependant,
        marker: ExternalObject,
        found: Type,
        path: frozenset[str],
        via: tuple[str, ...],
    ) -> None:
        target = settled(marker.keywords.get("dependency", marker.args[0] if marker.args else None))
        scopes = _scopes(marker)
        callee = called(target)
        if target is None or (callee is None and isinstance(target, ClassObject | External)):
            of = found if target is None else self._types.of_value(target)
            self._class(signature, above, dataclasses.replace(of, metadata=()), path, via)
            return
        if callee is not None:
            name = getattr(callee.function.definition, "name", "<lambda>")
            dependant = Dependant(Dependency(name, callee.function), target, scopes)
            above.dependencies.append(dependant)
            if len(via) < _MAX_DEPTH:
                self._function(signature, dependant, callee, path, (*via, name))
        elif isinstance(target, ExternalObject | Bound | InstanceObject):
            above.dependencies.append(Dependant(Dependency(getattr(target, "name", "?")), target, scopes))
        else:
            signature.unknown.append("a dependency that the source does not tell")

    def _class(
        self, signature: Signature, above: Dependant, found: Type, path: frozenset[str], via: tuple[str, ...]
    ) -> None:
        """A class that FastAPI calls: its `__init__`, or a model's fields."""
        if not found.name:
            signature.unknown.append("a dependency that the source does not tell")
            return
        name = found.name.rpartition(".")[2] if found.symbol is not None else found.name
        dependant = Dependant(Dependency(name), found)
        above.dependencies.append(dependant)
        if found.name in PASSWORD_FORMS:
            dependant.parameters.extend(password_form(found.name, via, tells_formats=self._tells_formats))
        elif found.symbol is not None and self._schemas.is_model(found):
            model = self._schemas.model(found)
            for entry in model.fields:
                made = self._argument(entry, path, (*via, name), keeps_marker=model.kind == "dataclass")
                dependant.parameters.append(made)
        elif found.symbol is not None:
            self._initializer(signature, dependant, found, path, (*via, name))

    def _argument(
        self, entry: Field, path: frozenset[str], via: tuple[str, ...], *, keeps_marker: bool
    ) -> Parameter:
        """A field of a model as a parameter of the function that makes the model.

        A dataclass has `Query(…)` for a default; of a Pydantic model's the constraints alone are left.
        """
        kind = self._kind(entry.type, entry.name, path)
        made = Parameter(
            entry.name, entry.alias, kind, entry.type, entry.required, entry.default, entry.location, via=via
        )
        marker = next((m for m in (*entry.type.metadata, entry.declared) if _is_marker(m)), None)
        if marker is None or not keeps_marker:
            return replace(made, marker=_constraints(entry))
        inside = marker is not entry.declared
        return _marked(made, marker, plain_default=inside and not entry.required)

    def _initializer(
        self,
        signature: Signature,
        dependant: Dependant,
        found: Type,
        path: frozenset[str],
        via: tuple[str, ...],
    ) -> None:
        assert found.symbol is not None
        value = self._types.class_value(found.symbol)
        init = class_member(value, "__init__") if value is not None else None
        if isinstance(init, FunctionObject) and len(via) < _MAX_DEPTH:
            self._function(signature, dependant, Callee(init, 1), path, via)


def _path_names(path: str) -> frozenset[str]:
    return frozenset(re.findall(r"{(\w+)(?::\w+)?}", path))


def _view(endpoint: Value, callee: Callee) -> ClassObject | None:
    """The class whose method serves as an endpoint without an object: a class-based view's."""
    function = callee.function
    parameters = function.definition.parameters
    if callee.bound or isinstance(endpoint, Bound) or not isinstance(function.owner, ClassObject):
        return None
    return function.owner if parameters and parameters[0].name == "self" else None


def _constraints(entry: Field) -> ExternalObject | None:
    """What is left of a field's `Field(…)` in the signature of its model: what its values must be like."""
    given = getattr(entry.declared, "keywords", {})
    kept = {name: value for name, value in given.items() if name in CONSTRAINTS}
    return ExternalObject("pydantic.Field", (), kept) if kept else None


def _scopes(marker: ExternalObject) -> tuple[str, ...]:
    if _short(marker) != "Security":
        return ()
    given = settled(marker.keywords.get("scopes", marker.args[1] if len(marker.args) > 1 else None))
    return tuple(s for s in map(text, given) if s) if isinstance(given, list | tuple | set) else ()


def called(value: Value) -> Callee | None:
    """The function of the service that a call of `value` runs, under decorators that name what they wrap."""
    match value:
        case FunctionObject(wraps=inner) if isinstance(inner, FunctionObject) and inner is not value:
            return called(inner)
        case FunctionObject():
            return Callee(value)
        case Bound(function=function):
            inner = called(function)
            return replace(inner, bound=inner.bound + 1) if inner else None
        case Partial(function=function):
            inner = called(function)
            return (
                replace(inner, bound=inner.bound + len(value.args), given=inner.given | set(value.keywords))
                if inner
                else None
            )
        case Descriptor(function=function):
            return called(function)
        case InstanceObject(cls=cls):
            inner = called(class_member(cls, "__call__"))
            return replace(inner, bound=inner.bound + 1) if inner else None
        case Configured(default=default):
            return called(default)
    return None


def _is_contained(found: Type) -> bool:
    """Whether a container of another library gives it: `FromDishka[…]`, `Annotated[…, FromDishka()]`."""
    names = {found.name, *(getattr(entry, "name", "") for entry in found.metadata)}
    return not names.isdisjoint(CONTAINER_MARKERS)


def _is_dependency(value: Value) -> bool:
    return isinstance(value, ExternalObject) and _short(value) in _DEPENDENCIES


def _is_marker(value: Value) -> bool:
    return isinstance(value, ExternalObject) and _short(value) in _MARKERS


def _short(value: ExternalObject) -> str:
    package, _, name = value.name.rpartition(".")
    return name if package.partition(".")[0] in {"fastapi", "taskiq_dependencies"} else ""


def _marked(parameter: Parameter, marker: ExternalObject, *, plain_default: bool) -> Parameter:
    """The parameter as `Query(…)` and its like say; in `Annotated` the default stays outside."""
    kind = _MARKERS[_short(marker)]
    keywords = marker.keywords
    default = keywords.get("default", marker.args[0] if marker.args else External("..."))
    required = isinstance(default, External) and default.name == "..." and "default_factory" not in keywords
    alias = text(keywords.get("validation_alias")) or text(keywords.get("alias")) or parameter.alias
    converted = truth(keywords.get("convert_underscores", True)) is not False
    if kind == "header" and alias == parameter.name and converted:
        alias = alias.replace("_", "-")
    return replace(
        parameter,
        marker=marker,
        kind=kind,
        alias=alias,
        required=False if plain_default else required,
        default=parameter.default if plain_default else None if required else default,
        embed=truth(keywords.get("embed")) is True,
        in_schema=truth(keywords.get("include_in_schema", True)) is not False,
    )
