"""The files that conftests tell pytest to leave out: `collect_ignore` and `collect_ignore_glob`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Assign, Constant, Name, Sequence, Statement
from archlint.paths import is_inside, join
from archlint.readings import summary
from archlint.service.semantics.modules import Module


def is_ignored(path: str, conftest: Module) -> bool:
    """Whether a conftest leaves out a file, which it names from its own folder."""
    folder = posixpath.dirname(conftest.path) or "."
    return any(
        fnmatchcase(path, join(folder, text)) if is_glob else is_inside(path, join(folder, text))
        for is_glob, text in _named(conftest.source)
    )


@summary
def _named(source: PythonSource) -> tuple[tuple[bool, str], ...]:
    """What the lists of a file name, and whether as a pattern."""
    return tuple(
        (name.endswith("glob"), item.value)
        for statement in source.body
        for name, value in _lists(statement)
        for item in value.items
        if isinstance(item, Constant) and isinstance(item.value, str)
    )


def _lists(statement: Statement) -> Iterator[tuple[str, Sequence]]:
    match statement:
        case Assign(
            targets=(Name(id="collect_ignore" | "collect_ignore_glob" as name),), value=Sequence() as value
        ):
            yield name, value
