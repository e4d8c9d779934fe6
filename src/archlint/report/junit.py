"""JUnit's XML, which most servers show: a suite for each service, a case for each rule that found nothing and
for each finding, unknown and broken rule.

There is no standard; https://github.com/testmoapp/junitxml says what its readers have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archlint.findings import Finding, Location
from archlint.report.formats import Rendering
from archlint.report.safe import log_text
from archlint.report.styled import Line
from archlint.results import Report

COUNTED = ("failure", "error", "skipped")


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """One document; errors and warnings fail, and the failure's type says which of them it is."""
    root = Element("testsuites", name="archlint")
    for service in report.services:
        suite = SubElement(root, "testsuite", name=_shown(service))
        _fill(suite, report, service)
        _count(suite)
    _count(root)
    del root.attrib["skipped"]  # which the schema has for a suite alone
    indent(root)
    text = tostring(root, encoding="unicode")
    yield ((f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', ""),)


def _fill(suite: Element, report: Report, service: str) -> None:
    findings = [finding for finding in report.findings if finding.service == service]
    unknowns = [unknown for unknown in report.unknowns if unknown.service == service]
    failures = [failure for failure in report.failures if failure.service == service]
    said = {finding.code for finding in findings}
    said |= {one.page.code for one in unknowns} | {one.page.code for one in failures}
    for page in report.pages:
        if page.code not in said:
            _case(suite, service, page.code, page.name)
    for finding in findings:
        case = _case(suite, service, finding.code, finding.rule, finding.location)
        _add(case, "failure", finding.message, _details(finding), finding.severity)
    for undecided in unknowns:
        place = undecided.unknown.location
        case = _case(suite, service, undecided.page.code, undecided.page.name, place)
        text = f"Not decided: {undecided.unknown.what}: {undecided.unknown.why}"
        SubElement(case, "skipped", message=_shown(text))
    for failure in failures:
        case = _case(suite, service, failure.page.code, failure.page.name)
        _add(case, "error", failure.error, [], "internal")


def _case(suite: Element, service: str, code: str, rule: str, place: Location | None = None) -> Element:
    name = f"{code} {rule}" + (f" {place}" if place else "")
    return SubElement(suite, "testcase", classname=_shown(service), name=_shown(name))


def _add(case: Element, tag: str, message: str, details: Iterable[str], kind: str) -> None:
    element = SubElement(case, tag, message=_shown(message), type=kind)
    element.text = "\n".join(_shown(line) for line in (message, *details))


def _details(finding: Finding) -> Iterator[str]:
    yield str(finding.location)
    yield from (f"via {link.location}: {link.text}" for link in finding.chain)
    if finding.clauses:
        yield f"spec: {', '.join(finding.clauses)}"
    yield f"help: {finding.help}"


def _count(element: Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    for tag in COUNTED:
        name = tag if tag == "skipped" else f"{tag}s"
        element.set(name, str(len(list(element.iter(tag)))))


def _shown(text: str) -> str:
    return log_text(text, starts_line=True)
