"""Runs workers, and outlives them: a file that crashes one or takes too long is answered with the reason."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from archlint.fixes.edits import Edit
from archlint.fixes.text_edits import TEXTUAL, is_textual, rewritten
from archlint.fixes.worker import Job, Rewritten

START = 20.0
PER_FILE = 10.0
"""Seconds that a worker gets to start, and for each file."""


def answers(jobs: Sequence[Job]) -> list[Rewritten]:
    """The answer to each job, in order; only edits of Python need a worker.

    Edits of text in a file that the worker changes as well are made before, so they have to keep its lines.
    """
    prepared = [_prepared(job) for job in jobs]
    worked = iter(_worked([job for job, _ in prepared if not is_textual(job)]))
    found = [rewritten(job) if is_textual(job) else next(worked) for job, _ in prepared]
    refused = (refused for _, refused in prepared)
    return [replace(one, refused=(*one.refused, *more)) for one, more in zip(found, refused, strict=True)]


def _prepared(job: Job) -> tuple[Job, tuple[Edit, ...]]:
    """What is left of the job for a worker, and the edits of its text that could not be made."""
    texts = tuple(edit for edit in job.edits if isinstance(edit, TEXTUAL))
    if is_textual(job) or not texts:
        return job, ()
    first = rewritten(Job(job.file, job.data, texts))
    rest = tuple(edit for edit in job.edits if edit not in texts)
    return Job(job.file, first.data or job.data, rest), first.refused


def _worked(jobs: Sequence[Job]) -> list[Rewritten]:
    found: list[Rewritten] = []
    while len(found) < len(jobs):
        waiting = jobs[len(found) :]
        answered, problem = _run(waiting, START + PER_FILE * len(waiting))
        found += answered
        if len(answered) < len(waiting):
            found.append(Rewritten(waiting[len(answered)].file, problem=problem))
    return found


def _run(jobs: Sequence[Job], limit: float) -> tuple[list[Rewritten], str]:
    """What one worker answers, and why it ended before it answered all."""
    # `-P`, so that nothing of the folder that archlint runs in can be imported.
    command = [sys.executable, "-P", "-m", "archlint.fixes.worker"]
    problem = "libcst crashed on it"
    try:
        output = subprocess.run(
            command, input=msgspec.json.encode(list(jobs)), capture_output=True, timeout=limit, check=False
        ).stdout
    except subprocess.TimeoutExpired as error:
        output, problem = error.stdout or b"", "libcst took too long on it"
    lines = output.split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=Rewritten) for line in lines], problem
