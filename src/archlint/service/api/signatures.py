"""What a request gives an endpoint: its parameters and its dependencies', as FastAPI reads signatures.

Follows `analyze_param` and `get_dependant` of `fastapi/dependencies/utils.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from archlint.facts.syntax import Parameter
from archlint.service.api.callees import Callee, called, view_of
from archlint.service.api.dependants import Dependant, Dependency, RequestParameter, Signature
from archlint.service.api.filters import Filter, asked_filter, filter_fields
from archlint.service.api.library_dependencies import (
    asked_page_parameters,
    has_plain_bases,
    is_provided,
    named,
    takes_nothing,
)
from archlint.service.api.markers import constraints, is_dependency, is_marker, marked, scopes
from archlint.service.api.password_forms import PASSWORD_FORMS, password_form
from archlint.service.api.pydantic_models import Field, PydanticModels
from archlint.service.api.request_kinds import RequestKinds
from archlint.service.api.routes import Runtime
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.types import AnnotationContext, Type, Types
from archlint.service.interpreter.values import (
    Bound,
    ClassObject,
    External,
    ExternalObject,
    FunctionObject,
    InstanceObject,
    Value,
    settled,
    truth,
)
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbol

BODY_KINDS = frozenset({"body", "form", "file"})

_MAX_DEPTH = 12
_BEHIND_ALIASES = Version("0.128.2")
"""From this version on a parameter is what the type behind its alias is."""

_FORM_FORMATS = Version("0.115.13")
"""From this version on the fields of `OAuth2PasswordRequestForm` that are secret say so."""


class Signatures:
    """Reads the signatures of one service's handlers and dependencies."""

    def __init__(self, types: Types, schemas: PydanticModels, runtime: Runtime) -> None:
        self._types = types
        self._schemas = schemas
        self._kinds = RequestKinds(types, schemas, behind_aliases=runtime.has(_BEHIND_ALIASES))
        self._tells_formats = runtime.has(_FORM_FORMATS)

    def read(self, endpoint: Value, path: str, dependencies: tuple[Value, ...] = ()) -> Signature:
        """What an endpoint under `path` takes; `dependencies` are those of its decorator and routers."""
        callee = called(endpoint)
        root = Dependant(Dependency("", callee.function if callee else None), endpoint)
        signature = Signature(root)
        asking = _Asking(signature, root, _path_names(path))
        with deep_recursion():
            for value in dependencies:
                marker = settled(value)
                if is_dependency(marker):
                    self._depend(asking, marker, Type(""))
            if callee is not None:
                view = view_of(endpoint, callee)
                if view is not None:
                    self._view(asking, view)
                    callee = replace(callee, bound=callee.bound + 1)
                self._function(asking, callee)
        return signature

    def add(self, signature: Signature, asked: Type, path: str) -> None:
        """Let an endpoint depend on one more class, whose fields are taken as they are declared."""
        with deep_recursion():
            self._class(_Asking(signature, signature.root, _path_names(path)), asked, keeps_markers=True)

    def place(self, function: FunctionObject) -> AnnotationContext:
        """Where the function's annotations stand."""
        return AnnotationContext(function.module, (), function.frame)

    def _view(self, above: _Asking, view: ClassObject) -> None:
        """A class-based view: FastAPI makes one for each request, and injects its annotated attributes."""
        asking = above.below(Dependant(Dependency(view.definition.name), view))
        for ancestor in (one for one in view.lineage() if isinstance(one, ClassObject)):
            where = AnnotationContext(ancestor.module, (ancestor.definition,))
            for name, annotation in ancestor.annotations.items():
                marker = ancestor.namespace.get(name)
                if isinstance(marker, ExternalObject) and is_dependency(marker):
                    self._depend(asking, marker, self._types.read(annotation, where))
        init = class_member(view, "__init__")
        if isinstance(init, FunctionObject):
            self._function(asking, Callee(init, 1))

    def _function(self, asking: _Asking, callee: Callee) -> None:
        if len(asking.via) > _MAX_DEPTH:
            return
        positional = [p for p in callee.function.definition.parameters if p.kind not in {"*", "**"}]
        for declared in positional[callee.bound :]:
            if declared.name not in callee.given:
                self._parameter(asking, callee.function, declared)

    def _parameter(self, asking: _Asking, function: FunctionObject, declared: Parameter) -> None:
        found = self._types.read(declared.annotation, self.place(function))
        default = function.defaults.get(declared.name)
        given = declared.default is not None
        markers = [m for m in (*found.metadata, default) if is_marker(m) or self._is_asked(m)]
        marker: ExternalObject | None = markers[-1] if markers else None
        if marker is not None and not is_marker(marker):
            self._depend(asking, marker, found)
            return
        if any(member.name in names_of("injected") for member in found.members) or _is_given(found, default):
            return
        kind = self._kinds.of(found, declared.name, asking.path)
        if kind is None and marker is None:
            asking.signature.unknown.append(f"whether `{declared.name}` is in the query or in the body")
            return
        made = RequestParameter(
            name=declared.name,
            alias=declared.name,
            kind=kind or "query",
            type=found,
            required=not given,
            default=default if given and not is_marker(default) else None,
            location=function.module.location(declared),
            annotated=declared.annotation is not None,
            via=asking.via,
        )
        made = marked(made, marker, plain_default=given and not is_marker(default)) if marker else made
        asking.dependant.parameters.extend(self._flattened(made))

    def _flattened(self, parameter: RequestParameter) -> Iterator[RequestParameter]:
        """A model as `Query()`, `Header()`, `Cookie()` or `Form()`: one parameter for each field."""
        found = parameter.type
        is_hidden = found.alias is not None and not self._kinds.behind_aliases
        if parameter.kind in {"body", "file", "path"} or is_hidden or not self._schemas.is_model(found):
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

    def _alias_in(self, parameter: RequestParameter, entry: Field) -> str:
        """What a client calls a model's field: a header has dashes unless told otherwise."""
        dashes = (
            truth(getattr(parameter.marker, "keywords", {}).get("convert_underscores", True)) is not False
        )
        renamed = parameter.kind == "header" and dashes and entry.alias == entry.name
        return entry.alias.replace("_", "-") if renamed else entry.alias

    def _is_asked(self, value: Value) -> bool:
        return is_dependency(value) or asked_filter(value, self._types) is not None

    def _depend(self, above: _Asking, marker: ExternalObject, found: Type) -> None:
        asked = asked_filter(marker, self._types)
        if asked is not None:
            self._filter(above, asked)
            return
        target = settled(marker.keywords.get("dependency", marker.args[0] if marker.args else None))
        page = asked_page_parameters(target, self._types)
        if page is not None:
            self._class(above, page, keeps_markers=True)
            return
        callee = called(target)
        if target is None or (callee is None and isinstance(target, ClassObject | External)):
            of = found if target is None else self._types.of_value(target)
            self._class(above, replace(of, metadata=()))
        elif callee is not None:
            name = getattr(callee.function.definition, "name", "<lambda>")
            dependant = Dependant(Dependency(name, callee.function), target, scopes(marker))
            self._function(above.below(dependant), callee)
        elif isinstance(target, ExternalObject | Bound | InstanceObject):
            name = getattr(target, "name", "?")
            above.below(Dependant(Dependency(name), target, scopes(marker)))
            if not takes_nothing(target):
                above.signature.unknown.append(_unread(named(target)))
        else:
            above.signature.unknown.append("a dependency that the source does not tell")

    def _class(self, above: _Asking, found: Type, *, keeps_markers: bool = False) -> None:
        """A class that FastAPI calls: its `__init__`, or a model's fields; or a library's function."""
        if not found.name:
            above.signature.unknown.append("a dependency that the source does not tell")
            return
        name = found.name.rpartition(".")[2] if found.symbol is not None else found.name
        asking = above.below(Dependant(Dependency(name), found))
        if found.name in PASSWORD_FORMS:
            form = password_form(found.name, above.via, tells_formats=self._tells_formats)
            asking.dependant.parameters.extend(form)
        elif found.symbol is None and not is_provided(found):
            asking.signature.unknown.append(_unread(found.name))
        elif found.symbol is not None and self._schemas.is_model(found):
            model = self._schemas.model(found)
            if not model.complete:
                asking.signature.unknown.append(_unread(f"a base of {name}"))
            self._fields(asking, model.fields, keeps_markers=keeps_markers or model.kind == "dataclass")
        elif found.symbol is not None:
            self._initializer(asking, found.symbol)

    def _filter(self, above: _Asking, asked: Filter) -> None:
        name = asked.model.name.rpartition(".")[2]
        if not self._schemas.is_model(asked.model):
            above.signature.unknown.append(f"the filter `{name or '?'}`")
            return
        asking = above.below(Dependant(Dependency(name), asked))
        self._fields(asking, filter_fields(asked, self._schemas), keeps_markers=False)

    def _fields(self, asking: _Asking, fields: Iterable[Field], *, keeps_markers: bool) -> None:
        """What a model asks for that FastAPI makes of a request."""
        for entry in fields:
            if isinstance(entry.default, ExternalObject) and self._is_asked(entry.default):
                self._depend(asking, entry.default, entry.type)
            else:
                made = self._argument(asking, entry, keeps_markers=keeps_markers)
                asking.dependant.parameters.extend(made)

    def _argument(self, asking: _Asking, entry: Field, *, keeps_markers: bool) -> Iterator[RequestParameter]:
        """A field of a model as a parameter of the function that makes the model.

        A dataclass has `Query(…)` for a default; of a Pydantic model's the constraints alone are left.
        """
        kind = self._kinds.of(entry.type, entry.name, asking.path)
        marker = next((m for m in (*entry.type.metadata, entry.declared) if is_marker(m)), None)
        is_marked = marker is not None and keeps_markers
        if kind is None and not is_marked:
            asking.signature.unknown.append(f"whether `{entry.name}` is in the query or in the body")
            return
        made = RequestParameter(
            name=entry.name,
            alias=entry.alias,
            kind=kind or "query",
            type=entry.type,
            required=entry.required,
            default=entry.default,
            location=entry.location,
            via=asking.via,
        )
        if marker is None or not is_marked:
            yield replace(made, marker=entry.declared if keeps_markers else constraints(entry))
            return
        inside = marker is not entry.declared
        yield marked(made, marker, plain_default=inside and not entry.required)

    def _initializer(self, asking: _Asking, symbol: Symbol) -> None:
        value = self._types.class_value(symbol)
        init = class_member(value, "__init__") if value is not None else None
        if isinstance(init, FunctionObject):
            self._function(asking, Callee(init, 1))
        elif value is None or init is not None or not has_plain_bases(value):
            asking.signature.unknown.append(_unread(f"{symbol.qualified}.__init__"))


class _Asking(Struct, frozen=True):
    """Who asks a request for something: a dependant of `signature`, reached over `via`.

    `path` are the names of the path's parameters.
    """

    signature: Signature
    dependant: Dependant
    path: frozenset[str]
    via: tuple[str, ...] = ()

    def below(self, dependant: Dependant) -> _Asking:
        """A dependency of the same, which asks for more."""
        self.dependant.dependencies.append(dependant)
        return replace(self, dependant=dependant, via=(*self.via, dependant.dependency.name))


def _path_names(path: str) -> frozenset[str]:
    return frozenset(re.findall(r"{(\w+)(?::\w+)?}", path))


def _unread(name: str) -> str:
    return f"what `{name}` takes of a request, for its code is not in the repository"


def _is_given(found: Type, default: Value) -> bool:
    """Whether a container of another library gives it: `FromDishka[…]`, `= Injected(…)`."""
    if isinstance(default, ExternalObject) and default.name in names_of("injector"):
        return True
    names = {found.name, *(getattr(entry, "name", "") for entry in found.metadata)}
    return not names.isdisjoint(names_of("container marker"))
