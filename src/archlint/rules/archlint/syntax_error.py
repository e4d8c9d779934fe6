"""BA0002: a file of the service that is not in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from archlint.discover import UnreadableFileError
from archlint.findings import Hit, Location, Met, Said
from archlint.service.model import Service

ANOTHER_TOOLS = re.compile(r"(?!(docker-)?compose[.-]).*\.ya?ml")
"""Such as process-compose.yml, which a service's compose files may be told from only by what is in them."""


def check(service: Service) -> Iterator[Said]:
    """Yield each place at which a Python file, the pyproject.toml or a compose file cannot be parsed."""
    for module in service.modules:
        for problem in module.source.problems:
            yield Hit(module.span(problem.start, problem.end), {"problem": problem.message})
        if not module.source.problems:
            yield Met(Location(module.path))
    for unparsed in (*service.project.problems, *service.deployment.compose_problems):
        if ANOTHER_TOOLS.fullmatch(PurePosixPath(unparsed.location.file).name):
            continue
        with suppress(UnreadableFileError):  # that is BA0001
            service.repository.text(unparsed.location.file)
            yield Hit(unparsed.location, {"problem": unparsed.why})
