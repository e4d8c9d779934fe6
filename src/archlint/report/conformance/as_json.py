"""The conformance report for programs; its schema is `schemas/report.schema.json`, shipped with archlint."""

from __future__ import annotations

from collections.abc import Iterator

from archlint import __version__
from archlint.findings import Location
from archlint.report.conformance.formats import View
from archlint.report.conformance.words import arithmetic
from archlint.report.safe import json_text
from archlint.report.styled import Line
from archlint.verdicts import Conformance, Ruling, Verdict


def render(view: View) -> Iterator[Line]:
    """All services as one object."""
    document = {"version": __version__, "services": [_service(service) for service in view.judged]}
    yield ((json_text(document), ""),)


def _service(service: Conformance) -> dict[str, object]:
    return {
        "service": service.service,
        "conformance": service.share,
        "arithmetic": arithmetic(service),
        "totals": {verdict.value: service.totals[verdict] for verdict in Verdict},
        "clauses": [_clause(ruling) for ruling in service.rulings],
    }


def _clause(ruling: Ruling) -> dict[str, object]:
    return {
        "clause": ruling.clause.id,
        "statement": ruling.clause.statement,
        "verdict": ruling.verdict,
        "reasons": list(ruling.reasons),
        "evidence": [
            {"code": one.page.code, "text": one.text, "places": [_place(place) for place in one.places]}
            for one in ruling.evidence
        ],
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "message": one.message,
                "fingerprint": one.fingerprint,
            }
            | _place(one.location)
            for one in ruling.findings
        ],
        "excused": [
            {"code": one.finding.code, "reason": one.reason, "fingerprint": one.finding.fingerprint}
            | _place(one.location)
            for one in ruling.excused
        ],
        "unknown": [
            {"code": one.page.code, "what": one.unknown.what, "why": one.unknown.why}
            | _place(one.unknown.location)
            for one in ruling.unknowns
        ],
    }


def _place(place: Location) -> dict[str, object]:
    return {"file": place.file, "line": place.line}
