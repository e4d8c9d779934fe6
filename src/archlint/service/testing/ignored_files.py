"""The files that conftests tell pytest to leave out: `collect_ignore` and `collect_ignore_glob`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase

from archlint.facts.syntax import Assign, Constant, Name, Sequence
from archlint.paths import is_inside, join
from archlint.service.semantics.modules import Module


def is_ignored(path: str, conftest: Module) -> bool:
    """Whether a conftest leaves out a file, which it names from its own folder."""
    folder = posixpath.dirname(conftest.path) or "."
    return any(
        fnmatchcase(path, join(folder, text)) if is_glob else is_inside(path, join(folder, text))
        for is_glob, text in _named(conftest)
    )


def _named(conftest: Module) -> Iterator[tuple[bool, str]]:
    """What its lists name, and whether as a pattern."""
    for statement in conftest.source.body:
        match statement:
            case Assign(targets=(Name(id="collect_ignore" | "collect_ignore_glob" as name),), value=value):
                for item in value.items if isinstance(value, Sequence) else ():
                    if isinstance(item, Constant) and isinstance(item.value, str):
                        yield name.endswith("glob"), item.value
