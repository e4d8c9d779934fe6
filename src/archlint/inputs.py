"""Which places of the file system decide what `find_repository` finds: what an answer is kept with."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from archlint import answers, git
from archlint.answers import FileState, RunAnswer, look, same_places, settled_stamp
from archlint.discover import NEVER_SOURCE, Repository, find_repository
from archlint.findings import ArchlintError

_MOST_FOLDERS = 50_000
_IN_GIT = ("HEAD", "index", "info/exclude", "config", "config.worktree")


def keep_answer(repository: Repository, paths: Sequence[Path], code: int, output: str, notes: str) -> None:
    """Keep what the command line of this process was answered, unless files came or went in the meantime."""
    where = answers.asked()
    if where is None:
        return
    given = tuple(str(path.absolute()) for path in paths)
    root, listing = str(repository.root), repository.reads.listing
    earlier = where.earlier
    if earlier is not None and earlier.listing == listing and same_places(earlier):
        places: tuple[FileState, ...] | None = earlier.places
    else:
        places = _places(given, root, listing)
    if places is not None:
        reads = tuple(repository.reads.files.values())
        answers.keep(where, RunAnswer(code, output, notes, given, root, listing, places, reads))


def listing_before() -> str:
    """The listing that an earlier run was told, where its places are still the same; else nothing."""
    where = answers.asked()
    return where.earlier.listing if where is not None and where.earlier is not None else ""


def look_again(kept: RunAnswer) -> tuple[FileState, ...] | None:
    """The places of an answer as they are now, if they still decide for the same files."""
    return _places(kept.paths, kept.root, kept.listing)


def _places(paths: Sequence[str], root: str, listing: str) -> tuple[FileState, ...] | None:
    """What the file system says of the places that decide which files `paths` mean.

    None when these are no longer the files of `listing`, or when there are too many places to look at.
    """
    in_checkout = os.path.lexists(f"{root}/.git")
    starts = (
        [root] if in_checkout else [path if Path(path).is_dir() else str(Path(path).parent) for path in paths]
    )
    places = [*_above(paths), *_walk(starts)]
    if in_checkout:
        try:
            ignored = _ignored(root, [place.path for place in places if place.question == "stamp"])
            places = [*(place for place in places if place.path not in ignored), *_of_git(root)]
        except OSError:
            pass  # without git, every folder counts
    if len(places) > _MOST_FOLDERS:
        return None
    try:
        again = find_repository([Path(path) for path in paths])
    except ArchlintError:
        return None
    return tuple(places) if again.reads.listing == listing else None


def _above(paths: Sequence[str]) -> Iterator[FileState]:
    """Where the paths themselves lead, and whether a checkout starts above them."""
    for path in paths:
        yield FileState("target", look("target", path), path)
    resolved = (Path(path).resolve() for path in paths)
    for folder in dict.fromkeys(folder for path in resolved for folder in (path, *path.parents)):
        yield FileState("kind", look("kind", f"{folder}/.git"), f"{folder}/.git")


def _walk(starts: Sequence[str]) -> Iterator[FileState]:
    """The folders, with the links and the ignore files in them."""
    pending = [*dict.fromkeys(starts)]
    while pending:
        folder = pending.pop()
        try:
            yield FileState("stamp", settled_stamp(os.stat(folder)), folder)  # noqa: PTH116
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name in NEVER_SOURCE:
                continue
            if entry.is_symlink():
                yield FileState("target", look("target", entry.path), entry.path)
            elif entry.is_dir():
                pending.append(entry.path)
            elif entry.name in {".gitignore", ".gitmodules"}:
                # Git keeps submodules' files elsewhere: they are listed each time.
                is_telling = entry.name == ".gitignore"
                yield FileState("stamp", settled_stamp(entry.stat()) if is_telling else "", entry.path)


def _ignored(root: str, paths: Sequence[str]) -> frozenset[str]:
    """Those of the paths that git leaves out: what changes there changes nothing."""
    given = "\0".join(path for path in paths if path.startswith(f"{root}/"))
    answer = subprocess.run(
        git.command(Path(root), "check-ignore", "-z", "--stdin"),
        input=os.fsencode(given), capture_output=True, check=False, env=git.environment(),
    )  # fmt: skip
    return frozenset(map(os.fsdecode, answer.stdout.split(b"\0")))


def _of_git(root: str) -> Iterator[FileState]:
    """What git itself reads: the index, its configuration, and the ignore files of repository and user."""
    for path in (*_internal(root), *_configured(root), *_of_user(root)):
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError:
            yield FileState("stamp", "nothing", path)
        else:
            yield FileState("stamp", settled_stamp(status) if stat.S_ISREG(status.st_mode) else "", path)


def _internal(root: str) -> Iterator[str]:
    asked = [part for name in _IN_GIT for part in ("--git-path", name)]
    for line in git.run(Path(root), "rev-parse", *asked).stdout.splitlines():
        yield os.path.join(root, os.fsdecode(line))  # noqa: PTH118 (git's answer may be absolute)


def _configured(root: str) -> Iterator[str]:
    """The files that git's settings come from."""
    answer = git.run(Path(root), "config", "--list", "--show-origin", "--name-only", "-z").stdout
    origins = {part.removeprefix(b"file:") for part in answer.split(b"\0") if part.startswith(b"file:")}
    yield from sorted(os.path.join(root, os.fsdecode(origin)) for origin in origins)  # noqa: PTH118
    excludes = git.run(Path(root), "config", "--type=path", "--get", "core.excludesFile").stdout.strip()
    if excludes:
        yield os.path.join(root, os.fsdecode(excludes))  # noqa: PTH118


def _of_user(root: str) -> Iterator[str]:
    """Where git would look for more of them."""
    home = os.path.expanduser("~")  # noqa: PTH111
    settings = os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    yield from (f"{home}/.gitconfig", f"{settings}/git/config", f"{settings}/git/ignore", "/etc/gitconfig")
