"""The one door to a repository's documents.

Whoever asks for a form, another `view` or what an expression finds depends on that, and not on all of a file.
Whatever its form, a document is read without an exception: it has `problems` that say why it, or a part of
it, could not be read, and where. Of an unreadable one the rest is empty, as of one that is not there.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Protocol, TypeVar

from archlint import readings
from archlint.answers import digest
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

_KEPT = 1024
"""A run reads some hundred documents at most, each of them for many rules."""
MAX_COMPARED = 100_000
"""Of what is larger, such as a lock file, the views are not compared."""


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
_T = TypeVar("_T")


def view(read: Callable[[str, bytes], _T]) -> Callable[[Repository, str], _T]:
    """A pure function of a file's path and content, for readers who depend on its answer alone.

    Of an unreadable file there is no content. The answer consists of structs, tuples, mappings and plain
    values, so that two can be told apart whatever places they name.
    """

    @wraps(read)
    def asked(repository: Repository, path: str) -> _T:
        found = _viewed(repository, path, read)
        answer: _T = _parsed(read, path, b"" if isinstance(found, Unknown) else found)
        return answer

    return asked


def findall(repository: Repository, path: str, pattern: re.Pattern[Any]) -> list[Any]:
    """All that an expression finds in a file: one of bytes in its content, another in its `text`."""
    part = readings.finding_part(path, pattern)
    with readings.unnoticed():
        data = _content(repository, path)
    found = found_in(b"" if isinstance(data, Unknown) else data, pattern)
    if repository.has(path):
        readings.documents[part] = None
        repository.reads.told[part] = told(found)
    return found


def finds(repository: Repository, path: str, pattern: re.Pattern[Any]) -> bool:
    """Whether an expression finds anything in a file, as `findall` would."""
    return bool(findall(repository, path, pattern))


def found_in(data: bytes, pattern: re.Pattern[Any]) -> list[Any]:
    """All that an expression finds in a content."""
    return pattern.findall(data if isinstance(pattern.pattern, bytes) else decoded(data))


def told(found: list[Any]) -> str:
    """What tells one finding from others."""
    return digest(repr(found).encode("utf-8", "surrogateescape"))


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
    """A TOML file; whoever asks depends on what is wrong with it, and on what he takes of it."""
    _toml_problems(repository, path)
    with readings.unnoticed():
        return _read(repository, path, read_toml, TomlFile)


@view
def _toml_problems(path: str, data: bytes) -> tuple[Unknown, ...]:
    found: TomlFile = _parsed(read_toml, path, data)
    return found.problems


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
    return decoded(content(repository, path))


def decoded(data: bytes) -> str:
    """The text of a content, as `text` has it."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    return data.decode(encoding, errors="replace").replace("\r\n", "\n")


def problem(repository: Repository, path: str) -> Unknown | None:
    """Why a file cannot be read as bytes, if it cannot; whoever asks depends on nothing that it says."""
    found = _viewed(repository, path, _nothing)
    return found if isinstance(found, Unknown) else None


def _nothing(path: str, data: bytes) -> None:
    """What a file says to those who only ask whether it can be read."""


def _read(repository: Repository, path: str, read: Callable[[str, bytes], _D], form: type[_D]) -> _D:
    found = _viewed(repository, path, read)
    return form(path, problems=(found,)) if isinstance(found, Unknown) else _parsed(read, path, found)


def _viewed(repository: Repository, path: str, read: Callable[[str, bytes], object]) -> bytes | Unknown:
    """A file's content, of which its readers take no more than `read` tells."""
    with readings.unnoticed():
        found = _content(repository, path)
    if repository.has(path):
        readings.documents[readings.view_part(path, read)] = None
        if not isinstance(found, Unknown) and len(found) <= MAX_COMPARED:
            repository.reads.contents[path] = found
    return found


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
