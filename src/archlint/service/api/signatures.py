"""What a request gives an endpoint: its parameters and its dependencies', as FastAPI reads signatures.

Follows `analyze_param` and `get_dependant` of `fastapi/dependencies/utils.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from archlint.facts.syntax import Parameter as Declared
from archlint.findings import Location
from archlint.service.api.pydantic_models import PydanticModels
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

_PASSWORD_FORM = ("grant_type", "username", "password", "scope", "client_id", "client_secret")
_PASSWORD_FORMS = frozenset(
    f"fastapi.security.{module}{name}"
    for module in ("", "oauth2.")
    for name in ("OAuth2PasswordRequestForm", "OAuth2PasswordRequestFormStrict")
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a request gives.

    `kind` is path, query, header, cookie, body, form or file; `name` the argument's name, `alias` what the
    client sends. `via` are the dependencies that ask for it, outermost first. `default` is the evaluated
    value, None where there is none; `annotated` is false where the signature says no type.
    """

    name: str
    alias: str
    kind: str
    type: Type
    required: bool
    default: Value
    location: Location
    annotated: bool = True
    embed: bool = False
    in_schema: bool = True
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependency:
    """One callable that FastAPI calls for an endpoint: of the service, or a library's by `name` alone."""

    name: str
    function: FunctionObject | None = None


@dataclass(slots=True)
class Signature:
    """All that an endpoint takes. `unknown` says what could not be followed."""

    parameters: list[Parameter] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Callee:
    """A function of the service, and how many of its first parameters are already given."""

    function: FunctionObject
    bound: int = 0
    given: frozenset[str] = frozenset()


class Signatures:
    """Reads the signatures of one service's handlers and dependencies."""

    def __init__(self, types: Types, schemas: PydanticModels) -> None:
        self._types = types
        self._schemas = schemas

    def read(self, endpoint: Value, path: str, dependencies: tuple[Value, ...] = ()) -> Signature:
        """What an endpoint under `path` takes; `dependencies` are those of its decorator and routers."""
        signature = Signature()
        names = frozenset(re.findall(r"{(\w+)(?::\w+)?}", path))
        with deep_recursion():
            for value in dependencies:
                marker = settled(value)
                if _is_dependency(marker):
                    self._depend(signature, marker, Type(""), names, ())
            callee = called(endpoint)
            if callee is not None:
                self._function(signature, callee, names, ())
        return signature

    def place(self, function: FunctionObject) -> AnnotationContext:
        """Where the function's annotations stand."""
        return AnnotationContext(function.module, (), function.frame)

    def _function(
        self, signature: Signature, callee: Callee, path: frozenset[str], via: tuple[str, ...]
    ) -> None:
        positional = [p for p in callee.function.definition.parameters if p.kind not in {"*", "**"}]
        for declared in positional[callee.bound :]:
            if declared.name not in callee.given:
                self._parameter(signature, callee.function, declared, path, via)

    def _parameter(
        self,
        signature: Signature,
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
            self._depend(signature, marker, found, path, via)
            return
        if any(member.name in _CONTEXT for member in found.members):
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
        signature.parameters.extend(self._flattened(made))

    def _kind(self, found: Type, name: str, path: frozenset[str]) -> str:
        """What a parameter without `Query()` and its like is."""
        if name in path:
            return "path"
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
                alias=entry.alias,
                type=entry.type,
                required=entry.required,
                default=entry.default,
                location=entry.location,
                annotated=True,
            )

    def _depend(
        self,
        signature: Signature,
        marker: ExternalObject,
        found: Type,
        path: frozenset[str],
        via: tuple[str, ...],
    ) -> None:
        target = settled(marker.keywords.get("dependency", marker.args[0] if marker.args else None))
        if target is None:
            self._class(signature, found, path, via)
            return
        callee = called(target)
        if callee is not None:
            name = getattr(callee.function.definition, "name", "<lambda>")
            if any(known.function is callee.function for known in signature.dependencies):
                return
            signature.dependencies.append(Dependency(name, callee.function))
            if len(via) < _MAX_DEPTH:
                self._function(signature, callee, path, (*via, name))
        elif isinstance(target, ClassObject | External):
            self._class(signature, self._types.of_value(target), path, via)
        elif isinstance(target, ExternalObject | Bound):
            signature.dependencies.append(Dependency(getattr(target, "name", "?")))
        else:
            signature.unknown.append("a dependency that the source does not tell")

    def _class(self, signature: Signature, found: Type, path: frozenset[str], via: tuple[str, ...]) -> None:
        """A class that FastAPI calls: its `__init__`, or a model's fields."""
        name = found.name.rpartition(".")[2]
        if found.name in _PASSWORD_FORMS:
            signature.dependencies.append(Dependency(found.name))
            signature.parameters.extend(_password_form(via))
        elif found.symbol is not None and self._schemas.is_model(found):
            signature.dependencies.append(Dependency(name))
            for entry in self._schemas.model(found).fields:
                kind = self._kind(entry.type, entry.name, path)
                signature.parameters.append(
                    Parameter(
                        entry.name,
                        entry.alias,
                        kind,
                        entry.type,
                        entry.required,
                        entry.default,
                        entry.location,
                        via=(*via, name),
                    )
                )
        elif found.symbol is not None:
            signature.dependencies.append(Dependency(name))
            self._initializer(signature, found, path, (*via, name))
        elif found.name:
            signature.dependencies.append(Dependency(found.name))
        else:
            signature.unknown.append("a dependency that the source does not tell")

    def _initializer(
        self, signature: Signature, found: Type, path: frozenset[str], via: tuple[str, ...]
    ) -> None:
        assert found.symbol is not None
        value = self._types.class_value(found.symbol)
        init = class_member(value, "__init__") if value is not None else None
        if isinstance(init, FunctionObject) and len(via) < _MAX_DEPTH:
            self._function(signature, Callee(init, 1), path, via)


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
        kind=kind,
        alias=alias,
        required=False if plain_default else required,
        default=parameter.default if plain_default else None if required else default,
        embed=truth(keywords.get("embed")) is True,
        in_schema=truth(keywords.get("include_in_schema", True)) is not False,
    )


def _password_form(via: tuple[str, ...]) -> Iterator[Parameter]:
    for name in _PASSWORD_FORM:
        required = name in {"username", "password"}
        yield Parameter(name, name, "form", Type("builtins.str"), required, None, Location(""), via=via)
