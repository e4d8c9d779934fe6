"""The repository: its root, its files as git sees them, and reading them. Nothing of it is ever run."""

from __future__ import annotations

import codecs
import io
import os
import posixpath
import re
import stat
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from archlint import git, readings
from archlint.answers import FileRead, digest, settled_stamp
from archlint.findings import ArchlintError
from archlint.patterns import compile_patterns
from archlint.proposals import about_missing

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_FILE_SIZE = 20_000_000
"""Larger files are data; reading one could only cost time."""
MAX_DOCUMENT_SIZE = 2_000_000
"""The same for what is written by hand and read slowly: YAML, TOML, INI, Dockerfiles, scripts."""
_DOCUMENT = re.compile(
    r"(?i).*\.(ya?ml|toml|ini|cfg|conf|env|sh|bash|mk|in|txt|md)|(.*[._-])?(docker|container)file.*|\.env.*"
    r"|makefile|\.?justfile|procfile|pipfile|\.[\w.-]*ignore"
)

# fmt: off
NEVER_SOURCE = frozenset({
    ".archlint_cache", ".eggs", ".git", ".hg", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".svn",
    ".tox", ".venv", "__pycache__", "__pypackages__", "node_modules", "site-packages",
})
# fmt: on


class UnreadableFileError(OSError):
    """A file that cannot be read: gone, forbidden, too large, no regular file, or not in its encoding."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Reads:
    """What a run was told of a repository: its `listing`, and the `files` that it read.

    Of documents that were read in part, `contents` are kept by path, and by part what an expression `told`.
    """

    def __init__(self, listing: str = "") -> None:
        self.listing = listing
        self.files: dict[str, FileRead] = {}
        self.contents: dict[str, bytes] = {}
        self.told: dict[str, str] = {}

    def add(self, other: Reads) -> None:
        """What the same run was told of the same files before."""
        self.files |= other.files
        self.contents |= other.contents
        self.told |= other.told

    def note(self, path: str, content_digest: str, status: os.stat_result | None) -> None:
        """A file was read, with the status of before that if it is known, or could not be read just now."""
        with suppress(OSError, ValueError):
            status = status or os.stat(path)  # noqa: PTH116
        stamp = "nothing" if status is None else settled_stamp(status)
        self.files[path] = FileRead(stamp, content_digest, path)


@dataclass(frozen=True, slots=True)
class Repository:
    """The files that archlint may read.

    `root` is git's top level (without git, the path given). `files` are sorted POSIX paths relative to it,
    as git lists them: tracked, and untracked but not ignored; links that leave the repository or loop are
    left out. `tracked` is None outside a git checkout. `notes` say what the user should know of how the
    files were found.
    """

    root: Path
    files: tuple[str, ...]
    tracked: frozenset[str] | None
    notes: tuple[str, ...] = ()
    reads: Reads = field(default_factory=Reads, compare=False, repr=False, kw_only=True)
    _listed: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_listed", frozenset(self.files))

    def has(self, path: str) -> bool:
        """Whether the repository has a file of that path."""
        return path in self._listed

    def read_bytes(self, path: str) -> bytes:
        """The content of a file. Raises UnreadableFileError."""
        readings.documents[path] = None
        place = os.path.join(self.root, path)  # noqa: PTH118 (as below)
        try:
            data, status = _read_regular(place)
            if len(data) > MAX_DOCUMENT_SIZE and is_document(path):
                raise ValueError(f"is larger than {MAX_DOCUMENT_SIZE:,} bytes, which no document should be")
            self.reads.note(place, digest(data), status)
            return data
        except (OSError, ValueError) as error:
            self.reads.note(place, "", None)
            raise UnreadableFileError(path, getattr(error, "strerror", None) or str(error)) from error

    def text(self, path: str) -> str:
        """The content of a file as text: Python by PEP 263, the rest UTF-8. Raises UnreadableFileError."""
        data = self.read_bytes(path)
        try:
            is_python = path.endswith(".py")
            return decode_python(data) if is_python else data.decode("utf-8-sig")
        except (SyntaxError, UnicodeError, LookupError) as error:
            raise UnreadableFileError(path, why_no_text(error)) from error


def why_no_text(error: Exception) -> str:
    """Why a content could not be decoded, and where, for who wrote it."""
    if not isinstance(error, UnicodeDecodeError):
        return str(error)
    data = error.object
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "it is UTF-16; save it as UTF-8"
    line = data.count(b"\n", 0, error.start) + 1
    return f"byte 0x{data[error.start]:02x} in line {line} is no {error.encoding.upper()}; save it as UTF-8"


def decode_python(data: bytes) -> str:
    """The text of a Python file by its BOM and coding cookie (PEP 263).

    Raises SyntaxError, UnicodeError or LookupError where it is none.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    if encoding in _HOST_NAMES:
        raise LookupError(f"{encoding} is an encoding of host names")
    return data.decode(encoding)


