"""The engine: which rules run, what becomes of what they say, and that a broken rule is no clean service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archlint.config import Config
from archlint.discover import Repository
from archlint.engine import check
from archlint.findings import ArchlintError, Finding, Hit, Link, Location, Severity, Unknown
from archlint.loading import Loaded, Request
from archlint.pages import Page
from archlint.results import Report
from archlint.rules.archlint import unused_suppression
from archlint.selectors import Selection
from archlint.service.model import Service
from archlint.standard import Rule
from tests.example_pages import PAGES, nothing, page, standard
from tests.service.small import modules_of

UNUSED = page(
    "BA0003",
    "unused-suppression",
    "archlint",
    clauses=(),
    message="`{suppression}` {problem}",
    help="Delete it",
)
FIELDS = {"module": "a", "imported": "b"}


class Scene:
    """Services under rules that a test makes up, by their codes; the other rules say nothing."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {"BA0003": unused_suppression.check}
        self.files: dict[str, dict[str, str]] = {".": {"app.py": "x = 1\n" * 9}}
        self.config = Config()
        self.standard = standard((UNUSED, *PAGES), self.rules)

    def hits(self, code: str, *places: Location, fields: Mapping[str, str] = FIELDS) -> None:
        self.rules[code] = lambda service: [Hit(place, dict(fields)) for place in places]

    def check(self, *targets: str, **request: Any) -> Report:
        repository = Repository(Path("/nowhere"), (), None)
        services = tuple(
            Service(root, repository, self.config, modules_of(files)) for root, files in self.files.items()
        )
        return check(Loaded(self.standard, repository, services, targets or (".",)), Request(**request))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def places(report: Report) -> list[tuple[str, str, int]]:
    return [(f.code, f.location.file, f.location.line) for f in report.findings]


def test_rules_that_say_nothing(scene: Scene) -> None:
    report = scene.check()
    assert not (report.findings or report.unknowns or report.failures)
    assert (report.services, report.files, report.suppressed) == ((".",), 1, 0)
    assert [page.code for page in report.pages] == ["BA0003", "BA0102", "BA0511", "BA0512", "BA0801"]


def test_no_service_at_all(scene: Scene) -> None:
    scene.files = {}
    assert scene.check().services == ()


def test_a_finding_carries_the_pages_words(scene: Scene) -> None:
    chain = (Link(Location("b.py", 7), "`a` imports `b`"),)
    scene.rules["BA0511"] = lambda service: [Hit(Location("app.py", 2, 3, 2, 9), FIELDS, chain)]
    [finding] = scene.check().findings
    assert finding == Finding(
        code="BA0511",
        rule="router-bypasses-service",
        requirement="BA05",
        clauses=("BA05.2.1",),
        severity=Severity.ERROR,
        message="`a` imports `b`",
        help="Call a service instead of `b`",
        service=".",
        location=Location("app.py", 2, 3, 2, 9),
        chain=chain,
        fingerprint=finding.fingerprint,
    )


def test_a_hit_may_narrow_severity_and_clauses(scene: Scene) -> None:
    hit = Hit(Location("app.py"), FIELDS, severity=Severity.WARNING, clauses=("BA05.1.1",))
    scene.rules["BA0511"] = lambda service: [hit]
    [finding] = scene.check().findings
    assert (finding.severity, finding.clauses) == (Severity.WARNING, ("BA05.1.1",))


def test_the_configured_severity_is_the_last_word(scene: Scene) -> None:
    scene.config = Config(severity={"BA05": Severity.WARNING})
    scene.hits("BA0511", Location("app.py"))
    assert [finding.severity for finding in scene.check().findings] == [Severity.WARNING]


def test_findings_are_in_one_order_and_each_stands_once(scene: Scene) -> None:
    scene.files = {"b": {"b/app.py": ""}, "a": {"a/app.py": ""}}
    shared, own = Location("compose.yaml", 2), Location("a/app.py", 3)
    scene.hits("BA0512", shared, Location("compose.yaml", 1), own, own)
    scene.hits("BA0511", shared)
    assert places(scene.check()) == [
        ("BA0512", "a/app.py", 3),
        ("BA0512", "compose.yaml", 1),
        ("BA0511", "compose.yaml", 2),
        ("BA0512", "compose.yaml", 2),
    ]


def test_only_selected_rules_are_loaded(scene: Scene) -> None:
    loaded: set[str] = set()

    def rule(page: Page) -> Rule:
        loaded.add(page.code)
        return nothing

    scene.standard = replace(scene.standard, rules=rule)
    scene.config = Config(selection=Selection(select=("BA05",)))
    scene.check(selection=Selection(ignore=("BA0512",)))
    assert loaded == {"BA0511"}


def test_a_rule_gets_the_options_that_it_asks_for(scene: Scene) -> None:
    def rule(service: Service, options: Mapping[str, Any]) -> Iterator[Hit]:
        assert (options["depth"], options["exempt"]) == (9, ["/health"])
        yield Hit(Location("app.py"), dict(FIELDS))

    scene.rules["BA0801"] = rule
    scene.config = Config(options={"BA0801": {"depth": 9}})
    assert places(scene.check()) == [("BA0801", "app.py", 1)]


def test_an_unknown_is_no_finding_unless_strict(scene: Scene) -> None:
    unknown = Unknown("the prefix of `router`", Location("app.py", 4), "it is read from the database")
    scene.rules["BA0801"] = lambda service: [unknown]
    report = scene.check()
    assert report.findings == ()
    assert [(u.page.code, u.service, u.unknown.code) for u in report.unknowns] == [("BA0801", ".", "BA0801")]
    [finding] = scene.check(strict=True).findings
    assert finding.message == "Not decided: the prefix of `router`: it is read from the database"
    assert (finding.code, finding.severity, finding.location) == ("BA0801", Severity.ERROR, unknown.location)


