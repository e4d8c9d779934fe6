from __future__ import annotations

import os
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest

from archlint.discover import Repository
from archlint.facts import cache, python, reading
from archlint.facts.source import PythonSource
from archlint.facts.store import Facts, Unreadable, read_facts
from archlint.facts.syntax import Assign, Constant


class TestWithoutCache:
    def test_a_broken_file_never_hides_another(self, tmp_path: Path) -> None:
        (tmp_path / "latin.py").write_bytes(b"x = '\xe9'")
        (tmp_path / "binary.py").write_bytes(b"\x7fELF\0\0")
        (tmp_path / "folder.py").mkdir()
        (tmp_path / "large.py").write_bytes(b"#" * (reading.MAX_SOURCE_SIZE + 1))
        (tmp_path / "dangling.py").symlink_to(tmp_path / "nothing.py")
        (tmp_path / "good.py").write_text("x = 1")
        os.mkfifo(tmp_path / "pipe.py")
        facts = read(tmp_path, None)
        assert value(facts["good.py"]) == 1
        reasons = {path: found.reason for path, found in facts.items() if isinstance(found, Unreadable)}
        assert sorted(reasons) == [
            "binary.py", "dangling.py", "folder.py", "large.py", "latin.py", "pipe.py",
        ]  # fmt: skip
        assert all(reasons.values())

    def test_a_syntax_error_is_facts_with_a_problem(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("x = 1\ndef broken(:\n")
        source = read(tmp_path, None)["a.py"]
        assert isinstance(source, PythonSource)
        assert source.problems

    @pytest.mark.parametrize(
        "text",
        [
            "x = " + "(" * 10_000 + ")" * 10_000,
            "x = " + "[" * 10_000,
            "x = " + " + ".join(["1"] * 50_000),
            "x = " + " and ".join(["a"] * 20_000),
            "x = " + "a.b" + "()" * 5_000,
            "x = " + "-" * 20_000 + "1",
            "x = " + "not " * 20_000 + "1",
            "x = " + "lambda: " * 5_000 + "1",
            "if a: pass\n" + "elif b: pass\n" * 5_000,
            "".join("    " * depth + "if a:\n" for depth in range(300)) + "    " * 300 + "pass",
            "x = " + "f'{" * 300 + "1" + "}'" * 300,
            "x = '" + "\\\n" * 20_000 + "'",
            "x = {" + "1: " * 5_000,
            "@a\n" * 5_000 + "def f(): pass",
        ],
        ids=lambda text: text[:24],
    )
    def test_what_nobody_writes_neither_crashes_nor_hangs(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "a.py").write_text(text)
        assert list(read(tmp_path, None)) == ["a.py"]


class TestCache:
    def test_the_second_run_parses_nothing(
        self, tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, "a.py", "x = 1")
        read(tmp_path, kept)
        forbid_reading(monkeypatch)
        assert value(read(tmp_path, kept)["a.py"]) == 1

    def test_a_file_that_has_settled_is_not_even_opened(
        self, tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, "a.py", "x = 1")
        monkeypatch.setattr(cache, "_CLOCK_GRAIN", -(10**12))  # as if some time had passed
        read(tmp_path, kept)
        monkeypatch.setattr(Repository, "read_bytes", None)
        assert value(read(tmp_path, kept)["a.py"]) == 1

    def test_a_change_that_keeps_size_and_time_shows(self, tmp_path: Path, kept: Path) -> None:
        path = write(tmp_path, "a.py", "x = 1")
        read(tmp_path, kept)
        status = path.stat()
        path.write_text("x = 2")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert value(read(tmp_path, kept)["a.py"]) == 2

    def test_a_change_right_after_the_first_run_shows(self, tmp_path: Path, kept: Path) -> None:
        (tmp_path / "a.py").write_text("x = 1")
        read(tmp_path, kept)
        (tmp_path / "a.py").write_text("x = 2")
        assert value(read(tmp_path, kept)["a.py"]) == 2

    def test_a_renamed_file_is_known_by_its_content(
        self, tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write(tmp_path, "a.py", "x = 1")
        read(tmp_path, kept)
        forbid_reading(monkeypatch)
        path.rename(tmp_path / "b.py")
        assert value(read(tmp_path, kept)["b.py"]) == 1

    def test_two_repositories_do_not_meet(self, tmp_path: Path, kept: Path) -> None:
        for name, text in (("one", "x = 1"), ("two", "x = 2")):
            write(tmp_path / name, "app.py", text)
            read(tmp_path / name, kept)
        assert value(read(tmp_path / "one", kept)["app.py"]) == 1
        assert value(read(tmp_path / "two", kept)["app.py"]) == 2

    def test_what_is_gone_is_forgotten(self, tmp_path: Path, kept: Path) -> None:
        write(tmp_path, "a.py", "x = 1")
        write(tmp_path, "b.py", "y = " + "2" * 500)
        read(tmp_path, kept)
        before = cache_file(kept).stat().st_size
        (tmp_path / "b.py").unlink()
        read(tmp_path, kept)
        assert cache_file(kept).stat().st_size < before

    def test_an_edit_is_written_beside_the_facts(
        self, tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        large(tmp_path, kept)
        before = cache_file(kept).read_bytes()
        for number in range(2, 30):
            write(tmp_path, "a.py", f"x = {number}")
            found = read(tmp_path, kept)
            assert value(found["a.py"]) == number
            earlier = found.earlier(blake2b(f"x = {number - 1}".encode(), digest_size=16).digest())
            assert earlier is not None
            assert value(earlier) == number - 1
        assert cache_file(kept).read_bytes() == before
        assert cache_file(kept, ".edited").stat().st_size * 3 < len(before)
        forbid_reading(monkeypatch)
        assert value(read(tmp_path, kept)["a.py"]) == 29

    def test_what_stands_beside_other_facts_counts_for_nothing(self, tmp_path: Path, kept: Path) -> None:
        large(tmp_path, kept)
        write(tmp_path, "a.py", "x = 2")
        read(tmp_path, kept)
        edited = cache_file(kept, ".edited")
        data = edited.read_bytes()
        for number in range(40):
            write(tmp_path, f"m{number}.py", f"y = '{'z' * 300}'")
        read(tmp_path, kept)
        edited.write_bytes(data)
        assert value(read(tmp_path, kept)["m3.py"]) == "z" * 300
        cache_file(kept).unlink()
        edited.write_bytes(data)
        assert value(read(tmp_path, kept)["a.py"]) == 2

    @pytest.mark.parametrize("suffix", [".facts", ".edited"])
    @pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "noise", "head"])
    def test_a_damaged_cache_is_built_anew(
        self, tmp_path: Path, kept: Path, damage: str, suffix: str
    ) -> None:
        large(tmp_path, kept)
        write(tmp_path, "a.py", "x = 1")
        read(tmp_path, kept)
        path = cache_file(kept, suffix)
        data = path.read_bytes()
        path.write_bytes(
            {
                "empty": b"",
                "cut": data[: len(data) // 2],
                "flipped": data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
                "noise": os.urandom(200),
                "head": data[:20] + b"\xff" * 8 + data[28:],
            }[damage]
        )
        for _ in range(2):
            found = read(tmp_path, kept)
            assert [value(found[path]) for path in ("a.py", "m3.py")] == [1, 3]

    def test_another_reader_starts_anew(
        self, tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, "a.py", "x = 1")
        read(tmp_path, kept)
        monkeypatch.setattr(cache, "_reader", lambda: "another")
        assert cache.load(kept, tmp_path).files == {}

    def test_an_unreadable_file_is_tried_again(self, tmp_path: Path, kept: Path) -> None:
        write(tmp_path, "a.py", "x = 1").write_bytes(b"x = '\xff'")
        assert isinstance(read(tmp_path, kept)["a.py"], Unreadable)
        assert isinstance(read(tmp_path, kept)["a.py"], Unreadable)

    def test_a_folder_that_cannot_be_written_is_no_matter(self, tmp_path: Path) -> None:
        write(tmp_path, "a.py", "x = 1")
        blocked = tmp_path / "file"
        blocked.write_text("")
        assert value(read(tmp_path, blocked / "cache")["a.py"]) == 1
        assert blocked.read_text() == ""

    def test_a_killed_run_leaves_no_litter_for_long(self, tmp_path: Path, kept: Path) -> None:
        write(tmp_path, "a.py", "x = 1")
        kept.mkdir()
        (kept / "left.tmp").write_bytes(b"half")
        os.utime(kept / "left.tmp", (0, 0))
        (kept / "old.facts").write_bytes(b"")
        os.utime(kept / "old.facts", (0, 0))
        read(tmp_path, kept)
        assert [path.suffix for path in kept.iterdir()] == [".facts"]

    def test_runs_at_once_leave_a_whole_cache(self, tmp_path: Path, kept: Path) -> None:
        for number in range(30):
            write(tmp_path, f"m{number}.py", f"x = {number}")
        code = (
            "import sys; from pathlib import Path; from archlint.discover import find_repository;"
            "from archlint.facts.store import read_facts; root, kept = map(Path, sys.argv[1:]);"
            "repository = find_repository([root]); read_facts(repository, repository.files, kept)"
        )
        runs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(kept)]) for _ in range(4)]
        assert [run.wait() for run in runs] == [0] * 4
        assert len(cache.load(kept, tmp_path.resolve()).files) == 30
        assert {path.suffix for path in kept.iterdir()} <= {".facts", ".edited"}


