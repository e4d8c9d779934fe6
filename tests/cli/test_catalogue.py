"""`archlint rules`, `explain` and `spec` say the same as the data, in text and in JSON."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from archlint.cli import app
from archlint.cli.explain import find_page
from archlint.findings import ArchlintError
from archlint.standard import bundled_standard


def output(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def from_json(*arguments: str) -> Any:
    return json.loads(output(*arguments, "--format", "json"))


@pytest.mark.parametrize("command", ["rules", "spec", "explain"])
def test_help_has_an_example(command: str) -> None:
    assert f"Example: archlint {command}" in output(command, "--help")


@pytest.mark.parametrize(
    "arguments", [("rules",), ("spec",), *(("explain", page.code) for page in bundled_standard().pages)]
)
def test_text_fits_a_pipe(arguments: tuple[str, ...]) -> None:
    lines = output(*arguments).splitlines()
    assert [line for line in lines if "\x1b" in line] == []
    assert [line for line in lines if len(line) > 80] == []


def test_no_table_cuts_a_word() -> None:
    assert "…" not in output("rules") + output("spec")


def test_rules_lists_every_page() -> None:
    text = output("rules")
    listed = from_json("rules")
    assert [rule["code"] for rule in listed] == [page.code for page in bundled_standard().pages]
    assert [rule["name"] for rule in listed if f" {rule['code']} {rule['name']} " not in text] == []


def test_spec_lists_every_clause_and_what_checks_it() -> None:
    listed = from_json("spec")
    clauses = [
        clause
        for requirement in listed["requirements"]
        for scenario in requirement["scenarios"]
        for clause in scenario["clauses"]
    ]
    assert [clause["id"] for clause in clauses] == [clause.id for clause in bundled_standard().spec.clauses]
    assert [clause["id"] for clause in clauses if bool(clause["rules"]) == bool(clause["unchecked"])] == []
    checked = len(clauses) - len(bundled_standard().unchecked)
    assert listed["summary"] == {"clauses": 77, "checked": checked, "rules": len(bundled_standard().pages)}
    assert f"{checked} of 77 clauses are checked" in output("spec")


def test_explain_takes_codes_and_names_in_any_case() -> None:
    page = bundled_standard().pages[0]
    for wanted in (page.code, page.code.lower(), page.name, page.name.title()):
        assert find_page(bundled_standard(), wanted) is page


def test_explain_shows_each_page_asked_for() -> None:
    first, last = bundled_standard().pages[0], bundled_standard().pages[-1]
    text = output("explain", first.code, last.name)
    assert text.startswith(f"{first.code} {first.name} ({first.severity})\n")
    assert f"\n{last.code} {last.name} ({last.severity})\n" in text
    explained = from_json("explain", first.code, last.name)
    assert [rule["code"] for rule in explained] == [first.code, last.code]
    assert explained[0]["page"] == first.body.strip()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("BA00001", "no rule has the code or name `BA00001`; did you mean `BA0001`?"),
        ("syntax-errors", "did you mean `syntax-error`?"),
        ("BA0599", "no rule has the code or name `BA0599`; there are BA0501 to BA0515"),
        ("BA9999", "there are BA01 to BA11"),
        ("ba05.9", "there are BA05.1 to BA05.2"),
        ("BA05.1.99", "there are BA05.1.1 to BA05.1.8"),
        ("BA05.8.1", "did you mean `BA05.1`?"),
        ("BA05.1.1.1", "there are BA05.1 to BA05.2"),
        ("weather", "`archlint rules` lists them all"),
    ],
)
def test_explain_proposes_the_nearest(asked: str, message: str) -> None:
    with pytest.raises(ArchlintError) as raised:
        find_page(bundled_standard(), asked)
    assert message in str(raised.value)


def test_a_part_of_the_standard_is_explained_by_its_rules() -> None:
    for asked in ("BA05.2.1", "ba05.2.1"):
        out = output("explain", asked)
        assert "BA05.2.1 Routers depend on services, not on crud or models" in out
        assert "BA0511 router-bypasses-service" in out
        assert "BA05.2.2" not in out
    assert output("explain", "BA05") == output("explain", "layers")
    scenario = json.loads(output("explain", "BA05.2", "--format", "json"))
    assert [clause["id"] for clause in scenario[0]["clauses"]] == [
        f"BA05.2.{number}" for number in range(1, 5)
    ]
    assert "BA0511" in scenario[0]["clauses"][0]["rules"]


def test_a_clause_that_no_rule_checks_says_why() -> None:
    unchecked, reason = next(iter(bundled_standard().unchecked.items()))
    out = " ".join(output("explain", unchecked).split())
    assert f"no rule checks it: {reason}" in out


@pytest.mark.parametrize(
    ("wrong", "right"), [("lint", "check"), ("fix", "check --fix"), ("help", "--help"), (".", "check .")]
)
def test_what_other_tools_call_a_command_is_understood(wrong: str, right: str) -> None:
    result = CliRunner().invoke(app, [wrong])
    assert result.exit_code == 2
    assert f"no command is called `{wrong}`; did you mean `archlint {right}`?" in result.stderr


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            "check --against",
            "Option '--against' requires an argument, REF: Report only what this commit does",
        ),
        ("plan --top ten", "--top takes a whole number from 1 on"),
        ("plan --top 0", "--top takes a whole number from 1 on"),
        ("routes --json", "No such option '--json'; `--format json` does that"),
        ("check --format json", "No such option '--format'; did you mean `--output-format`?"),
        ("report --output-format html", "No such option '--output-format'; did you mean `--format`?"),
        ("plan --fix", "No such option '--fix'; `archlint check --fix` does that"),
        ("check --exclude tests", "No such option '--exclude'; files are left out by `exclude = "),
        ("check -v", "No such option '-v'; `--timing` tells"),
        (
            "check --slect BA05",
            "No such option '--slect'. (Did you mean one of: '--extend-select', '--select'",
        ),
        ("baseline add", "add does not exist; did you mean `--add`?"),
        ("spec BA05", "unexpected extra argument (BA05); it takes none, and `archlint explain` tells"),
        ("graph one two", "unexpected extra argument (two); it takes [PATH]"),
    ],
)
def test_what_other_tools_have_options_for_is_understood(asked: str, told: str) -> None:
    result = CliRunner().invoke(app, asked.split())
    assert result.exit_code == 2
    assert told in result.stderr
