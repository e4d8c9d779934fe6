"""The rule set is data, and held to itself both ways: nothing to register means nothing to forget."""

import re
from collections import Counter

import pytest

from archlint.config import read_config
from archlint.facts.toml import read_toml
from archlint.pages import Page
from archlint.standard import bundled_standard
from tests.rule_set import paged, programmed, public_functions, with_fix

STANDARD = bundled_standard()
each_page = pytest.mark.parametrize("page", STANDARD.pages, ids=lambda page: page.code)

OWN = "BA00"
"""The requirement of archlint's own rules, which the standard does not speak of."""


def test_every_page_has_a_module_and_every_module_a_page() -> None:
    assert paged(STANDARD.pages) == programmed()


def test_every_fixable_page_has_a_fix_and_every_fix_a_fixable_page() -> None:
    assert paged(page for page in STANDARD.pages if page.fixable) == with_fix()


def test_what_stands_in_for_an_edit_is_of_a_page_that_says_why_there_is_none() -> None:
    assert with_fix("trial") <= paged(page for page in STANDARD.pages if page.unfixable)


def test_no_code_and_no_name_means_two_rules() -> None:
    counts = Counter(key for page in STANDARD.pages for key in (page.code, page.name))
    assert {key for key, count in counts.items() if count > 1} == set()


def test_every_clause_is_decided_by_a_rule_or_excused_and_never_both() -> None:
    decided = {clause for page in STANDARD.pages for clause in page.clauses}
    excused = set(STANDARD.unchecked)
    assert decided | excused == {clause.id for clause in STANDARD.spec.clauses}
    assert decided & excused == set(), "delete these lines from rules/unchecked.toml"


def test_every_excuse_has_a_reason() -> None:
    assert [clause for clause, reason in STANDARD.unchecked.items() if len(reason.split()) < 4] == []


def test_only_a_permission_is_excused_for_good() -> None:
    obligations = {clause.id for clause in STANDARD.spec.clauses if clause.keyword == "SHALL"}
    reasons = {clause: reason for clause, reason in STANDARD.unchecked.items() if clause in obligations}
    assert [clause for clause, reason in reasons.items() if "planned: " not in reason] == []


@each_page
def test_the_code_belongs_to_the_family(page: Page) -> None:
    families = {requirement.id: requirement.family for requirement in STANDARD.spec.requirements}
    assert page.family == families.get(page.requirement, "archlint")


@each_page
def test_the_clauses_are_the_standards(page: Page) -> None:
    known = {clause.id for clause in STANDARD.spec.clauses}
    assert set(page.clauses) <= known
    assert bool(page.clauses) == (page.requirement != OWN)


@each_page
def test_the_findings_that_it_follows_from_can_be_those(page: Page) -> None:
    by_code = {other.code: other for other in STANDARD.pages}
    for parent in page.parents:
        fields = re.findall(r"\{(\w+)\}", by_code[parent.code].message + by_code[parent.code].help)
        assert parent.code != page.code
        assert set(parent.where) <= set(fields)


@each_page
def test_the_rule_is_one_public_function(page: Page) -> None:
    assert public_functions(page.family, page.name) == ["check"]


@each_page
def test_the_page_explains_and_shows(page: Page) -> None:
    headings = [line for line in page.body.splitlines() if line.startswith("#")]
    assert page.body.lstrip().startswith(f"# {page.name}\n")
    assert {"## Why", "## How to fix"} <= set(headings)
    assert {case.bad for case in page.cases} == {True, False}


@each_page
def test_what_the_page_says_to_configure_can_be(page: Page) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```", page.body, re.DOTALL | re.MULTILINE)
    for example in examples:
        if "[tool.archlint" in example:
            file = read_toml("pyproject.toml", example.encode())
            assert read_config(file, ".", STANDARD, is_pyproject=True) is not None


@each_page
def test_no_two_cases_have_one_title(page: Page) -> None:
    titles = Counter((case.bad, case.title) for case in page.cases)
    assert [title for title, count in titles.items() if count > 1] == []


@each_page
def test_a_case_names_each_file_once_and_inside_its_repository(page: Page) -> None:
    for case in page.cases:
        paths = [file.path for file in case.files]
        assert len(set(paths)) == len(paths), case.title
        assert [path for path in paths if path.startswith(("/", ".."))] == [], case.title


NOT_IN_A_CASE = {
    "BA0004": "a baseline",
    "BA0304": "a git checkout",
    "BA0403": "a git checkout",
    "BA0704": "a git checkout",
    "BA0803": "an earlier state",
    "BA0804": "an earlier state",
    "BA1110": "a JSON document, which takes no comment",
}
"""What the evidence of a rule takes that a case's files cannot carry."""


@each_page
def test_the_page_says_what_its_evidence_is(page: Page) -> None:
    assert page.evidence.format(met=3, all=4)


@each_page
def test_a_case_shows_the_evidence(page: Page) -> None:
    marked = any(mark.kind == "met" and mark.code == page.code for case in page.cases for mark in case.marks)
    assert marked is (page.code not in NOT_IN_A_CASE)
