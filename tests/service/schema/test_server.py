"""PostgreSQL's answers to single statements; first what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archlint.service.schema.core.tables import Column, ForeignKey, Index, SqlType, Table, Unique
from archlint.service.schema.postgresql.neutral import without_comments
from archlint.service.schema.postgresql.objects import pieces
from archlint.service.schema.postgresql.refusals import Refused
from archlint.service.schema.postgresql.server import Database
from archlint.service.schema.postgresql.statements import execute
from archlint.service.schema.sqlalchemy.values import Untold

USERS, ORDERS = (None, "users"), (None, "orders")
INTEGER, TEXT = SqlType("INTEGER"), SqlType("TEXT")


def database() -> Database:
    made = Database()
    users = Table("users", None)
    users.columns = {"id": Column("id", INTEGER, False), "name": Column("name", TEXT, True)}
    users.primary = ("id",)
    made.create_table(users)
    orders = Table("orders", None)
    orders.columns = {"id": Column("id", INTEGER, False), "user_id": Column("user_id", INTEGER, True)}
    orders.foreign_keys = [ForeignKey(None, ("user_id",), USERS, ("id",))]
    made.create_table(orders)
    return made


@pytest.mark.parametrize(
    "statement, answer",
    [
        (lambda db: db.create_table(Table("users", None)), 'relation "users" already exists'),
        (lambda db: db.drop_table((None, "nobody")), 'table "nobody" does not exist'),
        (lambda db: db.drop_table(USERS), "other objects depend on it"),
        (lambda db: db.add_column(USERS, Column("name", TEXT, True)), "already exists"),
        (lambda db: db.drop_column(USERS, "nothing"), 'column "nothing" of relation "users" does not exist'),
        (lambda db: db.rename_column(USERS, "name", "id"), "already exists"),
        (
            lambda db: db.create_index(USERS, Index("i", ("nothing",), False)),
            'column "nothing" does not exist',
        ),
        (lambda db: db.create_index(USERS, Index("orders", ("id",), False)), "already exists"),
        (lambda db: db.drop_index(None, "i"), 'index "i" does not exist'),
        (lambda db: db.add_primary(USERS, None, ("name",)), "multiple primary keys"),
        (
            lambda db: db.add_unique(USERS, Unique("u", ("nothing",))),
            'column "nothing" named in key does not exist',
        ),
        (lambda db: db.drop_constraint(USERS, "nothing"), "does not exist"),
        (lambda db: db.drop_type("mood"), 'type "mood" does not exist'),
        (
            lambda db: db.add_foreign_key(ORDERS, ForeignKey("f", ("id",), USERS, ("name",))),
            "no unique constraint",
        ),
        (lambda db: db.set_nullable(USERS, "id", True), "is in a primary key"),
    ],
)
def test_what_postgresql_refuses(statement: Callable[[Database], None], answer: str) -> None:
    with pytest.raises(Refused, match=answer):
        statement(database())


def test_nothing_is_said_of_what_the_source_does_not_tell() -> None:
    made = database()
    made.forget(USERS, "its name is computed")
    assert made.has_table(USERS) is None
    with pytest.raises(Untold, match="computed"):
        made.table(USERS)
    made.forget_all("a statement that nobody can read")
    assert made.has_table((None, "anything")) is None


def test_a_refused_table_leaves_nothing_behind() -> None:
    made = database()
    broken = Table("broken", None)
    broken.columns = {"id": Column("id", INTEGER, False)}
    broken.primary = ("nothing",)
    with pytest.raises(Refused):
        made.create_table(broken)
    assert made.has_table((None, "broken")) is False


def test_a_snapshot_is_not_changed_by_later_statements() -> None:
    made = database()
    kept = made.snapshot()
    made.drop_column(USERS, "name")
    made.drop_table(ORDERS)
    assert (kept.has_table(ORDERS), made.has_table(ORDERS)) == (True, False)
    made.restore(kept)
    assert list(made.table(USERS).columns) == ["id", "name"]


def test_what_a_renamed_table_takes_with_it() -> None:
    made = database()
    made.rename_table(USERS, "people")
    assert made.has_table(USERS) is False
    assert [one.target for one in made.table(ORDERS).foreign_keys] == [(None, "people")]


@pytest.mark.parametrize("name", ["Mood", '"mood"', "public.Mood"])
def test_a_label_of_a_type_that_the_transaction_made_may_be_used(name: str) -> None:
    made = database()
    execute(made, "CREATE TYPE mood AS ENUM ('sad')")
    execute(made, f"ALTER TYPE {name} ADD VALUE 'glad'; SELECT 'glad'::{name}")
    assert not made.block.fresh


@pytest.mark.parametrize("cast", ["mood", "MOOD", '"mood"', "public.mood"])
def test_a_label_that_no_commit_has_confirmed_is_refused_in_whatever_spelling(cast: str) -> None:
    made = database()
    execute(made, "CREATE TYPE mood AS ENUM ('sad')")
    made.block.commit()
    execute(made, "ALTER TYPE Mood ADD VALUE 'glad'")
    execute(made, "SELECT 'glad'::\"Mood\", 'glad'::mood_of_day")  # other types
    with pytest.raises(Refused, match='unsafe use of new value "glad"'):
        execute(made, f"SELECT 'glad'::{cast}")


def test_an_index_of_another_schema_is_another_index() -> None:
    made = database()
    made.create_table(Table("events", "audit", {"id": Column("id", INTEGER, False)}))
    execute(made, "CREATE INDEX ix_name ON users (name)")
    execute(made, "DROP INDEX IF EXISTS audit.ix_name")
    execute(made, "ALTER INDEX IF EXISTS audit.ix_name RENAME TO ix")
    execute(made, "CREATE INDEX IF NOT EXISTS ix_name ON audit.events (id)")
    assert made.has_index(None, "ix_name") and made.has_index("audit", "ix_name")
    execute(made, "DROP INDEX ix_name")
    execute(made, "DROP INDEX IF EXISTS ix_name")
    assert not made.has_index(None, "ix_name") and made.has_index("audit", "ix_name")


def test_an_index_of_a_view_is_in_the_schema_of_the_view() -> None:
    made = database()
    execute(made, "CREATE MATERIALIZED VIEW audit.named AS SELECT name FROM users")
    execute(made, "CREATE INDEX ix_name ON audit.named (name)")
    execute(made, "DROP INDEX IF EXISTS ix_name")
    with pytest.raises(Refused, match="does not exist"):
        execute(made, "DROP INDEX ix_name")
    execute(made, "DROP INDEX audit.ix_name")
    assert not made.has_index("audit", "ix_name")


def test_a_comment_without_an_end_has_all_the_rest_and_takes_no_time() -> None:
    sql = f"DROP TABLE orders; {'/* never; ' * 100_000}"
    assert [piece.partition(" /")[0] for piece in pieces(sql)] == ["DROP TABLE orders", ""]
    assert without_comments(sql).split() == ["DROP", "TABLE", "orders;"]
