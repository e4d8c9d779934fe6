"""The page's table of endpoints: by version, each with what tests and documentation lack."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from archlint.findings import Finding, Location
from archlint.report.route_table import methods, notes
from archlint.service.api.exemptions import operational
from archlint.service.api.root_paths import client_version
from archlint.service.api.routes import Endpoint
from archlint.service.model import Service
from archlint.standard import Standard


class EndpointRow(Struct, frozen=True):
    """An endpoint; `documentation` and `others` are the rules that it breaks."""

    methods: str
    path: str
    handler: str
    place: Location
    notes: str
    tests: str
    documentation: tuple[str, ...]
    others: tuple[str, ...]


class Group(Struct, frozen=True):
    """The endpoints of a version; `lacks` says that they should have one."""

    title: str
    lacks: bool
    rows: tuple[EndpointRow, ...]

    @property
    def summary(self) -> str:
        """How many there are, and how many of them lack something."""
        tests = Counter(row.tests for row in self.rows)
        undocumented = sum(bool(row.documentation) for row in self.rows)
        counts = ((tests["untested"], "untested"), (undocumented, "with gaps in the documentation"))
        said = ", ".join(f"{count} {what}" for count, what in counts if count)
        total = f"{len(self.rows)} endpoint{'' if len(self.rows) == 1 else 's'}"
        return f"{total}: {said}" if said else total


def groups(service: Service, findings: Iterable[Finding], standard: Standard) -> tuple[Group, ...]:
    """The endpoints by version, those that need none last."""
    families = {page.code: page.family for page in standard.pages}
    broken: dict[Location, dict[str, str]] = defaultdict(dict)
    for finding in findings:
        for place in (finding.location, *(link.location for link in finding.chain)):
            broken[place][finding.rule] = families[finding.code]
    needs_none, tests = _exempt(service, standard), _tests(service)
    found: dict[tuple[int, str, bool], list[EndpointRow]] = defaultdict(list)
    for endpoint in sorted(service.routes.endpoints, key=lambda one: (one.path, one.methods)):
        found[_group(endpoint, needs_none)].append(_row(endpoint, tests(endpoint), broken))
    return tuple(Group(title, lacks, tuple(rows)) for (_, title, lacks), rows in sorted(found.items()))


def _exempt(service: Service, standard: Standard) -> Callable[[Endpoint], bool]:
    """Which endpoints need no version, as the rule on versions is configured."""
    options = (service.config.options_of(page) for page in standard.pages if page.family == "versioning")
    given = next((one for one in options if {"exempt", "extend-exempt"} <= one.keys()), None)
    return operational(given) if given is not None else lambda endpoint: False


def _tests(service: Service) -> Callable[[Endpoint], str]:
    """Whether a test requests an endpoint's handler, under its path or another."""
    requests = service.requests
    tested = {id(endpoint.handler.definition) for endpoint in requests.tested}
    undecided = {endpoint for endpoints in requests.possible.values() for endpoint in endpoints}

    def answer(endpoint: Endpoint) -> str:
        if requests.everything or id(endpoint.handler.definition) in tested:
            return "tested"
        return "undecided" if endpoint in undecided else "untested"

    return answer


def _group(endpoint: Endpoint, needs_none: Callable[[Endpoint], bool]) -> tuple[int, str, bool]:
    version = client_version(endpoint)
    if version is not None:
        return version, f"Version {version}", False
    return (
        (-1, "Operational, without a version", False) if needs_none(endpoint) else (-2, "Unversioned", True)
    )


def _row(endpoint: Endpoint, tests: str, broken: Mapping[Location, Mapping[str, str]]) -> EndpointRow:
    places = (endpoint.location, endpoint.handler.location)
    rules = {rule: family for place in places for rule, family in broken.get(place, {}).items()}
    return EndpointRow(
        methods(endpoint),
        endpoint.path or "/",
        endpoint.handler.name,
        endpoint.handler.location,
        notes(endpoint),
        tests,
        tuple(_named(rules, "openapi")),
        tuple(sorted(rule for rule, of in rules.items() if of not in {"openapi", "testing", "versioning"})),
    )


def _named(rules: Mapping[str, str], family: str) -> Iterator[str]:
    return (rule for rule, of in sorted(rules.items()) if of == family)
