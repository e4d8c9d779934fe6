"""Which distributions bring which others, by the dependencies that uv.lock records.

What is recorded is in uv's documentation, "Structure and files", and in `crates/uv-resolver/src/lock`:
`dependencies` and `optional-dependencies` of a package are lists of tables with a name, the extras that are
asked for, and a marker where the dependency is not wanted everywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from packaging.utils import canonicalize_name

from archlint.facts.toml import TomlFile
from archlint.service.packaging.pyproject import DeclaredRequirement

_Node = tuple[str, str | None]
"""A distribution and the extra of it that is meant, None for the distribution itself."""


class LockedGraph(Struct, frozen=True):
    """Every locked distribution, and each of its extras, with what it always brings."""

    edges: Mapping[_Node, tuple[_Node, ...]]

    def way(self, declared: Iterable[DeclaredRequirement], distribution: str) -> tuple[str, ...]:
        """The distributions from a declared one to what brings `distribution`, the shortest way; or none.

        A dependency that a marker restricts is none of a way: it may not be there where the service runs.
        """
        ways = deque(
            (node, (node[0],)) for one in declared if not one.requirement.marker for node in _asked(one)
        )
        seen = {node for node, _ in ways}
        while ways:
            node, way = ways.popleft()
            for wanted in self.edges.get(node, ()):
                if wanted[0] == distribution:
                    return way
                if wanted not in seen:
                    seen.add(wanted)
                    onward = () if wanted[0] == way[-1] else (wanted[0],)
                    ways.append((wanted, (*way, *onward)))
        return ()


def locked_graph(lock: TomlFile | None) -> LockedGraph:
    """The graph of a lock; one without anything where there is no lock."""
    edges: dict[_Node, tuple[_Node, ...]] = {}
    for package in _tables(lock.values.get("package") if lock else None):
        name = package.get("name")
        if isinstance(name, str):
            optional = package.get("optional-dependencies")
            extras = optional.items() if isinstance(optional, dict) else ()
            for extra, items in ((None, package.get("dependencies")), *extras):
                edges[name, extra] = (*edges.get((name, extra), ()), *_wanted(items))
    return LockedGraph(edges)


def _wanted(items: object) -> Iterator[_Node]:
    for item in _tables(items):
        name = item.get("name")
        if isinstance(name, str) and "marker" not in item:
            extras = item.get("extra")
            yield name, None
            yield from ((name, extra) for extra in (extras if isinstance(extras, list) else ()))


def _asked(one: DeclaredRequirement) -> Iterator[_Node]:
    name = canonicalize_name(one.requirement.name)
    yield name, None
    yield from ((name, canonicalize_name(extra)) for extra in sorted(one.requirement.extras))


def _tables(value: object) -> Iterator[dict[str, Any]]:
    return (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))
