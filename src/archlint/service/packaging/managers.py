"""Which tool manages a service's dependencies today, and how one gets from there to uv.

Tried with uv 0.13 and `migrate-to-uv` 0.12 (https://mkniewallner.github.io/migrate-to-uv/): `uv add` and
`uv lock` want a `[project]` table, `uv init` refuses a folder that has a pyproject.toml, and below one
without that table it wants `--no-workspace`. `migrate-to-uv` wants a name, of `[tool.poetry]` or `[project]`,
and reads neither PDM nor conda.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.paths import join
from archlint.service.packaging.pyproject import ServiceProject

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

_FILES = {
    "uv.lock": "uv",
    "poetry.lock": "Poetry",
    "pdm.lock": "PDM",
    "Pipfile": "Pipenv",
    "environment.yml": "conda",
    "environment.yaml": "conda",
    "requirements.txt": "pip",
}
_REQUIRES = re.compile(rb"install_requires|\*\*")
_MIGRATED = {"Poetry": "Poetry's table", "Pipenv": "the Pipfile"}
_PACKAGES = "`uv add` each Python package of the environment; what is none comes from the image or the system"
_REQUIREMENTS = ("requirements.txt", "requirements/base.txt", "requirements.in", "setup.py", "setup.cfg")
_OF_DEVELOPMENT = tuple(
    f"{name}.txt"
    for part in ("dev", "test", "tests")
    for name in (
        f"requirements-{part}",
        f"requirements_{part}",
        f"{part}-requirements",
        f"requirements/{part}",
    )
)


class _Program(Struct, frozen=True):
    """A manager's commands, each up to the name of a distribution or of a program to run."""

    add: str
    add_dev: str
    upgrade: str
    run: str


_PROGRAMS = {
    "uv": _Program("uv add", "uv add --dev", "uv lock --upgrade-package", "uv run "),
    "Poetry": _Program("poetry add", "poetry add --group dev", "poetry update", "poetry run "),
    "PDM": _Program("pdm add", "pdm add --dev", "pdm update", "pdm run "),
    "Pipenv": _Program("pipenv install", "pipenv install --dev", "pipenv update", "pipenv run "),
}


def manager_of(project: ServiceProject) -> str:
    """The tool whose files lie nearest to the service: uv, Poetry, PDM, Pipenv, conda, pip; "" for none."""
    pyproject = project.pyproject
    for folder in project.folders:
        if found := next((_FILES[n] for n in _FILES if project.repository.has(join(folder, n))), None):
            return found
        if pyproject is not None and pyproject.folder == folder and pyproject.file.table("tool", "poetry"):
            return "Poetry"
    return ""


def to_lock(project: ServiceProject, installed: str | None = None) -> str:
    """What makes a uv.lock of what declares the service's dependencies today.

    `installed` is the list of requirements that images and pipelines install.
    """
    pyproject = project.pyproject
    if pyproject is not None and isinstance(pyproject.file.get("project", "dependencies"), list):
        return f"Run `uv lock`{where(project)} and commit uv.lock"
    if pyproject is not None and pyproject.file.table("tool", "poetry", "dependencies"):
        return to_declare(project, None)
    is_pip = manager_of(project) == "pip"
    return to_declare(project, _nearest(project, ("requirements.txt",)) if is_pip else installed)


def to_declare(project: ServiceProject, found: str | None) -> str:
    """How the requirements that `found` lists, or some tool's own file, become `[project] dependencies`."""
    manager, name = manager_of(project), posixpath.basename(found or "")
    if manager in _MIGRATED and name in {"", "Pipfile"}:
        return _migrated(project, f"turns {_MIGRATED[manager]} into `[project]` and locks it")
    if found is None or name.startswith("environment."):
        added = _PACKAGES if manager == "conda" else "`uv add` what the service imports, which locks it, too"
        return _begun(project, added)
    if name.startswith("setup."):
        return _begun(
            project, "move the requirements of `{}` into its `dependencies`, and run `uv lock`", found
        )
    return _begun(project, "run `uv add -r {}`, which locks the requirements, too", found)


def _migrated(project: ServiceProject, does: str) -> str:
    """What `migrate-to-uv` does, which wants the project's name."""
    is_named = project.pyproject is not None and bool(project.pyproject.file.get("tool", "poetry", "name"))
    return _begun(project, f"`uvx migrate-to-uv` {does}", is_ready=is_named)


def _begun(project: ServiceProject, step: str, found: str | None = None, *, is_ready: bool = False) -> str:
    """The step, after what a `[project]` table takes; it is done where pyproject.toml is, or comes to be.

    `found` is the file that the step names, relative to that folder.
    """
    pyproject = project.pyproject
    folder = pyproject.folder if pyproject else project.root
    own = posixpath.dirname(found or "") or "."
    if pyproject is None:
        alone = "" if "." in project.folders else " --no-workspace"
        begin = f"begin with `uv init --bare{alone}`, then "
    elif is_ready or pyproject.file.table("project"):
        begin = ""
    elif found is not None and own != folder and own == project.root:
        folder, begin = own, "begin with `uv init --bare --no-workspace`, then "
    else:
        begin = "write a `[project]` table with name and version, then "
    told = begin + (step.format(posixpath.relpath(found, folder)) if found else step)
    return f"In `{folder}`, {told}" if folder != "." else told[0].upper() + told[1:]


