"""`archlint check --fix` and `--diff` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command_line import Run, write

FILES = {
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
    '@app.get("/a")\ndef a():\n    return 1\n\n\n@app.get("/b")\ndef b():\n    return other.call()\n'
}
ASK = ("check", "--select", "BA0102", "-q")


def test_fixes_what_is_safe_and_reports_the_rest(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    result = run("check", "--select", "BA0102", "--output-format", "concise", "--fix")
    assert (result.code, result.out.count("BA0102 sync")) == (1, 1)
    assert result.err == (
        "archlint: fixed 1 (BA0102 1)\narchlint: 1 unsafe fix hidden: `--unsafe-fixes` applies it\n"
    )
    assert run(*ASK, "--fix", "--unsafe-fixes") == (0, "", "")
    assert (tmp_path / "app/main.py").read_text() == FILES["app/main.py"].replace("def ", "async def ")


def test_shows_the_diff_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    result = run(*ASK, "--diff")
    assert run(*ASK, "--fix", "--diff") == result
    assert result.code == 1
    assert [line for line in result.out.splitlines() if line[:1] in "+-"] == [
        "--- a/app/main.py",
        "+++ b/app/main.py",
        "-def a():",
        "+async def a():",
    ]
    assert (tmp_path / "app/main.py").read_text() == FILES["app/main.py"]
    assert run(*ASK, "--diff", "--exit-zero").code == 0
    assert run("check", "--select", "BA0101", "--diff", "-q") == (0, "", "")


def test_a_diff_shows_what_lies_at_the_end(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"app/main.py": FILES["app/main.py"].partition('\n\n\n@app.get("/b")')[0].replace("\n", "\r\n")},
    )
    out = run(*ASK, "--diff").out
    assert "\n-def a():\r\n+async def a():\r\n" in out
    assert out.endswith("\\ No newline at end of file\n")


def test_options_that_contradict_each_other(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert run("check", "--unsafe-fixes").code == 2
    assert run("check", "--diff", "--output-format", "json").code == 2


def test_shows_fixes_to_programs_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    found = json.loads(run(*ASK, "--output-format", "json", "--show-fixes").out)["findings"]
    assert [one["fix"]["safe"] for one in found] == [True, False]
    assert found[0]["fix"]["replacements"][0]["text"] == "async def a():\n"
    assert (tmp_path / "app/main.py").read_text() == FILES["app/main.py"]


def test_fixes_are_shown_in_formats_for_programs_only(run: Run) -> None:
    for wrong in (["--show-fixes"], ["--show-fixes", "--fix", "--output-format", "json"]):
        assert run("check", *wrong).code == 2
