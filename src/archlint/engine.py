"""Runs the rules over the services and turns what they say into findings.

A rule is a page and the module of the same stem, whose `check` says by its parameters' names what it reads:
`service`, `options`, or `suppressions`. What reads suppressions runs last, when all others have used them.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from archlint.config import Config, Selection, check_selectors, configure, without_excluded
from archlint.discover import Repository, find_repository
from archlint.facts.cache import user_cache_dir
from archlint.findings import ArchlintError, Finding, Hit, Location, Unknown
from archlint.pages import Page, load_pages
from archlint.paths import is_inside
from archlint.service.configuration.masks import mask_credentials
from archlint.service.model import Service
from archlint.service.services import build_services
from archlint.suppressions import Suppressions, find_suppressions

Progress = Callable[[str], None]

UNDECIDED_HELP = "Write it so that it can be read without running it, or suppress it with the reason"


@dataclass(frozen=True, slots=True)
class Undecided:
    """What a rule could not know of a service."""

    page: Page
    service: str
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that broke: archlint's own mistake, which must not pass for a clean service."""

    page: Page
    service: str
    error: str
    traceback: str


@dataclass(frozen=True)
class Report:
    """What a run has to say. `pages` are the rules that ran, `files` counts the Python files read."""

    repository: Repository
    pages: tuple[Page, ...] = ()
    services: tuple[str, ...] = ()
    files: int = 0
    findings: tuple[Finding, ...] = ()
    unknowns: tuple[Undecided, ...] = ()
    failures: tuple[Failure, ...] = ()
    suppressed: int = 0


@dataclass(frozen=True)
class Request:
    """What the command line asks for. `selection` comes on top of each service's configuration."""

    paths: Sequence[Path] = (Path(),)
    selection: Selection = field(default_factory=Selection)
    config_file: Path | None = None
    strict: bool = False


@dataclass(frozen=True)
class Loaded:
    """The services that `paths` mean, by root; `targets` are the paths relative to the repository's root."""

    repository: Repository
    services: tuple[Service, ...]
    targets: tuple[str, ...]


def run(request: Request, progress: Progress = lambda stage: None) -> Report:
    """All that `archlint check` does before it prints. Raises ArchlintError."""
    selection = request.selection
    check_selectors((*selection.select, *selection.ignore, *selection.extend_select), load_pages())
    return check(load(request.paths, request.config_file, progress), request, progress)


def load(
    paths: Sequence[Path], config_file: Path | None = None, progress: Progress = lambda stage: None
) -> Loaded:
    """Find and read services. Raises ArchlintError for paths and configurations that are no good."""
    progress("looking for files")
    repository = find_repository(paths)
    targets = tuple(path.resolve().relative_to(repository.root).as_posix() for path in paths)
    configured = configure(repository, load_pages(), config_file)
    repository = without_excluded(repository, configured, targets)
    progress("reading files")
    services = build_services(repository, configured, paths, user_cache_dir())
    return Loaded(repository, tuple(sorted(services, key=lambda service: service.root)), targets)


def check(loaded: Loaded, request: Request | None = None, progress: Progress = lambda stage: None) -> Report:
    """Run the selected rules on the services and report what lies in the targets."""
    request = request or Request()
    run = _Run(loaded, request.selection, progress)
    statements = [one for one in run.statements() if run.concerns(one)]
    shown = [one for one in statements if not one.suppressed]
    findings = (one.finding() for one in shown if request.strict or isinstance(one.said, Hit))
    return Report(
        loaded.repository,
        pages=tuple(page for page in load_pages() if any(page in pages for pages in run.chosen.values())),
        services=tuple(service.root for service in loaded.services),
        files=len({module.path for service in loaded.services for module in service.modules}),
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
        unknowns=tuple(
            Undecided(one.page, one.service.root, one.said) for one in shown if isinstance(one.said, Unknown)
        ),
        failures=tuple(run.failures),
        suppressed=len(statements) - len(shown),
    )


@dataclass(slots=True)
class _Statement:
    """What a rule said of a place, in words; `occurrence` counts its equals in the file from above."""

    service: Service
    page: Page
    said: Hit | Unknown
    message: str
    help: str
    suppressed: bool = False
    occurrence: int = 0

    @property
    def identity(self) -> tuple[str, ...]:
        """What stays when lines move."""
        fields = self.said.fields if isinstance(self.said, Hit) else {"unknown": self.said.what}
        return (self.page.code, self.said.location.file, json.dumps(fields, sort_keys=True))

    @property
    def order(self) -> tuple[Location, str, str, str]:
        return (self.said.location, self.page.code, self.message, self.service.root)

    def finding(self) -> Finding:
        hit = self.said if isinstance(self.said, Hit) else Hit(self.said.location)
        return Finding(
            code=self.page.code,
            rule=self.page.name,
            requirement=self.page.requirement,
            clauses=hit.clauses or self.page.clauses,
            severity=self.service.config.severity_of(self.page, hit.severity or self.page.severity),
            message=self.message,
            help=self.help,
            service=self.service.root,
            location=hit.location,
            chain=hit.chain,
            fingerprint=_digest(*self.identity, str(self.occurrence)),
        )


