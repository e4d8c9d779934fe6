"""archlint's word on schemas, sequences, triggers, rows, names and types, against PostgreSQL and Alembic."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from tests.service.migrated import History, Step, predicted, run, write

T = Step(
    'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Text))',
    'op.drop_table("t")',
)
FUNCTION = (
    'op.execute("""CREATE {}FUNCTION touch() RETURNS trigger AS $$ BEGIN NEW.a = \'x\'; RETURN NEW; END; $$'
    ' LANGUAGE plpgsql""")\n'
)
TRIGGER = 'op.execute("CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()")\n'
SEQUENCE = (
    'op.execute("CREATE SEQUENCE s")\n'
    'op.add_column("t", sa.Column("n", sa.Integer, server_default=sa.text("nextval(\'s\')")))'
)
IN_SCHEMA = (
    'op.execute(sa.schema.CreateSchema("aux"))\n'
    'op.create_table("z", sa.Column("id", sa.Integer), schema="aux")'
)
REQUIRED = 'op.add_column("t", sa.Column("b", sa.Integer, nullable=False))'
ROW = 'op.execute("INSERT INTO t (id) VALUES (1)")'
LONG = "ix_a_name_that_is_far_too_long_for_postgresql_because_it_has_more_than_63"

EACH = (
    'op.execute("""DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT tablename FROM pg_tables'
    " WHERE tablename IN ('t') LOOP EXECUTE format('{}', {}); END LOOP; END $$\"\"\")\n"
)
ARRAY = (
    """op.execute("CREATE TYPE k AS ENUM ('a')")\n"""
    'op.add_column("t", sa.Column("k", postgresql.ARRAY(postgresql.ENUM(name="k", create_type=False))))\n'
)
REPLACED = (
    'op.execute("ALTER TYPE k RENAME TO k_old")\n'
    """op.execute("CREATE TYPE k AS ENUM ('a', 'b')")\n"""
)


def _with_labels(between: str, name: str = "k") -> tuple[str, str]:
    """A label that the second upgrade adds to a type which the downgrade left, and uses."""
    made = "IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'k') THEN CREATE TYPE k AS ENUM ('a')"
    column = f'sa.Column("k", postgresql.ENUM(name="{name}", create_type=False))'
    return (
        f'op.execute("DO $$ BEGIN {made}; END IF; END $$")\n'
        """op.execute("ALTER TYPE k ADD VALUE 'b'")\n"""
        f'{between}\nop.add_column("t", {column})\n'
        f"""op.execute("UPDATE t SET k = 'b'::{name}")""",
        f'op.drop_column("t", "k")\nop.execute("DROP TYPE {name}")\n'
        """op.execute("CREATE TYPE k AS ENUM ('a')")""",
    )


def _elsewhere(name: str) -> tuple[str, str]:
    """What happens on another server alone."""
    return f'if {name} == "mysql":\n    op.drop_table("t")\nelse:\n    {REQUIRED}', 'op.drop_column("t", "b")'


