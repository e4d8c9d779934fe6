"""Runs the rules over the services and turns what they say into findings.

A rule is a page and the module of the same stem, whose `check` says by its parameters' names what it reads:
`service`, `options`, `suppressions` or `baseline`. What reads one of the last two runs when all others have
used it.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping
from functools import partial
from typing import Any

from archlint import readings
from archlint.answers import digest
from archlint.asking import DOCUMENTS, in_order, kept_as, memory_of, reads_base
from archlint.baseline import BEGINNING, Entry, consequences, path_in, read_baselines, recurring
from archlint.choosing import asked, chosen, reads
from archlint.committed import CommittedRepository, content_of_checkout
from archlint.config import configurations
from archlint.discover import Repository
from archlint.earlier import NOTHING, Earlier, keep, recall, without
from archlint.findings import ArchlintError, Hit, Location, Met, NotApplicable, Unknown
from archlint.loading import Base, Loaded, Progress, Request, prepare
from archlint.pages import Page
from archlint.paths import is_inside
from archlint.results import Excused, Failure, Outcome, Report, Undecided
from archlint.said import RuleResult
from archlint.service.model import Service
from archlint.statements import RuleStatement, follow, numbered, put_together, state
from archlint.suppressions import Suppressions, find_suppressions
from archlint.timing import Clock


def run(request: Request, progress: Progress = lambda stage: None, clock: Clock | None = None) -> Report:
    """All that `archlint check` does before it prints, timed if there is a clock. Raises ArchlintError."""
    if clock is not None:
        with clock.watching(Service):
            return run(request, clock.following(progress))
    return check(prepare(request, progress), request, progress)


def check(loaded: Loaded, request: Request | None = None, progress: Progress = lambda stage: None) -> Report:
    """Run the selected rules on the services and report what lies in the targets.

    With `against`, only what the base does not have.
    """
    request = request or Request()
    report = _checked(loaded, request, progress)
    if loaded.base is None or request.against is None:
        return report
    earlier = NOTHING
    if report.findings or report.unknowns or report.failures:
        earlier = _earlier(loaded, loaded.base, request, progress)
    _remember(loaded, loaded.base, request, report)
    return without(report, earlier, request.against)


def _earlier(loaded: Loaded, base: Base, request: Request, progress: Progress) -> Earlier:
    """What the base has, which is worked out once for each content, configuration and request."""
    assert isinstance(base.repository, CommittedRepository)
    key = _key(loaded, base.repository, base.repository.content, request)
    found = recall(key)
    if found is None:
        progress(f"reading {request.against}")
        found = Earlier.of(_checked(base.loaded, request, progress), request.against)
        keep(key, found)
    return found


def _remember(loaded: Loaded, base: Base, request: Request, report: Report) -> None:
    """Keep what the checkout has, for the day when it is a commit that others are compared with.

    Not where a commit would have something else: what is left out as a copy, what git does not track, and
    findings that come from the comparison itself.
    """
    asked = loaded.targets == base.targets and not loaded.repository.notes and not report.failures
    content = content_of_checkout(loaded.repository) if asked else None
    if content is None:
        return
    key = _key(loaded, loaded.repository, content, request)
    said = {finding.code for finding in report.findings} | {one.finding.code for one in report.excused}
    pages = [page for page in report.pages if page.code in said] + [one.page for one in report.unknowns]
    if recall(key) is None and not any(reads_base(loaded.standard.rules(page)) for page in pages):
        keep(key, Earlier.of(report, None))


def _key(loaded: Loaded, repository: Repository, content: str, request: Request) -> tuple[str, ...]:
    files = digest("\0".join(sorted(repository.files)).encode("utf-8", "surrogateescape"))
    assert loaded.configured is not None
    assert loaded.base is not None
    held_to = configurations(loaded.repository, loaded.configured)
    asked = (request.selection, request.strict, request.baselines, request.today)
    prefix = loaded.standard.spec.prefix
    return (str(repository.root), content, files, *held_to, *loaded.base.targets, *map(str, asked), prefix)


def _checked(loaded: Loaded, request: Request, progress: Progress) -> Report:
    run = _Run(loaded, request, progress)
    statements = [one for one in run.statements() if run.concerns(one)]
    shown = [one for one in statements if one.suppressed is None and one.accepted is None]
    follow(shown)
    excused = [one for one in statements if isinstance(one.said, Hit) and (one.suppressed or one.accepted)]
    findings = (
        one.finding(run.configs[one.root]) for one in shown if request.strict or isinstance(one.said, Hit)
    )
    return Report(
        loaded.repository,
        loaded.standard,
        pages=tuple(page for page in loaded.standard.pages if page in run.ran),
        services=tuple(service.root for service in loaded.services),
        files=len({module.path for service in loaded.services for module in service.modules}),
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
        unknowns=tuple(Undecided(o.page, o.root, o.said) for o in shown if isinstance(o.said, Unknown)),
        failures=tuple(run.failures),
        suppressed=sum(one.suppressed is not None for one in statements),
        excused=tuple(map(run.excused, excused)),
        baselines=tuple(b for root in run.configs if (b := run.baselines.get(path_in(root)))),
        outcomes=run.outcomes,
    )


class _Run:
    """One pass of the chosen rules over all services."""

    def __init__(self, loaded: Loaded, request: Request, progress: Progress) -> None:
        self.loaded, self.progress, self.today = loaded, progress, request.today
        with readings.unnoticed():
            found = read_baselines(loaded.repository) if request.baselines else ()
        self.baselines = {baseline.path: baseline for baseline in found}
        self.configs = {service.root: service.config for service in loaded.services}
        self.selection = request.selection
        self.chosen = {
            one.root: chosen(one.config, self.selection, loaded.standard) for one in loaded.services
        }
        self.failures: list[Failure] = []
        self.said: list[RuleStatement] = []
        self.outcomes: dict[tuple[str, str], Outcome] = {}

    @property
    def ran(self) -> frozenset[Page]:
        """The rules that were chosen for any service."""
        return frozenset(page for pages in self.chosen.values() for page in pages)

    def statements(self) -> list[RuleStatement]:
        """All that the rules say, in order, each once."""
        modules = (module for service in self.loaded.services for module in service.modules)
        with readings.unnoticed():
            found = find_suppressions(self.loaded.repository, ((m.path, m.source) for m in modules))
        standard, baselines = self.loaded.standard, self.baselines.values()
        self.asked = asked(self.configs, self.selection, standard, found, baselines)
        names = {page.name: page.code for page in standard.pages}
        suppressions = Suppressions(found, frozenset(names.values()), self._ran, names, self.today)
        self._apply_first(suppressions)
        for one in self.said:
            one.suppressed = suppressions.suppress(one.page.code, one.said.location)
        self._apply_last(suppressions, "suppressions")
        self.said = put_together(numbered(self.said), self._is_told)
        self._accept()
        self._apply_last(suppressions, "baseline")
        return numbered(self.said)

    def _accept(self) -> None:
        """Compare what counts with the baselines: all of the repository's, for services share files."""
        entries = [entry for baseline in self.baselines.values() for entry in baseline.entries]
        if not entries:
            return
        open_ = {one.fingerprint: one for one in self.said if isinstance(one.said, Hit) and self._counts(one)}
        findings = {fingerprint: one.finding(self.configs[one.root]) for fingerprint, one in open_.items()}
        known = recurring(entries, findings.values(), self.loaded.repository.files)
        met = {entry.fingerprint: findings[fingerprint] for fingerprint, entry in known.items()}
        held = {**known, **consequences(known, findings.values())}
        for fingerprint, entry in held.items():
            if not entry.has_ended(self.today):
                open_[fingerprint].accepted = entry
        for baseline in self.baselines.values():
            own = {entry.fingerprint: entry for entry in baseline.entries}
            baseline.met = {name: met[name] for name in own if name in met}
            unmet = (own[name] for name in own if name not in met)
            baseline.stale = tuple(entry for entry in unmet if self._could_be_met(entry))

    def _counts(self, one: RuleStatement) -> bool:
        ignored = self.configs[one.root].ignores(one.page, one.said.location.file)
        return one.suppressed is None and not ignored

    def _is_told(self, one: RuleStatement) -> bool:
        return self._counts(one) and one.page in self.chosen[one.root]

    def _could_be_met(self, entry: Entry) -> bool:
        known = any(page.code == entry.rule for page in self.loaded.standard.pages)
        return not known or self._ran(entry.rule, entry.file)

    def concerns(self, one: RuleStatement) -> bool:
        """Whether it lies in a target, or in a service that does, and no configuration silences it."""
        places = (one.said.location.file, one.root)
        wanted = any(is_inside(place, target) for target in self.loaded.targets for place in places)
        wanted = wanted and one.page in self.chosen[one.root]
        return wanted and not self.configs[one.root].ignores(one.page, one.said.location.file)

    def excused(self, one: RuleStatement) -> Excused:
        """The finding that a suppression or a baseline keeps from counting."""
        finding = one.finding(self.configs[one.root])
        if one.suppressed is not None:
            return Excused(finding, one.suppressed.reason, one.suppressed.location)
        entry = one.accepted
        assert entry is not None
        place = next(b.location(entry) for b in self.baselines.values() if entry.fingerprint in b.lines)
        return Excused(finding, entry.reason or BEGINNING, place, entry.owner, entry.until)

    def _apply_first(self, suppressions: Suppressions) -> None:
        """Run the rules that read nothing which others use, unless they would say what they said before."""
        loaded, base = self.loaded, self.loaded.base and self.loaded.base.repository
        against = base.commit if isinstance(base, CommittedRepository) else ""
        memory = memory_of(loaded.repository, loaded.services, loaded.standard, self.asked, loaded.layout)
        to_ask = []
        for service, page in ((one, page) for one in loaded.services for page in self.asked[one.root]):
            names = kept_as(service, page, against, self.today)
            known = memory.recall(partial(self._symbol, service), *names)
            if known is None:
                to_ask.append((service, page))
            else:
                self._take(service, page, known)
        for group, service, page in in_order(to_ask, loaded.standard):
            memory.begin(group)
            said = self._apply(suppressions, None, service.aside if group == DOCUMENTS else service, page)
            if said is not None:
                alone, compared = kept_as(service, page, against, self.today)
                memory.keep(compared if reads_base(loaded.standard.rules(page)) else alone, said)
        memory.save()

    def _take(self, service: Service, page: Page, said: RuleResult) -> None:
        every: list[tuple[Hit | Unknown, str]] = [*said.hits, *said.unknowns]
        self.said += (state(service.root, page, one, symbol) for one, symbol in every)
        self.outcomes[service.root, page.code] = said.outcome

    def _apply_last(self, suppressions: Suppressions, last: str) -> None:
        """Run the rules that read `last`, which others use."""
        for service in self.loaded.services:
            for page in self.asked[service.root]:
                if (service.root, page.code) not in self.outcomes:
                    self._apply(suppressions, last, service, page)

    def _apply(
        self, suppressions: Suppressions, last: str | None, service: Service, page: Page
    ) -> RuleResult | None:
        """Run one rule, if it reads `last`, or nothing of that kind; None where it broke, or does not."""
        pages = self.asked[service.root]
        of = f"{pages.index(page) + 1} of {len(pages)}"
        self.progress(f"checking {service.root}, rule {of}: {page.name}")
        inputs = {
            "service": service,
            "options": service.config.options_of(page),
            "suppressions": suppressions.where(partial(self._owns, service)),
            "baseline": self.baselines.get(path_in(service.root)),
        }
        try:
            return self._ask(page, service, inputs, last)
        except ArchlintError:
            raise
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            self.failures.append(Failure(page, service.root, problem, traceback.format_exc()))
            return None

    def _ask(
        self, page: Page, service: Service, inputs: Mapping[str, Any], last: str | None
    ) -> RuleResult | None:
        rule = self.loaded.standard.rules(page)
        wanted = inspect.signature(rule).parameters
        if next(reads(page, self.loaded.standard), None) != last or any(
            f.page is page and f.service == service.root for f in self.failures
        ):
            return None
        met: list[Met] = []
        hits: list[tuple[Hit, str]] = []
        unknowns: list[tuple[Unknown, str]] = []
        why = ""
        for said in rule(**{name: inputs[name] for name in wanted}):
            match said:
                case Met():
                    met.append(said)
                case NotApplicable(why):
                    pass
                case Hit():
                    hits.append((said, self._symbol(service, said.location)))
                case _:
                    unknowns.append((said, self._symbol(service, said.location)))
        found = RuleResult(tuple(hits), tuple(unknowns), Outcome(tuple(dict.fromkeys(met)), why))
        self._take(service, page, found)
        return found

    def _symbol(self, service: Service, place: Location) -> str:
        """The definition that the place is in, if it is in a Python file of the service."""
        module = service.modules.by_path.get(place.file)
        offset = module.source.offset(place) if module is not None else None
        with readings.unnoticed():
            around = module.source.definitions.at(offset) if module is not None and offset is not None else ()
        return ".".join(one.name for one in around)

    def _owns(self, service: Service, file: str) -> bool:
        """Whether this is the innermost service around the file, or the first for one outside of all."""
        around = [other for other in self.loaded.services if is_inside(file, other.root)]
        return service is max(around, key=lambda other: len(other.root), default=self.loaded.services[0])

    def _ran(self, code: str, file: str) -> bool:
        around = [s.root for s in self.loaded.services if is_inside(file, s.root)] or list(self.asked)
        failed = {(failure.page.code, failure.service) for failure in self.failures}
        return any(
            page.code == code and (code, root) not in failed for root in around for page in self.asked[root]
        )
