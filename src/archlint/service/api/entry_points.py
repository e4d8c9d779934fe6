"""What makes a service's apps: the app or factory that a server is told to load, else every `FastAPI(…)`.

A server is told by a string, `module:attribute`: in a command of the deployment, or in code that starts it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from archlint.facts.syntax import Call, ClassDef, FunctionDef, ImportFrom
from archlint.findings import Location, Unknown
from archlint.service.api.adding import mounted_in
from archlint.service.api.applications import FASTAPI, Creation, creations, using
from archlint.service.api.idle_applications import without_idle
from archlint.service.api.lifespans import run_lifespans
from archlint.service.api.registered import Include, Mount, Route, Router
from archlint.service.api.server_calls import handed_to_uvicorn, told_to_servers
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import (
    Arguments,
    ExternalObject,
    FunctionObject,
    Identified,
    Origin,
    Unresolved,
    Value,
    options,
)
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.scopes import scoped
from archlint.service.semantics.symbols import Symbols

_MAX_FACTORIES = 5
"""How many functions may stand between a module and the `FastAPI(…)` call that it causes."""

_COMMANDS = frozenset({"cli", "commands"})
"""Packages of command lines: an app that one opens, for the time of a login say, is not the service's."""

_TARGET = re.compile(r"(?P<module>[A-Za-z_][\w.]*):(?P<attribute>[A-Za-z_][\w.]*)(?P<call>\(.*\))?")


class ServedTarget(Struct, frozen=True):
    """What a server is told to load: an app, or a function that makes it, with what that is called with."""

    module: Module
    attribute: str
    call: str = ""


class Started(Identified, Struct, eq=False, dict=True):
    """The apps of a service after all that makes them has run.

    `served` are those that a server loads; empty where no server is told anything that leads to one.
    """

    served: list[Router] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)


def entries(modules: Modules, symbols: Symbols) -> list[tuple[Module, Creation]]:
    """What makes the service's apps; idle ones and those for commands count where nothing else does."""
    found = [(m, c) for m in modules.runtime for c in creations(m.source) if c.framework == FASTAPI]
    served = [(m, c) for m, c in found if _COMMANDS.isdisjoint(m.name.split("."))]
    return without_idle(modules, symbols, served or found)


def targets(modules: Modules, commands: Sequence[Sequence[str]]) -> list[ServedTarget]:
    """What servers load, told by the words of their commands or by code."""
    scripts = (module for module in modules if module.role is Role.SCRIPT)
    served = [*_told_by_commands(commands), *_told_by_code(modules.runtime)]
    told = _targets(modules, served) or _targets(modules, _told_by_code(scripts))
    return list(dict.fromkeys((*told, *(_given_by_code(modules, commands) if told else ()))))


def _targets(modules: Modules, told: Iterable[str]) -> list[ServedTarget]:
    found = (_target(modules, text) for text in told)
    return list(dict.fromkeys(target for target in found if target is not None))


def may_be_others(commands: Iterable[Sequence[str]]) -> bool:
    """Whether a container starts what only a variable tells: any app then may be served."""
    return any(re.fullmatch(r"\$\{?[A-Za-z_]\w*\}?", words[0]) for words in commands if words)


def _told_by_commands(commands: Iterable[Sequence[str]]) -> Iterator[str]:
    for words in commands:
        yield from [word for word in words[1:] if _TARGET.fullmatch(word)][:1]


