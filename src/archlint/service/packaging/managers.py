"""Which tool manages a service's dependencies today, and how one gets from there to uv.

`migrate-to-uv` (https://mkniewallner.github.io/migrate-to-uv/) reads Poetry, Pipenv, pip-tools and pip, and
neither PDM nor conda. `uv add` wants a `[project]` table, `uv lock` without one locks nothing, and `uv init`
refuses a folder that has a pyproject.toml.
"""

from __future__ import annotations

import posixpath

from archlint.paths import ancestors, join
from archlint.service.packaging.pyproject import ServiceProject

_FILES = {
    "uv.lock": "uv",
    "poetry.lock": "Poetry",
    "pdm.lock": "PDM",
    "Pipfile": "Pipenv",
    "environment.yml": "conda",
    "environment.yaml": "conda",
    "requirements.txt": "pip",
}
_MIGRATED = {"Poetry": "Poetry's table", "Pipenv": "the Pipfile", "pip": "requirements.txt"}
_PACKAGES = "`uv add` each Python package of the environment; what is none comes from the image or the system"


def manager_of(project: ServiceProject) -> str:
    """The tool whose files lie nearest to the service: uv, Poetry, PDM, Pipenv, conda, pip; "" for none."""
    pyproject = project.pyproject
    for folder in ancestors(project.root):
        if found := next((_FILES[n] for n in _FILES if project.repository.has(join(folder, n))), None):
            return found
        if pyproject is not None and pyproject.folder == folder and pyproject.file.table("tool", "poetry"):
            return "Poetry"
    return ""


def to_lock(project: ServiceProject) -> str:
    """What makes a uv.lock of what declares the service's dependencies today."""
    pyproject = project.pyproject
    if pyproject is not None and isinstance(pyproject.file.get("project", "dependencies"), list):
        return "Run `uv lock` and commit uv.lock"
    return to_declare(project, None)


def to_declare(project: ServiceProject, found: str | None) -> str:
    """How the requirements that `found` lists, or some tool's own file, become `[project] dependencies`."""
    manager, name = manager_of(project), posixpath.basename(found or "")
    if manager in _MIGRATED and name in {"", "Pipfile", "requirements.txt"}:
        what = _MIGRATED[manager]
        return f"`uvx migrate-to-uv` turns {what} into `[project]` and locks it; commit what it writes"
    if name.startswith("setup."):
        return f"Move the requirements of `{found}` into `[project] dependencies`, and run `uv lock`"
    added = f"`uv add -r {found}`, which locks the requirements, too" if found else _added(manager)
    if project.pyproject is None:
        return f"Begin with `uv init --bare`, then {added}"
    is_begun = bool(project.pyproject.file.table("project"))
    return f"Run {added}" if is_begun else f"Write a `[project]` table with name and version, then {added}"


def _added(manager: str) -> str:
    return _PACKAGES if manager == "conda" else "`uv add` what the service imports, which locks it, too"


def instead_of(tool: str) -> str:
    """What takes the place of another tool."""
    if tool == "conda":
        return f"{_PACKAGES}. Then delete the file, and call uv instead"
    if tool == "PDM":
        moved = "move `[tool.pdm.dev-dependencies]` into `[dependency-groups]`"
        return f"Run `uv lock`, which reads the same `[project]`; {moved}, delete pdm.lock and call uv"
    return f"`uvx migrate-to-uv` converts the manifest; then delete {tool}'s files, and call uv instead"


def to_add(project: ServiceProject, distribution: str) -> str:
    """The command that declares a dependency, of the tool that the project is on, and where to run it."""
    program = {"Poetry": "poetry", "PDM": "pdm"}.get(manager_of(project), "uv")
    folder = project.pyproject.folder if project.pyproject else "."
    return f"`{program} add {distribution}`" + ("" if folder == "." else f" in `{folder}`")
