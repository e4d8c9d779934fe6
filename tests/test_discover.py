from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from archlint.discover import Repository, UnreadableFileError, find_repository
from archlint.findings import ArchlintError


def test_a_path_that_does_not_exist_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ArchlintError, match="nowhere does not exist"):
        find_repository([tmp_path / "nowhere"])


def test_an_empty_folder_is_a_repository_without_files(tmp_path: Path) -> None:
    repository = find_repository([tmp_path])
    assert repository == Repository(tmp_path.resolve(), (), None)


class TestInGit:
    def test_lists_tracked_and_new_files_but_no_ignored_ones(self, checkout: Path) -> None:
        write(checkout, {"app/main.py": "", ".gitignore": "secret.py\nbuild/\n"})
        git(checkout, "add", ".")
        write(checkout, {"app/new.py": "", "secret.py": "", "build/out.py": ""})
        repository = find_repository([checkout])
        assert repository.files == (".gitignore", "app/main.py", "app/new.py")
        assert repository.tracked == frozenset({".gitignore", "app/main.py"})

    def test_the_root_is_the_top_level_wherever_one_asks(self, checkout: Path) -> None:
        write(checkout, {"app/core/main.py": "", "compose.yaml": ""})
        for path in (checkout / "app/core", checkout / "app/core/main.py"):
            repository = find_repository([path])
            assert repository.root == checkout
            assert repository.files == ("app/core/main.py", "compose.yaml")

    def test_a_tracked_file_that_was_deleted_is_not_read(self, checkout: Path) -> None:
        write(checkout, {"gone.py": "", "kept.py": ""})
        git(checkout, "add", ".")
        (checkout / "gone.py").unlink()
        repository = find_repository([checkout])
        assert repository.files == ("kept.py",)
        assert repository.tracked == frozenset({"gone.py", "kept.py"})

    def test_hook_variables_of_another_repository_do_not_count(
        self, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        git(other, "init")
        write(checkout, {"main.py": ""})
        monkeypatch.setenv("GIT_DIR", str(other / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
        monkeypatch.setenv("GIT_WORK_TREE", str(other))
        assert find_repository([checkout]).files == ("main.py",)

    def test_a_worktree_is_its_own_root(self, checkout: Path, tmp_path: Path) -> None:
        write(checkout, {"main.py": ""})
        git(checkout, "add", ".")
        git(checkout, "commit", "-m", "first")
        git(checkout, "worktree", "add", str(tmp_path / "beside"))
        repository = find_repository([tmp_path / "beside"])
        assert (repository.root, repository.files) == ((tmp_path / "beside").resolve(), ("main.py",))

    def test_the_files_of_a_submodule_belong_to_the_repository(self, checkout: Path, tmp_path: Path) -> None:
        library = tmp_path / "library"
        library.mkdir()
        git(library, "init")
        write(library, {"common.py": ""})
        git(library, "add", ".")
        git(library, "commit", "-m", "first")
        git(checkout, "-c", "protocol.file.allow=always", "submodule", "add", str(library), "libs/common")
        assert "libs/common/common.py" in find_repository([checkout]).files

    def test_a_submodule_without_its_repository_hides_nothing_else(
        self, checkout: Path, tmp_path: Path
    ) -> None:
        library = tmp_path / "library"
        library.mkdir()
        git(library, "init")
        git(library, "commit", "--allow-empty", "-m", "first")
        git(checkout, "-c", "protocol.file.allow=always", "submodule", "add", str(library), "common")
        write(checkout, {"main.py": "", "common/.git": "gitdir: /nowhere\n"})
        assert "main.py" in find_repository([checkout]).files

    def test_an_empty_folder_is_not_taken_for_an_ignored_one(self, checkout: Path) -> None:
        (checkout / "empty").mkdir()
        write(checkout, {"main.py": ""})
        repository = find_repository([checkout / "empty"])
        assert (repository.root, repository.files, repository.notes) == (checkout, ("main.py",), ())

    def test_no_program_of_the_repositorys_configuration_is_started(self, checkout: Path) -> None:
        write(checkout, {"main.py": "", "monitor.sh": "#!/bin/sh\ntouch started\n"})
        (checkout / "monitor.sh").chmod(0o755)
        git(checkout, "config", "core.fsmonitor", str(checkout / "monitor.sh"))
        find_repository([checkout])
        assert not (checkout / "started").exists()

    def test_a_folder_that_git_ignores_is_walked_when_it_is_asked_for(self, checkout: Path) -> None:
        write(checkout, {".gitignore": "export/\n", "main.py": "", "export/app/main.py": ""})
        repository = find_repository([checkout / "export"])
        assert (repository.root, repository.files) == (checkout / "export", ("app/main.py",))
        assert repository.tracked is None
        assert "git ignores" in repository.notes[0]

    def test_two_repositories_are_one_clear_error(self, checkout: Path, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        git(other, "init")
        with pytest.raises(ArchlintError, match="several repositories"):
            find_repository([checkout, other])

    def test_without_the_git_program_the_root_and_the_files_are_the_same(
        self, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(checkout, {".gitignore": "*.log\n", "app/main.py": "", "app/x.log": "", ".venv/lib/x.py": ""})
        with_git = find_repository([checkout / "app"])
        monkeypatch.setenv("PATH", "")
        without = find_repository([checkout / "app"])
        assert (without.root, without.files) == (with_git.root, with_git.files)
        assert "git is not installed" in without.notes[0]

    def test_a_repository_that_git_refuses_is_walked_with_a_note(
        self, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(checkout, {"main.py": ""})
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        repository = find_repository([checkout])
        assert (repository.root, repository.files, repository.tracked) == (checkout, ("main.py",), None)
        assert "safe.directory" in repository.notes[0]


class TestOutsideGit:
    def test_gitignore_files_count_the_nearest_first(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                ".gitignore": "*.tmp.py\n/only_here.py\nbuild/\n",
                "a.tmp.py": "",
                "only_here.py": "",
                "app/only_here.py": "",
                "app/.gitignore": "!b.tmp.py\n",
                "app/b.tmp.py": "",
                "app/c.tmp.py": "",
                "build/x.py": "",
            },
        )
        files = find_repository([tmp_path]).files
        assert files == (".gitignore", "app/.gitignore", "app/b.tmp.py", "app/only_here.py")

    def test_several_paths_are_walked_and_nothing_beside_them(self, tmp_path: Path) -> None:
        write(tmp_path, {"a/main.py": "", "a/in/x.py": "", "b/main.py": "", "c/huge.py": ""})
        repository = find_repository([tmp_path / "a", tmp_path / "b/main.py", tmp_path / "a/in"])
        assert repository.root == tmp_path.resolve()
        assert repository.files == ("a/in/x.py", "a/main.py", "b/main.py")

    def test_installed_packages_and_caches_are_no_source(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                "main.py": "",
                ".venv/lib/a.py": "",
                "env/pyvenv.cfg": "",
                "env/lib/b.py": "",
                "node_modules/c.py": "",
                "__pycache__/d.py": "",
            },
        )
        assert find_repository([tmp_path]).files == ("main.py",)

    def test_loops_and_links_that_leave_are_left_out(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        write(root, {"app/main.py": ""})
        write(tmp_path, {"outside.py": ""})
        (root / "app/again").symlink_to(root)
        (root / "self.py").symlink_to(root / "self.py")
        (root / "dangling.py").symlink_to(root / "nothing.py")
        (root / "leaves.py").symlink_to(tmp_path / "outside.py")
        (root / "stays.py").symlink_to(root / "app/main.py")
        assert find_repository([root]).files == ("app/main.py", "stays.py")

    def test_what_is_named_like_a_file_but_is_none_is_left_out(self, tmp_path: Path) -> None:
        write(tmp_path, {"main.py": "", "folder.py/inner.py": ""})
        os.mkfifo(tmp_path / "pipe.py")
        assert find_repository([tmp_path]).files == ("folder.py/inner.py", "main.py")

    def test_a_name_that_is_no_text_is_left_out(self, tmp_path: Path) -> None:
        try:
            Path(os.fsdecode(bytes(tmp_path) + b"/\xff.py")).write_text("")
        except OSError:
            pytest.skip("this file system refuses such names")
        assert find_repository([tmp_path]).files == ()


class TestText:
    def test_python_is_decoded_as_it_declares(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_bytes("# coding: latin-1\nname = 'é'\n".encode("latin-1"))
        assert "é" in find_repository([tmp_path]).text("a.py")

    def test_a_byte_order_mark_is_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfkey = 1")
        assert find_repository([tmp_path]).text("a.toml") == "key = 1"

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.py", b"x = '\xff'"), ("b.py", b"# coding: nonsense\n"), ("c.yaml", b"\xff\xfe")],
    )
    def test_undecodable_bytes_are_one_clear_error(self, tmp_path: Path, name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableFileError, match=name):
            find_repository([tmp_path]).text(name)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ('{"a": 1}'.encode("utf-16"), "it is UTF-16; save it as UTF-8"),
            (b"a\nb\xe9\n", "byte 0xe9 in line 2 is no UTF-8; save it as UTF-8"),
            (b"\xef\xbb\xbfa\n\xff\n", "byte 0xff in line 2 is no UTF-8; save it as UTF-8"),
        ],
    )
    def test_what_is_no_text_is_said_in_words(self, tmp_path: Path, content: bytes, reason: str) -> None:
        (tmp_path / "a.json").write_bytes(content)
        with pytest.raises(UnreadableFileError) as error:
            find_repository([tmp_path]).text("a.json")
        assert error.value.reason == reason

    def test_a_pipe_or_a_vanished_file_never_blocks(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.py")
        repository = find_repository([tmp_path])
        for name in ("pipe.py", "vanished.py"):
            with pytest.raises(UnreadableFileError):
                repository.read_bytes(name)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    root = (tmp_path / "checkout").resolve()
    root.mkdir()
    git(root, "init")
    return root


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
