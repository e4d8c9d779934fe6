"""Which version of a distribution a service runs on, as its lock files and requirements tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from archlint import documents
from archlint.discover import Repository
from archlint.facts.toml import TomlFile
from archlint.findings import Location
from archlint.paths import join
from archlint.service.packaging.other_manifests import other_requirements
from archlint.service.packaging.pyproject import DeclaredRequirement, ServiceProject
from archlint.service.packaging.requirement_lists import lists_below
from archlint.service.semantics.source_roots import RUNTIME_TABLES

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_REQUIREMENTS = ("requirements.txt", "requirements/base.txt", "requirements/prod.txt", "requirements.lock")


class Locked(Struct, frozen=True):
    """A version that a lock pins, as its package of that index."""

    version: Version
    lock: TomlFile
    index: int

    @property
    def location(self) -> Location:
        """Where it stands: to tell that, a lock of some thousand lines is parsed again."""
        return self.lock.location("package", self.index, "version")


class Required(Struct, frozen=True):
    """The versions that a requirement admits, and where it stands."""

    specifiers: SpecifierSet
    location: Location


class Versions(Struct, eq=False, frozen=True, dict=True):
    """The versions of distributions for the service in the folder `root`.

    `installed` tells the list of requirements that its image installs, which is asked where none lies beside.
    """

    project: ServiceProject
    repository: Repository
    root: str
    installed: Callable[[], str | None] = lambda: None

    def highest(self, name: str) -> Version | None:
        """The version that an install of the service gets: the locked one, else the highest that is required.

        None where nothing bounds it: then it is the newest.
        """
        pins = [locked.version for locked in self.locked(name)]
        if pins:
            return max(pins)
        required = self.required(name)
        return min((bound for one in required for bound in _upper(one.specifiers)), default=None)

    def locked(self, name: str) -> list[Locked]:
        """The versions in the nearest lock files, at or above the service, that know the distribution."""
        name = canonicalize_name(name)
        for locks in self._locks:
            found = [locked for lock in locks for locked in _versions(lock, name)]
            if found:
                return found
        return []

    def required(self, name: str) -> Iterator[Required]:
        """What pyproject.toml and the requirements files at and above the service ask for."""
        name = canonicalize_name(name)
        for declared in self.project.declared:
            if canonicalize_name(declared.requirement.name) == name:
                yield Required(declared.requirement.specifier, declared.location)
        if self.project.pyproject is not None:
            for table in RUNTIME_TABLES:
                yield from _caret(self.project.pyproject.file, table, name)
        for declared in self.listed:
            if canonicalize_name(declared.requirement.name) == name:
                yield Required(declared.requirement.specifier, declared.location)
        yield from self._pinned.get(name, ())

    def asked(self, name: str) -> SpecifierSet:
        """All that is asked of a distribution's version."""
        return SpecifierSet(",".join(str(one.specifiers) for one in self.required(name)))

    @cached_property
    def listed(self) -> tuple[DeclaredRequirement, ...]:
        """What is asked for by setup.cfg, a Pipfile or a conda environment."""
        folders = self.project.folders
        return tuple(one for folder in folders for one in other_requirements(self.repository, folder))

    @cached_property
    def python(self) -> Version | None:
        """The Python that the service runs on: what `.python-version` says, else the newest that is admitted.

        None where nothing bounds it: then it is the newest.
        """
        for path in (join(folder, ".python-version") for folder in self.project.folders):
            if match := re.match(r"\s*(?:cpython-)?(\d+\.\d+)", documents.text(self.repository, path)):
                return Version(match[1])
        if self.project.pyproject is None:
            return None
        file = self.project.pyproject.file
        admitted = [one.specifiers for table in RUNTIME_TABLES for one in _caret(file, table, "python")]
        with suppress(InvalidSpecifier):
            admitted.append(SpecifierSet(str(file.get("project", "requires-python"))))
        return min((bound for one in admitted for bound in _upper(one)), default=None)

    @cached_property
    def _locks(self) -> tuple[tuple[TomlFile, ...], ...]:
        """The lock files of each folder, nearest first."""
        return tuple(
            tuple(documents.toml(self.repository, join(folder, lock)) for lock in _LOCKS)
            for folder in self.project.folders
        )

    @cached_property
    def _pinned(self) -> dict[str, list[Required]]:
        """What the requirements files ask for, by distribution."""
        found: dict[str, list[Required]] = {}
        for path in self._lists():
            for name, required in _pinned(self.repository, path):
                found.setdefault(name, []).append(required)
        return found

    def _lists(self) -> Sequence[str]:
        """The lists of requirements: those beside the service, else the installed one, else those below."""
        paths = (join(folder, file) for folder in self.project.folders for file in _REQUIREMENTS)
        if beside := list(filter(self.repository.has, paths)):
            return beside
        if self.project.declared:
            return ()
        installed = self.installed()
        return [installed] if installed else lists_below(self.repository, self.project.folders)


def _versions(lock: TomlFile, name: str) -> Iterator[Locked]:
    packages = lock.get("package")
    for index, package in enumerate(packages if isinstance(packages, list) else ()):
        if canonicalize_name(str(package.get("name"))) == name:
            try:
                version = Version(str(package.get("version")))
            except InvalidVersion:
                continue
            yield Locked(version, lock, index)


def _caret(file: TomlFile, table: tuple[str, ...], name: str) -> Iterator[Required]:
    """Poetry's own operators, https://python-poetry.org/docs/dependency-specification/, which pixi lacks."""
    for key, value in file.table(*table).items():
        text = value.get("version") if isinstance(value, dict) else value
        if canonicalize_name(key) != name or not isinstance(text, str):
            continue
        found = re.match(r"([\^~])\s*(\d+(?:\.\d+)*)", text)
        written = f">={found[2]},<{_next(*found.groups())}" if found else "" if text == "*" else text
        try:
            specifiers = SpecifierSet(written if written[:1] in "<>=!~" else f"=={written}")
        except InvalidSpecifier:
            continue
        yield Required(specifiers, file.location(*table, key))


def _next(operator: str, version: str) -> str:
    """Where `^` (the leftmost part that is not zero stays) and `~` (the minor version stays) end."""
    parts = [int(part) for part in version.split(".")]
    kept = 0 if len(parts) == 1 else 1
    if operator == "^":
        kept = next((index for index, part in enumerate(parts) if part), len(parts) - 1)
    return ".".join(str(part) for part in [*parts[:kept], parts[kept] + 1])


def _pinned(repository: Repository, path: str) -> Iterator[tuple[str, Required]]:
    for number, line in enumerate(documents.text(repository, path).splitlines(), start=1):
        try:
            requirement = Requirement(re.split(r"\s#|\s--|\\$", line.strip())[0])
        except (InvalidRequirement, RecursionError):
            continue
        location = Location(path, number, 1, number, len(line.rstrip()) + 1)
        yield canonicalize_name(requirement.name), Required(requirement.specifier, location)


def _upper(specifiers: SpecifierSet) -> Iterator[Version]:
    for specifier in specifiers:
        if specifier.operator in {"==", "<=", "<", "==="}:
            try:
                version = specifier.version.removesuffix(".*")
                yield Version(f"{version}.dev0" if specifier.operator == "<" else version)
            except InvalidVersion:
                continue