_HOST_NAMES = frozenset({"idna", "punycode"})
"""Encodings that Python would accept, and that take minutes for a file's length."""


def find_repository(paths: Sequence[Path], listing: str = "") -> Repository:
    """The repository that holds `paths`: its git checkout, or what lies below them.

    `listing` is what an earlier run was told of these paths, where it is known that this still holds. Raises
    ArchlintError for a path that does not exist, and for paths of several repositories.
    """
    if listing:
        return _listed(listing)
    found = _find(paths)
    counts = str(len(found.notes)), str(len(found.files))
    tracked = ("untracked",) if found.tracked is None else ("tracked", *sorted(found.tracked))
    found.reads.listing = "\0".join((*counts, str(found.root), *found.notes, *found.files, *tracked))
    return found


def _listed(listing: str) -> Repository:
    """The repository that a listing tells of."""
    noted, listed, root, *names = listing.split("\0")
    start, end = int(noted), int(noted) + int(listed)
    tracked = frozenset(names[end + 1 :]) if names[end] == "tracked" else None
    return Repository(
        Path(root), tuple(names[start:end]), tracked, tuple(names[:start]), reads=Reads(listing)
    )


def _find(paths: Sequence[Path]) -> Repository:
    folders = [_folder(path) for path in paths]
    root, notes = _git_top_level(folders)
    if root is not None and not all(_is_ignored(root, folder) for folder in folders):
        tracked, new = _git_files(root)
        return Repository(root, _readable(root, without_installed(tracked | new)), tracked, notes)
    if root is not None:
        notes = (f"git ignores {folders[0]}: its files were found by walking the folder",)
    elif (checkout := _checkout_above(folders[0])) is not None:
        return Repository(
            checkout, _readable(checkout, without_installed(_walk(checkout, [checkout]))), None, notes
        )
    root = _common(folders)
    return Repository(root, _readable(root, without_installed(_walk(root, folders))), None, notes)


def _folder(path: Path) -> Path:
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise ArchlintError(f"{path} does not exist{about_missing(path)}") from error
        raise ArchlintError(f"{path} cannot be read: {error}") from error
    return resolved if resolved.is_dir() else resolved.parent


def _git_top_level(folders: Sequence[Path]) -> tuple[Path | None, tuple[str, ...]]:
    """Git's top level of all `folders`, or why git does not tell."""
    roots: set[Path] = set()
    for folder in folders:
        try:
            answer = git.run(folder, "rev-parse", "--show-toplevel")
        except OSError:
            missing = _checkout_above(folder) is not None
            return None, ("git is not installed: .gitignore was applied without it",) if missing else ()
        if answer.returncode:
            refused = b"dubious ownership" in answer.stderr
            return None, (_REFUSED.format(folder),) if refused else ()
        roots.add(Path(os.fsdecode(answer.stdout.removesuffix(b"\n"))).resolve())
    if len(roots) > 1:
        raise ArchlintError(f"the paths lie in several repositories: {', '.join(sorted(map(str, roots)))}")
    return roots.pop() if roots else None, ()


_REFUSED = (
    "git refuses to read {0}, which another user owns, so what is tracked is unknown; "
    "`git config --global --add safe.directory {0}` allows it"
)


def _is_ignored(root: Path, folder: Path) -> bool:
    """Whether git leaves the folder out, so that only asking for it by name can mean its files."""
    return folder != root and git.run(root, "check-ignore", "--quiet", str(folder)).returncode == 0


