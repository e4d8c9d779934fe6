"""Models of libraries that services answer with and derive from, as the libraries' own source has them.

One text for each library, with the modules that hold its classes, and the public names of these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from msgspec import Struct


class DeclaredModels(Struct, frozen=True):
    """The models of one library.

    `homes` has the classes by their modules, `also` further modules that hold the same classes. `earlier`
    are the texts of older releases, each with the version that ended it, the oldest first.
    """

    distribution: str
    text: str
    homes: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]] = {}
    earlier: tuple[tuple[str, str], ...] = ()

    def names(self) -> dict[str, str]:
        """Each name that means a class of the library, with the module and name of the class itself."""
        return {
            f"{home}.{cls}": f"{module}.{cls}"
            for module, classes in self.homes.items()
            for home in (module, *self.also.get(module, ()))
            for cls in classes.split()
        }


_PAGINATION = """
from collections.abc import Sequence
from typing import Any, Generic, Optional, TypeVar
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, conint
T = TypeVar("T", default=Any)
AtLeastOne = {one}
AtLeastZero = {zero}
class AbstractParams: ...
class Params(BaseModel):
    page: int = Query(1, ge=1, description="Page number")
    size: int = Query(50, ge=1, le=100, description="Page size")
class LimitOffsetParams(BaseModel):
    limit: int = Query(50, ge=1, le=100, description="Page size limit")
    offset: int = Query(0, ge=0, description="Page offset")
class CursorParams(BaseModel):
    cursor: Optional[str] = Query(None, description="Cursor for the next page")
    size: int = Query(50, ge=0, le=100, description="Page size")
class AbstractPage(BaseModel, Generic[T]):
    model_config = ConfigDict(arbitrary_types_allowed=True, from_attributes=True, populate_by_name=True)
class BasePage(AbstractPage[T], Generic[T]):
    items: Sequence[T]
    total: AtLeastZero{total}
class Page(BasePage[T], Generic[T]):
    page: AtLeastOne
    size: AtLeastOne
    pages: AtLeastZero{total}
    __params_type__ = Params
class LimitOffsetPage(BasePage[T], Generic[T]):
    limit: AtLeastOne
    offset: AtLeastZero
    __params_type__ = LimitOffsetParams
class CursorPage(BasePage[T], Generic[T]):
    current_page: Optional[str] = Field(None, description="Cursor to refetch the current page")
    current_page_backwards: Optional[str] = Field(
        None, description="Cursor to refetch the current page starting from the last item")
    previous_page: Optional[str] = Field(None, description="Cursor for the previous page")
    next_page: Optional[str] = Field(None, description="Cursor for the next page")
    __params_type__ = CursorParams
"""

_USERS = """
from typing import Generic, Optional, TypeVar
from pydantic import BaseModel, ConfigDict, EmailStr
ID = TypeVar("ID")
class CreateUpdateDictModel(BaseModel): ...
class BaseUser(CreateUpdateDictModel, Generic[ID]):
    '''Base User model.'''
    id: ID
    email: EmailStr
    is_active: bool = True
    is_superuser: bool = False
    is_verified: bool = False
    model_config = ConfigDict(from_attributes=True)
class BaseUserCreate(CreateUpdateDictModel):
    email: EmailStr
    password: str
    is_active: Optional[bool] = True
    is_superuser: Optional[bool] = False
    is_verified: Optional[bool] = False
class BaseUserUpdate(CreateUpdateDictModel):
    password: Optional[str] = None
    email: Optional[EmailStr] = None
    is_active: Optional[bool] = None
    is_superuser: Optional[bool] = None
    is_verified: Optional[bool] = None
class BaseOAuthAccount(BaseModel, Generic[ID]):
    '''Base OAuth account model.'''
    id: ID
    oauth_name: str
    access_token: str
    expires_at: Optional[int] = None
    refresh_token: Optional[str] = None
    account_id: str
    account_email: str
    model_config = ConfigDict(from_attributes=True)
class BaseOAuthAccountMixin(BaseModel):
    '''Adds OAuth accounts list to a User model.'''
    oauth_accounts: list[BaseOAuthAccount] = []
"""

_CREDENTIALS = """
from pydantic import BaseModel
class HTTPBasicCredentials(BaseModel):
    username: str
    password: str
class HTTPAuthorizationCredentials(BaseModel):
    scheme: str
    credentials: str
