"""Paths as the repository's files are named: POSIX, relative to its root, `"."` for that itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache


@lru_cache(maxsize=1 << 16)
def join(folder: str, path: str) -> str:
    """A path in `folder`, normalized."""
    return posixpath.normpath(posixpath.join(folder, path))


def ancestors(folder: str) -> Iterator[str]:
    """`folder` and the folders above it, up to the repository's root."""
    while folder not in {".", ""}:
        yield folder
        folder = posixpath.dirname(folder)
    yield "."


@lru_cache(maxsize=1 << 16)
def parents(file: str) -> tuple[str, ...]:
    """The folders around a file, the innermost first, the repository's root last."""
    parts = file.split("/")[:-1]
    return (*["/".join(parts[:length]) for length in range(len(parts), 0, -1)], ".")


def below(file: str, folder: str) -> str:
    """The path of a file in a folder, relative to that."""
    return file if folder == "." else file.removeprefix(f"{folder}/")


def is_inside(path: str, folder: str) -> bool:
    """Whether a path lies in a folder or is it."""
    return folder in {".", path} or path.startswith(f"{folder}/")


def are_related(one: str, other: str) -> bool:
    """Whether one of two paths lies in the other."""
    return is_inside(one, other) or is_inside(other, one)
