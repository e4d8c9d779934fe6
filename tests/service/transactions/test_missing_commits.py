from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.transactions.missing_commits import Unbounded
from tests.service.small import service_of

APP = """
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

sessions = async_sessionmaker()
app = FastAPI()


async def get_session():
    async with sessions() as session:
        yield session


async def store(session: AsyncSession, row):
    session.add(row)


@app.post("/")
async def handler(a: int, session: AsyncSession = Depends(get_session)):
"""


def found(folder: Path, lines: str) -> list[Unbounded]:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return list(service_of(folder, {"main.py": APP + body}).transactions.unbounded)


@pytest.mark.parametrize(
    "lines",
    [
        "await session.execute(select(a))",
        "session.add(a)\nawait session.commit()",
        "async with session.begin():\n    await store(session, a)",
        "async with sessions.begin() as other:\n    await store(other, a)",
        "await store(session, a)\nif a:\n    await session.commit()",
        "await store(session, a)\nawait unknown.commit(session)",
        "raise ValueError(a)",
    ],
)
def test_what_has_a_boundary_or_needs_none(tmp_path: Path, lines: str) -> None:
    assert found(tmp_path, lines) == []


@pytest.mark.parametrize(
    "lines", ["session.add(a)\nawait unknown(session)", "session.add(a)\nhandlers[a](session)"]
)
def test_what_cannot_be_followed_is_doubted(tmp_path: Path, lines: str) -> None:
    (one,) = found(tmp_path, lines)
    assert one.doubt == "`handler` calls something that archlint cannot follow"


def test_a_write_that_nothing_commits(tmp_path: Path) -> None:
    (one,) = found(tmp_path, "await store(session, a)\nawait session.flush()")
    assert one.doubt == ""
    assert [link.text for link in one.chain] == ["`handler` calls `store`", "`store`: add()"]
