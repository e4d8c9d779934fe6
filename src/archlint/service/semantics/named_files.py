"""Which Python files a repository's other files name: what builds, deploys, starts or describes a service."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection

from archlint import documents
from archlint.discover import Repository
from archlint.paths import parents

_SPEAKING = re.compile(
    r"(?i)((docker|container|just|make|proc|task)file.*|.*\.(cfg|conf|ini|just|md|mk|rst|service|sh|tf|toml|txt"
    r"|ya?ml)|(package|vercel|app|serverless|deno|devcontainer)\.json|\.envrc)"
)
_LOCKS = re.compile(r"(?i).*\.lock|.*-lock\.ya?ml|(requirements|constraints).*\.txt|changelog.*|history.*")


def files_named(repository: Repository, root: str, files: Collection[str]) -> frozenset[str]:
    """Those of `files` that a document below the service at `root`, beside it, or of its pipelines names."""
    left = set(files)
    found: set[str] = set()
    for path in repository.files if left else ():
        if not left:
            break
        if _is_near(path, root) and _speaks(posixpath.basename(path)):
            text = documents.text(repository, path)
            named = {
                one
                for one in left
                if posixpath.basename(one).removesuffix(".py") in text and _names(one, text)
            }
            found |= named
            left -= named
    return frozenset(found)


def _speaks(name: str) -> bool:
    return _SPEAKING.fullmatch(name) is not None and _LOCKS.fullmatch(name) is None


def _is_near(path: str, root: str) -> bool:
    below = root == "." or path.startswith(f"{root}/")
    return below or path.startswith(".") or (posixpath.dirname(path) or ".") in parents(f"{root}/x")


def _names(file: str, text: str) -> bool:
    """Whether a text has the file's path, its dotted name, or its name as a program or a module to run."""
    folder, name = posixpath.split(file.removesuffix(".py"))
    if name not in text:
        return False
    stem, parent = re.escape(name), re.escape(posixpath.basename(folder))
    inner = rf"{parent}[./]{stem}\b" if folder else rf"\b{stem}\b"
    return re.search(rf"{inner}|\b{stem}\.py\b|-m[ =]+{stem}\b|\b{stem}:[A-Za-z_]", text) is not None
