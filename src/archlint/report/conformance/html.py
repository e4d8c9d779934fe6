"""The conformance report as one page that needs nothing else: no network and no other file.

Jinja2 escapes all that it is given but the pictures, in which Graphviz has escaped every label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from archlint import __version__
from archlint.causes import Cause, causes
from archlint.findings import Finding, Location
from archlint.report.conformance import pictures
from archlint.report.conformance.formats import View
from archlint.report.conformance.words import arithmetic, facts, headline, trend
from archlint.report.route_table import methods, notes
from archlint.report.safe import log_lines, printable
from archlint.report.snippet import Sources
from archlint.report.styled import Line
from archlint.service.api.exemptions import version_of
from archlint.service.model import Service
from archlint.spec import Requirement
from archlint.verdicts import Conformance, Ruling, Verdict


class Excerpt(Struct, frozen=True):
    """A source line around the place that a finding is about."""

    line: int
    before: str
    marked: str
    after: str


Shown: TypeAlias = tuple[Finding, Excerpt | None]


class Row(Struct, frozen=True):
    """An endpoint; `broken` are the rules that it breaks."""

    version: str
    methods: str
    path: str
    handler: str
    notes: str
    broken: tuple[str, ...]


class Chapter(Struct, frozen=True, dict=True):
    """All that the page says of a service."""

    number: int
    name: str
    arithmetic: str
    percent: int | None
    totals: tuple[tuple[str, int], ...]
    requirements: tuple[tuple[Requirement, tuple[tuple[str, tuple[Ruling, ...]], ...]], ...]
    total: int
    causes: tuple[tuple[Cause, tuple[Shown, ...]], ...]
    findings: tuple[Shown, ...]
    routes: tuple[Row, ...]
    unresolved: tuple[str, ...]
    layers: Markup
    tables: Markup
    drift: tuple[str, ...]


def render(view: View) -> Iterator[Line]:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("archlint.report.conformance", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": printable, "facts": facts, "css": _css}
    page = environment.get_template("page.html.jinja").render(
        version=__version__, verdicts=list(Verdict), chapters=list(_chapters(view))
    )
    yield ((log_lines(page), ""),)


def _chapters(view: View) -> Iterator[Chapter]:
    sources = Sources(view.report.repository)
    for number, (judged, service) in enumerate(zip(view.judged, view.services, strict=True)):
        found = [finding for finding in view.report.findings if finding.service == judged.service]
        yield Chapter(
            number,
            headline(judged),
            ". ".join(filter(None, (arithmetic(judged), trend(view, judged)))),
            None if judged.share is None else round(100 * judged.share),
            tuple((verdict.value, judged.totals[verdict]) for verdict in Verdict),
            tuple(_requirements(view, judged)),
            len(found),
            *_by_cause(sources, found),
            tuple(_routes(service, found)),
            tuple(f"{one.what}: {one.why} ({one.location})" for one in service.routes.unknown),
            Markup(pictures.layers(service)),  # noqa: S704 (Graphviz escapes what it draws)
            Markup(pictures.tables(service)),  # noqa: S704
            tuple(f"{c.table}: {c.kind} {c.name}: {c.detail}" for s in service.schemas.all for c in s.drift),
        )


def _requirements(
    view: View, judged: Conformance
) -> Iterator[tuple[Requirement, tuple[tuple[str, tuple[Ruling, ...]], ...]]]:
    rulings = {ruling.clause.id: ruling for ruling in judged.rulings}
    for requirement in view.report.standard.spec.requirements:
        yield (
            requirement,
            tuple(
                (f"{scenario.id} {scenario.title}", tuple(rulings[clause.id] for clause in scenario.clauses))
                for scenario in requirement.scenarios
            ),
        )


def _by_cause(
    sources: Sources, findings: list[Finding]
) -> tuple[tuple[tuple[Cause, tuple[Shown, ...]], ...], tuple[Shown, ...]]:
    """The causes with their findings, and the findings that have none."""
    shared = causes(findings)
    caused = {id(finding) for cause in shared for finding in cause.members}

    def shown(of: Iterable[Finding]) -> tuple[Shown, ...]:
        return tuple((finding, _excerpt(sources, finding.location)) for finding in of)

    return (
        tuple((cause, shown(cause.members)) for cause in shared),
        shown(finding for finding in findings if id(finding) not in caused),
    )


def _excerpt(sources: Sources, place: Location) -> Excerpt | None:
    source = sources.line(place)
    if source is None:
        return None
    end = place.end_column - 1 if place.end_line == place.line else len(source)
    start = place.column - 1
    return Excerpt(
        place.line,
        printable(source[:start]),
        printable(source[start:end]),
        printable(source[max(start, end) :]),
    )


def _routes(service: Service, findings: list[Finding]) -> Iterator[Row]:
    broken: dict[Location, set[str]] = defaultdict(set)
    for finding in findings:
        broken[finding.location].add(finding.rule)
    for endpoint in service.routes.endpoints:
        version = version_of(endpoint)
        yield Row(
            f"v{version}" if version is not None else "none",
            methods(endpoint),
            endpoint.path,
            endpoint.handler.name,
            notes(endpoint),
            tuple(sorted(broken[endpoint.location])),
        )


def _css(verdict: str) -> str:
    """A verdict as the name of a class."""
    return verdict.replace(" ", "-")
