"""BA0401: the project has no uv.lock."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said
from archlint.paths import join
from archlint.service.model import Service
from archlint.service.packaging.managers import to_lock
from archlint.service.packaging.requirement_lists import lists_below

OTHERS = ("poetry.lock", "pdm.lock", "pixi.lock", "Pipfile.lock", "requirements.txt")


def check(service: Service) -> Iterator[Said]:
    """Yield a hit when nothing lies where uv would look for the lock."""
    project = service.project
    if project.problems:
        yield from project.problems
    elif project.lock is None:
        folder = posixpath.dirname(project.lock_path) or "."
        beside = (name for name in OTHERS if service.repository.has(join(folder, name)))
        installed = service.images.installed_list(service.anchor.file)
        installed = installed or next(iter(lists_below(service.repository, project.folders)), None)
        found = next(beside, None) or installed
        instead = f"there is only `{found}`" if found else "nothing locks the dependencies"
        remedy = to_lock(project, installed)
        yield Hit(service.anchor, {"lock": project.lock_path, "instead": instead, "remedy": remedy})
    else:
        yield Met(Location(project.lock_path))
