from __future__ import annotations

import pytest

from archlint.service.semantics.classes import Classes
from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of

BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n"


def kinds(text: str, name: str) -> set[str]:
    modules = modules_of({"m.py": text})
    symbols = Symbols(modules)
    classes, symbol = Classes(symbols), symbols.resolve(modules.by_name["m"], name)
    answers = {
        "mapped": classes.is_mapped(symbol),
        "stored": classes.is_stored(symbol),
        "schema": classes.is_schema(symbol),
        "settings": classes.is_settings(symbol),
        "base": classes.is_declarative_base(symbol),
    }
    return {kind for kind, holds in answers.items() if holds}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("class X: ...", "X"),
        ("class X(Y): ...\nclass Y(X): ...", "X"),
        (BASE + "class X(Base):\n    __abstract__ = True", "X"),
        (BASE + "class X:\n    __tablename__ = 'x'", "X"),
        ("from sqlalchemy.orm import MappedAsDataclass\nclass X(MappedAsDataclass): ...", "X"),
        ("from app.unknown import Base\nclass X(Base): ...", "X"),
        ("x = declarative_base()", "x"),
        ("from enum import Enum\nclass X(str, Enum): ...", "X"),
        ("def X(): ...", "X"),
        ("", "missing"),
    ],
)
def test_what_is_nothing_of_these(text: str, name: str) -> None:
    assert kinds(text, name) == set()


@pytest.mark.parametrize(
    "text",
    [
        BASE + "class X(Base):\n    __tablename__ = 'x'",
        BASE + "class A(Base):\n    __abstract__ = True\nclass Mixin: ...\nclass X(Mixin, A): ...",
        "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\nclass X(Base): ...",
        "from sqlalchemy.ext.declarative import declarative_base\n"
        "Base: Any = declarative_base(cls=C)\nclass X(Base): ...",
        "import sqlalchemy.orm as orm\nclass B(orm.declarative_base()): ...\nclass X(B): ...",
        "from sqlalchemy.orm import registry\nr = registry()\nBase = r.generate_base()\nclass X(Base): ...",
        "from sqlalchemy.orm import registry\nBase = registry().generate_base()\nclass X(Base): ...",
        "from sqlalchemy.orm import registry\nr = registry()\n@r.mapped\nclass X: ...",
        "from sqlalchemy.orm import registry\nr = registry()\n@r.mapped_as_dataclass()\nclass X: ...",
        "from sqlalchemy.orm import as_declarative\n@as_declarative()\nclass Base: ...\nclass X(Base): ...",
        "from sqlalchemy.orm import DeclarativeMeta\n"
        "class Base(metaclass=DeclarativeMeta): ...\nclass X(Base): ...",
        "from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass\n"
        "class Base(MappedAsDataclass, DeclarativeBase, kw_only=True): ...\nclass X(Base): ...",
        "from sqlmodel import SQLModel\nclass X(SQLModel, table=True): ...",
        "from advanced_alchemy.base import UUIDAuditBase\nclass X(UUIDAuditBase): ...",
        "from library import db\nclass X(db.Model):\n    __tablename__ = 'x'",
    ],
)
def test_mapped_classes(text: str) -> None:
    assert kinds(text, "X") == {"mapped", "stored"}


def test_other_stored_things() -> None:
    assert kinds("from beanie import Document\nclass X(Document): ...", "X") == {"stored"}
    assert kinds("from sqlalchemy import Table\nX = Table('x', m)", "X") == {"stored"}


@pytest.mark.parametrize(
    "text",
    [
        "import pydantic\nclass X(pydantic.BaseModel): ...",
        "from pydantic.main import BaseModel\nclass A(BaseModel, Generic[T]): ...\nclass X(A[int]): ...",
        "from pydantic.v1 import BaseModel\nclass X(BaseModel): ...",
        "from pydantic.dataclasses import dataclass\n@dataclass(frozen=True)\nclass X: ...",
        "from sqlmodel import SQLModel\nclass X(SQLModel): ...",
        "from sqlmodel import SQLModel\nclass X(SQLModel, table=False): ...",
    ],
)
def test_schemas(text: str) -> None:
    assert kinds(text, "X") == {"schema"}


@pytest.mark.parametrize(
    "library", ["pydantic", "pydantic.v1", "pydantic_settings", "pydantic_settings.main"]
)
def test_settings(library: str) -> None:
    assert kinds(f"from {library} import BaseSettings\nclass A(BaseSettings): ...\nclass X(A): ...", "X") == {
        "settings"
    }


def test_a_table_derived_from_a_table_is_only_a_table_when_it_says_so() -> None:
    text = "from sqlmodel import SQLModel\nclass A(SQLModel, table=True): ...\nclass X(A): ..."
    assert kinds(text, "X") == {"schema"}
