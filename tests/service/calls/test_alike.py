"""Another argument concerns the call graph only by what it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint import readings
from archlint.facts.differences import FileDifference
from archlint.facts.python import read_python
from archlint.facts.syntax import FunctionDef
from archlint.service.calls import scanning
from archlint.service.calls.alike import FunctionTexts
from tests.service.small import service_of

DEFINITIONS = '''
from functools import partial


class Fast:
    def run(self): ...


class Slow:
    def run(self): ...


def fast(): ...


def slow(): ...


def find(number):
    return {}[number]


def given(first, second=3):
    return first.name


def gives(what):
    return what


def run(what):
    what()


def maybe(value, flag=True):
    if flag:
        find(value)


def edited(one, two, name: str, age: int, quick: Fast, lazy: Slow, flag: bool = True, other: bool = True):
'''  # fmt: skip


def are_alike(folder: Path, before: str, after: str, above: str = "") -> bool:
    """Of two bodies of the last function; the older one may stand below a comment."""
    old, new = (f"{DEFINITIONS}    {body.replace(chr(10), chr(10) + '    ')}\n" for body in (before, after))
    service = service_of(folder, {"main.py": new})
    sources = read_python((above + old).encode()), service.modules.by_path["main.py"].source
    decided = service.modules.defined | {f"{name}(flag)" for name in ("edited", "maybe")}
    difference = FileDifference(*sources, {readings.DECIDED: decided})
    number = len(sources[1].nodes.of(FunctionDef)) - 1
    part = f"{scanning.__name__}._inferred:{number}"
    assert difference.is_in(part), "there is nothing to ask"
    texts = FunctionTexts(service.modules, service.symbols, service.annotations)
    return texts.are_alike("main.py", part, difference)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("given(name)", "given(age)"),
        ("given(name)", "given(name, second=age)"),
        ("given(name)", "given(7, [name, 'a'], **one)"),
        ("it = gives(Fast())\nit.run()", "it = gives(Fast(name))\nit.run()"),
        ("maybe(name, flag=other)", "maybe(age, flag=age)"),
    ],
)
def test_what_is_given_says_nothing(tmp_path: Path, before: str, after: str) -> None:
    assert are_alike(tmp_path, before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("it = gives(quick)\nit.run()", "it = gives(lazy)\nit.run()"),
        ("slow()", "if flag:\n    slow()"),
        ("run(one)", "run(two)"),
        ("run(fast)", "run(slow)"),
        ("run(partial(fast, 1))", "run(partial(slow, 1))"),
        ("maybe(name, flag)", "maybe(name, other)"),
        ("maybe(name, True)", "maybe(name, False)"),
        ("open(1 if one else two)", "open('a' if one else two)"),
        ("given(one)", "given(find(1))"),
        ("given(one)", "given(lambda: slow())"),
        ("given(one)", "given([slow() for _ in one])"),
        ("given((it := fast)), it()", "given((it := slow)), it()"),
        ("given(one)", "given((yield slow))"),
        ("given(one)", "slow()"),
        ("return gives(fast)", "return gives(slow)"),
    ],
)
def test_what_is_given_runs(tmp_path: Path, before: str, after: str) -> None:
    assert not are_alike(tmp_path, before, after)
    assert not are_alike(tmp_path, after, before)


def test_a_name_is_what_it_is_where_it_stands(tmp_path: Path) -> None:
    before = "it = slow\nrun(it)\nit = fast\nfind('a text that is longer than the comment')\nreturn it"
    after = before.replace("run(it)", "run(fast)")
    assert not are_alike(tmp_path, before, after)
    assert not are_alike(tmp_path, before, after, above="# so far, it stood below\n")
