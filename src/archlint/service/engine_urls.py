"""Where an engine's URL comes from, when that is not the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.facts.syntax import Assign, Call, Expression, Name, all_nodes
from archlint.service.engines import Engine
from archlint.service.environment import environment_reads
from archlint.service.literals import Literals
from archlint.service.modules import Role
from archlint.service.scopes import last_name

if TYPE_CHECKING:
    from archlint.service.model import Service


def url_problem(service: Service, engine: Engine, url: Expression, literals: Literals) -> str | None:
    """What is wrong with the URL, in words; None where it may well come from the settings."""
    if _is_literal(service, engine, url, literals):
        return "is a literal"
    if _reads_environment(service, engine, url, literals):
        return "is read from the environment, past the settings"
    return None


def _is_literal(service: Service, engine: Engine, url: Expression, literals: Literals) -> bool:
    """Whether the URL is fixed, or made of parts that all are."""
    module, scope = engine.module, engine.scope
    if not isinstance(url, Call) or last_name(url.func) != "create":
        return literals.text(module, url, scope) is not None
    parts = (*url.args, *(keyword.value for keyword in url.keywords))
    made = service.symbols.resolve(module, url.func, scope).qualified
    return made.endswith(".URL.create") and all(
        literals.text(module, part, scope) is not None or literals.is_number(module, part, scope)
        for part in parts
    )


def _reads_environment(service: Service, engine: Engine, url: Expression, literals: Literals) -> bool:
    """Whether the URL, or what its name is given, asks the environment itself."""
    module = engine.module
    if isinstance(url, Name):
        found = service.symbols.resolve(module, url, engine.scope)
        if not isinstance(found.node, Assign) or found.module is None or found.node.value is None:
            return False
        module, url = found.module, found.node.value
    if module.role is not Role.RUNTIME:
        return False
    reads = environment_reads(module, service.symbols, service.classes, literals)
    inside = {id(node) for node in all_nodes(url)}
    return any(id(read.node) in inside for read in reads)
