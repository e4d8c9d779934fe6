"""`archlint check` as a user meets it: exit codes, streams, options, and bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from archlint import engine, standard
from archlint.findings import Hit, Location, Unknown
from archlint.pages import Page
from archlint.service.model import Service
from archlint.standard import Rule
from tests.cli.command_line import Run, write

CLEAN = {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"}
BROKEN = CLEAN | {"app/users.py": "def users(:\n    pass\n"}


def under(monkeypatch: pytest.MonkeyPatch, rules: Callable[[Page], Rule]) -> None:
    """Hold services to the bundled pages with other rules."""
    changed = replace(standard.bundled_standard(), rules=rules)
    monkeypatch.setattr(standard, "bundled_standard", lambda: changed)


def test_a_clean_service(run: Run, tmp_path: Path) -> None:
    write(tmp_path, CLEAN)
    assert run("check", "--select", "BA00") == (
        0,
        "No violations\n1 service checked, 1 Python file read\n",
        "",
    )
    assert run("check", "--select", "BA00", "-q") == (0, "", "")


def test_violations(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BROKEN)
    result = run("check", "--select", "BA00", "--output-format", "concise")
    assert result.code == 1
    assert result.out.startswith("app/users.py:1:")
    assert "\n1 finding: 1 error\n1 service checked, 2 Python files read\n" in result.out
    assert run("check", "--select", "BA00", "--exit-zero").code == 0


def test_warnings_are_no_violations(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BROKEN | {"archlint.toml": 'severity = {BA00 = "warning"}'})
    result = run("check", "--select", "BA00")
    assert (result.code, "1 finding: 1 warning" in result.out) == (0, True)


def test_the_same_input_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BROKEN)
    for form in ("text", "json", "sarif", "github"):
        arguments = ("check", "--output-format", form)
        assert run(*arguments) == run(*arguments)


@pytest.mark.parametrize("path", ["app/users.py", "app", "."])
def test_a_path_inside_of_a_service(run: Run, tmp_path: Path, path: str) -> None:
    write(tmp_path, BROKEN)
    assert "app/users.py" in run("check", path, "--select", "BA00").out
    assert run("check", "app/main.py", "--select", "BA00").code == 0


def test_several_paths(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/{file}": text for name in ("a", "b", "c") for file, text in BROKEN.items()})
    write(tmp_path, {f"{name}/pyproject.toml": f"[project]\nname = '{name}'\n" for name in "abc"})
    document = json.loads(run("check", "a", "c", "--select", "BA00", "--output-format", "json").out)
    assert document["summary"]["services"] == ["a", "c"]
    assert [finding["service"] for finding in document["findings"]] == ["a", "c"]


def test_an_empty_repository(run: Run) -> None:
    result = run("check", "--allow-none")
    assert result.code == 0
    assert result.err == "archlint: note: no service found: nothing was checked\n"


def test_no_service_is_an_error_that_says_what_was_looked_for(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"lib/code.py": "def f(): ...\n"})
    for arguments in ((), ("lib",), ("lib", "--output-format", "json"), ("--exit-zero",)):
        result = run("check", *arguments)
        assert (result.code, result.out) == (2, "")
        assert "no service found in" in result.err
        assert "makes a `FastAPI()` application" in result.err


def test_a_path_outside_of_the_services_is_checked_as_theirs(run: Run, tmp_path: Path) -> None:
    copytree(Path(__file__).parents[2] / "fixtures" / "monorepo", tmp_path, dirs_exist_ok=True)
    ask = ("--select", "BA10", "--output-format", "concise", "-q")
    whole = run("check", *ask).out.splitlines()
    on_compose = [line for line in whole if line.startswith("compose.yaml")]
    assert on_compose
    assert run("check", "compose.yaml", *ask).out.splitlines() == on_compose
    in_menu = run("check", "services/menu", *ask).out.splitlines()
    both = run("check", "services/menu", "compose.yaml", *ask).out.splitlines()
    assert both == [line for line in whole if line in {*in_menu, *on_compose}]
    assert run("check", "libs", *ask).out == ""


def test_the_terminal_ends_in_a_table_and_the_next_command(run: Run, tmp_path: Path) -> None:
    handler = "@app.get('/x')\ndef x():\n    return 1\n"
    write(tmp_path, {"app/main.py": CLEAN["app/main.py"] + handler, "app/broken.py": "def f(:\n"})
    lines = run("check", "--select", "BA0002,BA0102", "--output-format", "text").out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == "errors")
    assert [line.split() for line in lines[start : start + 3]] == [
        ["errors"],
        ["BA00", "Archlint's", "own", "1"],
        ["BA01", "FastAPI", "Framework", "Standard", "1"],
    ]
    assert lines[-1] == "Up to 1 finding can be fixed by archlint: `archlint check --diff` shows the edits"
    only = run("check", "--select", "BA0002", "--output-format", "concise").out.splitlines()
    assert only[1:] == [
        "",
        "1 finding: 1 error",
        "1 service checked, 2 Python files read",
        "`archlint explain BA0002` says more of 1 finding",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "nowhere does not exist in "),
        (("ap/main.py",), "ap/main.py does not exist"),
        (("app/maine.py",), "app/maine.py does not exist in "),
        (("app\\main.py",), "app\\main.py does not exist; did you mean `app/main.py`?"),
        (
            ("app/main.py:3",),
            "app/main.py:3 does not exist; files are checked as a whole: name `app/main.py`",
        ),
        (("-",), "- does not exist; archlint reads the files of a repository, not standard input"),
        (("https://example.org/x",), "https:/example.org/x does not exist; it is an address: `git clone` it"),
        (("--select", "BA05,", "BA06"), "BA06 does not exist; rules are chosen by `--select`"),
        (("--output", "json"), "--output takes FORMAT=FILE, as `json=archlint.json`, not `json`"),
        (
            (
                "--select",
                "BA5",
            ),
            "`BA5` selects no rule",
        ),
        (("--select", "sintax-error"), "`sintax-error` selects no rule; did you mean `syntax-error`?"),
        (
            ("--ignore", "BA00,unreadable-fil"),
            "`unreadable-fil` selects no rule; did you mean `unreadable-file`?",
        ),
        (("--config", "gone.toml"), "gone.toml cannot be read: No such file or directory"),
        (("--output-file", "gone/out"), "gone/out cannot be written: No such file or directory"),
        (
            ("--statistics", "--output-format", "json"),
            "--statistics is for the text, concise and hook",
        ),
    ],
)
def test_a_wrong_option_is_one_message(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    write(tmp_path, CLEAN)
    result = run("check", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"archlint: error: {message}")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"pyproject.toml": "[tool.archlint]\nselct = []\n"}, "pyproject.toml:2:1: unknown key `selct`"),
        (
            {"archlint.toml": "[layers]\ncontrollers = []\n"},
            "archlint.toml:2:1: unknown key `controllers` in [layers]; there are core, models, schemas,",
        ),
        (
            {"archlint.toml": "[rules.nosuch]\na = 1\n"},
            "archlint.toml:1:8: no rule is named `nosuch`; `archlint rules`",
        ),
        ({"archlint.toml": "select = ["}, "archlint.toml:1:11: it is not valid TOML"),
        ({"pyproject.toml": "[tool.archlint]\nselect = [\n"}, "pyproject.toml:"),
        ({"archlint.toml": b"\xff"}, "archlint.toml:1:1: it is not UTF-8"),
    ],
)
def test_a_wrong_configuration_is_one_message(
    run: Run, tmp_path: Path, files: dict[str, str | bytes], message: str
) -> None:
    write(tmp_path, {**CLEAN, **files})
    result = run("check")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"archlint: error: {message}")
    assert "Traceback" not in result.err


def test_broken_files_are_findings_and_the_rest_is_checked(run: Run, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        **CLEAN,
        "pyproject.toml": "[project\nname = 'x'\n",
        "app/latin.py": b"NAME = '\xe4'\n",
        "app/syntax.py": "def (:\n",
        "app/nul.py": b"x = 1\0\n",
        "app/unused.py": "x = 1  # archlint: ignore[BA0002] why\n",
    }
    write(tmp_path, files)
    (tmp_path / "app/loop").symlink_to(tmp_path / "app")
    (tmp_path / "app/gone.py").symlink_to(tmp_path / "nowhere.py")
    result = run("check", "--select", "BA00", "--output-format", "json")
    found = {(f["file"], f["code"]) for f in json.loads(result.out)["findings"]}
    assert {
        ("pyproject.toml", "BA0002"),
        ("app/latin.py", "BA0001"),
        ("app/syntax.py", "BA0002"),
        ("app/unused.py", "BA0003"),
    } <= found
    assert (result.code, result.err) == (1, "")


def test_a_rule_that_breaks_exits_with_2_and_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(service: Service) -> list[Hit | Unknown]:
        raise ZeroDivisionError("oh")

    def other(service: Service) -> list[Hit | Unknown]:
        return [Hit(Location("app/main.py"), {"problem": "another one"})]

    under(monkeypatch, lambda page: broken if page.code == "BA0001" else other)
    write(tmp_path, CLEAN)
    arguments = ("check", "--select", "BA0001,BA0002", "--output-format", "concise", "--exit-zero")
    result = run(*arguments)
    assert result.code == 2
    assert "another one" in result.out
    assert result.err.splitlines() == [
        "archlint: internal error in BA0001 unreadable-file on service .: ZeroDivisionError: oh",
        "archlint: please report this; ARCHLINT_DEBUG=1 shows where it happened",
    ]
    monkeypatch.setenv("ARCHLINT_DEBUG", "1")
    assert "Traceback" in run(*arguments).err


def test_anything_else_that_breaks_is_one_message(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(engine, "run", broken)
    result = run("check")
    assert result.code == 2
    assert result.err.splitlines() == [
        "archlint: error: internal error: ZeroDivisionError: oh",
        "archlint: please report this; ARCHLINT_DEBUG=1 shows where it happened",
    ]


def test_unknowns_count_and_become_findings_when_strict(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = Unknown("the prefix", Location("app/main.py", 3), "it is computed")
    under(monkeypatch, lambda page: lambda service: [unknown])
    write(tmp_path, CLEAN)
    result = run("check", "--select", "BA0001")
    assert (result.code, result.out.splitlines()[-1]) == (
        0,
        "1 place could not be decided (BA0001 1); `--strict` or `--output-format json` lists them",
    )
    result = run("check", "--select", "BA0001", "--strict")
    assert (result.code, "Not decided: the prefix: it is computed" in result.out) == (1, True)


def test_statistics(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BROKEN)
    result = run("check", "--select", "BA00", "--statistics", "-q")
    assert result == (1, "1  error    BA0002  syntax-error  \n", "")


def test_an_output_file(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BROKEN)
    printed = run("check", "--select", "BA00", "--output-format", "json")
    written = run("check", "--select", "BA00", "--output-format", "json", "--output-file", "out.json", "-q")
    assert (written.code, written.out) == (1, "")
    assert (tmp_path / "out.json").read_text() == printed.out


@pytest.mark.parametrize("command", [(), ("check",), ("routes",), ("rules",), ("explain",), ("spec",)])
def test_help_has_an_example(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.code == 0
    assert "Example" in result.out


def test_version_and_wrong_commands(run: Run) -> None:
    assert run("--version").out.startswith("archlint ")
    result = run("chek")
    assert (result.code, "check" in result.err) == (2, True)


def archlint(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "archlint", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload, no-any-return]


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    write(tmp_path, {**CLEAN, "app/long.py": "def (:\n\n" * 3000})
    with archlint("check", str(tmp_path), "--output-format", "json") as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
