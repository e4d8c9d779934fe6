"""What archlint knows of the libraries a service is built on: public names, bases, and what a base makes.

Held to the installed libraries by `tests/service/test_libraries.py`.
"""

from __future__ import annotations

from functools import cache

from archlint.service.semantics.declared_models import model_names

PUBLIC_HOMES: dict[str, dict[str, str]] = {
    "fastapi": {
        "fastapi.applications": "FastAPI",
        "fastapi.background": "BackgroundTasks",
        "fastapi.datastructures": "UploadFile",
        "fastapi.exceptions": "HTTPException WebSocketException",
        "fastapi.param_functions": "Body Cookie Depends File Form Header Path Query Security",
        "fastapi.requests": "Request",
        "fastapi.responses": "Response",
        "fastapi.routing": "APIRouter",
        "fastapi.websockets": "WebSocket WebSocketDisconnect",
        "starlette.requests": "Request",
        "starlette.responses": "Response",
        "starlette.websockets": "Response WebSocket WebSocketDisconnect",
    },
    "fastapi.responses": {
        "starlette.responses": (
            "FileResponse HTMLResponse JSONResponse PlainTextResponse RedirectResponse StreamingResponse"
        ),
    },
    "fastapi.concurrency": {
        "starlette.concurrency": "iterate_in_threadpool run_in_threadpool",
    },
    "fastapi.middleware.cors": {
        "starlette.middleware.cors": "CORSMiddleware",
    },
    "fastapi.staticfiles": {
        "starlette.staticfiles": "StaticFiles",
    },
    "fastapi.templating": {
        "starlette.templating": "Jinja2Templates",
    },
    "fastapi.testclient": {
        "starlette.testclient": "TestClient",
    },
    "pydantic": {
        "pydantic.config": "ConfigDict",
        "pydantic.deprecated.class_validators": "root_validator validator",
        "pydantic.class_validators": "root_validator validator",
        "pydantic.fields": "Field PrivateAttr computed_field",
        "pydantic.functional_serializers": "field_serializer model_serializer",
        "pydantic.functional_validators": "field_validator model_validator",
        "pydantic.main": "BaseModel ConfigDict create_model",
        "pydantic.networks": (
            "AnyHttpUrl AnyUrl EmailStr HttpUrl IPvAnyAddress IPvAnyInterface IPvAnyNetwork"
            " NameEmail PostgresDsn RedisDsn"
        ),
        "pydantic.root_model": "BaseModel RootModel",
        "pydantic.types": (
            "UUID1 UUID3 UUID4 UUID5 AwareDatetime FutureDate FutureDatetime Json JsonValue"
            " NonNegativeInt"
            " NonPositiveInt PastDate PastDatetime PositiveInt SecretBytes SecretStr"
            " StringConstraints conint conlist constr"
        ),
    },
    "pydantic_settings": {
        "pydantic_settings.main": "BaseSettings SettingsConfigDict",
    },
    "sqlalchemy": {
        "sqlalchemy.engine": "Connection Engine URL create_engine make_url",
        "sqlalchemy.engine.base": "Connection Engine",
        "sqlalchemy.engine.create": "create_engine",
        "sqlalchemy.engine.url": "URL make_url",
        "sqlalchemy.future": "Connection Engine create_engine select",
        "sqlalchemy.pool": "AsyncAdaptedQueuePool NullPool QueuePool SingletonThreadPool StaticPool",
        "sqlalchemy.pool.impl": "AsyncAdaptedQueuePool NullPool QueuePool SingletonThreadPool StaticPool",
        "sqlalchemy.schema": (
            "Column ForeignKey ForeignKeyConstraint Index MetaData PrimaryKeyConstraint Table"
            " UniqueConstraint"
        ),
        "sqlalchemy.sql": "and_ delete func insert not_ or_ select text update",
        "sqlalchemy.sql.expression": "and_ delete func insert not_ or_ select text update",
        "sqlalchemy.sql.functions": "func",
        "sqlalchemy.sql.schema": (
            "Column ForeignKey ForeignKeyConstraint Index MetaData PrimaryKeyConstraint Table"
            " UniqueConstraint"
        ),
        "sqlalchemy.sql.sqltypes": (
            "BigInteger Boolean Date DateTime Enum Float Integer JSON LargeBinary Numeric String Text Uuid"
        ),
        "sqlalchemy.types": (
            "BigInteger Boolean Date DateTime Enum Float Integer JSON LargeBinary Numeric String Text Uuid"
        ),
        "sqlmodel": (
            "BigInteger Boolean Column Date DateTime Enum Float ForeignKey ForeignKeyConstraint"
            " Index Integer JSON LargeBinary MetaData Numeric PrimaryKeyConstraint QueuePool"
            " StaticPool String Table Text UniqueConstraint Uuid create_engine delete func insert"
            " text update"
        ),
    },
    "sqlalchemy.ext.asyncio": {
        "sqlalchemy.ext.asyncio.engine": (
            "AsyncConnection AsyncEngine async_engine_from_config create_async_engine"
        ),
        "sqlalchemy.ext.asyncio.scoping": "async_scoped_session",
        "sqlalchemy.ext.asyncio.session": "AsyncAttrs AsyncSession async_sessionmaker",
    },
    "sqlalchemy.orm": {
        "sqlalchemy.orm.decl_api": (
            "DeclarativeBase DeclarativeBaseNoMeta DeclarativeMeta MappedAsDataclass as_declarative"
            " declarative_base declared_attr mapped_column registry relationship"
        ),
        "sqlalchemy.orm.session": "Session sessionmaker",
        "sqlalchemy.orm.scoping": "scoped_session",
        "sqlalchemy.ext.declarative": "DeclarativeMeta as_declarative declarative_base declared_attr",
    },
    "sqlmodel": {
        "sqlmodel.main": "Field Relationship SQLModel",
        "sqlmodel.orm.session": "Session",
        "sqlmodel.sql.expression": "select",
    },
}
"""By a library's public module: the other modules that hold the same objects, and the names of these."""

