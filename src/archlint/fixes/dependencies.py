"""A distribution that is locked already, declared: in pyproject.toml, and in uv.lock's own record of that."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from archlint.facts.toml import KeyPath, TomlFile
from archlint.fixes.edits import Edit
from archlint.fixes.texts import TextFile
from archlint.fixes.toml_lists import with_item
from archlint.service.model import Service


def with_dependency(service: Service, distribution: str) -> tuple[tuple[str, Edit], ...] | None:
    """The edits that declare it as a dependency of `[project]`, from the locked version on.

    None where that needs a resolver: where no version is locked, or several are.
    """
    pyproject, name = service.project.pyproject, canonicalize_name(distribution)
    versions = {locked.version for locked in service.versions.locked(name)}
    if pyproject is None or len(versions) != 1:
        return None
    bound = f">={min(versions).public}"
    path: KeyPath = ("project", "dependencies")
    wanted = [(pyproject.file, path, f'"{name}{bound}"', _required(pyproject.file.get(*path)))]
    lock = service.project.lock
    if lock is not None:
        wanted += _in_lock(lock, pyproject.name, name, bound)
        if len(wanted) != 3:
            return None
    edits = [(toml.path, _edit(service, toml, keys, item, name, names)) for toml, keys, item, names in wanted]
    found = tuple((file, edit) for file, edit in edits if edit is not None)
    return found if len(found) == len(wanted) else None


def _in_lock(
    lock: TomlFile, project: str | None, name: str, bound: str
) -> Iterator[tuple[TomlFile, KeyPath, str, list[str]]]:
    """What the project's own package in uv.lock has of its dependencies, and of how they are required."""
    packages = lock.get("package")
    for index, package in enumerate(packages if isinstance(packages, list) else ()):
        if package.get("name") == project and not {"virtual", "editable"}.isdisjoint(
            package.get("source", ())
        ):
            own: KeyPath = ("package", index, "dependencies")
            declared: KeyPath = ("package", index, "metadata", "requires-dist")
            for keys, item in (
                (own, f'{{ name = "{name}" }}'),
                (declared, f'{{ name = "{name}", specifier = "{bound}" }}'),
            ):
                if isinstance(lock.get(*keys), list):
                    yield lock, keys, item, [str(one.get("name")) for one in lock.get(*keys)]


def _edit(
    service: Service, toml: TomlFile, keys: KeyPath, item: str, name: str, names: list[str]
) -> Edit | None:
    text = TextFile.of(service.repository, toml.path)
    return with_item(text, toml, keys, item, name, names) if text is not None else None


def _required(requirements: object) -> list[str]:
    """The names of a list of requirements; of one that cannot be read, the text."""
    return (
        [_name(one) for one in requirements if isinstance(one, str)] if isinstance(requirements, list) else []
    )


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return requirement
