"""Which requests certainly commit once: the count takes every branch, and doubts loops and recursion."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.small import service_of

APP = """
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session, sessionmaker

sessions = sessionmaker()
app = FastAPI()


def get_session():
    with sessions() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


def store(session: Session, row):
    session.add(row)
    session.commit()


def count_down(n):
    return count_down(n - 1) if n else 0


def store_all(session: Session, rows):
    store(session, rows[0])
    if rows:
        store_all(session, rows[1:])


def ping(session: Session, n):
    pong(session, n)


def pong(session: Session, n):
    session.add(n)
    session.commit()
    if n:
        ping(session, n - 1)


@app.post("/")
def handler(rows: list[int], session: SessionDep):
"""


def is_sure(folder: Path, lines: str) -> bool:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    transactions = service_of(folder, {"main.py": APP + body}).transactions
    assert len(transactions.writing) == 1
    return len(transactions.commits_once) == 1


@pytest.mark.parametrize(
    "lines",
    [
        "store(session, 1)\nstore(session, 2)",
        "if rows:\n    store(session, 1)\nelse:\n    store(session, 2)",
        "for row in rows:\n    store(session, row)",
        "while rows:\n    session.add(rows.pop())\n    session.commit()",
        "return [store(session, row) for row in rows]",
        "store_all(session, rows)",
        "ping(session, 3)",
        "with sessions.begin() as other:\n    other.add(1)\nstore(session, 1)",
    ],
    ids=[
        "twice",
        "by one of two",
        "in a loop",
        "in a while",
        "in a list",
        "recursively",
        "by each other",
        "and begins",
    ],
)
def test_what_may_commit_again_is_not_sure(tmp_path: Path, lines: str) -> None:
    assert not is_sure(tmp_path, lines)


@pytest.mark.parametrize(
    "lines",
    [
        "session.add(1)",
        "store(session, 1)",
        "for row in rows:\n    session.add(row)\nsession.commit()",
        "count_down(3)\nstore(session, 1)",
        "with sessions.begin() as other:\n    other.add(1)",
    ],
    ids=["never", "in a function", "after a loop", "beside a recursion without", "begins"],
)
def test_one_commit_on_every_way_is(tmp_path: Path, lines: str) -> None:
    assert is_sure(tmp_path, lines)
