"""BA0405: the service imports a distribution that its pyproject.toml does not ask for."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link
from archlint.service.model import Service
from archlint.service.packaging.undeclared_imports import Distributions


def check(service: Service) -> Iterator[Hit]:
    """Yield each such distribution at its first import, with the others in the chain."""
    pyproject = service.project.pyproject
    if pyproject is None or not isinstance(pyproject.file.get("project", "dependencies"), list):
        return
    for undeclared in Distributions(service.modules, service.project).undeclared():
        first, *others = undeclared.places
        chain = tuple(Link(place, "it is imported here too") for place in others[:5])
        yield Hit(first, {"distribution": undeclared.distribution, "manifest": pyproject.file.path}, chain)
