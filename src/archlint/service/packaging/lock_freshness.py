"""Where uv.lock differs from the pyproject.toml files that it was made from.

The truth is `uv lock --check`. What it compares, and how it normalizes, is in uv's
`crates/uv-resolver/src/lock/mod.rs` (`Lock::satisfies`, `normalize_requirement`) and
`crates/uv/src/commands/project/lock.rs` (`ValidatedLock::validate`). It looks only at the lock's own record
of the requirements; a locked version outside of its specifier, which a bad merge leaves, is looked for here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from archlint.facts.toml import KeyPath, TomlFile
from archlint.findings import Link, Location, Unknown
from archlint.paths import join
from archlint.service.packaging.lock_settings import LockSettings
from archlint.service.packaging.lowering import (
    LOCAL_KINDS,
    LoweredRequirement,
    Lowering,
    joined,
    local_kinds,
    ordered,
    read_locked,
)
from archlint.service.packaging.markers import equivalent, python_versions
from archlint.service.packaging.pyproject import DeclaredRequirement, Pyproject, ServiceProject, strings

RECORDS_NAMES = 1
"""The first revision of the lock's format that records extras and empty groups."""
RECORDS_DEFAULTS = 5
"""The first revision that records the default groups."""
_KINDS = {"editable": "editable", "directory": "not editable", "virtual": "no package"}
METADATA_FREE = 4
"""The first revision that may record no requirements at all."""


def lock_differences(project: ServiceProject) -> Iterator[Link | Unknown]:
    """Each place where the lock is stale, with what differs; `Unknown` where that cannot be told."""
    root, lock = project.workspace, project.lock
    if root is None or lock is None or lock.problems:
        yield from lock.problems if lock else ()
        return
    if lock.get("version") != 1:
        yield Unknown("the lock", lock.location("version"), "it is of a version that archlint does not know")
        return
    if root.file.get("tool", "uv", "managed") is False:
        place = root.file.location("tool", "uv", "managed")
        yield Unknown("the lock", place, "uv is told not to manage this project, and refuses to check it")
        return
    if unread := list(project.unread_members):
        yield from unread
        return
    comparison = _Comparison(project, root, lock)
    yield from comparison.python_differences()
    yield from comparison.member_differences()
    yield from comparison.requirement_setting_differences()
    has_own = project.repository.has(join(root.folder, "uv.toml"))
    options = project.uv_toml if has_own else root.file.table("tool", "uv")
    yield from LockSettings(root, project.members, options, lock, comparison.python).differences()
    for member in project.members:
        yield from comparison.package_differences(member)
    for path_dependency in project.path_dependencies(lock):
        yield from comparison.path_differences(path_dependency)


