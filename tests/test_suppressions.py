"""Suppressions: what only looks like one, what one is about, and which ones are no good."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from archlint.discover import Repository
from archlint.facts.python import read_python
from archlint.findings import Location
from archlint.suppressions import Suppressions, find_suppressions

NAMES = {"sync-route-handler": "BA0102"}
KNOWN = frozenset({"BA0102", "BA0511", "BA1003"})


TODAY = date(2027, 3, 1)


def suppressions(text: str, ran: frozenset[str] = KNOWN) -> Suppressions:
    source = read_python(dedent(text).encode())
    found = find_suppressions(Repository(Path(), (), None), [("app.py", source)])
    return Suppressions(found, KNOWN, lambda code, file: code in ran, NAMES, TODAY)


def problems(text: str, *suppressed: tuple[str, int], ran: frozenset[str] = KNOWN) -> list[str]:
    found = suppressions(text, ran)
    for code, line in suppressed:
        found.suppress(code, Location("app.py", line))
    return [f"{s.location.line}: {s.text} {problem}" for s, problem in found.complaints()]


@pytest.mark.parametrize(
    "text",
    [
        "x = '# archlint: ignore[BA0102]'\n",
        "# Layers as archlint: has them\n",
        "# see `# archlint: ignore[BA0102] why` in the manual\n",
        '"""\n# archlint: ignore[BA0102]\n"""\n',
    ],
)
def test_what_is_no_suppression(text: str) -> None:
    assert suppressions(text).suppressions == ()


@pytest.mark.parametrize("line", [1, 3, 5, 6])
def test_other_lines_and_other_rules_are_not_suppressed(line: int) -> None:
    text = "a\nb  # archlint: ignore[BA0102] why\nc\n# archlint: ignore[BA0102] why\nd\ne\n"
    found = suppressions(text)
    assert (found.suppress("BA0102", Location("app.py", line)) is not None) is (line == 5)
    assert not found.suppress("BA0511", Location("app.py", 2))
    assert not found.suppress("BA0102", Location("other.py", 2))


def test_on_the_line_and_above_it() -> None:
    text = """\
        call(  # archlint: ignore[BA0102] why
            1,
        )
        # archlint: ignore[BA0102] why
        # archlint: ignore[BA0511, BA1003] why
        call()
        """
    found = suppressions(text)
    assert found.suppress("BA0102", Location("app.py", 1, 1, 3, 2))
    assert all(found.suppress(code, Location("app.py", 6)) for code in KNOWN)
    assert list(found.complaints()) == []


def test_above_a_decorator() -> None:
    text = """\
        class Users:
            # archlint: ignore[BA0102] why
            @router.get("/")
            @cached
            def users(self): ...
        """
    found = suppressions(text)
    assert found.suppress("BA0102", Location("app.py", 5, 5))
    assert found.suppress("BA0102", Location("app.py", 3, 5))
    assert not found.suppress("BA0102", Location("app.py", 4, 5))


def test_a_whole_file() -> None:
    found = suppressions("a\n\nb  # archlint: file-ignore[BA0102] why\n")
    assert found.suppress("BA0102", Location("app.py", 1))
    assert found.suppress("BA0102", Location("app.py", 9))
    assert not found.suppress("BA0102", Location("other.py", 9))


def test_beside_other_comments() -> None:
    text = "a  # noqa: E501  # archlint: ignore[BA0102] why\nb  # archlint: ignore[BA0102] why  # noqa\n"
    assert problems(text, ("BA0102", 1), ("BA0102", 2)) == []


def test_a_good_one_raises_no_complaint() -> None:
    assert problems("a  # archlint: ignore[BA0102]: see issue #12\n", ("BA0102", 1)) == []


