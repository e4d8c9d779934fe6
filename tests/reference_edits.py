"""Edits of the reference service: one for each obligation of the standard, which breaks it and no other.

What cannot be broken alone is in `TOGETHER`, with the reason.

An edit replaces `old` by `new` in the files that `file` names as a glob. Without `old` it appends, and a
file that is not there is written; `*` deletes the file. `Move` renames a module or package, and its imports.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edit:
    """One change of text."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Move:
    """A module or package under another path, given without `.py`; `new` empty means that it goes."""

    old: str
    new: str = ""


@dataclass(frozen=True)
class Break:
    """Edits that break exactly `clauses`, by errors of `rule` and of no other."""

    rule: str
    clauses: str
    edits: tuple[Edit | Move, ...] = field(default=())


def edit(rule: str, clauses: str, *edits: Edit | Move) -> Break:
    """The break, with its clauses as words."""
    return Break(rule, clauses, edits)


STATISTICS = "app/routers/v2/statistics.py"
TOOLS = "app/routers/v1/tools.py"
DATABASE = "app/core/database.py"
NOTIFICATIONS = "app/services/notifications.py"
CONFIG = "app/core/config.py"
COMPOSE = "docker-compose.yml"
POOL = """\
        pool_size=settings.db_pool_size,
        max_overflow=settings.db_max_overflow,
        pool_recycle=settings.db_pool_recycle,
        pool_pre_ping=settings.db_pool_pre_ping,
"""
POOLS = "from sqlalchemy.pool import NullPool, QueuePool\n\nfrom app.core.config import Settings\n"
SETTINGS = "from app.core.config import Settings\n"
ANNOUNCE = "        notice = LoanNotice("

