"""Where the services of a repository lie, and what each Python file is: all that is known from finding them.

Whoever has it needs no more of what it was found in. It says the same of two states of a repository whose
services, modules and import paths are the same.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """What a module is for; most rules look at runtime modules only."""

    RUNTIME = "runtime"
    TEST = "test"
    MIGRATION = "migration"
    SCRIPT = "script"
    SHADOWED = "shadowed"
    """A file beside a package of its name, which no import ever gives."""
    UNUSED = "unused"
    """A file that nothing imports, loads or starts."""


class ImportRoots(Struct, frozen=True, array_like=True, gc=False):
    """What decides where the imports of a project's files lead.

    `root` is its folder, `folders` are those that it declares to be on the import path, the likeliest first,
    `dependencies` the normalized names of what its manifests name, sorted. `packages` are those in folders of
    other names: the dotted name and the folder, the most deeply nested first.
    """

    root: str
    name: str | None
    folders: tuple[str, ...]
    dependencies: tuple[str, ...]
    packages: tuple[tuple[str, str], ...] = ()


class ServiceFiles(Struct, frozen=True, array_like=True, gc=False):
    """The Python files of the service at `root`, sorted: those with facts by their roles, and the others."""

    root: str
    roles: dict[str, Role]
    unreadable: tuple[str, ...]


class Layout(Struct, frozen=True, array_like=True, gc=False):
    """The services, and the names of all Python files with facts.

    `proven` are the folders that imports prove to be on the import path, `notes` say what was left out.
    """

    services: tuple[ServiceFiles, ...]
    projects: tuple[ImportRoots, ...]
    proven: tuple[str, ...]
    names: dict[str, str]
    notes: tuple[str, ...] = ()