"""

_CAMEL_CASE = """
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
class CamelModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
"""

_UTILITIES = """
import re
from pydantic import BaseModel, ConfigDict
def snake2camel(snake):
    camel = re.sub("([0-9A-Za-z])_(?=[0-9A-Z])", r"\\1", snake.title())
    word = camel.lstrip("_")
    return camel[: len(camel) - len(word)] + word[:1].lower() + word[1:]
class APIModel(BaseModel):
    '''
    Intended for use as a base class for externally-facing models.

    Any models that inherit from this class will:
    * accept fields using snake_case or camelCase keys
    * use camelCase keys in the generated OpenAPI spec
    * have orm_mode on by default
        * Because of this, FastAPI will automatically attempt to parse returned orm instances into the model
    '''
    model_config = ConfigDict(
        from_attributes=True, populate_by_name=True, alias_generator=snake2camel)
class APIMessage(APIModel):
    '''
    A lightweight utility class intended for use with simple message-returning endpoints.
    '''
    detail: str
"""

_FILTERS = """
from pydantic import BaseModel
class BaseFilterModel(BaseModel, extra="forbid"): ...
class Filter(BaseFilterModel): ...
"""

_AT_LEAST = "conint(ge={})"
_MAYBE = "Optional[conint(ge={})]"


def _pagination(number: str, absent: str) -> str:
    """The text for pages whose numbers are like that, and have that default."""
    return _PAGINATION.format(one=number.format(1), zero=number.format(0), total=absent)


LIBRARIES = (
    DeclaredModels(
        "fastapi-pagination",
        _pagination(_AT_LEAST, ""),
        {
            "fastapi_pagination.bases": "AbstractPage BasePage AbstractParams",
            "fastapi_pagination.default": "Page Params",
            "fastapi_pagination.limit_offset": "LimitOffsetPage LimitOffsetParams",
            "fastapi_pagination.cursor": "CursorPage CursorParams",
        },
        {
            f"fastapi_pagination.{module}": ("fastapi_pagination",)
            for module in ("default", "limit_offset", "cursor")
        },
        earlier=(("0.14", _pagination(_MAYBE, " = None")),),
    ),
    DeclaredModels(
        "fastapi-users",
        _USERS,
        {
            "fastapi_users.schemas": "CreateUpdateDictModel BaseUser BaseUserCreate BaseUserUpdate"
            " BaseOAuthAccount BaseOAuthAccountMixin"
        },
    ),
    DeclaredModels(
        "fastapi",
        _CREDENTIALS,
        {"fastapi.security.http": "HTTPBasicCredentials HTTPAuthorizationCredentials"},
        {"fastapi.security.http": ("fastapi.security",)},
    ),
    DeclaredModels("fastapi-camelcase", _CAMEL_CASE, {"fastapi_camelcase": "CamelModel"}),
    DeclaredModels(
        "fastapi-utils",
        _UTILITIES,
        {"fastapi_utils.api_model": "APIModel APIMessage"},
        {"fastapi_utils.api_model": ("fastapi_utils",)},
    ),
    DeclaredModels(
        "fastapi-restful",
        _UTILITIES,
        {"fastapi_restful.api_model": "APIModel APIMessage"},
        {"fastapi_restful.api_model": ("fastapi_restful",)},
    ),
    DeclaredModels(
        "fastapi-filter",
        _FILTERS,
        {
            "fastapi_filter.base.filter": "BaseFilterModel",
            "fastapi_filter.contrib.sqlalchemy.filter": "Filter",
        },
        {
            "fastapi_filter.contrib.sqlalchemy.filter": tuple(
                f"fastapi_filter.contrib.{name}"
                for name in ("sqlalchemy", "beanie", "beanie.filter", "mongoengine", "mongoengine.filter")
            )
        },
    ),
)
"""The libraries whose models are known."""


@cache
def library_classes() -> Mapping[str, tuple[DeclaredModels, str]]:
    """Each name that means a declared class, with its library and the name of the class itself."""
    return {name: (library, cls) for library in LIBRARIES for name, cls in library.names().items()}


@cache
def model_names() -> frozenset[str]:
    """All names that mean a declared model."""
    derived = {cls for library in LIBRARIES for cls in re.findall(r"^class (\w+)\(", library.text, re.M)}
    return frozenset(name for name in library_classes() if name.rpartition(".")[2] in derived)
