"""The service's pyproject.toml, its uv workspace and lock, and the requirements that it declares.

Where uv looks for a workspace and its lock is in its documentation, "Using workspaces", and in
`crates/uv-workspace/src/workspace.rs`: the nearest pyproject.toml above a project decides.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from packaging.utils import canonicalize_name

from archlint import documents
from archlint.discover import Repository
from archlint.facts.toml import TomlFile
from archlint.findings import Location, Unknown
from archlint.paths import ancestors, join
from archlint.service.packaging.entry_points import entry_points
from archlint.service.semantics.source_roots import find_projects

if TYPE_CHECKING:
    from packaging.requirements import Requirement


_MAX_INCLUDES = 50
_LIBRARIES = "Topic :: Software Development :: Libraries"
_TYPED = "Typing :: Typed"


class DeclaredRequirement(Struct, frozen=True):
    """A requirement as pyproject.toml declares it.

    `extra` or `group` name where it stands, normalized; both are None for a runtime dependency.
    """

    requirement: Requirement
    location: Location
    extra: str | None = None
    group: str | None = None


class Pyproject(Struct, eq=False, frozen=True, dict=True):
    """One pyproject.toml; `folder` is POSIX, relative to the repository's root, `"."` for that itself."""

    folder: str
    file: TomlFile

    @property
    def name(self) -> str | None:
        """The project's normalized name, None without a `[project]` table."""
        name = self.file.get("project", "name")
        return canonicalize_name(name) if isinstance(name, str) else None

    @property
    def dynamic(self) -> frozenset[str]:
        """The fields of `[project]` that the build backend fills in."""
        return frozenset(strings(self.file.get("project", "dynamic")))

    @cached_property
    def declared(self) -> tuple[DeclaredRequirement, ...]:
        """Every requirement: dependencies, extras, then groups with their includes followed."""
        return tuple(entry for entry in self._entries if isinstance(entry, DeclaredRequirement))

    @cached_property
    def problems(self) -> tuple[Unknown, ...]:
        """What of the declarations cannot be read."""
        return tuple(entry for entry in self._entries if isinstance(entry, Unknown))

    @cached_property
    def extras(self) -> frozenset[str]:
        """The normalized names of the extras."""
        return frozenset(map(canonicalize_name, self.file.table("project", "optional-dependencies")))

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The dependency groups' names as written."""
        return tuple(self.file.table("dependency-groups"))

    @cached_property
    def _entries(self) -> tuple[DeclaredRequirement | Unknown, ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[DeclaredRequirement | Unknown]:
        yield from self._requirements("project", "dependencies")
        for extra in self.file.table("project", "optional-dependencies"):
            yield from self._requirements(
                "project", "optional-dependencies", extra, extra=canonicalize_name(extra)
            )
        for group in self.groups:
            yield from self._group(group, canonicalize_name(group), (), set())
        yield from self._requirements("tool", "uv", "dev-dependencies", group="dev")

    def _requirements(
        self, *keys: str, extra: str | None = None, group: str | None = None
    ) -> Iterator[DeclaredRequirement | Unknown]:
        items = self.file.get(*keys)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, str):
                yield self._requirement(item, self.file.location(*keys, index), extra, group)

    def _group(
        self, name: str, group: str, path: tuple[str, ...], done: set[str]
    ) -> Iterator[DeclaredRequirement | Unknown]:
        """PEP 735: strings are requirements, `{include-group = …}` brings another group's, once."""
        items = self.file.get("dependency-groups", name)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            place = self.file.location("dependency-groups", name, index)
            if isinstance(item, str):
                yield self._requirement(item, place, None, group)
            elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
                included = self._group_named(item["include-group"])
                if included is None or included in (*path, name):
                    yield Unknown("the dependency groups", place, "a group includes itself or a missing one")
                elif included not in done and len(path) < _MAX_INCLUDES:
                    yield from self._group(included, group, (*path, name), done)
        done.add(name)

    def _group_named(self, name: str) -> str | None:
        return self._groups_by_name.get(canonicalize_name(name))

    @cached_property
    def _groups_by_name(self) -> dict[str, str]:
        return {canonicalize_name(group): group for group in reversed(self.groups)}

    def _requirement(
        self, text: str, place: Location, extra: str | None, group: str | None
    ) -> DeclaredRequirement | Unknown:
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            return DeclaredRequirement(Requirement(text), place, extra, group)
        except (InvalidRequirement, RecursionError):
            return Unknown(f"the requirement `{text}`", place, "it is not a PEP 508 requirement")


