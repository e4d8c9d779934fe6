"""Which distributions bring which others, by the dependencies that uv.lock records.

What is recorded is in uv's documentation, "Structure and files", and in `crates/uv-resolver/src/lock`:
`dependencies` and `optional-dependencies` of a package are lists of tables with a name, the extras that are
asked for, and a marker where the dependency is not wanted everywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
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

        A dependency that markers restrict is none of a way: it may not be there where the service runs.
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
    wanted: dict[_Node, dict[_Node, set[str]]] = {}
    for package in _tables(lock.values.get("package") if lock else None):
        name = package.get("name")
        if isinstance(name, str):
            optional = package.get("optional-dependencies")
            extras = optional.items() if isinstance(optional, dict) else ()
            for extra, items in ((None, package.get("dependencies")), *extras):
                markers = wanted.setdefault((name, extra), {})
                for node, marker in _wanted(items):
                    markers.setdefault(node, set()).add(marker)
    python = str(lock.values.get("requires-python", "")) if lock else ""
    return LockedGraph(
        {
            node: tuple(one for one, markers in found.items() if _always(frozenset(markers), python))
            for node, found in wanted.items()
        }
    )


def _wanted(items: object) -> Iterator[tuple[_Node, str]]:
    """What a package depends on, and the marker of each, "" without one."""
    for item in _tables(items):
        name = item.get("name")
        if isinstance(name, str):
            marker, extras = str(item.get("marker", "")), item.get("extra")
            yield (name, None), marker
            yield from (((name, extra), marker) for extra in (extras if isinstance(extras, list) else ()))


@lru_cache(maxsize=256)
def _always(markers: frozenset[str], python: str) -> bool:
    """Whether one of the markers holds wherever the project runs.

    A lock that is forked, by Python or by groups that conflict, asks for one version of a distribution in
    each fork, with a marker that says which. A single marker would have been left out if it always held.
    """
    if "" in markers or len(markers) == 1:
        return "" in markers
    from packaging.markers import InvalidMarker, Marker
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from archlint.service.packaging.markers import equivalent

    try:
        either = Marker(" or ".join(f"({one})" for one in sorted(markers)))
        return equivalent(either, None, SpecifierSet(python)) is True
    except (InvalidMarker, InvalidSpecifier):
        return False


def _asked(one: DeclaredRequirement) -> Iterator[_Node]:
    name = canonicalize_name(one.requirement.name)
    yield name, None
    yield from ((name, canonicalize_name(extra)) for extra in sorted(one.requirement.extras))


def _tables(value: object) -> Iterator[dict[str, Any]]:
    return (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))
