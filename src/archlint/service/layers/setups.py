"""Where a service sets up its configuration, its security and its database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from archlint.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    Import,
    ImportFrom,
    Node,
    Raise,
)
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.database.packages import LIBRARIES
from archlint.service.layers.definition_calls import injected_names
from archlint.service.semantics.called import called_names, calls_of
from archlint.service.semantics.library_names import NameKind, names_of, packages_of
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.scopes import last_name

if TYPE_CHECKING:
    from archlint.facts.source import PythonSource
    from archlint.findings import Location
    from archlint.service.layers.layers import Layers
    from archlint.service.semantics.classes import Classes
    from archlint.service.semantics.symbols import Symbols

SetupKind = Literal["configuration", "security", "database set-up"]

_ENGINES: tuple[NameKind, ...] = ("engine maker", "engine maker by configuration", "session maker")
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

_REFUSING = re.compile(r"Authenticat|Unauthori[sz]ed|Unauthenticated|HTTP_401|^UNAUTHORI[SZ]ED$")
_CLIENTS = frozenset({"aiohttp", "httpx", "httpx2", "requests"})
_TOKEN = re.compile(r"token|jwt", re.IGNORECASE)


class Setup(Struct, eq=False, frozen=True):
    """One place where a module sets something up: `what` is "the settings class `Settings`"."""

    kind: SetupKind
    node: Node
    what: str


class Setups(Struct, eq=False, frozen=True, dict=True):
    """What the modules of a service set up."""

    modules: Modules
    symbols: Symbols
    classes: Classes
    layers: Layers
    _found: dict[Module, tuple[Setup, ...]] = field(default_factory=dict)

    def of(self, module: Module) -> tuple[Setup, ...]:
        """What the module sets up.

        What a package offers for tests sets up nothing that the service runs on.
        """
        if module not in self._found:
            is_for_tests = "testing" in module.name.split(".")
            self._found[module] = () if is_for_tests else tuple(self._read(module))
        return self._found[module]

    @property
    def has_security(self) -> bool:
        """Whether anything looks like authentication: a scheme, hashing, tokens, or its name."""
        modules = self.modules.runtime
        return (
            any(_SECURE_NAMES.search(module.name) for module in modules)
            or any(self._has_scheme(module) for module in modules)
            or self._any_of("security", modules)
            or self._has_refusing_dependency(modules)
        )

    @property
    def has_configuration(self) -> bool:
        """Whether a module sets up configuration, reads the environment, or is called like one that does."""
        modules = self.modules.runtime
        return (
            any(_CONFIGURING_NAMES.search(module.name) for module in modules)
            or any(_reads_environment(module.source) for module in modules)
            or self._any_of("configuration", modules)
        )

    @property
    def has_database(self) -> bool:
        """Whether it makes an engine or uses a library that does; without any models it needs none."""
        modules = [module for module in self.modules if module.role in {Role.RUNTIME, Role.SCRIPT}]
        return (
            not any(self.layers.contents(module).models for module in self.modules.runtime)
            or any(
                name in _DATABASES or "alchemy_" in name for module in modules for name in _imported(module)
            )
            or self._any_of("database set-up", modules)
        )

    def _any_of(self, kind: SetupKind, modules: Iterable[Module]) -> bool:
        return any(setup.kind == kind for module in modules for setup in self.of(module))

    def _read(self, module: Module) -> Iterator[Setup]:
        for node in module.source.nodes.of(ClassDef):
            symbol = self.symbols.resolve(module, node.name)
            if symbol.node is node and self.classes.is_settings(symbol):
                yield Setup("configuration", node, f"the settings class `{node.name}`")
        names = called_names(module.source) if _knows_libraries(module) else ()
        meant = {name: self.symbols.resolve(module, name).qualified for name in names}
        kinds = names_of(*_ENGINES, "password hasher", "token signer")
        for call in calls_of(module.source, *(name for name, means in meant.items() if means in kinds)):
            name = dotted(call.func) or ""
            if meant[name] in names_of(*_ENGINES):
                yield Setup("database set-up", call, f"`{name}(…)`")
            elif meant[name] in names_of("password hasher") or self._makes_token(module, call):
                yield Setup("security", call, f"`{name}(…)`")

    def _has_refusing_dependency(self, modules: Iterable[Module]) -> bool:
        """Whether a function that stands in `Depends(…)` raises that somebody is not known."""
        own = [module for module in modules if "fastapi" in _imported(module)]
        injected = {name for module in own for name in injected_names(module.source)}
        return any(
            around.name in injected
            for module in modules
            for node in module.source.nodes.of(Raise)
            if node.value is not None and _refuses(node.value)
            for around in module.source.definitions.functions_around(node)
        )

    def _has_scheme(self, module: Module) -> bool:
        if "fastapi" not in _imported(module):
            return False
        called = (self.symbols.resolve(module, name) for name in called_names(module.source))
        return any(_SCHEMES.fullmatch(symbol.qualified) for symbol in called)

    def _makes_token(self, module: Module, call: Call) -> bool:
        """Whether the token is the service's own: its function says so, it is read, nothing sends it."""
        names = self.symbols.namespace(module).names
        if any(self.symbols.resolve(module, name).qualified.partition(".")[0] in _CLIENTS for name in names):
            return False
        around = (function.name for function in module.source.definitions.functions_around(call))
        return any(_TOKEN.search(name) for name in around) and self._reads_tokens

    @cached_property
    def _reads_tokens(self) -> bool:
        """Whether the service decodes any token; one that decodes none signs them for others."""
        own = (one for one in self.modules if not packages_of("token reader").isdisjoint(_imported(one)))
        return any(
            self.symbols.resolve(module, name).qualified in names_of("token reader")
            for module in own
            for name in called_names(module.source)
        )


def place_of(module: Module, node: Node) -> Location:
    """Where a set-up is reported: a class by its header, a call whole."""
    if isinstance(node, ClassDef):
        return module.span(node.start, node.name_start + len(node.name))
    return module.location(node)


def _refuses(raised: Expression) -> bool:
    """Whether the error says by its name, or by the status 401, that the caller is not authenticated."""
    if not isinstance(raised, Call):
        return bool(_REFUSING.search(last_name(raised)))
    given = (*raised.args, *(keyword.value for keyword in raised.keywords))
    says = any(isinstance(one, Constant) and one.value == 401 for one in given)
    named = (last_name(one) for one in (raised.func, *given))
    return says or any(_REFUSING.search(name) for name in named)


def _knows_libraries(module: Module) -> bool:
    """Whether the module imports a library that sets something up; to resolve every call takes long."""
    return not packages_of(*_ENGINES, "password hasher", "token signer").isdisjoint(_imported(module))


def _imported(module: Module) -> frozenset[str]:
    """The top-level packages that the module imports by absolute names."""
    return _packages(module.source)


@summary
def _packages(source: PythonSource) -> frozenset[str]:
    names = [alias.name for node in source.nodes.of(Import) for alias in node.names]
    names += [node.module for node in source.nodes.of(ImportFrom) if not node.level]
    return frozenset(name.partition(".")[0] for name in names)


@summary
def _reads_environment(source: PythonSource) -> bool:
    if "os" not in _packages(source):
        return False
    nodes = source.nodes
    named = any(alias.name in {"environ", "getenv"} for node in nodes.of(ImportFrom) for alias in node.names)
    return named or any(node.attr in {"environ", "getenv"} for node in nodes.of(Attribute))
