"""What no test reaches, with the module or class that it is of, and the endpoint behind which it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Hit, Link, Location, Severity, Unknown
from archlint.service.api.routes import Endpoint
from archlint.service.calls.functions import Class, Function
from archlint.service.semantics.modules import Module


class Untested(Struct, frozen=True, eq=False):
    """A definition that no test reaches; `words` say what it is: "the function `find`"."""

    module: Module
    place: Location
    name: str
    words: str
    unused: bool = False
    endpoints: tuple[Endpoint, ...] = ()
    """Those that would reach it, if tests requested them."""


def untested_hits(found: Iterable[Untested], remedy: str, of_library: bool) -> Iterator[Hit | Unknown]:
    """The hits for what no test reaches; one that an endpoint without a test would reach is part of that.

    `of_library`: who installs the project may use what nothing here does.
    """
    for one in found:
        if one.unused and of_library:
            yield Unknown(f"uses of `{one.name}`", one.place, _LIBRARY)
            continue
        if one.unused:
            yield Hit(one.place, _fields(f"Nothing uses {one.words}", one.name, _REMOVE), severity=_WARNING)
            continue
        within = Link(Location(one.module.path), f"`{one.module.name}` has what no test reaches")
        part_of = one.endpoints[0].location if one.endpoints else None
        fields = _fields(f"No test reaches {one.words}", one.name, remedy)
        yield Hit(one.place, fields, within=within, part_of=part_of)


def by_name_alone(doubtful: Sequence[Function | Class]) -> Iterator[Unknown]:
    """One unknown for all definitions that tests reach only if a call by name means them."""
    for one in doubtful[:1]:
        more = f", and so of {len(doubtful) - 1} more" if len(doubtful) > 1 else ""
        why = f"only a call whose object is not known, or a path in a string, may lead to it{more}"
        yield Unknown(f"tests of `{name_of(one)}`", place_of(one), why)


def _fields(what: str, name: str, remedy: str) -> dict[str, str]:
    return {"what": what, "name": name, "remedy": remedy}


_LIBRARY = "the project is a library by its classifiers, and programs that install it may use it"
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
