"""Where code reads configuration by other means than the settings classes."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Alias,
    Assign,
    Attribute,
    AugmentedAssign,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    If,
    Match,
    Name,
    Node,
    Operator,
    Simple,
    Statement,
    Subscript,
)
from archlint.facts.traversal import dotted, nested_blocks
from archlint.readings import summary
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.constants import Literals
from archlint.service.semantics.library_names import NameKind, last_names, names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name, scoped
from archlint.service.semantics.symbols import Scope, Symbols

_KINDS: tuple[NameKind, ...] = ("environment", "environment getter", "configuration loader")


class EnvironmentRead(Struct, frozen=True):
    """A call or look-up that reads configuration; `variable` is the name read, None where it is computed."""

    module: Module
    node: Node
    reader: str
    variable: str | None


def environment_reads(
    module: Module, symbols: Symbols, classes: Classes, literals: Literals, sources: Container[Node]
) -> Iterator[EnvironmentRead]:
    """The reads of a module outside of its settings classes and their `sources`, in reading order.

    Writing a variable, or handing the whole environment to a child process, reads no configuration.
    """
    for scope, node in _candidates(module.source) if _reader_names(module.source) else ():
        is_test = any(isinstance(one, FunctionDef) and one.name.startswith("test_") for one in scope)
        if is_test or any(one in sources for one in scope):
            continue
        if _in_settings(module, scope, symbols, classes) or (not scope and _configures(module, node)):
            continue
        found = _read(module, scope, node, symbols)
        if found is not None:
            reader, name = found
            yield EnvironmentRead(module, node, reader, _variable(module, scope, name, literals))


@summary
def _reader_names(source: PythonSource) -> frozenset[str]:
    """The last names under which a file may speak of a reader, none where it speaks of none."""
    imported = [alias for alias in source.nodes.of(Alias) if alias.name in last_names(*_KINDS)]
    if not imported and not any(node.attr in last_names(*_KINDS) for node in source.nodes.of(Attribute)):
        return frozenset()
    return last_names(*_KINDS).union(alias.asname for alias in imported if alias.asname)


@summary
def _candidates(source: PythonSource) -> tuple[tuple[Scope, Node], ...]:
    """What may be reads by their names, with the definitions around."""
    names, nodes, written = _reader_names(source), source.nodes, set(_written(source))
    every = (*nodes.of(Subscript), *nodes.of(Call), *nodes.of(Operator))
    asking = (node for node in every if not names.isdisjoint(_asked(node)))
    return tuple(scoped(source, (node for node in asking if id(node) not in written)))


def _asked(node: Node) -> Iterator[str]:
    """The last names of what may be a reader in a look-up, a call or a comparison."""
    match node:
        case Call(func=Attribute(attr=attr, value=value)):
            yield attr
            yield last_name(value)
        case Call(func=func):
            yield last_name(func)
        case Subscript(value=value):
            yield last_name(value)
        case Operator(operator="compare", parts=(_, value)):
            yield last_name(value)


def _written(source: PythonSource) -> Iterator[int]:
    for assign in source.nodes.of(Assign):
        yield from map(id, assign.targets)
    yield from (id(node.target) for node in source.nodes.of(AugmentedAssign))
    for node in source.nodes.of(Simple):
        yield from map(id, node.parts if node.keyword == "del" else ())


def _in_settings(module: Module, scope: Scope, symbols: Symbols, classes: Classes) -> bool:
    for depth, definition in enumerate(scope):
        if isinstance(definition, ClassDef):
            symbol = symbols.resolve(module, definition.name, scope[:depth])
            bases = {base.qualified for base in symbols.bases(symbol)}
            if classes.is_settings(symbol) or bases & names_of("settings source"):
                return True
    return False


def _configures(module: Module, node: Node) -> bool:
    """Whether it only decides how settings classes read, as the prefix of their variables or their file.

    It may do so by way of further names: `file = f".env.{stage}"`, or a `match` that chooses.
    """
    configs = _configurations(module.source)
    if not configs or _is_within(node, configs):
        return bool(configs)
    assigning = {one: names for one in module.source.body if (names := _assigned(one))}
    reached = [one for one in assigning if _is_within(node, [one])]
    is_used = False
    for statement in reached:
        named = (one for one in module.source.nodes.of(Name) if one.id in assigning[statement])
        for use in (one for one in named if not _is_within(one, [statement])):
            further = [one for one in assigning if _is_within(use, [one])]
            is_used |= (within := _is_within(use, configs))
            if not (within or further):
                return False
            reached += [] if within else [one for one in further if one not in reached]
    return is_used


def _assigned(statement: Statement) -> frozenset[str]:
    """The names that a statement gives values to if it does nothing else, none otherwise."""
    if isinstance(statement, Assign):
        return frozenset(target.id for target in statement.targets if isinstance(target, Name))
    inner = [_assigned(one) for block in nested_blocks(statement) for one in block]
    return frozenset().union(*inner) if isinstance(statement, If | Match) and all(inner) else frozenset()


@summary
def _configurations(source: PythonSource) -> tuple[Call, ...]:
    return tuple(call for call in source.nodes.of(Call) if last_name(call.func) == "SettingsConfigDict")


def _is_within(node: Node, around: Sequence[Node]) -> bool:
    return any(one.start <= node.start < one.end for one in around)


def _read(module: Module, scope: Scope, node: Node, symbols: Symbols) -> tuple[str, Expression | None] | None:
    match node:
        case Subscript(value=value, index=index) if _is_environ(module, scope, value, symbols):
            return "os.environ", index
        case Call(func=Attribute(attr="get" | "pop", value=value), args=args) if _is_environ(
            module, scope, value, symbols
        ):
            return "os.environ", args[0] if args else None
        case Operator(operator="compare", parts=(name, value), detail=("in" | "not in",)):
            return ("os.environ", name) if _is_environ(module, scope, value, symbols) else None
        case Call(func=Name() | Attribute() as func, args=args):
            qualified = symbols.resolve(module, func, scope).qualified
            if qualified in names_of("environment getter"):
                return "os.getenv", args[0] if args else None
            if qualified in names_of("configuration loader"):
                return dotted(func) or qualified, args[0] if qualified == "decouple.config" and args else None
    return None


def _is_environ(module: Module, scope: Scope, value: Expression, symbols: Symbols) -> bool:
    if not isinstance(value, Name | Attribute):
        return False
    return symbols.resolve(module, value, scope).qualified in names_of("environment")


def _variable(module: Module, scope: Scope, name: Expression | None, literals: Literals) -> str | None:
    if isinstance(name, Constant):
        return name.value if isinstance(name.value, str) else None
    return literals.text(module, name, scope) if name is not None else None
