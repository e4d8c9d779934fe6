"""How archlint starts: what it imports for a light command, and that it imports nothing of where it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import write

CHECKOUT = Path(__file__).parents[2]
SERVICE = {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n", "app/a.py": "def f(): ...\n"}
LIGHT = frozenset(
    {"archlint", "click", "typer", "typing_extensions", "annotated_doc", "shellingham", "msgspec"}
)
"""What a light command may import besides the standard library; msgspec saves more than it takes."""
SCRIPT = """
import sys
sys.argv = ["archlint", *{arguments!r}]
from archlint.__main__ import main
try:
    main()
except SystemExit:
    pass
sys.stdout.flush()
sys.stderr.write("\\n".join(sys.modules))
"""


def imported(*arguments: str) -> set[str]:
    """The modules that are there after a command."""
    command = [sys.executable, "-c", SCRIPT.format(arguments=list(arguments))]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stderr.split())


def packages(modules: set[str]) -> set[str]:
    """The packages of these that are neither the standard library's nor an interpreter's own."""
    tops = {name.partition(".")[0] for name in modules}
    return {name for name in tops if name not in sys.stdlib_module_names and not name.startswith("_")}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The first run of all reads the standard's files, with what that needs."""
    imported("rules")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("rules",),
        ("rules", "--format", "json"),
        *((name, "--help") for name in ("check", "routes", "schema", "graph", "rules", "explain", "spec")),
    ],
    ids=" ".join,
)
def test_a_light_command_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    modules = imported(*arguments)
    assert packages(modules) - LIGHT == set()
    assert not modules & {"archlint.engine", "archlint.config", "archlint.discover", "archlint.service"}


def test_the_version_is_said_without_the_command_line() -> None:
    modules = imported("--version")
    assert {name for name in modules if name.startswith("archlint")} == {"archlint", "archlint.__main__"}
    assert packages(modules) == {"archlint"}


def before_us() -> set[str]:
    """What the interpreter itself imports for `-m`, which no program can keep it from finding elsewhere."""
    command = [sys.executable, "-c", "import runpy, sys; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


OTHERS = {"click", "typer", "msgspec", "rich", "tomli", "yaml", "libcst", "sqlglot", "pathspec", "grimp"}
TRAPS = {
    f"{name}.py": f"raise SystemExit('{name} was imported from the working directory')\n"
    for name in (sys.stdlib_module_names | OTHERS) - before_us() - {"sitecustomize", "usercustomize"}
}
COMMANDS = [
    ("--version",),
    ("--help",),
    ("check", "."),
    ("check", "--fix", "--unsafe-fixes", "."),
    ("routes", "."),
    ("schema", "."),
    ("rules",),
    ("explain", "BA0511"),
]
STARTS = {
    "module": [sys.executable, "-m", "archlint"],
    "console script": [str(Path(sys.executable).with_name("archlint"))],
}


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A repository full of modules named like those that archlint needs, big enough for worker processes."""
    many = {f"app/m{number}.py": f"X = {number}\n" for number in range(400)}
    handler = "from app.main import app\n@app.get('/')\ndef root():\n    return 1\n"
    write(tmp_path, {**SERVICE, **TRAPS, **many, "app/routes.py": handler})
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


@pytest.mark.parametrize("python_path", ["", ".", "absolute"])
@pytest.mark.parametrize("start", STARTS)
def test_nothing_of_the_working_directory_is_imported(trapped: Path, start: str, python_path: str) -> None:
    environment = _unguarded() | {"ARCHLINT_CACHE_DIR": str(trapped.with_suffix(".cache"))}
    environment["PYTHONPATH"] = str(trapped) if python_path == "absolute" else python_path
    for arguments in COMMANDS:
        done = subprocess.run(
            [*STARTS[start], *arguments],
            cwd=trapped,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "was imported" not in done.stdout + done.stderr
        assert done.returncode in (0, 1), done.stderr


def test_the_traps_work(trapped: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import json"],
        cwd=trapped,
        env=_unguarded(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "json was imported from the working directory" in done.stderr


def _unguarded() -> dict[str, str]:
    """The environment without what a run of archlint in this process has left there."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes streams")
@pytest.mark.parametrize(
    ("shell", "code", "told"),
    [
        ('"$0" -m archlint check >&-', 0, ""),
        ('"$0" -m archlint check >&- 2>&-', 0, ""),
        ('"$0" -m archlint nosuch 2>&-', 2, ""),
        ('set -o pipefail; "$0" -m archlint spec | true', 0, ""),
        ('set -o pipefail; "$0" -m archlint check nosuch 2>&1 | true', 2, ""),
    ],
)
def test_a_reader_that_is_not_there_breaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str, code: int, told: str
) -> None:
    write(tmp_path, {"archlint.toml": 'select = ["BA0102"]\n', **SERVICE})
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "cache"))
    for _ in range(2):  # what was said once is said again by other code
        result = subprocess.run(
            ["bash", "-c", shell, sys.executable], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (result.returncode, result.stderr) == (code, told)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, SERVICE)
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "cache"))
    command = [sys.executable, "-m", "archlint", "check", "--exit-zero", "--quiet"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (result.returncode, result.stderr) == (
        2,
        "archlint: error: standard output cannot be written: No space left on device\n",
    )
