"""BA0310: `alembic upgrade` fails, and the deploy goes on."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Evaluate, ExceptHandler, Name, Node, Raise, Simple, Try
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Hit, Link, Met, NotApplicable, Said, Unknown
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.model import Service

CATCH_ALL = frozenset({"Exception", "BaseException", "CommandError", "alembic.util.CommandError"})

_STOPPING = "`set -e`, `&&` before the server, no `|| true`"
_WAITING = "start what follows when it has ended well, or `wait` for it and look at its status"


def check(service: Service) -> Iterator[Said]:
    """Yield commands whose status is lost, and calls whose exception an `except` drops."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    yield from service.commands.unread
    for command in service.upgrades.run:
        if command.hidden is not None and _is_loose(service, command):
            why = "nothing in the repository starts the script"
            yield Unknown(f"`alembic upgrade` in {command.place}", command.location, why)
        elif command.hidden is not None:
            yield _hidden(command, command.hidden)
        else:
            yield Met(command.location)
    for module, call in service.upgrades.in_code:
        for statement in module.source.body:
            tries = (node for node in all_nodes(statement) if isinstance(node, Try))
            for attempt in tries:
                dropped = next((h for h in attempt.handlers if _drops(h)), None)
                if dropped is not None and any(call is node for node in _inside(attempt)):
                    reason = "the `except` after it goes on"
                    fields = {"what": "`command.upgrade`", "reason": reason, "remedy": "raise it again"}
                    yield Hit(module.location(call), fields)


def _hidden(command: Command, reason: str) -> Hit:
    """At the command that hides the failure, which may be the one that starts the script."""
    remedy = _WAITING if "background" in reason else _STOPPING
    fields = {"what": f"`alembic upgrade` in {command.place}", "reason": reason, "remedy": remedy}
    chain = (Link(command.location, "the migrations are applied here"),) if command.hidden_at else ()
    return Hit(command.hidden_at or command.location, fields, chain)


def _is_loose(service: Service, command: Command) -> bool:
    """Whether it stands in a script that neither a deploy nor anything else names."""
    is_script = command.context is CommandContext.SCRIPT
    return is_script and not service.commands.names_script(command.location.file)


def _inside(attempt: Try) -> Iterator[Node]:
    for statement in attempt.body:
        yield from all_nodes(statement)


def _drops(handler: ExceptHandler) -> bool:
    """Whether a handler of everything does nothing but speak: it neither raises, returns, nor exits."""
    name = dotted(handler.types) if handler.types is not None else "Exception"
    return name in CATCH_ALL and all(_speaks(statement) for statement in handler.body)


def _speaks(statement: Node) -> bool:
    if isinstance(statement, Simple):
        return statement.keyword == "pass"
    exits = (
        isinstance(node, Raise) or (isinstance(node, Name) and node.id in {"exit", "quit", "sys", "os"})
        for node in all_nodes(statement)
    )
    return isinstance(statement, Evaluate) and not any(exits)
