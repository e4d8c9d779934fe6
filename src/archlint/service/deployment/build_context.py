"""What the build of an image takes from its context."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from archlint.facts.dockerfile import Dockerfile, Instruction, substitute
from archlint.paths import is_inside
from archlint.service.deployment.image_builds import environment_of

WILDCARD = re.compile(r"[*?\[]")


def copied_from_context(dockerfile: Dockerfile) -> tuple[frozenset[str], frozenset[str]]:
    """What is taken from the build context, relative to it, and what of it is not known before a build."""
    sources = set(_sources_of(dockerfile))
    open_ones = frozenset(source for source in sources if "$" in source or "://" in source)
    return frozenset(source.lstrip("/") for source in sources - open_ones), open_ones


def _sources_of(dockerfile: Dockerfile) -> Iterator[str]:
    """The sources with the variables filled in that the file itself gives a value."""
    for stage in dockerfile.stages:
        told = [source for instruction in stage.instructions for source in _sources(instruction)]
        variables = environment_of(dockerfile, stage) if any("$" in source for source in told) else {}
        yield from (substitute(source, variables) or source for source in told)


def _sources(instruction: Instruction) -> Iterator[str]:
    """What is taken from the build context: by COPY and ADD, or bound to a RUN."""
    if instruction.keyword in {"COPY", "ADD"} and instruction.flag("from") is None:
        yield from instruction.arguments[:-1]
    for flag in instruction.flags if instruction.keyword == "RUN" else ():
        options = dict(option.partition("=")[::2] for option in flag.partition("=")[2].split(","))
        if flag.startswith("--mount=") and options.get("type", "bind") == "bind" and "from" not in options:
            yield options.get("source") or options.get("src") or "."


def matches(file: str, path: str) -> bool:
    """Whether a source path of COPY, which may have wildcards, is or holds `file`."""
    if not WILDCARD.search(path):
        return is_inside(file, path)
    return is_like("/".join(file.split("/")[: path.count("/") + 1]), path)


def is_like(file: str, path: str) -> bool:
    """Whether a path with wildcards, which stand for no slash, means `file`."""
    return file.count("/") == path.count("/") and fnmatchcase(file, path)
