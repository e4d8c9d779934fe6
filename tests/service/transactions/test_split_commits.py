from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.transactions.split_commits import Split
from tests.service.small import service_of

APP = """
from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

sessions = async_sessionmaker()
app = FastAPI()


async def get_session():
    async with sessions() as session:
        yield session


async def store(session: AsyncSession, row, commit: bool = True):
    session.add(row)
    if commit:
        await session.commit()


async def ensured(session: AsyncSession, name):
    row = await session.scalar(name)
    if row is None:
        session.add(name)
        await session.commit()
    return row


async def noted(session: AsyncSession, text):
    try:
        session.add(text)
        await session.commit()
    except Exception:
        print("no note")


@app.post("/")
async def handler(a: int, b: int, session: AsyncSession = Depends(get_session)):
"""


def found(folder: Path, lines: str) -> list[Split]:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return list(service_of(folder, {"main.py": APP + body}).transactions.splits)


@pytest.mark.parametrize(
    "lines",
    [
        "await store(session, 1)",
        "await store(session, 1, commit=False)\nawait store(session, 2)",
        "await session.commit()\nawait store(session, 1)\nawait session.commit()",
        "await store(session, 1)\nsession.add(2)\nawait session.rollback()\nawait session.commit()",
        "if a:\n    await store(session, 1)\nelse:\n    await store(session, 2)",
        "if a:\n    await store(session, 1)\n    return\nawait store(session, 2)",
        "if a:\n    await store(session, 1)\nif b:\n    await store(session, 2)",
        "if a:\n    await store(session, 1)\nawait store(session, 2)",
        "match a:\n case 1:\n  await store(session, 1)\n case _:\n  await store(session, 2)",
        "for row in [1, 2]:\n    await store(session, row)",
        "for row in [1, 2]:\n    await store(session, row)\nawait store(session, 3)",
        "await store(session, 1)\nraise ValueError\nawait store(session, 2)",
        "await store(session, 1)\ntry:\n    await store(session, 2)\nexcept Exception:\n    pass",
        "try:\n    await store(session, 1)\nexcept Exception:\n    await store(session, 2)\n    raise",
        "await store(session, 1)\nasync with sessions.begin() as session:\n    session.add(2)",
        "[await store(session, row) for row in [1, 2]]",
        "a and await store(session, 1)\nawait store(session, 2)",
        "await store(unknown, 1)\nawait store(other, 2)",
        "await ensured(session, a)\nawait ensured(session, b)",
        "await noted(session, 1)\nawait noted(session, 2)",
        "def later():\n    session.commit()\nawait store(session, 1)",
    ],
)
def test_what_is_one_transaction_or_may_be(tmp_path: Path, lines: str) -> None:
    assert found(tmp_path, lines) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("await store(session, 1)\nawait store(session, 2)", 2),
        ("await store(session, 1)\nif a:\n    await store(session, 2)", 3),
        ("if a:\n    await store(session, 1)\n    await store(session, 2)", 3),
        ("if a:\n    raise ValueError\nawait store(session, 1)\nawait store(session, 2)", 4),
        ("await store(session, 1)\nfor row in [2]:\n    session.add(row)\nawait session.commit()", 4),
        ("while a:\n    await store(session, 1)\n    await store(session, 2)", 3),
        ("async with session.begin():\n    session.add(1)\nawait store(session, 2)", 3),
        ("other = session\nawait store(other, 1)\nawait store(session, 2)", 3),
        (
            "try:\n    await store(session, 1)\n    await store(session, 2)\n"
            "except Exception:\n    await session.rollback()\n    raise",
            3,
        ),
        ("try:\n    await store(session, 1)\nfinally:\n    await store(session, 2)", 4),
    ],
)
def test_work_that_is_split(tmp_path: Path, lines: str, line: int) -> None:
    (split,) = found(tmp_path, lines)
    assert split.location.line == APP.count("\n") + line
    assert split.request.title == "POST /"
    assert split.commits == 2


def test_the_chain_leads_to_each_write_and_commit(tmp_path: Path) -> None:
    (split,) = found(tmp_path, "await store(session, 1)\nawait store(session, 2)")
    assert [link.text for link in split.chain] == [
        "`handler` calls `store`",
        "`store`: add()",
        "`store`: commit()",
        "`handler` calls `store`",
        "`store`: add()",
        "`store`: commit()",
    ]


def test_three_commits_are_one_finding(tmp_path: Path) -> None:
    (split,) = found(tmp_path, "\n".join(f"await store(session, {row})" for row in range(3)))
    assert split.commits == 3


@pytest.mark.parametrize(
    ("lines", "commits"),
    [
        ("if a:\n    await store(session, 2)\nelif b:\n    await store(session, 3)", 2),
        ("if a:\n    await store(session, 2)\n    return\nawait store(session, 3)", 2),
        ("match a:\n case 1:\n  await store(session, 2)\n case 2:\n  await store(session, 3)", 2),
        ("if a:\n    await store(session, 2)\nawait store(session, 3)", 3),
        ("if a:\n    await store(session, 2)\nif b:\n    return\nawait store(session, 3)", 3),
    ],
)
def test_of_branches_only_one_runs(tmp_path: Path, lines: str, commits: int) -> None:
    (split,) = found(tmp_path, f"await store(session, 1)\n{lines}")
    assert split.commits == commits
    assert ("or `handler` calls `store`" in [link.text for link in split.chain]) == (commits == 2)


LOOKING_UP = """

async def look0(session: AsyncSession, name, store=False):
    if store:
        session.add(name)
    return await session.scalar(name)
"""
AGAIN = """

async def look{0}(session: AsyncSession, name):
    found = await look{1}(session, name)
    if found is None:
        found = await look{1}(session, 1)
    return found
"""


def test_what_is_looked_up_before_takes_no_steps_from_what_comes_after(tmp_path: Path) -> None:
    """Helpers that may write and do not, called by one another many times over."""
    helpers = LOOKING_UP + "".join(AGAIN.format(one, one - 1) for one in range(1, 12))
    lines = "await look11(session, 1)\nawait store(session, 1)\nawait store(session, 2)"
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    service = service_of(
        tmp_path, {"main.py": APP.replace("\n\n@app.post", f"{helpers}\n\n@app.post") + body}
    )
    assert len(list(service.transactions.splits)) == 1
