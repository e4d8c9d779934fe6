"""The conformance report as one page that needs nothing else: no network and no other file.

Jinja2 escapes all that it is given but the pictures, in which Graphviz has escaped every label.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct

from archlint import __version__
from archlint.causes import Cause, causes
from archlint.findings import Finding, Location
from archlint.report.conformance import pictures
from archlint.report.conformance.endpoints import Group, groups
from archlint.report.conformance.formats import ConformanceView
from archlint.report.conformance.words import arithmetic, doubts, headline, trend
from archlint.report.safe import log_lines, printable
from archlint.report.snippet import Sources
from archlint.report.styled import Line
from archlint.service.schema.schemas import DatabaseSchema
from archlint.spec import Requirement
from archlint.verdicts import Conformance, Ruling, Verdict

CONTEXT = 2
"""How many lines of the source stand around the one that a finding is about."""


class SourceExcerpt(Struct, frozen=True):
    """The source line that a finding is about, in its three parts, with the `above` and `below` lines."""

    line: int
    before: str
    marked: str
    after: str
    above: tuple[str, ...]
    below: tuple[str, ...]


Shown: TypeAlias = tuple[Finding, SourceExcerpt | None]


class Chapter(Struct, frozen=True, dict=True):
    """All that the page says of a service."""

    number: int
    name: str
    arithmetic: str
    percent: int | None
    totals: tuple[tuple[str, int], ...]
    requirements: tuple[tuple[Requirement, tuple[tuple[str, tuple[Ruling, ...]], ...]], ...]
    counts: Mapping[str, list[tuple[str, int]]]
    total: int
    causes: tuple[tuple[Cause, tuple[Shown, ...]], ...]
    findings: tuple[Shown, ...]
    routes: tuple[Group, ...]
    unresolved: tuple[str, ...]
    layers: Markup
    tables: Markup
    schemas: tuple[DatabaseSchema, ...]


def render(view: ConformanceView) -> Iterator[Line]:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("archlint.report.conformance", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": printable,
        "doubts": doubts,
        "css": _css,
        "by_file": _by_file,
        "coded": _coded,
    }
    page = environment.get_template("page.html.jinja").render(
        version=__version__, verdicts=list(Verdict), chapters=list(_chapters(view))
    )
    yield ((log_lines(page), ""),)


def _chapters(view: ConformanceView) -> Iterator[Chapter]:
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
            _counts(judged),
            len(found),
            *_by_cause(sources, found),
            groups(service, found, view.report.standard),
            tuple(f"{one.what}: {one.why} ({one.location})" for one in service.routes.unknown),
            Markup(pictures.layers(service)),  # noqa: S704 (Graphviz escapes what it draws)
            Markup(pictures.tables(service)),  # noqa: S704
            tuple(service.schemas.all),
        )


def _requirements(
    view: ConformanceView, judged: Conformance
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


def _counts(judged: Conformance) -> Mapping[str, list[tuple[str, int]]]:
    """How many clauses of each requirement have which verdict, those that any has."""
    found: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for ruling in judged.rulings:
        found[ruling.clause.id.partition(".")[0]][ruling.verdict] += 1
    return {id_: [(one.value, of[one]) for one in Verdict if of[one]] for id_, of in found.items()}


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


def _excerpt(sources: Sources, place: Location) -> SourceExcerpt | None:
    source = sources.line(place)
    if source is None:
        return None
    end = place.end_column - 1 if place.end_line == place.line else len(source)
    start = place.column - 1
    return SourceExcerpt(
        place.line,
        printable(source[:start]),
        printable(source[start:end]),
        printable(source[max(start, end) :]),
        *(tuple(map(printable, lines)) for lines in sources.around(place, CONTEXT)),
    )


def _css(verdict: str) -> str:
    """A verdict as the name of a class."""
    return verdict.replace(" ", "-")


def _by_file(places: Iterable[Location]) -> list[tuple[str, str]]:
    """Files with the lines that are meant in each."""
    found: dict[str, dict[int, None]] = {}
    for place in places:
        found.setdefault(place.file, {})[place.line] = None
    return [(file, ", ".join(map(str, lines))) for file, lines in found.items()]


def _coded(text: str) -> Markup:
    """A message, with what stands between backticks as code."""
    parts = re.split(r"`([^`]+)`", printable(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
