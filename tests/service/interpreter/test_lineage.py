"""The order in which a class asks its ancestors, against Python's own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.syntax import ClassDef
from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.values import ClassObject
from tests.service.small import modules_of

_BASES = st.lists(st.lists(st.integers(0, 6), max_size=3, unique=True), min_size=1, max_size=7)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(_BASES)
def test_ancestors_are_asked_as_python_asks_them(drawn: list[list[int]]) -> None:
    real: dict[str, type] = {}
    lines: list[str] = []
    for number, wanted in enumerate(drawn):
        bases = [name for name in (f"C{one}" for one in wanted) if name in real]
        try:
            real[f"C{number}"] = type(f"C{number}", tuple(real[base] for base in bases), {})
        except TypeError:  # no order is possible: Python refuses the class
            continue
        lines.append(f"class C{number}({', '.join(bases)}): ...")
    modules = modules_of({"main.py": "\n".join(lines) + "\n"})
    found = interpreter(modules, {}).load(modules.by_path["main.py"]).namespace
    for name, cls in real.items():
        lineage = [one.definition.name for one in found[name].lineage() if isinstance(one, ClassObject)]
        assert lineage == [one.__name__ for one in cls.__mro__[:-1]]
        assert isinstance(found[name].definition, ClassDef)
