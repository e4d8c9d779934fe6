"""SARIF 2.1.0, as OASIS specifies it and as code scanning services read it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from archlint import __version__
from archlint.causes import causes
from archlint.findings import Finding, Link, Location
from archlint.pages import Page
from archlint.report.formats import Rendering
from archlint.report.line_hashes import LineHashes
from archlint.report.safe import json_text
from archlint.report.styled import Line
from archlint.results import Failure, Report, Undecided

if TYPE_CHECKING:
    from archlint.fixes.showing import Replacement, ShownFix

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "%SRCROOT%"


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """A log of one run. Unknowns are notifications, not results: they are no alerts."""
    fixes = how.fixes or {}
    numbers = {page.code: number for number, page in enumerate(report.pages)}
    hashes = LineHashes(report.repository)
    caused = {finding.fingerprint: cause.id for cause in causes(report.findings) for finding in cause.members}
    run = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": _category(report)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "The root of the repository"}}},
        "invocations": [_invocation(report, how.exit_code, numbers)],
        "results": [
            _result(finding, numbers[finding.code], hashes, caused.get(finding.fingerprint))
            | _fixes(fixes.get(finding.fingerprint))
            for finding in report.findings
        ],
    }
    yield ((json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}), ""),)


def _category(report: Report) -> str:
    """What tells this run from others on the same commit, such as those on a monorepo's other services."""
    (service,) = report.services if len(report.services) == 1 else (".",)
    return "archlint/" if service == "." else f"archlint/{service}/"


def _driver(report: Report) -> dict[str, object]:
    return {
        "name": "archlint",
        "semanticVersion": __version__,
        "rules": [_rule(page, report.standard.address(page)) for page in report.pages],
    }


def _rule(page: Page, address: str) -> dict[str, object]:
    why, fix = page.section("Why"), page.section("How to fix")
    reason = why.partition("\n\n")[0]
    return {
        "id": page.code,
        "name": page.name,
        "shortDescription": {"text": page.name.replace("-", " ").capitalize()},
        "fullDescription": {"text": " ".join(reason.split()) or page.message},
        **({"helpUri": address} if address else {}),
        "help": {
            "text": _advice(page, fix) or " ".join(reason.split()) or page.message,
            "markdown": f"{reason}\n\n**How to fix**\n\n{fix}".strip(),
        },
        "defaultConfiguration": {"level": page.severity},
        "properties": {"tags": [page.family, page.requirement, *page.clauses]},
    }


def _advice(page: Page, fix: str) -> str:
    """What the rule says to do: where its help speaks of one finding, the page's prose instead."""
    return page.help if "{" not in page.help else " ".join(fix.partition("```")[0].split())


def _invocation(report: Report, exit_code: int, numbers: dict[str, int]) -> dict[str, object]:
    return {
        "executionSuccessful": not report.failures,
        "exitCode": exit_code,
        "toolExecutionNotifications": [
            *(_broken(failure) for failure in report.failures),
            *(_undecided(undecided, numbers) for undecided in report.unknowns),
        ],
    }


def _broken(failure: Failure) -> dict[str, object]:
    text = f"{failure.page.code} {failure.page.name} broke on service {failure.service}: {failure.error}"
    return {"level": "error", "message": {"text": text}}


def _undecided(undecided: Undecided, numbers: dict[str, int]) -> dict[str, object]:
    code, unknown = undecided.page.code, undecided.unknown
    return {
        "level": "note",
        "message": {"text": f"{unknown.what}: {unknown.why}"},
        "associatedRule": {"id": code, "index": numbers[code]},
        "locations": [{"physicalLocation": _physical(unknown.location)}],
    }


def _result(finding: Finding, rule: int, hashes: LineHashes, cause: str | None) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": f"{finding.message}\n\n{finding.help}"},
        "locations": [{"physicalLocation": _physical(finding.location)}],
        "partialFingerprints": {"archlint/v1": finding.fingerprint, **hashes.of(finding.location)},
        "properties": {
            "service": finding.service,
            "clauses": list(finding.clauses),
            **({"cause": cause} if cause else {}),
        },
    }
    if finding.chain:
        steps = [{"location": _step(link)} for link in finding.chain]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _fixes(fix: ShownFix | None) -> dict[str, object]:
    """Section 3.55: what to replace in each file."""
    if fix is None:
        return {}
    changes = [
        {"artifactLocation": _artifact(file), "replacements": [_replaced(one) for one in of_file]}
        for file, of_file in groupby(fix.replacements, key=lambda one: one.location.file)
    ]
    text = f"Unsafe: {fix.why}" if fix.why else "Safe"
    return {"fixes": [{"description": {"text": text}, "artifactChanges": changes}]}


def _replaced(replacement: Replacement) -> dict[str, object]:
    return {
        "deletedRegion": _region(replacement.location),
        "insertedContent": {"text": replacement.text},
    }


def _step(link: Link) -> dict[str, object]:
    return {"physicalLocation": _physical(link.location), "message": {"text": link.text}}


def _physical(place: Location) -> dict[str, object]:
    return {"artifactLocation": _artifact(place.file), "region": _region(place)}


def _artifact(file: str) -> dict[str, object]:
    return {"uri": quote(file), "uriBaseId": BASE}


def _region(place: Location) -> dict[str, object]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
