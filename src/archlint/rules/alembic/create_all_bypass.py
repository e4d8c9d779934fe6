"""BA0309: the running service makes its tables itself, past the migrations."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, Call, Expression, dotted
from archlint.findings import Hit
from archlint.service.model import Service
from archlint.service.modules import Module
from archlint.service.scopes import last_name
from archlint.service.startup import Startup
from archlint.service.symbols import Scope


def check(service: Service) -> Iterator[Hit]:
    """Yield each `metadata.create_all` in runtime code that something uses, called or handed to `run_sync`."""
    for module, scope, node in Startup(service.modules).attributes("create_all"):
        if last_name(node.value) == "metadata" or _is_metadata(service, module, scope, node.value):
            yield Hit(module.location(node), {"call": f"{dotted(node.value) or '….metadata'}.create_all"})


def _is_metadata(service: Service, module: Module, scope: Scope, owner: Expression) -> bool:
    """Whether the owner is a name for `MetaData(…)`, or for the `metadata` of a class."""
    found = service.symbols.resolve(module, owner, scope)
    match found.node:
        case Assign(value=Call(func=func)) if found.module is not None:
            return service.symbols.resolve(found.module, func).qualified.endswith(".MetaData")
        case Assign(value=value) if value is not None:
            return last_name(value) == "metadata"
    return False
