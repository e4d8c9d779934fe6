"""Regular expressions of a configuration: what is usual is taken, and what is taken ends soon."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archlint.expressions import LONGEST, check_expression, matcher
from archlint.findings import ArchlintError
from archlint.standard import bundled_standard


@pytest.mark.parametrize(
    "expression",
    [
        "/api(/[^/]+)*", "(/[a-z]+)+", "(a|b)*", "(foo|bar)+", r".*/(health|live)(/.*)?", "[(+]+", r"\(a+\)+",
        r"(\d{2}){3}", "(?i:/x)?", "(?P<a>/b+)*", "", r"\\1", r"(\.\w+)*", "a{2,3}",
        ".*/a/.*/b/.*", "/a/.*|/b/.*|/c/.*|/d/.*", "(/a/.*|/b/.*|/c/.*|(/d|/e)/.*)", "/[^/]*/[^/]*/.*",
        "[a-z]*[0-9]*[A-Z]*_*-*",
    ],
)  # fmt: skip
def test_what_is_usual_is_taken(expression: str) -> None:
    check_expression(expression)


def test_the_rules_own_defaults_are_taken() -> None:
    options = [option for page in bundled_standard().pages for option in page.options.values()]
    expressions = [text for option in options if option.form == "regex" for text in option.default]
    assert expressions
    for expression in expressions:
        check_expression(expression)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("x((", "is no regular expression: missing )"),
        ("(a+)+", "it repeats `(a+)`"),
        ("(a|a)*b", "it repeats `(a|a)`"),
        ("(a|ab)*c", "it repeats `(a|ab)`"),
        ("(.*,)*", "it repeats `(.*,)`"),
        ("(?:a?){30}", "it repeats `(a?)`"),
        ("((/a)*)*", "it repeats `((/a)*)`"),
        ("(/.*)*", "it repeats `(/.*)`"),
        (r"(a)\1", "it refers back to a group"),
        ("(/[^b]*)+", "it repeats"),
        ("(|a)*", "it repeats"),
        ("(?i)(a[A-Z]*)+", "it repeats"),
        ("a*a*a*a*b", "4 of its repetitions can match one text, and at most 3 may"),
        (".*a.*b.*c.*d", "4 of its repetitions"),
        ("(?:a*b?)(?P<x>a+|b)a{1,}(c|.*)d", "4 of its repetitions"),
        ("(ab)*(ab)*(ab)*(ab)*c", "4 of its repetitions"),
        ("(/[^/]+)*(/[^/]+)*.*.*.*x", "repetitions"),
    ],
)
def test_what_may_take_for_ever_is_refused(expression: str, why: str) -> None:
    with pytest.raises(ArchlintError) as caught:
        check_expression(expression)
    assert why in str(caught.value)


@pytest.mark.parametrize("expression", ["a*a*a*b", ".*a.*a.*b", "(?s)(.+)(.+)(.+)b"])
def test_the_worst_that_is_taken_ends_soon(expression: str) -> None:
    check_expression(expression)
    start = process_time()
    assert not matcher([expression])("a" * LONGEST)
    assert process_time() - start < 5
    assert not matcher([".*"])("a" * (LONGEST + 1))


def test_each_has_its_own_flags_and_matches_the_whole_text() -> None:
    matches = matcher(["/a", "(?i)/b|/c"])
    assert [path for path in ("/a", "/A", "/B", "/C", "/ab", "") if matches(path)] == ["/a", "/B", "/C"]
    assert not matcher([])("")


PART = st.sampled_from(["a", "b", ".", "[^b]", "[ab]", r"\w", "/"])
SIGN = st.sampled_from(["", "*", "+", "?", "{2,}"])
GROUP = st.recursive(
    st.tuples(PART, SIGN).map("".join),
    lambda inner: st.tuples(st.lists(inner, min_size=1, max_size=3), st.sampled_from(["", "|"]), SIGN).map(
        lambda one: f"({one[1].join(one[0])}){one[2]}"
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(GROUP, st.sampled_from(["a", "ab", "/a", "b/a"]))
@example("(/[^/]+)*", "/a")
def test_what_is_taken_ends_soon(expression: str, repeated: str) -> None:
    try:
        check_expression(expression)
    except ArchlintError:
        return
    start = process_time()
    re.compile(f"(?:{expression})!").fullmatch(repeated * 24)
    assert process_time() - start < 2
