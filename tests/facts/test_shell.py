"""What becomes of a command's failure, held to Bash itself; then words, places, folders."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from archlint.facts.shell import Options, ShellCommand, read_shell
from archlint.facts.shell_nodes import UnreadShellError, parsed

FAILS = "alembic upgrade head"
SCRIPTS = [
    "{}\nserve\n",
    "{}; serve",
    "{} && serve",
    "{} & serve",
    "{}",
    "{}; exit 0",
    "{}; exit $?",
    "set -e\n{}\nserve\n",
    "set -e; {}; serve",
    "set -eu -o pipefail\n{} | tee log\nserve\n",
    "set -e\n{} | tee log\nserve\n",
    "set -e\n{} || true\n",
    "set -e\n{} || :\n",
    "set -e\nserve && {} || true\n",
    "set -e\n{} && serve\nserve\n",
    "set -e\n{} || {{ echo failed; exit 1; }}\nserve\n",
    "set -e\n{} || (echo failed && exit 1)\nserve\n",
    "set -e\n{} || echo failed\nserve\n",
    "set -e\n{} || exit 0\nserve\n",
    "if ! {}; then\n  echo no\n  exit 1\nfi\nserve\n",
    "set -e\nif {}; then echo ok; else echo no; fi\nserve\n",
    "set -e\n( {}; serve )\nserve\n",
    "( {}; serve )\n",
    "( set -e; {}; serve )\n",
    "set -e\n{{ {}; serve; }} || exit 1\n",
    "set -e\n{{ {}; serve; }} && serve\n",
    "set -e\n( {} && serve )\nserve\n",
    "migrate() {{\n  {}\n}}\nset -e\nmigrate\nserve\n",
    "set -e\nmigrate() {{ {}; }}\nmigrate || true\n",
    "set -e\nmigrate() {{ {}; serve; }}\nmigrate || exit 1\n",
    "function migrate {{ {}; }}\nmigrate\nserve\n",
    "set -e\nmain() {{ migrate; serve; }}\nmigrate() {{ {}; }}\nmain\n",
    "set +e\n{}\nrc=$?\nif [ $rc -ne 0 ]; then exit 1; fi\n",
    "{}\nif [ $? -ne 0 ]; then exit 1; fi\nserve\n",
    "migrate() {{\n  {}\n  if [ $? -ne 0 ]; then echo no; exit 1; fi\n  serve\n}}\nmigrate\nserve\n",
    "migrate() {{\n  {}\n  rc=$?\n  echo done\n  [ $rc -eq 0 ] || exit $rc\n}}\nmigrate\nserve\n",
    "migrate() {{\n  {}\n  if [ $? -ne 0 ]; then return 1; fi\n  serve\n}}\nmigrate\nserve\n",
    "migrate() {{ {} || exit 1; serve; }}\nmigrate\nserve\n",
    "migrate() {{ if ! {}; then exit 1; fi; serve; }}\nmigrate\nserve\n",
    "set -e\nout=$({})\nserve\n",
    "set -e\nexport OUT=$({})\nserve\n",
    "set -e\ncase up in\n  up) {} ;;\n  *) serve ;;\nesac\nserve\n",
    'set -e\n[ "x" = "x" ] && {}\nserve\n',
    "trap 'exit 1' ERR\n{}\nserve\n",
    "set -o errexit -o pipefail\n{}|cat\nserve\n",
    "set -e\ncat <<END > /dev/null\nx\nEND\n{}\nserve\n",
    "bash <<END\n{}\nserve\nEND\nserve\n",
    "set -e\nbash <<END\n{}\nEND\nserve\n",
    "set -e\ncd . && {}\nserve\n",
    "set -e\nset +e\n{}\nserve\n",
]  # fmt: skip


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where `alembic` fails and `serve` works."""
    folder = tmp_path_factory.mktemp("bin")
    for name, status in (("alembic", 1), ("serve", 0)):
        (folder / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.skipif(shutil.which("bash") is None, reason="Bash is not installed")
@pytest.mark.parametrize("script", [script.format(FAILS) for script in SCRIPTS])
def test_a_failure_is_hidden_where_bash_goes_on(script: str, programs: Path) -> None:
    ran = subprocess.run(
        [shutil.which("bash") or "bash", "-c", script],
        env={"PATH": f"{programs}:/usr/bin:/bin"}, cwd=programs, capture_output=True, check=False,
    )  # fmt: skip
    assert (upgrade(script).hidden is not None) == (ran.returncode == 0)


def upgrade(script: str, options: Options | None = None) -> ShellCommand:
    [found] = [command for command in read_shell(script, options) if command.words[:1] == ("alembic",)]
    return found


@pytest.mark.parametrize(
    "script",
    [
        "until {}; do sleep 1; done\nserve\n",
        "for i in 1 2 3; do {} && break; sleep 1; done\nserve\n",
        'migrate() {{ {}; }}\n"$@"\n',
        "#!/bin/bash -e\n{}\nserve\n",
        "#!/usr/bin/env -S bash -eu\n{}\nserve\n",
    ],
)
def test_what_cannot_be_told_is_not_hidden(script: str) -> None:
    assert upgrade(script.format(FAILS)).hidden is None


def test_the_options_that_a_shell_starts_with() -> None:
    piped = f"{FAILS} | tee log\nserve\n"
    assert upgrade(f"{FAILS}\nserve\n", Options(errexit=True)).hidden is None
    assert upgrade(piped, Options(errexit=True)).hidden == "only the last command of its pipe counts"
    assert upgrade(piped, Options(errexit=True, pipefail=True)).hidden is None


def words(script: str) -> list[tuple[str, ...]]:
    return [command.words for command in read_shell(script)]


def test_text_is_no_command() -> None:
    assert words("cat <<END\npip install x\nEND\n# pip install x\n") == [("cat",)]
    assert words("echo 'pip install x' \"; pip install y\"") == [("echo", "pip install x", "; pip install y")]
    assert words("python - <<'END'\nimport os\nEND\nls") == [("python",), ("ls",)]


def test_words_without_quotes_and_continued_lines() -> None:
    assert words("pip install \\\n  -r 'a b.txt' \\\n  \"x\"$Y\n") == [
        ("pip", "install", "-r", "a b.txt", "x$Y")
    ]


@pytest.mark.parametrize(
    "script",
    [
        'SERVER="uvicorn main:app"\nexec $SERVER --port 80',
        "SERVER='uvicorn main:app'\nexec ${SERVER} --port 80",
        'SERVER=${SERVER:-"uvicorn main:app"}\n$SERVER --port 80',
        "export SERVER=uvicorn\n$SERVER main:app --port 80",
    ],
)
def test_a_program_that_the_script_keeps_in_a_variable(script: str) -> None:
    *_, last = read_shell(script)
    assert [one for one in last.words if one != "exec"] == ["uvicorn", "main:app", "--port", "80"]


@pytest.mark.parametrize("script", ['exec "$@"', "exec $SERVER", "SERVER=$(which uvicorn)\n$SERVER main:app"])
def test_a_program_that_nothing_tells_stays_a_variable(script: str) -> None:
    last = [one for one in read_shell(script) if one.words[:1] not in ((), ("which",))][-1]
    assert last.words[-1].startswith("$") or last.words[0] == "$SERVER"


def test_places_and_assignments() -> None:
    [command] = read_shell("\n  A=1 B='x y' pip install é z\n")
    assert (command.start, command.end) == ((1, 2), (1, 29))
    assert command.assignments == (("A", "1"), ("B", "x y"))


def test_the_folder_that_cd_leads_to() -> None:
    script = "cd backend && ls\n(cd app; ls)\nls\ncd ..\nls\ncd $HOME\nls\n"
    folders = [command.folder for command in read_shell(script) if command.words == ("ls",)]
    assert folders == ["backend", "backend/app", "backend", ".", None]


@pytest.mark.parametrize("text", ["", "if", "<<<", "${", "a |", "((", "\x00", "f() {", "case x in", "é" * 50])
def test_what_is_no_shell_raises_nothing(text: str) -> None:
    assert isinstance(read_shell(text), tuple)


@pytest.mark.parametrize("text", ["%(a)s" * 8_000, "a=(" * 9_000, "||" * 20_000, ")" * 40_000, "\0" * 9_000])
def test_what_is_no_shell_is_given_up(text: str) -> None:
    with pytest.raises(UnreadShellError):
        parsed(text.encode())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ls\n" * 20_000, "more than 50,000 bytes"),
        ("cat <<E\nE\n" * 301, "300 here-documents"),
        ("a\0b", "null bytes"),
        ("a=(" * 9_000, "too many errors"),
    ],
)
def test_what_is_given_up_is_one_command_without_words_that_says_why(text: str, why: str) -> None:
    [command] = read_shell(text)
    assert command.words == () and why in command.unread


def test_a_long_script_with_an_error_is_read() -> None:
    script = 'if [ -f "$A" ]; then\n  alembic upgrade head && echo "done $B"\nfi\n' * 600
    assert len(read_shell(f"echo a ) b\n{script}")) > 1000


@pytest.mark.parametrize(
    ("script", "given"),
    [
        ("export X=1\nrun", "1"),
        ("export X=1\nunset X\nrun", ""),
        ("export X=1\nunset -v X Y && run", ""),
        ("export X=1\n(unset X)\nrun", "1"),
    ],
)
def test_what_is_unset_is_handed_to_nothing(script: str, given: str) -> None:
    *_, last = read_shell(script)
    assert (last.words, dict(last.assignments)["X"]) == (("run",), given)


def test_what_a_statement_writes_stands_where_it_stands() -> None:
    found = read_shell("export X=1\nY=2\nZ=4 run\n")
    assert [(one.words, dict(one.written), one.start[0]) for one in found] == [
        ((), {"X": "1"}, 0),
        ((), {"Y": "2"}, 1),
        (("run",), {"Z": "4"}, 2),
    ]
