"""Patterns match what pathspec's do, in linear time, and a bad one is alone."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from archlint.findings import ArchlintError
from archlint.patterns import check_pattern, compile_patterns

PART = st.text("ab*?.", min_size=1, max_size=6)
PATTERN = st.lists(st.one_of(PART, st.just("**")), min_size=1, max_size=4).map("/".join)
PATH = st.lists(st.text("ab.", min_size=1, max_size=5), min_size=1, max_size=6).map("/".join)


@settings(max_examples=1500, deadline=None)
@given(PATTERN, st.sampled_from(["", "/"]), st.sampled_from(["", "/"]), PATH)
@example("*a*a", "", "", "a/ba")
@example("**/a*b*/**/b*", "", "", "x/aab/y/bb/z")
@example("a/**/b*a/**/*b", "", "", "a/bb/ba/c/ab")
def test_they_match_the_same_paths(pattern: str, before: str, after: str, path: str) -> None:
    line = before + pattern + after
    assert compile_patterns([line]).match_file(path) is GitIgnoreSpec.from_lines([line]).match_file(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a*a*a*a*a*a*a*a*b", "a" * 250),
        ("a/**/a/**/a/**/a/**/a/**/b", "a/" * 500 + "a"),
        ("**/*a*a*a*/**/*a*a*b", "/".join(["a" * 60] * 60)),
        ("**/**/**/**/x", "a/" * 900 + "a"),
    ],
)
def test_none_takes_longer_than_the_path_is_long(pattern: str, path: str) -> None:
    start = process_time()
    assert not compile_patterns([pattern]).match_file(path)
    assert process_time() - start < 2  # some of these took minutes


@pytest.mark.parametrize("bad", ["!", "[z-a]", "[", "a[", "\\", "   ", "# comment", ""])
def test_a_bad_line_is_passed_over_in_an_ignore_file_and_an_error_elsewhere(
    bad: str, recwarn: pytest.WarningsRecorder
) -> None:
    assert compile_patterns([bad, "b/"]).match_file("b/x")
    with pytest.raises(ArchlintError, match=re.escape(f"`{bad}` is no pattern")):
        check_pattern(bad)
    assert list(recwarn) == []


@pytest.mark.parametrize("odd", ["[[]", "[[:alpha:]]", "(", "a+b", "{a,b}", "[!a]*", "\\!a", "*[]a]*"])
def test_what_only_looks_bad_is_a_pattern(odd: str, recwarn: pytest.WarningsRecorder) -> None:
    check_pattern(odd)
    assert list(recwarn) == []
