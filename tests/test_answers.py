"""An answer that is kept is given again only while a run would say the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlint import __main__, answers, loading
from archlint import git as git_runs
from archlint.facts import store
from archlint.facts.store import Facts

CLEAN = {
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "pyproject.toml": "[project]\nname = 'shop'\n\n[tool.archlint]\nselect = ['BA00', 'BA04']\n",
    "requirements.txt": "fastapi\n",
    ".gitignore": "build/\n",
}


class Said(NamedTuple):
    """What the command line wrote, and whether it took it from an answer."""

    code: int
    out: bytes
    err: bytes


class CommandLine:
    """Runs archlint in a process of its own for each question, as a user does."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def __call__(self, folder: Path, *options: str, cache: Path | None = None) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "archlint", "check", *options],
            cwd=folder,
            env=os.environ | {"ARCHLINT_CACHE_DIR": str(cache or self.cache)},
            capture_output=True,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def modules(self, folder: Path, *options: str, command: str = "check") -> set[str]:
        """What of archlint such a run imports."""
        code = (
            "import sys; from archlint.__main__ import main\n"
            "try: main()\n"
            "finally: print(*[m for m in sys.modules], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, command, *options],
            cwd=folder,
            env=os.environ | {"ARCHLINT_CACHE_DIR": str(self.cache)},
            capture_output=True,
            check=False,
        )
        return set(done.stderr.decode().split())


