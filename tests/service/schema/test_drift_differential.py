"""archlint's word on how models and migrations differ, against `alembic check`."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest
from sqlalchemy import Connection

from tests.service.migrated import ENV, History, Step, predicted, run, write

TABLE = (
    'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer),'
    ' sa.Column("s", sa.String(20)){more})\n'
)
MODEL = """\
class T(Base):
    __tablename__ = "t"
    __table_args__ = ({arguments})
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    n: orm.Mapped[int | None] = orm.mapped_column({n})
    s: orm.Mapped[str | None] = orm.mapped_column(sa.String(20), {s})
"""


def model(arguments: str = "", n: str = "", s: str = "") -> str:
    return MODEL.format(arguments=arguments, n=n, s=s)


def up(lines: str = "", more: str = "") -> Step:
    return Step(TABLE.format(more=more) + lines, 'op.drop_table("t")')


INDEXES = {
    "as in the model": ('sa.Index("i", "n", "s"),', 'op.create_index("i", "t", ["n", "s"])'),
    "descending in the model": ('sa.Index("i", sa.desc("n")),', 'op.create_index("i", "t", ["n"])'),
    "descending in both": (
        'sa.Index("i", sa.text("n DESC")),',
        'op.create_index("i", "t", [sa.desc("n")])',
    ),
    "a call in both": ('sa.Index("i", sa.text("lower(s)")),', 'op.execute("CREATE INDEX i ON t (lower(s))")'),
    "a call in the model": ('sa.Index("i", sa.text("lower(s)")),', 'op.create_index("i", "t", ["s"])'),
    "a call in SQL": ('sa.Index("i", "s"),', 'op.execute("CREATE INDEX i ON t (lower(s))")'),
    "a column in parentheses": ('sa.Index("i", sa.text("(s)")),', 'op.create_index("i", "t", ["s"])'),
    "an operator class in a text": (
        'sa.Index("i", sa.text("lower(s) text_pattern_ops")),',
        'op.create_index("i", "t", ["s"])',
    ),
    "descending in SQL": ('sa.Index("i", sa.desc("n")),', 'op.execute("CREATE INDEX i ON t (n DESC)")'),
    "ascending is the default": ('sa.Index("i", sa.asc("n")),', 'op.create_index("i", "t", ["n"])'),
    "NULLS LAST is the default": (
        'sa.Index("i", sa.nulls_last(sa.asc("n"))),',
        'op.create_index("i", "t", ["n"])',
    ),
    "NULLS FIRST in the model": ('sa.Index("i", sa.nulls_first("n")),', 'op.create_index("i", "t", ["n"])'),
    "NULLS FIRST is the default of DESC": (
        'sa.Index("i", sa.text("n DESC")),',
        'op.create_index("i", "t", [sa.text("n DESC NULLS FIRST")])',
    ),
    "NULLS LAST of DESC": (
        'sa.Index("i", sa.desc("n").nulls_last()),',
        'op.create_index("i", "t", [sa.text("n DESC")])',
    ),
    "NULLS NOT DISTINCT in the model": (
        'sa.Index("i", "n", unique=True, postgresql_nulls_not_distinct=True),',
        'op.create_index("i", "t", ["n"], unique=True)',
    ),
    "NULLS NOT DISTINCT in both": (
        'sa.Index("i", "n", unique=True, postgresql_nulls_not_distinct=True),',
        'op.create_index("i", "t", ["n"], unique=True, postgresql_nulls_not_distinct=True)',
    ),
    "a unique constraint's NULLS": (
        'sa.UniqueConstraint("n", name="i", postgresql_nulls_not_distinct=True),',
        'op.create_unique_constraint("i", "t", ["n"])',
    ),
    "an operator class in the model's dict": (
        'sa.Index("i", "s", postgresql_ops={"s": "text_pattern_ops"}),',
        'op.create_index("i", "t", ["s"])',
    ),
    "an operator class in the model's text": (
        'sa.Index("i", sa.text("s text_pattern_ops")),',
        'op.create_index("i", "t", ["s"], postgresql_ops={"s": "text_pattern_ops"})',
    ),
    "an operator class in the migration's text": (
        'sa.Index("i", "s", postgresql_ops={"s": "text_pattern_ops"}),',
        'op.create_index("i", "t", [sa.text("s text_pattern_ops")])',
    ),
    "a condition in the model": (
        'sa.Index("i", "n", postgresql_where=sa.text("n > 0")),',
        'op.create_index("i", "t", ["n"])',
    ),
    "columns of the other order": ('sa.Index("i", "n", "s"),', 'op.create_index("i", "t", ["s", "n"])'),
    "included columns": (
        'sa.Index("i", "n", postgresql_include=["s"]),',
        'op.create_index("i", "t", ["n"])',
    ),
}


@pytest.mark.parametrize(("arguments", "made"), INDEXES.values(), ids=INDEXES)
def test_indexes(arguments: str, made: str, tmp_path: Path, connection: Connection) -> None:
    hold(History((up(made),), model(arguments)), tmp_path, connection)


COMMENTS = {
    "none": (up(), model()),
    "of a column in the model": (up(), model(n='comment="how many"')),
    "of a column in both": (
        up('op.alter_column("t", "n", comment="how many")'),
        model(n='comment="how many"'),
    ),
    "of a column in the migrations": (up('op.alter_column("t", "n", comment="how many")'), model()),
    "of a column in SQL": (
        up("op.execute(\"COMMENT ON COLUMN t.n IS 'how many'\")"),
        model(n='comment="how much"'),
    ),
    "an empty one": (up(), model(n='comment=""')),
    "of a table in the model": (up(), model('{"comment": "things"}')),
    "of a table in both": (up(more=', comment="things"'), model('{"comment": "things"}')),
    "of a table that is dropped": (
        up('op.drop_table_comment("t")', more=', comment="things"'),
        model('{"comment": "things"}'),
    ),
    "of a table by an operation": (up('op.create_table_comment("t", "things")'), model()),
}


@pytest.mark.parametrize(("step", "models"), COMMENTS.values(), ids=COMMENTS)
def test_comments(step: Step, models: str, tmp_path: Path, connection: Connection) -> None:
    hold(History((step,), models), tmp_path, connection)


OTHERS = """
op.create_table("ext_a", sa.Column("id", sa.Integer, primary_key=True))
op.create_index("ext_i", "t", ["n"])
op.add_column("t", sa.Column("ext_c", sa.Integer))
op.create_unique_constraint("ext_u", "t", ["s"])
op.execute("CREATE SCHEMA other")
op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), schema="other")
"""
DOWN = """
op.drop_table("b", schema="other")
op.execute("DROP SCHEMA other")
op.drop_table("ext_a")
op.drop_table("t")
"""
EXTRA = """

