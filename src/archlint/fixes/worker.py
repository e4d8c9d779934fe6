"""The process that has libcst: reads jobs from standard input, writes one line of answer for each."""

from __future__ import annotations

import sys

import msgspec

from archlint.fixes.edits import Edit


class Job(msgspec.Struct, frozen=True):
    """A file's content and what to do to it."""

    file: str
    data: bytes
    edits: tuple[Edit, ...]


class Rewritten(msgspec.Struct, frozen=True):
    """A file's content afterwards, the edits that could not be made, or why nothing could."""

    file: str
    data: bytes = b""
    refused: tuple[Edit, ...] = ()
    problem: str = ""


def main() -> None:
    """Answer every job in order."""
    for job in msgspec.json.decode(sys.stdin.buffer.read(), type=list[Job]):
        sys.stdout.buffer.write(msgspec.json.encode(_answer(job)) + b"\n")
        sys.stdout.buffer.flush()


def _answer(job: Job) -> Rewritten:
    from archlint.fixes.codemod import rewrite

    try:
        data, refused = rewrite(job.data, job.edits)
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return Rewritten(job.file, problem=lines[0])
    return Rewritten(job.file, data, tuple(edit for edit in job.edits if edit in refused))


if __name__ == "__main__":
    main()
