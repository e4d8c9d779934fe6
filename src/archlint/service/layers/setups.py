"""Where a service sets up its configuration, its security and its database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from archlint.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    FunctionDef,
    Import,
    ImportFrom,
    Name,
    Node,
    dotted,
)
from archlint.findings import Location
from archlint.service.database.engine_connections import LIBRARIES
from archlint.service.semantics.modules import Module, Role

if TYPE_CHECKING:
    from archlint.service.model import Service

Kind = Literal["configuration", "security", "database set-up"]

_ENGINES = frozenset(
    {
        *("sqlalchemy.create_engine", "sqlalchemy.engine_from_config", "sqlalchemy.orm.sessionmaker"),
        *("sqlmodel.create_engine", "sqlalchemy.ext.asyncio.async_engine_from_config"),
        "sqlalchemy.ext.asyncio.async_sessionmaker",
        "sqlalchemy.ext.asyncio.create_async_engine",
    }
)
_HASHING = frozenset(
    {
        *("argon2.PasswordHasher", "bcrypt.hashpw", "fastapi_users.password.PasswordHelper"),
        *("passlib.context.CryptContext", "pwdlib.PasswordHash", "pwdlib.PasswordHash.recommended"),
    }
)
_SIGNING = frozenset({"authlib.jose.jwt.encode", "jose.jwt.encode", "jwt.encode", "joserfc.jwt.encode"})
_LIBRARIES = frozenset(name.partition(".")[0] for name in _ENGINES | _HASHING | _SIGNING)
_SCHEMES = re.compile(
    r"fastapi\.security\.(\w+\.)?(OAuth2\w*|HTTP(Basic|Bearer|Digest)|APIKey\w+|OpenIdConnect)"
)
_SECURE_NAMES = re.compile(r"(^|\.|_)(auth\w*|security|permissions?|jwt|tokens?|passwords?)($|\.|_)")
_CONFIGURING_NAMES = re.compile(r"(^|\.|_)(config\w*|settings?|env\w*|const(ants?)?)($|\.|_)")
_DATABASES = LIBRARIES.keys() - {"sqlalchemy", "sqlmodel"} | {
    "advanced_alchemy",
    "beanie",
    "motor",
    "odmantic",
}
"""Packages that connect to a database by themselves."""

_CLIENTS = frozenset({"aiohttp", "httpx", "requests"})
_TOKEN = re.compile(r"token|jwt", re.IGNORECASE)


def setups(service: Service, module: Module) -> Iterator[tuple[Kind, Node, str]]:
    """What the module sets up, where, and by what: "the settings class `Settings`".

    What a package offers for tests sets up nothing that the service runs on.
    """
    if "testing" in module.name.split("."):
        return
    for node in module.source.nodes.of(ClassDef):
        symbol = service.symbols.resolve(module, node.name)
        if symbol.node is node and service.classes.is_settings(symbol):
            yield "configuration", node, f"the settings class `{node.name}`"
    for call in module.source.nodes.of(Call) if _knows_libraries(module) else ():
        if isinstance(call.func, Name | Attribute):
            name = service.symbols.resolve(module, call.func).qualified
            if name in _ENGINES:
                yield "database set-up", call, f"`{dotted(call.func)}(…)`"
            elif name in _HASHING or (name in _SIGNING and _makes_token(service, module, call)):
                yield "security", call, f"`{dotted(call.func)}(…)`"


def has_security(service: Service) -> bool:
    """Whether anything of the service looks like authentication: a scheme, hashing, tokens, or its name."""
    modules = service.modules.runtime
    return (
        any(_SECURE_NAMES.search(module.name) for module in modules)
        or any(_has_scheme(service, module) for module in modules)
        or any(kind == "security" for module in modules for kind, _, _ in setups(service, module))
    )


def has_configuration(service: Service) -> bool:
    """Whether any module sets up configuration, reads the environment, or is called like one that does."""
    modules = service.modules.runtime
    return (
        any(_CONFIGURING_NAMES.search(module.name) for module in modules)
        or any(_reads_environment(module) for module in modules)
        or any(kind == "configuration" for module in modules for kind, _, _ in setups(service, module))
    )


def has_database(service: Service) -> bool:
    """Whether the service makes an engine or uses a library that does; without any models it needs none."""
    modules = [module for module in service.modules if module.role in {Role.RUNTIME, Role.SCRIPT}]
    return (
        not any(service.layers.contents(module).models for module in service.modules.runtime)
        or any(name in _DATABASES or "alchemy_" in name for module in modules for name in _imported(module))
        or any(kind == "database set-up" for module in modules for kind, _, _ in setups(service, module))
    )


def place_of(module: Module, node: Node) -> Location:
    """Where a set-up is reported: a class by its header, a call whole."""
    if isinstance(node, ClassDef):
        return module.span(node.start, node.name_start + len(node.name))
    return module.location(node)


def _knows_libraries(module: Module) -> bool:
    """Whether the module imports a library that sets something up; to resolve every call takes long."""
    return not _LIBRARIES.isdisjoint(_imported(module))


def _imported(module: Module) -> frozenset[str]:
    """The top-level packages that the module imports by absolute names."""
    names = [alias.name for node in module.source.nodes.of(Import) for alias in node.names]
    names += [node.module for node in module.source.nodes.of(ImportFrom) if not node.level]
    return frozenset(name.partition(".")[0] for name in names)


def _reads_environment(module: Module) -> bool:
    if "os" not in _imported(module):
        return False
    nodes = module.source.nodes
    named = any(alias.name in {"environ", "getenv"} for node in nodes.of(ImportFrom) for alias in node.names)
    return named or any(node.attr in {"environ", "getenv"} for node in nodes.of(Attribute))


def _has_scheme(service: Service, module: Module) -> bool:
    if "fastapi" not in _imported(module):
        return False
    functions = (
        node.func for node in module.source.nodes.of(Call) if isinstance(node.func, Name | Attribute)
    )
    return any(_SCHEMES.fullmatch(service.symbols.resolve(module, func).qualified) for func in functions)


def _makes_token(service: Service, module: Module, call: Call) -> bool:
    """Whether the token is one of the service's own: its function says token, and nothing sends it away."""
    names = service.symbols.namespace(module).names
    if any(service.symbols.resolve(module, name).qualified.partition(".")[0] in _CLIENTS for name in names):
        return False
    around = (f.name for f in module.source.nodes.of(FunctionDef) if f.start <= call.start < f.end)
    return any(_TOKEN.search(name) for name in around)
