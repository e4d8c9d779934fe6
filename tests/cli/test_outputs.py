"""Several outputs of one run, and what the terminal gets of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archlint.report.formats import FORMATS
from tests.cli.command_line import Run, write

BROKEN = {
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "app/users.py": "def users(:\n    pass\n",
}
ASK = ("check", "--select", "BA00")


def test_each_file_holds_what_its_format_alone_would_write(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BROKEN)
    names = [name for name in FORMATS if name != "text"]
    outputs = [part for name in names for part in ("--output", f"{name}={tmp_path.parent}/{name}.out")]
    result = run(*ASK, *outputs)
    assert result == run(*ASK)
    for name in names:
        alone = run(*ASK, "--output-format", name).out
        assert (tmp_path.parent / f"{name}.out").read_text() == alone


def test_a_file_leaves_a_summary_on_the_terminal(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BROKEN)
    out = str(tmp_path.parent / "out.json")
    result = run(*ASK, "--output-format", "json", "--output-file", out)
    assert "1 error" in result.out
    assert "syntax-error:" not in result.out
    assert json.loads(Path(out).read_text())["summary"]["error"] == 1
    assert run(*ASK, "--output-format", "json", "--output-file", out, "-q").out == ""


def test_a_steps_summary_is_added_to(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, BROKEN)
    summary = tmp_path.parent / "summary.md"
    summary.write_text("# Tests\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run(*ASK, "--output", f"markdown={summary}")
    assert summary.read_text().startswith("# Tests\n## archlint: 1 error\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--output", "sarif"), "--output takes FORMAT=FILE, as `sarif=archlint.sarif`, not `sarif`"),
        (
            ("--output", "sarfi=x"),
            "--output `sarfi=x`: no format is called `sarfi`; did you mean `sarif`?",
        ),
        (("--output", "xml=x"), "no format is called `xml`; there are text, concise, hook, json"),
        (
            ("--output", "markdown="),
            "--output `markdown=` names no file; if a variable should, it is not set",
        ),
        (("--output", "json=a", "--output", "sarif=./a"), "name one file twice"),
        (("--diff", "--output", "json=a"), "--diff is a format of its own"),
        (("--output", "json=gone/a"), "gone/a cannot be written: No such file or directory"),
    ],
)
def test_outputs_that_cannot_be(run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    write(tmp_path, BROKEN)
    result = run(*ASK, *arguments)
    assert (result.code, message in result.err) == (2, True), result.err


def test_paths_are_those_of_where_one_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, BROKEN)
    monkeypatch.chdir(tmp_path / "app")
    for form, place in (("concise", "users.py:1:"), ("text", "--> users.py:1:")):
        assert place in run(*ASK, "..", "--output-format", form).out
    monkeypatch.chdir(tmp_path.parent)
    assert f"{tmp_path.name}/app/users.py:1:" in run(*ASK, str(tmp_path), "--output-format", "concise").out
    for form in ("github", "gitlab", "sarif", "json"):
        assert '"app/users.py"' in run(*ASK, str(tmp_path), "--output-format", form).out or form == "github"
