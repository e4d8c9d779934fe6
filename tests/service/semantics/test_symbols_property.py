"""What `Symbols` says of a name, against what Python's import system binds it to."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType

from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of

# A module imports only from those after it, so that none is read half-way through an import cycle.
FILES = {
    "top": "top/__init__.py",
    "top.a": "top/a.py",
    "top.sub": "top/sub/__init__.py",
    "top.sub.c": "top/sub/c.py",
    "top.bare.d": "top/bare/d.py",
    "top.b": "top/b.py",
}
MODULES = tuple(FILES)
NAMES = ("u", "v", "w", "_p")
_unique = count()


@st.composite
def sources(draw: st.DrawFn, module: str) -> str:
    """A module that binds every one of NAMES once, with star imports in between, and perhaps `__all__`."""
    later = MODULES[MODULES.index(module) + 1 :]
    lines: list[str] = []
    bound: list[str] = []
    for name in draw(st.permutations(NAMES)):
        lines.append(draw(bindings(name, module, later, tuple(bound))))
        bound.append(name)
    if later:
        for star in draw(st.lists(st.sampled_from(later), max_size=2)):
            place = draw(st.integers(0, len(lines)))
            # What was aliased before a star import may mean something else after it.
            safe = not any(line.startswith("alias") for line in lines[:place])
            lines.insert(place if safe else 0, f"from {star} import *")
    if draw(st.booleans()):
        lines.append(f"__all__ = {draw(st.lists(st.sampled_from(NAMES), unique=True))!r}")
    return "\n".join(line.removeprefix("alias ") for line in lines)


@st.composite
def bindings(draw: st.DrawFn, name: str, module: str, later: tuple[str, ...], bound: tuple[str, ...]) -> str:
    kinds = [
        "class",
        *(["alias"] * bool(bound)),
        *(["from", "relative", "module", "child", "dotted"] * bool(later)),
    ]
    source = draw(st.sampled_from(later)) if later else ""
    parent, _, last = source.rpartition(".")
    other = draw(st.sampled_from(NAMES))
    dots = "." * (module.count(".") + FILES[module].endswith("__init__.py"))
    forms = {
        "alias": f"alias {name} = {draw(st.sampled_from(bound))}" if bound else "",
        "from": f"from {source} import {other} as {name}",
        "relative": f"from {dots}{source.removeprefix('top.')} import {other} as {name}",
        "module": f"import {source} as {name}",
        "child": f"from {parent} import {last} as {name}",
        "dotted": f"import {source}\n{name} = {source}.{other}",
        "class": f"class {name}: pass",
    }
    chosen = draw(st.sampled_from(kinds))
    # A package has its name in its parent only once it is loaded.
    is_loading = module != "top" and source.startswith(f"{module}.")
    return forms["class" if chosen == "dotted" and is_loading else chosen]


@given(st.fixed_dictionaries({module: sources(module) for module in MODULES}))
@settings(max_examples=100, deadline=None)
def test_symbols_agree_with_python(texts: dict[str, str]) -> None:
    root = f"top{next(_unique)}"
    files = {FILES[name].replace("top", root): text.replace("top", root) for name, text in texts.items()}
    modules = modules_of(files)
    symbols = Symbols(modules)
    with python_imports(files, root) as load:
        for module in modules:
            loaded = load(module.name)
            for name in NAMES:
                assert symbols.member(module, name).qualified == _definition(getattr(loaded, name))


@contextmanager
def python_imports(files: dict[str, str], root: str) -> Iterator[Callable[[str], ModuleType]]:
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        sys.path.insert(0, folder)
        sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
        try:
            yield importlib.import_module
        finally:
            sys.dont_write_bytecode = before
            sys.path.remove(folder)
            for name in [name for name in sys.modules if name.partition(".")[0] == root]:
                del sys.modules[name]
            importlib.invalidate_caches()


def _definition(value: ModuleType | type) -> str:
    return value.__name__ if isinstance(value, ModuleType) else f"{value.__module__}.{value.__qualname__}"
