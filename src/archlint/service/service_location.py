"""The place to report what a service lacks: a missing file or folder has no line of its own."""

from __future__ import annotations

import re

from archlint import documents
from archlint.discover import Repository
from archlint.findings import Location
from archlint.paths import is_inside, join
from archlint.service.api.applications import creations
from archlint.service.api.entry_points import entries
from archlint.service.semantics.modules import Modules
from archlint.service.semantics.symbols import Symbols

_PROJECT_NAME = re.compile(
    r"^\[(?:project|tool\.poetry)\][ \t]*(?:#.*)?$(?:\n(?!\[).*)*?\n(name[ \t]*=.*)$", re.MULTILINE
)


def find_anchor(root: str, repository: Repository, modules: Modules, symbols: Symbols) -> Location:
    """The project's name in pyproject.toml, else where the service makes its app, else its first file."""
    return (
        _project_name(root, repository)
        or _application(modules, symbols)
        or _first_file(root, repository, modules)
    )


def _project_name(root: str, repository: Repository) -> Location | None:
    return _named(repository, join(root, "pyproject.toml"))


@documents.view
def _named(path: str, data: bytes) -> Location | None:
    text = documents.decoded(data)
    found = _PROJECT_NAME.search(text)
    if found is None:
        return None
    line = text.count("\n", 0, found.start(1)) + 1
    return Location(path, line, 1, line, len(found[1].rstrip()) + 1)


def _application(modules: Modules, symbols: Symbols) -> Location | None:
    """FastAPI's first; where there is none, another framework's."""
    others = ((module, creation) for module in modules.runtime for creation in creations(module.source))
    made = (*entries(modules, symbols), *others)
    return next((module.location(creation.node) for module, creation in made), None)


def _first_file(root: str, repository: Repository, modules: Modules) -> Location:
    own = (module.path for module in modules)
    below = (file for file in repository.files if is_inside(file, root))
    return Location(next(own, None) or next(below, join(root, "pyproject.toml")))
