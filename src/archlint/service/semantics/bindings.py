"""Which names a block of statements binds, and to what: the static stand-in for a module's `__dict__`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, get_args

from msgspec import Struct, field

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Alias,
    Assign,
    Attribute,
    AugmentedAssign,
    Call,
    ClassDef,
    Evaluate,
    Expression,
    For,
    FunctionDef,
    If,
    Import,
    ImportFrom,
    Name,
    Node,
    Operator,
    Raise,
    Return,
    Sequence,
    Simple,
    Starred,
    Statement,
    Try,
    While,
    With,
)
from archlint.facts.traversal import OPENING, all_nodes, dotted, is_none, nested_blocks
from archlint.readings import summary


class Imported(Struct, frozen=True):
    """A name that an import binds: to module `module` itself, or to `name` in it.

    `level` counts the dots of a relative import, as in `ImportFrom`.
    """

    node: Alias
    module: str
    level: int
    name: str | None


class Defined(Struct, frozen=True):
    """A name that a `def` or `class` binds."""

    node: FunctionDef | ClassDef


class Assigned(Struct, frozen=True):
    """A name that anything else binds; `value` only where it is one expression given to this one name."""

    node: Node
    value: Expression | None


Binding: TypeAlias = Imported | Defined | Assigned


class Star(Struct, frozen=True):
    """`from module import *`."""

    node: Alias
    module: str
    level: int


class Namespace(Struct, frozen=True):
    """The names of one module, class or function.

    `exported` are the expressions that make up `__all__`; None where the block has no `__all__`.
    """

    names: dict[str, Binding]
    stars: tuple[Star, ...] = ()
    exported: tuple[Expression, ...] | None = None


def read_namespace(body: tuple[Statement, ...]) -> Namespace:
    """The names that `body` binds, nested functions and classes left out.

    Where a name is bound more than once, the binding that says most wins: the body of `try` over its
    handlers, an early branch of `if` over a later one, and otherwise the last.
    """
    names, stars = _read(body)
    return Namespace(names, stars, _exported(body) if "__all__" in names else None)


@summary
def module_namespace(source: PythonSource) -> Namespace:
    """The names that a file's own statements bind."""
    return read_namespace(source.body)


def function_namespace(function: FunctionDef) -> Namespace:
    """The local names of `function`: its parameters and what its body binds."""
    names, stars = _read(function.body)
    parameters: dict[str, Binding] = {p.name: Assigned(p, None) for p in function.parameters}
    return Namespace(parameters | names, stars)


def _read(body: tuple[Statement, ...]) -> tuple[dict[str, Binding], tuple[Star, ...]]:
    block = _Block()
    block.read(body)
    names = {name: binding for name, binding in block.names.items() if name not in block.foreign}
    return names, tuple(block.stars)


def statements(body: tuple[Statement, ...]) -> Iterator[Statement]:
    """Every statement of a scope in reading order, those in `if`, `try`, loops and `with` included."""
    for statement in body:
        yield statement
        if type(statement) in OPENING:
            for block in nested_blocks(statement):
                yield from statements(block)


def own_nodes(statement: Statement | Expression) -> Iterator[Node]:
    """The statement and the nodes in it, those of the statements in its blocks left out."""
    return all_nodes(statement, _STATEMENTS)


def returned_values(function: FunctionDef) -> list[Expression]:
    """What a function returns; for a name of its own, all that this is assigned."""
    nodes = [node for statement in statements(function.body) for node in own_nodes(statement)]
    found = [node.value for node in nodes if isinstance(node, Return) and node.value is not None]
    names = {value.id for value in found if isinstance(value, Name)}
    assigned = [
        (target.id, node.value)
        for node in nodes
        if isinstance(node, Assign) and node.value is not None
        for target in node.targets
        if isinstance(target, Name) and target.id in names
    ]
    own = {name for name, _ in assigned}
    others = (one for one in found if not (isinstance(one, Name) and one.id in own))
    return [*others, *(value for _, value in assigned)]


_STATEMENTS = frozenset(get_args(Statement))
_BINDING_NOTHING = frozenset({AugmentedAssign, Evaluate, Raise, Return})


class _Block(Struct):
    """The bindings of some statements; `foreign` are the names given away by `global` and `nonlocal`."""

    names: dict[str, Binding] = field(default_factory=dict)
    stars: list[Star] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)

    def read(self, body: tuple[Statement, ...]) -> None:
        for statement in body:
            kind = type(statement)
            if kind in _BINDING_NOTHING:
                continue
            if (own := _OWN_BINDINGS.get(kind)) is not None:
                for name, binding in own(statement):
                    self.bind(name, binding)
            if kind in OPENING:
                self._open(statement)
            elif type(statement) is ImportFrom:
                if statement.names and statement.names[0].name == "*":
                    self.stars.append(Star(statement.names[0], statement.module, statement.level))
            elif type(statement) is Simple and statement.keyword in {"global", "nonlocal"}:
                self.foreign.update(part.id for part in statement.parts if isinstance(part, Name))

    def _open(self, statement: Statement) -> None:
        if isinstance(statement, If | Try):
            self.merge(_by_weight(statement), conditional=isinstance(statement, If))
        else:
            self.merge(nested_blocks(statement), conditional=isinstance(statement, For | While))

    def merge(self, blocks: Iterable[tuple[Statement, ...]], conditional: bool) -> None:
        inner = _Block()
        for body in blocks:
            block = _Block()
            block.read(body)
            inner.stars.extend(block.stars)
            inner.foreign |= block.foreign
            for name, binding in block.names.items():
                inner.bind(name, binding)
        self.stars.extend(sorted(inner.stars, key=lambda star: star.node.start))
        self.foreign |= inner.foreign
        for name, binding in inner.names.items():
            self.bind(name, binding, conditional)

    def bind(self, name: str, binding: Binding, conditional: bool = False) -> None:
        old = self.names.get(name)
        if old is None or _says_nothing(old) or not (conditional or _says_nothing(binding)):
            self.names[name] = binding


