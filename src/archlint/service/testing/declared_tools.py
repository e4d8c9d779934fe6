"""What a repository's own files say of its tools: which distributions are asked for, which commands are run.

Only presence is asked, and in every file that may say it, because each answer is used to report an absence.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.paths import ancestors, is_inside

_MANIFEST = re.compile(
    r"(?i)pyproject\.toml|setup\.(py|cfg)|pipfile|tox\.ini|noxfile\.py|environment[\w.-]*\.ya?ml|conda[\w.-]*\.ya?ml"
    r"|[\w.-]*(requirements?|constraints)[\w.-]*\.(txt|in|toml)|pixi\.toml|(dev|tests?|testing|base|ci|local)\.(txt|in)"
)
_LOCK = re.compile(r"(?i)(uv|poetry|pdm|pixi)\.lock|pipfile\.lock|conda-lock\.yml")
_COMMANDS = re.compile(
    r"(?i)(.*/)?(\.github/(workflows|actions)/.*\.ya?ml|\.gitlab[\w./-]*\.ya?ml|\.circleci/.*|\.travis\.yml"
    r"|\.woodpecker[\w./-]*|\.drone\.ya?ml|\.buildkite/.*|cloudbuild[\w.-]*\.ya?ml|buildspec[\w.-]*\.ya?ml|earthfile"
    r"|azure-pipelines[\w.-]*\.yml|bitbucket-pipelines\.yml|jenkinsfile[\w.]*|(gnu)?makefile|[\w-]+\.mk|\.?justfile"
    r"|taskfile[\w.]*\.ya?ml|tox\.ini|(nox|duties|dodo|task|tasks)[\w-]*\.py|setup\.cfg|[\w.-]+\.toml|\.?pytest\.ini"
    r"|package\.json|[\w.-]+\.(sh|bash|ps1|bat|cmd)|[\w.-]*(docker|container)file[\w.-]*|[\w.-]*compose[\w.-]*\.ya?ml"
    r"|\.pre-commit-config\.yaml|(scripts?|bin|ci)/[\w-]+|\.env[\w.-]*|\.coveragerc|procfile)"
)
_COMMENT = re.compile(r"(?m)(^|\s)#.*$")


_PYTEST = re.compile(
    r"^\[(?:tool\.pytest[^\]\n]*|tool:pytest|pytest)\][^\n]*\n(?:(?!\[)[^\n]*\n?)*", re.MULTILINE
)
"""Tables that configure pytest, of which pytest itself may read none: they are no commands."""


class Tooling(Struct, eq=False, frozen=True, dict=True):
    """Answers for the service in the folder `root`, from the files at, below and above it."""

    root: str
    repository: Repository

    def has(self, *distributions: str) -> bool:
        """Whether a manifest asks for one of the distributions, a command installs it, or a lock has it."""
        names = "|".join(re.escape(name).replace(r"\-", "[-_.]") for name in distributions)
        asked = re.compile(rf"(?i)(?<![\w./-])({names})(?![\w-]|\.\w|/)")
        installed = re.compile(
            rf"(?i)(pip|uv|poetry|pdm|conda)\b.*(install|add|--with|sync)\b.*[\s\"']({names})(?![\w-])"
        )
        locked = re.compile(rf"(?i)name ?= ?\"({names})\"|\"({names})\": ?\{{|name: ({names})$", re.MULTILINE)
        return (
            any(map(asked.search, self._manifests))
            or any(map(locked.search, _naming(distributions, self._locks)))
            or any(map(installed.search, _naming(distributions, self._spelt_commands)))
        )

    def runs(self, command: str, without: str | None = None) -> bool:
        """Whether a pipeline, a task file or a script has text that the expression `command` finds.

        Lines in which the expression `without` finds something do not count.
        """
        sought = re.compile(command)
        if without is None:
            return any(map(sought.search, self._commands))
        undone = re.compile(without)
        found = (line for text in self._commands for line in text.split("\n") if sought.search(line))
        return any(not undone.search(line) for line in found)

    @cached_property
    def _manifests(self) -> tuple[str, ...]:
        return tuple(self._texts(_MANIFEST, by_name=True))

    @cached_property
    def _locks(self) -> tuple[tuple[str, str], ...]:
        return tuple((text, _spelt_alike(text)) for text in self._texts(_LOCK, by_name=True))

    @cached_property
    def _spelt_commands(self) -> tuple[tuple[str, str], ...]:
        return tuple((text, _spelt_alike(text)) for text in self._commands)

    @cached_property
    def _commands(self) -> tuple[str, ...]:
        return tuple(_PYTEST.sub("", text) for text in self._texts(_COMMANDS, by_name=False))

    def _texts(self, wanted: re.Pattern[str], *, by_name: bool) -> Iterator[str]:
        above = set(ancestors(self.root))
        for path in self.repository.files:
            folder, name = posixpath.split(path)
            if wanted.fullmatch(name if by_name else path) and self._is_near(folder or ".", above):
                yield _without_comments(self.repository, path)

    def _is_near(self, folder: str, above: set[str]) -> bool:
        if folder in above or is_inside(folder, self.root):
            return True
        top = folder.partition("/")[0]
        return folder.startswith(".") or top in {"bin", "ci", "docker", "requirements", "scripts"}


def _naming(distributions: Sequence[str], texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The texts, some of which are large, that have one of the names anywhere, however it is spelt."""
    names = [_spelt_alike(name) for name in distributions]
    return (text for text, alike in texts if any(name in alike for name in names))


def _spelt_alike(text: str) -> str:
    return text.lower().replace("_", "-").replace(".", "-")


@documents.view
def _without_comments(path: str, data: bytes) -> str:
    """A file's text with blanks for comments, and one blank line for several."""
    return re.sub(r"\n\s*\n", "\n\n", _COMMENT.sub(" ", documents.decoded(data))).rstrip()
