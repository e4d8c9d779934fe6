"""Pages are read strictly: what is wrong with one is said with its file and line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.findings import ArchlintError, Severity
from archlint.pages import Mark, Page, split_marks
from archlint.standard_files import read_page, read_pages

PAGE = """+++
code = "BA0599"
severity = "warning"
clauses = ["BA05.2.1"]
message = "`{module}` is wrong"
help = "Right it"
fixable = "unsafe"

[options.exempt]
default = ["/health"]
description = "Paths that are never wrong"
+++
# some-rule

## Why
Prose, with a fence that is no case:

```python
import wrong  # error: BA0599
```

## Good: `right` is imported
```python title="app/a.py"
import right
```

## Bad: two files
```python title="app/a.py"
import wrong  # error: BA0599
x = 1  # unknown: BA0501, BA0502
```

Words in between.

```dockerfile title="Dockerfile"
# error: BA0599
FROM wrong
```
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "layers" / "some-rule.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return read_page(write(tmp_path, PAGE))


def test_the_front_matter_and_the_place_make_the_rule(page: Page) -> None:
    assert (page.code, page.name, page.family, page.requirement) == ("BA0599", "some-rule", "layers", "BA05")
    assert (page.severity, page.fixable, page.clauses) == (Severity.WARNING, "unsafe", ("BA05.2.1",))
    assert page.options["exempt"].default == ["/health"]


def test_a_page_without_options_and_fix_has_none(tmp_path: Path) -> None:
    front, _, rest = PAGE.partition("fixable")
    page = read_page(write(tmp_path, front + "+++\n" + rest.partition("+++\n")[2]))
    assert (page.options, page.fixable) == ({}, None)


def test_cases_are_the_sections_that_say_so(page: Page) -> None:
    good, bad = page.cases
    assert (good.title, good.bad, [file.path for file in good.files]) == (
        "`right` is imported",
        False,
        ["app/a.py"],
    )
    assert (bad.title, bad.bad, bad.line) == ("two files", True, PAGE[: PAGE.index("## Bad")].count("\n") + 1)


def test_a_cases_files_come_without_their_marks(page: Page) -> None:
    assert [file.text for file in page.cases[1].files] == ["import wrong\nx = 1\n", "\nFROM wrong\n"]
    assert set(page.cases[1].marks) == {
        Mark("app/a.py", 1, "BA0599", "error"),
        Mark("app/a.py", 2, "BA0501", "unknown"),
        Mark("app/a.py", 2, "BA0502", "unknown"),
        Mark("Dockerfile", 2, "BA0599", "error"),
    }


def test_pages_are_sorted_by_code_and_other_files_are_no_pages(tmp_path: Path) -> None:
    first = write(tmp_path, PAGE.replace("BA0599", "BA0501"))
    first.rename(first.with_name("z.md"))
    write(tmp_path, PAGE)
    (tmp_path / "README.md").write_text("not a page", encoding="utf-8")
    assert [page.name for page in read_pages(tmp_path)] == ["z", "some-rule"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("+++\ncode", "code", r"some-rule\.md:1: a page is UTF-8 and starts with TOML"),
        ('"warning"', '"fatal"', r"some-rule\.md:3: Invalid enum value 'fatal'"),
        ('"BA0599"\n', '"B1"\n', r"some-rule\.md:2: Expected `str` matching regex"),
        ('["BA05.2.1"]', '"BA05.2.1"', r"some-rule\.md:4: Expected `array`, got `str` - at `\$\.clauses`"),
        ('help = "Right it"', "help = 1", r"some-rule\.md:6: Expected `str`, got `int`"),
        ("fixable", "fixible", r"some-rule\.md:7: Object contains unknown field `fixible`"),
        ('message = "`{module}` is wrong"\n', "", r"some-rule\.md:1: .*missing required field `message`"),
        ('default = ["/health"]\n', "", r"some-rule\.md:9: .*missing required field `default`"),
        ('code = "BA0599"', "code = ", r"some-rule\.md:2: Invalid value"),
    ],
)
def test_bad_front_matter_is_one_clear_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ArchlintError, match=message):
        read_page(write(tmp_path, PAGE.replace(old, new, 1)))


def test_a_page_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, PAGE)
    path.write_bytes(path.read_bytes() + b"\xff")
    with pytest.raises(ArchlintError, match=r"some-rule\.md:1: a page is UTF-8"):
        read_page(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import right", "import right  # error: BA0599"),
        ("  # error: BA0599\nx = 1  # unknown: BA0501, BA0502", ""),
        ("two files", ""),
        ('python title="app/a.py"\nimport right', "python\nimport right"),
    ],
    ids=["a mark in a Good case", "no mark in a Bad case", "no title", "no file"],
)
def test_a_section_that_is_no_case_is_an_error(tmp_path: Path, old: str, new: str) -> None:
    text = PAGE.replace(old, new).replace("# error: BA0599\nFROM", "FROM")
    with pytest.raises(ArchlintError, match=r"some-rule\.md:\d+: a case needs a title"):
        _ = read_page(write(tmp_path, text)).cases


def test_a_case_is_bad_that_is_only_warned_of(tmp_path: Path) -> None:
    case = read_page(write(tmp_path, PAGE.replace("# error: BA0599", "# warning: BA0599"))).cases[1]
    assert {mark.kind for mark in case.marks if mark.code == "BA0599"} == {"warning"}


@given(st.text(alphabet="ab #:\n\r\t'\"éBA0511errorwanig", max_size=80))
def test_taking_marks_out_keeps_every_line_and_the_rest_of_it(text: str) -> None:
    bare, marks = split_marks("f", text, "BA")
    assert bare.count("\n") == text.count("\n")
    assert all(line.startswith(kept) for line, kept in zip(text.split("\n"), bare.split("\n"), strict=True))
    assert bool(marks) == (bare != text)


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # error BA0511",
        "x = '# error: BA0511'",
        "# error: BA511",
        "# errors: BA0511",
        "# error: BA0511 why",
    ],
)
def test_what_only_looks_like_a_mark_is_none(line: str) -> None:
    assert split_marks("f", line, "BA") == (line, ())