BREAKS = (
    edit("BA0102", "1.1.1 1.2.1 6.2.1", Edit(STATISTICS, "async def", "def"), Edit(STATISTICS, "await ", "")),
    edit(
        "BA1105",
        "1.1.2 11.2.1",
        Edit("app/main.py", "    return app\n", '    app.openapi_version = "3.0.2"\n    return app\n'),
    ),
    edit(
        "BA1104",
        "1.1.3 11.1.4",
        Edit(
            TOOLS, 'tools: ToolServiceDep) -> ToolRead:\n    """Show', 'tools: ToolServiceDep):\n    """Show'
        ),
    ),
    edit(
        "BA0103",
        "1.1.3",
        Edit(TOOLS, "import APIRouter, Depends, status", "import APIRouter, Depends, Request, status"),
        Edit(TOOLS, "create_tool(data: ToolCreate, tools", "create_tool(request: Request, tools"),
        Edit(TOOLS, "tools.take_in(data)", "tools.take_in(ToolCreate(**await request.json()))"),
    ),
    edit(
        "BA0606",
        "1.2.2",
        Edit(NOTIFICATIONS, "import logging\n", "import logging\nimport time\n"),
        Edit(NOTIFICATIONS, ANNOUNCE, "        time.sleep(1)\n" + ANNOUNCE),
    ),
    edit("BA0202", "2.1.1", Edit(CONFIG, "postgresql+asyncpg", "postgresql+psycopg")),
    edit(
        "BA0204",
        "2.1.2 6.1.1",
        Edit(DATABASE, SETTINGS, "from sqlalchemy import Engine, create_engine\n\n" + SETTINGS),
        Edit(
            DATABASE,
            "",
            "\n\ndef build_plain_engine(settings: Settings) -> Engine:\n"
            "    return create_engine(settings.database_url, pool_size=settings.db_pool_size)\n",
        ),
    ),
    edit(
        "BA0203",
        "2.1.2",
        Edit("uv.lock", 'name = "sqlalchemy"\nversion = "2.1.9"', 'name = "sqlalchemy"\nversion = "1.4.54"'),
        Edit("uv.lock", 'specifier = ">=2.0.40"', 'specifier = ">=1.4"'),
        Edit("pyproject.toml", "sqlalchemy[asyncio]>=2.0.40", "sqlalchemy[asyncio]>=1.4"),
    ),
    edit(
        "BA0206",
        "2.1.3",
        Edit(DATABASE, SETTINGS, POOLS),
        Edit(DATABASE, POOL, "        poolclass=NullPool,\n"),
    ),
    edit(
        "BA0208",
        "2.2.1",
        Edit(
            DATABASE,
            "        settings.database_url,\n",
            '        settings.database_url,\n        isolation_level="AUTOCOMMIT",\n',
        ),
    ),
    edit(
        "BA0210",
        "2.2.2",
        Edit("app/dependencies/database.py", " as session, session.begin():", " as session:"),
        Edit("app/routers/v1/borrowers.py", ", dependencies=[Depends(require_api_key)]", ""),
    ),
    edit(
        "BA0209",
        "2.2.1 2.2.2",
        Edit(
            "app/crud/loans.py",
            "        await self._session.flush()\n        return loan\n",
            "        await self._session.commit()\n        self._session.add(loan)\n"
            "        await self._session.commit()\n        return loan\n",
        ),
    ),
    edit(
        "BA0211",
        "2.2.3",
        Edit(
            "app/dependencies/database.py",
            "    async with resources.session_factory() as session, session.begin():\n"
            "        yield session\n",
            "    session = resources.session_factory()\n    yield session\n    await session.commit()\n",
        ),
    ),
    edit("BA0302", "3.1.1", Edit("app/models/tool.py", "String(20)", "String(30)")),
    edit("BA0304", "3.1.2", Edit(".gitignore", "", "alembic/versions/\n")),
    edit(
        "BA0306",
        "3.1.3",
        Edit(
            "alembic/versions/0003*",
            '    op.drop_index(op.f("ix_loans_due_at"), table_name="loans")\n'
            '    op.drop_column("tools", "shelf")\n',
            "    pass\n",
        ),
    ),
    edit(
        "BA0308",
        "3.2.1",
        Edit("docker-entrypoint.sh", "alembic upgrade head\n", ""),
        Edit("justfile", "alembic upgrade head", "alembic current"),
        Edit(".github/workflows/ci.yml", "alembic upgrade head", "alembic current"),
    ),
    edit(
        "BA0309",
        "3.2.2",
        Edit(
            "app/main.py",
            "from app.routers import operations",
            "from app.models import Base\nfrom app.routers import operations",
        ),
        Edit(
            "app/main.py",
            "            app.state.resources = resources\n",
            "            app.state.resources = resources\n"
            "            async with resources.session_factory() as session:\n"
            "                await (await session.connection()).run_sync(Base.metadata.create_all)\n",
        ),
    ),
    edit("BA0310", "3.2.3", Edit("docker-entrypoint.sh", "upgrade head", "upgrade head || true")),
    edit(
        "BA0408",
        "4.1.1",
        Edit("justfile", "    uv sync --locked\n", "    python -m venv .venv\n    uv sync --locked\n"),
    ),
    edit(
        "BA0405",
        "4.1.2",
        Edit("app/core/logging.py", "import logging.config\n", "import logging.config\n\nimport iniconfig\n"),
    ),
    edit("BA0403", "4.1.3", Edit(".dockerignore", "!uv.lock\n", "")),
    edit("BA0401", "4.1.3 4.2.2", Edit("uv.lock", "*", "")),
    edit(
        "BA0407",
        "4.2.1",
        Edit("justfile", "    uv sync --locked\n", "    uv sync --locked\n    pip install httpx\n"),
    ),
    edit("BA0409", "4.2.2", Edit(".github/workflows/ci.yml", "uv sync --locked", "uv sync")),
    edit("BA0410", "4.2.3", Edit("Dockerfile", "uv:0.13.9", "uv:latest")),
    edit("BA0501", "5.1.1 5.1.6", Move("app/services", "app/logic")),
    edit("BA0502", "5.1.2", Move("app/core/config", "app/configuration")),
    edit("BA0503", "5.1.3", Move("app/models/borrower", "app/people")),
    edit("BA0504", "5.1.4", Move("app/schemas/statistics", "app/figures")),
    edit("BA0505", "5.1.5 5.2.2", Move("app/crud/tools", "app/shelf")),
    edit(
        "BA0506",
        "5.1.7",
        Move(STATISTICS.removesuffix(".py"), "app/figures"),
        Edit("app/routers/v2/__init__.py", "import loans, statistics, tools", "import loans, tools"),
        Edit(
            "app/routers/v2/__init__.py",
            "include_router(statistics.router)",
            "include_router(figures.router)",
        ),
        Edit(
            "app/routers/v2/__init__.py",
            "from app.routers.v2",
            "from app import figures\nfrom app.routers.v2",
        ),
    ),
    edit("BA0507", "5.1.8", Move("app/dependencies/pagination", "app/pages")),
    edit(
        "BA0511",
        "5.2.1",
        Edit(
            TOOLS,
            "from app.dependencies.deprecation",
            "from app.crud.tools import ToolRepository\nfrom app.dependencies.deprecation",
        ),
        Edit(TOOLS, "", "\nREPOSITORY = ToolRepository\n"),
    ),
    edit(
        "BA0512",
        "5.2.2",
        Edit(
            "app/services/tools.py",
            "from app.core.errors",
            "from sqlalchemy import text\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\n"
            "from app.core.errors",
        ),
        Edit(
            "app/services/tools.py",
            "",
            "\n    async def look(self, session: AsyncSession) -> None:\n"
            '        await session.execute(text("select 1"))\n',
        ),
    ),
    edit(
        "BA0513",
        "5.2.3",
        Edit(
            "app/models/tool.py",
            "from app.models.base import Base\n",
            "from app.models.base import Base\nfrom app.schemas.tools import ToolRead\n",
        ),
        Edit("app/models/tool.py", "", "\n\nSHOWN = ToolRead\n"),
    ),
    edit(
        "BA0514",
        "5.2.4",
        Edit(
            "app/schemas/statistics.py",
            "NonNegativeInt\n\n",
            "NonNegativeInt\n\nfrom app.models import Tool\n\nCOUNTED = Tool\n\n",
        ),
    ),
    edit(
        "BA0601",
        "1.2.3 6.1.1",
        Edit(
            "app/dependencies/database.py",
            "from sqlalchemy.ext.asyncio import AsyncSession\n",
            "from sqlalchemy.ext.asyncio import AsyncSession\nfrom sqlalchemy.orm import Session\n",
        ),
        Edit(
            "app/dependencies/database.py",
            "        yield session\n",
            "        with Session() as plain:\n            plain.flush()\n        yield session\n",
        ),
    ),
    edit(
        "BA0602", "6.1.2", Edit("app/crud/tools.py", "await self._session.flush()", "self._session.flush()")
    ),
    edit(
        "BA0603",
        "6.1.3",
        Edit(DATABASE, SETTINGS, POOLS),
        Edit(DATABASE, POOL, POOL + "        poolclass=QueuePool,\n"),
    ),
    edit(
        "BA0604",
        "1.2.2 6.2.2",
        Edit(NOTIFICATIONS, ANNOUNCE, "        httpx.head(str(self._url))\n" + ANNOUNCE),
    ),
    edit(
        "BA0605",
        "1.2.2 6.2.3",
        Edit(NOTIFICATIONS, "import logging\n", "import logging\nfrom pathlib import Path\n"),
        Edit(NOTIFICATIONS, ANNOUNCE, '        Path("loans.log").write_text(str(loan.id))\n' + ANNOUNCE),
    ),
    edit(
        "BA0702",
        "7.1.1 7.1.2",
        Edit(NOTIFICATIONS, "import logging\n", "import logging\nimport os\n"),
        Edit(NOTIFICATIONS, ANNOUNCE, '        logger.info(os.environ["REGION"])\n' + ANNOUNCE),
    ),
    edit(
        "BA0703",
        "7.1.3",
        Edit(
            CONFIG,
            "api_key: SecretStr | None = None",
            'api_key: SecretStr | None = SecretStr("q7Rz2Lw9XcVb4NtK8mPd")',
        ),
    ),
    edit(
        "BA0705",
        "7.1.4",
        Edit(CONFIG, "    environment: Environment", "    realm: Environment"),
        Edit(CONFIG, "self.environment", "self.realm"),
    ),
    edit(
        "BA0706",
        "7.2.1",
        Edit(
            DATABASE,
            "        settings.database_url,\n",
            '        "postgresql+asyncpg://lending@localhost/lending",\n',
        ),
    ),
    edit("BA0707", "7.2.2", Edit(DATABASE, "settings.db_pool_size", "5")),
    edit(
        "BA0708",
        "7.2.3",
        Edit(
            CONFIG,
            '    postgres_db: str = "lending"\n',
            '    postgres_db: str = "lending"\n    replica_database_url: str\n',
        ),
    ),
    edit(
        "BA0801",
        "8.1.1",
        Edit(
            "app/main.py",
            "app.include_router(v2.router, prefix=settings.api_prefix)",
            "app.include_router(v2.router)",
        ),
        Edit("app/routers/v2/__init__.py", '"/v2"', '"/second"'),
        Edit("tests/integration/test_v*.py", "/api/v2/", "/second/"),
    ),
    edit(
        "BA0802",
        "8.1.3",
        Edit("app/main.py", "        description=DESCRIPTION,\n", ""),
        Edit("app/main.py", "        openapi_tags=TAGS,\n", ""),
        Edit("app/main.py", "        version=__version__,\n", ""),
        Edit("app/routers/v2/__init__.py", 'tags=["v2"]', 'tags=["new"]'),
        Edit("CHANGELOG.md", "*", ""),
    ),
    edit("BA0803", "8.2.1", Edit("app/schemas/tools.py", "    shelf: str | None\n", "")),
    edit(
        "BA0804",
        "8.2.2",
        Edit("app/main.py", "    app.include_router(v1.router, prefix=settings.api_prefix)\n", ""),
    ),
    edit(
        "BA0805",
        "8.2.3",
        Edit(TOOLS, "    dependencies=[Depends(announce_tool_list_sunset)],\n", ""),
        Edit(TOOLS, "2026-09-01 and served until 2027-06-30 (Sunset header)", "a while ago"),
        Edit("app/main.py", "2027-06-30", "later"),
        Edit("app/main.py", "2026-09-01", "lately"),
        Edit("app/dependencies/deprecation.py", "*", ""),
    ),
    edit("BA0901", "9.1.1 9.1.3 9.1.4 9.2.1 9.2.2 9.2.3", Move("tests")),
    edit("BA0903", "9.1.2", Edit("pyproject.toml", 'asyncio_mode = "auto"', 'asyncio_mode = "strict"')),
    edit(
        "BA0905",
        "9.1.3",
        Edit(
            "tests/conftest.py",
            "    async with build_session_factory(engine)() as session:\n        yield session\n"
            "        await session.rollback()\n",
            "    return AsyncSession(engine)\n",
        ),
        Edit("tests/conftest.py", "    yield engine\n    tables = ", "    return engine\n    tables = "),
    ),
    edit("BA0906", "9.1.4", Edit("pyproject.toml", 'source = ["app"]', 'source = ["lending"]')),
    edit(
        "BA0907",
        "9.2.1",
        Edit("app/services/labels.py", "", "def label(name: str) -> str:\n    return name.upper()\n"),
        Edit("app/__main__.py", "", "from app.services.labels import label\n\nprint(label)\n"),
    ),
    edit("BA0908", "9.2.2", Edit("tests/integration/test_v2.py", "/api/v2/statistics", "/api/v2/figures")),
    edit(
        "BA0909",
        "9.2.3",
        Edit(
            "app/crud/tools.py",
            "",
            "\n\nasync def forget(session: AsyncSession) -> None:\n    await session.flush()\n",
        ),
        Edit("app/__main__.py", "", "from app.crud.tools import forget\n\nprint(forget)\n"),
    ),
    edit(
        "BA0910",
        "9.2.4",
        Edit(
            NOTIFICATIONS,
            "",
            "\n\nasync def greet() -> None:\n    async with httpx.AsyncClient() as client:\n"
            '        await client.get("http://notifications.example.com/")\n',
        ),
        Edit(
            "tests/unit/test_greeting.py",
            "",
            "from app.services.notifications import greet\n\n\n"
            "async def test_it_greets() -> None:\n    await greet()\n",
        ),
    ),
    edit("BA1002", "10.1.1", Edit("docker-entrypoint.sh", "app.main:app ", "app.main:application ")),
    edit(
        "BA1003",
        "10.1.2",
        Edit("Dockerfile", "FROM python:3.12-slim-bookworm\n", ""),
        Edit("Dockerfile", "COPY --from=build /srv/.venv .venv\n", ""),
    ),
    edit("BA1004", "10.1.3", Edit("Dockerfile", "/srv/.venv .venv", "/srv/pyproject.toml ./")),
    edit(
        "BA1012",
        "10.2.1",
        Edit(COMPOSE, "redis:8", "memcached:1.6"),
        Edit(
            COMPOSE,
            '    command: ["redis-server", "--save", "", "--maxmemory", "64mb", '
            '"--maxmemory-policy", "allkeys-lru"]\n',
            "",
        ),
    ),
    edit("BA1013", "10.2.2", Edit(COMPOSE, 'test: ["CMD", "redis-cli", "ping"]', "disable: true")),
    edit("BA1014", "10.2.3", Edit(COMPOSE, "- postgres-data:", "- ")),
    edit("BA1015", "10.2.4", Edit(COMPOSE, "REDIS_URL:", "CACHE_URL:")),
    edit(
        "BA1101",
        "11.1.1 1.1.2",
        Edit(
            "app/main.py",
            "        lifespan=lifespan,\n",
            "        lifespan=lifespan,\n        openapi_url=None,\n",
        ),
    ),
    edit(
        "BA1102",
        "11.1.2",
        Edit(
            "app/main.py",
            "        lifespan=lifespan,\n",
            '        lifespan=lifespan,\n        docs_url="/swagger",\n',
        ),
    ),
    edit(
        "BA1103",
        "11.1.3",
        Edit(
            "app/main.py",
            "        lifespan=lifespan,\n",
            "        lifespan=lifespan,\n        redoc_url=None,\n",
        ),
    ),
    edit("BA1110", "11.2.1", Edit("openapi.json", "", '{"openapi": "3.1.0", "info": {}, "paths": {}}\n')),
    edit("BA1106", "11.2.2", Edit("app/schemas/statistics.py", "retired: NonNegativeInt", "retired: dict")),
    edit(
        "BA1107",
        "11.2.3",
        Edit(STATISTICS, ', summary="Show the desk in figures"', ""),
        Edit(
            STATISTICS, '    """Show how many tools are where; the figures may be some seconds old."""\n', ""
        ),
    ),
)

TOGETHER = {
    "1.1.1 1.2.1 6.2.1": "the standard asks three times for async handlers",
    "1.1.2 11.1.1": "the standard asks twice for a generated OpenAPI document",
    "11.1.4": "an answer without a schema is one that Pydantic does not validate, which 1.1.3 asks for",
    "1.2.3 6.1.1": "the standard asks twice for async sessions",
    "5.1.1": "a layer without a directory breaks the clause of that layer, too",
    "5.1.6": "all that is certain to break `services/` is that it is missing, which 5.1.1 forbids",
    "5.1.5": "a query outside of `crud/` is data access past the repositories, which 5.2.2 forbids",
    "6.2.2 6.2.3": "a call that blocks the event loop is blocking I/O, which 1.2.2 forbids",
    "7.1.1 7.1.2": "what is read past the settings is neither loaded nor validated by them",
    "9.1.1": "without tests on pytest there is nothing that the other clauses of tests ask for",
}
"""Clauses that no edit can break alone, and why."""
