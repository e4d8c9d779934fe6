"""Engines that a piece of work makes for itself alone: nothing that comes later has their pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archlint.facts.parents import parents
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Await,
    Call,
    Evaluate,
    Expression,
    FunctionDef,
    Keyword,
    Name,
    Node,
    Operator,
    WithItem,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.database.engines import Engine
from archlint.service.semantics.library_names import last_names, names_of
from archlint.service.semantics.scopes import last_name


def is_passing(engine: Engine) -> bool:
    """Whether a function makes the engine, gives it only to what it waits for, and has no more use for it.

    It disposes of it, or the event loop that the connections belong to ends with `asyncio.run`.
    """
    function = engine.scope[-1] if engine.scope else None
    if not isinstance(function, FunctionDef):
        return False
    above = parents(function)
    made = above.get(engine.call)
    if not isinstance(made, Assign) or _yields(function):
        return False
    uses = list(_uses(made, function, above, set()))
    return bool(uses) and all(_stays(use, above) for use in uses) and _ends(engine, function, uses, above)


def _yields(function: FunctionDef) -> bool:
    within = all_nodes(function, barriers={FunctionDef})
    return any(isinstance(one, Operator) and one.operator.startswith("yield") for one in within)


def _uses(
    made: Assign, function: FunctionDef, above: Mapping[Node, Node], seen: set[Assign]
) -> Iterator[Node]:
    """Where the function has what an assignment gives a name to; of session makers, where it has these."""
    seen.add(made)
    names = {target.id for target in made.targets if isinstance(target, Name)}
    if len(names) < len(made.targets):
        yield made  # it is kept in an attribute or a container
    for node in all_nodes(function):
        if isinstance(node, Name) and node.id in names and node not in made.targets:
            maker = above[above[node]] if isinstance(above[node], Keyword) else above[node]
            kept = above.get(maker)
            is_maker = isinstance(maker, Call) and last_name(maker.func) in last_names("session maker")
            if not (is_maker and isinstance(kept, Assign)):
                yield node
            elif kept not in seen:
                yield from _uses(kept, function, above, seen)


def _stays(use: Node, above: Mapping[Node, Node]) -> bool:
    """Whether a use of an engine or a session maker hands it on to nobody who may keep it."""
    around = above.get(use)
    if isinstance(around, Keyword):
        around = above[around]
    if isinstance(around, Attribute) or not isinstance(around, Call):
        return isinstance(around, Attribute)
    while isinstance(outer := above.get(around), Call) and not _runs(outer):
        around = outer
    return around.func is use or isinstance(outer, Await | Call | Evaluate | WithItem)


def _ends(engine: Engine, function: FunctionDef, uses: list[Node], above: Mapping[Node, Node]) -> bool:
    if any(isinstance(one := above[use], Attribute) and one.attr == "dispose" for use in uses):
        return True
    outer = engine.scope[-2] if len(engine.scope) > 1 else None
    within = {id(node) for call in _running(function) for node in all_nodes(call)}
    return engine.is_async and (
        any(id(use) in within for use in uses)
        or (isinstance(outer, FunctionDef) and any(_starts(call, function) for call in _running(outer)))
    )


def _running(function: FunctionDef) -> Iterator[Call]:
    return (node for node in all_nodes(function) if isinstance(node, Call) and _runs(node))


def _runs(call: Call) -> bool:
    return dotted(call.func) in names_of("runs a program")


def _starts(call: Call, function: FunctionDef) -> bool:
    """Whether `asyncio.run(work())` runs this function."""
    started: list[Expression] = [one.func if isinstance(one, Call) else one for one in call.args[:1]]
    return any(isinstance(one, Name) and one.id == function.name for one in started)