def _by_weight(statement: If | Try) -> list[tuple[Statement, ...]]:
    """The blocks of `statement`, the one whose bindings say most last."""
    if isinstance(statement, If):
        blocks = [*(branch.body for branch in statement.branches), statement.orelse]
        return blocks if _tests_old_version(statement) else blocks[::-1]
    handlers = (handler.body for handler in statement.handlers)
    return [*handlers, statement.body, statement.orelse, statement.finally_]


def _tests_old_version(statement: If) -> bool:
    """Whether the first branch is for old interpreters: `if sys.version_info < (3, 11):`."""
    test = statement.branches[0].test
    return (
        isinstance(test, Operator)
        and test.detail[:1] in {("<",), ("<=",)}
        and dotted(test.parts[0]) in {"sys.version_info", "version_info"}
    )


def _says_nothing(binding: Binding) -> bool:
    """Whether the binding only declares the name, or gives it None."""
    if not isinstance(binding, Assigned) or not isinstance(binding.node, Assign):
        return False
    value = binding.node.value
    return value is None or is_none(value)


def _assigned(statement: Assign) -> Iterator[tuple[str, Binding]]:
    for target in statement.targets:
        yield from _targets(target, statement.value, statement)


def _defined(statement: FunctionDef | ClassDef) -> Iterator[tuple[str, Binding]]:
    if not _is_accessor(statement):
        yield statement.name, Defined(statement)


def _looped(statement: For) -> Iterator[tuple[str, Binding]]:
    return _targets(statement.target, None, statement)


def _entered(statement: With) -> Iterator[tuple[str, Binding]]:
    for item in statement.items:
        if item.target is not None:
            yield from _targets(item.target, None, statement)


def _imported(statement: Import) -> Iterator[tuple[str, Binding]]:
    for alias in statement.names:
        whole = alias.name if alias.asname else alias.name.partition(".")[0]
        yield alias.asname or whole, Imported(alias, whole, 0, None)


def _imported_from(statement: ImportFrom) -> Iterator[tuple[str, Binding]]:
    for alias in statement.names:
        if alias.name != "*":
            source = Imported(alias, statement.module, statement.level, alias.name)
            yield alias.asname or alias.name, source


_OWN_BINDINGS: dict[type[Statement], Callable[[Any], Iterator[tuple[str, Binding]]]] = {
    Assign: _assigned,
    ClassDef: _defined,
    For: _looped,
    FunctionDef: _defined,
    Import: _imported,
    ImportFrom: _imported_from,
    With: _entered,
}


def _is_accessor(definition: FunctionDef | ClassDef) -> bool:
    """Whether this is `@name.setter` or the like, which adds to `name` and defines nothing."""
    if not definition.decorators:
        return False
    accessors = {f"{definition.name}.{kind}" for kind in ("setter", "deleter", "getter")}
    return any(dotted(decorator) in accessors for decorator in definition.decorators)


def _targets(target: Expression, value: Expression | None, node: Statement) -> Iterator[tuple[str, Binding]]:
    match target:
        case Name():
            yield target.id, Assigned(node, value)
        case Starred():
            yield from _targets(target.value, None, node)
        case Sequence():
            matched = isinstance(value, Sequence) and len(value.items) == len(target.items)
            values = value.items if matched and isinstance(value, Sequence) else (None,) * len(target.items)
            for item, one in zip(target.items, values, strict=True):
                yield from _targets(item, one, node)


def _exported(body: tuple[Statement, ...]) -> tuple[Expression, ...] | None:
    parts: list[Expression] = []
    assigned = False
    for statement in statements(body):
        if type(statement) not in _EXPORTING:
            continue
        match statement:
            case Assign(targets=(Name(id="__all__"),), value=value) if value is not None:
                parts, assigned = [value], True
            case AugmentedAssign(target=Name(id="__all__"), value=value):
                parts.append(value)
            case Evaluate(value=Call(func=Attribute(value=Name(id="__all__"), attr=method)) as call):
                parts.append(_list_change(call, method))
    return tuple(parts) if assigned else None


_EXPORTING = frozenset({Assign, AugmentedAssign, Evaluate})


def _list_change(call: Call, method: str) -> Expression:
    """The list that `__all__.extend(list)` or `__all__.append(item)` adds; other methods are opaque."""
    if method == "extend" and len(call.args) == 1:
        return call.args[0]
    if method == "append":
        return Sequence(call.start, call.length, "list", call.args)
    return call