class _Comparison:
    def __init__(self, project: ServiceProject, root: Pyproject, lock: TomlFile) -> None:
        self.project, self.root, self.lock = project, root, lock
        self.members = {member.name: member for member in project.members if member.name}
        self.packages: dict[str, list[int]] = {}
        for *path, index in self._items("package"):
            self.packages.setdefault(str(lock.get(*path, index, "name")), []).append(int(index))
        self.python = _specifiers(lock.get("requires-python"))
        self.revision = lock.get("revision") if isinstance(lock.get("revision"), int) else 0

    def python_differences(self) -> Iterator[Link | Unknown]:
        """Only the bounds of the members' common `requires-python` count; without any uv asks the machine."""
        declared = [
            (
                member.file.get("project", "requires-python"),
                member.file.location("project", "requires-python"),
            )
            for member in self.project.members
        ]
        texts = [(text, place) for text, place in declared if isinstance(text, str)]
        by_group = any(m.file.table("tool", "uv", "dependency-groups") for m in self.project.members)
        if not texts or by_group:
            return
        try:
            wanted = SpecifierSet(",".join(text for text, _ in texts))
        except InvalidSpecifier:
            yield Unknown("`requires-python`", texts[0][1], "it is not a version specifier")
            return
        locked = self.lock.get("requires-python")
        if _bounds(wanted, self.python) != _bounds(self.python, wanted):
            yield Link(
                texts[0][1], f"`requires-python` is `{ordered(wanted)}` here and `{locked}` in the lock"
            )

    def member_differences(self) -> Iterator[Link | Unknown]:
        """The manifest lists the members, unless the only one is the root itself."""
        lone = len(self.members) == 1 and self.root.name is not None
        expected = set() if lone else set(self.members)
        locked = {canonicalize_name(name) for name in strings(self.lock.get("manifest", "members"))}
        for name in sorted(expected - locked):
            yield Link(
                self.members[name].file.location("project", "name"), f"`{name}` is not a member in the lock"
            )
        for name in sorted(locked - expected):
            yield Link(
                self.lock.location("manifest", "members"),
                f"the lock's member `{name}` is not in the workspace",
            )

    def requirement_setting_differences(self) -> Iterator[Link | Unknown]:
        """Constraints and overrides of the workspace root, and its groups when it is no project itself."""
        for group in () if self.root.name else self.root.groups:
            declared = [entry for entry in self.root.declared if entry.group == canonicalize_name(group)]
            entries = self._items("manifest", "dependency-groups", canonicalize_name(group))
            yield from self._compare(self.root, declared, entries, f"the group `{group}`: ")
            yield from self._editable_differences(self.root, entries)
        for setting, recorded in (
            ("constraint-dependencies", "constraints"),
            ("override-dependencies", "overrides"),
            ("build-constraint-dependencies", "build-constraints"),
        ):
            items = self.root.file.get("tool", "uv", setting)
            texts = tuple(strings(items))
            if isinstance(items, list) and len(texts) != len(items):
                continue
            parsed = list(_parsed(texts, self.root.file.location("tool", "uv", setting)))
            if recorded == "constraints":  # of which uv drops the extras
                parsed = [DeclaredRequirement(_without_extras(p.requirement), p.location) for p in parsed]
            entries = self._items("manifest", recorded)
            if (
                recorded != "build-constraints"
            ):  # of what concerns no package of the lock uv may record nothing
                told = {str(self.lock.get(*entry, "name")) for entry in entries} | self.packages.keys()
                parsed = [p for p in parsed if canonicalize_name(p.requirement.name) in told]
            yield from self._compare(self.root, parsed, entries, f"`{setting}`: ")

    def package_differences(self, member: Pyproject) -> Iterator[Link | Unknown]:
        """What the lock records of one member, and the versions that it locks for it."""
        place = member.file.location("project", "name")
        indices = [i for i in self.packages.get(member.name or "", ()) if self._is_at(i, member.folder)]
        if len(indices) != 1:
            yield Link(place, f"`{member.name}` is not in the lock")
            return
        index = indices[0]
        recorded = self.lock.table("package", index)
        bare = "metadata" not in recorded and member.declared
        if bare and (self.revision >= METADATA_FREE or any(key.endswith("dependencies") for key in recorded)):
            yield Unknown("the lock's record of the requirements", place, "this lock was made without one")
            return
        yield from member.problems
        yield from self._kind_difference(member, index, place)
        yield from self._record_differences(member, index, place)
        yield from self._default_group_difference(member, index, place)
        yield from self._outside_versions(member)

    def path_differences(self, one: Pyproject) -> Iterator[Link | Unknown]:
        """What the lock records of a library that is taken by path."""
        place = one.file.location("project", "name")
        indices = [i for found in self.packages.values() for i in found if self._is_at(i, one.folder)]
        if (
            len(indices) == 1
            and canonicalize_name(str(self.lock.get("package", indices[0], "name"))) == one.name
        ):
            yield from one.problems
            yield from self._record_differences(one, indices[0], place)

    def _editable_differences(self, member: Pyproject, entries: Iterable[KeyPath]) -> Iterator[Link]:
        """Whether each entry that the lock records of a source by path is installed as it asks for.

        The package itself is editable if any project asks for it, and says nothing of the others.
        """
        recorded = [self.lock.table(*entry) for entry in entries]
        for name, source in member.file.table("tool", "uv", "sources").items():
            kinds = local_kinds(source, is_project=member.name is not None)
            own = [entry for entry in recorded if entry.get("name") == canonicalize_name(name)]
            found = {kind for entry in own for kind in LOCAL_KINDS if kind in entry}
            if kinds and not found <= set(kinds):
                here, there = (_KINDS[kind] for kind in (kinds[0], min(found - set(kinds))))
                text = f"`{canonicalize_name(name)}` is {here} here and {there} in the lock"
                yield Link(member.file.location("tool", "uv", "sources", name), text)

    def _default_group_difference(self, member: Pyproject, index: int, place: Location) -> Iterator[Link]:
        here = member.file.get("tool", "uv", "default-groups")
        locked = self.lock.get("package", index, "default-groups")
        if self.revision >= RECORDS_DEFAULTS and _groups(here) != _groups(locked):
            shown = [", ".join(sorted(_groups(one))) or "empty" for one in (here, locked)]
            yield Link(place, f"`default-groups` is `{shown[0]}` here and `{shown[1]}` in the lock")

    def _record_differences(self, member: Pyproject, index: int, place: Location) -> Iterator[Link | Unknown]:
        """What the lock records of a project's own metadata."""
        yield from self._version_difference(member, index)
        yield from self._extra_differences(member, index, place)
        yield from self._requirement_differences(member, index)
        yield from self._group_differences(member, index, place)
        groups = self.lock.table("package", index, "metadata", "requires-dev")
        entries = [
            e for group in groups for e in self._items("package", index, "metadata", "requires-dev", group)
        ]
        entries += self._items("package", index, "metadata", "requires-dist")
        yield from self._editable_differences(member, entries)

    def _is_at(self, index: int, folder: str) -> bool:
        source = self.lock.table("package", index, "source")
        return any(
            join(self.root.folder, str(source[kind])) == folder for kind in LOCAL_KINDS if kind in source
        )

    def _kind_difference(self, member: Pyproject, index: int, place: Location) -> Iterator[Link]:
        """A project without build system is virtual, unless another member requires it."""
        explicit = member.file.get("tool", "uv", "package")
        required = any(
            isinstance(source, dict) and source.get("workspace") and canonicalize_name(name) == member.name
            for other in (self.root, *self.project.members)
            for name, source in other.file.table("tool", "uv", "sources").items()
        )
        if isinstance(explicit, bool):
            packaged = explicit
        elif required:
            return
        else:
            packaged = "build-system" in member.file.values
        if packaged == ("virtual" in self.lock.table("package", index, "source")):
            kinds = ("a package", "virtual") if packaged else ("virtual", "a package")
            yield Link(place, f"`{member.name}` is {kinds[0]} here and {kinds[1]} in the lock")

    def _version_difference(self, member: Pyproject, index: int) -> Iterator[Link]:
        here, locked = member.file.get("project", "version"), self.lock.get("package", index, "version")
        if "version" in member.dynamic:
            here = None
        elif not isinstance(here, str):
            return
        if _version(here) != _version(locked):
            place = member.file.location("project", "version" if here else "dynamic")
            yield Link(place, f"the version is {_quoted(here)} here and {_quoted(locked)} in the lock")

    def _extra_differences(self, member: Pyproject, index: int, place: Location) -> Iterator[Link]:
        if "optional-dependencies" in member.dynamic or self.revision < RECORDS_NAMES:
            return
        locked = set(strings(self.lock.get("package", index, "metadata", "provides-extras")))
        for extra in sorted(member.extras ^ locked):
            where = "the lock" if extra in member.extras else "pyproject.toml"
            yield Link(place, f"the extra `{extra}` is missing in {where}")

    def _requirement_differences(self, member: Pyproject, index: int) -> Iterator[Link | Unknown]:
        if {"dependencies", "optional-dependencies"} & member.dynamic:
            place = member.file.location("project", "dynamic")
            yield Unknown("the lock's record of the dependencies", place, "the build backend makes them")
            return
        declared = [entry for entry in member.declared if entry.group is None]
        entries = self._items("package", index, "metadata", "requires-dist")
        yield from self._compare(member, declared, entries, "")

    def _group_differences(self, member: Pyproject, index: int, place: Location) -> Iterator[Link | Unknown]:
        if member.file.table("tool", "uv", "dependency-groups"):
            place = member.file.location("tool", "uv", "dependency-groups")
            yield Unknown("the lock's record of the groups", place, "they need another Python")
            return
        recorded = self.lock.table("package", index, "metadata", "requires-dev")
        groups = {*map(canonicalize_name, member.groups), *(e.group for e in member.declared if e.group)}
        for group in sorted(groups | recorded.keys()):
            declared = [entry for entry in member.declared if entry.group == group]
            entries = self._items("package", index, "metadata", "requires-dev", group)
            if declared or entries:
                yield from self._compare(member, declared, entries, f"the group `{group}`: ")
            elif self.revision >= RECORDS_NAMES and (group in groups) != (group in recorded):
                where = "the lock" if group in groups else "pyproject.toml"
                yield Link(place, f"the group `{group}` is missing in {where}")

    def _compare(
        self,
        member: Pyproject,
        declared: Iterable[DeclaredRequirement],
        entries: Iterable[KeyPath],
        where: str,
    ) -> Iterator[Link | Unknown]:
        """Match the requirements of both sides; those of a name that cannot be compared are left out."""
        inside = member is self.root or member in self.project.members
        lowering = Lowering(self.project, self.root if inside else member, member)
        locked = joined((read_locked(self.lock.get(*entry), self.root.folder), entry) for entry in entries)
        skipped, met = {str(member.name)}, set[int]()
        for wanted, entry in joined((lowering.wanted(entry), entry) for entry in declared):
            name = canonicalize_name(entry.requirement.name)
            equal = self._equal(wanted, [requirement for requirement, _ in locked]) if wanted else None
            met |= equal or set()
            if not equal and name not in skipped:
                same = [f"`{other}`" for other, _ in locked if other and other.name == name]
                otherwise = f"has `{name}` for others only" if name in self.packages else f"has no `{name}`"
                recorded = f"has {' and '.join(same)}" if same else otherwise
                yield _unmatched(entry, wanted if equal is not None else None, recorded, where)
                skipped.add(name)
        for index, (requirement, path) in enumerate(locked):
            if requirement is not None and index not in met and requirement.name not in skipped:
                text = f"the lock has `{requirement}`, which is not declared"
                yield Link(self.lock.location(*path), f"{where}{text}")

    def _equal(
        self, wanted: LoweredRequirement, locked: Iterable[LoweredRequirement | None]
    ) -> set[int] | None:
        """Which of the lock's entries mean the same; None when there may be one and it cannot be told."""
        found: set[int] = set()
        unsure = False
        for index, candidate in enumerate(locked):
            if candidate is None or not candidate.asks_as(wanted):
                unsure = unsure or candidate is None
                continue
            same = equivalent(wanted.marker, candidate.marker, self.python)
            found |= {index} if same else set()
            unsure = unsure or same is None
        return None if unsure and not found else found

    def _items(self, *path: str | int) -> list[KeyPath]:
        items = self.lock.get(*path)
        return [(*path, index) for index in range(len(items))] if isinstance(items, list) else []

    def _outside_versions(self, member: Pyproject) -> Iterator[Link]:
        """Requirements of a registry that admit no locked version, unless uv was told to override them."""
        settings = self.root.file.table("tool", "uv")
        overridden = {
            canonicalize_name(re.split(r"[^\w.-]", text)[0])
            for text in strings(settings.get("override-dependencies"))
        }
        if settings.get("exclude-dependencies"):
            return
        lowering = Lowering(self.project, self.root, member)
        for entry in member.declared:
            wanted = lowering.wanted(entry)
            if wanted is None or wanted.source[0] != "registry" or wanted.name in {*overridden, member.name}:
                continue
            versions = [self.lock.get("package", i, "version") for i in self.packages.get(wanted.name, ())]
            known = [version for version in versions if isinstance(version, str)]
            if known and not any(wanted.specifier.contains(version, prereleases=True) for version in known):
                yield Link(entry.location, f"`{wanted}` is declared and the lock pins {' and '.join(known)}")


