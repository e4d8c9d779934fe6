"""BA0309: the running service makes its tables itself, past the migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.syntax import Call, FunctionDef
from archlint.facts.traversal import dotted
from archlint.findings import Hit, Location, Met, NotApplicable, Said, Severity, Unknown
from archlint.service.database.made_tables import made_tables
from archlint.service.database.metadata_owners import is_an_objects, is_the_schema
from archlint.service.model import Service
from archlint.service.schema.apart import is_apart
from archlint.service.semantics.live_code import Startup
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name

_BY_CHOICE = ", where configuration or an argument says so"
_ASIDE = ", in a worker or a program beside the server"
_STAMPED = ", and stamps the database as migrated"
_STAMP = re.compile(r"(?i)(alembic_?)?stamp(_\w+)?")
_APART = "whether they are tables of the migrations' database or of a store of its own is not known"


def check(service: Service) -> Iterator[Said]:
    """Yield each `metadata.create_all` of runtime code in use, called or handed to `run_sync`."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    has_history = any(environment.revisions for environment in service.migrations.environments)
    tables = "tables past the migrations" if has_history else "tables that no migration knows"
    bypassing: set[Module] = set()
    startup = Startup(service.modules, lambda module, name: _is_in_commands(service, module, name))
    for module, scope, node in startup.attributes("create_all"):
        is_schema = is_the_schema(service.symbols, module, scope, node.value)
        is_other = is_an_objects(service.symbols, module, scope, node.value)
        if is_other or (is_schema and is_apart(service.schemas, module, scope, node)):
            bypassing.add(module)
            why = "whether these are the models' tables is not known" if is_other else _APART
            yield Unknown(f"`{dotted(node) or '….create_all'}`", module.location(node), why)
        elif is_schema:
            bypassing.add(module)
            call = f"{dotted(node.value) or '….metadata'}.create_all"
            around = next((one for one in reversed(scope) if isinstance(one, FunctionDef)), None)
            program = service.calls.program
            function = program.functions.get(around) if around else program.modules.get(module)
            by_choice = function is not None and service.calls.is_configured(function, node.start)
            is_aside = service.workers.run(module)
            is_stamped = around is not None and _stamps(module, around)
            when = _BY_CHOICE if by_choice else _ASIDE if is_aside else _STAMPED if is_stamped else ""
            fields = {"call": call, "tables": tables, "when": when}
            severity = Severity.WARNING if when else None
            yield Hit(module.location(node), fields, severity=severity)
    by_hand = list(_tables_by_hand(service))
    yield from by_hand[:1]
    doubtful = {one.location.file for one in by_hand}
    bypassing.update(module for module in service.modules.runtime if module.path in doubtful)
    for module in service.modules.runtime if has_history else ():
        if module not in bypassing and not module.source.problems:
            yield Met(Location(module.path))


def _stamps(module: Module, around: FunctionDef) -> bool:
    """Whether a function sets Alembic's version besides: its cookbook's way to a database from scratch."""
    calls = (call for call in module.source.nodes.of(Call) if around.start <= call.start < around.end)
    return any(_STAMP.fullmatch(last_name(call.func) or "") for call in calls)


def _is_in_commands(service: Service, module: Module, name: str) -> bool:
    words = (word for command in service.commands for word in command.words)
    return any(name in word and module.name in word for word in words)


def _tables_by_hand(service: Service) -> Iterator[Unknown]:
    """The texts of runtime modules that make a table; which database they are for, nobody knows."""
    why = "whether it is run on the database that the migrations make is not known"
    for module in service.modules.runtime:
        for node in made_tables(module.source):
            yield Unknown("a `CREATE TABLE` by hand", module.location(node), why)
