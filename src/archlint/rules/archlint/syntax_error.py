"""BA0002: a file of the service that is not in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from archlint.discover import UnreadableFileError
from archlint.findings import Hit, Location, Met, Said, Unknown
from archlint.service.model import Service

_PLACEHOLDER = re.compile(r"\{\{.*\}\}|\{%.*%\}|\[\[.*\]\]")
"""Of Cookiecutter, Copier and their likes, in a path."""
ANOTHER_TOOLS = re.compile(r"(?!(docker-)?compose[.-]).*\.ya?ml")
"""Such as process-compose.yml, which a service's compose files may be told from only by what is in them."""


def check(service: Service) -> Iterator[Said]:
    """Yield each place at which a Python file, the pyproject.toml or a compose file cannot be parsed.

    Below a folder that is called by a placeholder lie templates, of which another file is made.
    """
    for module in service.modules:
        for problem in module.source.problems:
            yield _said(module.span(problem.start, problem.end), problem.message)
        if not module.source.problems:
            yield Met(Location(module.path))
    for unparsed in (*service.project.problems, *service.deployment.compose_problems):
        if ANOTHER_TOOLS.fullmatch(PurePosixPath(unparsed.location.file).name):
            continue
        with suppress(UnreadableFileError):  # that is BA0001
            service.repository.text(unparsed.location.file)
            yield _said(unparsed.location, unparsed.why)


def _said(place: Location, problem: str) -> Hit | Unknown:
    if _PLACEHOLDER.search(place.file):
        return Unknown(f"`{place.file}`", place, f"it is a template: {problem}")
    return Hit(place, {"problem": problem})
