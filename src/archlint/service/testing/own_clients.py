"""A client that the repository itself has for its service, and that tests wrap around the app.

Its requests take their paths from links and parameters, so that which of them a test makes is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.facts.syntax import Call, Name
from archlint.paths import is_inside
from archlint.service.semantics.imported_modules import ImportedName, imported_by, imported_modules
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.workers import client_package
from archlint.service.testing.client_calls import ClientRequest
from archlint.service.testing.tests import Suite

_WRAPPERS = frozenset(
    {"fastapi.testclient.TestClient", "httpx.ASGITransport", "starlette.testclient.TestClient"}
)
"""By which a client speaks to an app in its own process."""


class OwnClient(Struct, frozen=True):
    """The modules of a client; `wrapping` stands where the tests first import it, None if they do not."""

    modules: tuple[Module, ...] = ()
    wrapping: ClientRequest | None = None


def own_client(suite: Suite, modules: Modules) -> OwnClient:
    """The client that tests import of the service's own package, if it can speak to an app in its process."""
    own = tuple(dict.fromkeys(one for wrapper in modules.runtime for one in _around(wrapper, modules)))
    place = next(_imports(suite, modules, frozenset(own)), None) if own else None
    return OwnClient() if place is None else OwnClient(own, place)


def _around(module: Module, modules: Modules) -> Iterator[Module]:
    """What a module that wraps an app is part of."""
    if all(one.module not in _WRAPPERS for one in imported_modules(module.source)):
        return
    yield module
    if folder := client_package(module.path):
        yield from (one for one in modules.runtime if is_inside(one.path, folder))


def _imports(suite: Suite, modules: Modules, own: frozenset[Module]) -> Iterator[ClientRequest]:
    def is_own(test: Module, names: Iterable[ImportedName]) -> bool:
        return any(modules.find_relative(one.level, one.module, test) in own for one in names)

    for test in suite.modules:
        if is_own(test, imported_modules(test.source)):
            statements = (one.statement for one in test.source.imports)
            statement = next(one for one in statements if is_own(test, imported_by(one)))
            call = Call(statement.start, statement.length, Name(statement.start, 0, ""), (), ())
            yield ClientRequest(test, call, (), False, ())
