"""A standard is a value: one made up here, with its own codes and layers, is held to like the bundled one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from archlint.engine import run
from archlint.findings import ArchlintError, Hit, Location
from archlint.loading import Request
from archlint.pages import Case, CaseFile, Mark
from archlint.results import Report
from archlint.rules.archlint import unused_suppression
from archlint.selectors import Selection
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service
from archlint.spec import rules_directory
from archlint.standard import Standard, bundled_standard, read_standard
from archlint.standard_files import read_page
from tests.cli.command_line import write
from tests.example_pages import page, small_spec, standard
from tests.report.reports import rendered

NO_CLAUSES: dict[str, Any] = {"clauses": (), "message": "`{module}` is wrong", "help": "Mend it"}
UNNAMED = page("ACME0101", "unnamed-module", "naming", **NO_CLAUSES)
LONE = page("ACME0201", "lone-module", "company", options={"least": 2}, **NO_CLAUSES)
UNUSED = page(
    "ACME0001",
    "unused-suppression",
    "own",
    **NO_CLAUSES | {"message": "`{suppression}` {problem}"},
)
FILES = {
    "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "app/gates/a.py": "x = 1  # archlint: ignore[ACME0101] that is its name\n",
    "app/gates/b.py": "x = 1  # archlint: ignore[BA0511] another standard's\n",
}


def in_gates(service: Service) -> Iterator[Hit]:
    """Every module of a layer that only the configuration knows."""
    for module in service.layers.modules("gates"):
        yield Hit(Location(module.path), {"module": module.name})


def with_options(service: Service, options: Mapping[str, Any]) -> Iterator[Hit]:
    """What the page's options say."""
    yield Hit(Location("app/main.py"), {"module": f"{options['least']}"})


ACME = standard(
    (UNUSED, UNNAMED, LONE),
    {"ACME0001": unused_suppression.check, "ACME0101": in_gates, "ACME0201": with_options},
    small_spec("ACME", ("naming", "company"), layers=("gates",)),
)


def checked(root: Path, config: str = "", *select: str, of: Standard = ACME) -> Report:
    write(root, FILES | {"archlint.toml": config})
    return run(Request((root,), Selection(select=select), standard=of))


def told(report: Report) -> list[tuple[str, str, str]]:
    return [(one.code, one.location.file, one.message) for one in report.findings]


def test_another_standard_has_rules_layers_options_and_suppressions_of_its_own(tmp_path: Path) -> None:
    config = """
        extend-select = ["ACME02", "own"]
        [layers]
        gates = ["app/gates/"]
        [rules.lone-module]
        least = 7
        [severity]
        ACME02 = "warning"
        """
    report = checked(tmp_path, config)
    assert report.failures == ()
    assert told(report) == [
        ("ACME0101", "app/gates/b.py", "`app.gates.b` is wrong"),
        ("ACME0001", "app/gates/b.py", "`ignore[BA0511]` names `BA0511`, which is no rule's code"),
        ("ACME0201", "app/main.py", "`7` is wrong"),
    ]
    assert [one.requirement for one in report.findings] == ["ACME01", "ACME00", "ACME02"]
    assert [one.severity for one in report.findings] == ["error", "error", "warning"]
    assert report.suppressed == 1


@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        ("ALL", {"ACME0001", "ACME0101", "ACME0201"}),
        ("ACME", {"ACME0001", "ACME0101", "ACME0201"}),
        ("ACME01", {"ACME0101"}),
        ("naming", {"ACME0101"}),
        ("lone-module", {"ACME0201"}),
    ],
)
def test_its_rules_are_selected_in_the_same_ways(tmp_path: Path, selector: str, codes: set[str]) -> None:
    assert {page.code for page in checked(tmp_path, "", selector).pages} == codes


@pytest.mark.parametrize("selector", ["BA", "BA05", "ACM", "layers", "unversioned-endpoint"])
def test_the_bundled_rules_are_none_of_its(tmp_path: Path, selector: str) -> None:
    with pytest.raises(ArchlintError, match=f"`{selector}` selects no rule"):
        checked(tmp_path, "", selector)
    with pytest.raises(ArchlintError, match=rf"archlint\.toml:1:\d+: `{selector}` selects no rule"):
        checked(tmp_path, f'ignore = ["{selector}"]')


def test_the_bundled_layers_are_none_of_its(tmp_path: Path) -> None:
    with pytest.raises(ArchlintError, match="unknown key `routers`"):
        checked(tmp_path, '[layers]\nrouters = ["app/gates/"]')


@pytest.mark.parametrize("form", ["text", "concise", "json", "sarif", "github"])
def test_every_format_writes_its_findings(tmp_path: Path, form: str) -> None:
    text = rendered(form, checked(tmp_path, "", "ACME0201"))
    assert "ACME0201" in text
    assert "BA0" not in text


def test_its_pages_mark_its_codes(tmp_path: Path) -> None:
    path = tmp_path / "naming" / "some-rule.md"
    front = 'code = "ACME0102"\nseverity = "error"\nclauses = []\nmessage = "x"\nhelp = "y"\n'
    case = '## Bad: it\n```python title="a.py"\nx = 1  # error: ACME0102\ny = 2  # error: BA0511\n```\n'
    write(tmp_path, {"naming/some-rule.md": f"+++\n{front}+++\n{case}"})
    (found,) = read_page(path).cases
    mark = Mark("a.py", 1, "ACME0102", "error")
    assert found == Case("it", True, (CaseFile("a.py", "x = 1\ny = 2  # error: BA0511\n", (mark,)),), 8)


def test_a_page_with_the_code_of_another_standard_is_an_error(tmp_path: Path) -> None:
    spec = (rules_directory() / "spec.toml").read_text().replace('prefix = "BA"', 'prefix = "ACME"')
    page_text = (rules_directory() / "layers/router-bypasses-service.md").read_text()
    write(tmp_path, {"spec.toml": spec, "unchecked.toml": "", "layers/router-bypasses-service.md": page_text})
    with pytest.raises(ArchlintError, match=r"service\.md:2: the codes of this standard start with ACME"):
        read_standard(tmp_path, rules="archlint.rules", fixes="archlint.fixes")


def test_the_bundled_standard_asks_for_the_layers_that_the_model_tells_apart() -> None:
    assert bundled_standard().layers == LAYERS
