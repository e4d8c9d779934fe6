"""Runs workers, and outlives them: a file that crashes one or takes too long is answered with the reason."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import msgspec

from archlint.fixes.text_edits import is_textual, rewritten
from archlint.fixes.worker import Job, Rewritten

START = 20.0
PER_FILE = 10.0
"""Seconds that a worker gets to start, and for each file."""


def answers(jobs: Sequence[Job]) -> list[Rewritten]:
    """The answer to each job, in order; only Python needs a worker."""
    for_worker = [job for job in jobs if not is_textual(job)]
    worked = iter(_worked(for_worker))
    return [rewritten(job) if is_textual(job) else next(worked) for job in jobs]


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
