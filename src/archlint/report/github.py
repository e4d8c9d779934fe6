"""GitHub's workflow commands, which annotate a pull request's lines.

As documented at https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the escapes
are those of `@actions/core`.
"""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Finding
from archlint.report.formats import Rendering
from archlint.report.styled import Line
from archlint.results import Report


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """One command for each finding."""
    for finding in report.findings:
        yield ((_command(finding), ""),)


def _command(finding: Finding) -> str:
    place = finding.location
    properties = {"file": place.file, "line": place.line, "endLine": place.end_line}
    if place.line == place.end_line:  # GitHub refuses columns of a place over several lines
        properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = f"{finding.code} {finding.rule}"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    clauses = f" ({', '.join(finding.clauses)})" if finding.clauses else ""
    via = "".join(f"\nvia {link.location.file}:{link.location.line}: {link.text}" for link in finding.chain)
    text = f"{finding.message}{clauses}{via}\n{finding.help}"
    return f"::{finding.severity} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
