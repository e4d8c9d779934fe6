"""Paths and folders of the repository: `__file__`, `os.path`, `os.walk`, `pathlib`, as loops use them.

Only the service's Python files are seen, which is what such loops look for. Paths are absolute under a root
of archlint's own, so that joining and cutting them works as on a disk.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from archlint.service.interpreter.machine import REPOSITORY, FunctionModel, Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    Native,
    Origin,
    Unresolved,
    Value,
    settled,
    text,
    truth,
)

_LONGEST = 4096
"""Linux's PATH_MAX: longer ones grow out of loops."""
_MOST_STARS = 2
"""So many `**` a pattern may have: each multiplies the work."""


def library() -> dict[str, FunctionModel]:
    """The models of the functions that find files, for `Semantics.library`."""
    modules = ("os.path", "posixpath")
    textual = {f"{at}.{name}": _textual(function) for at in modules for name, function in _TEXTUAL.items()}
    return {**textual, **_LIBRARY}


@dataclass(frozen=True)
class PathValue(Modelled):
    """A `pathlib.Path`."""

    path: str

    def attribute(self, machine: Machine, name: str) -> Value:
        """What discovery loops ask of a path."""
        stem, suffix = posixpath.splitext(posixpath.basename(self.path))
        match name:
            case "parent":
                return PathValue(posixpath.dirname(self.path))
            case "parents":
                return [PathValue(path) for path in _parents(self.path)]
            case "name":
                return posixpath.basename(self.path)
            case "stem":
                return stem
            case "suffix":
                return suffix
            case "parts":
                return tuple(self.path.split("/"))
        method = _PATH_METHODS.get(name)
        if method is None:
            return Unresolved(f"`.{name}` of a path")
        return Native(name, lambda machine, arguments: method(machine, self.path, arguments))

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Paths do not change."""


def as_path(value: Value) -> str | None:
    """The path that a text or a `Path` stands for; None for one that no system would take."""
    value = settled(value)
    path = value.path if isinstance(value, PathValue) else text(value)
    return path if path is None or len(path) <= _LONGEST else None


def listed(machine: Machine, folder: str) -> tuple[list[str], list[str]] | None:
    """Names of the folders and of the files in a folder, sorted; None outside of the repository."""
    if folder != REPOSITORY and not folder.startswith(f"{REPOSITORY}/"):
        return None
    inside = folder.removeprefix(REPOSITORY).lstrip("/")
    start = f"{inside}/" if inside else ""
    below = [path.removeprefix(start) for path in machine.modules.by_path if path.startswith(start)]
    folders = {path.partition("/")[0] for path in below if "/" in path}
    return sorted(folders), sorted(path for path in below if "/" not in path)


def _textual(function: Callable[..., Value]) -> FunctionModel:
    def call(machine: Machine, arguments: Arguments) -> Value:
        paths = [as_path(argument) for argument in arguments.args]
        known = [path for path in paths if path is not None]
        if len(known) != len(paths) or not known:
            return Unresolved("a path that the source does not tell", arguments.place)
        return function(*known)

    return call


def _path(machine: Machine, arguments: Arguments) -> Value:
    paths = [as_path(argument) for argument in arguments.args]
    known = [path for path in paths if path is not None]
    if len(known) != len(paths):
        return Unresolved("a path that the source does not tell", arguments.place)
    return PathValue(posixpath.normpath(posixpath.join(*known or ["."])))


def _listdir(machine: Machine, arguments: Arguments) -> Value:
    found = listed(machine, posixpath.normpath(as_path(arguments.get(0, "path")) or "?"))
    if found is None:
        return Unresolved("a folder that the source does not tell", arguments.place)
    return [*found[0], *found[1]]


def _walk(machine: Machine, arguments: Arguments) -> Value:
    top = posixpath.normpath(as_path(arguments.get(0, "top")) or "?")
    if listed(machine, top) is None:
        return Unresolved("a folder that the source does not tell", arguments.place)
    return list(_walked(machine, top))


def _walked(machine: Machine, top: str) -> Iterator[tuple[str, list[str], list[str]]]:
    folders, files = listed(machine, top) or ([], [])
    yield top, folders, files
    for folder in folders:
        yield from _walked(machine, f"{top}/{folder}")


def _is_folder(machine: Machine, arguments: Arguments) -> Value:
    found = listed(machine, posixpath.normpath(as_path(arguments.get(0, "path")) or "?"))
    return Unresolved("whether a folder exists", arguments.place) if found is None else any(found)


def _iterdir(machine: Machine, path: str, arguments: Arguments) -> Value:
    found = listed(machine, path)
    if found is None:
        return Unresolved("a folder that the source does not tell", arguments.place)
    return [PathValue(f"{path}/{name}") for names in found for name in names]


def _glob(machine: Machine, path: str, arguments: Arguments) -> Value:
    pattern = text(arguments.get(0, "pattern"))
    found = None if pattern is None else _found(machine, path, pattern, arguments.place)
    return _untold(arguments) if found is None else [PathValue(one) for one in found]


def _rglob(machine: Machine, path: str, arguments: Arguments) -> Value:
    pattern = text(arguments.get(0, "pattern"))
    found = None if pattern is None else _found(machine, path, f"**/{pattern}", arguments.place)
    return _untold(arguments) if found is None else [PathValue(one) for one in found]


def _glob_text(machine: Machine, arguments: Arguments) -> Value:
    """`glob.glob(pattern)`, in which `**` means more than `*` only where it is told so."""
    pattern = as_path(arguments.get(0, "pathname")) or ""
    if truth(arguments.keywords.get("recursive", False)) is not True:
        pattern = pattern.replace("**", "*")
    fixed = posixpath.dirname(pattern.partition("*")[0])
    rest = pattern.removeprefix(fixed).lstrip("/")
    found = _found(machine, fixed or ".", rest, arguments.place) if rest else None
    return _untold(arguments) if found is None else list(found)


def _untold(arguments: Arguments) -> Unresolved:
    return Unresolved("files that the source does not tell", arguments.place)


def _found(machine: Machine, path: str, pattern: str, place: Origin) -> list[str] | None:
    """What a pattern finds below a folder; None where that is not known.

    A relative folder lies where the service is started, if it has anything of the kind: that is where the
    package lies that the module is of.
    """
    top, parts = path, pattern.split("/")
    if not posixpath.isabs(path):
        depth = place.module.name.count(".") + 1 + place.module.is_package
        inside = place.module.path.split("/")[:-depth]
        top = posixpath.normpath("/".join((REPOSITORY, *inside, path)))
    if parts.count("**") > _MOST_STARS or listed(machine, top) is None:
        return None
    found = list(dict.fromkeys(_matching(machine, top, parts)))
    if top == path:
        return found
    start = "" if path == "." else f"{path}/"
    return [start + one.removeprefix(f"{top}/") for one in found] or None


def _matching(machine: Machine, top: str, parts: Sequence[str]) -> Iterator[str]:
    """What lies below a folder and matches the parts of a pattern."""
    folders, files = listed(machine, top) or ([], [])
    first, *rest = parts
    if first == "**":
        yield from _matching(machine, top, rest) if rest else (top,)
        for folder in folders:
            yield from _matching(machine, f"{top}/{folder}", parts)
        return
    for name in folders if rest else (*folders, *files):
        if fnmatchcase(name, first):
            yield from _matching(machine, f"{top}/{name}", rest) if rest else (f"{top}/{name}",)


def _joined(machine: Machine, path: str, arguments: Arguments) -> Value:
    return _path(machine, Arguments((path, *arguments.args), {}, arguments.place))


def _same(machine: Machine, path: str, arguments: Arguments) -> Value:
    return PathValue(path)


def _folder(machine: Machine, path: str, arguments: Arguments) -> Value:
    found = listed(machine, path)
    return Unresolved("whether a folder exists", arguments.place) if found is None else any(found)


def _file(machine: Machine, path: str, arguments: Arguments) -> Value:
    found = listed(machine, posixpath.dirname(path))
    if found is None:
        return Unresolved("whether a file exists", arguments.place)
    return posixpath.basename(path) in found[1]


def _relative(machine: Machine, path: str, arguments: Arguments) -> Value:
    base = as_path(arguments.get(0, "other"))
    if base is None or not path.startswith(f"{base}/"):
        return Unresolved("a path relative to one that the source does not tell", arguments.place)
    return PathValue(path.removeprefix(f"{base}/"))


def _without_suffix(machine: Machine, path: str, arguments: Arguments) -> Value:
    suffix = text(arguments.get(0, "suffix", "")) or ""
    return PathValue(posixpath.splitext(path)[0] + suffix)


def _parents(path: str) -> Iterator[str]:
    while path not in {"/", ""}:
        path = posixpath.dirname(path)
        yield path


_PATH_METHODS: dict[str, Callable[[Machine, str, Arguments], Value]] = {
    "joinpath": _joined,
    "iterdir": _iterdir,
    "glob": _glob,
    "rglob": _rglob,
    "resolve": _same,
    "absolute": _same,
    "is_dir": _folder,
    "is_file": _file,
    "exists": lambda machine, path, arguments: (
        _folder(machine, path, arguments) or _file(machine, path, arguments)
    ),
    "relative_to": _relative,
    "with_suffix": _without_suffix,
    "as_posix": lambda machine, path, arguments: path,
    "__str__": lambda machine, path, arguments: path,
}

_TEXTUAL: dict[str, Callable[..., Value]] = {
    "dirname": posixpath.dirname,
    "basename": posixpath.basename,
    "join": posixpath.join,
    "abspath": posixpath.normpath,
    "realpath": posixpath.normpath,
    "normpath": posixpath.normpath,
    "splitext": posixpath.splitext,
    "relpath": lambda path, start=REPOSITORY: posixpath.relpath(path, start),
}

_LIBRARY: dict[str, FunctionModel] = {
    "glob.glob": _glob_text,
    "os.listdir": _listdir,
    "os.walk": _walk,
    "os.path.isdir": _is_folder,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
}
