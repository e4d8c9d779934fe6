"""What is read of the bodies of handlers to count the work in them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from archlint.facts.source import PythonSource, function_summary, notice
from archlint.facts.syntax import Assign, Attribute, Await, Call, Expression, For, FunctionDef, If, Name, Node
from archlint.facts.traversal import all_nodes, dotted
from archlint.readings import unnoticed
from archlint.service.database.session_calls import DATA_ACCESS
from archlint.service.semantics.bindings import module_namespace
from archlint.service.semantics.loggers import loggers, logs
from archlint.service.semantics.plain_calls import imported_names, only_makes


def nodes_of(source: PythonSource, handler: FunctionDef) -> tuple[Node, ...]:
    """All that stands in a handler, for who counts its work."""
    notice(_work, source, handler)
    with unnoticed():
        return tuple(all_nodes(handler))


@function_summary
def _work(source: PythonSource, handler: FunctionDef) -> tuple[object, ...]:
    """What is read of it: the functions that it calls, where the results go, and the loops over them.

    Calls and branches are told apart by which one of the handler's they are. A call counts that may be a
    session's, a parameter's, or of what the module has.
    """
    outer = {parameter.name for parameter in handler.parameters} | module_namespace(source).names.keys()
    nodes = tuple(all_nodes(handler))
    logging, imported = loggers(source), imported_names(source)
    called = (one for one in nodes if isinstance(one, Call) and not logs(one, logging))
    made = (one for one in called if not only_makes(one, imported))
    calls = {one: name for one in made if (name := dotted(one.func)) and _counts(name, outer)}
    number: dict[Node, int] = {one: at for at, one in enumerate(calls)}
    branches: dict[Node, int] = {
        one: at for at, one in enumerate(one for one in nodes if isinstance(one, If))
    }
    given = (
        (name, tuple(number[one] for one in all_nodes(value) if one in number))
        for name, value in assigned(nodes)
    )
    loops = (
        (_iterated(loop.iterable, number), tuple(branches[one] for one in all_nodes(loop) if one in branches))
        for loop in nodes
        if isinstance(loop, For)
    )
    return (
        tuple(calls.values()),
        tuple(one for one in given if one[1]),
        tuple(one for one in loops if one[1]),
        bool(module_namespace(source).stars) and tuple(handler.body),
    )


def _counts(name: str, outer: Container[str]) -> bool:
    return name.partition(".")[0] in outer or name.rpartition(".")[2] in DATA_ACCESS


def _iterated(iterable: Expression, number: Mapping[Node, int]) -> tuple[object, ...]:
    match iterable:
        case Name(id=name):
            return (name,)
        case Await(value=value):
            return _iterated(value, number)
        case Call(func=Attribute(value=owner)):
            return (number.get(iterable), *_iterated(owner, number))
    return (number.get(iterable),)


def assigned(nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """The names to which nodes give one value, with that."""
    for node in nodes:
        if type(node) is not Assign or len(node.targets) != 1 or node.value is None:
            continue
        if type(target := node.targets[0]) is Name:
            yield target.id, node.value
