"""Whether coverage is measured when the tests run, and of what."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.findings import Location
from archlint.paths import ancestors, is_inside, join
from archlint.service.packaging.pyproject import strings
from archlint.service.semantics.modules import Modules
from archlint.service.testing.configuration import PytestConfiguration
from archlint.service.testing.declared_tools import Tooling

_BY_ITSELF = r"\bcoverage3?[\"',\s]+(run|report|xml|html|lcov)\b|-m[\"',\s]+coverage\b"
_BY_PYTEST = r"--cov(?![\w-])"
_OFF = r"--no-cov(?![\w-])"
"""It holds wherever it stands among pytest's options."""

_MEASURED = re.compile(r"--cov(?:=| +)[\"']?(?!-)([\w./-]+)")
"""The value may be left out: then an option may follow."""
_INI = {".coveragerc": "", "setup.cfg": "coverage:", "tox.ini": "coverage:"}
_ORDER = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")
"""coverage takes the first file that configures it, whatever of that it has."""
_SECTIONS = ("run", "report", "html", "xml", "json", "lcov", "paths")


class Source(Struct, frozen=True):
    """What is to be measured, a folder or a package, as a file or command names it."""

    name: str
    folder: str
    location: Location


def is_run(tooling: Tooling, pytest: PytestConfiguration) -> bool:
    """Whether something measures: pytest's own options, a command that turns it on, or coverage itself."""
    off = re.search(_OFF, pytest.addopts) is not None
    by_pytest = re.search(_BY_PYTEST, pytest.addopts) is not None or tooling.runs(_BY_PYTEST, without=_OFF)
    return (by_pytest and not off) or tooling.runs(_BY_ITSELF)


def sources(root: str, repository: Repository, pytest: PytestConfiguration) -> Iterator[Source]:
    """The sources that coverage's configuration and pytest's own options name."""
    for folder in ancestors(root):
        paths = (join(folder, name) for name in _ORDER)
        read = next((path for path in paths if _configures(repository, path)), None)
        found = _configured(repository, read) if read is not None else ()
        yield from (Source(one, folder, place) for one, place in found)
    for one in _MEASURED.findall(pytest.addopts):
        yield Source(one, root, Location(join(root, "pyproject.toml")))


def is_of_tests(source: Source) -> bool:
    """Whether it says by its name that it holds tests alone."""
    return re.fullmatch(r"(?:.*/)?tests?(?:/.*)?", source.name) is not None


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


def _configures(repository: Repository, path: str) -> bool:
    return any(_table(repository, path, section) for section in _SECTIONS)


def _table(repository: Repository, path: str, section: str) -> Mapping[str, Any]:
    """What one of coverage's sections says in a file, in TOML below `tool.coverage` or at the top."""
    name = posixpath.basename(path)
    if name in _INI:
        return documents.ini(repository, path).sections.get(f"{_INI[name]}{section}", {})
    return documents.toml(repository, path).table(*_keys(name), section)


def _keys(name: str) -> tuple[str, ...]:
    return ("tool", "coverage") if name == "pyproject.toml" else ()


def _configured(repository: Repository, path: str) -> Iterator[tuple[str, Location]]:
    name, run = posixpath.basename(path), _table(repository, path, "run")
    for option in ("source", "source_pkgs"):
        value = run.get(option)
        if name in _INI:
            place = documents.ini(repository, path).location(f"{_INI[name]}run", option)
            yield from ((one, place) for one in re.split(r"[,\s]+", value or "") if one)
        else:
            place = documents.toml(repository, path).location(*_keys(name), "run", option)
            yield from ((one, place) for one in _texts(value))


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(strings(value))
