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
from archlint.service.modules import Module

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
    return any(
        _SECURE_NAMES.search(module.name)
        or any(_is_scheme(service, module, call) for call in module.source.nodes.of(Call))
        or any(kind == "security" for kind, _, _ in setups(service, module))
        for module in service.modules.runtime
    )


def has_configuration(service: Service) -> bool:
    """Whether any module sets up configuration, or is called like one that does."""
    named = re.compile(r"(^|\.|_)(config\w*|settings?|env\w*|const(ants?)?)($|\.|_)")
    return any(
        named.search(module.name)
        or any("environ" in (dotted(call) or "") for call in module.source.nodes.of(Attribute))
        or any(dotted(call.func) in {"os.getenv", "getenv"} for call in module.source.nodes.of(Call))
        or any(kind == "configuration" for kind, _, _ in setups(service, module))
        for module in service.modules.runtime
    )


def place_of(module: Module, node: Node) -> Location:
    """Where a set-up is reported: a class by its header, a call whole."""
    if isinstance(node, ClassDef):
        return module.span(node.start, node.name_start + len(node.name))
    return module.location(node)


def _knows_libraries(module: Module) -> bool:
    """Whether the module imports a library that sets something up; to resolve every call takes long."""
    imported = [alias.name for node in module.source.nodes.of(Import) for alias in node.names]
    imported += [node.module for node in module.source.nodes.of(ImportFrom) if not node.level]
    return any(name.partition(".")[0] in _LIBRARIES for name in imported)


def _makes_token(service: Service, module: Module, call: Call) -> bool:
    """Whether the token is one of the service's own: its function says token, and nothing sends it away."""
    names = service.symbols.namespace(module).names
    if any(service.symbols.resolve(module, name).qualified.partition(".")[0] in _CLIENTS for name in names):
        return False
    around = (f.name for f in module.source.nodes.of(FunctionDef) if f.start <= call.start < f.end)
    return any(_TOKEN.search(name) for name in around)


def _is_scheme(service: Service, module: Module, call: Call) -> bool:
    if not isinstance(call.func, Name | Attribute):
        return False
    return _SCHEMES.fullmatch(service.symbols.resolve(module, call.func).qualified) is not None
