"""The commands that a repository's documents tell their readers to run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint import documents
from archlint.findings import Location
from archlint.paths import ancestors, join
from archlint.service.deployment.command import Command, CommandContext, Script, commands_of

if TYPE_CHECKING:
    from archlint.service.deployment.dockerfiles import Deployment

_FENCE = re.compile(r"(?P<indent>\s*)(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w-]*).*")
_SHELLS = frozenset({"bash", "console", "sh", "shell", "shell-session", "zsh"})
_PROMPT = re.compile(r"(\([\w.-]+\)\s*)?[$%>]\s+")
_NAMES = re.compile(
    r"(?i)(readme|contributing|install(ation|ing)?|develop(ment|ing)?|getting[-_ ]started|setup)\.md"
)


def documented(deployment: Deployment, root: str) -> Iterator[Command]:
    """The commands in shell blocks of the files on setting up the service, beside it and above."""
    around = [*_around(deployment, root)]
    folders = {join(folder, name) for folder in around for name in (".", "docs")}
    for file in deployment.repository.files:
        folder, name = posixpath.split(file)
        if _NAMES.fullmatch(name) and (folder or ".") in folders:
            yield from _commands(deployment.repository, file)


def _around(deployment: Deployment, root: str) -> Iterator[str]:
    """The service's folder and those above it; what lies in another project speaks of that one."""
    for folder in ancestors(root):
        if folder != root and join(folder, "pyproject.toml") in deployment.repository.files:
            return
        yield folder


@documents.view
def _commands(path: str, data: bytes) -> tuple[Command, ...]:
    like = Command((), Location(path), CommandContext.DOCUMENT, f"`{path}`", folder=None)
    found: list[Command] = []
    for first, block in _blocks(documents.decoded(data).split("\n")):
        prompted = any(_PROMPT.match(line.strip()) for line in block)
        shown = [_without_prompt(line, prompted) for line in block]
        found += commands_of(Script("\n".join(shown), path, first), like)
    return tuple(found)


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The shell blocks, each with the number of its first line."""
    start: int | None = None
    fence, language = "", ""
    for number, line in enumerate(lines, start=1):
        match = _FENCE.fullmatch(line)
        if start is None and match:
            start, fence, language = number + 1, match["fence"], match["language"].lower()
        elif start is not None and match and match["fence"].startswith(fence) and not match["language"]:
            if language in _SHELLS:
                yield start, lines[start - 1 : number - 1]
            start = None


def _without_prompt(line: str, prompted: bool) -> str:
    """The command in its columns; where others have a prompt, a line without one is what a command prints."""
    indent = len(line) - len(line.lstrip())
    prompt = _PROMPT.match(line.lstrip())
    if prompt is None:
        return "" if prompted else line
    return " " * (indent + prompt.end()) + line[indent + prompt.end() :]
