"""What a repository's own files say of its tools: which distributions are asked for, which commands are run.

Only presence is asked, and in every file that may say it, because each answer is used to report an absence.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from archlint.discover import Repository, UnreadableFileError
from archlint.service.project import ancestors

_MANIFEST = re.compile(
    r"(?i)pyproject\.toml|setup\.(py|cfg)|pipfile|tox\.ini|noxfile\.py|environment\.ya?ml|conda\.ya?ml"
    r"|[\w.-]*requirements?[\w.-]*\.(txt|in|toml)|(dev|test|tests|testing|base|ci|local)\.(txt|in)"
    r"|constraints\.txt"
)
_COMMANDS = re.compile(
    r"(?i)(.*/)?(\.github/(workflows|actions)/.*\.ya?ml|\.gitlab-ci[\w.-]*\.ya?ml|\.circleci/.*|\.travis\.yml"
    r"|azure-pipelines[\w.-]*\.yml|bitbucket-pipelines\.yml|jenkinsfile|(gnu)?makefile|[\w-]+\.mk|\.?justfile"
    r"|taskfile[\w.]*\.ya?ml|tox\.ini|noxfile\.py|tasks\.py|setup\.cfg|pyproject\.toml|pytest\.ini|package\.json"
    r"|[\w.-]+\.sh|dockerfile[\w.-]*|[\w.-]*compose[\w.-]*\.ya?ml|\.pre-commit-config\.yaml|[\w.-]+\.toml"
    r"|scripts/[\w-]+|bin/[\w-]+|readme[\w.]*|contributing[\w.]*)"
)


def asks_for(repository: Repository, root: str, distribution: str) -> bool:
    """Whether a manifest at, below or above the service names the distribution."""
    word = re.compile(rf"(?i)(?<![\w.-]){re.escape(distribution)}(?![\w-]|\.\w)".replace(r"\-", "[-_.]"))
    return any(word.search(text) for text in _texts(repository, root, _MANIFEST, by_name=True))


def runs(repository: Repository, root: str, command: str) -> bool:
    """Whether a pipeline, a task file, a script or a document has text that the expression `command` finds."""
    found = re.compile(command)
    return any(found.search(text) for text in _texts(repository, root, _COMMANDS, by_name=False))


def _texts(repository: Repository, root: str, wanted: re.Pattern[str], *, by_name: bool) -> Iterator[str]:
    above = set(ancestors(root))
    for path in repository.files:
        folder, name = posixpath.split(path)
        if not wanted.fullmatch(name if by_name else path):
            continue
        near = (
            (folder or ".") in above or root == "." or path.startswith(f"{root}/") or folder.startswith(".")
        )
        if near or folder.partition("/")[0] in {"requirements", "scripts", "bin", "ci"}:
            try:
                yield repository.text(path)
            except UnreadableFileError:
                continue
