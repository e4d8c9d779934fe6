"""The text that people read, whole; and source lines that would break its alignment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from archlint.discover import Repository
from archlint.findings import Finding, Link, Location
from archlint.report.safe import printable
from archlint.report.snippet import Sources, columns, snippet
from archlint.report.styled import STYLES, plain
from archlint.report.summary import render_statistics, render_summary
from archlint.results import Excused, Report
from tests.example_pages import STANDARD
from tests.report.reports import example, finding, rendered


def test_nothing_found() -> None:
    report = Report(Repository(Path(), (), None), STANDARD, services=("a",), files=1)
    assert rendered("text", report) == rendered("concise", report) == plain(render_statistics(report)) == ""
    assert (
        plain(render_summary(report, strict=False))
        == "No violations\n1 service checked, 1 Python file read\n"
    )


def test_text(tmp_path: Path) -> None:
    assert rendered("text", example(tmp_path), width=88) == dedent("""\
        Service blog

        blog/a b,c.py

        warning[BA0801] unversioned-endpoint: 100% wrong:\\u{a}yes, really
         --> blog/a b,c.py:1:1
          |
        1 | x = 1
          | ^^^^^
          |
          = help: Call a service instead

        Service shop

        shop/app/routers/users.py

        error[BA0511] router-bypasses-service: `app.routers` imports `app.crud`
         --> shop/app/routers/users.py:3:1
          |
        3 | from app.crud import users
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = via: 1. shop/app/routers/users.py:3  `app.routers.users` imports `app.helpers`
                 2. shop/app/helpers.py:11       `app.helpers` imports `app.crud`
          = spec: BA05.2.1 Routers depend on services, not on crud or models (Clean Architecture
                  Layer Separation)
          = help: Call a service instead

        error[BA0511] router-bypasses-service: `app.routers` imports `app.crud`
         --> shop/app/routers/users.py:4:1
          |
        4 | from app.crud import carts
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = via: as above
          = spec: BA05.2.1

        shop/app/wide.py

        error[BA0511] router-bypasses-service: `app.routers` imports `app.crud`
         --> shop/app/wide.py:1:14
          |
        1 | 名前 = "Ünï";     crud.delete('\\u{1b}[2J')
          |                   ^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = spec: BA05.2.1 Routers depend on services, not on crud or models (Clean Architecture
                  Layer Separation)
          = help: Call a service instead
        """)


def test_the_links_of_a_long_chain_are_aligned(tmp_path: Path) -> None:
    links = tuple(Link(Location("app.py", line, 1, line, 2), "a call") for line in range(1, 11))
    report = Report(
        Repository(tmp_path, (), None),
        STANDARD,
        findings=(finding(Location("app.py", 1, 1, 1, 2), chain=links),),
    )
    steps = [line for line in rendered("text", report).splitlines() if line.endswith("a call")]
    assert [step.index(". app.py") for step in steps] == [steps[-1].index(". app.py")] * 10


def test_lines_break_between_words_only(tmp_path: Path) -> None:
    path = "app/a-long-name/of-a-path/that-nobody-would-want-to-see/broken_in_two.py"
    place = Location("app.py", 1, 1, 1, 2)
    links = (Link(place, f"it is read from `{path}`, which is made by hand"),)
    one = finding(place, chain=links, message=f"`{path}` is wrong for a reason that takes a line", help=path)
    report = Report(Repository(tmp_path, (), None), STANDARD, findings=(one,))
    text = rendered("text", report, width=60)
    assert text.count(path) == 3
    assert "  is wrong for a reason that takes a line\n" in text
    assert all(len(line) <= 60 or path in line for line in text.splitlines())


def test_the_heading_of_a_cause_breaks_between_words(tmp_path: Path) -> None:
    link = Link(Location("app.py", 9), "a place that many have in common, whatever they are about")
    places = [Location("app.py", line, 1, line, 2) for line in range(1, 6)]
    found = tuple(finding(one, chain=(link,), fingerprint=f"{one.line:032}") for one in places)
    report = Report(Repository(tmp_path, (), None), STANDARD, findings=found)
    text = rendered("text", report, width=40)
    assert "app.py:9:1: a place that many have in\ncommon" in text
    assert all(len(line) <= 40 for line in text.splitlines()[:6])


def test_concise(tmp_path: Path) -> None:
    users = "shop/app/routers/users.py"
    told = "error BA0511 router-bypasses-service: `app.routers` imports `app.crud` (BA05.2.1)"
    assert rendered("concise", example(tmp_path)).splitlines() == [
        "blog/a b,c.py:1:1: warning BA0801 unversioned-endpoint: 100% wrong:\\u{a}yes, really",
        f"{users}:3:1: {told}",
        f"{users}:4:1: {told}",
        f"shop/app/wide.py:1:14: {told}",
    ]


def caused(number: int) -> tuple[Finding, ...]:
    """Findings that one include brought."""
    link = Link(Location("main.py", 9), "served here, without a version")
    places = [Location("app.py", line, 1, line, 2) for line in range(1, number + 1)]
    return tuple(finding(one, chain=(link,), fingerprint=f"{one.line:032}") for one in places)


def test_a_hook_says_a_cause_of_many_once(tmp_path: Path) -> None:
    other = finding(Location("b.py", 3, 1, 3, 2), fingerprint="f" * 32)
    report = Report(Repository(tmp_path, (), None), STANDARD, findings=(*caused(4), other))
    told = "`app.routers` imports `app.crud`"
    assert rendered("hook", report).splitlines() == [
        f"main.py:9:1: error BA0511 4: served here, without a version; the first is app.py:1:1: {told}",
        f"b.py:3:1: error BA0511 router-bypasses-service: {told} (BA05.2.1)",
        "`--output-format concise` lists each",
    ]


def test_a_hook_says_each_of_few(tmp_path: Path) -> None:
    report = Report(Repository(tmp_path, (), None), STANDARD, findings=caused(3))
    assert rendered("hook", report) == rendered("concise", report)


def test_nothing_is_offered_for_what_was_left_when_all_was_fixed(tmp_path: Path) -> None:
    report = example(tmp_path)
    pages = tuple(replace(page, fixable="safe") if page.code == "BA0511" else page for page in report.pages)
    report = structs.replace(report, pages=pages)
    assert "can be fixed" in plain(render_summary(report, strict=False))
    assert "`archlint explain BA0511` says more" in plain(render_summary(report, strict=False, fixed=True))


def test_summary(tmp_path: Path) -> None:
    report = example(tmp_path)
    lines = plain(render_summary(report, strict=False)).splitlines()
    assert (
        lines
        == dedent("""

                                                    errors  warnings   unknown
        BA05 Clean Architecture Layer Separation         3
        BA08 API Versioning                                        1         2

                errors  warnings   unknown
        blog                   1         1
        shop         3                   1

        4 findings: 3 errors, 1 warning
        2 services checked, 3 Python files read, 1 finding suppressed
        2 places could not be decided (BA0801 2); `--strict` or `--output-format json` lists them
        `archlint explain BA0511` says more of 3 findings
        """).splitlines()[1:]
    )
    assert "(BA0801 2); listed above\n" in plain(render_summary(report, strict=True))


def test_the_summary_counts_what_is_excused_and_what_can_be_fixed(tmp_path: Path) -> None:
    report = example(tmp_path)
    pages = tuple(replace(page, fixable="safe") if page.code == "BA0511" else page for page in report.pages)
    excused = Excused(report.findings[1], "why", report.findings[1].location)
    text = plain(render_summary(structs.replace(report, pages=pages, excused=(excused,)), strict=False))
    rows = [line.split() for line in text.splitlines()]
    assert ["errors", "warnings", "unknown", "excused"] in rows
    assert ["shop", "3", "1", "1"] in rows
    fixed = "--diff` shows the edits\n"
    assert text.endswith(f"\nUp to 3 findings can be fixed by archlint: `archlint check {fixed}")
    paths = [Path("services/or ders"), Path("b")]
    asked = plain(render_summary(structs.replace(report, pages=pages), strict=False, paths=paths))
    assert asked.endswith(f"`archlint check 'services/or ders' b {fixed}")
    many = plain(render_summary(structs.replace(report, pages=pages), strict=False, paths=paths * 2))
    assert many.endswith(f"`archlint check {fixed}")


@pytest.mark.parametrize(
    ("there", "option"), [("shop/archlint-baseline.json", " --no-baseline"), ("a.json", "")]
)
def test_what_a_baseline_holds_is_still_spoken_of_by_the_next_command(there: str, option: str) -> None:
    pages = tuple(replace(page, fixable="safe") for page in STANDARD.pages)
    found = (finding(Location("a.py", 1)),)
    report = Report(Repository(Path(), (there,), None), STANDARD, pages=pages, findings=found)
    assert f"`archlint check{option} --diff" in plain(render_summary(report, strict=False))


def test_statistics(tmp_path: Path) -> None:
    assert plain(render_statistics(example(tmp_path))).splitlines() == [
        "3  error    BA0511  router-bypasses-service  BA05.2.1",
        "1  warning  BA0801  unversioned-endpoint     BA05.2.1",
    ]


def test_a_byte_order_mark_tells_how_a_line_is_written(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("fastapi==0.95.1\r\nuvicorn\r\n".encode("utf-16"))
    sources = Sources(Repository(tmp_path, ("requirements.txt",), None))
    assert sources.line(Location("requirements.txt", 2)) == "uvicorn"


def test_a_file_that_is_gone_or_shorter_is_no_reason_to_fail(tmp_path: Path) -> None:
    report = example(tmp_path)
    (tmp_path / "shop/app/wide.py").unlink()
    (tmp_path / "shop/app/routers/users.py").write_bytes(b"\xff\xff\xff")
    assert "--> shop/app/wide.py:1:14\n  |\n  = spec" in rendered("text", report)


def shown(source: str, start: int, end: int, width: int = 60) -> list[str]:
    return plain(snippet(Location("a.py", 7, start, 7, end), source, "error", width)).splitlines()[1:]


@pytest.mark.parametrize(
    ("source", "start", "end", "expected"),
    [
        ("x = call()", 5, 11, ["7 | x = call()", "  |     ^^^^^^"]),
        ("\tif a:", 2, 4, ["7 |     if a:", "  |     ^^"]),
        ("a\tb", 3, 4, ["7 | a    b", "  |      ^"]),
        ("日本 = f()", 6, 9, ["7 | 日本 = f()", "  |        ^^^"]),
        ("e\u0301 = f()", 6, 9, ["7 | e\u0301 = f()", "  |     ^^^"]),
        ("pass", 5, 5, ["7 | pass", "  |     ^"]),
        ("", 1, 1, ["7 |", "  | ^"]),
        ("x", 40, 50, ["7 | x", "  |  ^"]),
    ],
)
def test_the_place_is_underlined(source: str, start: int, end: int, expected: list[str]) -> None:
    assert shown(source, start, end) == expected


def test_a_place_over_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    lines = plain(snippet(Location("a.py", 7, 5, 9, 2), "x = call(  ", "error", 60)).splitlines()
    assert lines == ["  |", "7 | x = call(", "  |     ^^^^^"]


def test_long_lines_are_cut_around_the_place() -> None:
    source = "a" * 100 + "PLACE" + "b" * 100
    assert shown(source, 101, 106) == [
        "7 | ..." + "a" * 20 + "PLACE" + "b" * 29 + "...",
        "  | " + " " * 23 + "^" * 5,
    ]
    assert shown("PLACE" + "b" * 100, 1, 6)[0] == "7 | PLACE" + "b" * 52 + "..."
    assert shown("P" * 100, 1, 101) == ["7 | " + "P" * 57 + "...", "  | " + "^" * 60]


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_characters="\r\n")),
    st.integers(1, 40),
    st.integers(0, 40),
    st.integers(30, 60),
)
def test_the_underline_stays_within_the_width(source: str, start: int, length: int, width: int) -> None:
    _, line, underline = plain(
        snippet(Location("a.py", 1, start, 1, start + length), source, "", width)
    ).split("\n")[:3]
    assert columns(line.removeprefix("1 | ")) <= width
    assert len(underline) <= width + 5


@settings(deadline=None)
@given(st.text())
def test_no_character_of_a_source_reaches_the_terminal_raw(text: str) -> None:
    assert printable(text).isprintable()


def test_every_style_is_one_that_rich_knows() -> None:
    from rich.style import Style

    assert all(Style.parse(style) is not None for style in STYLES.values())
