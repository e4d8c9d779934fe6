"""What no test reaches, told once for a whole module or class of which nothing is reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Hit, Link, Location, Severity, Unknown
from archlint.service.api.routes import Endpoint
from archlint.service.calls.functions import Class, Function
from archlint.service.semantics.modules import Module

_SHOWN = 3


class Untested(Struct, frozen=True, eq=False):
    """A definition that no test reaches; `words` say what it is: "the function `find`"."""

    module: Module
    place: Location
    name: str
    words: str
    unused: bool = False
    cause: Link | None = None
    """The router whose endpoints would reach it, if tests requested them."""


def untested_hits(found: Iterable[Untested], doubtful: int, any_proven: bool, whole: str) -> Iterator[Hit]:
    """The hits for definitions of one module or class, which `whole` names.

    They are one unless something in it is proven to be reached; `doubtful` counts what may be.
    """
    alive = []
    for one in found:
        if one.unused:
            yield Hit(one.place, _fields(f"Nothing uses {one.words}", one.name, _REMOVE), severity=_WARNING)
        else:
            alive.append(one)
    if len(alive) > 1 and not any_proven:
        short = [f"`{one.name.rpartition('.')[2]}`" for one in alive[:_SHOWN]]
        named = ", ".join(short) + (" …" if len(alive) > _SHOWN else "")
        links = tuple(Link(one.place, f"No test reaches {one.words}") for one in alive)
        what = (
            f"No test reaches {len(alive)} of {whole}" if doubtful else f"No test reaches anything in {whole}"
        )
        rest = f"; to {doubtful} more only a name may lead" if doubtful else ""
        yield Hit(alive[0].place, _fields(f"{what}: {named}{rest}", whole), links, cause=alive[0].cause)
    else:
        for one in alive:
            yield Hit(one.place, _fields(f"No test reaches {one.words}", one.name), cause=one.cause)


def by_name_alone(doubtful: Sequence[Function | Class]) -> Iterator[Unknown]:
    """One unknown for all definitions that tests reach only if a call by name means them."""
    for one in doubtful[:1]:
        more = f", and so of {len(doubtful) - 1} more" if len(doubtful) > 1 else ""
        why = f"only a call whose object is not known, or a path in a string, may lead to it{more}"
        yield Unknown(f"tests of `{name_of(one)}`", place_of(one), why)


def untested_router(endpoint: Endpoint) -> Link:
    """The module of an endpoint that no test requests."""
    home = endpoint.home
    return Link(Location(home.path), f"endpoints of `{home.name}` that no test requests")


def _fields(what: str, name: str, remedy: str = "") -> dict[str, str]:
    return {"what": what, "name": name, "remedy": remedy}


_REMOVE = "Remove it, or say who uses it"
_WARNING = Severity.WARNING


def name_of(one: Function | Class) -> str:
    """The name that it is defined under."""
    assert isinstance(one.node, FunctionDef | ClassDef)
    return one.node.name


def place_of(one: Function | Class) -> Location:
    """The name in a definition."""
    node = one.node
    assert isinstance(node, FunctionDef | ClassDef)
    return one.module.span(node.name_start, node.name_start + len(node.name))
