"""The formats that programs read, each held to its own schema or grammar."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator
from markdown_it import MarkdownIt
from msgspec.structs import replace
from xmlschema import XMLSchema

import archlint
from archlint.discover import Repository
from archlint.findings import Location
from archlint.fixes.showing import Replacement, ShownFix
from archlint.report.line_hashes import line_hashes
from archlint.results import Report
from archlint.standard import bundled_standard
from tests.example_pages import PAGES, STANDARD, page, small_spec, standard
from tests.report.reports import example, finding, rendered

SARIF_SCHEMA = Path(__file__).parent / "sarif-schema" / "sarif-schema-2.1.0.json"
SCHEMAS = Path(__file__).parent / "schemas"
JSON_SCHEMA = Path(archlint.__file__).parent / "schemas" / "check.schema.json"
FIX = ShownFix((Replacement(Location("shop/app/routers/users.py", 3, 1, 4, 1), "pass\n"),), "who knows")
EMPTY = Report(Repository(Path(), (), None), STANDARD)


def test_json_follows_its_schema(tmp_path: Path) -> None:
    schema = json.loads(JSON_SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    for report in (EMPTY, example(tmp_path)):
        Draft202012Validator(schema).validate(json.loads(rendered("json", report)))


def test_json(tmp_path: Path) -> None:
    document = json.loads(rendered("json", example(tmp_path)))
    assert document["version"] == archlint.__version__
    assert document["findings"][1] == {
        "code": "BA0511",
        "rule": "router-bypasses-service",
        "requirement": "BA05",
        "clauses": ["BA05.2.1"],
        "severity": "error",
        "message": "`app.routers` imports `app.crud`",
        "help": "Call a service instead",
        "service": "shop",
        "file": "shop/app/routers/users.py",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 27,
        "chain": [
            {
                "file": "shop/app/routers/users.py",
                "line": 3,
                "column": 1,
                "text": "`app.routers.users` imports `app.helpers`",
            },
            {
                "file": "shop/app/helpers.py",
                "line": 11,
                "column": 5,
                "text": "`app.helpers` imports `app.crud`",
            },
        ],
        "fingerprint": "0123456789abcdef0123456789abcdef",
        "cause": "df1026ab125cb69d",
    }
    assert document["unknown"][0] == {
        "code": "BA0801",
        "rule": "unversioned-endpoint",
        "service": "shop",
        "what": "the prefix of `router`",
        "file": "shop/app/routers/users.py",
        "line": 2,
        "column": 1,
        "why": "it is read from a file",
    }
    assert document["failures"][0]["error"] == "KeyError: 'users'"
    assert document["summary"] == {
        "error": 3,
        "warning": 1,
        "unknown": 2,
        "suppressed": 1,
        "services": ["blog", "shop"],
        "files": 3,
    }


def test_sarif_follows_the_standards_schema(tmp_path: Path) -> None:
    validator = Draft4Validator(json.loads(SARIF_SCHEMA.read_text()))
    for report in (EMPTY, example(tmp_path)):
        validator.validate(json.loads(rendered("sarif", report, exit_code=1)))


def test_sarif(tmp_path: Path) -> None:
    [run] = json.loads(rendered("sarif", example(tmp_path), exit_code=2))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [page.code for page in PAGES]
    assert rules[1]["help"]["markdown"].startswith("Because.")
    assert rules[1]["defaultConfiguration"] == {"level": "error"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert not re.search(r"[ ,:]|^/", place["artifactLocation"]["uri"])
        assert place["region"]["startLine"] >= 1
    assert (
        run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        == "blog/a%20b%2Cc.py"
    )
    assert run["results"][1]["partialFingerprints"]["archlint/v1"] == "0123456789abcdef0123456789abcdef"
    [flow] = run["results"][1]["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps] == [3, 11]
    assert "codeFlows" not in run["results"][3]


def test_sarif_tells_of_unknowns_and_failures_without_raising_alerts(tmp_path: Path) -> None:
    [run] = json.loads(rendered("sarif", example(tmp_path), exit_code=2))["runs"]
    [invocation] = run["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    levels = [notification["level"] for notification in invocation["toolExecutionNotifications"]]
    assert levels == ["error", "note", "note"]
    assert len(run["results"]) == 4


def test_fixes_are_shown_where_they_were_asked_for(tmp_path: Path) -> None:
    report = example(tmp_path)
    fixes = {report.findings[1].fingerprint: FIX}
    document = json.loads(rendered("json", report, fixes=fixes))
    Draft202012Validator(json.loads(JSON_SCHEMA.read_text())).validate(document)
    assert document["findings"][1]["fix"] == {
        "safe": False,
        "why": "who knows",
        "replacements": [
            {
                "file": "shop/app/routers/users.py",
                "line": 3,
                "column": 1,
                "end_line": 4,
                "end_column": 1,
                "text": "pass\n",
            }
        ],
    }
    assert json.loads(rendered("json", report, fixes={}))["findings"][1]["fix"] is None
    log = json.loads(rendered("sarif", report, fixes=fixes))
    Draft4Validator(json.loads(SARIF_SCHEMA.read_text())).validate(log)
    [fix] = log["runs"][0]["results"][1]["fixes"]
    assert fix["description"]["text"] == "Unsafe: who knows"
    [change] = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "shop/app/routers/users.py"
    assert change["replacements"][0]["insertedContent"] == {"text": "pass\n"}


def test_sarif_rules_are_short_and_say_where_their_pages_are(tmp_path: Path) -> None:
    why = "# x\n\n## Why\nBecause `it`\nbreaks.\n\nMore.\n\n"
    body = f"{why}## How to fix\nDo:\n\n```python\n## no heading\n```\n"
    spec = dataclasses.replace(
        small_spec("BA", ("layers",)), documentation="https://example.org/{family}/{name}#{code}"
    )
    pages = (page(body=body + "\n## Bad: so\n" + "x" * 9000),)
    report = Report(Repository(tmp_path, (), None), standard(pages, spec=spec), pages=pages)
    [rule] = json.loads(rendered("sarif", report))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["fullDescription"] == {"text": "Because `it` breaks."}
    assert rule["helpUri"] == "https://example.org/layers/router-bypasses-service#BA0511"
    fix = "**How to fix**\n\nDo:\n\n```python\n## no heading\n```"
    assert rule["help"]["markdown"] == f"Because `it`\nbreaks.\n\n{fix}"


def test_sarif_tells_of_rules_in_words_without_fields(tmp_path: Path) -> None:
    report = Report(Repository(tmp_path, (), None), bundled_standard(), pages=bundled_standard().pages)
    rules = json.loads(rendered("sarif", report))["runs"][0]["tool"]["driver"]["rules"]
    texts = {rule["id"]: rule["help"]["text"] for rule in rules}
    assert [code for code, text in texts.items() if re.search(r"\{\w+\}", text) or not text.strip()] == []


def test_sarif_of_all_rules_is_small() -> None:
    report = Report(Repository(Path(), (), None), bundled_standard(), pages=bundled_standard().pages)
    text = rendered("sarif", report)
    Draft4Validator(json.loads(SARIF_SCHEMA.read_text())).validate(json.loads(text))
    assert len(text) < 250_000


def test_sarif_tells_runs_apart_by_service(tmp_path: Path) -> None:
    report = example(tmp_path)
    one = replace(report, services=("services/shop",))
    found = [json.loads(rendered("sarif", it))["runs"][0]["automationDetails"]["id"] for it in (report, one)]
    assert found == ["archlint/", "archlint/services/shop/"]


def test_sarif_has_githubs_hash_of_a_line(tmp_path: Path) -> None:
    [run] = json.loads(rendered("sarif", example(tmp_path)))["runs"]
    found = [result["partialFingerprints"].get("primaryLocationLineHash") for result in run["results"]]
    users = line_hashes((tmp_path / "shop/app/routers/users.py").read_text())
    assert found[1:3] == users[2:4]
    [run] = json.loads(rendered("sarif", example_without(tmp_path)))["runs"]
    assert "primaryLocationLineHash" not in run["results"][3]["partialFingerprints"]


def example_without(root: Path) -> Report:
    """The report after a file of it has gone."""
    report = example(root)
    (root / "shop/app/wide.py").unlink()
    return report


@pytest.mark.parametrize("text", [" a\nb\n  \t\tc\n d", " a\r\nb\r\n  \t\tc\r\n d", "a\rb\rc\rd"])
def test_a_lines_hash_is_githubs(text: str) -> None:
    # the hashes are from github/codeql-action, src/fingerprints.test.ts
    first, second, third, fourth = line_hashes(text)
    assert (first, second) == ("271789c17abda88f:1", "54703d4cd895b18:1")
    assert (third, fourth) == ("180aee12dab6264:1", "a23a3dc5e078b07b:1")


@given(st.text("ab \t\r\n\U0001f600é", max_size=300))
def test_a_lines_hash_rolls(text: str) -> None:
    assert line_hashes(text) == rolled(text)


def rolled(text: str) -> list[str]:
    """As codeql-action computes them, one UTF-16 unit after the other."""
    window, pending = [0] * 100, [-1] * 100
    found: dict[int, str] = {}
    counts: Counter[int] = Counter()
    state = {"hash": 0, "index": 0, "line": 0}

    def push() -> None:
        index = state["index"]
        if pending[index] != -1:
            counts[state["hash"]] += 1
            found[pending[index]] = f"{state['hash']:x}:{counts[state['hash']]}"
            pending[index] = -1

    def update(unit: int) -> None:
        index = state["index"]
        state["hash"] = (37 * state["hash"] + unit - pow(37, 100) * window[index]) % 2**64
        window[index] = unit
        state["index"] = (index + 1) % 100

    line_start, after_return = True, False
    encoded = text.encode("utf-16-le")
    units = [int.from_bytes(encoded[at : at + 2], "little") for at in range(0, len(encoded), 2)]
    for unit in [*units, 65535]:
        if unit in (32, 9) or (after_return and unit == 10):
            after_return = False
            continue
        after_return = unit == 13
        push()
        if line_start:
            line_start = False
            state["line"] += 1
            pending[state["index"]] = state["line"]
        line_start = line_start or unit in (10, 13)
        update(10 if unit == 13 else unit)
    for _ in range(100):
        push()
        update(0)
    return [found[number] for number in sorted(found)]


def test_github(tmp_path: Path) -> None:
    commands = rendered("github", example(tmp_path)).splitlines()
    assert commands[0] == (
        "::error file=shop/app/routers/users.py,line=3,endLine=3,col=1,endColumn=27,"
        "title=BA0511 router-bypasses-service::"
        "shop/app/routers/users.py:3:1: BA0511 router-bypasses-service: "
        "`app.routers` imports `app.crud` (BA05.2.1)"
        "%0Avia shop/app/routers/users.py:3: `app.routers.users` imports `app.helpers`"
        "%0Avia shop/app/helpers.py:11: `app.helpers` imports `app.crud`"
        "%0ACall a service instead"
    )
    assert commands[3] == (
        "::warning file=blog/a b%2Cc.py,line=1,endLine=1,col=1,endColumn=6,title=BA0801 unversioned-endpoint"
        "::blog/a b,c.py:1:1: BA0801 unversioned-endpoint: 100%25 wrong: yes, really%0ACall a service instead"
    )
    assert commands[4:] == ["::notice title=archlint::archlint found 3 errors, 1 warning"]
    assert rendered("github", EMPTY) == ""


def test_github_says_the_most_in_the_first_ten(tmp_path: Path) -> None:
    places = [Location("a.py", line) for line in range(1, 15)]
    many = [finding(place) for place in places]
    other = finding(Location("z.py"), code="BA0512", rule="service-bypasses-crud")
    report = replace(example(tmp_path), findings=(*many, other))
    commands = rendered("github", report).splitlines()
    assert ["BA0511" in line for line in commands[:3]] == [True, False, True]
    assert commands[-1].endswith("15 errors; GitHub shows 10 annotations of each kind, the log has them all")


def test_gitlab(tmp_path: Path) -> None:
    schema = json.loads((SCHEMAS / "gitlab-code-quality.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    for report in (EMPTY, example(tmp_path)):
        Draft202012Validator(schema).validate(json.loads(rendered("gitlab", report)))
    issues = json.loads(rendered("gitlab", example(tmp_path)))
    assert issues[1] == {
        "description": "BA0511 router-bypasses-service: `app.routers` imports `app.crud` (BA05.2.1)",
        "check_name": "BA0511 router-bypasses-service",
        "fingerprint": "0123456789abcdef0123456789abcdef",
        "severity": "major",
        "location": {"path": "shop/app/routers/users.py", "lines": {"begin": 3, "end": 3}},
    }
    assert issues[0]["severity"] == "minor"


def test_junit(tmp_path: Path) -> None:
    schema = XMLSchema(SCHEMAS / "junit.xsd")
    report = example(tmp_path)
    for each in (EMPTY, report):
        schema.validate(rendered("junit", each))
    root = fromstring(rendered("junit", report))
    assert root.attrib == {"name": "archlint", "tests": "11", "failures": "4", "errors": "1"}
    blog, shop = root
    assert (blog.get("name"), blog.get("skipped"), shop.get("errors")) == ("blog", "1", "1")
    names = [case.get("name") for case in blog]
    assert names[:3] == [
        "BA0102 sync-route-handler",
        "BA0511 router-bypasses-service",
        "BA0512 service-bypasses-crud",
    ]
    [failure] = blog.iter("failure")
    assert (failure.get("type"), failure.get("message")) == ("warning", "100% wrong:\\u{a}yes, really")


def test_markdown(tmp_path: Path) -> None:
    text = rendered("markdown", example(tmp_path))
    assert text.startswith("## archlint: 3 errors, 1 warning\n\n| requirement | errors | warnings |\n")
    assert "| BA05 Clean Architecture Layer Separation | 3 | 0 |" in text
    assert "- error `shop/app/routers/users.py:3` `app.routers` imports `app.crud`\n" in text
    assert "- warning `blog/a b,c.py:1` 100% wrong:\\\\u{a}yes, really" in text
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert html.count("<li>") == 4
    assert rendered("markdown", EMPTY).startswith("## archlint: no violations\n")


HOSTILE = ("`", "``", "a`b`c", "<script>", "<!--", "[x](y)", "![x](y)", "@somebody", "| a |", "</details>")


@pytest.mark.parametrize("hostile", (*HOSTILE, "**b**"))
def test_markdown_takes_nothing_of_a_repository_for_markup(tmp_path: Path, hostile: str) -> None:
    place = Location(f"app/{hostile}.py")
    report = replace(example(tmp_path), findings=(finding(place, imported=hostile),))
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(rendered("markdown", report))
    for part in ("<script", "<a ", "<img", "@somebody", "<strong>"):
        assert part not in re.sub(r"<code>.*?</code>", "", html)
    assert html.count("<details>") == html.count("</details>") == 1
    assert html.count("<li>") == 1


def test_markdown_stays_within_githubs_limits(tmp_path: Path) -> None:
    rules = [page(f"BA05{number:02}", f"rule-{number}") for number in range(99)]
    many = [
        finding(Location(f"app/{'x' * 80}{line}.py"), code=rule.code, rule=rule.name, imported="ü" * 200)
        for rule in rules
        for line in range(9)
    ]
    report = replace(example(tmp_path), pages=tuple(rules), findings=tuple(many))
    text = rendered("markdown", report)
    assert len(text) <= 65_536
    shown = text.count("\n- error ")
    assert 0 < shown < len(many)
    assert text.endswith(f"\n{len(many) - shown} findings more did not fit here.\n")
