"""The fixes of queries that nobody awaits and of pools for threads, from the finding to the file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from archlint.fixes.fixing import FixOutcome, fix
from archlint.loading import Request
from archlint.selectors import Selection


def fixed(tmp_path: Path, text: str) -> tuple[str, FixOutcome]:
    """A service's only file after all safe fixes, and what they came to."""
    path = tmp_path / "main.py"
    path.write_text("from fastapi import FastAPI\n\napp = FastAPI()\n" + dedent(text))
    outcome = fix(Request((tmp_path,), Selection(select=("BA0602", "BA0603"))), unsafe=False)
    return path.read_text().partition("app = FastAPI()\n")[2], outcome


QUERIES = """\
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession


    async def names(session: AsyncSession) -> list[str]:
        session.flush()  # first
        rows = session.scalars(select(1))
        for row in session.scalars(select(2)):
            print(row, session.execute(select(3)).scalar_one())
        return list(rows)


    def later(session: AsyncSession) -> None:
        session.commit()
"""


def test_queries_are_awaited_where_await_may_stand(tmp_path: Path) -> None:
    after, outcome = fixed(tmp_path, QUERIES)
    wanted = dedent(QUERIES)
    for before, instead in {
        "    session.flush()": "    await session.flush()",
        "rows = session": "rows = await session",
        "in session": "in await session",
        "session.execute(select(3)).": "(await session.execute(select(3))).",
    }.items():
        wanted = wanted.replace(before, instead)
    assert after == wanted
    assert outcome.fixed == {"BA0602": 4}
    assert [finding.message for finding in outcome.report.findings] == [
        "`later` never awaits `session.commit`, so the query never runs"
    ]


POOLS = """\
    from sqlalchemy import NullPool, QueuePool
    from sqlalchemy.ext.asyncio import create_async_engine

    URL = "postgresql+asyncpg://db/shop"
    engine = create_async_engine(
        URL,
        poolclass=QueuePool,  # as before
        pool_size=5,
    )
    other = create_async_engine(URL, poolclass=QueuePool)
    third = create_async_engine(URL, poolclass=NullPool if app.debug else QueuePool)
"""


def test_a_pool_for_threads_is_left_out(tmp_path: Path) -> None:
    after, outcome = fixed(tmp_path, POOLS)
    first = dedent(POOLS).replace("    poolclass=QueuePool,  # as before\n", "")
    assert after == first.replace(", poolclass=QueuePool)", ")")
    assert (outcome.fixed, len(outcome.report.findings)) == ({"BA0603": 2}, 1)