def _unmatched(
    entry: DeclaredRequirement, wanted: LoweredRequirement | None, recorded: str, where: str
) -> Link | Unknown:
    name = entry.requirement.name
    if wanted is None:
        return Unknown(
            f"the lock's record of `{name}`", entry.location, "source or marker cannot be compared"
        )
    return Link(entry.location, f"{where}`{wanted}` is declared and the lock {recorded}")


def _parsed(texts: Iterable[str], place: Location) -> Iterator[DeclaredRequirement]:
    for text in texts:
        try:
            yield DeclaredRequirement(Requirement(text), place)
        except (InvalidRequirement, RecursionError):
            continue


def _without_extras(requirement: Requirement) -> Requirement:
    bare = Requirement(str(requirement))
    bare.extras = set()
    return bare


def _groups(value: Any) -> set[str]:
    """The default groups that a setting names, `dev` where it is not given; `all` stands for itself."""
    names = ["dev"] if value is None else [value] if isinstance(value, str) else strings(value)
    return {canonicalize_name(name) for name in names}


def _specifiers(text: Any) -> SpecifierSet:
    try:
        return SpecifierSet(text if isinstance(text, str) else "")
    except InvalidSpecifier:
        return SpecifierSet()


def _bounds(specifiers: SpecifierSet, other: SpecifierSet) -> tuple[Version, ...]:
    admitted = tuple(python_versions([s.version for s in (*specifiers, *other)], specifiers))
    return (admitted[0], admitted[-1]) if admitted else ()


def _version(text: Any) -> Version | str | None:
    try:
        return Version(text) if isinstance(text, str) else None
    except InvalidVersion:
        return str(text)


def _quoted(text: Any) -> str:
    return f"`{text}`" if isinstance(text, str) else "dynamic"