def _nearest(project: ServiceProject, names: tuple[str, ...]) -> str | None:
    paths = (join(folder, name) for folder in project.folders for name in names)
    return next((path for path in paths if lists_requirements(project.repository, path)), None)


def lists_requirements(repository: Repository, path: str) -> bool:
    """Whether a file is there and, a setup file, lists requirements."""
    name = posixpath.basename(path)
    if name == "setup.py":
        return documents.finds(repository, path, _REQUIRES)
    if name == "setup.cfg":
        return "install_requires" in documents.ini(repository, path).sections.get("options", {})
    return repository.has(path)


def instead_of(project: ServiceProject, tool: str) -> str:
    """What takes the place of another tool; where uv locks already, the rest of the other is left to go."""
    if manager_of(project) == "uv":
        return f"Call uv instead, and delete what there is of {tool}'s files"
    if tool in {"conda", "pixi"}:
        return f"{_PACKAGES}. Then delete the file, and call uv instead"
    if tool == "PDM":
        moved = "move `[tool.pdm.dev-dependencies]` into `[dependency-groups]`"
        begin = f"Run `uv lock`{where(project)}, which reads the same `[project]`"
        return f"{begin}; {moved}, delete pdm.lock and call uv"
    return _migrated(project, f"converts the manifest; then delete {tool}'s files, and call uv instead")


def to_add(project: ServiceProject, distribution: str, *, dev: bool = False) -> str:
    """What declares a dependency, as the tool does it that the project is on.

    Without a tool that knows such a command it is a line in a list of requirements.
    """
    program = _program(project)
    quoted = f'"{distribution}"' if "[" in distribution else distribution
    if program is not None:
        command = _for_tests(project, program) if dev else program.add
        return f"Run `{command} {quoted}`{where(project)}"
    listed = (_nearest(project, _OF_DEVELOPMENT) if dev else None) or _list_of(project)
    return (
        f"Add `{distribution}` to `{listed}`"
        if listed
        else _begun(project, f"run `uv add {'--dev ' if dev else ''}{quoted}`")
    )


def _for_tests(project: ServiceProject, program: _Program) -> str:
    """The command that adds beside pytest, in the group or the extra that has it; else for development."""
    if project.pyproject is None or program not in (_PROGRAMS["uv"], _PROGRAMS["Poetry"]):
        return program.add_dev
    groups = project.pyproject.file.table("tool", "poetry", "group")
    if program == _PROGRAMS["Poetry"]:
        keys = ("tool", "poetry", "group")
        having = (g for g in groups if "pytest" in project.pyproject.file.table(*keys, g, "dependencies"))
        found = next(having, "dev")
        return f"{program.add} --group {found}"
    places = [one for one in project.pyproject.declared if one.requirement.name.lower() == "pytest"]
    group = next((one.group for one in places if one.group), None)
    extra = next((one.extra for one in places if one.extra), None)
    if group and group != "dev":
        return f"{program.add} --group {group}"
    return f"{program.add} --optional {extra}" if extra and not group else program.add_dev


def to_require(project: ServiceProject, requirement: Requirement, file: str, asked: SpecifierSet) -> str:
    """What makes a dependency newer that the manifest or lock `file` has: the requirement, then the lock.

    Where what is `asked` for already admits nothing older, it is the lock that is behind.
    """
    program, distribution = _program(project), requirement.name
    if program is None or not file.endswith((".lock", "pyproject.toml")):
        return f"Require `{requirement}` in `{file}`"
    if file.endswith(".lock") and _is_above(asked, requirement.specifier):
        return f"Run `{program.upgrade} {distribution}`{where(project)}: the lock is behind `{asked}`"
    return f"Require `{requirement}`, and run `{program.upgrade} {distribution}`{where(project)}"


def to_run(project: ServiceProject, command: str) -> str:
    """A command as it is run in the project's environment."""
    program = _program(project)
    return f"`{program.run if program else ''}{command}`"


def _program(project: ServiceProject) -> _Program | None:
    """The commands that can be given today; uv's take a `[project]` table."""
    found = _PROGRAMS.get(manager_of(project))
    has_table = project.pyproject is not None and bool(project.pyproject.file.table("project"))
    return found or (_PROGRAMS["uv"] if has_table else None)


def _list_of(project: ServiceProject) -> str | None:
    if manager_of(project) == "conda":
        return _nearest(project, ("environment.yml", "environment.yaml"))
    return _nearest(project, _REQUIREMENTS)


def where(project: ServiceProject) -> str:
    """In which folder a command is run, empty at the repository's top."""
    folder = project.pyproject.folder if project.pyproject else "."
    return "" if folder == "." else f" in `{folder}`"


def _is_above(asked: SpecifierSet, wanted: SpecifierSet) -> bool:
    """Whether a requirement has a lower bound that meets another."""
    bounds = (one.version.removesuffix(".*") for one in asked if one.operator in {">=", "==", "~=", ">"})
    return any(wanted.contains(bound, prereleases=True) for bound in bounds)
