"""What every form of the conformance report says in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archlint.report.conformance.formats import ConformanceView
from archlint.results import Excused
from archlint.verdicts import Conformance, Evidence, Ruling, Verdict

SHOWN = 3
"""How many places or findings a line names."""


def headline(service: Conformance) -> str:
    """The service's name."""
    return f"Service {service.service}" if service.service != "." else "Service at the repository's root"


def arithmetic(service: Conformance) -> str:
    """The conformance figure, and how it comes about."""
    totals = service.totals
    counts = ", ".join(f"{totals[verdict]} {verdict}" for verdict in Verdict if totals[verdict])
    if service.share is None:
        return f"No clause applies ({counts})"
    met = totals[Verdict.MET]
    of = f"{met} of the {service.counted} clauses that apply are met"
    return f"Conformance {service.share:.0%}: {of} ({counts})"


def trend(view: ConformanceView, service: Conformance) -> str:
    """How the figure changed since the commit that is compared with; empty without one."""
    if not view.against:
        return ""
    before = next((one for one in view.before if one.service == service.service), None)
    if before is None or before.share is None or service.share is None:
        return f"At {view.against} there was no figure to compare with"
    changes = (f"{service.totals[one] - before.totals[one]:+d} {one}" for one in Verdict)
    moved = [change for change in changes if not change.startswith("+0 ")]
    return (
        f"{before.share:.0%} at {view.against}, {service.share:.0%} now ({', '.join(moved) or 'no change'})"
    )


def facts(ruling: Ruling) -> Iterator[str]:
    """What shows the verdict: findings by rule, excuses, doubts, and what was found in order."""
    rules = Counter((finding.code, finding.rule, finding.severity) for finding in ruling.findings)
    for (code, rule, severity), count in sorted(rules.items()):
        places = [str(f.location) for f in ruling.findings if (f.code, f.severity) == (code, severity)]
        plural = "" if count == 1 else "s"
        yield f"{count} {severity}{plural} of {code} {rule}: {_some(places)}"
    yield from doubts(ruling)
    for evidence in ruling.evidence:
        yield shown(evidence)


def doubts(ruling: Ruling) -> Iterator[str]:
    """What is excused, why it does not apply or is not known, and what could not be decided."""
    alike: dict[tuple[str, ...], list[Excused]] = {}
    for one in ruling.excused:
        key = one.location.file, one.finding.code, one.reason, _agreed(one)
        alike.setdefault(key, []).append(one)
    for (file, code, reason, agreed), excused in alike.items():
        where = f"at {excused[0].location}" if len(excused) == 1 else f"{len(excused)} times in {file}"
        yield f"excused {where}: {code}: {reason}{agreed}"
    for reason in ruling.reasons:
        if ruling.verdict is not Verdict.EXCUSED or reason not in {one.reason for one in ruling.excused}:
            yield reason
    said = dict.fromkeys(
        f"not decided: {one.unknown.what} ({one.unknown.location}): {one.unknown.why}"
        for one in ruling.unknowns
    )
    yield from list(said)[:SHOWN]


def shown(evidence: Evidence) -> str:
    """A rule's evidence with the first places."""
    places = [f"{place.file}:{place.line}" for place in evidence.places]
    return f"{evidence.page.code}: {evidence.text} ({_some(places)})"


def _agreed(excused: Excused) -> str:
    """Who answers for it, and until when: " (team-pay, until 2027-03-01)"."""
    until = f"until {excused.until}" if excused.until is not None else ""
    said = ", ".join(filter(None, (excused.owner, until)))
    return f" ({said})" if said else ""


def _some(places: list[str]) -> str:
    more = len(places) - SHOWN
    return ", ".join(places[:SHOWN]) + (f" and {more} more" if more > 0 else "")
