"""`archlint report`: each clause once, in every form, and text stays text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

import archlint
from archlint.standard import bundled_standard
from tests.cli.command_line import Run, write

SCHEMA = Path(archlint.__file__).parent / "schemas" / "report.schema.json"
HOSTILE = "<script>alert(1)</script>|`x`*_[y](z)@everyone"
FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi"]\n',
    "app/main.py": f"""\
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/{HOSTILE}")
        def read():
            return 1
        """,
}


@pytest.fixture(autouse=True)
def service(tmp_path: Path) -> None:
    write(tmp_path, FILES)


class Elements(HTMLParser):
    """The elements of a page, and what their attributes ask to load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [
            value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "action"}
        ]


def test_json_is_as_its_schema_says_and_has_every_clause(run: Run) -> None:
    document = json.loads(run("report", "--format", "json").out)
    jsonschema.validate(document, json.loads(SCHEMA.read_text("utf-8")))
    (found,) = document["services"]
    clauses = [clause.id for clause in bundled_standard().spec.clauses]
    assert [clause["clause"] for clause in found["clauses"]] == clauses
    assert sum(found["totals"].values()) == len(clauses)
    broken = {clause["clause"] for clause in found["clauses"] if clause["verdict"] == "broken"}
    assert "BA01.2.1" in broken
    assert "BA08.1.1" in broken
    listed = {name for clause in found["clauses"] for name in clause["findings"]}
    assert listed == {finding["fingerprint"] for finding in found["findings"]}
    assert len(listed) == len(found["findings"]) > 0


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_every_form_names_every_clause_and_the_arithmetic(run: Run, format_: str) -> None:
    found = run("report", "--format", format_)
    assert (found.code, found.err) == (0, "")
    assert all(clause.id in found.out for clause in bundled_standard().spec.clauses)
    assert re.search(r"\d+ of the \d+ clauses that apply are met", found.out)


def test_the_page_loads_nothing_and_runs_no_script_but_its_own(run: Run) -> None:
    page = Elements()
    page.feed(run("report", "--format", "html").out)
    assert page.tags.count("script") == 1
    assert [one for one in page.loads if not one.startswith(("#", "data:"))] == []


def test_markdown_takes_no_markup_from_the_service(run: Run) -> None:
    text = run("report", "--format", "markdown").out
    assert "<script>" not in text
    assert "@everyone" not in text
    assert all(line.count("|") == 4 for line in text.splitlines() if line.startswith("|"))


def test_to_a_file_is_the_same(run: Run, tmp_path: Path) -> None:
    assert run("report", "--format", "json", "--output-file", "report.json") == (0, "", "")
    assert (tmp_path / "report.json").read_text("utf-8") == run("report", "--format", "json").out


def test_an_excuse_has_its_reason_its_owner_and_its_end(run: Run, tmp_path: Path) -> None:
    assert run("baseline").code == 0
    more = '\n\n@app.get("/more")\ndef more():\n    return 2\n'
    with (tmp_path / "app" / "main.py").open("a", encoding="utf-8") as file:
        file.write(more)
    agreed = ("--owner", "team-pay", "--until", "2999-12-31")
    assert run("baseline", "--add", "moves with billing", *agreed).code == 0
    assert "moves with billing (team-pay, until 2999-12-31)" in " ".join(run("report").out.split())
    document = json.loads(run("report", "--format", "json").out)
    jsonschema.validate(document, json.loads(SCHEMA.read_text("utf-8")))
    excused = [one for clause in document["services"][0]["clauses"] for one in clause["excused"]]
    assert {(one["reason"], one["owner"], one["until"]) for one in excused if one["owner"]} == {
        ("moves with billing", "team-pay", "2999-12-31")
    }
