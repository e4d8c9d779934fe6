"""Whether two texts of a function do the same to the call graph, though their calls are given other things.

What a call is given counts by what it may be: a function that somebody runs, a path, an object whose class
decides what is called. So the expressions that differ are both evaluated in the service as it is now, and
what each of them gives and adds to the graph is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from archlint import readings
from archlint.facts.differences import FileDifference, same
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Comprehension, FunctionDef, Lambda, Node, Operator, Walrus
from archlint.facts.traversal import all_nodes
from archlint.service.calls.call_graph import LEFT_OUT
from archlint.service.calls.edges import Edges
from archlint.service.calls.functions import Function, Program
from archlint.service.calls.inference import Inference
from archlint.service.calls.library_models import load_knowledge
from archlint.service.calls.scanning import Skeleton, decided_name, number_of, skeletons
from archlint.service.calls.sites import Site
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.types import Types
from archlint.service.semantics.modules import Modules
from archlint.service.semantics.symbols import Symbols

_T = TypeVar("_T")


class FunctionTexts:
    """Answers for one service, of which nobody else may ask anything: what is read here goes unnoticed."""

    def __init__(self, modules: Modules, symbols: Symbols, annotations: Types) -> None:
        self._modules, self._symbols, self._annotations = modules, symbols, annotations

    @cached_property
    def _inference(self) -> Inference:
        """What expressions may be, which most texts that differ are not asked."""
        program = Program(self._symbols)
        for module in self._modules:
            if module.role not in LEFT_OUT:
                program.add(module)
        program.link()
        return Inference(self._symbols, self._annotations, program, load_knowledge())

    def are_alike(self, path: str, part: str, difference: FileDifference) -> bool:
        """Whether a part that is what inference reads of a function does the same in both states."""
        module = self._modules.by_path.get(path)
        if number_of(part) is None or module is None or module.role in LEFT_OUT:
            return False
        before = _function(difference.old, part)
        after = _function(difference.new, difference.renumbered(part))
        names = difference.names[readings.DECIDED]
        was, now = skeletons((difference.old, before), (difference.new, after), names)
        if not same(was.told, now.told):
            return False
        with deep_recursion():
            function = self._inference.program.functions[after]
            return all(self._gives_the_same(one, other, function, names) for one, other in _pairs(was, now))

    def _gives_the_same(self, old: Site, new: Site, function: Function, names: frozenset[str]) -> bool:
        """Whether two expressions give the same, and add the same to the graph where they are sites."""
        if any(map(_binds, (*all_nodes(old.node), *all_nodes(new.node)))):
            return False
        moved = _placed(old.node, new.node)
        values = self._inference.values
        if values(moved, function) != values(new.node, function):
            return False
        before = self._added(replace(old, node=moved), function, names)
        return before == self._added(new, function, names)

    def _added(self, site: Site, function: Function, names: frozenset[str]) -> list[object]:
        """What a site adds to the graph, without where it stands."""
        edges = Edges(self._inference)
        edges.visit_site(function, site)
        return [_unplaced(one, function, names) for one in edges.found()]


def _function(source: PythonSource, part: int | str) -> FunctionDef:
    number = number_of(str(part))
    assert number is not None
    return source.nodes.of(FunctionDef)[number]


def _pairs(was: Skeleton, now: Skeleton) -> Iterator[tuple[Site, Site]]:
    """The expressions that differ."""
    for old, new, one, other in zip(was.sites, now.sites, was.reduced, now.reduced, strict=True):
        if not same(one, other):
            yield old, new


def _binds(node: Node) -> bool:
    """Whether an expression has names of its own, or waits."""
    return isinstance(node, Lambda | Walrus | Comprehension) or (
        isinstance(node, Operator) and node.operator.startswith("yield")
    )


def _placed(node: _T, place: Node) -> _T:
    """A node, or several, with all in it where another one stands."""
    if isinstance(node, tuple):
        return cast("_T", tuple(_placed(one, place) for one in node))
    if not isinstance(node, Struct):
        return node
    inner: dict[str, Any] = {name: _placed(getattr(node, name), place) for name in node.__struct_fields__}
    if isinstance(node, Node):
        inner |= {"start": place.start, "length": place.length}
    return cast("_T", replace(node, **inner))


def _unplaced(one: object, function: Function, names: frozenset[str]) -> object:
    """What was added without its site; of parameters that are passed on those that calls decide."""
    fields = getattr(one, "__struct_fields__", ())
    if "site" not in fields:
        return one
    held = {name: getattr(one, name) for name in fields if name != "site"}
    if "passed" in held:
        decided = (pair for pair in held["passed"] if decided_name(function.own_name, pair[1]) in names)
        held["passed"] = tuple(decided)
    return type(one), *held.values()
