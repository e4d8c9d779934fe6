from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from archlint.committed import content_of_checkout, default_base, repository_at
from archlint.discover import UnreadableFileError, find_repository
from archlint.facts.source import PythonSource
from archlint.facts.store import read_facts
from archlint.findings import ArchlintError


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    git(root, "init", "-b", "main")
    commit(root, {"app/main.py": "first = 1\n", "pyproject.toml": "[project]\n"})
    return root


class TestFiles:
    def test_are_those_of_the_commit_whatever_the_working_tree_has(self, checkout: Path) -> None:
        commit(checkout, {"app/main.py": "second = 2\n", "later.py": ""})
        (checkout / "app/main.py").write_text("third = 3\n")
        repository = repository_at(checkout, "HEAD~1")
        assert repository.files == ("app/main.py", "pyproject.toml")
        assert repository.text("app/main.py") == "first = 1\n"
        assert repository.tracked == frozenset(repository.files)

    def test_are_read_again_and_again_and_of_any_size(self, checkout: Path) -> None:
        commit(checkout, {"empty.py": "", "long.txt": "x" * 3_000_000})
        repository = repository_at(checkout, "main")
        for _ in range(2):
            assert repository.text("empty.py") == ""
            assert len(repository.text("long.txt")) == 3_000_000
            assert repository.text("app/main.py") == "first = 1\n"

    def test_too_large_a_file_is_refused_and_the_next_one_still_read(
        self, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("archlint.committed.MAX_FILE_SIZE", 10)
        commit(checkout, {"large.txt": "x" * 11})
        repository = repository_at(checkout, "main")
        with pytest.raises(UnreadableFileError, match="larger than 10 bytes"):
            repository.read_bytes("large.txt")
        assert repository.text("app/main.py") == "first = 1\n"

    def test_installed_packages_and_what_is_not_there_are_left_out(self, checkout: Path) -> None:
        commit(checkout, {"node_modules/x.py": "", "env/pyvenv.cfg": "", "env/lib.py": ""})
        repository = repository_at(checkout, "main")
        assert repository.files == ("app/main.py", "pyproject.toml")
        with pytest.raises(UnreadableFileError):
            repository.read_bytes("nowhere.py")

    def test_links_are_followed_within_the_commit_and_nowhere_else(self, checkout: Path) -> None:
        (checkout / "inner.py").symlink_to("app/main.py")
        (checkout / "twice.py").symlink_to("inner.py")
        (checkout / "outer.py").symlink_to("../../etc/passwd")
        (checkout / "loop.py").symlink_to("loop.py")
        (checkout / "folder").symlink_to("app")
        commit(checkout, {})
        repository = repository_at(checkout, "main")
        assert repository.files == ("app/main.py", "inner.py", "pyproject.toml", "twice.py")
        assert repository.text("twice.py") == "first = 1\n"

    def test_names_may_be_of_any_kind(self, checkout: Path) -> None:
        names = ("with space.py", "ümlaut.py", "new\nline.py", '"quoted".py')
        commit(checkout, dict.fromkeys(names, "x = 1\n"))
        assert set(names) <= set(repository_at(checkout, "main").files)

    def test_of_a_submodule_count_when_it_is_checked_out(self, checkout: Path, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        git(other, "init", "-b", "main")
        commit(other, {"lib.py": "lib = 1\n"})
        git(checkout, "-c", "protocol.file.allow=always", "submodule", "add", str(other), "vendor")
        commit(checkout, {})
        repository = repository_at(checkout, "main")
        assert repository.text("vendor/lib.py") == "lib = 1\n"


def test_nothing_that_the_repository_configures_is_run(checkout: Path) -> None:
    mark = checkout / "ran"
    script = f"touch '{mark}'"
    git(checkout, "config", "filter.evil.smudge", script)
    git(checkout, "config", "filter.evil.clean", f"{script}; cat")
    git(checkout, "config", "diff.evil.textconv", script)
    commit(checkout, {".gitattributes": "*.py filter=evil diff=evil\n", "app/main.py": "second = 2\n"})
    mark.unlink(missing_ok=True)  # committing did run the filter
    git(checkout, "config", "core.fsmonitor", script)
    git(checkout, "config", "core.pager", script)
    hook = checkout / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)
    assert repository_at(checkout, "main").text("app/main.py") == "second = 2\n"
    assert not mark.exists()


class TestFacts:
    def test_come_from_the_commit_and_are_kept_by_content(
        self, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache = tmp_path / "cache"
        commit(checkout, {"app/main.py": "second = 2\n"})
        for _ in range(2):
            repository = repository_at(checkout, "HEAD~1")
            facts = read_facts(repository, ["app/main.py"], cache)["app/main.py"]
            assert isinstance(facts, PythonSource)
            assert "first" in repr(facts.body)
            monkeypatch.setattr("archlint.facts.store.read_contents", _refuse)

    def test_of_the_working_tree_serve_where_the_content_is_the_same(
        self, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from archlint.discover import find_repository

        cache = tmp_path / "cache"
        read_facts(find_repository([checkout]), ["app/main.py"], cache)
        monkeypatch.setattr("archlint.facts.store.read_contents", _refuse)
        assert len(read_facts(repository_at(checkout, "main"), ["app/main.py"], cache)) == 1


def _refuse(contents: tuple[bytes, ...]) -> list[bytes]:
    assert not contents
    return []


class TestWhatCannotBeRead:
    @pytest.mark.parametrize("ref", ["nowhere", "-h", "--output=x", "HEAD:app", "HEAD~9", "a b", ""])
    def test_a_ref_that_is_none_is_one_clear_line(self, checkout: Path, ref: str) -> None:
        with pytest.raises(ArchlintError, match="git knows no commit") as raised:
            repository_at(checkout, ref)
        assert "\n" not in str(raised.value)

    def test_a_remote_may_have_it(self, checkout: Path, tmp_path: Path) -> None:
        git(tmp_path, "clone", str(checkout), str(tmp_path / "clone"))
        with pytest.raises(ArchlintError, match="git fetch --all"):
            repository_at(tmp_path / "clone", "v1.0")

    def test_a_folder_without_git(self, tmp_path: Path) -> None:
        with pytest.raises(ArchlintError, match="no git checkout"):
            repository_at(tmp_path, "main")

    def test_a_checkout_without_commits(self, tmp_path: Path) -> None:
        git(tmp_path, "init")
        with pytest.raises(ArchlintError, match="no commit yet"):
            repository_at(tmp_path, "main")

    @pytest.mark.parametrize(
        ("ref", "told"),
        [
            ("HEAD~7", "the history of HEAD has 1 commit$"),
            ("mian", "did you mean `main`"),
            ("v1.0", "no remote to fetch it from"),
        ],
    )
    def test_what_is_nowhere_is_not_to_be_fetched(self, checkout: Path, ref: str, told: str) -> None:
        with pytest.raises(ArchlintError, match=told):
            repository_at(checkout, ref)

    def test_no_git_at_all(self, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        with pytest.raises(ArchlintError, match="git is not installed"):
            repository_at(checkout, "main")

    def test_a_shallow_clone_is_told_how_to_get_the_rest(self, checkout: Path, tmp_path: Path) -> None:
        commit(checkout, {"later.py": ""})
        clone = tmp_path / "clone"
        git(tmp_path, "clone", "--depth=1", f"file://{checkout}", str(clone))
        with pytest.raises(ArchlintError, match="git fetch --unshallow"):
            repository_at(clone, "HEAD~1")

    def test_a_partial_clone_is_told_so_and_never_fetches(self, checkout: Path, tmp_path: Path) -> None:
        git(checkout, "config", "uploadpack.allowFilter", "true")
        commit(checkout, {"app/main.py": "second = 2\n"})
        clone = tmp_path / "clone"
        git(tmp_path, "clone", "--filter=blob:none", f"file://{checkout}", str(clone))
        with pytest.raises(ArchlintError, match="git fetch --refetch"):
            repository_at(clone, "HEAD~1").read_bytes("app/main.py")


class TestDefaultBase:
    def test_is_where_the_branch_left_the_remotes_default_one(self, checkout: Path, tmp_path: Path) -> None:
        clone = tmp_path / "clone"
        git(tmp_path, "clone", str(checkout), str(clone))
        left = git(clone, "rev-parse", "HEAD")
        git(clone, "switch", "-c", "feature")
        commit(clone, {"feature.py": ""})
        assert default_base(clone) == left
        git(clone, "remote", "set-head", "origin", "--delete")
        assert default_base(clone) == left

    def test_is_asked_for_where_no_remote_tells(self, checkout: Path) -> None:
        with pytest.raises(ArchlintError, match="archlint diff HEAD`"):
            default_base(checkout)
        commit(checkout, {"later.py": ""})
        with pytest.raises(ArchlintError, match="archlint diff HEAD~1`"):
            default_base(checkout)
        git(checkout, "switch", "-c", "feature")
        with pytest.raises(ArchlintError, match="archlint diff main`"):
            default_base(checkout)

    def test_is_nothing_before_the_first_commit(self, tmp_path: Path) -> None:
        git(tmp_path, "init")
        with pytest.raises(ArchlintError, match="there is no commit yet"):
            default_base(tmp_path)


def commit(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git(root, "add", ".")
    git(root, "commit", "--allow-empty", "-m", "change")


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    answer = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return answer.stdout.strip()


class TestContent:
    """What a checkout's files would be as a commit, compared with the commit that is made of them."""

    @staticmethod
    def is_that_of_the_next_commit(checkout: Path) -> bool:
        before = content_of_checkout(find_repository([checkout]))
        assert before is not None
        git(checkout, "add", "--all")
        git(checkout, "commit", "--allow-empty", "--quiet", "-m", "next")
        return before == repository_at(checkout, "HEAD").content

    def test_of_nothing_new(self, checkout: Path) -> None:
        assert self.is_that_of_the_next_commit(checkout)

    def test_of_edits_whether_staged_or_not(self, checkout: Path) -> None:
        (checkout / "app/main.py").write_text("second = 2\n")
        git(checkout, "add", "--all")
        (checkout / "pyproject.toml").write_text("[project]\nname = 'a'\n")
        assert self.is_that_of_the_next_commit(checkout)

    def test_of_files_that_came_and_went(self, checkout: Path) -> None:
        (checkout / "app/more.py").write_text("")
        git(checkout, "add", "--all")
        (checkout / "app/main.py").unlink()
        (checkout / "pyproject.toml").touch()
        assert self.is_that_of_the_next_commit(checkout)

    def test_of_links(self, checkout: Path) -> None:
        (checkout / "link.py").symlink_to("app/main.py")
        git(checkout, "add", "--all")
        (checkout / "link.py").unlink()
        (checkout / "link.py").symlink_to("pyproject.toml")
        assert self.is_that_of_the_next_commit(checkout)

    def test_of_a_file_that_git_was_told_not_to_look_at(self, checkout: Path) -> None:
        git(checkout, "update-index", "--assume-unchanged", "app/main.py")
        (checkout / "app/main.py").write_text("second = 2\n")
        assert not self.is_that_of_the_next_commit(checkout)

    def test_is_not_told_with_a_file_that_git_does_not_track(self, checkout: Path) -> None:
        (checkout / "app/more.py").write_text("")
        assert content_of_checkout(find_repository([checkout])) is None