ENUMERATIONS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag"})
DECLARATIVE_BASES = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta"})
"""Deriving from one of these makes a declarative base, not a mapped class."""

BASE_FACTORIES = frozenset({"sqlalchemy.orm.declarative_base", "sqlalchemy.ext.automap.automap_base"})

READY_BASES = frozenset(
    {
        "advanced_alchemy.base.BigIntAuditBase",
        "advanced_alchemy.base.BigIntBase",
        "advanced_alchemy.base.CommonTableAttributes",
        "advanced_alchemy.base.DefaultBase",
        "advanced_alchemy.base.IdentityAuditBase",
        "advanced_alchemy.base.IdentityBase",
        "advanced_alchemy.base.NanoIDAuditBase",
        "advanced_alchemy.base.NanoIDBase",
        "advanced_alchemy.base.UUIDAuditBase",
        "advanced_alchemy.base.UUIDBase",
        "advanced_alchemy.base.UUIDv6AuditBase",
        "advanced_alchemy.base.UUIDv6Base",
        "advanced_alchemy.base.UUIDv7AuditBase",
        "advanced_alchemy.base.UUIDv7Base",
        "fastapi_sqla.Base",
        "fastapi_sqla.base.Base",
        "fastapi_sqla.sqla.Base",
    }
)
"""Declarative bases that a library ships: deriving from one makes a mapped class."""

SQLMODEL = "sqlmodel.SQLModel"

DOCUMENT_BASES = frozenset(
    {
        "beanie.Document",
        "mongoengine.Document",
        "odmantic.Model",
        "ormar.Model",
        "peewee.Model",
        "piccolo.table.Table",
        "tortoise.models.Model",
    }
)
"""Bases of stored objects outside SQLAlchemy."""

PLAIN_SCHEMA_BASES = frozenset(
    {
        "pydantic.BaseModel",
        "pydantic.RootModel",
        "pydantic.generics.GenericModel",
        "pydantic.v1.BaseModel",
        "pydantic.v1.generics.GenericModel",
        SQLMODEL,
    }
)
"""Bases that make a class a Pydantic model and give it no field."""

SCHEMA_BASES = PLAIN_SCHEMA_BASES | model_names()

SETTINGS_BASES = frozenset(
    {
        "pydantic.BaseSettings",
        "pydantic.env_settings.BaseSettings",
        "pydantic.v1.BaseSettings",
        "pydantic_settings.BaseSettings",
    }
)


CONTAINER_MARKERS = frozenset(
    {
        *("aioinject.Injected", "aioinject.ext.fastapi.Inject", "dishka.FromDishka", "dishka.FromComponent"),
        *("dishka.integrations.base.FromDishka", "dishka.integrations.fastapi.FromDishka"),
        *("dishka.integrations.starlette.FromDishka", "dishka.integrations.faststream.FromDishka"),
        *("that_depends.Provide", "modern_di_fastapi.FromDI"),
    }
)
"""Annotations of containers that give an object of what they hold; a request has no part in them."""


def public_name(qualified: str) -> str:
    """The name by which the library's documentation calls it: `fastapi.APIRouter` for `fastapi.routing.…`."""
    return _public_names().get(qualified, qualified)


@cache
def _public_names() -> dict[str, str]:
    return {
        f"{home}.{name}": f"{public}.{name}"
        for public, homes in PUBLIC_HOMES.items()
        for home, names in homes.items()
        for name in names.split()
    }
