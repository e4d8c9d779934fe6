"""What is said of edits that are only tried: what a run of them would say, with no more asked than needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from archlint import engine
from archlint.loading import Request, load, load_from
from archlint.overlay import overlaid
from archlint.results import Report
from tests.test_memory import MAIN, SHOP

EDITS: dict[str, Mapping[str, str]] = {
    "a comment": {"app/main.py": f"# moved\n{MAIN}"},
    "a body": {"app/main.py": MAIN.replace("return 1", "time.sleep(1)")},
    "a document": {
        "Dockerfile": "FROM python:3.12\nCOPY . .\nRUN pip install rich\nCMD uvicorn app.main:app\n"
    },
    "a document and code": {"pyproject.toml": "[project]\nname = 'shop'\n", "app/main.py": f"{MAIN}x = 1\n"},
    "a file that comes": {"uv.lock": "version = 1\n", "app/more.py": "import time\n"},
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "shop"
    write(folder, SHOP)
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def tried(folder: Path, edit: Mapping[str, str]) -> tuple[Report, set[str]]:
    """What is said of the edit, and the rules that were asked."""
    steps: list[str] = []
    contents = {name: text.encode() for name, text in edit.items()}
    loaded = load_from(overlaid(load((folder,)).repository, contents), (folder,))
    report = engine.check(loaded, Request((folder,)), steps.append)
    return report, {step.rpartition(": ")[2] for step in steps if step.startswith("checking ")}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_it_is_what_a_run_would_say_that_remembers_nothing(
    shop: Path, edit: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.run(Request((shop,)))
    report, _ = tried(shop, edit)
    write(shop, edit)
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(shop.parent / "another"))
    assert report.findings == engine.run(Request((shop,))).findings
    assert not report.failures


def test_nothing_of_it_is_kept(shop: Path) -> None:
    before = engine.run(Request((shop,)))
    kept = {path: path.read_bytes() for path in (shop.parent / "cache").rglob("*") if path.is_file()}
    for edit in EDITS.values():
        tried(shop, edit)
    assert {path: path.read_bytes() for path in kept} == kept
    assert engine.run(Request((shop,))).findings == before.findings


def test_what_concerns_no_rule_asks_none(shop: Path) -> None:
    engine.run(Request((shop,)))
    assert tried(shop, EDITS["a comment"])[1] <= {"unused-suppression", "stale-baseline"}
    assert "blocking-call" in tried(shop, EDITS["a body"])[1]
