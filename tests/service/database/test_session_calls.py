from __future__ import annotations

import pytest

from archlint.service.database.session_calls import session_calls
from archlint.service.interpreter.types import Types
from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of

IMPORTS = """
from typing import Annotated, Optional, Union
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session
Maker = async_sessionmaker(engine)
Alias = Annotated[AsyncSession, Depends(get)]
"""


def calls(text: str) -> list[str]:
    modules = modules_of({"m.py": IMPORTS + text})
    symbols = Symbols(modules)
    return [call.text for call in session_calls(modules.by_name["m"], symbols, Types(None, symbols))]


@pytest.mark.parametrize(
    "text",
    [
        "def f(s): s.execute(q)",
        "def f(s: Client): s.execute(q)",
        "def f(s: list[Session]): s.get(1)",
        "def f(s: Session): s.commit(); s.rollback(); s.flush(); s.begin()",
        "def f(s: Session):\n    def g(s): s.execute(q)",
        "def f(s: Session): s.bind.execute(q)",
        "def f(s: Session): pass\ns.execute(q)",
        "with open(x) as s: s.execute(q)",
        "class A:\n    def __init__(self, s): self.s = s\n    def f(self): self.s.execute(q)",
    ],
)
def test_what_is_no_access_by_a_session(text: str) -> None:
    assert calls(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "async def f(s: AsyncSession): await s.execute(q)",
        "async def f(s: 'AsyncSession'): return (await s.execute(q)).all()",
        "def f(s: Optional[Session]): s.execute(q)",
        "def f(s: Session | None = None): [s.execute(q) for q in qs]",
        "def f(s: Annotated[Session, Depends(get)]): s.execute(q)",
        "def f(s: Alias): s.execute(q)",
        "def f(s: Union[Connection, Session]): s.execute(q)",
        "def f(s: 'Optional[Session]'): s.execute(q)",
        "def f(s: 'Alias | None'): s.execute(q)",
        "async def f():\n    async with Maker() as s:\n        await s.execute(q)",
        "def f(e):\n    with Session(e) as s, s.begin():\n        s.execute(q)",
        "def f(s: Session):\n    def g():\n        s.execute(q)",
        "def f():\n    s: Session = make()\n    s.execute(q)",
    ],
)
def test_access_by_a_session(text: str) -> None:
    assert calls(text) == ["s.execute"]


@pytest.mark.parametrize(
    "fields",
    [
        "    def __init__(self, s: Session): self.s = s",
        "    s: Session",
        "    def __init__(self, s): self.s: Session = s",
    ],
)
def test_access_by_a_field(fields: str) -> None:
    assert calls(f"class A:\n{fields}\n    def f(self): self.s.add(x)") == ["self.s.add"]
