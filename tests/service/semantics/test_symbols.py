from __future__ import annotations

import pytest

from archlint.facts.syntax import Assign, ClassDef, Evaluate, FunctionDef
from archlint.service.semantics.symbols import NOTHING, Symbol, Symbols
from tests.service.small import modules_of


def resolve(name: str, files: dict[str, str], module: str = "m") -> Symbol:
    modules = modules_of(files)
    return Symbols(modules).resolve(modules.by_name[module], name)


@pytest.mark.parametrize(
    ("text", "name", "qualified"),
    [
        ("x = f()", "x", "m.x"),
        ("x = y", "x", "m.x"),
        ("x = x", "x", "m.x"),
        ("x = y\ny = x", "x", "m.y"),
        ("x = y.a\ny = x.b", "x", "m.x"),
        ("import m\nx = m.x", "x", "m.x"),
        ("from m import x", "x", "m.x"),
        ("from m import *", "x", "m.x"),
        ("x: int", "x", "m.x"),
        ("class A: pass", "A.b", "m.A.b"),
        ("def print(): ...", "print", "m.print"),
        ("from sqlalchemy import *\nfrom pydantic import *", "Column", "m.Column"),
        ("x = f()", "x.y.z", "m.x.y.z"),
    ],
)
def test_what_leads_nowhere_stays_in_its_module(text: str, name: str, qualified: str) -> None:
    assert resolve(name, {"m.py": text}).qualified == qualified


@pytest.mark.parametrize(
    ("text", "name", "qualified"),
    [
        ("", "print", "builtins.print"),
        ("import fastapi", "fastapi.APIRouter", "fastapi.APIRouter"),
        ("import fastapi.routing", "fastapi.routing.APIRouter", "fastapi.APIRouter"),
        ("import fastapi.routing as r", "r.APIRouter", "fastapi.APIRouter"),
        ("from fastapi import routing", "routing.APIRouter", "fastapi.APIRouter"),
        ("from fastapi.routing import APIRouter as R", "R.get", "fastapi.APIRouter.get"),
        ("from starlette.requests import Request", "Request", "fastapi.Request"),
        (
            "from sqlalchemy.ext.declarative import declarative_base",
            "declarative_base",
            "sqlalchemy.orm.declarative_base",
        ),
        ("from sqlmodel import Column", "Column", "sqlalchemy.Column"),
        ("from sqlmodel.main import SQLModel", "SQLModel", "sqlmodel.SQLModel"),
        ("from sqlalchemy import *", "Column", "sqlalchemy.Column"),
        (
            "try:\n    from pydantic.v1 import *\nexcept ImportError:\n    from pydantic import *",
            "BaseSettings",
            "pydantic.v1.BaseSettings",
        ),
        ("from typing import Generic", "Generic", "typing.Generic"),
        ("try:\n    import ujson as json\nexcept ImportError:\n    import json", "json.dumps", "ujson.dumps"),
        ("try:\n    from a import b\nexcept ImportError:\n    b = None", "b", "a.b"),
        (
            "if sys.version_info < (3, 11):\n    from strenum import StrEnum\n"
            "else:\n    from enum import StrEnum",
            "StrEnum",
            "enum.StrEnum",
        ),
        ("if TYPE_CHECKING:\n    from a import B\nelse:\n    B = object", "B", "a.B"),
        ("B = None\nif x:\n    from a import B", "B", "a.B"),
    ],
)
def test_names_of_libraries(text: str, name: str, qualified: str) -> None:
    assert resolve(name, {"m.py": text}) == Symbol(qualified, None, None)


PACKAGE = {
    "app/__init__.py": "",
    "app/crud/__init__.py": (
        "from .users import *\nfrom app.crud.items import get as get_item\nfrom . import items"
    ),
    "app/crud/users.py": "__all__ = ['get', '_hidden']\ndef get(): ...\ndef _hidden(): ...\ndef other(): ...",
    "app/crud/items.py": "def get(): ...\nclass Item:\n    limit = 3\n    def save(self): ...",
    "app/spaces/deep.py": "def f(): ...",
}


@pytest.mark.parametrize(
    ("text", "name", "qualified"),
    [
        ("from app.crud import get", "get", "app.crud.users.get"),
        ("from app.crud import _hidden", "_hidden", "app.crud.users._hidden"),
        ("from app.crud import other", "other", "app.crud.other"),
        ("from app.crud import get_item", "get_item", "app.crud.items.get"),
        ("from app import crud", "crud.get_item", "app.crud.items.get"),
        ("from app import crud", "crud.users.other", "app.crud.users.other"),
        ("import app.crud.items", "app.crud.items.Item.save", "app.crud.items.Item.save"),
        ("import app.crud.items as i\nI = i.Item\nclass J(I): ...", "J.limit", "app.crud.items.Item.limit"),
        ("from app.crud import *", "items.Item", "app.crud.items.Item"),
        ("from app.spaces import deep", "deep.f", "app.spaces.deep.f"),
        ("import app.spaces.deep", "app.spaces.deep.f", "app.spaces.deep.f"),
        ("import app.spaces.deep as d", "d.f", "app.spaces.deep.f"),
    ],
)
def test_names_across_modules(text: str, name: str, qualified: str) -> None:
    symbol = resolve(name, {**PACKAGE, "m.py": text})
    assert symbol.qualified == qualified
    assert symbol.module is not None


