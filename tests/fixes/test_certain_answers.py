"""The fixes of signatures and settings: only what is certain, with every other byte as it was."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.fixes.settling import settled

APP = (
    "from fastapi import FastAPI\n\nfrom app.schemas import Box, Crate, Item, Other\n\napp = FastAPI()\n\n\n"
)
SCHEMAS = {
    "app/schemas/__init__.py": """\
        import typing as hinted

        from pydantic import BaseModel

        T = hinted.TypeVar("T")


        class Item(BaseModel):
            name: str


        class Other(BaseModel):
            name: str


        class Box[T](BaseModel):
            name: str


        class Crate(BaseModel, hinted.Generic[T]):
            name: str
        """
}


def handler(signature: str, *body: str) -> str:
    return (
        APP + f'@app.get("/things", tags=["things"])\n{signature}\n' + "".join(f"    {one}\n" for one in body)
    )


@pytest.mark.parametrize(
    ("signature", "body", "annotation"),
    [
        (
            "def things(  # plain",
            ("a: int = 1,", "):", '    """One."""', '    return Item(name="a")'),
            "Item",
        ),
        ("async def things():", ('"""Notify."""', "print(1)"), "None"),
        ("async def things(a: int = 1):  # plain", ("if a:", "    return", "print(1)"), "None"),
        ("async def things():", ('return Item(name="a")',), "Item"),
        (
            "async def things(a: int):",
            ("if a:", '    return Item(name="b")', 'return Item(name="a")'),
            "Item",
        ),
    ],
)
def test_a_handler_says_what_it_certainly_returns(
    tmp_path: Path, signature: str, body: tuple[str, ...], annotation: str
) -> None:
    before = handler(signature, *body)
    settled(tmp_path, {**SCHEMAS, "app/main.py": before}, "BA1104")
    head, _, tail = before.rpartition('tags=["things"])\n')
    tail = tail.replace("):", f") -> {annotation}:", 1)
    assert (tmp_path / "app/main.py").read_text() == f'{head}tags=["things"])\n{tail}'


@pytest.mark.parametrize(
    "body",
    [
        ("return {'a': 1}",),
        ("try:", '    return Item(name="a")', "except ValueError:", "    print(1)"),
        ("if app.debug:", '    return Item(name="a")', 'return Other(name="b")'),
        ("from app.other import Item", 'return Item(name="a")'),
        ("item = app.find()", "return item"),
        ('return Box(name="a")',),
        ('return Crate(name="a")',),
    ],
)
def test_what_is_not_certain_stays(tmp_path: Path, body: tuple[str, ...]) -> None:
    before = handler("async def things():", *body)
    assert settled(tmp_path, {**SCHEMAS, "app/main.py": before}, "BA1104", unsafe=True).done == []
    assert (tmp_path / "app/main.py").read_text() == before


def test_a_router_is_included_under_what_its_path_begins_with(tmp_path: Path) -> None:
    main = (
        "from fastapi import FastAPI\n\nfrom items import router\n\napp = FastAPI()\n"
        'app.include_router(router, prefix="/api/v1/items")\n\n\n'
        '@app.get("/api/v1/{kind}/about")\nasync def about(kind: str) -> str:\n'
        '    """About."""\n    return kind\n'
    )
    items = (
        "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
        '@router.get("/{name}")\nasync def item(name: str) -> str:\n    """One."""\n    return name\n'
    )
    settled(tmp_path, {"main.py": main.encode(), "items.py": items.encode()}, "BA1108", unsafe=True)
    wanted = main.replace('v1/items")', 'v1/items", tags=["items"])').replace(
        'about")', 'about", tags=["about"])'
    )
    assert (tmp_path / "main.py").read_text() == wanted
    assert (tmp_path / "items.py").read_text() == items


SESSIONS = """\
    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    app = FastAPI()
    engine = create_async_engine("postgresql+asyncpg://db/shop")
    make_session = async_sessionmaker(
        engine,
        autoflush=False,
    )


    class Base(DeclarativeBase):
        pass


    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)


    async def add(user: User) -> int:
        async with make_session() as session:
            session.add(user)
            await session.commit()
            return user.id
    """


def test_sessions_keep_what_objects_had(tmp_path: Path) -> None:
    assert settled(tmp_path, {"main.py": SESSIONS}, "BA0607").done == []
    settled(tmp_path, {"main.py": SESSIONS}, "BA0607", unsafe=True)
    wanted = dedent(SESSIONS).replace("autoflush=False,\n", "autoflush=False,\n    expire_on_commit=False,\n")
    assert (tmp_path / "main.py").read_text() == wanted


CONFIG = """\
    from pydantic import (
        Field,
        PostgresDsn,
    )
    from pydantic_settings import BaseSettings


    class Settings(BaseSettings):  # über alles
        environment: str = "dev"
        secret_key: str  # the key
        api_token: str | None = None
        admin_password: str = 'change' "me"
        client_secret: str = Field(min_length=3)

        @property
        def signer(self) -> str:
            return self.secret_key + self.environment


    settings = Settings()
    """
USERS = {
    "app/main.py": """\
        from fastapi import Depends, FastAPI

        from app.config import Settings, settings

        app = FastAPI()


        def get_settings() -> Settings:
            return settings


        @app.get("/a")
        def a(own: Settings = Depends(get_settings)) -> str:
            return sign((own.api_token), get_settings().secret_key)


        class Client:
            def __init__(self, secret_key: str) -> None:
                self.secret_key = secret_key
        """
}


def test_secrets_are_taken_out_where_they_are_used(tmp_path: Path) -> None:
    files = {"app/config.py": CONFIG, **USERS}
    assert settled(tmp_path, files, "BA0709").done == []
    outcome = settled(tmp_path, files, "BA0709", unsafe=True)
    config = dedent(CONFIG)
    for before, after in {
        "PostgresDsn,\n": "PostgresDsn,\n    SecretStr,\n",
        "secret_key: str ": "secret_key: SecretStr ",
        "api_token: str |": "api_token: SecretStr |",
        "admin_password: str = 'change' \"me\"": "admin_password: SecretStr = SecretStr('change' \"me\")",
        "self.secret_key +": "self.secret_key.get_secret_value() +",
    }.items():
        config = config.replace(before, after)
    assert (tmp_path / "app/config.py").read_text() == config
    main = dedent(USERS["app/main.py"])
    main = main.replace("own.api_token", "own.api_token.get_secret_value()")
    main = main.replace("().secret_key", "().secret_key.get_secret_value()")
    assert (tmp_path / "app/main.py").read_text() == main
    assert [one.message for one in outcome.report.findings] == [
        "`client_secret` is a secret, but prints itself"
    ]


@pytest.mark.parametrize(
    "use",
    [
        "settings.secret_key = 'a'",
        "getattr(settings, 'secret_key')",
        "def f(settings):\n    return settings.secret_key",
        "def f(name: str) -> str:\n    return find(name).secret_key",
    ],
)
def test_a_secret_that_is_read_elsewhere_stays(tmp_path: Path, use: str) -> None:
    files = {
        "config.py": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
        "    secret_key: str\n\n\nsettings = Settings()\n",
        "main.py": f"from fastapi import FastAPI\n\nfrom config import settings\n\napp = FastAPI()\n{use}\n",
    }
    assert settled(tmp_path, files, "BA0709", unsafe=True).done == []
