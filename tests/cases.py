"""Runs archlint on a little repository and compares what it says with the marks on the lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from archlint.causes import causes
from archlint.config import Config
from archlint.engine import check
from archlint.findings import Finding
from archlint.loading import Base, Loaded, Request, compared, load
from archlint.pages import FOUND, Case, Mark, Page, split_marks
from archlint.selectors import Selection
from archlint.standard import bundled_standard
from tests.service.small import build_service

BEFORE = "before/"
"""Files below this folder of a case are what the repository was at the commit that it is compared with."""


def write_case(case: Case, root: Path) -> None:
    """The case's files, as they would lie in its repository."""
    for file in case.files:
        path = root / file.path
        if file.path.startswith(BEFORE):
            path = root.with_name(f"{root.name}-before") / file.path.removeprefix(BEFORE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


def judged(page: Page, case: Case, root: Path) -> Counter[Mark]:
    """What archlint says of a case that lies in `root`, as far as its marks must say it, and how often.

    Findings of the rule are counted, so that one cause that it tells of twice is a difference; all else that
    is said of a line counts as once. That is all errors of the rule's family, what the rule itself cannot
    decide, and whatever other rule the marks speak of. What it finds in order, and what its findings have in
    common, is compared where a mark of that kind stands in the case.
    A case without an application is a fragment: it lacks everything, so what other rules miss in it, and
    report at the service's anchor, is no news.
    """
    loaded = load([root])
    if any(file.path.startswith(BEFORE) for file in case.files):
        before = load([root.with_name(f"{root.name}-before")])
        loaded = compared(loaded, Base(before.repository, before.targets, lambda: before))
    fragment = build_service(loaded.repository, ".", Config()) if not loaded.services else None
    marked = {mark.code for mark in case.marks}
    asked = {(mark.kind, mark.code) for mark in case.marks}
    said = _said(replace(loaded, services=(fragment,)) if fragment else loaded, page.requirement, *marked)
    anchor = fragment and (fragment.anchor.file, fragment.anchor.line)
    return Counter(
        mark
        for mark in _counted(said, page.code)
        if (mark.code in marked | {page.code} or (mark.kind in FOUND and (mark.file, mark.line) != anchor))
        and (mark.kind not in {"met", "cause"} or (mark.kind, mark.code) in asked)
    )


def said_of(root: Path) -> set[Mark]:
    """What archlint says of the repository `root`, as the marks that would ask for it."""
    return {mark for mark in _said(load([root])) if mark.kind in {*FOUND, "unknown"}}


def differences(said: Iterable[Mark], wanted: Iterable[Mark]) -> str:
    """What archlint says that no mark asks for, and the other way round, in words."""
    more, fewer = Counter(said), Counter(wanted)
    unwanted = [f"not marked: {_shown(mark)}" for mark in sorted((more - fewer).elements())]
    missing = [f"not reported: {_shown(mark)}" for mark in sorted((fewer - more).elements())]
    return "\n".join(unwanted + missing)


def marks_in(root: Path) -> Iterator[Mark]:
    """The marks in the files below `root`, which lie where archlint reads them."""
    prefix = bundled_standard().spec.prefix
    for path in sorted(root.rglob("*")):
        if path.is_file():
            file, text = path.relative_to(root).as_posix(), path.read_text("utf-8", "replace")
            yield from split_marks(file, text, prefix)[1]


def _counted(said: Counter[Mark], code: str) -> Iterator[Mark]:
    """The rule's findings as often as they are, all else once."""
    for mark, count in said.items():
        yield from [mark] * (count if mark.code == code and mark.kind in FOUND else 1)


def _said(loaded: Loaded, *selectors: str) -> Counter[Mark]:
    report = check(loaded, Request(selection=Selection(select=selectors)))
    assert report.failures == ()
    found = Counter(Mark(f.location.file, f.location.line, f.code, _kind(f)) for f in report.findings)
    undecided = {(u.unknown.location, u.page.code) for u in report.unknowns}
    met = {(one.location, code) for (_, code), outcome in report.outcomes.items() for one in outcome.met}
    found |= Counter({Mark(place.file, place.line, code, "unknown") for place, code in undecided})
    found |= Counter({Mark(place.file, place.line, code, "met") for place, code in met})
    shared = {(cause.link.location, one.code) for cause in causes(report.findings) for one in cause.members}
    return found | Counter({Mark(place.file, place.line, code, "cause") for place, code in shared})


def _kind(finding: Finding) -> str:
    page = next(page for page in bundled_standard().pages if page.code == finding.code)
    return "error" if finding.severity == page.severity else str(finding.severity)


def _shown(mark: Mark) -> str:
    return f"{mark.file}:{mark.line} # {mark.kind}: {mark.code}"