def _told_by_code(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        yield from told_to_servers(module.source)


def _given_by_code(modules: Modules, commands: Sequence[Sequence[str]]) -> Iterator[ServedTarget]:
    """The apps of their own modules that code hands to uvicorn itself.

    Where commands tell servers what to load, a main guard that no command runs is for development.
    """
    is_told = bool(_targets(modules, _told_by_commands(commands)))
    words = {word for command in commands for word in command[1:]}
    for module in modules.runtime:
        is_run = module.name in words or any(f"/{module.path}".endswith(f"/{word}") for word in words if word)
        for given, is_guarded in handed_to_uvicorn(module.source):
            if is_run or not (is_told and is_guarded):
                yield ServedTarget(module, given)


def _target(modules: Modules, told: str) -> ServedTarget | None:
    match = _TARGET.fullmatch(told)
    if match is None:
        return None
    name = match["module"]
    named = [module for known, module in modules.by_name.items() if f".{name}".endswith(f".{known}")]
    below = [module for known, module in modules.by_name.items() if known.endswith(f".{name}")]
    found = max(named, key=lambda module: len(module.name), default=below[0] if len(below) == 1 else None)
    return None if found is None else ServedTarget(found, match["attribute"], match["call"] or "")


def start(
    machine: Machine,
    modules: Modules,
    symbols: Symbols,
    found: list[tuple[Module, Creation]],
    told: list[ServedTarget],
) -> Started:
    """Make what servers load, then the other apps of the service; last run what runs at start-up."""
    started = Started()
    for target in told:
        started.served.extend(_loaded(machine, target, started))
    factories = _factories(modules, symbols, found)
    for module in _entry_order([*(module for module, _ in found), *(module for module, _ in factories)]):
        machine.load(module)
    for module in list(_importers(machine, modules)):
        machine.load(module)
    if not started.served:
        _call_factories(machine, found, factories)
        started.unknown.extend(_never_made(machine, found))
    _run_startup(machine)
    return started


def _loaded(machine: Machine, target: ServedTarget, started: Started) -> Iterator[Router]:
    """The app that a server finds under a name; a factory is called, whatever the server was told."""
    value: Value = machine.load(target.module)
    for name in target.attribute.split("."):
        value = attribute(machine, value, name)
    if isinstance(value, FunctionObject):
        value = machine.call(value, _given(target, Origin(value.module, value.definition)))
    apps = [app for app in map(mounted_in, options(value)) if isinstance(app, Router)]
    if not apps and isinstance(value, Unresolved | ExternalObject) and uses_fastapi(target.module):
        why = f"archlint cannot tell what `{target.module.name}:{target.attribute}` is, which a server loads"
        started.unknown.append(Unknown("an app's endpoints", Location(target.module.path), why))
    yield from apps


def uses_fastapi(module: Module) -> bool:
    """Whether a module has to do with FastAPI at all."""
    return not module.source.names.isdisjoint({"fastapi", "FastAPI"})


def _given(target: ServedTarget, place: Origin) -> Arguments:
    """The arguments of `module:factory(…)`, which gunicorn takes where they are literals."""
    try:
        node = ast.parse(f"_{target.call or '()'}", mode="eval").body
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            args = tuple(map(ast.literal_eval, node.args))
            keywords = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords}
            return Arguments(args, keywords, place)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass
    return Arguments((), {}, place, complete=False)


def _call_factories(
    machine: Machine, found: list[tuple[Module, Creation]], factories: list[tuple[Module, str]]
) -> None:
    """Call the functions around creations, outermost first, until each creation has happened."""
    for module, name in reversed(factories):
        if all(_made(machine, creation) for _, creation in found):
            break
        function = machine.load(module).namespace.get(name)
        if isinstance(function, FunctionObject):
            machine.call(function, Arguments((), {}, Origin(module, function.definition)))


def _never_made(machine: Machine, found: list[tuple[Module, Creation]]) -> Iterator[Unknown]:
    for module, creation in found:
        if not _made(machine, creation):
            why = "archlint does not see how the code around it comes to run"
            yield Unknown("an app's endpoints", module.location(creation.node), why)


def _made(machine: Machine, creation: Creation) -> bool:
    if isinstance(creation.node, ClassDef):
        return any(router.is_app for router in machine.created)
    return any(router.place.node is creation.node for router in machine.created)


def _importers(machine: Machine, modules: Modules) -> Iterator[Module]:
    """Modules that import an app made elsewhere: what they do with it when loaded counts, too."""
    homes = {
        path: {name for name, value in loaded.namespace.items() if isinstance(value, Router) and value.is_app}
        for path, loaded in machine.loaded.items()
    }
    for module in modules.runtime:
        for one in module.source.imports if module.path not in machine.loaded else ():
            statement = one.statement
            if not isinstance(statement, ImportFrom):
                continue
            home = modules.find_relative(statement.level, statement.module, module)
            names = homes.get(home.path) if home is not None else None
            if names and any(alias.name in names for alias in statement.names):
                yield module


