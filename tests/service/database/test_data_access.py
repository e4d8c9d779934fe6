from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.model import Service
from tests.service.small import service_of

HEAD = """
import asyncpg
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.orm import Session

app = FastAPI()
session = Session()

"""


def service(folder: Path, body: str, **others: str) -> Service:
    files = {f"{name}.py": source for name, source in others.items()}
    return service_of(folder, {"app/main.py": HEAD + body, **files})


@pytest.mark.parametrize(
    "body",
    [
        "def read():\n    return asyncpg.compiled('dsn')\n",
        "async def make():\n    connection = await asyncpg.connect('dsn')\n"
        "    await connection.execute('CREATE DATABASE shop')\n",
        "make = lambda: asyncpg.connect('dsn').execute('DROP DATABASE shop')\n",
        "if __name__ == '__main__':\n    asyncpg.connect('dsn')\n",
    ],
    ids=["another function", "makes a database", "drops one in a lambda", "only as a program"],
)
def test_what_does_not_connect_the_service(tmp_path: Path, body: str) -> None:
    assert service(tmp_path, body).data_access.drivers == ()


@pytest.mark.parametrize(
    "body",
    [
        "async def read():\n    return await asyncpg.connect('dsn')\n",
        "async def read():\n    return await asyncpg.create_pool('dsn')\n",
        "pool = asyncpg.create_pool('dsn')\n",
    ],
)
def test_what_connects_past_sqlalchemy(tmp_path: Path, body: str) -> None:
    found = service(tmp_path, body).data_access
    assert [call.path.partition(".")[0] for call in found.drivers] == ["asyncpg"]
    assert len(list(found.unseen("queries"))) == 1


def test_more_places_are_counted_not_listed(tmp_path: Path) -> None:
    body = "asyncpg.connect('one')\nasyncpg.connect('two')\nasyncpg.connect('three')\n"
    (unknown,) = service(tmp_path, body).data_access.unseen("queries")
    assert unknown.why.endswith("(nor at 2 more places)")


@pytest.mark.parametrize(
    "call",
    [
        "session.execute(text('SELECT 1'))",
        "session.execute('select now()')",
        "session.execute(text('SET LOCAL lock_timeout = 5'))",
        "session.commit()",
        "select(1)",
    ],
)
def test_who_only_asks_if_it_answers_touches_no_data(tmp_path: Path, call: str) -> None:
    assert touching(tmp_path, call) == []


@pytest.mark.parametrize(
    "call",
    [
        "session.execute(text('SELECT 1 FROM orders'))",
        "session.execute(text(statement))",
        "session.add(1)",
        "asyncpg.connect('dsn')",
    ],
)
def test_who_reads_or_writes_touches_data(tmp_path: Path, call: str) -> None:
    assert touching(tmp_path, call) == ["app.main:act"]


def touching(folder: Path, call: str) -> list[str]:
    found = service(folder, f"statement = 'x'\n\ndef act():\n    return {call}\n").data_access
    return [function.name for function in found.touching]
