"""What a scan tells its readers is the same exactly where they would find the same."""

from __future__ import annotations

import pytest

from archlint.facts.differences import FileDifference
from archlint.facts.python import read_python
from archlint.facts.source import PythonSource
from archlint.facts.syntax import FunctionDef
from archlint.service.semantics import unread

CODE = '''\
class Shop:
    def total(self, items):
        """Add up."""
        prices = [item.price for item in items]
        tax = self.tax(prices)
        def inner():
            return tax
        if prices:
            prices = sorted(prices)
        return inner() + sum(prices)
'''
TOTAL = "archlint.service.calls.scanning._written:0"
WORKING = "archlint.service.semantics.unread._working:0"

IDLE = [
    "        edited = 1\n",
    "        edited = 1_000_000_000_000_000_000_000\n",
    "        a = b = None\n",
    "        print('edited', items, len(items), items.sum)\n",
    "        edited = items\n        print(edited)\n",
    "        edited = len(items)\n        if edited > 3:\n            edited += 1\n",
    "        if not items:\n            pass\n        else:\n            print(items)\n",
    "        assert isinstance(items, list), f'not {items}'\n",
]
LAYOUT = ["\n", "        # comment\n"]
TELLING = [
    "        edited = items\n        log(edited)\n",
    "        edited = items\n        other = edited\n        if other:\n            return edited\n",
    "        print(self.tax(items))\n",
    "        print(*items)\n",
    "        print = 1\n        print(items)\n",
    "        print(prices := items)\n",
    "        print((yield))\n",
    "        if items:\n            self.rate = items\n",
    "        if self.rate():\n            pass\n",
    "        tax = 1\n",
    "        items = 1\n",
    "        edited = self.other()\n",
    "        log(1)\n",
    "        return 2\n",
    "        yield 3\n",
    "        global tax\n",
    "        self.rate = items\n",
]
AT = [3, 4, 5, 7, 9]


def _edited(at: int, line: str) -> str:
    lines = CODE.splitlines(keepends=True)
    return "".join([*lines[:at], line, *lines[at:]])


def _differs(after: str, part: str) -> bool:
    return FileDifference(read_python(CODE.encode()), read_python(after.encode())).is_in(part)


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("line", [*IDLE, *LAYOUT])
def test_what_nothing_reads_tells_nothing(at: int, line: str) -> None:
    assert not _differs(_edited(at, line), TOTAL)
    assert not _differs(_edited(at, line), WORKING)


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("line", TELLING)
def test_what_somebody_may_read_tells(at: int, line: str) -> None:
    assert _differs(_edited(at, line), TOTAL)
    assert _differs(_edited(at, line), WORKING)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Which binding holds where a name is used.
        (
            "def f():\n    a = x\n    g(a)\n    a = y\n    g(a)\n",
            "def f():\n    a = x\n    a = y\n    g(a)\n    g(a)\n",
        ),
        (
            "def f():\n    if t:\n        a = x\n    g(a)\n",
            "def f():\n    if t:\n        a = x\n        g(a)\n",
        ),
        # Which of two equal calls is returned.
        ("def f():\n    g()\n    return g()\n", "def f():\n    return g()\n    g()\n"),
        ("def f():\n    with g() as a:\n        a.b\n", "def f():\n    for a in g():\n        a.b\n"),
    ],
)
def test_order_tells(before: str, after: str) -> None:
    assert FileDifference(read_python(before.encode()), read_python(after.encode())).is_in(TOTAL)


def test_a_function_is_the_same_one_where_it_is_called_the_same() -> None:
    assert not _differs(f"def other():\n    pass\n\n\n{CODE}", TOTAL)
    assert _differs(CODE.replace("def total", "def other"), TOTAL)
    assert _differs(CODE.replace("class Shop", "class Other"), TOTAL)
    assert _differs(CODE.replace("inner", "outer"), TOTAL)


def test_a_summary_that_nobody_knows_differs() -> None:
    assert _differs(f"{CODE}a = 1\n", "archlint.service.calls.scanning._gone:0")
    assert _differs(f"{CODE}a = 1\n", f"{TOTAL}9")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("a = 1", {"a"}),
        ("a = 1\n    a = 2", {"a"}),
        ("a = 1\n    return a", set()),
        ("a = 1\n    def g():\n        return a", set()),
        ("global a\n    a = 1", set()),
        ("a = 1\n    a += 1", set()),
        ("p = 1", set()),
        ("a, b = 1, 2", set()),
        ("for a in ():\n        a = 1", set()),
        ("def g():\n        a = 1", {"a"}),
    ],
)
def test_a_name_is_unread_where_nothing_has_it_again(body: str, found: set[str]) -> None:
    source = read_python(f"def f(p):\n    {body}\n".encode())
    function = _first(source)
    assert {getattr(node, "id", "") for node in unread.unread_in(source, function)} == found
    assert unread.unread(source) == unread.unread_in(source, function)


def _first(source: PythonSource) -> FunctionDef:
    return source.nodes.of(FunctionDef)[0]
