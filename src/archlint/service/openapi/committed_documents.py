"""The documents that a repository commits, beside the one that the source gives."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.paths import is_inside
from archlint.service.api.routes import RouteTable
from archlint.service.openapi.json_values import UNKNOWN_KEY

if TYPE_CHECKING:
    from archlint.service.openapi.document import ApiDocument

NAMES = frozenset({"openapi.json", "openapi.yaml", "openapi.yml"})
_IN_SERVICE = frozenset({"", "docs", "doc", "api", "openapi", "spec", "specs", "schema", "static"})


class CommittedDocument(Struct, frozen=True):
    """A file with an OpenAPI document, and the first place in which the source gives another.

    `difference` is a JSON pointer with what stands on both sides; empty where there is none, None where
    either side cannot be read.
    """

    path: str
    difference: str | None


def committed_documents(
    root: str,
    repository: Repository,
    document: Callable[[], ApiDocument | None],
    routes: Callable[[], RouteTable],
) -> Iterator[CommittedDocument]:
    """Each `openapi.json` or `.yaml` of the service, compared with its document.

    Where routes are not known, or off by default, it tells of nothing that the file has besides.
    """
    for path in repository.files:
        folder, name = posixpath.split(path)
        if name not in NAMES or not is_inside(folder or ".", root):
            continue
        inner = posixpath.relpath(folder or ".", root)
        if (inner == "." or inner in _IN_SERVICE) and (given := document()) is not None:
            content = documents.json(repository, path).value
            content = content if isinstance(content, dict) and "paths" in content else None
            found = () if content is None else _differences(content, given.content, "#")
            unseen = _BESIDES if _are_partial(routes()) else _MAY_BE_UNSEEN if given.gaps else None
            sure = (one for one in found if not (unseen and unseen.match(one)))
            differ = None if content is None else next(sure, "")
            yield CommittedDocument(path, differ)


_MAY_BE_UNSEEN = re.compile(
    r"#/components/(\S+ is not in the source|schemas/Body_\S+ is missing in the file)$"
)
"""What a part of the document may name that the source does not tell."""
_BESIDES = re.compile(rf"#/\S+ is not in the source$|{_MAY_BE_UNSEEN.pattern}")


def _are_partial(routes: RouteTable) -> bool:
    return bool(routes.unknown) or any(one.off_by_default for one in routes.endpoints)


_WORDS = frozenset({"title", "servers"})
"""What is worded by the library's version, and what deployments add."""


def _differences(written: Any, given: Any, pointer: str) -> Iterator[str]:
    """Where the two differ, as far as the source tells; the order of keys says nothing."""
    if isinstance(given, dict) and UNKNOWN_KEY in given:
        return
    if isinstance(written, dict) and isinstance(given, dict):
        for key in sorted(map(str, written.keys() | given.keys())):
            place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key in _WORDS or place in {"#/openapi", "#/info"} or "/HTTPValidationError" in place:
                continue
            if place.endswith("/schemas/ValidationError"):
                continue
            if key in written and key in given:
                yield from _differences(written[key], given[key], place)
            else:
                yield f"{place} is {'not in the source' if key in written else 'missing in the file'}"
    elif isinstance(written, list) and isinstance(given, list) and len(written) == len(given):
        for index, (one, other) in enumerate(zip(written, given, strict=True)):
            yield from _differences(one, other, f"{pointer}/{index}")
    elif written != given:
        yield f"{pointer} is {_short(written)} in the file and {_short(given)} in the source"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return f"`{text}`" if len(text) <= 40 else f"`{text[:39]}…`"
