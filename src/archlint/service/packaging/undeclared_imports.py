"""Which distributions a service imports from, and whether its project declares them.

Only what is certain counts: an import belongs to a distribution when the lock has one that is known to
provide that name, by the table of `source_roots` or because the names agree; or when uv.lock has none that
might, and the name is that of a library which everybody knows.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import takewhile

from msgspec import Struct
from packaging.utils import canonicalize_name

from archlint.facts.syntax import Alias, ImportFrom
from archlint.findings import Location
from archlint.paths import ancestors
from archlint.service.packaging.locked_graph import LockedGraph, locked_graph
from archlint.service.packaging.pyproject import DeclaredRequirement, ServiceProject
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.source_roots import Project, find_projects, import_names

_WELL_KNOWN = frozenset({
    "aiohttp", "anthropic", "asyncpg", "boto3", "celery", "httpx", "loguru", "lxml", "matplotlib",
    "msgspec", "numpy", "openai", "openpyxl", "orjson", "pandas", "polars", "pyarrow", "pydantic", "pymongo",
    "redis", "requests", "rich", "scipy", "sqlalchemy", "sqlmodel", "stripe", "structlog", "tenacity",
    "torch", "transformers", "typer", "uvicorn",
})  # fmt: skip
"""Distributions whose import name is their own, and which nothing else gives."""


class Undeclared(Struct, frozen=True):
    """An imported distribution that the project does not declare; `places` are its imports.

    `way` leads from a distribution that the project asks for, in an extra too, to the one that brings it, by
    the lock; `groups` are the groups that bring it where nothing else does.
    """

    distribution: str
    places: tuple[Location, ...]
    way: tuple[str, ...]
    groups: tuple[str, ...]


class Distributions(Struct, eq=False, frozen=True, dict=True):
    """What the runtime modules import from outside, against the project's declarations."""

    modules: Modules
    project: ServiceProject

    def undeclared(self) -> Iterator[Undeclared]:
        """The distributions that only arrive because another one needs them, by name."""
        found: dict[str, list[Location]] = {}
        for name, place in self._asked:
            if (distribution := self._provider(name)) is not None and not self._is_listed(
                distribution, place
            ):
                found.setdefault(distribution, []).append(place)
        return (self._brought_in(name, tuple(places)) for name, places in sorted(found.items()))

    def _brought_in(self, name: str, places: tuple[Location, ...]) -> Undeclared:
        """What is known of how an undeclared distribution comes in."""
        asked = [one for one in self.project.declared if one.group is None]
        if way := self._graph.way(asked, name):
            return Undeclared(name, places, way, ())
        by_group: dict[str, list[DeclaredRequirement]] = {}
        for one in self.project.declared:
            by_group.setdefault(one.group or "", []).append(one)
        groups = (group for group, declared in by_group.items() if self._graph.way(declared, name))
        return Undeclared(name, places, (), tuple(groups))

    @cached_property
    def _graph(self) -> LockedGraph:
        return locked_graph(self.project.lock)

    def _is_listed(self, distribution: str, place: Location) -> bool:
        """Whether a list of requirements nearer to the module than the project's own names it."""
        own = self.project.pyproject.folder if self.project.pyproject else self.project.root
        nearer = takewhile(lambda folder: folder != own, ancestors(posixpath.dirname(place.file) or "."))
        return any(distribution in self._projects[f].dependencies for f in nearer if f in self._projects)

    @cached_property
    def _projects(self) -> dict[str, Project]:
        return find_projects(self.project.repository)

    def unattributed(self) -> Iterator[tuple[str, Location]]:
        """The imported names that no declared distribution is known to give, nor certainly another."""
        return (
            (name, place)
            for name, place in self._asked
            if not self._is_declared(name) and self._provider(name) is None
        )

    @cached_property
    def _asked(self) -> tuple[tuple[str, Location], ...]:
        return tuple(found for module in self.modules.runtime for found in self._outside(module))

    def _outside(self, module: Module) -> Iterator[tuple[str, Location]]:
        """The top-level names that a module needs from outside of the repository."""
        for one in module.source.imports:
            if one.guarded or one.type_checking:
                continue
            statement = one.statement
            if isinstance(statement, ImportFrom):
                pairs = [] if statement.level else [(statement.module, statement.names[0])]
            else:
                pairs = [(alias.name, alias) for alias in statement.names]
            yield from self._foreign(module, pairs)

    @cached_property
    def _at_start(self) -> frozenset[str]:
        """The top-level names that modules import when they are imported themselves."""
        found = (one for module in self.modules.runtime for one in module.source.imports)
        statements = [one.statement for one in found if not (one.lazy or one.guarded or one.type_checking)]
        of = [one.module for one in statements if isinstance(one, ImportFrom)]
        whole = [name.name for one in statements if not isinstance(one, ImportFrom) for name in one.names]
        return frozenset(dotted.partition(".")[0] for dotted in (*of, *whole))

    def _foreign(self, module: Module, pairs: list[tuple[str, Alias]]) -> Iterator[tuple[str, Location]]:
        for dotted, alias in pairs:
            top = dotted.partition(".")[0]
            own = self.modules.find(top, module) or self.modules.find(dotted, module)
            if own is None and top not in sys.stdlib_module_names and not self._is_folder(top):
                yield top, module.location(alias)

    def _is_folder(self, name: str) -> bool:
        """Whether a folder or file of the repository may be what is imported."""
        return name in self._names_of_files

    @cached_property
    def _names_of_files(self) -> frozenset[str]:
        parts = (part for file in self.project.repository.files for part in file.split("/"))
        return frozenset(part.removesuffix(".py") for part in parts)

    def _provider(self, name: str) -> str | None:
        """The locked distribution that provides a name when no declared one may."""
        providers = self._by_import_name.get(name, [])
        if self._is_declared(name) or not self._asked_for.isdisjoint(providers):
            return None  # of a group: whether the module runs without it is not known
        if not providers and self.project.lock is not None and name in _WELL_KNOWN & self._at_start:
            return name
        sure = [d for d in providers if _plain(name) == d] or providers
        return sure[0] if len(sure) == 1 else None

    def _is_declared(self, name: str) -> bool:
        """Whether a declared distribution gives the name, or may by its own: `google-cloud-storage`."""
        prefix = f"{_plain(name)}-"
        return name in self._declared_names or any(one.startswith(prefix) for one in self._declared)

    @cached_property
    def _asked_for(self) -> frozenset[str]:
        return frozenset(canonicalize_name(entry.requirement.name) for entry in self.project.declared)

    @cached_property
    def _by_import_name(self) -> dict[str, list[str]]:
        """The locked distributions that may give each top-level name."""
        found: dict[str, list[str]] = {}
        for distribution in sorted(self._locked):
            for name in import_names(distribution):
                found.setdefault(name, []).append(distribution)
        return found

    @cached_property
    def _declared(self) -> frozenset[str]:
        """All that the project asks for, in extras too, and what the extras that it asks for bring."""
        entries = [entry for entry in self.project.declared if entry.group is None]
        names: set[str] = {canonicalize_name(entry.requirement.name) for entry in entries}
        for entry in entries:
            for extra in entry.requirement.extras:
                names |= self._brought(canonicalize_name(entry.requirement.name), extra)
        return frozenset(names)

    @cached_property
    def _declared_names(self) -> frozenset[str]:
        return frozenset(name for distribution in self._declared for name in import_names(distribution))

    @cached_property
    def _locked(self) -> dict[str, dict[str, object]]:
        packages = self.project.lock.values.get("package", []) if self.project.lock else []
        return {p["name"]: p for p in packages if isinstance(p, dict) and isinstance(p.get("name"), str)}

    def _brought(self, name: str, extra: str) -> set[str]:
        optional = self._locked.get(name, {}).get("optional-dependencies")
        items = optional.get(extra, []) if isinstance(optional, dict) else []
        return {item["name"] for item in items if isinstance(item, dict) and "name" in item}


def _plain(name: str) -> str:
    return name.replace("_", "-").lower()