OBJECTS = {
    # what is taken, there and back and there again
    "rows are hidden": (
        'op.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")\n'
        'op.execute("CREATE POLICY mine ON t USING (true);'
        ' ALTER TABLE ONLY t /* x; */ NO FORCE ROW LEVEL SECURITY;")',
        'op.execute("DROP POLICY mine ON t")\nop.execute("ALTER TABLE t DISABLE ROW LEVEL SECURITY")',
    ),
    "a trigger is turned off": (
        FUNCTION.format("") + TRIGGER + 'op.execute("ALTER TABLE t DISABLE TRIGGER tr")',
        'op.execute("ALTER TABLE t ENABLE ALWAYS TRIGGER tr")\nop.execute("DROP FUNCTION touch() CASCADE")',
    ),
    "storage and identity": (
        'op.execute("ALTER TABLE t ALTER COLUMN a SET STORAGE external, ALTER a SET STATISTICS 5")\n'
        'op.execute("ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = false)")\n'
        'op.execute("ALTER TABLE IF EXISTS t REPLICA IDENTITY FULL")',
        'op.execute("ALTER TABLE t RESET (fillfactor)")',
    ),
    "the table that is clustered is gone": (
        'op.execute("ALTER TABLE t CLUSTER ON t_pkey")',
        'op.drop_table("t")\nop.execute("ALTER TABLE t SET WITHOUT CLUSTER")',
    ),
    "a table that may be gone": (
        "pass",
        'op.execute("ALTER TABLE IF EXISTS gone DISABLE ROW LEVEL SECURITY")',
    ),
    "rules, casts and rights": (
        'op.execute("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING")\n'
        'op.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC")\n'
        'op.execute("CREATE STATISTICS st ON id, a FROM t")',
        'op.execute("DROP STATISTICS st")\nop.execute("DROP RULE r ON t")',
    ),
    "a temporary table": (
        'op.execute("CREATE TEMP TABLE kept ON COMMIT DROP AS'
        ' WITH x AS (SELECT id, a FROM t) SELECT * FROM x")\n'
        'op.execute("UPDATE t SET a = kept.a FROM kept WHERE kept.id = t.id")\nop.execute("DROP TABLE kept")',
        "pass",
    ),
    "what can be read beside what cannot": (
        'op.execute("ALTER TABLE t ADD COLUMN b text; ALTER TABLE t ENABLE ROW LEVEL SECURITY")',
        'op.execute("ALTER TABLE t DISABLE ROW LEVEL SECURITY; ALTER TABLE t DROP COLUMN b")',
    ),
    "a function is replaced": (FUNCTION.format("OR REPLACE "), ""),
    "a function goes with its triggers": (
        FUNCTION.format("") + TRIGGER,
        'op.execute("DROP FUNCTION touch() CASCADE")',
    ),
    "a trigger goes before its function": (
        FUNCTION.format("") + TRIGGER,
        'op.execute("DROP TRIGGER tr ON t")\nop.execute("DROP FUNCTION touch")',
    ),
    "a label that is added is a default": (
        """op.execute("CREATE TYPE k AS ENUM ('a')")\nop.execute("ALTER TYPE k ADD VALUE 'c'")\n"""
        "op.execute(\"ALTER TABLE t ADD COLUMN k k DEFAULT 'c'\")",
        'op.drop_column("t", "k")\nop.execute("DROP TYPE k")',
    ),
    "a label that is renamed is a default": (
        """op.execute("CREATE TYPE j AS ENUM ('a')")\n"""
        """op.execute("ALTER TYPE j RENAME VALUE 'a' TO 'it''s'")\n"""
        """op.execute("ALTER TYPE j RENAME TO k")\n"""
        'k = postgresql.ENUM(name="k", create_type=False)\n'
        'op.add_column("t", sa.Column("k", k, server_default="it\'s"))',
        'op.drop_column("t", "k")\nop.execute("DROP TYPE k")',
    ),
    "a default that the enumeration does not have": (
        'op.create_table("z", sa.Column("k", sa.Enum("OPEN", "DONE", name="k"), server_default="open"))',
        'op.drop_table("z")',
    ),
    "a new column's default that the enumeration does not have": (
        'sa.Enum("a", "b", name="k").create(op.get_bind())\n'
        'op.add_column("t", sa.Column("k", sa.Enum("a", "b", name="k"), server_default="c"))',
        'op.drop_column("t", "k")\nop.execute("DROP TYPE k")',
    ),
    "functions of one name": (
        'op.execute("CREATE FUNCTION f(integer) RETURNS integer AS $$ SELECT 1 $$ LANGUAGE sql")\n'
        'op.execute("CREATE FUNCTION f(text) RETURNS integer AS $$ SELECT 1 $$ LANGUAGE sql")',
        'op.execute("DROP FUNCTION f(text)")\nop.execute("DROP FUNCTION f(integer)")',
    ),
    "a schema by halves": (
        'op.execute("CREATE SCHEMA x1; CREATE SCHEMA x2;")',
        'op.execute("DROP SCHEMA x1; DROP SCHEMA x2")',
    ),
    "a schema with its tables": (IN_SCHEMA, 'op.execute(sa.schema.DropSchema("aux", cascade=True))'),
    "a schema after its tables": (
        IN_SCHEMA,
        'op.drop_table("z", schema="aux")\nop.execute(sa.schema.DropSchema("aux"))',
    ),
    "a sequence unless it is there": ('op.execute("CREATE SEQUENCE IF NOT EXISTS s")', ""),
    "a sequence with the default": (
        SEQUENCE,
        'op.execute("DROP SEQUENCE s CASCADE")\nop.drop_column("t", "n")',
    ),
    "no row is left": (f'{ROW}\nop.execute("DELETE FROM t")\n{REQUIRED}', 'op.drop_column("t", "b")'),
    "no row is chosen": (
        f'op.execute("INSERT INTO t (id) SELECT 1 WHERE false")\n{REQUIRED}',
        'op.drop_column("t", "b")',
    ),
    "rows get a default": (
        f'{ROW}\nop.add_column("t", sa.Column("b", sa.Integer, nullable=False, server_default="0"))',
        'op.drop_column("t", "b")',
    ),
    "rows get numbers": (
        f'{ROW}\nop.add_column("t", sa.Column("b", sa.Integer, sa.Identity(), nullable=False))',
        'op.drop_column("t", "b")',
    ),
    "rows get numbers by SQL": (
        f'{ROW}\nop.execute("ALTER TABLE t ADD COLUMN b serial")',
        'op.drop_column("t", "b")',
    ),
    "SQL is in a DDL": (
        'op.execute(sa.DDL("ALTER TABLE t ADD COLUMN b text"))',
        'op.get_bind().execute(sa.DDL("ALTER TABLE t DROP COLUMN b"))',
    ),
    "a long name that Alembic made": (
        f'op.create_index(op.f("{LONG}"), "t", ["a"])',
        f'op.drop_index(op.f("{LONG}"), "t")',
    ),
    "a long name in SQL": (
        f'op.execute("CREATE INDEX {LONG} ON t (a)")',
        f'op.execute("DROP INDEX {LONG}")',
    ),
    "a long name of a table": (
        f'op.create_table("{LONG}", sa.Column("id", sa.Integer, primary_key=True))',
        f'op.drop_table("{LONG}")',
    ),
    "a block makes a trigger for each table": (
        FUNCTION.format("")
        + EACH.format(
            "CREATE TRIGGER tr_%I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION touch()",
            "r.tablename, r.tablename",
        ),
        EACH.format("DROP TRIGGER tr_%I ON %I", "r.tablename, r.tablename")
        + 'op.execute("DROP FUNCTION touch()")',
    ),
    "a block looks before it changes rows": (
        'op.execute("""DO $$ BEGIN -- drop what is old\nIF EXISTS (SELECT 1 FROM t) THEN'
        ' UPDATE t SET a = NULL; END IF; END $$""")',
        "",
    ),
    "a block replaces a function": (
        'op.execute("""DO $do$ BEGIN CREATE OR REPLACE FUNCTION touch() RETURNS trigger AS $$ BEGIN'
        ' RETURN NEW; END; $$ LANGUAGE plpgsql; END $do$""")',
        "",
    ),
    "an array's enumeration is replaced": (
        ARRAY + REPLACED + 'op.execute("ALTER TABLE t ALTER COLUMN k TYPE k[] USING k::text[]::k[]")\n'
        'op.execute("DROP TYPE k_old")',
        'op.drop_column("t", "k")\nop.execute("DROP TYPE k")',
    ),
    "the engine's name": _elsewhere("op.get_bind().engine.name"),
    "the engine's dialect": _elsewhere("op.get_context().bind.engine.dialect.name"),
    "the dialect of the implementation": _elsewhere("op.get_context().impl.dialect.name"),
    "the dialect of an inspector": _elsewhere("sa.inspect(op.get_bind()).dialect.name"),
    "the URL's backend": _elsewhere("op.get_bind().engine.url.get_backend_name()"),
    "a table's name in op.f": (
        'op.create_table(op.f("u"), sa.Column("id", sa.Integer, primary_key=True))\n'
        'op.add_column(op.f("t"), sa.Column("u", sa.Integer))\n'
        'op.create_foreign_key("t_u", op.f("t"), op.f("u"), ["u"], ["id"])',
        'op.drop_constraint("t_u", op.f("t"))\nop.drop_column(op.f("t"), "u")\nop.drop_table(op.f("u"))',
    ),
    "a label of an older type that another replaced": _with_labels(
        """op.execute("CREATE TYPE k2 AS ENUM ('a', 'b')")\nop.execute("DROP TYPE k")\n"""
        'op.execute("ALTER TYPE k2 RENAME TO k")'
    ),
    "a label of an older type whose name is another's": _with_labels(
        'op.execute("ALTER TYPE k RENAME TO k_old")\n'
        """op.execute("CREATE TYPE k AS ENUM ('a', 'b')")\nop.execute("DROP TYPE k_old")"""
    ),
    # what is refused
    "a label of an older type": _with_labels(""),
    "a label of an older type that has another name": _with_labels(
        'op.execute("ALTER TYPE k RENAME TO k3")', "k3"
    ),
    "an array needs the enumeration's old name": (
        ARRAY + REPLACED + 'op.execute("DROP TYPE k_old")',
        'op.drop_column("t", "k")',
    ),
    "a foreign key of a table's name in op.f": (
        'op.create_foreign_key("t_u", op.f("t"), op.f("u"), ["a"], ["id"])',
        "",
    ),
    "a function stays": (FUNCTION.format(""), ""),
    "a trigger stays": (FUNCTION.format("OR REPLACE ") + TRIGGER, ""),
    "a trigger needs the function": (FUNCTION.format("") + TRIGGER, 'op.execute("DROP FUNCTION touch()")'),
    "a default needs the function": (
        "op.execute(\"CREATE FUNCTION g() RETURNS text AS $$ SELECT 'x' $$ LANGUAGE sql\")\n"
        'op.add_column("t", sa.Column("n", sa.Text, server_default=sa.text("g()")))',
        'op.execute("DROP FUNCTION g()")\nop.drop_column("t", "n")',
    ),
    "a default needs the sequence": (SEQUENCE, 'op.execute("DROP SEQUENCE s")\nop.drop_column("t", "n")'),
    "a schema stays": ('op.execute("CREATE SCHEMA aux")', ""),
    "a schema has tables": (IN_SCHEMA, 'op.execute("DROP SCHEMA aux")'),
    "a row has no value": (f"{ROW}\n{REQUIRED}", 'op.drop_column("t", "b")'),
    "a row of bulk_insert has no value": (
        f'op.bulk_insert(sa.table("t", sa.column("id")), [{{"id": 1}}])\n{REQUIRED}',
        'op.drop_column("t", "b")',
    ),
    "a long name that somebody wrote": (f'op.create_index("{LONG}", "t", ["a"])', ""),
    "a long name of a constraint": (f'op.create_unique_constraint("{LONG}", "t", ["a"])', ""),
    "an array makes its enumeration": (
        'op.create_table("u", sa.Column("k", postgresql.ARRAY(sa.Enum("a", "b", name="k"))))',
        'op.drop_table("u")',
    ),
}


