"""Patterns of a configuration that match no file: a misspelt one would silently do nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from archlint.committed import CommittedRepository
from archlint.discover import Repository
from archlint.facts.toml import KeyPath, TomlFile
from archlint.findings import ArchlintError
from archlint.paths import ancestors, is_inside
from archlint.patterns import compile_patterns

_SUFFIXES = (".py", ".pyi")


def check_matches(file: TomlFile, table: tuple[str, ...], folder: str, repository: Repository) -> None:
    """Raises ArchlintError with the place of the first pattern that matches nothing, and what may be meant.

    `table` is where the configuration stands in `file`; patterns are relative to `folder`. A layer's have to
    match Python files. A commit is taken as it is: nobody can mend it any more.
    """
    if isinstance(repository, CommittedRepository):
        return
    inside = [
        one if folder == "." else one[len(folder) + 1 :] for one in repository.files if is_inside(one, folder)
    ]
    code = [one for one in inside if one.endswith(_SUFFIXES)]
    for keys, pattern in _patterns(file, table):
        files, kind = (code, "Python file") if "layers" in keys else (inside, "file")
        matches = compile_patterns([pattern.removeprefix("!")]).match_file
        if not any(map(matches, files)):
            place = file.location(*table, *keys)
            hint = _hint(pattern, files, folder, repository)
            raise ArchlintError(f"{place}: `{pattern}` matches no {kind} {_where(folder)}{hint}")


def _where(folder: str) -> str:
    return "of the repository" if folder == "." else f"in `{folder}`, to which it is relative"


def _patterns(file: TomlFile, table: tuple[str, ...]) -> Iterator[tuple[KeyPath, str]]:
    """Each pattern with where it stands."""
    yield from _listed(("exclude",), file.get(*table, "exclude"))
    for pattern in file.table(*table, "per-file-ignores"):
        yield ("per-file-ignores", pattern), pattern
    for layer, patterns in file.table(*table, "layers").items():
        yield from _listed(("layers", layer), patterns)


def _listed(keys: KeyPath, patterns: object) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(patterns, str):
        yield keys, patterns
    elif isinstance(patterns, list):
        yield from (((*keys, index), pattern) for index, pattern in enumerate(patterns))


def _hint(pattern: str, files: Sequence[str], folder: str, repository: Repository) -> str:
    """What may be meant: a folder or file of that name elsewhere, else one of nearly that path."""
    literal = pattern.removeprefix("!").strip("/").removesuffix("/**").removesuffix("/*").removeprefix("**/")
    known = _places(files)
    if not any(is_inside(one, literal) for one in files) and (repository.root / folder / literal).exists():
        return "; archlint does not look at what git ignores, so leave it out"
    named = [one for one in known if one.rstrip("/").rpartition("/")[2] == posixpath.basename(literal)]
    near = min(named, key=lambda one: (one.count("/"), one), default="") or _nearest(literal, known)
    return f"; did you mean `{near}`?" if near else ""


def _places(files: Iterable[str]) -> list[str]:
    """Files, and folders with a slash at their end."""
    folders = {
        f"{parent}/" for file in files for parent in ancestors(posixpath.dirname(file)) if parent != "."
    }
    return sorted({*files, *folders})


def _nearest(literal: str, known: Sequence[str]) -> str:
    """The nearest path, or the one whose last part is nearest without its suffix."""
    paths = {one.rstrip("/"): one for one in known}
    if near := get_close_matches(literal, paths, n=1, cutoff=0.85):
        return paths[near[0]]
    by_stem = {_stem(one): one for one in reversed(known)}
    near = get_close_matches(_stem(literal), by_stem, n=1, cutoff=0.65)
    return by_stem[near[0]] if near else ""


def _stem(path: str) -> str:
    return posixpath.basename(path.rstrip("/")).partition(".")[0]
