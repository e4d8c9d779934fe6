"""The one door to a repository's documents.

Whatever its form, a document is read without an exception: it has `problems` that say why it, or a part of
it, could not be read, and where. Of an unreadable one the rest is empty, as of one that is not there.
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, TypeVar

from archlint.discover import Repository, UnreadableFileError
from archlint.facts.dockerfile import Dockerfile, read_dockerfile
from archlint.facts.dotenv import DotenvFile, read_dotenv
from archlint.facts.ini import IniFile, read_ini
from archlint.facts.json_documents import JsonFile, read_json
from archlint.facts.toml import TomlFile, read_toml
from archlint.facts.yaml import YamlFile, read_yaml
from archlint.findings import Location, Unknown

_MARKS = (
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)
"""That of UTF-32 begins like that of UTF-16."""

_KEPT = 64
"""A run reads few documents, each of them for many rules."""


class Document(Protocol):
    """What every form has: made of a path and problems alone, it is an empty one."""

    def __init__(self, path: str, *, problems: tuple[Unknown, ...] = ()) -> None: ...

    @property
    def path(self) -> str:
        """Where it lies in the repository."""

    @property
    def problems(self) -> tuple[Unknown, ...]:
        """What of it cannot be read."""


_D = TypeVar("_D", bound=Document)


def dockerfile(repository: Repository, path: str) -> Dockerfile:
    """A Dockerfile or Containerfile."""
    return _read(repository, path, read_dockerfile, Dockerfile)


def dotenv(repository: Repository, path: str) -> DotenvFile:
    """A file of environment variables."""
    return _read(repository, path, read_dotenv, DotenvFile)


def ini(repository: Repository, path: str) -> IniFile:
    """A file in the form of configparser."""
    return _read(repository, path, read_ini, IniFile)


def json(repository: Repository, path: str) -> JsonFile:
    """A JSON file, or the first document of a YAML file as JSON values."""
    return _read(repository, path, read_json, JsonFile)


def toml(repository: Repository, path: str) -> TomlFile:
    """A TOML file."""
    return _read(repository, path, read_toml, TomlFile)


def yaml(repository: Repository, path: str) -> YamlFile:
    """A YAML file."""
    return _read(repository, path, read_yaml, YamlFile)


def content(repository: Repository, path: str) -> bytes:
    """What a file holds; nothing when it cannot be read."""
    found = _content(repository, path)
    return b"" if isinstance(found, Unknown) else found


def text(repository: Repository, path: str) -> str:
    """The lines of a file, ended by `\\n`, with what cannot be decoded replaced; nothing when unreadable.

    A byte order mark tells the encoding, as pip and uv take it of a list of requirements; else it is UTF-8.
    """
    data = content(repository, path)
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    return data.decode(encoding, errors="replace").replace("\r\n", "\n")


def problem(repository: Repository, path: str) -> Unknown | None:
    """Why a file cannot be read as bytes, if it cannot."""
    found = _content(repository, path)
    return found if isinstance(found, Unknown) else None


def _read(repository: Repository, path: str, read: Callable[[str, bytes], _D], form: type[_D]) -> _D:
    found = _content(repository, path)
    return form(path, problems=(found,)) if isinstance(found, Unknown) else _parsed(read, path, found)


@lru_cache(maxsize=_KEPT)
def _parsed(read: Callable[[str, bytes], _D], path: str, data: bytes) -> _D:
    return read(path, data)


def _content(repository: Repository, path: str) -> bytes | Unknown:
    """Only what is listed is the repository's: an ignored file lies on one machine, and not on the next."""
    try:
        if repository.has(path):
            return repository.read_bytes(path)
        reason = "there is no such file"
    except UnreadableFileError as error:
        reason = error.reason
    return Unknown(f"`{path}`", Location(path), reason)