class TestProcessors:
    @pytest.mark.parametrize("said", [None, "max 100000", "800000 100000", "", "100000 0"])
    def test_all_count_where_no_less_is_granted(
        self, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.counted(said, tmp_path, monkeypatch) == 4

    @pytest.mark.parametrize(
        ("said", "count"), [("50000 100000", 1), ("100000 100000", 1), ("250000 100000", 2)]
    )
    def test_a_container_has_the_time_of_fewer(
        self, said: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.counted(said, tmp_path, monkeypatch) == count

    @staticmethod
    def counted(said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
        if said is not None:
            (tmp_path / "cpu.max").write_text(said)
        monkeypatch.setattr(reading, "_CPU_MAX", tmp_path / "cpu.max")
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
        return reading._processors()


class TestProcesses:
    @pytest.fixture(autouse=True)
    def every_byte_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "_SHARE", 1)
        monkeypatch.setattr(reading, "_processors", lambda: 3)

    def test_the_answers_come_in_order(self, tmp_path: Path) -> None:
        contents = [f"x = {number}".encode() for number in range(50)] + [b"'\xff'"]
        several = reading.read_contents(contents)
        assert several == [reading.read_content(data) for data in contents]
        assert isinstance(several[-1], Unreadable)

    def test_a_worker_that_dies_costs_only_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "_WORKER", "import os; os.abort()")
        contents = [f"x = {number}".encode() for number in range(5)] + [b"#" * 200_000]
        assert reading.read_contents(contents) == [reading.read_content(data) for data in contents]

    def test_a_missing_interpreter_costs_only_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        assert len(reading.read_contents([b"x = 1", b"y = 2"])) == 2

    def test_the_working_directory_decides_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("archlint", "msgspec", "struct", "sitecustomize"):
            (tmp_path / f"{name}.py").write_text("from pathlib import Path; Path('started').touch()")
        monkeypatch.chdir(tmp_path)
        reading.read_contents([b"x = 1", b"y = 2"])
        assert not (tmp_path / "started").exists()


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("user") / "cache"


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(data: bytes) -> PythonSource:
        raise AssertionError(f"read again: {data!r}")

    monkeypatch.setattr(python, "read_python", forbidden)


def read(root: Path, kept: Path | None) -> Facts:
    files = tuple(sorted(p.relative_to(root).as_posix() for p in root.rglob("*.py")))
    return read_facts(Repository(root.resolve(), files, None), files, kept)


def write(root: Path, name: str, text: str) -> Path:
    """A file that was last changed long ago, as most files were."""
    root.mkdir(exist_ok=True)
    path = root / name
    path.write_text(text)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def large(root: Path, kept: Path) -> None:
    """Files of which one more is an edit, read."""
    for number in range(40):
        write(root, f"m{number}.py", f"x = {number}")
    write(root, "a.py", "x = 1.5")
    read(root, kept)


def cache_file(kept: Path, suffix: str = ".facts") -> Path:
    (found,) = kept.glob(f"*{suffix}")
    return found


def value(found: PythonSource | Unreadable) -> object:
    assert isinstance(found, PythonSource)
    statement = found.body[0]
    assert isinstance(statement, Assign)
    assert isinstance(statement.value, Constant)
    return statement.value.value
