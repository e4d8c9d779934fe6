"""Which changes are told of once."""

from __future__ import annotations

import pytest

from archlint.service.schema.alembic.comparison import Drift
from archlint.service.schema.alembic.grouping import grouped


def change(kind: str, name: str, *columns: str, table: str = "items") -> Drift:
    return Drift(kind, name, table, None, "", frozenset(columns))


COLUMN = change("remove_column", "items.number", "number")
UNIQUE = change("remove_unique", "uq", "number")
KEY = change("remove_foreign_key", "key", "number")
INDEX = change("remove_index", "ix", "number")


@pytest.mark.parametrize(
    "other",
    [
        change("remove_index", "ix", "number", "shelf"),
        change("remove_index", "ix", "number", table="tools"),
        change("add_index", "ix", "number", "shelf"),
        change("add_unique", "uq_2", "number"),
        change("modify_nullable", "items.number"),
        KEY,
    ],
)
def test_what_is_about_something_else_stays_alone(other: Drift) -> None:
    assert grouped([other, UNIQUE]) == {other: (), UNIQUE: ()}


def test_two_indexes_stay_two() -> None:
    other = change("remove_index", "ix_2", "number")
    assert grouped([INDEX, other]) == {INDEX: (), other: ()}


def test_an_index_goes_with_the_constraint_and_all_with_the_column() -> None:
    assert grouped([INDEX, UNIQUE]) == {UNIQUE: (INDEX,)}
    assert grouped([KEY, INDEX, COLUMN, UNIQUE]) == {COLUMN: (KEY, INDEX, UNIQUE)}


@pytest.mark.parametrize("kind", ["add_index", "change_index"])
def test_an_index_that_takes_the_place_of_a_constraint_is_one_thing_with_it(kind: str) -> None:
    new = change(kind, "ix_new", "number")
    assert grouped([UNIQUE, new]) == grouped([new, UNIQUE]) == {new: (UNIQUE,)}
    assert grouped([INDEX, UNIQUE, new]) == {new: (INDEX, UNIQUE)}


def test_a_constraint_that_takes_the_place_of_an_index_is_one_thing_with_it() -> None:
    new = change("add_unique", "uq", "number")
    assert grouped([INDEX, new]) == {new: (INDEX,)}


def test_a_foreign_key_that_is_made_anew_is_one_thing() -> None:
    old, new = change("remove_foreign_key", "(a)(id)", "a"), change("add_foreign_key", "(a)(id)", "a")

    assert grouped([old, new]) == {old: (new,)}
    assert grouped([new, old]) == {old: (new,)}
    assert grouped([old, change("add_foreign_key", "(a)(key)", "a")]).keys() == {
        old,
        change("add_foreign_key", "(a)(key)", "a"),
    }
