"""A started rule satisfies all that is asked of the rule set as data; its predicate alone is missing."""

from pathlib import Path
from shutil import copytree

import pytest

from archlint.spec import rules_directory
from archlint.standard import bundled_standard
from archlint.standard_files import read_pages
from tests.cases import judged, write_case
from tests.rule_set import PACKAGE, paged, placeholders, programmed, public_functions
from tools.new_rule import main

STANDARD = bundled_standard()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    copytree(rules_directory(), tmp_path / "rules")
    copytree(PACKAGE / "rules", tmp_path / "src/archlint/rules")
    return tmp_path


def test_a_started_rule_is_two_files(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", "service-knows-http", "--clause", "BA05.2.2"], checkout) == 0
    assert capsys.readouterr().out.splitlines() == [
        "rules/layers/service-knows-http.md",
        "src/archlint/rules/layers/service_knows_http.py",
    ]


def test_a_started_rule_is_a_rule(checkout: Path) -> None:
    main(["layers", "service-knows-http", "--clause", "BA05.2.2"], checkout)
    pages = read_pages(checkout / "rules")
    (page,) = (page for page in pages if page.name == "service-knows-http")
    package = checkout / "src/archlint"
    started = {("layers", "service-knows-http")}
    assert paged(pages) - paged(STANDARD.pages) == programmed(package) - programmed() == started
    assert public_functions("layers", "service-knows-http", package) == ["check"]
    assert page.code not in {page.code for page in STANDARD.pages}
    assert page.requirement == "BA05"
    assert {case.bad for case in page.cases} == {True, False}
    assert placeholders(page.message) == placeholders(page.help) == {"name"}


@pytest.mark.parametrize("family", [requirement.family for requirement in STANDARD.spec.requirements])
def test_its_good_case_is_good_in_every_family(checkout: Path, tmp_path: Path, family: str) -> None:
    main([family, "some-rule"], checkout)
    (page,) = (page for page in read_pages(checkout / "rules") if page.name == "some-rule")
    (good,) = (case for case in page.cases if not case.bad)
    repository = tmp_path / "case"
    write_case(good, repository)
    assert not judged(page, good, repository)


def test_the_clause_that_it_decides_is_excused_no_longer(checkout: Path) -> None:
    unchecked = checkout / "rules/unchecked.toml"
    before = unchecked.read_text(encoding="utf-8").splitlines()
    main(["versioning", "several-versions", "--clause", "BA08.1.2"], checkout)
    after = unchecked.read_text(encoding="utf-8").splitlines()
    assert [line[:10] for line in before if line not in after] == ['"BA08.1.2"']


def test_the_catalogues_code_can_be_asked_for(checkout: Path) -> None:
    main(["openapi", "last-of-all", "--code", "BA1199"], checkout)
    assert "BA1199" in {page.code for page in read_pages(checkout / "rules")}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["layer", "some-rule"], "invalid choice: 'layer'"),
        (["layers", "SomeRule"], "not a name like router-bypasses-service"),
        (["layers", "some-rule", "--clause", "BA06.1.1"], "BA05 has no clause BA06.1.1"),
        (["layers", "some-rule", "--code", "BA0601"], "BA0601 is no free code of BA05"),
        (
            ["layers", STANDARD.pages[-1].name if STANDARD.pages else "x"],
            "there is a rule",
        ),
    ],
)
def test_a_bad_request_is_one_clear_message(
    checkout: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit):
        main(arguments, checkout)
    assert message in capsys.readouterr().err
