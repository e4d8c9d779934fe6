"""The files of a commit, from git's object database: no checkout, and no filter or hook that would run."""

from __future__ import annotations

import hashlib
import os
import posixpath
import subprocess
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from archlint import git
from archlint.answers import digest
from archlint.discover import MAX_FILE_SIZE, Repository, UnreadableFileError, without_installed
from archlint.findings import ArchlintError
from archlint.proposals import suggestion

_MAX_LINKS = 5


_SOURCES = (".py", ".toml", ".lock", ".txt", ".cfg", ".ini")
"""What a service is made of: without the content of such a file, nothing true can be said of a commit."""


class MissingContentError(ArchlintError):
    """Git knows that there is a content, and has not got it."""


class Blob(NamedTuple):
    """A file's content: the checkout whose database holds it, and its name there."""

    folder: Path
    oid: str


@dataclass(frozen=True, slots=True)
class CommittedRepository(Repository):
    """A repository as it was in a commit; all its files count as tracked.

    `content` tells its files from others. A submodule's files are there when it is checked out.
    """

    commit: str = ""
    content: str = ""
    blobs: Mapping[str, Blob] = field(default_factory=dict)
    _readers: dict[Path, _Reader] = field(default_factory=dict)

    def read_bytes(self, path: str) -> bytes:
        """The content of a file. Raises UnreadableFileError, and ArchlintError where git has no content."""
        blob = self.blobs.get(path)
        if blob is None:
            raise UnreadableFileError(path, "No such file or directory")
        reader = self._readers.setdefault(blob.folder, _Reader(blob.folder))
        try:
            data = reader.read(blob.oid)
        except MissingContentError as error:
            if path.endswith(_SOURCES):
                raise
            raise UnreadableFileError(path, str(error)) from error
        if data is None:
            raise UnreadableFileError(path, f"is larger than {MAX_FILE_SIZE:,} bytes")
        return data


def repository_at(root: Path, ref: str) -> CommittedRepository:
    """The repository at `root` as it was at `ref`: a branch, tag, commit, or what else git calls one.

    Raises ArchlintError, with the command that helps, where git or the commit is not there.
    """
    commit = resolve_commit(root, ref)
    blobs: dict[str, Blob] = {}
    links: dict[str, Blob] = {}
    for path, is_link, blob in _entries(root, commit):
        (links if is_link else blobs)[path] = blob
    content = _content({path: blob.oid for path, blob in (blobs | links).items()})
    readers: dict[Path, _Reader] = {}
    for path in links:
        target = _target(path, links, readers)
        if target in blobs:
            blobs[path] = blobs[target]
    files = tuple(without_installed(blobs))
    return CommittedRepository(root, files, frozenset(files), (), commit, content, blobs, readers)


def content_of_checkout(repository: Repository) -> str | None:
    """What `CommittedRepository.content` would be of a commit of all that a checkout has.

    None where git does not track one of its files, or one lies in a submodule.
    """
    if repository.tracked is None or not repository.tracked.issuperset(repository.files):
        return None
    root = repository.root
    staged = git.run(root, "ls-files", "-z", "--stage", "-v").stdout
    modified = git.run(root, "ls-files", "-z", "--modified").stdout
    oids: dict[str, str] = {}
    for line in filter(None, staged.split(b"\0")):
        head, _, name = line.partition(b"\t")
        tag, mode, oid, stage = os.fsdecode(head).split(" ")
        if mode == _SUBMODULE or stage != "0":
            return None
        path = os.fsdecode(name)  # of one that git was told not to look at, it cannot say that it is modified
        oids[path] = oid if tag == _LOOKED_AT else _oid(root / path, len(oid))
    for path in map(os.fsdecode, filter(None, modified.split(b"\0"))):
        oids[path] = _oid(root / path, len(oids.get(path, "")))
    return _content({path: oid for path, oid in oids.items() if oid})


def _oid(path: Path, length: int) -> str:
    """The name that git gives to a file as it is on the disk; empty where there is none."""
    try:
        data = os.fsencode(os.readlink(path)) if path.is_symlink() else path.read_bytes()  # noqa: PTH115
    except OSError:
        return ""
    hashed = hashlib.new("sha1" if length == _SHA1 else "sha256", usedforsecurity=False)
    hashed.update(b"blob %d\0" % len(data) + data)
    return hashed.hexdigest()


_SHA1 = 40
_LOOKED_AT = "H"


def _content(oids: Mapping[str, str]) -> str:
    listed = (f"{oid} {path}" for path, oid in sorted(oids.items()))
    return digest("\0".join(listed).encode("utf-8", "surrogateescape"))


def resolve_commit(root: Path, ref: str) -> str:
    """The commit's full name. Raises ArchlintError."""
    answer = _ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if answer is None:
        raise ArchlintError(_missing(root, ref))
    return answer


def has_commits(root: Path) -> bool:
    """Whether anything was committed yet, so that HEAD means something. Raises ArchlintError without git."""
    return _ask(root, "rev-parse", "--verify", "--quiet", "HEAD") is not None


def default_base(root: Path) -> str:
    """The commit in which the checkout left the default branch of its remote, that branch's latest included.

    Raises ArchlintError where there is no remote branch to compare with, or no commit in common.
    """
    branch = _default_branch(root)
    if branch is None:
        raise ArchlintError(f"{root} knows no default branch of a remote; {_say(root)}")
    found = _ask(root, "merge-base", "HEAD", branch)
    if found is None:
        raise ArchlintError(f"HEAD and {branch} have no commit in common here; {_deepen(root)}")
    return found


