"""A distribution, declared where its like are: in pyproject.toml, and in uv.lock's own record of that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from archlint.facts.toml import KeyPath, TomlFile
from archlint.fixes.edits import Edit, Plan, TableLine
from archlint.fixes.texts import TextFile
from archlint.fixes.toml_lists import with_item
from archlint.fixes.toml_tables import with_key
from archlint.service.model import Service
from archlint.service.packaging.managers import manager_of
from archlint.service.packaging.pyproject import Pyproject

WHY_LOCK = "the lock of {manager} has to be made again"
WHY_UNLOCKED = "no lock says which version of it will be installed"


_FOR_DEVELOPMENT = re.compile(r"(dev|tests?|testing|development)([-_]dependencies)?")
"""The names of groups that have what tests are run with."""

_PROJECT: KeyPath = ("project", "dependencies")
_PLACES = 3
"""Where a runtime dependency stands: in pyproject.toml, and in uv.lock as installed and as required."""


class _Item(Struct, frozen=True):
    """What is to stand in a list whose items are called `names`, or under its name in a table."""

    file: TomlFile
    keys: KeyPath
    text: str
    names: Sequence[str] = ()


def declared(service: Service, distribution: str, *, beside: str = "") -> Plan | None:
    """The edits that declare it where `beside` is declared, else for the runtime, from the locked version on.

    None where that needs a resolver: where uv.lock has no version of it, or several, or no such list.
    """
    pyproject = service.project.pyproject
    keys = _place(pyproject, beside) if pyproject is not None else None
    return _declared_at(service, distribution, keys)


def declared_for_development(service: Service, distribution: str) -> Plan | None:
    """The edits that declare it where the tools of development are, which may be a group that comes to be."""
    pyproject = service.project.pyproject
    if pyproject is None:
        return None
    keys = next(
        (one for one in _groups(pyproject) if _FOR_DEVELOPMENT.fullmatch(str(one[_named(one)]))), None
    )
    if keys is not None:
        return _declared_at(service, distribution, keys)
    group = (
        None if service.project.lock is not None else _new_group(pyproject, canonicalize_name(distribution))
    )
    return Plan(((pyproject.file.path, group),), _doubt(service, "")) if group is not None else None


def _new_group(pyproject: Pyproject, name: str) -> TableLine | None:
    """The group for development that comes to be; Poetry reads its own from its first version on."""
    if pyproject.file.table("tool", "poetry"):
        return TableLine("tool.poetry.group.dev.dependencies", f'{name} = "*"')
    if pyproject.file.get(*_PROJECT) is None:
        return None
    return TableLine("dependency-groups", f'dev = ["{name}"]')


def _named(keys: KeyPath) -> int:
    """Which of the keys names a group."""
    return -2 if keys[-1] == "dependencies" else -1


def _declared_at(service: Service, distribution: str, keys: KeyPath | None) -> Plan | None:
    pyproject, name = service.project.pyproject, canonicalize_name(distribution)
    versions = {locked.version for locked in service.versions.locked(name)}
    if pyproject is None or keys is None or len(versions) > 1:
        return None
    bound = f">={min(versions).public}" if versions else ""
    wanted, lock = [_own(pyproject, keys, name, bound)], service.project.lock
    if lock is not None:
        wanted += _recorded(lock, pyproject.name, name, bound)
        if not versions or keys != _PROJECT or len(wanted) != _PLACES:
            return None
    edits = [(one.file.path, _edit(service, one, name)) for one in wanted]
    found = tuple((file, edit) for file, edit in edits if edit is not None)
    return Plan(found, _doubt(service, bound)) if len(found) == len(wanted) else None


def _doubt(service: Service, bound: str) -> str:
    manager = manager_of(service.project)
    if manager not in {"uv", "pip", ""}:
        return WHY_LOCK.format(manager=manager)
    return "" if bound else WHY_UNLOCKED


def _place(pyproject: Pyproject, beside: str) -> KeyPath | None:
    """The list or table that has `beside`, else the one for the runtime."""
    file = pyproject.file
    runtime: list[KeyPath] = [_PROJECT, ("tool", "poetry", "dependencies")]
    if not beside:
        return next((keys for keys in runtime if file.get(*keys) is not None), None)
    places = (*_groups(pyproject), *runtime)
    return next((keys for keys in places if beside in _names(file.get(*keys))), None)


def _groups(pyproject: Pyproject) -> Iterator[KeyPath]:
    """The lists and tables that are not for the runtime: groups, then extras."""
    file, extras = pyproject.file, ("project", "optional-dependencies")
    poetry = ("tool", "poetry", "group")
    places: list[KeyPath] = [
        *(("dependency-groups", name) for name in pyproject.groups),
        ("tool", "uv", "dev-dependencies"),
        *((*poetry, name, "dependencies") for name in file.table(*poetry)),
        ("tool", "poetry", "dev-dependencies"),
        *((*extras, name) for name in file.table(*extras)),
    ]
    return (keys for keys in places if file.get(*keys) is not None)


def _own(pyproject: Pyproject, keys: KeyPath, name: str, bound: str) -> _Item:
    """What pyproject.toml gets: PEP 508 in a list, else what Poetry's tables have."""
    value = pyproject.file.get(*keys)
    if isinstance(value, list):
        return _Item(pyproject.file, keys, f'"{name}{bound}"', _names(value))
    return _Item(pyproject.file, keys, f'{name} = "{bound or "*"}"')


def _recorded(lock: TomlFile, project: str | None, name: str, bound: str) -> Iterator[_Item]:
    """What the project's own package in uv.lock has of its dependencies, and of how they are required."""
    packages = lock.get("package")
    for index, package in enumerate(packages if isinstance(packages, list) else ()):
        own = not {"virtual", "editable"}.isdisjoint(package.get("source", ()))
        for inner, item in (
            (("dependencies",), f'{{ name = "{name}" }}'),
            (("metadata", "requires-dist"), f'{{ name = "{name}", specifier = "{bound}" }}'),
        ):
            keys: KeyPath = ("package", index, *inner)
            if own and package.get("name") == project and isinstance(lock.get(*keys), list):
                yield _Item(lock, keys, item, _names(lock.get(*keys)))


def _edit(service: Service, item: _Item, name: str) -> Edit | None:
    text = TextFile.of(service.repository, item.file.path)
    found = item.file.get(*item.keys)
    if text is None or not isinstance(found, list | dict):
        return None
    if isinstance(found, dict):
        return with_key(text, item.file, item.keys, item.text, name)
    return with_item(text, item.file, item.keys, item.text, name, item.names)


def _names(listed: object) -> list[str]:
    """The names of requirements in a list or table; of one that cannot be read, the text."""
    if not isinstance(listed, list | dict):
        return []
    return [_name(one) for one in listed]


def _name(requirement: object) -> str:
    """Of a record of uv.lock its name, of an include in a group nothing."""
    if isinstance(requirement, dict):
        return str(requirement.get("name", ""))
    try:
        return canonicalize_name(Requirement(str(requirement)).name)
    except InvalidRequirement:
        return str(requirement)