def _factories(
    modules: Modules, symbols: Symbols, found: list[tuple[Module, Creation]]
) -> list[tuple[Module, str]]:
    """The definitions around the creations, and around the calls of these, innermost first."""
    known = {(m.path, name): (m, name) for m, c in found if (name := _defined(c))}
    for _ in range(_MAX_FACTORIES):
        wanted = " ".join(sorted({name for _, name in known.values()}))
        callers = {
            (module.path, owner or ""): (module, owner or "")
            for module in modules.runtime
            for owner, node in using(module.source, wanted)
            if _calls(symbols, module, node, known)
        }
        if callers.keys() <= known.keys():
            break
        known.update({key: callers[key] for key in sorted(callers.keys() - known.keys())})
    return list(known.values())


def _calls(
    symbols: Symbols, module: Module, node: Call | ClassDef, known: dict[tuple[str, str], tuple[Module, str]]
) -> bool:
    """Whether a call or a base means one of the definitions, and not another of the same name."""
    scope = next((scope for scope, _ in scoped(module.source, [node])), ())
    for expression in (node.func,) if isinstance(node, Call) else node.bases:
        symbol = symbols.resolve(module, expression, scope)
        if symbol.module is not None and isinstance(symbol.node, FunctionDef | ClassDef):
            name = symbol.qualified.removeprefix(f"{symbol.module.name}.").partition(".")[0]
            if (symbol.module.path, name) in known:
                return True
    return False


def _defined(creation: Creation) -> str | None:
    return creation.node.name if isinstance(creation.node, ClassDef) else creation.owner


def _entry_order(modules: list[Module]) -> list[Module]:
    """A module whose name says that a server loads it comes first: its imports then run in the real order."""
    started = ("main", "asgi", "app", "server", "api", "application", "wsgi")

    def rank(module: Module) -> tuple[int, int, str]:
        last = module.name.rpartition(".")[2]
        known = started.index(last) if last in started else len(started)
        return known, module.path.count("/"), module.path

    return sorted({module.path: module for module in modules}.values(), key=rank)


def _run_startup(machine: Machine) -> None:
    """Run what runs before the first request; that of a mounted app is run by nobody."""
    machine.only_with_app = True
    for app in list(roots(machine)):
        run_lifespans(machine, app, app.place, app.lifespans)
    machine.only_with_app = False


def roots(machine: Machine) -> Iterator[Router]:
    """The apps that no other one mounts."""
    entries = (one for router in machine.created for entry in router.routes for one in options(entry))
    mounted = {id(entry.app) for entry in entries if isinstance(entry, Mount)}
    return (router for router in machine.created if router.is_app and id(router) not in mounted)


def lasting_roots(machine: Machine, served: list[Router]) -> list[Router]:
    """The roots, served ones first, but for an app that only lends its routes: one of those has them all.

    What is not known of the lender's endpoints is not known of those either.
    """
    taken = {id(route.place.node) for app in served for route in _routes_below(app, set())}

    def is_lent(router: Router) -> bool:
        own = [one for entry in router.routes for one in options(entry) if isinstance(one, Route)]
        return bool(own) and all(id(route.place.node) in taken for route in own)

    found = sorted(roots(machine), key=lambda router: router not in served)
    lenders = [router for router in found if router not in served and is_lent(router)]
    for lender in lenders:
        served[0].missed.extend(lender.missed)
    return [router for router in found if router not in lenders]


def _routes_below(router: Router, seen: set[int]) -> Iterator[Route]:
    """The routes of an app or router, and of all that it includes and mounts."""
    if id(router) in seen:
        return
    seen.add(id(router))
    for entry in (one for entries in router.routes for one in options(entries)):
        if isinstance(entry, Route):
            yield entry
        elif isinstance(entry, Include):
            yield from _routes_below(entry.router, seen)
        elif isinstance(entry, Mount) and isinstance(entry.app, Router):
            yield from _routes_below(entry.app, seen)