def test_relative_imports() -> None:
    files = {
        **PACKAGE,
        "app/api/v1/users.py": "from ... import crud\nfrom ...crud.users import get\nfrom .. import no",
    }
    assert resolve("crud.get_item", files, "app.api.v1.users").qualified == "app.crud.items.get"
    assert resolve("get", files, "app.api.v1.users").qualified == "app.crud.users.get"
    assert not resolve("no", files, "app.api.v1.users").defined


def test_node_and_kind_of_symbols() -> None:
    files = {**PACKAGE, "m.py": "from app.crud.items import get, Item\nimport app.crud\nx = f()\nI = Item"}
    assert isinstance(resolve("get", files).node, FunctionDef)
    assert isinstance(resolve("I", files).node, ClassDef)
    assert isinstance(resolve("x", files).node, Assign)
    assert resolve("app.crud", files).is_module
    assert not resolve("app.crud.nothing", files).defined


def test_function_scope_shadows_and_skips_classes() -> None:
    text = """
    from a import b, c, d, k
    class C:
        k = 1
        def f(self, b):
            from e import c
            b; c; d; k
    """
    modules = modules_of({"m.py": text})
    module = modules.by_name["m"]
    cls = module.source.body[1]
    assert isinstance(cls, ClassDef)
    function = cls.body[1]
    assert isinstance(function, FunctionDef)
    symbols = Symbols(modules)
    used = [s.value for s in function.body if isinstance(s, Evaluate)]
    found = [symbols.resolve(module, name, (cls, function)).qualified for name in used]
    assert found == ["m.C.f.b", "e.c", "a.d", "a.k"]
    assert symbols.resolve(module, "k", (cls,)).qualified == "m.C.k"


def test_trail_names_each_reexport() -> None:
    modules = modules_of({**PACKAGE, "api.py": "from app.crud import get", "m.py": "from api import get"})
    symbol, steps = Symbols(modules).trail(modules.by_name["m"], "get")
    assert symbol.qualified == "app.crud.users.get"
    assert [step.module.name for step in steps] == ["m", "api", "app.crud"]


def test_bases_reach_through_modules_and_end_in_cycles() -> None:
    files = {
        "base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...",
        "m.py": (
            "import base\nclass A(base.Base): ...\nclass B(A, Generic[T]): ...\n"
            "class X(Y): ...\nclass Y(X): ..."
        ),
    }
    modules = modules_of(files)
    symbols, module = Symbols(modules), modules.by_name["m"]
    bases = [base.qualified for base in symbols.bases(symbols.resolve(module, "B"))]
    assert bases == ["m.A", "base.Base", "sqlalchemy.orm.DeclarativeBase"]
    assert [base.qualified for base in symbols.bases(symbols.resolve(module, "X"))] == ["m.Y"]


def test_a_name_is_followed_through_many_modules_but_not_through_any_number() -> None:
    chain = {f"m{i}.py": f"from m{i + 1} import x" for i in range(1000)} | {"m1000.py": "def x(): ..."}
    symbols = Symbols(modules_of(chain))
    assert symbols.resolve(symbols.modules.by_name["m950"], "x").qualified == "m1000.x"
    assert not symbols.resolve(symbols.modules.by_name["m0"], "x").defined


def test_expressions_without_a_name_mean_nothing() -> None:
    modules = modules_of({"m.py": "f()\n(a or b).c"})
    module = modules.by_name["m"]
    for statement in module.source.body:
        assert isinstance(statement, Evaluate)
        assert Symbols(modules).resolve(module, statement.value) == NOTHING


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("__all__ = ['a', 'b']", {"a", "b"}),
        ("__all__ = ('a',) + ('b',)\n__all__ += ['c']", {"a", "b", "c"}),
        ("__all__ = ['a']\n__all__.append('b')\n__all__.extend(['c', 'd'])", {"a", "b", "c", "d"}),
        ("from n import *\nimport n\n__all__ = [*n.__all__, 'a']", {"n1", "a"}),
        ("__all__ = [x for x in y]", None),
        ("__all__ = ['a']\n__all__.remove('a')", None),
        ("import m\n__all__ = m.__all__", None),
        ("x = 1", None),
    ],
)
def test_exported_names(text: str, names: set[str] | None) -> None:
    modules = modules_of({"m.py": text, "n.py": "__all__ = ['n1']"})
    assert Symbols(modules).exported(modules.by_name["m"]) == names


def test_many_star_imports_of_each_other_end_soon() -> None:
    files = {f"m{i}.py": f"from m{i + 1} import *\nfrom m{i + 2} import *" for i in range(60)}
    assert not resolve("missing", {**files, "m60.py": "", "m61.py": ""}, "m0").defined
