"""The API versions that a service serves, and where its documentation speaks of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from archlint import documents
from archlint.discover import Repository
from archlint.paths import ancestors, join
from archlint.service.api.root_paths import client_path, client_version
from archlint.service.api.routes import App, Endpoint, RouteTable
from archlint.service.interpreter.values import Choice, Unresolved, settled, settled_items, text

_CHANGELOG = re.compile(
    r"(change(log|s)|history|news|releases?|release[-_]notes|migrat(ion|ing)\S*)(\.\w+)?", re.IGNORECASE
)
_VERSION = re.compile(r"^/api/v\d+")
_PARAMETER = re.compile(r"\{[^}]*\}")
_TEXTS = ("title", "summary", "description")


def later_versions(routes: RouteTable) -> Iterator[tuple[int, int, Endpoint]]:
    """Each version in paths that serves operations of an older one, that one, and its own first endpoint.

    A version that shares none with an older one is another API's, as a foreign one that the service imitates.
    """
    found: dict[int, list[Endpoint]] = {}
    for endpoint in routes.endpoints:
        version = client_version(endpoint)
        if version is not None:
            found.setdefault(version, []).append(endpoint)
    oldest: dict[tuple[str, str], int] = {}
    for version, endpoints in sorted(found.items()):
        served = {operation for endpoint in endpoints for operation in _operations(endpoint)}
        older = min((oldest[operation] for operation in served if operation in oldest), default=None)
        if older is not None:
            yield version, older, endpoints[0]
        oldest = dict.fromkeys(served, version) | oldest


def _operations(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """Its methods and its path below the version; a parameter's name and a slash at the end do not matter."""
    below = _PARAMETER.sub("{}", _VERSION.sub("", client_path(endpoint))).rstrip("/")
    return ((method, below) for method in endpoint.methods or (endpoint.kind,))


def is_told(version: int, older: int, routes: RouteTable, repository: Repository, root: str) -> bool | None:
    """Whether tags, an app of its own, an app's words or a changelog name a version; None if unknown.

    Where all that is documented of the older one is deprecated, that tells of the version as well.
    """
    before = [e for e in routes.endpoints if client_version(e) == older and e.in_schema]
    if before and all(endpoint.deprecated for endpoint in before):
        return True
    own = [e for e in routes.endpoints if client_version(e) == version]
    roots = {id(app.router) for app in routes.apps}
    if any(id(endpoint.app.router) not in roots for endpoint in own):
        return True
    if any(_names(version, tag) for endpoint in own for tag in endpoint.tags):
        return True
    told = [_app_tells(version, app) for app in routes.apps]
    if True in told or any(_names(version, words) for words in _changelogs(repository, root)):
        return True
    return None if None in told else False


def _app_tells(version: int, app: App) -> bool | None:
    keywords = app.router.keywords
    values = [keywords.get(name) for name in _TEXTS]
    release = text(keywords.get("version"))
    if release is not None and re.match(rf"v?{version}(\.|$)", release):
        return True
    for tag in settled_items(keywords.get("openapi_tags")):
        values.extend(tag.values() if isinstance(tag, dict) else [])
    if any(_names(version, text(value) or "") for value in values):
        return True
    untold = (settled(value) for value in (*values, keywords.get("openapi_tags")))
    return None if any(isinstance(value, Unresolved | Choice) for value in untold) else False


def _names(version: int, words: str) -> bool:
    return re.search(rf"(?<![\w.])v(ersion)?[ ._-]?{version}(?![\w]|\.\d)", words, re.IGNORECASE) is not None


def _changelogs(repository: Repository, root: str) -> Iterator[str]:
    """The texts of the files that tell what changed, beside the service, above it, and in `docs/`."""
    folders = [folder for own in ancestors(root) for folder in (own, join(own, "docs"))]
    for file in repository.files:
        folder, name = posixpath.split(file)
        if _CHANGELOG.fullmatch(name) and (folder or ".") in folders:
            yield documents.text(repository, file)
