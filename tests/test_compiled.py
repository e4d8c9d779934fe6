"""The compiled standard: never another than the files hold, whatever happened to them or to it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from archlint import compiled
from archlint.compiled import Data, load_compiled, load_tables
from archlint.findings import ArchlintError
from archlint.pages import Page
from archlint.spec import rules_directory
from archlint.standard_files import read_pages, read_spec, read_unchecked

PAGE = "layers/router-bypasses-service.md"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rules, old enough to be kept, with a cache of its own that is empty."""
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(compiled, "CLOCK_GRAIN", 0)
    copytree(rules_directory(), tmp_path / "rules")
    return tmp_path / "rules"


def kept(rules: Path) -> Path:
    (found,) = (rules.parent / "cache").iterdir()
    return found


def fresh(rules: Path) -> tuple[object, ...]:
    return read_spec(rules), [vars_of(page) for page in read_pages(rules)], read_unchecked(rules)


def vars_of(page: Page) -> dict[str, object]:
    return {name: getattr(page, name) for name in page.__dataclass_fields__}


def shown(data: Data) -> tuple[object, ...]:
    return data[0], [vars_of(page) for page in data[1]], data[2]


def refuse(*arguments: object) -> None:
    raise AssertionError("the files were read again")


def test_what_is_kept_is_what_the_files_hold(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shown(load_compiled(rules))
    assert first == fresh(rules)
    monkeypatch.setattr(compiled, "_parsed", refuse)
    assert shown(load_compiled(rules)) == first


def test_a_file_that_changed_came_or_went_is_noticed(rules: Path) -> None:
    load_compiled(rules)
    page = rules / PAGE
    text = page.read_text()
    changed = text.replace('severity = "error"', 'severity = "warning"')
    page.write_text(changed)
    assert shown(load_compiled(rules)) == fresh(rules)
    status = page.stat()
    page.write_text(changed.replace("## Why", "## How", 1))  # of the same length, and put back in time
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert shown(load_compiled(rules)) == fresh(rules)
    page.rename(page.with_name("another-name.md"))
    assert shown(load_compiled(rules)) == fresh(rules)
    (rules / "unchecked.toml").write_text("")
    assert shown(load_compiled(rules)) == fresh(rules)


def test_another_version_is_not_asked(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_compiled(rules)
    monkeypatch.setattr(compiled, "__version__", "9.9.9")
    monkeypatch.setattr(
        compiled, "_parsed", lambda directory: (replace(read_spec(rules), prefix="X"), (), {})
    )
    assert load_compiled(rules)[0].prefix == "X"


@pytest.mark.parametrize("position", [0, 3, 9, 100, 5000, -1])
def test_a_damaged_one_is_as_if_there_were_none(rules: Path, position: int) -> None:
    load_compiled(rules)
    path = kept(rules)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    for damaged in (bytes(data), data[: position % len(data)], b""):
        path.write_bytes(damaged)
        assert shown(load_compiled(rules)) == fresh(rules)


def test_files_of_this_moment_are_not_kept(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "CLOCK_GRAIN", 10**18)
    load_compiled(rules)
    assert not (rules.parent / "cache").exists()


def test_a_cache_that_cannot_be_written_is_no_error(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (rules.parent / "file").write_text("")
    for place in (rules.parent / "file", rules.parent / "file" / "below"):
        monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(place))
        assert shown(load_compiled(rules)) == fresh(rules)


def tables(rules: Path) -> dict[str, dict[str, int]]:
    return load_tables(rules, "tables/*.toml", dict[str, int])


@pytest.fixture
def table(rules: Path) -> Path:
    path = rules / "tables" / "one.toml"
    path.parent.mkdir()
    path.write_text("a = 1\n")
    return path


def test_a_table_is_read_once_and_when_it_changed(
    rules: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tables(rules) == {"one": {"a": 1}}
    with monkeypatch.context() as patch:
        patch.setattr(compiled, "_read_tables", refuse)
        assert tables(rules) == {"one": {"a": 1}}
    table.write_text("a = 22\n")
    table.with_name("two.toml").write_text("b = 3\n")
    assert tables(rules) == {"one": {"a": 22}, "two": {"b": 3}}


@pytest.mark.parametrize("text", ["a = \n", 'a = "words"\n'])
def test_a_damaged_table_is_named(rules: Path, table: Path, text: str) -> None:
    table.write_text(text)
    with pytest.raises(ArchlintError, match=r"one\.toml"):
        tables(rules)


@pytest.mark.parametrize("position", [0, 9, 40, -1])
def test_a_damaged_copy_of_a_table_is_as_if_there_were_none(rules: Path, table: Path, position: int) -> None:
    tables(rules)
    data = bytearray(kept(rules).read_bytes())
    data[position] ^= 1
    kept(rules).write_bytes(data)
    assert tables(rules) == {"one": {"a": 1}}
