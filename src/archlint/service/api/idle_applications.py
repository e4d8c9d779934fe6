"""Applications that a file makes and nobody uses: left over from a trial, they serve nothing."""

from __future__ import annotations

from collections import Counter

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Alias, Assign, Attribute, Call, Expression, Name
from archlint.readings import summary
from archlint.service.api.applications import Creation, creations
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import scoped
from archlint.service.semantics.symbols import Scope, Symbols

_WORKING = frozenset({"lifespan", "on_startup", "routes", None})
"""Arguments by which an application has endpoints at once, or gets them when it starts; None for `**`."""


def without_idle(
    modules: Modules, symbols: Symbols, found: list[tuple[Module, Creation]]
) -> list[tuple[Module, Creation]]:
    """The creations without the idle ones; all of them where there is no other."""
    if len(found) < 2:
        return found
    used = [(module, made) for module, made in found if not _is_idle(modules, symbols, module, made)]
    return used or found


def _is_idle(modules: Modules, symbols: Symbols, module: Module, made: Creation) -> bool:
    """Whether the application is bound to a name that neither its module reads nor another one takes."""
    name = dict(_unread(module.source)).get(made.node.start)
    if name is None:
        return False
    wanted = symbols.resolve(module, name)
    return not any(
        symbols.resolve(other, expression, scope) == wanted
        for other in modules
        if other is not module
        for scope, expression in _naming(other.source, name)
    )


@summary
def _naming(source: PythonSource, name: str) -> tuple[tuple[Scope, Expression | str], ...]:
    """What may mean another module's global of that name: attributes, and what it is imported as."""
    attributes = [node for node in source.nodes.of(Attribute) if node.attr == name]
    aliases = [node for node in source.nodes.of(Alias) if node.name in {name, "*"}]
    return (
        *scoped(source, attributes),
        *((scope, name if one.name == "*" else one.asname or name) for scope, one in scoped(source, aliases)),
    )


@summary
def _unread(source: PythonSource) -> tuple[tuple[int, str], ...]:
    """Where the file makes an application as a global, and its name, of those that nothing in it reads."""
    made = {
        creation.node.start
        for creation in creations(source)
        if isinstance(creation.node, Call) and _WORKING.isdisjoint(k.name for k in creation.node.keywords)
    }
    bound = Counter(
        n.id for s in source.body if isinstance(s, Assign) for n in s.targets if isinstance(n, Name)
    )
    named = Counter(node.id for node in source.nodes.of(Name))
    found: list[tuple[int, str]] = []
    for statement in source.body:
        match statement:
            case Assign(targets=(Name(id=name),), value=Call(start=start)) if start in made:
                found += [(start, name)] if named[name] <= bound[name] else []
    return tuple(found)