@pytest.fixture
def archlint(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "cache")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    write(folder, CLEAN)
    git(folder, "init")
    git(folder, "add", ".")
    age(folder)
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def age(folder: Path) -> None:
    """Let the files look as if they had been left alone for a while, as far as that can be done."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (1, 1), follow_symlinks=False)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def kept(archlint: CommandLine) -> list[Path]:
    return sorted(archlint.cache.glob("*.answer"))


def test_what_changed_is_never_answered_from_before(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], checkout: Path
) -> None:
    monkeypatch.chdir(checkout)
    for name, change in CHANGES.items():
        _in_process(monkeypatch, capfd, checkout.parent / "kept")
        change(checkout)
        fresh = _in_process(monkeypatch, capfd, checkout.parent / name)
        assert _in_process(monkeypatch, capfd, checkout.parent / "kept") == fresh
        assert _in_process(monkeypatch, capfd, checkout.parent / "kept") == fresh


def test_a_plan_is_said_again_until_something_changes(archlint: CommandLine, checkout: Path) -> None:
    def reads(*options: str) -> bool:
        return "archlint.loading" in archlint.modules(checkout, *options, command="plan")

    assert reads("--format", "json")
    assert not reads("--format", "json")
    (checkout / "app/main.py").write_text(CLEAN["app/main.py"] + "app.title\n")
    age(checkout)
    assert reads("--format", "json")
    assert reads("--output-file", "plan.txt")


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], checkout: Path) -> Path:
    """The checkout, edited since an answer was kept of it."""
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(answers, "_CLOCK_GRAIN", 0)  # files that were written just now are settled
    _in_process(monkeypatch, capfd, checkout.parent / "kept")
    (checkout / "app/main.py").write_text(CLEAN["app/main.py"] + "app.title\n")
    return checkout


def test_an_edit_leaves_git_alone(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], edited: Path
) -> None:
    fresh = _in_process(monkeypatch, capfd, edited.parent / "none")

    def started(*_: object) -> None:
        raise AssertionError("git was started")

    with monkeypatch.context() as patch:
        patch.setattr(git_runs, "run", started)
        assert _in_process(monkeypatch, capfd, edited.parent / "kept") == fresh


def test_a_file_that_comes_while_a_run_lasts_is_not_missed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], edited: Path
) -> None:
    read = store.read_facts

    def reads(*arguments: Any) -> Facts:
        write(edited, {"app/new.py": "def broken(:\n"})
        return read(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(loading, "read_facts", reads)
        _in_process(monkeypatch, capfd, edited.parent / "kept")
    fresh = _in_process(monkeypatch, capfd, edited.parent / "none")
    assert b"app/new.py" in fresh.out
    assert _in_process(monkeypatch, capfd, edited.parent / "kept") == fresh


HEAVY = {
    "archlint.service.services", "archlint.service.api.routes", "archlint.service.calls.call_graph",
    "archlint.service.database.engine_connections", "archlint.service.deployment.dockerfiles",
    "archlint.service.interpreter.machine", "archlint.service.layers.layers",
    "archlint.service.testing.client_requests", "grimp", "libcst", "rich", "sqlglot", "yaml",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "before", "after", "further"),
    [
        ("app/main.py", "app = ", "# a comment\napp = ", set[str]()),
        ("app/main.py", "    return 1\n", "    number = 1\n    return 1\n", set[str]()),
        ("README.md", "# Shop\n", "# Shop\n\nA sentence.\n", {"tree_sitter"}),
    ],
)
def test_an_edit_that_concerns_nobody_imports_nothing_heavy(
    archlint: CommandLine, checkout: Path, name: str, before: str, after: str, further: set[str]
) -> None:
    app = CLEAN["app/main.py"] + "\n\ndef started():\n    return 1\n"
    write(checkout, {"README.md": "# Shop\n", "app/main.py": app, "pyproject.toml": PROJECT})
    archlint(checkout)
    text = (checkout / name).read_text()
    write(checkout, {name: text.replace(before, after)})
    imported = archlint.modules(checkout)
    assert "archlint.engine" in imported  # it did not answer as before
    assert not imported & (HEAVY | further)


PROJECT = "[project]\nname = 'shop'\nversion = '1'\n"


def _edit(folder: Path) -> None:
    (folder / "app/main.py").write_text("def broken(:\n")


def _delete(folder: Path) -> None:
    (folder / "app/main.py").unlink()


def _restore_times(folder: Path) -> None:
    path = folder / "requirements.txt"
    status = path.stat()
    path.write_text("Fastapi\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _ignore(folder: Path) -> None:
    (folder / ".gitignore").write_text("requirements.txt\n")


def _ignore_in_repository(folder: Path) -> None:
    (folder / ".git/info/exclude").write_text("Dockerfile\n")


CHANGES: dict[str, Callable[[Path], None]] = {
    "a new file": lambda folder: write(folder, {"Dockerfile": "FROM python\nRUN pip install fastapi\n"}),
    "a file git is told to ignore": _ignore_in_repository,
    "a syntax error": _edit,
    "a deleted module": _delete,
    "a new folder": lambda folder: write(folder, {"app/core/x.py": "def broken(:\n"}),
    "a new ignore file": lambda folder: write(folder, {"app/core/.gitignore": "x.py\n"}),
    "a changed ignore file": _ignore,
    "git's index": lambda folder: git(folder, "rm", "--cached", "-f", "pyproject.toml"),
    "a link": lambda folder: (folder / "app/link.py").symlink_to(folder / "app/core/x.py"),
    "a link that ends": lambda folder: (folder / "app/core/x.py").unlink(),
    "configuration": lambda folder: write(folder, {"archlint.toml": "ignore = ['BA04']\n"}),
    "configuration is gone": lambda folder: (folder / "archlint.toml").unlink(),
    "the same size and time": _restore_times,
    "a renamed file": lambda folder: git(folder, "mv", "requirements.txt", "requirements-dev.txt"),
    "a lock": lambda folder: write(folder, {"uv.lock": "version = 1\n"}),
    "no checkout any more": lambda folder: shutil.rmtree(folder / ".git"),
}


def test_each_of_these_is_another_question(archlint: CommandLine, checkout: Path) -> None:
    archlint(checkout)
    assert len(kept(archlint)) == 1
    write(checkout.parent, {"other.toml": "select = ['BA0001']\n"})
    elsewhere = checkout.parent / "clone"
    shutil.copytree(checkout, elsewhere, symlinks=True)
    for folder, options in (
        (checkout, ("--strict",)),
        (checkout, ("--config", "../other.toml")),
        (checkout / "app", ()),
        (elsewhere, ()),
    ):
        before = len(kept(archlint))
        assert archlint(folder, *options) == archlint(folder, *options, cache=checkout.parent / "none")
        assert len(kept(archlint)) == before + 1


def test_what_writes_or_reads_elsewhere_is_not_kept(archlint: CommandLine, checkout: Path) -> None:
    archlint(checkout, "--output-file", "report.txt")
    archlint(checkout, "--diff")
    archlint(checkout, "--no-such-option")
    archlint(checkout, "nowhere")
    assert not kept(archlint)


def test_a_configuration_outside_of_the_repository_counts(archlint: CommandLine, checkout: Path) -> None:
    other = checkout.parent / "other.toml"
    other.write_text("select = ['BA0401']\n")
    first = archlint(checkout, "--config", "../other.toml")
    other.write_text("ignore = ['BA0401']\n")
    assert archlint(checkout, "--config", "../other.toml") != first


def test_the_answer_is_the_same_and_imports_no_rule(archlint: CommandLine, checkout: Path) -> None:
    first = archlint(checkout, "--output-format", "json")
    assert first.code == 1
    assert archlint(checkout, "--output-format", "json") == first
    assert len(kept(archlint)) == 1
    imported = {one for one in archlint.modules(checkout, "--output-format", "concise") if "archlint" in one}
    assert "archlint.engine" in imported
    write(checkout, {"build/x.py": ""})  # ignored: the checkout's own folder changed, its files did not
    archlint(checkout, "--output-format", "concise")
    imported = {one for one in archlint.modules(checkout, "--output-format", "concise") if "archlint" in one}
    assert not imported & {"archlint.engine", "archlint.rules", "archlint.service", "archlint.pages"}


@pytest.mark.parametrize("damage", [b"", b"archlint answer 1\n", b"\0" * 99, None])
def test_a_damaged_answer_is_none(archlint: CommandLine, checkout: Path, damage: bytes | None) -> None:
    first = archlint(checkout)
    (path,) = kept(archlint)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    assert archlint(checkout) == first
    assert kept(archlint) == [path]
    assert path.read_bytes() != damage


def test_an_answer_that_cannot_be_kept_is_given(archlint: CommandLine, checkout: Path) -> None:
    first = archlint(checkout)
    file = checkout.parent / "file"
    file.write_text("")
    assert archlint(checkout, cache=file / "cache") == first


def test_few_answers_are_kept(archlint: CommandLine, checkout: Path) -> None:
    archlint.cache.mkdir()
    for number in range(99):
        (archlint.cache / f"{number}.answer").write_bytes(b"")
    archlint(checkout)
    assert len(kept(archlint)) == 64


def test_runs_at_once_say_the_same(archlint: CommandLine, checkout: Path) -> None:
    environment = os.environ | {"ARCHLINT_CACHE_DIR": str(archlint.cache)}
    command = [sys.executable, "-m", "archlint", "check"]
    runs = [
        subprocess.Popen(command, cwd=checkout, env=environment, stdout=subprocess.PIPE) for _ in range(3)
    ]
    said = {run.communicate()[0] for run in runs}
    assert said == {archlint(checkout).out}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(range(10)), st.integers(0, 9)), min_size=4, max_size=10))
def test_random_edits(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], edits: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "shop")
        write(folder, CLEAN)
        git(folder, "init")
        monkeypatch.chdir(folder)
        for kind, number in edits:
            _change(folder, kind, number)
            said = [
                _in_process(monkeypatch, capfd, Path(place, cache)) for cache in ("kept", f"{kind}{number}")
            ]
            assert said[0] == said[1]


def _change(folder: Path, kind: int, number: int) -> None:
    """One of the things that happen to a checkout, or nothing."""
    names = ["app/main.py", "app/a/b.py", "tests/conftest.py", "Dockerfile", "uv.lock", "requirements.txt"]
    name = names[number % len(names)]
    path, other = folder / name, folder / names[(number * 7 + kind) % len(names)]
    path.parent.mkdir(parents=True, exist_ok=True)
    other.parent.mkdir(parents=True, exist_ok=True)
    match kind:
        case 0:
            path.write_text("def broken(:\n" if number % 2 else "RUN = 1\n")
        case 1:
            path.unlink(missing_ok=True)
        case 2 if path.exists():
            path.replace(other)
        case 3:
            (path.parent / ".gitignore").write_text(f"{path.name}\n" if number % 2 else "")
        case 4:
            git(folder, "add", "--all")
        case 5 if path.exists():
            git(folder, "rm", "--cached", "--ignore-unmatch", name)
        case 6:
            write(folder, {"archlint.toml": f"select = ['BA0{number % 5}']\n"})
        case 7 if path.exists():
            path.touch()
        case 8 if not (other.exists() or other.is_symlink()):
            other.symlink_to(path)
        case 9 if path.exists():
            age(folder)


def _in_process(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], cache: Path) -> Said:
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(cache))
    monkeypatch.setattr(sys, "argv", ["archlint", "check"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    out, err = capfd.readouterr()
    return Said(int(ended.value.code or 0), out.encode(), err.encode())


DOOR = """
    import os, sys
    from pathlib import Path
    from archlint import discover, engine
    from archlint.loading import load

    loaded = load([Path()])
    root, open_door, passed = str(loaded.repository.root), [], []

    def read_regular(path, read=discover._read_regular):
        open_door.append(path)
        try:
            return read(path)
        finally:
            open_door.pop()

    discover._read_regular = read_regular

    def watch(event, arguments):
        if event == "subprocess.Popen":
            passed.append((event, arguments[0]))
        elif event in {"open", "os.listdir", "os.scandir"} and not open_door:
            if str(arguments[0]).startswith(root):
                passed.append((event, arguments[0]))

    def watched(name, ask):
        def asked(path, *rest, **more):
            if str(path).startswith(root) and not open_door:
                passed.append((name, path))
            return ask(path, *rest, **more)
        return asked

    sys.addaudithook(watch)
    os.stat, os.lstat = watched("stat", os.stat), watched("lstat", os.lstat)
    discover.Reads.note = lambda *_: None
    report = engine.check(loaded)
    assert not report.failures and report.findings
    print(*passed, sep="\\n")
"""


@pytest.mark.parametrize("name", ["monorepo", "src-service"])
def test_rules_read_through_one_door(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "service"
    shutil.copytree(Path(__file__).parents[1] / "fixtures" / name, folder)
    done = subprocess.run(
        [sys.executable, "-c", dedent(DOOR)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout.strip()) == ("", "")
