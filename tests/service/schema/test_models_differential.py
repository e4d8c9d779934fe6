"""Models as archlint reads them, against the metadata that SQLAlchemy itself makes of the same source."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.util.sqla_compat import _get_constraint_final_name
from sqlalchemy import ForeignKeyConstraint, MetaData, UniqueConstraint
from sqlalchemy import Table as RealTable
from sqlalchemy.dialects import postgresql

from archlint.config import Config
from archlint.loading import load
from archlint.service.schema.core.tables import Table
from tests.service.model_sources import HEAD, SOURCES
from tests.service.small import build_service

Described = dict[str, object]


@pytest.mark.filterwarnings("ignore:This declarative base already contains")
@pytest.mark.parametrize("name", sorted(SOURCES))
def test_models_are_read_as_sqlalchemy_makes_them(name: str, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(SOURCES[name], "utf-8")
    real = {table.fullname: _real(table) for table in _metadata(tmp_path / "models.py", name).tables.values()}
    repository = load([tmp_path]).repository
    models = build_service(repository, ".", Config()).schemas.declared
    assert {m.table.title: m.table.unknown for m in models if m.table.unknown} == {}
    assert {model.table.title: _read(model.table) for model in models} == real


@pytest.mark.parametrize(
    ("method", "unknown"), [("describe", False), ("__call__", False), ("__new__", True), ("__init__", True)]
)
def test_a_metaclass_that_takes_part_in_making_a_model_leaves_its_table_unknown(
    tmp_path: Path, method: str, unknown: bool
) -> None:
    """It may add relations and columns, as of annotations that SQLAlchemy alone would refuse."""
    base = (
        "\n\nclass Shaping(type(DeclarativeBase)):\n"
        f"    def {method}(cls, *args, **words):\n        ...\n\n\n"
        "class Derived(Shaping):\n    pass\n\n\n"
        "class Base(DeclarativeBase, metaclass=Derived):\n    pass\n\n\n"
    )
    model = (
        'class Item(Base):\n    __tablename__ = "items"\n    id = mapped_column(Integer, primary_key=True)\n'
    )
    (tmp_path / "models.py").write_text(HEAD + base + model, "utf-8")
    (found,) = build_service(load([tmp_path]).repository, ".", Config()).schemas.declared
    assert bool(found.table.unknown) == unknown


def _metadata(path: Path, name: str) -> MetaData:
    """What the module's base or its own metadata holds."""
    unique = f"models_{sorted(SOURCES).index(name)}"
    spec = importlib.util.spec_from_file_location(unique, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[unique] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[unique]
    found = getattr(module, "metadata", None) or module.Base.metadata
    assert isinstance(found, MetaData)
    return found


def _real(table: RealTable) -> Described:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    keys = [c for c in table.constraints if isinstance(c, ForeignKeyConstraint)]
    return {
        "columns": {c.name: (c.type.compile(dialect), bool(c.nullable)) for c in table.columns},
        "primary": tuple(column.name for column in table.primary_key.columns),
        "indexes": {
            (str(_get_constraint_final_name(i, dialect)), bool(i.unique), len(i.expressions))
            for i in table.indexes
        },
        "uniques": {
            (_get_constraint_final_name(c, dialect), tuple(column.name for column in c.columns))
            for c in table.constraints
            if isinstance(c, UniqueConstraint)
        },
        "foreign_keys": {
            (
                tuple(key.column_keys),
                tuple(e.target_fullname for e in key.elements),
                key.ondelete,
                key.onupdate,
            )
            for key in keys
        },
    }


def _read(table: Table) -> Described:
    return {
        "columns": {c.name: (c.type and c.type.text, c.nullable) for c in table.columns.values()},
        "primary": table.primary,
        "indexes": {(index.name, index.unique, len(index.columns)) for index in table.indexes},
        "uniques": {(unique.name, unique.columns) for unique in table.uniques},
        "foreign_keys": {
            (key.columns, tuple(_targets(key.target, key.target_columns)), key.ondelete, key.onupdate)
            for key in table.foreign_keys
        },
    }


def _targets(target: tuple[str | None, str], columns: tuple[str, ...]) -> Iterator[str]:
    schema = f"{target[0]}." if target[0] else ""
    return (f"{schema}{target[1]}.{column}" for column in columns)
