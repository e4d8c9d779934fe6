"""The formats that programs read, each held to its own schema or grammar."""

from __future__ import annotations

import json
import re
from pathlib import Path

from jsonschema import Draft4Validator, Draft202012Validator

import archlint
from archlint.discover import Repository
from archlint.findings import Location
from archlint.fixes.showing import Replacement, ShownFix
from archlint.results import Report
from tests.example_pages import PAGES, STANDARD
from tests.report.reports import example, rendered

SARIF_SCHEMA = Path(__file__).parent / "sarif-schema" / "sarif-schema-2.1.0.json"
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
    assert rules[1]["help"]["markdown"].startswith("# router-bypasses-service")
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
    assert run["results"][1]["partialFingerprints"] == {"archlint/v1": "0123456789abcdef0123456789abcdef"}
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


def test_github(tmp_path: Path) -> None:
    commands = rendered("github", example(tmp_path)).splitlines()
    assert commands[0] == (
        "::warning file=blog/a b%2Cc.py,line=1,endLine=1,col=1,endColumn=6,title=BA0801 unversioned-endpoint"
        "::100%25 wrong:%0Ayes, really%0ACall a service instead"
    )
    assert commands[1].endswith(
        "::`app.routers` imports `app.crud` (BA05.2.1)"
        "%0Avia shop/app/routers/users.py:3: `app.routers.users` imports `app.helpers`"
        "%0Avia shop/app/helpers.py:11: `app.helpers` imports `app.crud`"
        "%0ACall a service instead"
    )
    assert len(commands) == 4
    assert rendered("github", EMPTY) == ""