class A(Base):
    __tablename__ = "ext_b"
    __table_args__ = {"info": {"skip": True}}
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)


class C(Base):
    __tablename__ = "c"
    __table_args__ = {"schema": "other"}
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
"""
FILTERS = {
    "none": "",
    "all schemas": "include_schemas=True",
    "names of tables": (
        'include_name=lambda name, kind, parents: kind != "table" or not name.startswith("ext_")'
    ),
    "names of parts": 'include_name=lambda name, kind, parents: not (name or "").startswith("ext_")',
    "names of columns of the models": 'include_name=lambda name, kind, parents: name != "n"',
    "the default schema": (
        'include_schemas=True, include_name=lambda name, kind, parents: kind != "schema" or name is None'
    ),
    "another schema": (
        'include_schemas=True, include_name=lambda name, kind, parents: kind != "schema" or name == "other"'
    ),
    "qualified names": (
        "include_schemas=True, include_name=lambda name, kind, parents:"
        ' kind != "table" or parents["schema_qualified_table_name"] in {"t", "other.c"}'
    ),
    "what a part is in": (
        "include_name=lambda name, kind, parents:"
        ' kind in {"schema", "table"} or (parents["table_name"] == "t" and parents["schema_name"] is None'
        ' and kind != "index")'
    ),
    "reflected things": (
        "include_object=lambda thing, name, kind, reflected, other: not (reflected and other is None)"
    ),
    "what the models have": (
        "include_object=lambda thing, name, kind, reflected, other:"
        ' kind != "table" or name in Base.metadata.tables'
    ),
    "qualified names that the models have": (
        "include_schemas=True, include_name=lambda name, kind, parents:"
        ' kind != "table" or parents["schema_qualified_table_name"] in Base.metadata.tables.keys()'
    ),
    "names by patterns": (
        "include_object=lambda thing, name, kind, reflected, other:"
        ' not __import__("re").match(r"ext_\\w+", name or "")'
    ),
    "defaults": "compare_server_default=True",
    "new things": "include_object=lambda thing, name, kind, reflected, other: reflected or other is not None",
    "noted things": 'include_object=lambda thing, name, kind, reflected, other: not thing.info.get("skip")',
    "things of a table": (
        "include_object=lambda thing, name, kind, reflected, other:"
        ' kind == "table" or thing.table.name != "t"'
    ),
    "schemas of things": (
        "include_schemas=True, include_object=lambda thing, name, kind, reflected, other:"
        ' kind != "table" or thing.schema is None'
    ),
}


@pytest.mark.parametrize("options", FILTERS.values(), ids=FILTERS)
def test_filters(options: str, tmp_path: Path, connection: Connection) -> None:
    env = ENV.replace("target_metadata=Base.metadata)", f"target_metadata=Base.metadata, {options})")
    assert env != ENV
    history = History((Step(TABLE.format(more="") + OTHERS, DOWN),), model() + EXTRA)
    files = history.files("service_filtered")
    files["migrations/env.py"] = env.replace("{package}", "service_filtered")
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    truth, found = run(tmp_path, connection), predicted(tmp_path, files)
    assert truth.upgrade is None, truth.answers
    assert found.verdict.drift == truth.drift, indent(env, "  ")
    assert found.unknown == ()


def hold(history: History, folder: Path, connection: Connection) -> None:
    files = write(history, folder)
    truth, found = run(folder, connection), predicted(folder, files)
    assert truth.upgrade is None, truth.answers
    assert found.verdict.drift == truth.drift
    assert found.unknown == ()
