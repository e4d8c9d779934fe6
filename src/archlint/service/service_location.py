"""The place to report what a service lacks: a missing file or folder has no line of its own."""

from __future__ import annotations

import re

from archlint import documents
from archlint.discover import Repository
from archlint.facts.syntax import Call, ClassDef
from archlint.findings import Location
from archlint.paths import is_inside, join
from archlint.service.api.applications import creations, using
from archlint.service.api.entry_points import entries
from archlint.service.semantics.modules import Module, Modules
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
    made = next(iter((*entries(modules, symbols), *others)), None)
    if made is None:
        return None
    module, creation = made
    if isinstance(creation.node, ClassDef):
        return _made_of(creation.node, module, modules, symbols) or module.location(creation.node)
    return module.location(creation.node)


def _made_of(cls: ClassDef, home: Module, modules: Modules, symbols: Symbols) -> Location | None:
    """Where the service makes an object of its own application's class."""
    for module in (home, *modules.runtime):
        for call in using(module.source, cls.name):
            if isinstance(call[1], Call) and symbols.resolve(module, call[1].func).node is cls:
                return module.location(call[1])
    return None


def _first_file(root: str, repository: Repository, modules: Modules) -> Location:
    own = (module.path for module in modules)
    below = (file for file in repository.files if is_inside(file, root))
    return Location(next(own, None) or next(below, join(root, "pyproject.toml")))