@pytest.mark.parametrize("step", [pytest.param(Step(*step), id=name) for name, step in OBJECTS.items()])
def test_what_postgresql_takes_of_objects(step: Step, tmp_path: Path, connection: Connection) -> None:
    files = write(History([T, step]), tmp_path)
    truth, found = run(tmp_path, connection), predicted(tmp_path, files)
    assert not found.unknown or truth.upgrade is not None
    places = ("upgrade", "downgrade", "second_upgrade")
    assert [getattr(found.verdict, name) for name in places] == [getattr(truth, name) for name in places]


TYPES = {
    "variants": ("sa.BigInteger()", 'sa.BigInteger().with_variant(sa.Integer, "sqlite")'),
    "a variant of PostgreSQL": (
        "postgresql.JSONB()",
        'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
    ),
    "a variant of both": (
        "sa.CHAR(9)",
        'sa.String(9).with_variant(sa.Text(), "mysql").with_variant(sa.CHAR(9), "postgresql")',
    ),
    "an enumeration's variant": (
        'sa.Enum("a", name="k")',
        'sa.Enum("a", name="k").with_variant(sa.String(3), "sqlite")',
    ),
    "a variant that differs": ("sa.Integer()", 'sa.Integer().with_variant(sa.BigInteger(), "postgresql")'),
    "an interval": ("postgresql.INTERVAL()", "sa.Interval()"),
    "an interval of days": ('postgresql.INTERVAL(fields="DAY")', "postgresql.INTERVAL()"),
    "an interval of another precision": (
        "postgresql.INTERVAL(precision=3)",
        "sa.Interval(second_precision=6)",
    ),
    "bits": ("postgresql.BIT(4)", "postgresql.BIT(4)"),
    "more bits": ("postgresql.BIT(3)", "postgresql.BIT(4)"),
    "any bits": ("postgresql.BIT(varying=True)", "postgresql.BIT(5, varying=True)"),
    "a UUID as text": ("sa.Uuid(native_uuid=False)", "sa.Uuid()"),
    "a UUID as text on both sides": ("sa.Uuid(native_uuid=False)", "sa.CHAR(32)"),
    "ranges": ("postgresql.DATERANGE()", "postgresql.DATEMULTIRANGE()"),
}
MODEL = """
class T(Base):
    __tablename__ = "t"
    id = sa.Column(sa.Integer, primary_key=True)
    c = sa.Column({})
"""


