"""What FastAPI makes of an endpoint: what it takes, what it answers, how the documentation describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Literal

from msgspec import Struct
from packaging.version import Version

from archlint.facts.syntax import Call, Expression
from archlint.findings import Location
from archlint.service.api.callees import Callee, called
from archlint.service.api.dependants import Dependant, Dependency, RequestParameter
from archlint.service.api.pagination import page_parameters
from archlint.service.api.pydantic_models import PydanticModels
from archlint.service.api.responses import is_response
from archlint.service.api.routes import Endpoint, RouteTable
from archlint.service.api.signatures import BODY_KINDS, Signatures
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.types import NONE, UNKNOWN, AnnotationContext, Type, Types
from archlint.service.interpreter.values import (
    REST,
    Arguments,
    ClassObject,
    External,
    Member,
    Value,
    settled,
    text,
)
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.library_models import LibraryModels
from archlint.service.semantics.symbols import Symbols

_DEFAULT_STATUS = 200
_INFERRED_SCHEMAS = Version("0.89")
"""From this version on the return annotation is the schema where no `response_model` is given."""


class DeclaredAnswer(Struct, frozen=True):
    """The declared answer: `source` tells by what, `"none"` where `response_model=None` refuses a schema.

    `"missing"` is neither a `response_model` nor a return annotation; `type` is then not known. `has_schema`
    is whether FastAPI documents one, as `fastapi/routing.py` decides it.
    """

    source: Literal["response_model", "annotation", "none", "missing"]
    type: Type
    location: Location
    has_schema: bool = False


class Operation(Struct, eq=False, frozen=True):
    """One endpoint in full.

    `parameters` are those of path, query, headers and cookies, `body` those of the body, dependencies'
    included. `status` is None where the source does not tell. `response_class` are the qualified names of a
    class and its ancestors, none for FastAPI's own choice. `responses` are the additional schemas by status:
    None where there is none, `UNKNOWN` for `content` written by hand. `unknown` says what could not be
    followed: then parameters may be missing.
    """

    endpoint: Endpoint
    parameters: tuple[RequestParameter, ...]
    body: tuple[RequestParameter, ...]
    dependencies: tuple[Dependency, ...]
    answer: DeclaredAnswer
    status: int | None
    response_class: tuple[str, ...]
    summary: str | None
    description: str | None
    responses: Mapping[str, Type | None]
    unknown: tuple[str, ...]
    dependant: Dependant


class Operations:
    """The operations of one service."""

    def __init__(
        self, routes: RouteTable, symbols: Symbols, classes: Classes, libraries: LibraryModels | None = None
    ) -> None:
        self._routes = routes
        self._known: dict[int, Operation] = {}
        if routes.machine is not None:
            self.types = Types(routes.machine, symbols, libraries)
            self.schemas = PydanticModels(self.types, symbols, classes)
            self.signatures = Signatures(self.types, self.schemas, routes.runtime)

    def __iter__(self) -> Iterator[Operation]:
        """Of every HTTP endpoint, in the order of the route table."""
        return (self.of(endpoint) for endpoint in self._routes.endpoints if endpoint.kind == "http")

    def of(self, endpoint: Endpoint) -> Operation:
        """The operation of an endpoint of the service."""
        if id(endpoint) not in self._known:
            self._known[id(endpoint)] = self._read(endpoint)
        return self._known[id(endpoint)]

    def _read(self, endpoint: Endpoint) -> Operation:
        options = endpoint.route.options
        signature = self.signatures.read(endpoint.target, endpoint.path, endpoint.dependencies)
        answer = self._answer(endpoint)
        page = page_parameters(answer.type, self.types)
        if page is not None:
            self.signatures.add(signature, page, endpoint.path)
        parameters = tuple(signature.parameters)
        description = text(options.get("description")) or endpoint.handler.docstring
        return Operation(
            endpoint=endpoint,
            parameters=tuple(p for p in parameters if p.kind not in BODY_KINDS),
            body=tuple(p for p in parameters if p.kind in BODY_KINDS),
            dependencies=tuple(signature.dependencies),
            answer=answer,
            status=_status(options.get("status_code", _DEFAULT_STATUS)),
            response_class=self._response_class(options.get("response_class")),
            summary=text(options.get("summary")),
            description=description,
            responses=self._responses(options.get("responses")),
            unknown=tuple(signature.unknown),
            dependant=signature.root,
        )

    def _answer(self, endpoint: Endpoint) -> DeclaredAnswer:
        options, place = endpoint.route.options, endpoint.place
        if "response_model" in options:
            value = options["response_model"]
            written = _keyword(place.node, "response_model")
            where = place.module.location(written) if written is not None else endpoint.location
            if settled(value) is None:
                return DeclaredAnswer("none", NONE, where)
            return DeclaredAnswer(
                "response_model", self._written(endpoint, written, value), where, has_schema=True
            )
        callee = called(endpoint.target)
        returns = getattr(callee.function.definition, "returns", None) if callee else None
        if callee is None or returns is None:
            return DeclaredAnswer("missing", UNKNOWN, endpoint.handler.location)
        found = self.types.read(returns, self._place(callee))
        where = callee.function.module.location(returns)
        described = self._routes.runtime.has(_INFERRED_SCHEMAS) and found != NONE
        return DeclaredAnswer("annotation", found, where, described and not is_response(found, self.types))

    def _place(self, callee: Callee) -> AnnotationContext:
        return self.signatures.place(callee.function)

    def _written(self, endpoint: Endpoint, expression: Expression | None, value: Value) -> Type:
        """The type that the decorator is given, or as it writes it: values know no names in quotes."""
        found = self.types.of_value(value)
        if expression is None:
            return found
        written = self.types.read(expression, AnnotationContext(endpoint.place.module))
        named = any(inner.alias is not None for inner in written.walk())
        return written if named or _gaps(found) > _gaps(written) else found

    def _response_class(self, value: Value) -> tuple[str, ...]:
        found = settled(value)
        lineage = found.lineage() if isinstance(found, ClassObject) else [found]
        named = (cls for cls in lineage if isinstance(cls, ClassObject | External))
        return tuple(self.types.of_value(cls).name for cls in named)

    def status_of(self, value: Value) -> str:
        """A key of `responses=`: a status in digits, a range, or `default`."""
        number = _status(value)
        return str(number) if number is not None else text(value) or "?"

    def model_of(self, entry: Value) -> Type:
        """The type of an additional response's `model`."""
        return self._model(entry) or UNKNOWN

    def identify(self, maker: Value, endpoint: Endpoint, path: str) -> str | None:
        """The id that the service's own function gives to a route that its app serves at `path`."""
        route = replace(endpoint.route, path=path, tags=list(endpoint.tags))
        with deep_recursion():
            return text(self.types.call(maker, Arguments((route,), {}, endpoint.place)))

    def _responses(self, value: Value) -> dict[str, Type | None]:
        found = settled(value)
        if not isinstance(found, dict):
            return {}
        return {self.status_of(key): self._model(entry) for key, entry in found.items() if key is not REST}

    def _model(self, entry: Value) -> Type | None:
        found = settled(entry)
        if not isinstance(found, dict) or not found.keys() & {"model", "content"}:
            return None
        return self.types.of_value(found["model"]) if "model" in found else UNKNOWN


def _gaps(found: Type) -> int:
    return sum(inner == UNKNOWN for inner in found.walk())


def _keyword(node: object, name: str) -> Expression | None:
    keywords = node.keywords if isinstance(node, Call) else ()
    return next((keyword.value for keyword in keywords if keyword.name == name), None)


def _status(value: Value) -> int | None:
    """The number of a status, written as such, as `status.HTTP_…` or as a member of `HTTPStatus`."""
    found = settled(value)
    if isinstance(found, Member):
        found = settled(found.value)
    if isinstance(found, int):
        return found
    return named_status(found.name) if isinstance(found, External) else None


def named_status(qualified: str) -> int | None:
    """The number of `starlette.status.HTTP_…` or a member of `http.HTTPStatus`; None of other names."""
    name = qualified.removesuffix(".value").rpartition(".")[2]
    if name.startswith("HTTP_") and name[5:8].isdigit():
        return int(name[5:8])
    return HTTPStatus[name].value if name in HTTPStatus.__members__ else None