class ServiceProject(Struct, eq=False, frozen=True, dict=True):
    """How a service is packaged; `root` is the service's folder."""

    root: str
    repository: Repository

    @cached_property
    def pyproject(self) -> Pyproject | None:
        """The nearest pyproject.toml at or above the service's folder; None when there is none."""
        return None if self._nearest is None else self._pyproject(self._nearest)

    @cached_property
    def problems(self) -> tuple[Unknown, ...]:
        """Why the nearest pyproject.toml cannot be read, when it cannot."""
        path = None if self._nearest is None else join(self._nearest, "pyproject.toml")
        return () if path is None else documents.toml(self.repository, path).problems

    @cached_property
    def _nearest(self) -> str | None:
        """The nearest folder at or above the service's with a pyproject.toml."""
        return next(filter(self._has_pyproject, self.folders), None)

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """Its folder and those above, up to a project that is beside the service."""
        above = tuple(ancestors(self.root))
        nearest = next(filter(self._has_pyproject, above), self.root)
        is_anothers = nearest != self.root and self._is_beside(nearest)
        return above[: above.index(nearest)] if is_anothers else above

    def _has_pyproject(self, folder: str) -> bool:
        return self.repository.has(join(folder, "pyproject.toml"))

    def _is_beside(self, folder: str) -> bool:
        """Whether a folder's project has no FastAPI, and the service's own list of requirements has it."""
        projects = find_projects(self.repository)
        own, outer = projects.get(self.root), projects.get(folder)
        if own is None or outer is None or outer.name is None or "fastapi" not in own.requirements:
            return False
        is_filled_in = "dependencies" in strings(outer.pyproject.get("project", "dynamic"))
        return "fastapi" not in outer.dependencies and not is_filled_in

    @cached_property
    def is_library(self) -> bool:
        """Whether its classifiers say that it is one, with types for programs that are nowhere here."""
        if self.pyproject is None:
            return False
        tables = ("project",), ("tool", "poetry")
        found = [one for table in tables for one in strings(self.pyproject.file.get(*table, "classifiers"))]
        return _TYPED in found and any(one.startswith(_LIBRARIES) for one in found)

    @property
    def label(self) -> str:
        """What to call the service in a message: its project's name, else its folder."""
        if self.pyproject is not None and self.pyproject.name is not None:
            return self.pyproject.name
        return "the service" if self.root == "." else self.root

    @cached_property
    def workspace(self) -> Pyproject | None:
        """The pyproject.toml beside which uv keeps the lock: the workspace root's, or the project's own."""
        own = self.pyproject
        if own is None or _workspace_table(own) is not None:
            return own
        for folder in ancestors(posixpath.dirname(own.folder) or ".") if own.folder != "." else ():
            above = self._pyproject(folder)
            if above is not None and _workspace_table(above) is not None:
                return above if _is_member(own.folder, above) else own
            if above is not None and above.name is not None:
                return own
        return own

    @cached_property
    def members(self) -> tuple[Pyproject, ...]:
        """The workspace's projects, the root first when it is one; a lone project is its own workspace."""
        root = self.workspace
        members = tuple(p for p in map(self._pyproject, self._member_folders) if p and _is_managed(p))
        return (root, *members) if root is not None and root.name is not None else members

    @property
    def unread_members(self) -> Iterator[Unknown]:
        """What is wrong with the pyproject.toml of members that cannot be read."""
        for folder in self._member_folders:
            yield from documents.toml(self.repository, join(folder, "pyproject.toml")).problems

    @cached_property
    def _member_folders(self) -> tuple[str, ...]:
        """The folders of the workspace's projects but for its root."""
        root = self.workspace
        if root is None:
            return ()
        split = (posixpath.split(file) for file in self.repository.files)
        folders = sorted(folder or "." for folder, name in split if name == "pyproject.toml")
        return tuple(f for f in folders if f != root.folder and _is_member(f, root, "[^/]*"))

    @property
    def lock_path(self) -> str:
        """Where uv would look for the lock."""
        return join(self.workspace.folder if self.workspace else self.root, "uv.lock")

    @cached_property
    def lock(self) -> TomlFile | None:
        """The lock, None when there is none."""
        has_lock = self.repository.has(self.lock_path)
        return documents.toml(self.repository, self.lock_path) if has_lock else None

    @cached_property
    def uv_toml(self) -> dict[str, Any]:
        """What a uv.toml beside the lock says; it replaces most of `[tool.uv]`."""
        path = join(posixpath.dirname(self.lock_path) or ".", "uv.toml")
        return documents.toml(self.repository, path).values

    def path_dependencies(self, lock: TomlFile) -> Iterator[Pyproject]:
        """The projects of the repository that a lock takes by path and that are no members."""
        here = posixpath.dirname(self.lock_path) or "."
        inside = {member.folder for member in self.members}
        packages = lock.get("package")
        for package in packages if isinstance(packages, list) else ():
            source = package.get("source") if isinstance(package, dict) else None
            for kind in ("directory", "editable", "virtual"):
                path = source.get(kind) if isinstance(source, dict) else None
                folder = join(here, path) if isinstance(path, str) else None
                found = self._pyproject(folder) if folder and folder not in inside else None
                if found is not None and found.name is not None:
                    yield found

    @cached_property
    def declared(self) -> tuple[DeclaredRequirement, ...]:
        """Every requirement that the service's own pyproject.toml declares."""
        return self.pyproject.declared if self.pyproject else ()

    @property
    def scripts(self) -> dict[str, str]:
        """The commands that the project installs, with the `module:function` that each calls."""
        table = self.pyproject.file.table("project", "scripts") if self.pyproject else {}
        return {name: value for name, value in table.items() if isinstance(value, str)}

    @property
    def entry_points(self) -> tuple[tuple[str, str, str], ...]:
        """What it declares for others to load: group, name and value of each."""
        config = documents.ini(self.repository, join(self.root, "setup.cfg"))
        return tuple(entry_points(self.pyproject.file if self.pyproject else None, config))

    def _pyproject(self, folder: str) -> Pyproject | None:
        file = documents.toml(self.repository, join(folder, "pyproject.toml"))
        return None if file.problems else Pyproject(folder, file)


