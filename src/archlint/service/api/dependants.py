"""What a request gives an endpoint, as records: parameters, dependencies and whose they are."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from archlint.findings import Location
from archlint.service.interpreter.types import Type
from archlint.service.interpreter.values import (
    Bound,
    ExternalObject,
    FunctionObject,
    Value,
)


class RequestParameter(Struct, frozen=True):
    """One thing that a request gives.

    `kind` is path, query, header, cookie, body, form or file; `name` the argument's name, `alias` what the
    client sends. `via` are the dependencies that ask for it, outermost first. `default` is the evaluated
    value, None where there is none; `annotated` is false where the signature says no type. `marker` is the
    `Query(…)` or its like, in whose place a model's field has `declared`.
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
    marker: ExternalObject | None = None
    collected: RequestParameter | None = None
    """The parameter whose type is a model that this is a field of: `Annotated[Filters, Query()]`."""


class Dependency(Struct, frozen=True):
    """One callable that FastAPI calls for an endpoint: of the service, or a library's by `name` alone."""

    name: str
    function: FunctionObject | None = None


class Dependant(Struct, eq=False):
    """A callable with what it takes itself, and with the dependencies that it asks for.

    `target` is what is called; `scopes` are those that `Security(…)` asks for here.
    """

    dependency: Dependency
    target: Value = None
    scopes: tuple[str, ...] = ()
    parameters: list[RequestParameter] = field(default_factory=list)
    dependencies: list[Dependant] = field(default_factory=list)

    def walk(self) -> Iterator[Dependant]:
        """It and all below, in the order in which FastAPI documents them, each callable once."""
        seen: set[tuple[object, ...]] = set()
        pending = [self]
        while pending:
            current = pending.pop()
            key = (*identity_of(current.target), current.scopes)
            if key not in seen:
                seen.add(key)
                yield current
                pending.extend(reversed(current.dependencies))


def identity_of(target: Value) -> tuple[object, ...]:
    """What makes two uses of a dependency one: the function and its receiver."""
    match target:
        case Bound(function=function, receiver=receiver):
            return (*identity_of(function), id(receiver))
        case Type():
            return (target.name,)
    return (id(target),)


class Signature(Struct):
    """All that an endpoint takes. `unknown` says what could not be followed."""

    root: Dependant
    unknown: list[str] = field(default_factory=list)

    @property
    def parameters(self) -> Iterator[RequestParameter]:
        """The endpoint's own, then those of its dependencies."""
        return (parameter for dependant in self.root.walk() for parameter in dependant.parameters)

    @property
    def dependencies(self) -> Iterator[Dependency]:
        """All that FastAPI calls before the endpoint."""
        return (one.dependency for one in self.root.walk() if one is not self.root)