def test_a_broken_rule_is_a_failure_and_the_others_are_heard(scene: Scene) -> None:
    def broken(service: Service) -> Iterator[Hit]:
        yield Hit(Location("app.py", 1), FIELDS)
        raise KeyError("users")

    scene.rules["BA0511"] = broken
    scene.hits("BA0512", Location("app.py", 2))
    scene.files[".."] = {}
    report = scene.check()
    assert [(f.page.code, f.service, f.error) for f in report.failures] == [
        ("BA0511", ".", "KeyError: 'users'"),
        ("BA0511", "..", "KeyError: 'users'"),
    ]
    assert "raise KeyError" in report.failures[0].traceback
    assert ("BA0512", "app.py", 2) in places(report)


def test_a_hit_without_its_fields_and_a_missing_module_are_failures(scene: Scene) -> None:
    scene.hits("BA0511", Location("app.py"), fields={})
    assert [f.error for f in scene.check().failures] == ["KeyError: 'module'"]


def test_what_is_wrong_with_the_input_is_no_failure_of_the_rule(scene: Scene) -> None:
    def refuses(service: Service) -> Iterator[Hit]:
        raise ArchlintError("no")
        yield

    scene.rules["BA0511"] = refuses
    with pytest.raises(ArchlintError):
        scene.check()


def test_only_what_lies_in_the_paths_is_reported(scene: Scene) -> None:
    scene.files = {"shop": {"shop/app/a.py": "", "shop/app/b.py": ""}}
    anchor, above = Location("shop/pyproject.toml"), Location("compose.yaml")
    scene.hits("BA0511", Location("shop/app/a.py"), Location("shop/app/b.py"), anchor, above)
    assert len(scene.check().findings) == len(scene.check("shop").findings) == 4
    assert places(scene.check("shop/app")) == [("BA0511", "shop/app/a.py", 1), ("BA0511", "shop/app/b.py", 1)]
    assert places(scene.check("shop/app/b.py")) == [("BA0511", "shop/app/b.py", 1)]
    assert places(scene.check("shop/app/a.py", "compose.yaml")) == [
        ("BA0511", "compose.yaml", 1),
        ("BA0511", "shop/app/a.py", 1),
    ]
    assert scene.check("shop/ap").findings == ()


def test_per_file_ignores(scene: Scene) -> None:
    scene.config = Config(per_file_ignores={"old/": ("BA0511",)})
    scene.hits("BA0511", Location("old/a.py"), Location("new/a.py"))
    scene.hits("BA0512", Location("old/a.py"))
    assert places(scene.check()) == [("BA0511", "new/a.py", 1), ("BA0512", "old/a.py", 1)]


def test_suppressed_findings_are_counted_and_unused_suppressions_reported(scene: Scene) -> None:
    text = "a  # archlint: ignore[BA0511] why\nb\nc  # archlint: ignore[BA0511] why\n"
    scene.files = {".": {"app.py": text}}
    scene.hits("BA0511", Location("app.py", 1), Location("app.py", 2))
    report = scene.check()
    assert places(report) == [("BA0511", "app.py", 2), ("BA0003", "app.py", 3)]
    assert report.suppressed == 1
    assert report.findings[1].message == "`ignore[BA0511]` suppresses no BA0511"


def test_a_suppression_is_judged_only_where_its_rule_ran(scene: Scene) -> None:
    scene.files = {".": {"app.py": "a  # archlint: ignore[BA0511] why\n"}}
    assert scene.check(selection=Selection(ignore=("BA0511",))).findings == ()
    scene.hits("BA0511", Location("app.py", 1), fields={})
    report = scene.check()
    assert report.failures
    assert not report.findings


def test_a_suppression_covers_what_cannot_be_decided(scene: Scene) -> None:
    scene.files = {".": {"app.py": "a  # archlint: ignore[BA0801] from a plugin\n"}}
    scene.rules["BA0801"] = lambda service: [Unknown("x", Location("app.py", 1), "y")]
    for strict in (False, True):
        report = scene.check(strict=strict)
        assert not (report.findings or report.unknowns)


def test_a_suppression_of_several_services_is_reported_by_its_own(scene: Scene) -> None:
    scene.files = {".": {"app.py": ""}, "shop": {"shop/app.py": "a  # archlint: ignore[BA0511] why\n"}}
    assert [(f.code, f.service) for f in scene.check().findings] == [("BA0003", "shop")]


def test_fingerprints_stay_when_lines_move(scene: Scene) -> None:
    def prints(*lines: int, fields: Mapping[str, str] = FIELDS) -> list[str]:
        scene.hits("BA0511", *(Location("app.py", line) for line in lines), fields=fields)
        return [finding.fingerprint for finding in scene.check().findings]

    before = prints(2, 5)
    assert before == prints(12, 40)
    assert len(set(before)) == 2
    assert prints(2) == before[:1]
    assert not set(prints(2, fields={"module": "a", "imported": "c"})) & set(before)


def test_a_fingerprint_does_not_hang_on_a_suppression_above(scene: Scene) -> None:
    scene.hits("BA0511", Location("app.py", 1), Location("app.py", 2))
    before = scene.check().findings[1].fingerprint
    scene.files = {".": {"app.py": "a  # archlint: ignore[BA0511] why\nb\n"}}
    assert [finding.fingerprint for finding in scene.check().findings] == [before]
