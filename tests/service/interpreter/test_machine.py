"""The bounds of an interpretation: what it must not do, and what it says then."""

from __future__ import annotations

from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.values import Choice, Unresolved, Value
from tests.service.small import modules_of


def namespace(files: dict[str, str], name: str = "main.py") -> dict[str, Value]:
    modules = modules_of(files)
    return interpreter(modules, {}).load(modules.by_path[name]).namespace


def test_an_endless_loop_and_endless_recursion_end() -> None:
    found = namespace(
        {"main.py": "def f(n): return f(n + 1)\nx = f(0)\nwhile True:\n    y = 1\nz = 3\n"},
    )
    assert isinstance(found["x"], Unresolved)
    assert found["z"] == 3


def test_a_module_that_imports_itself_sees_what_is_there_so_far() -> None:
    found = namespace(
        {"main.py": "a = 1\nimport other\nb = 2\n", "other.py": "from main import a\nimport main\n"}
    )
    assert (found["a"], found["b"]) == (1, 2)


def test_an_undecided_condition_keeps_both_branches() -> None:
    found = namespace({"main.py": "import library\nif library.flag():\n    x = 1\nelse:\n    x = 2\n"})
    assert isinstance(found["x"], Choice)
    assert set(found["x"].values) == {1, 2}


def test_unknown_values_say_why_and_where() -> None:
    found = namespace({"main.py": "x = missing\ny = x.anything()\n"})
    assert isinstance(found["x"], Unresolved)
    assert "missing" in found["x"].why
    assert isinstance(found["y"], Unresolved)


def test_a_module_is_executed_once() -> None:
    files = {
        "main.py": "import a, b\nn = len(a.seen)\n",
        "a.py": "seen = []\n",
        "b.py": "import a\na.seen.append(1)\n",
    }
    assert namespace(files)["n"] == 1


def test_the_limit_of_the_recursion_is_put_back() -> None:
    import sys

    before = sys.getrecursionlimit()
    namespace({"main.py": "x = 1\n"})
    assert sys.getrecursionlimit() == before
