"""BA0404: what the service needs is declared elsewhere than in pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterator

from archlint import documents
from archlint.findings import Hit, Met, Said
from archlint.paths import join
from archlint.service.deployment.installs import is_exported
from archlint.service.model import Service
from archlint.service.packaging.managers import lists_requirements, to_declare
from archlint.service.packaging.requirement_lists import lists_below

SOURCES = (
    "requirements.txt", "requirements/base.txt", "requirements.in", "setup.py", "setup.cfg", "Pipfile",
    "environment.yml", "environment.yaml",
)  # fmt: skip
_NO_LIST = "pyproject.toml has no `[project] dependencies`"
_NO_FILE = "There is no pyproject.toml"


def check(service: Service) -> Iterator[Said]:
    """Yield one hit that names the file that stands in for `[project] dependencies`."""
    project = service.project
    pyproject = project.pyproject
    if project.problems or _declares(service):
        if pyproject is not None and pyproject.file.get("project", "dependencies") is not None:
            yield Met(pyproject.file.location("project", "dependencies"))
        return
    if pyproject is not None and pyproject.file.get("tool", "poetry", "dependencies"):
        place, instead = pyproject.file.location("tool", "poetry", "dependencies"), "Poetry's table"
        found = None
    else:
        found = _source(service)
        place, instead = service.anchor, f"`{found}`" if found else "nothing"
    lack = _NO_LIST if pyproject is not None else _NO_FILE
    remedy = to_declare(project, found)
    yield Hit(place, {"lack": lack, "service": project.label, "instead": instead, "remedy": remedy})


def _declares(service: Service) -> bool:
    """Whether pyproject.toml has the list, or a build backend fills it in, which is not ours to judge."""
    pyproject = service.project.pyproject
    if pyproject is None:
        return False
    listed = isinstance(pyproject.file.get("project", "dependencies"), list)
    grouped = pyproject.name is None and bool(pyproject.groups)
    return listed or grouped or "dependencies" in pyproject.dynamic


def _source(service: Service) -> str | None:
    for folder in service.project.folders:
        for name in SOURCES:
            path = join(folder, name)
            if _lists(service, path):
                return path
    installed = service.images.installed_list(service.anchor.file)
    return installed or next(iter(lists_below(service.repository, service.project.folders)), None)


def _lists(service: Service, path: str) -> bool:
    """Whether a file lists requirements itself, and not as uv wrote them down."""
    repository = service.repository
    if not lists_requirements(repository, path):
        return False
    return not is_exported(path, documents.text(repository, path), service.commands)
