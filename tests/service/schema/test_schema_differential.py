"""archlint's word on each operation against Alembic's and PostgreSQL's."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from tests.service.migrated import History, Step, predicted, run, write

T = (
    'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer),'
    ' sa.Column("s", sa.String(20)))'
)
DROP_T = 'op.drop_table("t")'
P = 'op.create_table("p", sa.Column("t_id", sa.Integer, sa.ForeignKey("t.id", name="p_fk")))'
DROP_P = 'op.drop_table("p")'
MOOD = 'sa.Enum("a", "b", name="mood")'
WITH_MOOD = f'op.create_table("m", sa.Column("mood", {MOOD}))'
ADD_LABEL = "op.execute(\"ALTER TYPE mood ADD VALUE 'c'\")"
USE_LABEL = 'op.alter_column("m", "mood", server_default="c")'
LISTED_MOOD = 'postgresql.ARRAY(postgresql.ENUM(name="mood", create_type=False))'
DROP_MOOD = f"{MOOD}.drop(op.get_bind())"
DROP_MOOD_AT_ONCE = f"{MOOD}.drop(op.get_bind(), checkfirst=False)"


def after_t(up: str, down: str) -> tuple[Step, ...]:
    return Step(T, DROP_T), Step(up, down)


# What PostgreSQL takes, there and back and there again

TAKEN = {
    "nothing": (Step("", ""),),
    "a table": (Step(T, DROP_T),),
    "a table if it is there": (
        Step(T, 'op.drop_table("t", if_exists=True)\nop.drop_table("x", if_exists=True)'),
    ),
    "rows, by SQL that the source tells in part": after_t(
        'import os\nhome = os.environ["HOME"]\nsql = f"UPDATE t SET s = {len(home)} WHERE n > 0"\n'
        "op.execute(sql)\nop.execute(sa.text(\"DELETE FROM t WHERE s = '%s'\" % home))\n"
        "op.execute(\"INSERT INTO t (s) VALUES ('{}')\".format(home))",
        "",
    ),
    "a column": after_t('op.add_column("t", sa.Column("c", sa.Text()))', 'op.drop_column("t", "c")'),
    "a column with a key": after_t(
        'op.add_column("t", sa.Column("c", sa.Text(), unique=True))',
        'op.drop_constraint("t_c_key", "t")\nop.drop_column("t", "c")',
    ),
    "a column with an index": after_t(
        'op.add_column("t", sa.Column("c", sa.Text(), index=True))',
        'op.drop_index("ix_t_c")\nop.drop_column("t", "c")',
    ),
    "an index goes with its column": after_t(
        'op.add_column("t", sa.Column("c", sa.Text()))\nop.create_index("i", "t", ["c", "n"])',
        'op.drop_column("t", "c")',
    ),
    "NOT NULL": after_t(
        'op.alter_column("t", "n", nullable=False)', 'op.alter_column("t", "n", nullable=True)'
    ),
    "a wider type": after_t(
        'op.alter_column("t", "s", type_=sa.Text())', 'op.alter_column("t", "s", type_=sa.String(20))'
    ),
    "a cast with USING": after_t(
        'op.alter_column("t", "n", type_=sa.Text())',
        'op.alter_column("t", "n", type_=sa.Integer(), postgresql_using="n::integer")',
    ),
    "an index of a block of its own": after_t(
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("i", "t", ["n"], postgresql_concurrently=True)',
        'with op.get_context().autocommit_block():\n    op.execute("DROP INDEX CONCURRENTLY i")',
    ),
    "a label of a type that is as young": (
        Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}'),
        Step(
            'op.execute("ALTER TYPE mood ADD VALUE \'c\'")\nop.alter_column("m", "mood", server_default="c")',
            "",
        ),
    ),
    "a label that is committed": (
        Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}'),
        Step(
            "",
            "with op.get_context().autocommit_block():\n    op.execute(\"ALTER TYPE mood ADD VALUE 'c'\")\n"
            'op.alter_column("m", "mood", server_default="c")',
        ),
    ),
    "a type that no default keeps": after_t(
        f'{MOOD}.create(op.get_bind())\nop.alter_column("t", "s", type_={MOOD}, postgresql_using="s::mood")\n'
        'op.alter_column("t", "s", server_default="a")',
        'op.alter_column("t", "s", server_default=None)\n'
        f'op.alter_column("t", "s", type_=sa.String(20))\n{DROP_MOOD}',
    ),
    "a default": after_t(
        'op.alter_column("t", "n", server_default=sa.text("7"))',
        'op.alter_column("t", "n", server_default=None)',
    ),
    "a new name of a column": after_t(
        'op.create_index("i", "t", ["n"])\nop.alter_column("t", "n", new_column_name="m")',
        'op.alter_column("t", "m", new_column_name="n")\nop.drop_index("i")',
    ),
    "a new name of a table": after_t(
        P + '\nop.rename_table("t", "u")', f'{DROP_P}\nop.rename_table("u", "t")'
    ),
    "the old index keeps its name": after_t(
        f'op.rename_table("t", "u")\n{T}', f'{DROP_T}\nop.rename_table("u", "t")'
    ),
    "a partial index": after_t(
        'op.create_index("i", "t", ["n"], unique=True, postgresql_where=sa.text("n > 0"))',
        'op.drop_index("i")',
    ),
    "an index of an expression": after_t(
        'op.create_index("i", "t", [sa.text("lower(s)")])\nop.drop_column("t", "s")',
        'op.add_column("t", sa.Column("s", sa.String(20)))',
    ),
    "an index of another method": after_t(
        'op.add_column("t", sa.Column("j", postgresql.JSONB()))\n'
        'op.create_index("i", "t", ["j"], postgresql_using="gin")',
        'op.drop_index("i")\nop.drop_column("t", "j")',
    ),
    "a key by PostgreSQL's name": after_t(
        'op.create_unique_constraint(None, "t", ["n", "s"])',
        'op.drop_constraint("t_n_s_key", "t", type_="unique")',
    ),
    "the same key twice": (
        Step(
            'op.create_table("t", sa.Column("n", sa.Integer),'
            ' sa.UniqueConstraint("n", name="k"), sa.UniqueConstraint("n", name="k"))',
            'op.drop_constraint("k", "t")\nop.drop_table("t")',
        ),
    ),
    "a check": after_t('op.create_check_constraint("c", "t", "n > 0")', 'op.drop_constraint("c", "t")'),
    "a check goes with its column": after_t(
        'op.create_check_constraint("c", "t", "n > id")\nop.drop_column("t", "n")',
        'op.add_column("t", sa.Column("n", sa.Integer))\nop.create_check_constraint("c", "t", "n > id")\n'
        'op.drop_constraint("c", "t")',
    ),
    "a primary key": after_t('op.drop_constraint("t_pkey", "t")', 'op.create_primary_key(None, "t", ["id"])'),
    "a foreign key": after_t(P, DROP_P),
    "a foreign key by PostgreSQL's name": after_t(
        f'{P}\nop.create_foreign_key(None, "p", "t", ["t_id"], ["id"])',
        f'op.drop_constraint("p_t_id_fkey", "p", type_="foreignkey")\n{DROP_P}',
    ),
    "tables that point at each other": (
        Step(
            f'{T}\n{P}\nop.create_unique_constraint("k", "p", ["t_id"])\n'
            'op.create_foreign_key("back", "t", "p", ["n"], ["t_id"])',
            f'op.drop_constraint("back", "t")\n{DROP_P}\n{DROP_T}',
        ),
    ),
    "a table that points at itself": after_t('op.create_foreign_key("f", "t", "t", ["n"], ["id"])', ""),
    "an enumeration": (Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}'),),
    "an enumeration of two tables": (
        Step(
            f'{WITH_MOOD}\nop.create_table("k", sa.Column("mood", {MOOD}))',
            f'op.drop_table("k")\nop.drop_table("m")\n{DROP_MOOD}',
        ),
    ),
    "an enumeration that is made first": after_t(
        f'{MOOD}.create(op.get_bind())\nop.add_column("t", sa.Column("mood", {MOOD}))',
        f'op.drop_column("t", "mood")\n{DROP_MOOD}',
    ),
    "an enumeration by SQL": after_t(
        "op.execute(\"CREATE TYPE mood AS ENUM ('a')\")\nop.execute(\"ALTER TYPE mood ADD VALUE 'b'\")",
        'op.execute("DROP TYPE IF EXISTS mood")',
    ),
    "indexes of views by SQL": after_t(
        'op.execute("CREATE MATERIALIZED VIEW v AS SELECT id FROM t")\n'
        'op.execute("CREATE UNIQUE INDEX vi ON v (id)")\nop.execute("DROP INDEX vi")\n'
        'op.execute("CREATE UNIQUE INDEX vi ON v (id)")\n'
        'op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY v")',
        'op.execute("DROP MATERIALIZED VIEW v")',
    ),
    "what views do not read": after_t(
        'op.execute("CREATE VIEW v AS SELECT id, count(*) FROM t GROUP BY id")\n'
        'op.execute("CREATE VIEW w AS SELECT * FROM t")\n'
        'op.add_column("t", sa.Column("x", sa.Integer))\nop.drop_column("t", "x")\n'
        'op.execute("DROP VIEW w")\nop.drop_column("t", "n")',
        'op.execute("DROP VIEW IF EXISTS v")\nop.add_column("t", sa.Column("n", sa.Integer))',
    ),
    "a type dropped with the columns of it": (
        Step(f"{T}\n{WITH_MOOD}", f'{DROP_T}\nop.drop_table("m")'),
        Step(
            'op.execute("DROP TYPE mood CASCADE")',
            "op.execute(\"CREATE TYPE mood AS ENUM ('a', 'b')\")\n"
            'op.add_column("m", sa.Column("mood", postgresql.ENUM(name="mood", create_type=False)))\n'
            'op.execute("DROP TYPE mood CASCADE")',
        ),
    ),
    "a table by SQL": (
        Step(
            'op.execute("CREATE TABLE q (id serial PRIMARY KEY, n int UNIQUE, s text NOT NULL)")\n'
            'op.execute("CREATE INDEX q_s ON q (s)")\n'
            'op.execute("ALTER TABLE q ALTER COLUMN s DROP NOT NULL")',
            'op.execute("DROP INDEX q_s")\n'
            'op.execute("ALTER TABLE q DROP CONSTRAINT q_n_key")\n'
            'op.drop_table("q")',
        ),
    ),
    "an index, renamed by SQL": after_t(
        'op.create_index("i", "t", ["n"])\nop.execute("ALTER INDEX i RENAME TO j")', 'op.drop_index("j")'
    ),
    "the index of a key, renamed by SQL": after_t(
        P + '\nop.execute("ALTER INDEX IF EXISTS t_pkey RENAME TO t_key")',
        'op.execute("ALTER TABLE t RENAME CONSTRAINT t_key TO t_pkey")\n' + DROP_P,
    ),
    "a constraint, renamed by SQL": after_t(
        'op.create_unique_constraint("u", "t", ["n"])\n'
        'op.execute(\'ALTER TABLE "t" RENAME CONSTRAINT u TO "V"\')',
        'op.drop_constraint("V", "t")',
    ),
    "a column, renamed by SQL without COLUMN": after_t(
        'op.execute("ALTER TABLE t RENAME n TO m")', 'op.alter_column("t", "m", new_column_name="n")'
    ),
    "an index on a view": after_t(
        'op.execute("CREATE MATERIALIZED VIEW v AS SELECT id, n FROM t")\nop.create_index("i", "v", ["n"])',
        'op.execute("DROP MATERIALIZED VIEW v")',
    ),
    "a label that was there": (
        Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}'),
        Step(
            "op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'b'\")\n"
            "op.execute(\"INSERT INTO m (mood) VALUES ('b')\")",
            "",
        ),
    ),
    "a type of a name in quotes": (
        Step(
            WITH_MOOD.replace('"mood")', '"my-mood")'),
            'op.drop_table("m")\nop.execute(\'DROP TYPE "my-mood"\')',
        ),
        Step(
            'op.execute(\'ALTER TYPE "my-mood" RENAME TO "my-old"\')\n'
            "op.execute('CREATE TYPE \"my-mood\" AS ENUM (\\'a\\', \\'c\\')')\n"
            'op.execute(\'ALTER TABLE m ALTER COLUMN mood TYPE "my-mood" USING mood::text::"my-mood"\')\n'
            "op.execute('DROP TYPE \"my-old\"')",
            "",
        ),
    ),
    "an index that may be renamed": after_t('op.execute("ALTER INDEX IF EXISTS x RENAME TO y")', ""),
    "CASCADE": after_t(P, 'op.execute("DROP TABLE t CASCADE")\nop.drop_table("p")\n' + T),
    "rows only": after_t('op.execute("INSERT INTO t (n) VALUES (1)")', 'op.execute("DELETE FROM t")'),
    "a loop and a helper": after_t(
        'for name in ("a", "b"):\n    op.add_column("t", sa.Column(name, sa.Text()))',
        'for name in ("a", "b"):\n    op.drop_column("t", name)',
    ),
    "a batch": after_t(
        'with op.batch_alter_table("t") as batch:\n    batch.add_column(sa.Column("c", sa.Text()))',
        'with op.batch_alter_table("t") as batch:\n    batch.drop_column("c")',
    ),
}

# What PostgreSQL refuses

REFUSED = {
    "a table twice": (Step(f"{T}\n{T}", DROP_T),),
    "a table of a type's name": (
        Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}'),
        Step(T.replace('"t"', '"mood"'), 'op.drop_table("mood")'),
    ),
    "a table that is not there": (Step(T, 'op.drop_table("u")'),),
    "a new name for an index that is not there": after_t('op.execute("ALTER INDEX i RENAME TO j")', ""),
    "a new name for an index that is taken": after_t(
        'op.create_index("i", "t", ["n"])\nop.execute("ALTER INDEX i RENAME TO t_pkey")', ""
    ),
    "a new name for a constraint that is not there": after_t(
        "", 'op.execute("ALTER TABLE t RENAME CONSTRAINT u TO v")'
    ),
    "the old name of an index": after_t(
        'op.create_index("i", "t", ["n"])\nop.execute("ALTER INDEX i RENAME TO j")', 'op.drop_index("i")'
    ),
    "a table that another one points at": after_t(P, f"{DROP_T}\n{DROP_P}"),
    "a reserved name": (
        Step(
            T.replace('"t"', '"user"') + "\n" + P.replace("t.id", "user.id"),
            f'op.drop_table("user")\n{DROP_P}',
        ),
    ),
    "a column that is there": after_t('op.add_column("t", sa.Column("n", sa.Text()))', ""),
    "a column that is not there": after_t("", 'op.drop_column("t", "x")'),
    "a column without its name": after_t("", 'op.drop_column("t")'),
    "a column of a table that is not there": after_t("", 'op.drop_column("u", "x")'),
    "a column that a foreign key needs": after_t(P, f'op.drop_column("t", "id")\n{DROP_P}'),
    "a type that is not there": after_t(f'op.add_column("t", sa.Column("mood", {MOOD}))', ""),
    "a change of a column that is not there": after_t("", 'op.alter_column("t", "x", nullable=True)'),
    "NULL in a primary key": after_t("", 'op.alter_column("t", "id", nullable=True)'),
    "a new name that is taken": after_t("", 'op.alter_column("t", "n", new_column_name="s")'),
    "an old name that is not there": after_t("", 'op.alter_column("t", "x", new_column_name="y")'),
    "a table's new name that is taken": after_t(P, 'op.rename_table("t", "p")'),
    "text to integer": after_t(
        'op.alter_column("t", "n", type_=sa.Text())', 'op.alter_column("t", "n", type_=sa.Integer())'
    ),
    "text to an enumeration": after_t(
        f"{MOOD}.create(op.get_bind())", f'op.alter_column("t", "s", type_={MOOD})\n{DROP_MOOD}'
    ),
    "an array to what it holds": after_t(
        'op.add_column("t", sa.Column("a", postgresql.ARRAY(sa.Integer())))',
        'op.alter_column("t", "a", type_=sa.Integer())',
    ),
    "a cast that is asked for and does not exist": after_t(
        'op.add_column("t", sa.Column("j", sa.JSON()))',
        'op.alter_column("t", "j", type_=postgresql.ARRAY(sa.Text()), postgresql_using="j::text[]")',
    ),
    "a default that does not convert": after_t(
        'op.alter_column("t", "s", server_default="none")',
        'op.alter_column("t", "s", type_=sa.Integer(), postgresql_using="s::integer")',
    ),
    "a foreign key's type": after_t(
        f'{P}\nop.alter_column("p", "t_id", type_=sa.BigInteger())',
        f'op.alter_column("p", "t_id", type_=sa.Text())\n{DROP_P}',
    ),
    "an index that is not there": after_t("", 'op.drop_index("i")'),
    "an index that is there": after_t(
        'op.create_index("i", "t", ["n"])\nop.create_index("i", "t", ["s"])', ""
    ),
    "an index of a column that is not there": after_t('op.create_index("i", "t", ["x"])', ""),
    "the index of a constraint": after_t(
        'op.create_unique_constraint("k", "t", ["n"])', 'op.drop_index("k", "t")'
    ),
    "an index that a foreign key needs": after_t(
        'op.create_index("i", "t", ["n"], unique=True)\nop.create_table("p", sa.Column("n", sa.Integer))\n'
        'op.create_foreign_key("f", "p", "t", ["n"], ["n"])',
        'op.drop_index("i")\nop.drop_table("p")',
    ),
    "an index of JSON": after_t(
        'op.add_column("t", sa.Column("j", sa.JSON()))\nop.create_unique_constraint("k", "t", ["j"])', ""
    ),
    "a constraint without a name": after_t(
        'op.create_unique_constraint(None, "t", ["n"])', 'op.drop_constraint(None, "t", type_="unique")'
    ),
    "a constraint that is not there": after_t("", 'op.drop_constraint("k", "t", type_="check")'),
    "a constraint that is there": after_t(
        'op.create_check_constraint("c", "t", "n > 0")\nop.create_check_constraint("c", "t", "n > 1")', ""
    ),
    "a key of a column that is not there": after_t('op.create_unique_constraint("k", "t", ["x"])', ""),
    "a second primary key": after_t('op.create_primary_key("k", "t", ["n"])', ""),
    "a primary key that a foreign key needs": after_t(P, f'op.drop_constraint("t_pkey", "t")\n{DROP_P}'),
    "a foreign key to no key": after_t(
        f'{P}\nop.create_foreign_key("f", "p", "t", ["t_id"], ["n"])',
        DROP_P,
    ),
    "a foreign key of another type": after_t(
        'op.create_table("p", sa.Column("a", sa.Text()))\n'
        'op.create_foreign_key("f", "p", "t", ["a"], ["id"])',
        DROP_P,
    ),
    "a foreign key to nothing": after_t(
        f'{P}\nop.create_foreign_key("f", "p", "u", ["t_id"], ["id"])', DROP_P
    ),
    "a type that stays": (Step(WITH_MOOD, 'op.drop_table("m")'),),
    "a type that stays after its column": after_t(
        f'{MOOD}.create(op.get_bind(), checkfirst=False)\nop.add_column("t", sa.Column("mood", {MOOD}))',
        'op.drop_column("t", "mood")',
    ),
    "a type in use": (Step(WITH_MOOD, f'{DROP_MOOD}\nop.drop_table("m")'),),
    "a type dropped twice": (Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}\n{DROP_MOOD_AT_ONCE}'),),
    "an index made concurrently": after_t(
        'op.create_index("i", "t", ["n"], postgresql_concurrently=True)', 'op.drop_index("i")'
    ),
    "an index dropped concurrently": after_t(
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("i", "t", ["n"], postgresql_concurrently=True)',
        'op.drop_index("i", postgresql_concurrently=True, if_exists=True)',
    ),
    "SQL that is concurrent": after_t(
        'op.create_index("i", "t", ["n"])', 'op.execute("DROP INDEX CONCURRENTLY IF EXISTS i")'
    ),
    "REINDEX that is concurrent": after_t("", 'op.execute("REINDEX TABLE CONCURRENTLY t")'),
    "VACUUM": after_t("", 'op.execute("VACUUM t")'),
    "a label of an older type as a default": (
        Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}'),
        Step(
            "",
            'op.execute("ALTER TYPE mood ADD VALUE \'c\'")\nop.alter_column("m", "mood", server_default="c")',
        ),
    ),
    "a label of an older type in rows": (
        Step(WITH_MOOD, f'op.drop_table("m")\n{DROP_MOOD}'),
        Step(
            "",
            "op.execute(\"ALTER TYPE mood ADD VALUE 'c'\")\nop.execute(\"UPDATE m SET mood = 'c'\")",
        ),
    ),
    "a type that a default keeps": after_t(
        f'{MOOD}.create(op.get_bind())\nop.alter_column("t", "s", type_={MOOD}, postgresql_using="s::mood")\n'
        'op.alter_column("t", "s", server_default="a")',
        f'op.alter_column("t", "s", type_=sa.String(20))\n{DROP_MOOD}',
    ),
    "a type that an array has": after_t(
        f'{MOOD}.create(op.get_bind(), checkfirst=False)\nop.add_column("t", sa.Column("l", {LISTED_MOOD}))',
        f'{DROP_MOOD}\nop.drop_column("t", "l")',
    ),
    "a column that stays": after_t(
        'op.add_column("t", sa.Column("a", sa.Text()))\nop.rename_table("t", "u")', 'op.drop_column("u", "a")'
    ),
    "SQL for a column that is not there": after_t("", 'op.execute("ALTER TABLE t DROP COLUMN x")'),
    "a table that a view reads": after_t('op.execute("CREATE VIEW v AS SELECT id FROM t")', ""),
    "a column that a view reads": after_t(
        'op.execute("CREATE VIEW v AS SELECT * FROM t")',
        'op.drop_column("t", "n")\nop.execute("DROP VIEW v")',
    ),
    "a column that a materialized view reads": after_t(
        'op.execute("CREATE MATERIALIZED VIEW v AS SELECT n FROM t")\nop.drop_column("t", "n")', ""
    ),
    "another isolation level": after_t(
        'c = op.get_bind().execution_options(isolation_level="AUTOCOMMIT")\n'
        'c.execute(sa.text("CREATE INDEX CONCURRENTLY i ON t (n)"))',
        "",
    ),
    "SQL for a type in use": (Step(WITH_MOOD, 'op.execute("DROP TYPE mood")\nop.drop_table("m")'),),
}


@pytest.mark.parametrize("steps", TAKEN.values(), ids=TAKEN)
def test_what_postgresql_takes(steps: tuple[Step, ...], tmp_path: Path, connection: Connection) -> None:
    files = write(History(steps), tmp_path)
    truth, found = run(tmp_path, connection), predicted(tmp_path, files)
    assert (truth.upgrade, truth.downgrade, truth.second_upgrade) == (None, None, None), truth.answers
    assert found.verdict == truth
    assert found.unknown == ()


@pytest.mark.parametrize("steps", REFUSED.values(), ids=REFUSED)
def test_what_postgresql_refuses(steps: tuple[Step, ...], tmp_path: Path, connection: Connection) -> None:
    files = write(History(steps), tmp_path)
    truth, found = run(tmp_path, connection), predicted(tmp_path, files)
    assert truth.answers != ()
    assert found.verdict == truth
    assert agree(found.verdict.answers, truth.answers)


def agree(found: tuple[str, ...], truth: tuple[str, ...]) -> bool:
    """Whether archlint uses PostgreSQL's words; Alembic's and Python's own errors have others."""
    return not truth or not truth[0].startswith("(psycopg.") or found[0] in truth[0]
