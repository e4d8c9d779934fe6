"""Texts with holes, against real texts: whatever fills the holes, what is claimed holds of the real text."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.partial_texts import PartialText, assembled, size
from archlint.service.interpreter.values import MAX_SIZE, Choice, Unresolved, Value, opening, same, truth
from tests.service.small import modules_of

_SHORT = st.text(alphabet="ab/: A%{}éß", max_size=4)
_HOLE = Unresolved("it is a hole")
_PIECES = st.lists(st.tuples(_SHORT, st.booleans()), min_size=1, max_size=5)
"""Pieces of a real text; of those with True only the real text knows."""


def claims(found: Value, real: Any) -> bool:
    """Whether all that is claimed of a value is so."""
    match found:
        case PartialText():
            return isinstance(real, str) and found.may_be(real)
        case Unresolved():
            return True
        case list() | tuple():
            same_kind = type(found) is type(real) and len(found) == len(real)
            return same_kind and all(map(claims, found, real))
    return bool(found == real)


_CALLS = st.one_of(
    st.tuples(st.sampled_from(["strip", "lstrip", "rstrip"]), st.tuples() | st.tuples(_SHORT)),
    st.tuples(st.sampled_from(["startswith", "endswith"]), st.tuples(_SHORT | st.tuples(_SHORT, _SHORT))),
    st.tuples(
        st.sampled_from(["removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit"]),
        st.tuples(_SHORT.filter(bool)),
    ),
    st.tuples(st.sampled_from(["split", "rsplit"]), st.tuples(_SHORT.filter(bool), st.just(1))),
    st.tuples(st.just("replace"), st.tuples(_SHORT, _SHORT)),
    st.tuples(st.sampled_from(["lower", "upper"]), st.tuples()),
)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(_PIECES, st.lists(_CALLS, min_size=1, max_size=3))
def test_methods_claim_nothing_that_a_filling_refutes(
    pieces: list[tuple[str, bool]], calls: list[tuple[str, tuple[Any, ...]]]
) -> None:
    real: Any = "".join(text for text, _ in pieces)
    found: Any = assembled([_HOLE if hidden else text for text, hidden in pieces])
    for name, arguments in calls:
        if not (isinstance(found, str | PartialText) and isinstance(real, str)):
            return
        assert claims(found, real)
        found, real = getattr(found, name)(*arguments), getattr(real, name)(*arguments)
    assert claims(found, real)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_PIECES, _SHORT)
def test_comparisons_claim_nothing_that_a_filling_refutes(pieces: list[tuple[str, bool]], other: str) -> None:
    real = "".join(text for text, _ in pieces)
    found = assembled([_HOLE if hidden else text for text, hidden in pieces])
    if isinstance(found, PartialText):
        assert found.contains(other) in {None, other in real}
        assert found.may_be(other) or real != other
        assert truth(found) is True
        assert real
        assert real.startswith(opening(found))


_EXPRESSIONS = [
    "f'{a}:{b}/{n}x'",
    "f'{a:>3}-{n!r}-{b}'",
    "'/' + a + b",
    "a + '/' + b",
    "'%s/%d%%%s' % (a, n, b)",
    "'<%s>' % a",
    "'{}/{}{{{x}}}'.format(a, n, x=b)",
    "'{1}-{0}'.format(a, n)",
    "'/'.join(['u', a, b])",
    "', '.join((f'{a}/', b))",
    "str(f'{a}/')",
    "f'/{a}/'.strip('/')",
    "f'/{a}/x'.removesuffix('x')",
    "f'{n}://{a}'.partition('://')",
    "f'{n}://{a}'.split('://', maxsplit=1)[0]",
    "f'{n}://{a}'.startswith(('5', '7'))",
    "f'{n}/{a}' == '6/' ",
    "f'{n}/{a}' in ('6/', '7/')",
    "'/' in f'{n}/{a}'",
    "f'{a}/' and 'yes'",
    "getattr(holder, 'url', 'none')",
    "hasattr(holder, 'url')",
]


@pytest.mark.parametrize("expression", _EXPRESSIONS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(_SHORT, _SHORT)
def test_expressions_claim_nothing_that_a_filling_refutes(expression: str, first: str, second: str) -> None:
    class Holder:
        url = f"u/{first}"

    real = eval(expression, {"a": first, "b": second, "n": 7, "holder": Holder})
    assert claims(evaluated(expression), real)


@cache
def evaluated(expression: str) -> Value:
    """What an expression gives where nothing is known of `a` and `b`."""
    source = f"from nowhere import a, b\nn = 7\nclass holder:\n    url = f'u/{{a}}'\nfound = {expression}\n"
    modules = modules_of({"main.py": source})
    return interpreter(modules, {}).load(modules.by_path["main.py"]).namespace["found"]


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("f'{n}://{a}@{b}'", ["7://", None, "@", None]),
        ("'x/%s' % a", ["x/", None]),
        ("'x/{}/{}'.format(a, n)", ["x/", None, "/7"]),
        ("'x/' + a + '/y'", ["x/", None, "/y"]),
        ("','.join(['x', a, b, 'y'])", ["x,", None, ",", None, ",y"]),
        ("f'{a}{b}x'", [None, "x"]),
        ("f'x{a!r}y'", ["x", None, "y"]),
        ("f'p/{a}'.replace('p', 'q').upper()", ["Q/", None]),
        ("f'{a}x/'.rstrip('/') + '/z'", [None, "x/z"]),
        ("f'/{a}/'.rstrip('/') + '/z'", [None, "/z"]),
        ("f'{n}://{a}'.partition('://')[2] + 'x'", [None, "x"]),
    ],
)
def test_what_is_known_is_kept(expression: str, parts: list[str | None]) -> None:
    found = evaluated(expression)
    assert isinstance(found, PartialText)
    assert [part if isinstance(part, str) else None for part in found.parts] == parts
    assert not any(isinstance(part, PartialText) for part in found.parts)


def test_a_text_of_holes_alone_is_unknown_as_the_first() -> None:
    found = evaluated("f'{a}{b}'")
    assert type(found) is Unresolved
    assert truth(found) is None


def test_two_texts_of_one_pattern_are_one_way_and_others_are_two() -> None:
    assert same(evaluated("f'x{a}'"), evaluated("f'x{b}'"))
    assert isinstance(evaluated("f'x{a}' if b else f'y{a}'"), Choice)
    assert isinstance(evaluated("f'x{a}' if b else f'x{b}'"), Unresolved)


def test_texts_with_holes_are_as_long_as_texts_may_be() -> None:
    found = evaluated("f'{a}x'\nfor _ in range(60):\n    found = f'{found}/{found}'")
    assert isinstance(found, Unresolved)
    assert size(found) <= MAX_SIZE
