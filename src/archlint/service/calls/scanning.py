"""What a function's own statements say, and when those of another text say the same."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.source import PythonSource, function_deciding, function_naming, notice_naming
from archlint.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    Expression,
    FunctionDef,
    Lambda,
    Name,
    Node,
    Parameter,
    Walrus,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.readings import unnoticed
from archlint.service.calls.conditions import Need
from archlint.service.calls.function_summary import Scanner
from archlint.service.calls.functions import Function
from archlint.service.calls.reduced import Reduction, is_nothing
from archlint.service.calls.sites import BindingSite, Scan, Site
from archlint.service.semantics.idle import idle_in, plain_builtins
from archlint.service.semantics.loggers import loggers, logs
from archlint.service.semantics.plain_calls import imported_names, only_makes
from archlint.service.semantics.symbols import Scope
from archlint.service.semantics.unread import unread_in


def notice_text(function: Function) -> None:
    """Note that somebody reads the expressions of a scan themselves."""
    if isinstance(function.node, FunctionDef):
        notice_naming(_written, function.module.source, function.node)


def scan(function: Function, defined: frozenset[str]) -> Scan:
    """Read the function's own statements. Who asks depends on what inference may see of them, and no more.

    What is logged or given to a plain builtin runs nowhere, and an attribute that no function of the
    repository has the name of runs nothing: none of these is a site.
    """
    node, source = function.node, function.module.source
    if isinstance(node, FunctionDef):
        notice_naming(_inferred, source, node)
        with unnoticed():
            return _scan(source, node, function.scope, defined)
    scanner = Scanner(source, node.parameters if node else (), _self_name(function.scope))
    if node is None:
        scanner.body(source.body)
    else:
        scanner.found.returned.append(node.body)
        scanner.visit(node.body)
    return _with_what_runs(scanner.found, source, defined)


def _scan(source: PythonSource, node: FunctionDef, scope: Scope, defined: frozenset[str]) -> Scan:
    scanner = Scanner(source, node.parameters, _self_name((*scope, node)))
    scanner.body(node.body)
    return _with_what_runs(scanner.found, source, defined)


def _with_what_runs(found: Scan, source: PythonSource, defined: frozenset[str]) -> Scan:
    """A scan without the sites that run nothing."""
    logging, plain = loggers(source), plain_builtins(source)

    def runs_nothing(site: Site) -> bool:
        node = site.node
        if site.kind == "read":
            return type(node) is Attribute and node.attr not in defined
        if site.kind != "call" or site.awaited:
            return False
        if type(node) is Call and type(node.func) is Name:
            return node.func.id in plain
        return logs(node, logging)

    found.sites = [site for site in found.sites if not runs_nothing(site)]
    return found


def _self_name(scope: Scope) -> str | None:
    """The name of the object in a method, and in the functions inside of one."""
    for outer, inner in reversed(list(pairwise((None, *scope)))):
        if isinstance(inner, FunctionDef) and isinstance(outer, ClassDef):
            written = (dotted(getattr(one, "func", one)) or "" for one in inner.decorators)
            is_static = any(name.rpartition(".")[2] == "staticmethod" for name in written)
            return inner.parameters[0].name if inner.parameters and not is_static else None
    return None


@function_naming
def _written(source: PythonSource, definition: FunctionDef, defined: frozenset[str]) -> tuple[object, ...]:
    """What a scan says but for offsets, and for the bindings of names that nothing reads but to show them."""
    found = _scan(source, definition, source.definitions.around(definition)[:-1], defined)
    return _told(found, _bound(source, definition, found, defined), lambda node: node)


@function_deciding
def _inferred(source: PythonSource, definition: FunctionDef, defined: frozenset[str]) -> tuple[object, ...]:
    """The same of what inference looks at, without tests of parameters that no call decides."""
    found = _seen(source, definition, defined)
    bound = _bound(source, definition, found, defined)
    return _skeleton(definition, found, bound, defined)[0]


class Skeleton(Struct, frozen=True):
    """What inference looks at, but for what calls are given, and each expression with that and without rest.

    An expression that is no site is one of the kind "value".
    """

    told: tuple[object, ...]
    sites: list[Site]
    reduced: list[Expression]


def skeletons(
    old: tuple[PythonSource, FunctionDef], new: tuple[PythonSource, FunctionDef], defined: frozenset[str]
) -> tuple[Skeleton, Skeleton]:
    """What two texts of a function say; a name is read where one of them reads it."""
    texts = [(*text, _seen(*text, defined)) for text in (old, new)]
    live = {name for source, node, found in texts for name in _bound(source, node, found, defined)}
    first, second = (_read_with(definition, found, live, defined) for _, definition, found in texts)
    return first, second


def _read_with(definition: FunctionDef, found: Scan, live: Set[str], defined: frozenset[str]) -> Skeleton:
    bound = {name: several for name, several in found.bindings.items() if name in live}
    told, reduced = _skeleton(definition, found, bound, defined, given=False)
    sites = {id(one.node): one for one in found.sites}
    roots = _roots(found, bound)
    return Skeleton(told, [sites.get(id(one)) or Site("value", one) for one in roots], reduced)


def _seen(source: PythonSource, definition: FunctionDef, defined: frozenset[str]) -> Scan:
    """A scan with the sites and needs that count."""
    found = _scan(source, definition, source.definitions.around(definition)[:-1], defined)
    imported = imported_names(source)
    found.sites = [
        replace(one, needs=_decided(definition, one.needs, defined))
        for one in found.sites
        if one.kind != "call" or not only_makes(one.node, imported, defined)
    ]
    return found


def _skeleton(
    definition: FunctionDef,
    found: Scan,
    bound: Mapping[str, Sequence[BindingSite]],
    defined: frozenset[str],
    *,
    given: bool = True,
) -> tuple[tuple[object, ...], list[Expression]]:
    """What a scan says, with what its calls are given or without, and its expressions with that."""
    parameters = {parameter.name for parameter in definition.parameters}
    own = _own_names(definition, found, bound, parameters)
    whole = Reduction(defined, own, found.is_generator)
    found.returned = [one for one in found.returned if not is_nothing(whole.of(one))]
    named = {own.get(name, name): several for name, several in bound.items()}
    reduction = replace(whole, given=given)
    told = _told(found, named, reduction.of, lambda name: name in parameters or len(named[name]) > 1)
    return told, [] if given else [*map(whole.of, _roots(found, bound))]


def number_of(part: str) -> int | None:
    """The number of the function of which a part is what inference looks at; None for another part."""
    name, _, number = part.partition(":")
    return int(number) if name == f"{__name__}._inferred" else None


def _decided(definition: FunctionDef, needs: frozenset[Need], names: frozenset[str]) -> frozenset[Need]:
    return frozenset(need for need in needs if decided_name(definition.name, need[0]) in names)


def decided_name(function: str, parameter: str) -> str:
    """How `readings` know a parameter that calls of functions of this name decide."""
    return f"{function}({parameter})"


def _own_names(
    definition: FunctionDef,
    found: Scan,
    bound: Mapping[str, Sequence[BindingSite]],
    parameters: Set[str],
) -> dict[str, str]:
    """What stands for the local names that no definition in this one has, by when they are bound first."""
    inner = (one for one in all_nodes(definition) if isinstance(one, FunctionDef | ClassDef | Lambda))
    others = {name for one in inner if one is not definition for name in _names_in(one)}
    others |= found.outer_names | parameters
    own = (
        name
        for name, several in bound.items()
        if name not in others and all(one.kind != "definition" for one in several)
    )
    return {name: f"{number}" for number, name in enumerate(own)}


def _names_in(node: Node) -> Iterator[str]:
    for one in all_nodes(node):
        if isinstance(one, Name):
            yield one.id
        elif isinstance(one, Walrus | FunctionDef | ClassDef | Parameter):
            yield one.name


def _bound(
    source: PythonSource, definition: FunctionDef, found: Scan, defined: frozenset[str]
) -> dict[str, list[BindingSite]]:
    """The bindings of names that something reads, and not to show them alone."""
    ignored = {node.id for node in unread_in(source, definition) if isinstance(node, Name)}
    live = idle_in(source, definition, defined).live
    return {
        name: several
        for name, several in found.bindings.items()
        if name not in ignored and (name in live or any(one.kind != "value" for one in several))
    }


def _told(
    found: Scan,
    bound: Mapping[str, Sequence[BindingSite]],
    reading: Callable[[Expression], Expression],
    is_placed: Callable[[str], bool] = lambda name: True,
) -> tuple[object, ...]:
    """What a scan says with its expressions in this reading.

    Offsets count by which of the nodes in these start and end before them. Where a name is bound does not
    count where it is not `is_placed`.
    """
    roots = [*_annotations(found, bound), *map(reading, _roots(found, bound))]
    offsets = sorted({at for root in roots for node in all_nodes(root) for at in (node.start, node.end)})
    return (
        _bindings(bound, offsets, is_placed),
        _bindings(found.attributes, offsets, lambda name: False),
        tuple((one.kind, one.awaited, one.once, one.main, one.needs) for one in found.sites),
        tuple(name for name, _ in found.states),
        [len(several) for several in (found.returned, found.yielded, found.delegated, found.stores)],
        tuple(roots),
        [(bisect_left(offsets, root.start), bisect_left(offsets, root.end)) for root in roots],
        found.outer_names,
        found.is_generator,
    )


def _roots(scan: Scan, bound: Mapping[str, Sequence[BindingSite]]) -> list[Expression]:
    """The expressions of a scan that are values, in its order."""
    held = (one for several in (*bound.values(), *scan.attributes.values()) for one in several)
    given = (one.value for one in held if one.value is not None)
    stored = (node for pair in scan.stores for node in pair)
    states = (value for _, value in scan.states)
    sites = (site.node for site in scan.sites)
    return [*given, *sites, *scan.returned, *scan.yielded, *scan.delegated, *stored, *states]


def _annotations(scan: Scan, bound: Mapping[str, Sequence[BindingSite]]) -> list[Expression]:
    held = (one for several in (*bound.values(), *scan.attributes.values()) for one in several)
    return [one.annotation for one in held if one.annotation is not None]


def _bindings(
    bound: Mapping[str, Sequence[BindingSite]], offsets: list[int], is_placed: Callable[[str], bool]
) -> tuple[object, ...]:
    return tuple(
        (
            *(name, one.kind, one.limited, one.value is None, one.annotation is None),
            *(_place(one, offsets) if one.limited or is_placed(name) else ()),
        )
        for name, several in bound.items()
        for one in several
    )


def _place(one: BindingSite, offsets: list[int]) -> tuple[int, ...]:
    return (
        *(bisect_left(offsets, one.start), bisect_right(offsets, one.start)),
        *(bisect_left(offsets, one.block[0]), bisect_right(offsets, one.block[1])),
    )