def test_one_of_a_rule_that_did_not_run_is_not_called_unused() -> None:
    text = "a  # archlint: ignore[BA0102, BA0511] why\n"
    assert problems(text, ran=frozenset()) == []
    assert problems(text, ran=frozenset({"BA0511"})) == ["1: ignore[BA0102, BA0511] suppresses no BA0511"]


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("ignore[BA0102]", "ignore[BA0102] gives no reason"),
        ("ignore[BA0102]  # noqa", "ignore[BA0102] gives no reason"),
        ("ignore[BA0102,BA0511] why", "ignore[BA0102, BA0511] suppresses no BA0511"),
        ("ignore[BA0511]", "ignore[BA0511] suppresses no BA0511 and gives no reason"),
        (
            "ignore[BA0102, BA1004] why",
            "ignore[BA0102, BA1004] names `BA1004`, which is no rule's code; did you mean `BA1003`?",
        ),
        (
            "ignore[BA0102, sync-route-handler] why",
            "ignore[BA0102, sync-route-handler] names `sync-route-handler`, which is no rule's code; "
            "its code is `BA0102`",
        ),
        ("ignore[XY] why", "ignore[XY] names `XY`, which is no rule's code"),
        ("ignore[] why", "ignore[] why is not understood"),
        ("ignore BA0102 why", "ignore BA0102 why is not understood"),
        ("disable=BA0102", "disable=BA0102 is not understood"),
    ],
)
def test_what_is_wrong(comment: str, problem: str) -> None:
    assert problems(f"a  # archlint: {comment}\n", ("BA0102", 1)) == [f"1: {problem}"]


def test_other_formats_and_unreadable_files(tmp_path: Path) -> None:
    files = {
        "Dockerfile": "# archlint: ignore[BA1003] why\nFROM a\n",
        "compose.yaml": "a: 1  # archlint: ignore[BA1003] why\n",
        "pyproject.toml": "# archlint: file-ignore[BA1003] why\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = find_suppressions(Repository(tmp_path, (*files, "gone.yaml"), None), [])
    assert [(s.location.file, s.lines) for s in found] == [
        ("Dockerfile", {2}),
        ("compose.yaml", {1}),
        ("pyproject.toml", None),
    ]


def test_a_requirement_means_all_its_rules() -> None:
    text = "a  # archlint: ignore[BA05] why\n"
    assert suppressions(text).suppress("BA0511", Location("app.py", 1))
    assert not suppressions(text).suppress("BA0102", Location("app.py", 1))
    assert problems(text, ("BA0511", 1)) == []
    assert problems(text) == ["1: ignore[BA05] suppresses no BA05"]
    assert problems(text, ran=frozenset({"BA0102"})) == []


@pytest.mark.parametrize("code", ["BA", "BA0", "BA051", "BA07"])
def test_other_prefixes_are_no_codes(code: str) -> None:
    assert problems(f"a  # archlint: ignore[{code}] why\n")[0].startswith(
        f"1: ignore[{code}] names `{code}`, which is no rule's code"
    )


@pytest.mark.parametrize("dated", ["until 2027-03-02 why", "until 2027-03-02: why", "until the move is done"])
def test_one_that_ends_later_counts_today(dated: str) -> None:
    assert problems(f"a  # archlint: ignore[BA0102] {dated}\n", ("BA0102", 1)) == []
    assert suppressions(f"a  # archlint: ignore[BA0102] {dated}\n").suppress("BA0102", Location("app.py", 1))


def test_one_that_has_ended_suppresses_nothing_and_is_reported() -> None:
    text = "a  # archlint: ignore[BA0102] until 2027-03-01 the old API goes\n"
    assert not suppressions(text).suppress("BA0102", Location("app.py", 1))
    assert problems(text) == ["1: ignore[BA0102] ended on 2027-03-01"]
    assert problems("a  # archlint: ignore[BA0102] until 2027-09-01\n", ("BA0102", 1)) == [
        "1: ignore[BA0102] gives no reason"
    ]


def test_a_day_that_there_is_not_is_not_understood() -> None:
    assert problems("a  # archlint: ignore[BA0102] until 2027-02-30 why\n") == [
        "1: ignore[BA0102] until 2027-02-30 why is not understood"
    ]


@pytest.mark.parametrize(
    ("line", "covered"), [(1, False), (2, True), (3, True), (4, True), (5, True), (6, False)]
)
def test_above_an_instruction_of_many_lines(tmp_path: Path, line: int, covered: bool) -> None:
    text = "# archlint: ignore[BA1003] why\nRUN a \\\n  && b \\\n# more\n  && c\nRUN d\n"
    (tmp_path / "Dockerfile").write_text(text)
    found = find_suppressions(Repository(tmp_path, ("Dockerfile",), None), [])
    judged = Suppressions(found, KNOWN, lambda code, file: True, NAMES, TODAY)
    assert bool(judged.suppress("BA1003", Location("Dockerfile", line))) is covered
