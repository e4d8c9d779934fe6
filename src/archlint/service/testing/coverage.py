"""Whether coverage is measured when the tests run, and of what."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.findings import Location
from archlint.paths import ancestors, is_inside, join
from archlint.service.packaging.pyproject import strings
from archlint.service.semantics.modules import Modules
from archlint.service.testing.configuration import PytestConfiguration

RUN = r"--cov(?![\w-])|\bcoverage3?[\"',\s]+(run|report|xml|html|lcov)\b|-m[\"',\s]+coverage\b"
"""A command that measures: pytest-cov's option, or coverage itself."""

_MEASURED = re.compile(r"--cov(?:=| +)[\"']?(?!-)([\w./-]+)")
"""The value may be left out: then an option may follow."""
_INI = {".coveragerc": "run", "setup.cfg": "coverage:run", "tox.ini": "coverage:run"}


class Source(Struct, frozen=True):
    """What is to be measured, a folder or a package, as a file or command names it."""

    name: str
    folder: str
    location: Location


def sources(root: str, repository: Repository, pytest: PytestConfiguration) -> Iterator[Source]:
    """The sources that coverage's configuration and pytest's own options name."""
    for folder in ancestors(root):
        for name in ("pyproject.toml", *_INI):
            configured = _configured(repository, join(folder, name))
            yield from (Source(one, folder, place) for one, place in configured)
    for one in _MEASURED.findall(pytest.addopts):
        yield Source(one, root, Location(join(root, "pyproject.toml")))


def exists(source: Source, repository: Repository, modules: Modules) -> bool:
    """Whether there is such a folder, file or package; what a variable decides may exist."""
    if re.search(r"[$*{~]|^/|^\.\.", source.name) or source.name in {".", "./"}:
        return True
    path = join(source.folder, source.name)
    dotted = source.name.replace("/", ".")
    by_name = any(
        f"{name}.".startswith(f"{dotted}.") or f".{dotted}." in f".{name}." for name in modules.by_name
    )
    return by_name or any(
        is_inside(file, path) or f"/{source.name}/" in f"/{file}" for file in repository.files
    )


def _configured(repository: Repository, path: str) -> Iterator[tuple[str, Location]]:
    section = _INI.get(posixpath.basename(path))
    for option in ("source", "source_pkgs"):
        if section is None:
            toml, keys = documents.toml(repository, path), ("tool", "coverage", "run", option)
            yield from ((one, toml.location(*keys)) for one in _texts(toml.get(*keys)))
        else:
            text = documents.ini(repository, path).sections.get(section, {}).get(option, "")
            yield from ((one, Location(path)) for one in re.split(r"[,\s]+", text) if one)


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(strings(value))
