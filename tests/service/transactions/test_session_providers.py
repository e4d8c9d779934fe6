"""The dependencies that open sessions; first what is none, and what is guarded."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.transactions.session_providers import Provider
from tests.service.small import service_of

APP = """
from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

sessions = async_sessionmaker()
app = FastAPI()

async def provide():
{body}

@app.post("/")
async def handler(session: AsyncSession = Depends(provide)): ...
"""


def found(folder: Path, body: str) -> list[Provider]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = APP.replace("{body}", lines.rstrip())
    return list(service_of(folder, {"main.py": source}).transactions.providers)


@pytest.mark.parametrize(
    "body", ["yield 1", "return settings", "session = sessions()", "yield unknown()", "..."]
)
def test_what_gives_no_session(tmp_path: Path, body: str) -> None:
    assert found(tmp_path, body) == []


def test_what_nobody_injects_is_none(tmp_path: Path) -> None:
    source = APP.replace("{body}", "    yield sessions()").replace("Depends(provide)", "Depends(other)")
    assert list(service_of(tmp_path, {"main.py": source}).transactions.providers) == []


@pytest.mark.parametrize(
    "body, yields, guarded",
    [
        ("async with sessions() as session:\n    yield session", True, True),
        ("session = sessions()\ntry:\n    yield session\nfinally:\n    await session.close()", True, True),
        (
            "session = sessions()\ntry:\n    yield session\nexcept Exception:\n    await session.rollback()",
            True,
            True,
        ),
        ("session = sessions()\nyield session", True, False),
        ("session = sessions()\nyield session\nawait session.close()", True, False),
        ("session = sessions()\ntry:\n    yield session\nfinally:\n    print()", True, False),
        ("return sessions()", False, False),
    ],
)
def test_how_a_session_is_given_away(tmp_path: Path, body: str, yields: bool, guarded: bool) -> None:
    (one,) = found(tmp_path, body)
    assert (one.function.short_name, one.yields, one.guarded) == ("provide", yields, guarded)
