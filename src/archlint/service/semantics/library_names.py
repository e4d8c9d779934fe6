"""What archlint knows of the names of libraries, from `rules/libraries/`: one file a library.

Held to the installed libraries by `tests/service/semantics/test_library_names.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, overload

from msgspec import Struct

from archlint.compiled import load_tables
from archlint.service.semantics.declared_models import model_names
from archlint.spec import rules_directory

NameKind = Literal[
    "any database error", "any value", "app", "app maker", "async scoped session", "async session",
    "async stream type", "async test case", "code runner", "configuration loader", "connection", "container",
    "concrete base", "container marker", "container type", "dataclass maker", "decimal",
    "declarative base", "declarative base maker", "document base", "empty base", "engine",
    "engine maker", "engine maker by configuration", "enumeration", "enumeration by value",
    "environment", "environment getter", "field maker", "fixture maker", "framework", "generic base",
    "gives its argument", "gives what it keeps", "importer", "injected", "injector", "mapped base",
    "mapping type", "owner of state", "page dependency", "part of tables", "password hasher", "path",
    "protocol", "provided", "query", "request", "router", "runs a program", "runs its argument",
    "schema base", "scoped session", "secret type", "select", "sequence type", "session", "session maker",
    "set type", "settings base", "settings source", "silent dependency", "stands for its argument",
    "stream type", "synchronous pool", "test case", "token reader", "token signer", "upload", "URL builder",
    "URL text", "URL type", "variable reader", "written as text",
]  # fmt: skip
"""What a name is for, whatever the library."""

SESSIONS: tuple[NameKind, ...] = ("session", "scoped session", "async session", "async scoped session")
CONTAINERS: tuple[NameKind, ...] = ("sequence type", "set type", "mapping type", "container type")
"""What FastAPI reads from a body: `field_annotation_is_complex` of `fastapi/_compat/shared.py`."""

SQLMODEL = "sqlmodel.SQLModel"


class LibraryNames(Struct, frozen=True, forbid_unknown_fields=True):
    """One library: its qualified names by what they are for, and where it documents them.

    `homes` has by a public module the other modules that hold the same objects, and the names of these;
    `same` what a name is another name for; `bases` what a class derives from; `columns` the type of
    PostgreSQL that SQLAlchemy makes of a type, `schemas` the JSON schema that Pydantic makes of it.
    """

    title: str
    source: str
    names: dict[NameKind, tuple[str, ...]] = {}
    homes: dict[str, dict[str, str]] = {}
    same: dict[str, str] = {}
    bases: dict[str, str] = {}
    columns: dict[str, str] = {}
    schemas: dict[str, dict[str, Any]] = {}


@cache
def libraries() -> tuple[LibraryNames, ...]:
    """Every library that archlint knows. Raises ArchlintError when a file is damaged."""
    return tuple(load_tables(rules_directory(), "libraries/*.toml", LibraryNames).values())


@cache
def names_of(*kinds: NameKind) -> frozenset[str]:
    """The qualified names of these kinds, of all libraries."""
    return frozenset(n for library in libraries() for kind in kinds for n in library.names.get(kind, ()))


@cache
def schema_bases() -> frozenset[str]:
    """Bases that make a class a Pydantic model: those that give it no field, and the models of libraries."""
    return names_of("schema base") | model_names()


@cache
def pydantic_bases() -> frozenset[str]:
    """Bases of all classes that Pydantic fills: of models and of settings."""
    return schema_bases() | names_of("settings base")


@cache
def objects_of(*kinds: NameKind) -> frozenset[str]:
    """What calls of these names give, as `library_models.Library` has it: `sqlalchemy.orm.Session()`."""
    return frozenset(f"{name}()" for name in names_of(*kinds))


@cache
def last_names(*kinds: NameKind) -> frozenset[str]:
    """What stands behind the last dot of these names."""
    return frozenset(name.rpartition(".")[2] for name in names_of(*kinds))


@cache
def packages_of(*kinds: NameKind) -> frozenset[str]:
    """The packages that have these names, those among them that only hand them on."""
    return frozenset(home.partition(".")[0] for name in names_of(*kinds) for home in homes_of(name))


@overload
def table(which: Literal["same", "bases", "columns"]) -> dict[str, str]: ...
@overload
def table(which: Literal["schemas"]) -> dict[str, dict[str, Any]]: ...
@cache
def table(which: str) -> dict[str, Any]:
    """A table of `LibraryNames`, of all libraries."""
    return {key: value for library in libraries() for key, value in getattr(library, which).items()}


def public_name(qualified: str) -> str:
    """The name by which the library's documentation calls it: `fastapi.APIRouter` for `fastapi.routing.…`."""
    return _public_names().get(qualified, qualified)


def homes_of(public: str) -> list[str]:
    """The names under which a library's object can be imported."""
    return [public, *(home for home, name in _public_names().items() if name == public)]


@cache
def _public_names() -> dict[str, str]:
    return {
        f"{home}.{name}": f"{public}.{name}"
        for library in libraries()
        for public, homes in library.homes.items()
        for home, names in homes.items()
        for name in names.split()
    }