def _say(root: Path) -> str:
    """What to compare with that there is: another branch of that name, else the commit before, else HEAD."""
    if not has_commits(root):
        return "there is no commit yet to compare with"
    own = _ask(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    there = (
        name
        for name, ref in (("main", "refs/heads/main"), ("master", "refs/heads/master"), ("HEAD~1", "HEAD~1"))
        if name != own and _ask(root, "rev-parse", "--verify", "--quiet", ref)
    )
    return f"say what to compare with: `archlint diff {next(there, 'HEAD')}`"


def _default_branch(root: Path) -> str | None:
    remotes = (_ask(root, "remote") or "").split()
    for remote in sorted(remotes, key=lambda name: name != "origin"):
        if head := _ask(root, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD"):
            return head
        for name in ("main", "master"):
            branch = f"{remote}/{name}"
            if _ask(root, "rev-parse", "--verify", "--quiet", f"refs/remotes/{branch}"):
                return branch
    return None


def _missing(root: Path, ref: str) -> str:
    if not has_commits(root):
        return f"{root} has no commit yet, so there is no {ref} to compare with"
    if _is_shallow(root):
        return f"{ref} is not in this shallow clone; {_deepen(root)}"
    remote, _, branch = ref.partition("/")
    if branch and remote in (_ask(root, "remote") or "").split():
        return f"{root} has no {ref}; `git fetch {remote} {branch}` gets it"
    unknown = f"git knows no commit {ref} in {root}"
    name, mark, _ = ref.replace("^", "~").partition("~")
    if mark and _ask(root, "rev-parse", "--verify", "--quiet", name):
        count = _ask(root, "rev-list", "--count", name)
        return f"{unknown}: the history of {name} has {count} commit{'' if count == '1' else 's'}"
    if not _ask(root, "remote"):
        refs = (_ask(root, "for-each-ref", "--format=%(refname:short)") or "").split()
        return f"{unknown}{suggestion(ref, refs) or ', and it has no remote to fetch it from'}"
    return f"{unknown}; `git fetch --all --tags` gets what the remotes have"


def _deepen(root: Path) -> str:
    if _is_shallow(root):
        return "`git fetch --unshallow --tags origin` gets the history (in CI: fetch-depth: 0)"
    return _say(root)


def _is_shallow(root: Path) -> bool:
    return _ask(root, "rev-parse", "--is-shallow-repository") == "true"


def _ask(root: Path, *arguments: str) -> str | None:
    """What git answers, without the line's end; None where it fails. Raises ArchlintError without git."""
    try:
        answer = git.run(root, *arguments)
    except OSError as error:
        raise ArchlintError("git is not installed, and only git can read an earlier commit") from error
    if b"not a git repository" in answer.stderr:
        raise ArchlintError(f"{root} is in no git checkout, so there is no earlier commit to compare with")
    if b"dubious ownership" in answer.stderr:
        raise ArchlintError(f"git refuses to read {root}; `git config --global --add safe.directory {root}`")
    return None if answer.returncode else os.fsdecode(answer.stdout).strip()


def _entries(folder: Path, commit: str, prefix: str = "") -> Iterator[tuple[str, bool, Blob]]:
    """Each file of a commit by its path, whether it is a link, and its content; submodules' too."""
    listing = git.run(folder, "ls-tree", "-r", "-z", "--full-tree", commit)
    if listing.returncode:
        reason = os.fsdecode(listing.stderr).strip()
        raise ArchlintError(f"git cannot list the files of {commit[:12]} in {folder}: {reason}")
    for line in filter(None, listing.stdout.split(b"\0")):
        head, _, name = line.partition(b"\t")
        mode, _, oid = os.fsdecode(head).split(" ")
        path = prefix + os.fsdecode(name)
        if mode != _SUBMODULE:
            yield path, mode == _LINK, Blob(folder, oid)
        elif (folder / os.fsdecode(name) / ".git").exists() and _has(folder / os.fsdecode(name), oid):
            yield from _entries(folder / os.fsdecode(name), oid, f"{path}/")


_SUBMODULE = "160000"
_LINK = "120000"


def _has(submodule: Path, commit: str) -> bool:
    return _ask(submodule, "cat-file", "-e", f"{commit}^{{commit}}") is not None


def _target(path: str, links: Mapping[str, Blob], readers: dict[Path, _Reader]) -> str:
    """The path that a link leads to, further links followed; one that leads nowhere if it leaves the tree."""
    for _ in range(_MAX_LINKS):
        if path not in links:
            return path
        blob = links[path]
        content = readers.setdefault(blob.folder, _Reader(blob.folder)).read(blob.oid) or b""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(content)))
    return ""


class _Reader:
    """`git cat-file --batch`, started when first asked, which ends with this object."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pipes: tuple[IO[bytes], IO[bytes]] | None = None

    def read(self, oid: str) -> bytes | None:
        """The content of that name; None where it is too large. Raises ArchlintError where git has none."""
        requests, answers = self._pipes = self._pipes or self._start()
        try:
            requests.write(f"{oid}\n".encode())
            requests.flush()
            header = answers.readline().split()
        except OSError:
            header = []
        if len(header) != 3:
            raise MissingContentError(
                f"{self._folder} lacks content of an earlier commit, as a partial clone does; "
                "`git fetch --refetch --no-filter origin` gets it"
            )
        size = int(header[2])
        content = b"" if size > MAX_FILE_SIZE else answers.read(size)
        for left in range(size - len(content) + 1, 0, -_CHUNK):
            answers.read(min(left, _CHUNK))
        return content if len(content) == size else None

    def _start(self) -> tuple[IO[bytes], IO[bytes]]:
        process = subprocess.Popen(
            git.command(self._folder, "cat-file", "--batch"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=git.environment(),
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        weakref.finalize(self, _end, process)
        return process.stdin, process.stdout


_CHUNK = 1 << 20


def _end(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.kill()
