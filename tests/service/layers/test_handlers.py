"""How the work of a handler is counted."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint.config import Config
from archlint.discover import find_repository
from archlint.facts.syntax import FunctionDef
from archlint.service.layers.handlers import HandlerWork
from tests.service.small import build_service

CRUD = """\
    class Users:
        async def get(self, key): ...

    class _Orders:
        async def get(self, key): ...

    orders = _Orders()

    async def find(key): ...
    """
HEAD = """\
    from typing import Annotated, Union

    from sqlalchemy.ext.asyncio import AsyncSession

    from app import crud
    from app.crud import users
    from app.crud.users import Users, find, orders

    UsersDep = Annotated[Users, "provided"]
    """


@pytest.mark.parametrize(
    ("handler", "work"),
    [
        ("async def h(client): await client.get(1); orders_of = Users()", (0, 0, 0)),
        ("async def h(session: AsyncSession): await session.commit()", (0, 0, 0)),
        ("async def h(session: AsyncSession): await session.get(Users, 1)", (1, 0, 0)),
        ("async def h(key): await find(key); await users.find(key)", (0, 2, 0)),
        ("async def h(key): await orders.get(key)", (0, 1, 0)),
        ("async def h(repo: Users): await repo.get(1)", (0, 1, 0)),
        ("async def h(repo: UsersDep): await repo.get(1)", (0, 1, 0)),
        ("async def h(repo: 'Users | None'): await repo.get(1)", (0, 1, 0)),
        ("async def h(repo: Union[Users, None]): await repo.get(1)", (0, 1, 0)),
        ("async def h(repo: list[Users]): await repo.get(1)", (0, 0, 0)),
        ("async def h(repo: Users | None): await repo.get(1)", (0, 1, 0)),
        ("async def h(rows):\n  for row in rows:\n    if row: pass", (0, 0, 0)),
        (
            "async def h():\n  rows = await find(1)\n  for row in rows:\n    if row:\n      if row.a: pass",
            (0, 1, 2),
        ),
        ("async def h():\n  for row in (await find(1)).all():\n    if row: pass", (0, 1, 1)),
        ("async def h():\n  def inner(s: AsyncSession):\n    s.get(1)", (0, 0, 0)),
    ],
)
def test_only_work_on_the_data_counts(tmp_path: Path, handler: str, work: tuple[int, int, int]) -> None:
    files = {
        "app/crud/users.py": dedent(CRUD),
        "app/crud/__init__.py": "",
        "app/routers/users.py": dedent(HEAD) + handler,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    service = build_service(find_repository([tmp_path]), ".", Config())
    module = service.modules.by_path["app/routers/users.py"]
    found = next(node for node in module.source.nodes.of(FunctionDef) if node.name == "h")
    assert service.handlers.work_of(module, found) == HandlerWork(*work)


def test_the_figure_in_words() -> None:
    assert str(HandlerWork(1, 0, 0)) == "1 query"
    assert str(HandlerWork(2, 1, 3)) == "2 queries, 1 repository call and 3 decisions in loops over rows"
