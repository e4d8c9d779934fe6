"""From plans to files: all edits of a file at once, a plan whole or not at all, and never half a file."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from archlint.discover import Repository
from archlint.facts.python import read_python
from archlint.facts.toml import read_toml
from archlint.findings import ArchlintError
from archlint.fixes.edits import Edit
from archlint.fixes.guard import refusal
from archlint.fixes.planning import Planned
from archlint.fixes.worker import Job, Rewritten
from archlint.fixes.workers import answers


class FileChange(Struct, frozen=True):
    """A file's content before and after."""

    file: str
    before: bytes
    after: bytes


class Changes(Struct):
    """The changed files, the plans that are in them, and why files stay as they are."""

    files: list[FileChange] = field(default_factory=list)
    done: list[Planned] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


def changes(repository: Repository, planned: Sequence[Planned]) -> Changes:
    """What the plans make of the files; a plan of which one edit cannot be made is left out."""
    contents = {file: _content(repository, file) for one in planned for file, _ in one.plan.edits}
    problems = {
        f: why
        for f, data in contents.items()
        if f.endswith(".py") and (why := refusal(data, read_python(data)))
    }
    left = [one for one in planned if not any(file in problems for file, _ in one.plan.edits)]
    while left:
        found, refused = _rewritten(contents, left, problems)
        kept = [one for one in left if not any(edit in refused for edit in one.plan.edits)]
        if len(kept) == len(left):
            return Changes([change for change in found if change.before != change.after], left, problems)
        left = kept
    return Changes(problems=problems)


def _content(repository: Repository, file: str) -> bytes:
    """What it holds; nothing where an edit makes it."""
    return repository.read_bytes(file) if file in repository.files else b""


def write(repository: Repository, change: FileChange) -> None:
    """Replace a file by its new content, whole or not at all. Raises ArchlintError."""
    path = Path(os.path.realpath(repository.root / change.file))
    try:
        if path.read_bytes() != change.before:
            raise ArchlintError(f"{change.file} was changed while archlint ran: nothing was written to it")
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(change.after)
            Path(temporary).chmod(path.stat().st_mode & 0o7777)
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise ArchlintError(f"{change.file} cannot be written: {error.strerror or error}") from error


def _rewritten(
    contents: dict[str, bytes], planned: Sequence[Planned], problems: dict[str, str]
) -> tuple[list[FileChange], set[tuple[str, Edit]]]:
    """The files after the edits of all plans, and the edits that were not made."""
    edits: dict[str, dict[Edit, None]] = defaultdict(dict)
    for one in planned:
        for file, edit in one.plan.edits:
            edits[file][edit] = None
    jobs = [Job(file, contents[file], tuple(edits[file])) for file in sorted(edits)]
    found: list[FileChange] = []
    refused: set[tuple[str, Edit]] = set()
    for job, answer in zip(jobs, answers(jobs), strict=True):
        problem = answer.problem or ("" if parses(answer) else "the fix would break its syntax")
        if problem:
            problems[job.file] = problem
        refused |= {(job.file, edit) for edit in (job.edits if problem else answer.refused)}
        found.append(FileChange(job.file, job.data, answer.data))
    return found, refused


def parses(answer: Rewritten) -> bool:
    """Whether the file that comes out is one of its kind."""
    if answer.file.endswith(".toml"):
        return not read_toml(answer.file, answer.data).problems
    return not answer.file.endswith(".py") or not read_python(answer.data).problems
