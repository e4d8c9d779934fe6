"""Which line of a .gitignore or .dockerignore keeps a file out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from archlint.discover import Repository, UnreadableFileError
from archlint.findings import Location
from archlint.paths import ancestors, join
from archlint.patterns import compile_patterns


def git_ignores(repository: Repository, path: str) -> Location | None:
    """The line that makes git ignore `path`: the last of the nearest .gitignore that speaks of it.

    What lies in an ignored folder is ignored, whatever is said of it below (gitignore(5)).
    """
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        place = "/".join(parts[:depth])
        found = _ignoring(repository, place, is_folder=depth < len(parts))
        if found is not None:
            return found
    return None


def _ignoring(repository: Repository, path: str, *, is_folder: bool) -> Location | None:
    for folder in ancestors(posixpath.dirname(path) or "."):
        lines = list(_lines(repository, join(folder, ".gitignore")))
        verdict = _verdict(lines, posixpath.relpath(path, folder) + "/" * is_folder)
        if verdict is not None:
            number, ignored = verdict
            return _place(join(folder, ".gitignore"), number, lines[number]) if ignored else None
    return None


def docker_ignores(repository: Repository, ignore_file: str, path: str) -> Location | None:
    """The line of a .dockerignore that keeps `path`, relative to the context, out of the build.

    Docker anchors every pattern at the context's root, which a leading slash says to git's matcher.
    """
    lines = list(_lines(repository, ignore_file))
    anchored = [_anchored(line) for line in lines]
    verdict = _verdict(anchored, path)
    return _place(ignore_file, verdict[0], lines[verdict[0]]) if verdict and verdict[1] else None


def _verdict(lines: list[str], path: str) -> tuple[int, bool] | None:
    """The last line that speaks of a path, and whether it ignores it."""
    result = compile_patterns(lines).check_file(path)
    if result.include is None or result.index is None:
        return None
    return result.index, result.include


def _anchored(line: str) -> str:
    bare = line.strip()
    negated, pattern = bare.startswith("!"), bare.lstrip("!").strip()
    if not pattern or pattern.startswith(("#", "**")):
        return bare
    return f"{'!' * negated}/{pattern.removeprefix('./').lstrip('/')}"


def _lines(repository: Repository, path: str) -> Iterator[str]:
    try:
        yield from repository.text(path).splitlines()
    except UnreadableFileError:
        return


def _place(path: str, number: int, line: str) -> Location:
    return Location(path, number + 1, 1, number + 1, len(line) + 1)
