"""Tests that another runner than pytest makes: behave, Robot Framework, Hurl, Tavern.

They say in words, or in steps of their own, what they request; so that an endpoint all of whose path's words
stand in one of their files may be requested. A collection of Postman is for people, unless a command runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.findings import Location
from archlint.service.api.routes import Endpoint

_FILE = re.compile(r"(?i).*\.(feature|hurl|robot|tavern\.ya?ml)")
_WORD = re.compile(r"[\w.~-]*\w")
_PARAMETER = re.compile(r"\{[^}]*\}")
_GENERAL = re.compile(r"api|v\d+")
"""Parts of paths that a base URL may have."""


class OtherRequests(Struct, frozen=True):
    """What tests of another runner request; `location` is a file of theirs."""

    location: Location


def requested_elsewhere(
    repository: Repository, endpoints: Iterable[Endpoint]
) -> dict[OtherRequests, tuple[Endpoint, ...]]:
    """The endpoints that tests of other runners may request, by the first file that speaks of one."""
    files = (path for path in repository.files if _FILE.fullmatch(path))
    spoken = {path: frozenset(_words(repository, path).split()) for path in files}
    found = {one: path for one in endpoints if (path := _speaking_of(one, spoken)) is not None}
    if not found:
        return {}
    return {OtherRequests(Location(next(iter(found.values())))): tuple(found)}


def _speaking_of(endpoint: Endpoint, spoken: dict[str, frozenset[str]]) -> str | None:
    parts = {part for part in _PARAMETER.sub("", endpoint.path).split("/") if part}
    wanted = {part for part in parts if not _GENERAL.fullmatch(part)}
    return next((path for path, words in spoken.items() if wanted and wanted <= words), None)


@documents.view
def _words(path: str, data: bytes) -> str:
    """The words of a file, each once."""
    return " ".join(sorted(set(_WORD.findall(documents.decoded(data)))))
