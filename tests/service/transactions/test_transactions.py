from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.transactions.session_acts import acts
from tests.service.small import service_of

IMPORTS = """
from typing import Annotated
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session
from fastapi import Depends
sessions = async_sessionmaker()
SessionDep = Annotated[AsyncSession, Depends(sessions)]
"""


def done(folder: Path, text: str) -> list[str]:
    service = service_of(folder, {"m.py": IMPORTS + text})
    found = [act for function in service.calls.functions for act in acts(service.calls, function)]
    return [act.work.value for act in sorted(found, key=lambda act: act.node.end)]


@pytest.mark.parametrize(
    "text",
    [
        "async def f(s: AsyncSession): await s.execute(select(User))",
        "async def f(s: AsyncSession): await s.execute(text('SELECT 1 FROM updates'))",
        "async def f(s: AsyncSession, q): await s.execute(q)",
        "async def f(s): s.add(x); await s.commit()",
        "async def f(s: set): s.add(x)",
        "def f(s: Session): s.query(User).all()",
        "async def f(s: AsyncSession): await s.refresh(x)",
    ],
)
def test_what_leaves_the_transaction_alone(tmp_path: Path, text: str) -> None:
    assert done(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("async def f(s: AsyncSession): s.add(x); await s.commit()", ["write", "commit"]),
        ("async def f(s: SessionDep): await s.delete(x); await s.flush()", ["write", "flush"]),
        ("async def f(s: AsyncSession): await s.execute(insert(User).values(a=1))", ["write"]),
        ("async def f(s: AsyncSession):\n q = update(User)\n q = q.where(x)\n await s.execute(q)", ["write"]),
        ("async def f(s: AsyncSession): await s.execute(text('DELETE FROM users'))", ["write"]),
        ("def f(s: Session): s.query(User).filter(x).delete()", ["write"]),
        ("async def f():\n async with sessions() as s:\n  await s.rollback()", ["rollback"]),
        (
            "class R:\n def __init__(self, s: AsyncSession): self.s = s\n async def f(self): self.s.add(x)",
            ["write"],
        ),
    ],
)
def test_what_calls_do_with_sessions(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert done(tmp_path, text) == expected