@pytest.mark.parametrize("types", [pytest.param(types, id=name) for name, types in TYPES.items()])
def test_types_are_compared_as_alembic_does(
    types: tuple[str, str], tmp_path: Path, connection: Connection
) -> None:
    made = f'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("c", {types[0]}))'
    files = write(History([Step(made, 'op.drop_table("t")')], MODEL.format(types[1])), tmp_path)
    truth, found = run(tmp_path, connection), predicted(tmp_path, files)
    assert (found.verdict.drift, found.unknown) == (truth.drift, ())


def test_the_default_schema_by_its_name_is_another_one(tmp_path: Path, connection: Connection) -> None:
    models = """
        class P(Base):
            __tablename__ = "p"
            __table_args__ = {"schema": "public"}
            id = sa.Column(sa.Integer, primary_key=True)

        class T(Base):
            __tablename__ = "t"
            id = sa.Column(sa.Integer, primary_key=True)
            p = sa.Column(sa.ForeignKey("public.p.id"))
    """
    made = (
        'op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))\n'
        'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True),'
        ' sa.Column("p", sa.Integer, sa.ForeignKey("p.id")))'
    )
    files = write(History([Step(made, 'op.drop_table("t")\nop.drop_table("p")')], models), tmp_path)
    truth, found = run(tmp_path, connection), predicted(tmp_path, files)
    assert truth.drift
    assert found.verdict.drift == truth.drift


