"""Models of libraries that services answer with and derive from, declared to be read as the service's own.

Held to the libraries by what running apps of both ages give, `docs/benchmarks.md`.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct
from packaging.version import Version

from archlint.facts.python import read_python
from archlint.facts.syntax import ClassDef
from archlint.service.semantics.modules import Module, Role
from archlint.service.semantics.symbols import Symbol

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
_HOMES = {
    "fastapi_pagination.bases": ("AbstractPage", "BasePage", "AbstractParams"),
    "fastapi_pagination.default": ("Page", "Params"),
    "fastapi_pagination.limit_offset": ("LimitOffsetPage", "LimitOffsetParams"),
    "fastapi_pagination.cursor": ("CursorPage", "CursorParams"),
}
_REQUIRED_NUMBERS = Version("0.14")
"""Since then the numbers of a page are always there."""

_NAMES = {
    name: f"{home}.{cls}"
    for home, classes in _HOMES.items()
    for cls in classes
    for name in (f"{home}.{cls}", f"fastapi_pagination.{cls}")
}


class LibraryModels(Struct, frozen=True):
    """The models of the versions that a service runs on; None for the newest."""

    pagination: Version | None = None

    def find(self, qualified: str) -> Symbol | None:
        """The class behind a library's name; None for all that are not known here."""
        name = _NAMES.get(qualified)
        if name is None:
            return None
        module = _declared(self.pagination is None or self.pagination >= _REQUIRED_NUMBERS)
        home, _, cls = name.rpartition(".")
        node = next(s for s in module.source.body if isinstance(s, ClassDef) and s.name == cls)
        return Symbol(f"{home}.{cls}", module, node)


@cache
def _declared(are_required: bool) -> Module:
    one, zero = "conint(ge=1)", "conint(ge=0)"
    if not are_required:
        one, zero = f"Optional[{one}]", f"Optional[{zero}]"
    text = _PAGINATION.format(one=one, zero=zero, total="" if are_required else " = None")
    return Module("fastapi_pagination", "<fastapi_pagination>", read_python(text.encode()), Role.RUNTIME)


def is_declared_here(module: Module) -> bool:
    """Whether the module is no file of the repository."""
    return module.path.startswith("<")
