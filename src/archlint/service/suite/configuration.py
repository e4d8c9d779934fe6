"""How pytest is configured for a service: in pytest.ini, pyproject.toml, tox.ini or setup.cfg.

Which file wins depends on where pytest is started, so an option counts wherever one of them sets it.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from archlint.discover import Repository, UnreadableFileError
from archlint.facts.ini import IniFile, read_ini
from archlint.facts.toml import TomlFile, read_toml
from archlint.service.project import ancestors

_SECTIONS = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}


@dataclass(frozen=True, eq=False)
class PytestConfiguration:
    """The options of all configuration files at, below and above the service's folder."""

    root: str
    repository: Repository

    def texts(self, option: str) -> tuple[str, ...]:
        """Every value that a file gives an option, lists joined by spaces."""
        return tuple(_text(options[option]) for options in self._tables if option in options)

    @property
    def asyncio_auto(self) -> bool:
        """Whether pytest-asyncio or anyio takes every async test for its own."""
        modes = (*self.texts("asyncio_mode"), *self.texts("anyio_mode"))
        return "auto" in modes or any("asyncio-mode=auto" in text for text in self.texts("addopts"))

    @property
    def addopts(self) -> str:
        """The options that every run of pytest gets."""
        return " ".join(self.texts("addopts"))

    def collects_file(self, path: str) -> bool:
        """Whether pytest looks for tests in a file of that name."""
        patterns = self._words("python_files") or ("test_*.py", "*_test.py")
        name = posixpath.basename(path)
        return any(fnmatchcase(path if "/" in p else name, f"*/{p}" if "/" in p else p) for p in patterns)

    def collects_function(self, name: str) -> bool:
        """Whether a function of that name is a test."""
        return _starts(name, self._words("python_functions") or ("test",))

    def collects_class(self, name: str) -> bool:
        """Whether the methods of a class of that name may be tests."""
        return _starts(name, self._words("python_classes") or ("Test",))

    def _words(self, option: str) -> tuple[str, ...]:
        return tuple(word for text in self.texts(option) for word in _split(text))

    @cached_property
    def _tables(self) -> tuple[dict[str, Any], ...]:
        return tuple(
            table for path in self.repository.files if self._concerns(path) for table in self._read(path)
        )

    def _concerns(self, path: str) -> bool:
        folder, name = posixpath.split(path)
        if name not in {*_SECTIONS, "pyproject.toml"}:
            return False
        return (
            (folder or ".") in set(ancestors(self.root))
            or self.root == "."
            or path.startswith(f"{self.root}/")
        )

    def _read(self, path: str) -> Iterator[dict[str, Any]]:
        try:
            data = self.repository.read_bytes(path)
        except UnreadableFileError:
            return
        name = posixpath.basename(path)
        if name == "pyproject.toml":
            toml = read_toml(path, data)
            if isinstance(toml, TomlFile):
                yield toml.table("tool", "pytest", "ini_options") or toml.table("tool", "pytest")
            return
        ini = read_ini(path, data)
        if isinstance(ini, IniFile):
            yield dict(ini.sections.get(_SECTIONS[name], {}))


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _starts(name: str, patterns: tuple[str, ...]) -> bool:
    """Pytest's rule: a plain word is a prefix, anything with a wildcard is a glob."""
    return any(
        fnmatchcase(name, pattern) if re.search(r"[*?\[]", pattern) else name.startswith(pattern)
        for pattern in patterns
    )
