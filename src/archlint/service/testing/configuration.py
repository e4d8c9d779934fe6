"""How pytest is configured for a service: in pytest.ini, pyproject.toml, tox.ini or setup.cfg.

Of a folder's files one is read, as `_pytest/config/findpaths.py` chooses it; of the service's folder and
those above it the nearest that has one. pytest may be started in a folder below, or in one of tests beside
the service, so theirs count, too, for the tests in that folder: its rootdir is above what it is started with.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from msgspec import Struct
from packaging.version import Version

from archlint import documents
from archlint.discover import Repository
from archlint.facts.shell import split_words
from archlint.findings import Unknown
from archlint.paths import ancestors, is_inside, join

_ORDER = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
_ALWAYS = frozenset({"pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"})
"""Files that are read alone even when they say nothing."""

_SECTIONS = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}
_TABLES = {"pyproject.toml": ("tool", "pytest"), "pytest.toml": ("pytest",), ".pytest.toml": ("pytest",)}
_IGNORING = frozenset({"--ignore", "--ignore-glob"})
_NOT_ENTERED = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")


class PytestConfiguration(Struct, eq=False, frozen=True, dict=True):
    """The options of all configuration files at, below and above the service's folder."""

    root: str
    repository: Repository
    version: Version | None = None
    """The highest version of pytest that the service may run; None where it is not known."""
    beside: tuple[str, ...] = ()
    """The files of its tests that lie beside the service's folder."""

    def texts(self, option: str, of: str | None = None) -> tuple[str, ...]:
        """Every value that a file gives an option, lists joined by spaces; `of` is a file of tests."""
        return tuple(
            _text(options[option])
            for folder, options in self._tables
            if option in options and (of is None or is_inside(of, folder))
        )

    @cached_property
    def problems(self) -> tuple[Unknown, ...]:
        """What of the files that may configure it cannot be read."""
        folders = {*ancestors(self.root), *(folder for path in self.beside for folder in ancestors(path))}
        files = [
            file
            for file in self.repository.files
            if posixpath.basename(file) in _ORDER
            and (is_inside(file, self.root) or (posixpath.dirname(file) or ".") in folders)
        ]
        found = (
            documents.toml(self.repository, file).problems
            if file.endswith(".toml")
            else documents.ini(self.repository, file).problems
            for file in files
        )
        return tuple(problem for problems in found for problem in problems)

    @property
    def addopts(self) -> str:
        """The options that every run of pytest gets."""
        return " ".join(self.texts("addopts"))

    @property
    def plugins(self) -> tuple[str, ...]:
        """The modules that `-p` loads."""
        words = self.words("addopts")
        given = (
            after if word == "-p" else word.removeprefix("-p")
            for word, after in pairwise((*words, ""))
            if word.startswith("-p")
        )
        return tuple(name for name in given if name and not name.startswith(("no:", "-", "y")))

    def reads(self, pyproject: str) -> bool:
        """Whether pytest takes its options from this pyproject.toml, or would if it had any."""
        table = (
            documents.toml(self.repository, pyproject).table(*_TABLES["pyproject.toml"]).get("ini_options")
        )
        return any(one is table for _, one in self._tables) if table else not self._tables

    def collects_file(self, path: str) -> bool:
        """Whether pytest looks for tests in a file of that name."""
        patterns = self.words("python_files", path) or ("test_*.py", "*_test.py")
        folder, name = posixpath.split(path)
        fits = any(
            fnmatchcase(f"/{path}" if "/" in p else name, f"*/{p}" if "/" in p else p) for p in patterns
        )
        closed = self.words("norecursedirs", path) or _NOT_ENTERED
        below = folder.removeprefix("" if self.root == "." else self.root)
        return fits and not any(fnmatchcase(part, p) for part in below.split("/") if part for p in closed)

    def ignores(self, path: str) -> bool:
        """Whether every run of pytest leaves out a file, which an option names from the service's folder."""
        words = self.words("addopts", path)
        joined = [f"{one}={after}" if one in _IGNORING else one for one, after in pairwise((*words, ""))]
        named = (one.partition("=") for one in joined if one.partition("=")[0] in _IGNORING)
        return any(
            fnmatchcase(path, join(self.root, text))
            if option == "--ignore-glob"
            else is_inside(path, join(self.root, text))
            for option, _, text in named
        )

    def asks_for(self, path: str) -> bool:
        """Whether a file has a name that only the configuration makes a test's, in a folder of tests."""
        given = bool(self.words("python_files", path)) and self.collects_file(path)
        folders = (*self.words("testpaths", path), "test", "tests")
        return given and any(f"/{folder.strip('/')}/" in f"/{path}" for folder in folders)

    def collects_function(self, name: str, path: str) -> bool:
        """Whether a function of that name is a test in a file."""
        return _starts(name, self.words("python_functions", path) or ("test",))

    def collects_class(self, name: str, path: str) -> bool:
        """Whether the methods of a class of that name may be tests in a file."""
        return _starts(name, self.words("python_classes", path) or ("Test",))

    def words(self, option: str, of: str | None = None) -> tuple[str, ...]:
        """The words of an option's values, as of `texts`."""
        return tuple(word for text in self.texts(option, of) for word in _words(text))

    @cached_property
    def _tables(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Each with the folder of the tests that it is for."""
        folders: dict[str, set[str]] = {}
        for path in self.repository.files:
            folder, name = posixpath.split(path)
            if name in _ORDER:
                folders.setdefault(folder or ".", set()).add(name)
        above = (self._chosen(one, folders[one]) for one in ancestors(self.root) if one in folders)
        nearest = next((table for table in above if table is not None), None)
        inner = "" if self.root == "." else f"{self.root}/"
        around = {folder for path in self.beside for folder in ancestors(path)} - set(ancestors(self.root))
        inside = {one for one in folders if one.startswith(inner)} - {".", self.root}
        below = sorted(inside | (around & folders.keys()))
        chosen = [(".", nearest), *((one, self._chosen(one, folders[one])) for one in below)]
        return tuple((folder, table) for folder, table in chosen if table is not None)

    def _chosen(self, folder: str, names: Collection[str]) -> dict[str, Any] | None:
        """What the folder's one file says that pytest reads; None where it reads none of them."""
        for name in _ORDER:
            if name in names:
                table = self._read(join(folder, name))
                if table is not None or name in _ALWAYS:
                    return table or {}
        return None

    def _read(self, path: str) -> dict[str, Any] | None:
        """The table for pytest; None where the file has none."""
        name = posixpath.basename(path)
        if name in _TABLES:
            table = documents.toml(self.repository, path).table(*_TABLES[name])
            return table.get("ini_options") or (table if table and self._reads_native(name) else None)
        found = documents.ini(self.repository, path).sections.get(_SECTIONS[name])
        return None if found is None else dict(found)

    def _reads_native(self, name: str) -> bool:
        """Whether `[tool.pytest]` itself is read, which is so since pytest 9."""
        return name != "pyproject.toml" or self.version is None or self.version.major >= _NATIVE


_NATIVE = 9


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _starts(name: str, patterns: tuple[str, ...]) -> bool:
    """Pytest's rule: a plain word is a prefix, anything with a wildcard is a glob."""
    return any(
        fnmatchcase(name, pattern) if re.search(r"[*?\[]", pattern) else name.startswith(pattern)
        for pattern in patterns
    )


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    return tuple(split_words(text))