def strings(value: Any) -> Iterator[str]:
    """The strings in a list; nothing of any other value."""
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else iter(())


def _workspace_table(pyproject: Pyproject) -> dict[str, Any] | None:
    table = pyproject.file.get("tool", "uv", "workspace")
    return table if isinstance(table, dict) else None


def _is_managed(pyproject: Pyproject) -> bool:
    """Whether it is a project, and none that uv is told to leave alone."""
    return pyproject.name is not None and pyproject.file.get("tool", "uv", "managed") is not False


def _is_member(folder: str, root: Pyproject, star: str = ".*") -> bool:
    table = _workspace_table(root) or {}
    included = _matches(folder, root.folder, strings(table.get("members")), star)
    return included and not _matches(folder, root.folder, strings(table.get("exclude")), ".*")


def _matches(folder: str, root: str, patterns: Iterable[str], star: str) -> bool:
    relative = posixpath.relpath(folder, root)
    return any(re.fullmatch(_glob(posixpath.normpath(pattern), star), relative) for pattern in patterns)


def _glob(pattern: str, star: str) -> str:
    """Rust's `glob` as a regular expression: `*` crosses `/` when a path is matched, not when listing."""
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": star, "?": "."}
    tokens = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return "".join(pieces.get(token) or re.escape(token) for token in tokens)
