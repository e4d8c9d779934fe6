"""Lists of requirements that lie in a folder `requirements/`, however deep."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archlint.discover import Repository
from archlint.paths import is_inside, join

_LIST = re.compile(r"(?i).*\.(txt|in)")
_DEVELOPMENT = re.compile(
    r"(?i)(^|[/_.-])(ci|dev|develop|development|docs?|lint|linting|tests?|testing)([/_.-]|$)"
)
_PRODUCTION = re.compile(r"(?i)(^|[/_.-])(prod|production|main|requirements)\.(txt|in)$")


def lists_below(repository: Repository, folders: Iterable[str]) -> tuple[str, ...]:
    """Those of the nearest folder that has any, but for development's; what production installs leads."""
    lists = [file for file in repository.files if "requirements/" in file and _LIST.fullmatch(file)]
    for folder in folders:
        place = join(folder, "requirements")
        below = (file for file in lists if is_inside(file, place))
        if found := [file for file in below if not _DEVELOPMENT.search(file.removeprefix(place))]:
            return tuple(sorted(found, key=lambda file: (not _PRODUCTION.search(file), file)))
    return ()