def _git_files(root: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Tracked files, and untracked ones that are not ignored."""
    tracked = git.run(root, "ls-files", "-z", "--cached", "--recurse-submodules")
    if tracked.returncode:  # a submodule whose own repository is missing
        tracked = git.run(root, "ls-files", "-z", "--cached")
    new = git.run(root, "ls-files", "-z", "--others", "--exclude-standard")
    if tracked.returncode or new.returncode:
        message = os.fsdecode(tracked.stderr or new.stderr).strip()
        raise ArchlintError(f"git cannot list the files of {root}: {message}")
    return _names(tracked.stdout), _names(new.stdout)


def _names(output: bytes) -> frozenset[str]:
    return frozenset(map(os.fsdecode, filter(None, output.split(b"\0"))))


def _common(folders: Sequence[Path]) -> Path:
    try:
        return Path(os.path.commonpath(folders))
    except ValueError as error:  # two drives of Windows
        raise ArchlintError("the paths have no folder in common: check them one by one") from error


def _checkout_above(folder: Path) -> Path | None:
    """The nearest folder that looks like a checkout: the root must not depend on git being installed."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def without_installed(files: Iterable[str]) -> Iterator[str]:
    """Each file once, without installed packages, caches, and names that no output format could hold."""
    files = sorted(set(files))
    environments = tuple(file.removesuffix("pyvenv.cfg") for file in files if file.endswith("/pyvenv.cfg"))
    for file in files:
        if not NEVER_SOURCE.isdisjoint(file.split("/")) or file.startswith(environments):
            continue
        if file.isprintable() or not any("\ud800" <= character <= "\udfff" for character in file):
            yield file


def _readable(root: Path, files: Iterable[str]) -> tuple[str, ...]:
    return tuple(file for file in files if _is_file(root, file))


def _is_file(root: Path, file: str) -> bool:
    """Whether `file` is a regular file, or a link to one inside of the repository."""
    path = os.path.join(root, file)  # noqa: PTH118 (a Path for each file of a large repository is slow)
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISLNK(mode):
            return stat.S_ISREG(mode)
        target = Path(path).resolve(strict=True)
        return target.is_file() and target.is_relative_to(root)
    except (OSError, RuntimeError, ValueError):
        return False


def _walk(root: Path, folders: Iterable[Path]) -> Iterator[str]:
    """The files below `folders` that no .gitignore there leaves out; no link to a folder is entered."""
    starts = {"" if folder == root else f"{folder.relative_to(root).as_posix()}/" for folder in folders}
    pending: list[tuple[str, tuple[tuple[str, GitIgnoreSpec], ...]]] = [
        (start, ()) for start in sorted(starts)
    ]
    while pending:
        folder, ignores = pending.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError:
            continue
        if any(entry.name == ".gitignore" and entry.is_file() for entry in entries):
            ignores = (*ignores, (folder, _ignore_file(root / folder / ".gitignore")))
        for entry in entries:
            path = folder + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name in NEVER_SOURCE or _ignored(path + "/" * is_folder, ignores):
                continue
            if is_folder:
                pending.append((f"{path}/", ignores))
            else:
                yield path


def _ignore_file(path: Path) -> GitIgnoreSpec:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return compile_patterns(lines)


def _ignored(path: str, ignores: Sequence[tuple[str, GitIgnoreSpec]]) -> bool:
    """Git's order: the nearest .gitignore that says anything of `path` decides."""
    for folder, spec in reversed(ignores):
        verdict = spec.check_file(path.removeprefix(folder)).include
        if verdict is not None:
            return verdict
    return False


def is_document(path: str) -> bool:
    """Whether a file is of a kind that is read as a document, whatever its content."""
    return _DOCUMENT.fullmatch(posixpath.basename(path)) is not None


def read_regular(path: str) -> bytes:
    """The content of a file beside the repository. Raises OSError, and ValueError for what is no file."""
    return _read_regular(path)[0]


def _read_regular(path: str) -> tuple[bytes, os.stat_result]:
    """Raises OSError, and ValueError for what is no file of source size. Never waits on a pipe or device."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is not a regular file")
        if status.st_size > MAX_FILE_SIZE:
            raise ValueError(f"is larger than {MAX_FILE_SIZE:,} bytes")
        return file.read(), status
