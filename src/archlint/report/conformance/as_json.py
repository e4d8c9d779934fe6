"""The conformance report for programs; its schema is `schemas/report.schema.json`, shipped with archlint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from archlint import __version__
from archlint.findings import Finding, Location
from archlint.report.conformance.formats import ConformanceView
from archlint.report.conformance.words import arithmetic
from archlint.report.safe import json_text
from archlint.report.styled import Line
from archlint.verdicts import Conformance, Ruling, Verdict


def render(view: ConformanceView) -> Iterator[Line]:
    """All services as one object."""
    document = {"version": __version__, "services": [_service(service) for service in view.judged]}
    yield ((json_text(document), ""),)


def _service(service: Conformance) -> dict[str, object]:
    return {
        "service": service.service,
        "conformance": service.share,
        "arithmetic": arithmetic(service),
        "totals": {verdict.value: service.totals[verdict] for verdict in Verdict},
        "findings": [_finding(finding) for finding in _findings(service)],
        "clauses": [_clause(ruling) for ruling in service.rulings],
    }


def _clause(ruling: Ruling) -> dict[str, object]:
    return {
        "clause": ruling.clause.id,
        "statement": ruling.clause.statement,
        "verdict": ruling.verdict,
        "reasons": list(ruling.reasons),
        "evidence": [
            {"code": one.page.code, "text": one.text, "places": _places(one.places)}
            for one in ruling.evidence
        ],
        "findings": [finding.fingerprint for finding in ruling.findings],
        "excused": [
            {
                "code": one.finding.code,
                "reason": one.reason,
                "owner": one.owner or None,
                "until": one.until.isoformat() if one.until is not None else None,
                "fingerprint": one.finding.fingerprint,
            }
            | _place(one.location)
            for one in ruling.excused
        ],
        "unknown": [
            {"code": one.page.code, "what": one.unknown.what, "why": one.unknown.why}
            | _place(one.unknown.location)
            for one in ruling.unknowns
        ],
    }


def _findings(service: Conformance) -> Iterable[Finding]:
    """Each finding once: most break several clauses."""
    found = {finding.fingerprint: finding for ruling in service.rulings for finding in ruling.findings}
    return sorted(found.values(), key=lambda finding: (finding.location, finding.code))


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "fingerprint": finding.fingerprint,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
    } | _place(finding.location)


def _places(places: Iterable[Location]) -> list[dict[str, object]]:
    lines: dict[str, set[int]] = defaultdict(set)
    for place in places:
        lines[place.file].add(place.line)
    return [{"file": file, "lines": sorted(found)} for file, found in lines.items()]


def _place(place: Location) -> dict[str, object]:
    return {"file": place.file, "line": place.line}
