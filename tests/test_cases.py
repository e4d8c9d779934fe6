"""Every page's cases, and whole services: what is marked must be reported, and nothing else."""

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from archlint import engine
from archlint.findings import Hit, Unknown
from archlint.pages import FOUND, Case, Page
from archlint.standard import bundled_standard
from archlint.statements import state
from tests.cases import differences, judged, marks_in, said_of, write_case
from tests.rule_set import placeholders

FIXTURES = Path(__file__).parents[1] / "fixtures"
BROKEN = sorted(
    path.name for path in FIXTURES.iterdir() if path.is_dir() and path.name != "reference-service"
)
CASES = [
    pytest.param(page, case, id=f"{page.name} {page.code} {'bad' if case.bad else 'good'}: {case.title}")
    for page in bundled_standard().pages
    for case in page.cases
]


Hits = list[tuple[Page, Hit]]


@pytest.fixture
def hits(monkeypatch: pytest.MonkeyPatch) -> Hits:
    """Every hit that the engine puts into words."""
    noted: Hits = []
    put_into_words = state

    def note(root: str, page: Page, said: Hit | Unknown, symbol: str) -> object:
        noted.extend([(page, said)] if isinstance(said, Hit) else [])
        return put_into_words(root, page, said, symbol)

    monkeypatch.setattr(engine, "state", note)
    return noted


@pytest.mark.parametrize(("page", "case"), CASES)
def test_a_pages_case_is_judged_as_marked(page: Page, case: Case, tmp_path: Path, hits: Hits) -> None:
    write_case(case, tmp_path)
    assert differences(judged(page, case, tmp_path), case.marks) == ""
    assert [hit.fields for rule, hit in hits if hit.fields.keys() != fields(rule)] == []


@pytest.mark.parametrize("service", BROKEN)
def test_a_broken_service_is_judged_as_marked(service: str, tmp_path: Path, hits: Hits) -> None:
    root = copied(service, tmp_path)
    said = {mark for mark in said_of(root) if mark.kind in FOUND}
    assert differences(said, set(marks_in(root))) == ""
    assert [hit.fields for rule, hit in hits if hit.fields.keys() != fields(rule)] == []


def test_the_reference_service_meets_the_standard(tmp_path: Path) -> None:
    assert differences(said_of(copied("reference-service", tmp_path)), set()) == ""


def copied(service: str, tmp_path: Path) -> Path:
    """A fixture as a repository of its own."""
    root = tmp_path / service
    copytree(FIXTURES / service, root, ignore=ignore_patterns("__pycache__", ".venv", ".*_cache"))
    return root


def fields(page: Page) -> set[str]:
    """What the page's words ask of a hit."""
    return placeholders(page.message) | placeholders(page.help) | set(page.identity or ())
