"""Which Python files a repository's other files name: what builds, deploys, starts or describes a service."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection

from archlint import documents
from archlint.discover import Repository
from archlint.paths import ancestors, is_inside

_SPEAKING = re.compile(
    r"(?i)((docker|container|just|make|proc|task)file.*|.*\.(cfg|conf|ini|just|md|mk|rst|service|sh|tf|toml|txt"
    r"|ya?ml)|(package|vercel|app|serverless|deno|devcontainer)\.json|\.envrc)"
)
_PATH = re.compile(r"-m[ =]+[\w.]+|(?<![^\s,;()\"'`<>])[^\s,;()\"'`<>]*\w[./:]+[A-Za-z_][^\s,;()\"'`<>]*")
"""A word is tried where it begins alone: from each character on, it took the square of its length."""
_LOCKS = re.compile(r"(?i).*\.lock|.*-lock\.ya?ml|(requirements|constraints).*\.txt|changelog.*|history.*")
_AWAY = re.compile(r"(?i)_?(archived?|attic|deprecated|legacy|obsolete|old|outdated|unused)_?")
_PROSE = re.compile(r"(?i).*\.(md|rst|txt)")


def is_put_away(path: str) -> bool:
    """Whether a file lies in a folder that says it is no longer used."""
    return any(map(_AWAY.fullmatch, path.split("/")[:-1]))


def files_named(repository: Repository, root: str, files: Collection[str]) -> frozenset[str]:
    """Those of `files` that a document below the service at `root`, beside it, or of its pipelines names.

    Of a file that was put away, prose may tell that it was.
    """
    left = set(files)
    found: set[str] = set()
    for path in repository.files if left else ():
        if not left:
            break
        if is_near(path, root) and speaks(posixpath.basename(path)):
            words, is_prose = _words(repository, path), _PROSE.fullmatch(path) is not None
            meant = {one for one in left if not (is_prose and is_put_away(one))}
            named = {one for one in meant if _names(one, words) or _has_word(repository, path, one)}
            found |= named
            left -= named
    return frozenset(found)


def speaks(name: str) -> bool:
    """Whether a file of that name says what a service consists of; a lock or a history tells the past."""
    return _SPEAKING.fullmatch(name) is not None and _LOCKS.fullmatch(name) is None


def is_near(path: str, root: str) -> bool:
    """Whether a document lies below the service at `root`, beside it, or among the pipelines."""
    is_around = (posixpath.dirname(path) or ".") in ancestors(root)
    return is_around or is_inside(path, root) or path.startswith(".")


@documents.view
def _words(path: str, data: bytes) -> str:
    """What may be paths, dotted names or modules to run in a document, each once, a line each."""
    return "\n".join(sorted(set(_PATH.findall(documents.decoded(data)))))


def _names(file: str, words: str) -> bool:
    """Whether the file's path, its dotted name, or its name as a program or a module to run is there."""
    folder, name = posixpath.split(file.removesuffix(".py"))
    if name not in words:
        return False
    stem, parent = re.escape(name), re.escape(posixpath.basename(folder))
    inner = rf"{parent}[./]{stem}\b|" if folder else ""
    return re.search(rf"{inner}\b{stem}\.py\b|-m[ =]+{stem}\b|\b{stem}:[A-Za-z_]", words) is not None


def _has_word(repository: Repository, path: str, file: str) -> bool:
    """Whether a document has the name of a file at the top, whose path is no more than that."""
    folder, name = posixpath.split(file.removesuffix(".py"))
    return not folder and documents.finds(repository, path, re.compile(rf"\b{re.escape(name)}\b"))
