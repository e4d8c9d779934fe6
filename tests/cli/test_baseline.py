"""`archlint baseline` as a user meets it, from the first run to the last finding."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command_line import Run, write

FILES = {
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "app/users.py": "def users(:\n    pass\n",
    "archlint.toml": 'select = ["BA00"]\n',
}
NAME = "archlint-baseline.json"


def test_what_is_in_it_does_not_count(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert run("check").code == 1
    assert "written, 1 finding" in run("baseline").out
    result = run("check")
    assert (result.code, "No violations" in result.out) == (0, True)


def test_it_is_not_written_again(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run("baseline")
    before = (tmp_path / NAME).read_bytes()
    write(tmp_path, {"app/items.py": "def items(:\n"})
    assert "1 not in it" in run("baseline").out
    assert (tmp_path / NAME).read_bytes() == before
    assert "app/items.py" in run("check").out


def test_a_finding_that_is_gone_has_to_be_taken_out(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run("baseline")
    write(tmp_path, {"app/users.py": "def users():\n    pass\n"})
    result = run("check", "--output-format", "concise")
    assert (result.code, result.out.count("BA0004")) == (1, 2)
    assert run("check", "--select", "BA0511").code == 0
    assert "1 taken out" in run("baseline", "--prune").out
    assert json.loads((tmp_path / NAME).read_text())["findings"] == []
    assert run("check").code == 0


def test_selected_alone_it_says_what_nothing_meets_and_nothing_else(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run("baseline")
    assert run("check", "--select", "BA0004").code == 0
    write(tmp_path, {"app/users.py": "", "app/items.py": "def items(:\n"})
    result = run("check", "--select", "BA0004", "--output-format", "concise")
    assert (result.code, result.out.count("BA0004"), "app/items.py" in result.out) == (1, 2, False)
    assert run("check", "--select", "BA0004", "--ignore", "BA0002").code == 0


def test_selected_alone_unused_suppressions_are_found(run: Run, tmp_path: Path) -> None:
    used = {"app/users.py": "# archlint: file-ignore[BA0002] kept as it came\ndef users(:\n"}
    write(tmp_path, FILES | used)
    assert run("check", "--select", "BA0003").code == 0
    write(tmp_path, {"app/users.py": "# archlint: file-ignore[BA0002] kept as it came\n"})
    assert run("check", "--select", "BA0003").code == 1


def test_a_renamed_file_keeps_its_findings(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run("baseline")
    (tmp_path / "app/users.py").rename(tmp_path / "app/people.py")
    assert run("check").code == 0
    assert "1 renamed" in run("baseline", "--prune").out
    assert "app/people.py" in (tmp_path / NAME).read_text()
    assert run("check").code == 0


def test_what_is_added_has_a_reason_an_owner_and_an_end(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run("baseline")
    write(tmp_path, {"app/items.py": "def items(:\n"})
    assert "the reason" in run("baseline", "--add", " ").err
    assert "--owner and --until are for --add" in run("baseline", "--until", "2999-01-01").err
    assert (
        "takes a day as 2027-03-01, not `tomorrow`"
        in run("baseline", "--add", "x", "--until", "tomorrow").err
    )
    assert "is over already" in run("baseline", "--add", "x", "--until", "1999-01-01").err
    assert "1 added" in run("baseline", "--add", "waits", "--owner", "team", "--until", "2999-01-01").out
    (added,) = (one for one in json.loads((tmp_path / NAME).read_text())["findings"] if "reason" in one)
    assert (added["reason"], added["owner"], added["until"]) == ("waits", "team", "2999-01-01")
    assert run("check").code == 0


def test_what_has_ended_counts_again_and_is_not_stale(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run("baseline")
    text = (tmp_path / NAME).read_text()
    (tmp_path / NAME).write_text(text.replace('"}', '", "until": "1999-01-01"}'))
    result = run("check")
    assert (result.code, "BA0002" in result.out, "BA0004" in result.out) == (1, True, False)
    assert "1 not in it" in run("baseline").out


def test_a_broken_one_is_one_message(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES | {NAME: "{"})
    result = run("check")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert f"{NAME}:1:2: " in result.err


def test_there_has_to_be_one_to_prune(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    result = run("baseline", "--prune")
    assert (result.code, result.out) == (2, "")
    assert result.err == f"archlint: error: no {NAME} is there to prune; `archlint baseline` writes one\n"
    assert not (tmp_path / NAME).exists()


def test_a_first_one_has_the_reason_that_is_given(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run("baseline", "--add", "moves with the project", "--owner", "team-pay")
    (entry,) = json.loads((tmp_path / NAME).read_text())["findings"]
    assert (entry["reason"], entry["owner"]) == ("moves with the project", "team-pay")