class _Run:
    """One pass of the chosen rules over all services."""

    def __init__(self, loaded: Loaded, selection: Selection, progress: Progress) -> None:
        self.loaded, self.progress = loaded, progress
        self.chosen = {service.root: _chosen(service.config, selection) for service in loaded.services}
        self.failures: list[Failure] = []
        self.said: list[_Statement] = []

    def statements(self) -> list[_Statement]:
        """All that the rules say, in order, each once, for services may share files."""
        modules = (module for service in self.loaded.services for module in service.modules)
        found = find_suppressions(self.loaded.repository, ((m.path, m.source) for m in modules))
        names = {page.name: page.code for page in load_pages()}
        suppressions = Suppressions(found, frozenset(names.values()), self._ran, names)
        self._apply(suppressions, last=False)
        for one in self.said:
            one.suppressed = suppressions.suppress(one.page.code, one.said.location)
        self._apply(suppressions, last=True)
        return _numbered(self.said)

    def concerns(self, one: _Statement) -> bool:
        """Whether it lies in a target, or in a service that does, and no configuration silences it."""
        places = (one.said.location.file, one.service.root)
        asked_for = any(is_inside(place, target) for target in self.loaded.targets for place in places)
        return asked_for and not one.service.config.ignores(one.page, one.said.location.file)

    def _apply(self, suppressions: Suppressions, *, last: bool) -> None:
        for service in self.loaded.services:
            own = suppressions.where(partial(self._owns, service))
            for page in self.chosen[service.root]:
                inputs = {"service": service, "options": service.config.options_of(page), "suppressions": own}
                try:
                    self._ask(page, service, inputs, last)
                except ArchlintError:
                    raise
                except Exception as error:
                    problem = f"{type(error).__name__}: {error}"
                    self.failures.append(Failure(page, service.root, problem, traceback.format_exc()))

    def _ask(self, page: Page, service: Service, inputs: Mapping[str, Any], last: bool) -> None:
        rule = _rule(page)
        wanted = inspect.signature(rule).parameters
        if ("suppressions" in wanted) is not last or any(
            f.page is page and f.service == service.root for f in self.failures
        ):
            return
        self.progress(f"checking {service.root}: {page.name}")
        for said in rule(**{name: inputs[name] for name in wanted}):
            self.said.append(_statement(service, page, said))

    def _owns(self, service: Service, file: str) -> bool:
        """Whether this is the innermost service around the file, or the first for one outside of all."""
        around = [other for other in self.loaded.services if is_inside(file, other.root)]
        return service is max(around, key=lambda other: len(other.root), default=self.loaded.services[0])

    def _ran(self, code: str, file: str) -> bool:
        around = [s.root for s in self.loaded.services if is_inside(file, s.root)] or list(self.chosen)
        failed = {(failure.page.code, failure.service) for failure in self.failures}
        return any(
            page.code == code and (code, root) not in failed for root in around for page in self.chosen[root]
        )


def _chosen(config: Config, selection: Selection) -> tuple[Page, ...]:
    return tuple(page for page in load_pages() if selection.includes(page, config.selection.includes(page)))


@cache
def _rule(page: Page) -> Callable[..., Iterable[Hit | Unknown]]:
    module = import_module(f"archlint.rules.{page.family}.{page.name.replace('-', '_')}")
    rule: Callable[..., Iterable[Hit | Unknown]] = module.check
    return rule


def _statement(service: Service, page: Page, said: Hit | Unknown) -> _Statement:
    if isinstance(said, Unknown):
        said = replace(said, code=page.code)
        message, help_ = f"Not decided: {said.what}: {said.why}", UNDECIDED_HELP
    else:
        message, help_ = page.message.format(**said.fields), page.help.format(**said.fields)
        said = replace(
            said, chain=tuple(replace(link, text=mask_credentials(link.text)) for link in said.chain)
        )
    return _Statement(service, page, said, mask_credentials(message), mask_credentials(help_))


def _numbered(said: Iterable[_Statement]) -> list[_Statement]:
    once: dict[object, _Statement] = {}
    for one in sorted(said, key=lambda one: one.order):
        once.setdefault((one.said.location, one.page.code, one.message), one)
    counts: Counter[tuple[str, ...]] = Counter()
    for one in once.values():
        one.occurrence = counts[one.identity]
        counts[one.identity] += 1
    return list(once.values())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
