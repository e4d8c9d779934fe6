"""The layers' names and order, and the names of directories and files that suggest one."""

from __future__ import annotations

LAYERS = ("core", "models", "schemas", "crud", "services", "routers", "dependencies")
"""The layers that a directory's name or a module's contents can tell.

A standard may ask for more, which only a configuration maps.
"""

ORDER = (("routers",), ("dependencies",), ("services",), ("crud",), ("models", "schemas", "core"))
"""The layers from the top down: a module may import what stands below its own layer."""

SYNONYMS = {
    "routers": frozenset(
        {
            *("api", "apis", "controller", "controllers", "endpoint", "endpoints", "handlers", "resources"),
            *("route", "router", "routes", "views"),
        }
    ),
    "dependencies": frozenset({"dependency", "depends", "deps"}),
    "services": frozenset(
        {
            *("bl", "business", "business_logic", "controller", "controllers", "handlers", "logic"),
            *("service", "usecase", "usecases", "use_cases"),
        }
    ),
    "crud": frozenset(
        {
            *("cruds", "curd", "curds", "dal", "dao", "daos", "queries", "repo", "repos"),
            *("repositories", "repository"),
        }
    ),
    "models": frozenset({"db_models", "entities", "entity", "model", "orm", "table", "tables"}),
    "schemas": frozenset(
        {"dto", "dtos", "payloads", "requests", "responses", "schema", "serializers", "view_models"}
    ),
}
"""Names of directories and files that commonly play a layer's role, where the contents bear it out."""

DIRECTORIES_ONLY = frozenset({"bl", "business", "business_logic", "controller", "handlers", "logic"})
"""Synonyms that say nothing when a file is called so."""

UTILITIES = frozenset({"common", "helpers", "kit", "lib", "libs", "util", "utilities", "utils"})
"""Packages of what is in no layer; a `services.py` in one helps to run services."""

WIRING = frozenset({"bootstrap", "container", "containers", "di", "ioc", "wiring"})
"""Files that put the application together, beside those that make it or include its routers."""

ROUTERS_ONLY = SYNONYMS["routers"] - {"api", "apis", "handlers", "resources"}
"""Names of directories that hold routers and what only these need."""


STORES = frozenset(
    {"dal", "data_access", "database", "db", "persistence", "queries", "sql", "storage", "store"}
)
"""Names of directories that hold queries, tables, engines: where nearly each module queries, of `crud`."""


def below(name: str) -> frozenset[str]:
    """The layers that stand below this one."""
    levels = [level for level, names in enumerate(ORDER) if name in names]
    return frozenset(lower for level in levels for names in ORDER[level + 1 :] for lower in names)


def names_of(stem: str) -> list[str]:
    """The layers that a file of that name may be."""
    if stem in DIRECTORIES_ONLY:
        return []
    return [name for name, synonyms in SYNONYMS.items() if stem == name or stem in synonyms]


def base(folder: str) -> str:
    """The name of a directory."""
    return folder.rstrip("/").rpartition("/")[2]


def stem(path: str) -> str:
    """The name of a module's file, without its ending."""
    return path.rpartition("/")[2].removesuffix(".py")
