"""Answers a command line from an earlier run, if that would say the same now."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence

from archlint.answers import (
    Asked,
    FileRead,
    RunAnswer,
    ask,
    digest,
    keep,
    load,
    look,
    same_places,
    settled_stamp,
)
from archlint.streams import write

_OPTIONS = {
    "check": frozenset({
        "--allow-none", "--config", "--exit-zero", "--extend-select", "--ignore", "--no-color",
        "--output-format", "--quiet", "--select", "--statistics", "--strict", "-q",
    }),
    "plan": frozenset({"--config", "--format", "--no-color", "--top"}),
}  # fmt: skip
"""The commands, with the options whose answers depend on nothing but what `answers` keeps."""


def recall(arguments: Sequence[str]) -> int | None:
    """Write the kept answer to a command line, and give its exit code; None where none holds any more."""
    ask(None)
    options = {one.partition("=")[0] for one in arguments if one.startswith("-")}
    command = arguments[0] if arguments else ""
    if command not in _OPTIONS or not options <= _OPTIONS[command]:
        return None
    try:
        where = Asked(arguments)
        ask(where)
        found = load(where)
        if found is None or not _holds(where, found):
            return None
    except (OSError, ValueError):
        return None
    sys.stderr.write(found.notes)
    write(found.output)
    return found.code


def _holds(where: Asked, kept: RunAnswer) -> bool:
    """Whether all is as it was; what only looks changed is looked at closely, and kept as it looks now."""
    is_same = same_places(kept)
    where.earlier = kept if is_same else None
    changed = [one for one in kept.reads if not one.stamp or look("stamp", one.path) != one.stamp]
    if is_same and not changed:
        return True
    renewed = [_again(one) for one in changed]
    if None in renewed:
        return False
    places = kept.places
    if not is_same:
        from archlint.inputs import look_again

        found = look_again(kept)
        if found is None:
            return False
        places = found
    reads = {one.path: one for one in (*kept.reads, *filter(None, renewed))}
    keep(where, kept._replace(places=places, reads=tuple(reads.values())))
    return True


def _again(read: FileRead) -> FileRead | None:
    """The file as it is now, None when its content is another."""
    try:
        status = os.stat(read.path)  # noqa: PTH116
        if not stat.S_ISREG(status.st_mode):
            return None
        with open(read.path, "rb") as file:  # noqa: PTH123
            found = digest(file.read())
    except OSError:
        return None
    return FileRead(settled_stamp(status), found, read.path) if found == read.digest else None
