"""What the fixes of a report's findings would replace, for formats that carry fixes; nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

from archlint.discover import Repository
from archlint.engine import check
from archlint.facts.python import read_python
from archlint.findings import Location
from archlint.fixes.carrying_out import parses
from archlint.fixes.edits import Edit
from archlint.fixes.guard import refusal
from archlint.fixes.planning import Planned, plans
from archlint.fixes.worker import Job
from archlint.fixes.workers import answers
from archlint.loading import Loaded, Progress, Request, prepare
from archlint.results import Report


class Replacement(Struct, frozen=True):
    """`text` instead of what stands at `location`, whole lines of it."""

    location: Location
    text: str


class ShownFix(Struct, frozen=True):
    """What the fix of one finding by itself replaces; `why` says why it is unsafe, if it is."""

    replacements: tuple[Replacement, ...]
    why: str


def check_with_fixes(
    request: Request, progress: Progress = lambda stage: None
) -> tuple[Report, dict[str, ShownFix]]:
    """The report, and what can be fixed of it. Raises ArchlintError."""
    loaded = prepare(request, progress)
    report = check(loaded, request, progress)
    progress("fixing")
    return report, shown_fixes(loaded, report)


def shown_fixes(loaded: Loaded, report: Report) -> dict[str, ShownFix]:
    """The fixes by their findings' fingerprints; those that cannot be carried out are left out."""
    planned = list(plans(loaded, report))
    jobs = [(one, job) for one in planned for job in _jobs(loaded.repository, one)]
    replaced: dict[str, list[Replacement]] = defaultdict(list)
    failed: set[str] = set()
    for (one, job), answer in zip(jobs, answers([job for _, job in jobs]), strict=True):
        done = not (answer.problem or answer.refused) and parses(answer)
        found = _replacements(job, answer.data) if done else None
        replaced[one.finding.fingerprint] += found or ()
        if not found:
            failed.add(one.finding.fingerprint)
    return {
        one.finding.fingerprint: ShownFix(tuple(replaced[one.finding.fingerprint]), one.plan.why)
        for one in planned
        if one.finding.fingerprint not in failed
    }


def _jobs(repository: Repository, planned: Planned) -> Iterator[Job]:
    """What one plan does to each of its files."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for file, edit in planned.plan.edits:
        edits[file].append(edit)
    for file, wanted in sorted(edits.items()):
        data = repository.read_bytes(file)
        refused = file.endswith(".py") and refusal(data, read_python(data))
        # An empty job is answered with the file as it is, which counts as no fix.
        yield Job(file, b"" if refused else data, () if refused else tuple(wanted))


def _replacements(job: Job, after: bytes) -> tuple[Replacement, ...]:
    """The lines that differ; none in a file that is no UTF-8."""
    try:
        old, new = (data.decode().split("\n") for data in (job.data, after))
    except UnicodeDecodeError:
        return ()
    found = []
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found.append(_replacement(job.file, old, (start, end), new[first:last]))
    return tuple(found)


def _replacement(file: str, old: list[str], lines: tuple[int, int], new: list[str]) -> Replacement:
    """Lines from the first to before the last; at the end of the file there is no next one to end before."""
    start, end = lines
    if end < len(old):
        return Replacement(Location(file, start + 1, 1, end + 1, 1), "".join(f"{line}\n" for line in new))
    last = len(old), len(old[-1]) + 1
    if start == end:
        return Replacement(Location(file, *last, *last), "".join(f"\n{line}" for line in new))
    return Replacement(Location(file, start + 1, 1, *last), "\n".join(new))
