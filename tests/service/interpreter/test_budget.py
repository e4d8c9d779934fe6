"""Code made to take memory or time without end: the interpretation ends, and what exceeds is unknown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.machine import MAX_STEPS
from archlint.service.interpreter.values import Unresolved, Value
from tests.service.small import modules_of


def last(source: str) -> Value:
    modules = modules_of({"main.py": source})
    machine = interpreter(modules, {})
    value = machine.load(modules.by_path["main.py"]).namespace["x"]
    assert machine.steps < 2 * MAX_STEPS
    return value


DOUBLING = {
    "f-strings": "x = f'{x}{x}'\n",
    "format": "x = '{0}{0}'.format(x)\n",
    "percent": "x = '%s%s' % (x, x)\n",
    "join": "x = ''.join([x, x])\n",
    "replace": "x = x.replace('a', 'aa')\n",
    "plus": "x = x + x\n",
    "augmented": "x += x\n",
    "os.path.join": "x = os.path.join(x, x)\n",
    "paths": "x = Path(x) / str(x)\n",
    "joined paths": "x = Path(x).joinpath(x, x)\n",
}


@pytest.mark.parametrize("name", DOUBLING)
def test_texts_that_double_become_unknown(name: str) -> None:
    imports = "import os\nfrom pathlib import Path\n"
    assert isinstance(last(f"{imports}x = 'aaaaaaaa'\n" + DOUBLING[name] * 60), Unresolved)


@pytest.mark.parametrize("line", ["x = x + x\n", "x = [*x, *x]\n", "x = x.copy() + x\n"])
def test_lists_that_double_end(line: str) -> None:
    found = last("x = [1, 2, 3, 4]\n" + line * 40)
    assert isinstance(found, Unresolved) or len(found) < 50_000


ENDLESS = {
    "nested tuples as keys": "t = (1,)\n" + "t = (t, t)\n" * 60 + "x = {t: 1}\n",
    "nested tuples compared": "t = u = (1,)\n" + "t = (t, t)\nu = (u, u)\n" * 60 + "x = t == u\n",
    "nested lists counted": "t = [1]\n" + "t = [t, t]\n" * 60 + "x = [t].count([1])\n",
    "nested tuples sorted": "t = (1,)\n" + "t = (t, t)\n" * 60 + "x = sorted([t, t, t])\n",
    "diamonds of classes": "class A0: pass\nclass B0: pass\n"
    + "".join(
        f"class A{i}(A{i - 1}, B{i - 1}): pass\nclass B{i}(A{i - 1}, B{i - 1}): pass\n" for i in range(1, 40)
    )
    + "x = A39().foo\n",
    "membership in loops": "L = list(range(2000))\nx = 0\nfor a in L:\n    for b in L:\n"
    + "        if a in L:\n            x = 1\n",
    "sets in loops": "a, b = set(range(9000)), set(range(9, 9009))\nfor i in range(2000):\n    x = a - b\n",
    "sets of objects": "a, b = {object() for i in range(4000)}, {object() for i in range(4000)}\n"
    + "for i in range(50):\n    x = a & b\n",
    "choices in choices": "import os, c\nx = 'a'\n"
    + "x = os.getenv('A', x) if c.c() else os.getenv('B', x)\n" * 60,
    "partials of partials": "from functools import partial\nx = print\n"
    + "for i in range(1000):\n    x = partial(x, i)\n",
    "wrappers of each other": "from functools import wraps\ndef f(): ...\ndef g(): ...\n"
    + "wraps(f)(g)\nwraps(g)(f)\nx = f\n",
    "patterns that backtrack": "import re\nx = re.sub('(a|a)*b', '', 'a' * 90)\n",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_it_ends(name: str) -> None:
    last(ENDLESS[name])


FAILING = [
    "range(0, 1, 0)",
    "range(1, 2, 3, 4)",
    "int(float('inf'))",
    "int('x')",
    "os.path.relpath('')",
    "os.path.dirname('a', 'b')",
    "'a'.removeprefix()",
    "'a'.join()",
    "[].index(1)",
    "[].pop()",
    "{}.pop('a')",
    "functools.partial()",
    "enumerate()",
    "'{}{}'.format('a')",
    "'%s' % ()",
    "str(10 ** 9999)",
    "copy.copy()",
]


@pytest.mark.parametrize("call", FAILING)
def test_what_python_refuses_is_unknown_and_ends_nothing(call: str) -> None:
    modules = modules_of({"main.py": f"import copy, functools, os\nx = {call}\ny = 1\n"})
    names = interpreter(modules, {}).load(modules.by_path["main.py"]).namespace
    assert names["y"] == 1
    assert not isinstance(names["x"], str | int)


@given(*[st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["a", "b", None, 0.5])), max_size=6)] * 2)
@example(first=[True], second=[1, 0])
def test_sets_are_what_python_makes_of_them(first: list[object], second: list[object]) -> None:
    for operator in "-&|^":
        found = last(f"x = set({first}) {operator} set({second})\n")
        assert isinstance(found, list)
        assert set(found) == eval(f"set({first}) {operator} set({second})")
