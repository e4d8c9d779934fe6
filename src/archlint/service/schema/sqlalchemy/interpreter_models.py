"""Mapped mixins of libraries, as Python that says what they put on a table; the interpreter runs it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from archlint.facts.python import read_python
from archlint.service.semantics.modules import Module, Role

FOLDER = "<library>"
"""Where the stubs seem to lie: no file of a repository has such a path."""


@cache
def stub(name: str) -> Module | None:
    """The module that stands for a library's; None where there is none."""
    source = _STUBS.get(name)
    if source is None:
        return None
    return Module(name, f"{FOLDER}/{name}.py", read_python(source.encode()), Role.RUNTIME)


_FASTAPI_USERS = """
from fastapi_users_db_sqlalchemy.generics import GUID
from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import declared_attr, mapped_column


class SQLAlchemyBaseUserTable:
    __tablename__ = "user"

    email = mapped_column(String(320), unique=True, index=True, nullable=False)
    hashed_password = mapped_column(String(1024), nullable=False)
    is_active = mapped_column(Boolean, nullable=False)
    is_superuser = mapped_column(Boolean, nullable=False)
    is_verified = mapped_column(Boolean, nullable=False)


class SQLAlchemyBaseUserTableUUID(SQLAlchemyBaseUserTable):
    id = mapped_column(GUID, primary_key=True)


class SQLAlchemyBaseOAuthAccountTable:
    __tablename__ = "oauth_account"

    oauth_name = mapped_column(String(100), index=True, nullable=False)
    access_token = mapped_column(String(1024), nullable=False)
    expires_at = mapped_column(Integer, nullable=True)
    refresh_token = mapped_column(String(1024), nullable=True)
    account_id = mapped_column(String(320), index=True, nullable=False)
    account_email = mapped_column(String(320), nullable=False)


class SQLAlchemyBaseOAuthAccountTableUUID(SQLAlchemyBaseOAuthAccountTable):
    id = mapped_column(GUID, primary_key=True)

    @declared_attr
    def user_id(cls):
        return mapped_column(GUID, ForeignKey("user.id", ondelete="cascade"), nullable=False)
"""
_ACCESS_TOKENS = """
from fastapi_users_db_sqlalchemy.generics import GUID, TIMESTAMPAware
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import declared_attr, mapped_column


class SQLAlchemyBaseAccessTokenTable:
    __tablename__ = "accesstoken"

    token = mapped_column(String(43), primary_key=True)
    created_at = mapped_column(TIMESTAMPAware(timezone=True), index=True, nullable=False)


class SQLAlchemyBaseAccessTokenTableUUID(SQLAlchemyBaseAccessTokenTable):
    @declared_attr
    def user_id(cls):
        return mapped_column(GUID, ForeignKey("user.id", ondelete="cascade"), nullable=False)
"""
_STUBS: Mapping[str, str] = {
    "fastapi_users_db_sqlalchemy": _FASTAPI_USERS,
    "fastapi_users.db": _FASTAPI_USERS,
    "fastapi_users_db_sqlalchemy.access_token": _ACCESS_TOKENS,
}
