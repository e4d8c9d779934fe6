"""What an earlier run answered, given again while nothing that it was made from has changed.

An answer belongs to a command line, the folder and the variables that it was given in, and archlint's own
code. It is kept with what was asked of the file system: the `places` that decide which files there are, and
the files that were `read`. `docs/decisions/speed.md` says why this is right.

A run that is answered so imports this module, `recall`, and nothing else of archlint.
"""

from __future__ import annotations

import os
import stat
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from archlint.user_cache import put, sweep, user_cache_folder

_MAGIC = b"archlint answer 2\n"
_SUFFIX = ".answer"
_CLOCK_GRAIN = 2_000_000_000
_MOST = 64
_VARIABLES = frozenset({
    "APPDATA", "CLICOLOR", "COLORTERM", "COLUMNS", "FORCE_COLOR", "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM", "HOME", "LINES", "NO_COLOR", "PATH", "TERM", "USERPROFILE",
    "XDG_CONFIG_HOME",
})  # fmt: skip
_PREFIXES = ("ARCHLINT_", "GIT_CONFIG", "PYTHON")


class FileState(NamedTuple):
    """What the file system said: the `stamp` of a path, its `kind`, or the `target` that a link leads to."""

    question: str
    answer: str
    path: str


class FileRead(NamedTuple):
    """A file that was read: its stamp before that, and the digest of its content, empty where it failed.

    The stamp is empty where it would not tell a change.
    """

    stamp: str
    digest: str
    path: str


class RunAnswer(NamedTuple):
    """What a run wrote, and what it was made from; `listing` tells the files that there are."""

    code: int
    output: str
    notes: str
    paths: tuple[str, ...]
    root: str
    listing: str
    places: tuple[FileState, ...]
    reads: tuple[FileRead, ...]


class Asked:
    """A command line that was not answered yet; `key` is all that an answer to it depends on but files.

    `earlier` is an answer that no longer holds, though its places do: it is about the same files.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self.key = "\0".join(_surroundings(arguments))
        folder = user_cache_folder()
        name = f"{zlib.crc32(_encoded(self.key)):08x}{_SUFFIX}"
        self.file = None if folder is None else f"{folder}/{name}"
        self.earlier: RunAnswer | None = None


_asked: list[Asked] = []


def asked() -> Asked | None:
    """What this process was asked on its command line; None where an answer would not be given again."""
    return _asked[-1] if _asked else None


def ask(what: Asked | None) -> None:
    """Say what this process is asked."""
    _asked[:] = [what] if what is not None else []


def same_places(answer: RunAnswer) -> bool:
    """Whether what decides which files there are is as it was when the answer was kept."""
    return all(look(place.question, place.path) == place.answer for place in answer.places)


def keep(where: Asked, answer: RunAnswer) -> None:
    """Keep an answer for the next run; where nothing can be written, nothing is."""
    if where.file is None:
        return
    packed = b"".join(_packed(where, answer))
    from pathlib import Path

    with suppress(OSError):
        put(Path(where.file), _MAGIC + zlib.crc32(packed).to_bytes(4, "little") + packed)
        sweep(os.path.dirname(where.file), _SUFFIX, _MOST)  # noqa: PTH120


def stamp(status: os.stat_result) -> str:
    """What tells an unchanged file without reading it, as git's index does."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def settled_stamp(status: os.stat_result) -> str:
    """The stamp, empty within the clock's grain: a change from now on might not show in it."""
    settled = max(status.st_mtime_ns, status.st_ctime_ns) + _CLOCK_GRAIN < time.time_ns()
    return stamp(status) if settled else ""


def look(question: str, path: str) -> str:
    """What the file system says now to the question of a `FileState`."""
    try:
        if question == "target":
            target = os.path.realpath(path, strict=True)
            return f"{stat.S_IFMT(os.stat(target).st_mode)} {target}"  # noqa: PTH116
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return "nothing"
    return str(stat.S_IFMT(status.st_mode)) if question == "kind" else stamp(status)


def digest(content: bytes) -> str:
    """What tells contents apart."""
    from hashlib import blake2b

    return blake2b(content, digest_size=16).hexdigest()


def _surroundings(arguments: Sequence[str]) -> Iterator[str]:
    yield time.strftime("%Y-%m-%d")  # a suppression, or a baseline's entry, may end today
    yield from (*arguments, "in", os.getcwd(), sys.version, str(getattr(os, "getuid", int)()))  # noqa: PTH109
    yield from (
        f"{name}={value}"
        for name, value in sorted(os.environ.items())
        if name in _VARIABLES or name.startswith(_PREFIXES)
    )
    yield f"{sys.stdout.isatty()} {sys.stdout.encoding} {sys.stderr.encoding}"
    if sys.stdout.isatty():
        with suppress(OSError):
            yield str(os.get_terminal_size(sys.stdout.fileno()).columns)
    yield own_code()


def own_code() -> str:
    """What tells this archlint from any other, looked at once."""
    if not _own_code:
        _own_code.append(digest("\0".join(sorted(_code())).encode("utf-8", "surrogateescape")))
    return _own_code[0]


_own_code: list[str] = []


def _code() -> Iterator[str]:
    """The stamps of archlint's own files, and of the folders that its libraries are installed in."""
    package = os.path.dirname(__file__)  # noqa: PTH120
    pending = [package, os.path.join(os.path.dirname(os.path.dirname(package)), "rules")]  # noqa: PTH118, PTH120
    while pending:
        with suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                if not entry.is_dir():
                    yield f"{entry.path} {stamp(entry.stat())}"
                elif entry.name != "__pycache__":
                    pending.append(entry.path)
    for folder in sys.path:
        if folder.endswith(("site-packages", "dist-packages")):
            yield f"{folder} {look('stamp', folder)}"


def _packed(where: Asked, answer: RunAnswer) -> Iterator[bytes]:
    """Each part with its length before it."""
    for part in (
        where.key,
        str(answer.code),
        answer.output,
        answer.notes,
        "\0".join(answer.paths),
        answer.root,
        answer.listing,
        "\0".join(text for place in answer.places for text in place),
        "\0".join(text for read in answer.reads for text in read),
    ):
        data = _encoded(part)
        yield len(data).to_bytes(8, "little")
        yield data


def load(where: Asked) -> RunAnswer | None:
    """The answer to exactly this; None where there is none, or a damaged one. Raises OSError, ValueError."""
    if where.file is None:
        return None
    with open(where.file, "rb") as file:  # noqa: PTH123
        data = file.read()
    start = len(_MAGIC) + 4
    packed = data[start:]
    if data[:start] != _MAGIC + zlib.crc32(packed).to_bytes(4, "little"):
        return None
    key, code, output, notes, paths, root, listing, places, reads = _parts(packed)
    if key != where.key:
        return None
    return RunAnswer(
        int(code),
        output,
        notes,
        tuple(paths.split("\0")),
        root,
        listing,
        tuple(map(FileState._make, _threes(places))),
        tuple(map(FileRead._make, _threes(reads))),
    )


def _parts(packed: bytes) -> Iterator[str]:
    at = 0
    while at < len(packed):
        end = at + 8 + int.from_bytes(packed[at : at + 8], "little")
        yield packed[at + 8 : end].decode("utf-8", "surrogatepass")
        at = end


def _threes(text: str) -> Iterable[tuple[str, ...]]:
    texts = iter(text.split("\0") if text else ())
    return zip(texts, texts, texts, strict=True)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