BASES = {
    "a library's mixin before the base": "class Model(AbstractConcreteBase, Old):\n    __abstract__ = True\n",
    "a mixin of the service before the base": (
        "class Mixin:\n    pass\n\nclass Model(Mixin, Old):\n    __abstract__ = True\n"
    ),
    "a base behind another": (
        "class First(Old):\n    __abstract__ = True\n\nclass Model(First):\n    __abstract__ = True\n"
    ),
    "subclasses that import their own module": (
        "class Model(Old):\n    __abstract__ = True\n\n"
        "    def __init_subclass__(cls, **kwargs):\n"
        "        super().__init_subclass__(**kwargs)\n        __import__(cls.__module__)\n"
    ),
}
TABLES = """
from sqlalchemy.ext.declarative import AbstractConcreteBase

Old = orm.declarative_base(metadata=Base.metadata)

{base}
class Child(Model):
    __tablename__ = "child"
    id = sa.Column(sa.Integer, primary_key=True)

links = sa.Table("links", Model.metadata, sa.Column("t", sa.Integer), sa.Column("u", sa.Integer))
"""


@pytest.mark.parametrize("base", [pytest.param(base, id=name) for name, base in BASES.items()])
def test_the_metadata_of_a_base_behind_others(base: str, tmp_path: Path, connection: Connection) -> None:
    made = (
        'op.create_table("links", sa.Column("t", sa.Integer), sa.Column("gone", sa.Integer))\n'
        'op.create_table("child", sa.Column("id", sa.Integer, primary_key=True))\n'
        'op.create_table("other", sa.Column("id", sa.Integer))'
    )
    undone = "\n".join(f'op.drop_table("{name}")' for name in ("other", "child", "links"))
    files = write(History([Step(made, undone)], TABLES.format(base=base)), tmp_path)
    truth, found = run(tmp_path, connection), predicted(tmp_path, files)
    assert (found.verdict.drift, found.unknown) == (truth.drift, ())
