"""Where a file creates a web application, of FastAPI or of another framework."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, ClassDef, Expression, FunctionDef, Import
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.semantics.library_names import libraries

FASTAPI = "FastAPI"


class Creation(Struct, frozen=True):
    """A call that makes an application, or a subclass of its class.

    `owner` is the top-level `def` or class around it, None at the module's own level.
    """

    framework: str
    node: Call | ClassDef
    owner: str | None


@summary
def creations(source: PythonSource) -> tuple[Creation, ...]:
    """The applications that a file creates, in reading order, by the names that its own imports give."""
    names = imported_names(source)
    if _telling().isdisjoint(names.values()):
        return ()
    found = (
        Creation(framework, node, owner)
        for owner, node, name in uses(source)
        if (framework := _makers().get(_absolute(name, names)))
    )
    return tuple(sorted(found, key=lambda creation: creation.node.start))


@cache
def _makers() -> dict[str, str]:
    """The frameworks by the names of what makes their applications."""
    return {name: one.title for one in libraries() for name in one.names.get("app maker", ())}


@cache
def _telling() -> frozenset[str]:
    """These names, and those of all that is around them."""
    parts = (name.split(".") for name in _makers())
    return frozenset(".".join(one[:length]) for one in parts for length in range(1, len(one) + 1))


def makes_app(sources: Iterable[PythonSource]) -> bool:
    """Whether any of the files creates a FastAPI application."""
    return any(creation.framework == FASTAPI for source in sources for creation in creations(source))


def uses(source: PythonSource) -> Iterator[tuple[str | None, Call | ClassDef, str]]:
    """Every call and every base of a class by its dotted name, with the top-level definition around it."""
    tops = [statement for statement in source.body if isinstance(statement, FunctionDef | ClassDef)]
    starts = [top.start for top in tops]
    named: list[tuple[Call | ClassDef, Expression]] = [(node, node.func) for node in source.nodes.of(Call)]
    bases = [(node, base) for node in source.nodes.of(ClassDef) for base in node.bases]
    for node, function in (*named, *bases):
        if name := dotted(function):
            around = bisect_right(starts, node.start) - 1
            owner = tops[around].name if around >= 0 and node.start < tops[around].end else None
            yield owner, node, name


def imported_names(source: PythonSource) -> Mapping[str, str]:
    """The names that a file's absolute imports bind, with what they mean."""
    names: dict[str, str] = {}
    for statement in (one.statement for one in source.imports):
        for alias in statement.names:
            if not isinstance(statement, Import):
                names[alias.asname or alias.name] = f"{'.' * statement.level}{statement.module}.{alias.name}"
            elif alias.asname:
                names[alias.asname] = alias.name
            else:
                top = alias.name.partition(".")[0]
                names[top] = top
    return names


def _absolute(name: str, names: Mapping[str, str]) -> str:
    first, _, rest = name.partition(".")
    target = names.get(first, "")
    return f"{target}.{rest}" if rest else target


@summary
def using(source: PythonSource, wanted: str) -> tuple[tuple[str | None, Call | ClassDef], ...]:
    """The calls and classes of a file that use one of the names, with the top-level definition around."""
    names = frozenset(wanted.split())
    return tuple((owner, node) for owner, node, name in uses(source) if name.rpartition(".")[2] in names)


INCLUDE = "include_router"


@summary
def router_includes(source: PythonSource) -> tuple[Call, ...]:
    """The calls of `include_router`."""
    calls = source.nodes.of(Call) if INCLUDE in source.names else ()
    return tuple(call for call in calls if isinstance(call.func, Attribute) and call.func.attr == INCLUDE)
