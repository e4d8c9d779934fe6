"""What text an expression in a test can be: literals, f-strings, constants, settings, parameters, helpers.

Two marks stand for what the source does not tell: `VALUE` for a piece such as an id that came out of an answer,
and `GAP` for text that may be anything, slashes included.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, get_args

from archlint.facts.syntax import (
    Assign,
    Attribute,
    AugmentedAssign,
    Await,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    For,
    FString,
    FunctionDef,
    Name,
    Node,
    Operation,
    Return,
    Subscript,
    all_nodes,
    dotted,
)
from archlint.facts.syntax import Sequence as Items
from archlint.service.evaluation.attributes import attribute
from archlint.service.evaluation.machine import Machine, deep_recursion
from archlint.service.evaluation.values import Member, Value, options, settled, text
from archlint.service.modules import Module, Role
from archlint.service.namespaces import statements
from archlint.service.suite.fixtures import Fixtures
from archlint.service.symbols import Scope, Symbol, Symbols

_EXPRESSIONS = get_args(Expression)
VALUE = "\N{WHITE SQUARE}"
GAP = "\N{HORIZONTAL ELLIPSIS}"
_MAX_TEXTS = 32
_MAX_DEPTH = 8
_SAME = frozenset(
    {"builtins.str", "httpx.URL", "yarl.URL", "urllib.parse.quote", "furl.furl", "urllib.parse.quote_plus"}
)
_TRIMMING = frozenset({"lstrip", "removeprefix", "removesuffix", "rstrip", "strip"})
_KEEPING = _TRIMMING | {"decode", "encode", "lower"}

Texts: TypeAlias = tuple[str, ...]
Given: TypeAlias = Mapping[str, Texts]
"""What a helper's parameters are in the call that is followed."""

RoutePath: TypeAlias = Callable[[str], Texts]
"""The paths of the routes of a name."""


class Paths:
    """Evaluates text in test modules; `machine` knows what runtime modules define."""

    def __init__(
        self, symbols: Symbols, fixtures: Fixtures, machine: Machine | None, route_path: RoutePath
    ) -> None:
        self._symbols = symbols
        self._fixtures = fixtures
        self._machine = machine
        self._route_path = route_path
        self.callers: Callable[[str], Iterable[tuple[Module, Scope, Call]]] = lambda name: ()

    def texts(
        self, module: Module, node: Expression, scope: Scope = (), given: Given | None = None, depth: int = 0
    ) -> Texts:
        """What `node` can be; never empty."""
        if depth > _MAX_DEPTH:
            return (GAP,)
        found = self._texts(module, node, scope, given or {}, depth + 1)
        unique = tuple(dict.fromkeys(found))
        return unique if 0 < len(unique) <= _MAX_TEXTS else (GAP,)

    def _texts(
        self, module: Module, node: Expression, scope: Scope, given: Given, depth: int
    ) -> Iterable[str]:
        def inner(part: Expression) -> Texts:
            return self.texts(module, part, scope, given, depth)

        match node:
            case Constant(value=str() | int() as value):
                return (str(value),)
            case FString(parts=parts) | Operation(operator="+", parts=parts):
                return _joined([inner(part) for part in parts])
            case Operation(operator="%", parts=(left, *_)):
                return [re.sub(r"%[sdr]|%\(\w+\)[sd]", VALUE, one) for one in inner(left)]
            case Operation(operator="/", parts=parts):
                return ["/".join(one) for one in itertools.product(*map(inner, parts))][:_MAX_TEXTS]
            case Operation(operator="if", parts=(first, _, second)):
                return (*inner(first), *inner(second))
            case Operation(operator="or" | "and", parts=parts):
                return tuple(one for part in parts for one in inner(part))
            case Await(value=value):
                return inner(value)
            case Call():
                return self._call(module, node, scope, given, depth)
            case Name():
                return self._name(module, node, scope, given, depth)
            case Attribute():
                return self._attribute(module, node, scope, given, depth)
            case Subscript(value=value, index=Constant(value=key)):
                return self._item(module, value, key, scope, given, depth)
        return (VALUE,) if isinstance(node, Subscript | Operation) else (GAP,)

    def _call(self, module: Module, node: Call, scope: Scope, given: Given, depth: int) -> Iterable[str]:
        if isinstance(node.func, Attribute):
            found = self._method(module, node, node.func, scope, given, depth)
            if found is not None:
                return found
        symbol = self._symbols.resolve(module, node.func, scope)
        if symbol.qualified in _SAME and node.args:
            return self.texts(module, node.args[0], scope, given, depth)
        if symbol.qualified == "urllib.parse.urljoin" and len(node.args) == 2:
            return [GAP + one for one in self.texts(module, node.args[1], scope, given, depth)]
        if isinstance(symbol.node, FunctionDef) and symbol.module is not None:
            bound = self._bound(module, node, symbol.node, scope, given, depth)
            return self._returned(symbol.module, symbol.node, self._symbols.scope_of(symbol), bound, depth)
        return (VALUE,)

    def _method(
        self, module: Module, node: Call, func: Attribute, scope: Scope, given: Given, depth: int
    ) -> Iterable[str] | None:
        """A method of a text, or a request for a route's path by its name."""
        if func.attr in {"url_path_for", "url_for"} and node.args:
            names = self.texts(module, node.args[0], scope, given, depth)
            return [path for name in names for path in (self._route_path(name) or (GAP,))]
        if func.attr == "format":
            keywords = {
                k.name: self.texts(module, k.value, scope, given, depth) for k in node.keywords if k.name
            }
            first = {name: one[0] if len(one) == 1 else VALUE for name, one in keywords.items()}
            texts = self.texts(module, func.value, scope, given, depth)
            return [re.sub(r"\{(\w*)[^}]*\}", lambda m: first.get(m[1], VALUE), one) for one in texts]
        if func.attr == "replace" and len(node.args) == 2:
            old, new = (self.texts(module, one, scope, given, depth) for one in node.args)
            texts = self.texts(module, func.value, scope, given, depth)
            return [one.replace(a, b) for one in texts for a in old for b in new] if GAP not in old else None
        if func.attr in _KEEPING:
            ends = [
                one.value for one in node.args if isinstance(one, Constant) and isinstance(one.value, str)
            ]
            texts = self.texts(module, func.value, scope, given, depth)
            return [getattr(one, func.attr)(*ends) if func.attr in _TRIMMING else one for one in texts]
        return None

    def _bound(
        self, module: Module, call: Call, function: FunctionDef, scope: Scope, given: Given, depth: int
    ) -> Given:
        names = [one.name for one in function.parameters if one.kind in {"positional", "normal"}]
        names = names[1:] if names[:1] in (["self"], ["cls"]) else names
        pairs = [*zip(names, call.args, strict=False), *((k.name, k.value) for k in call.keywords if k.name)]
        bound = {name: self.texts(module, value, scope, given, depth) for name, value in pairs}
        defaults = {
            one.name: self.texts(module, one.default, (), None, depth)
            for one in function.parameters
            if one.default is not None and one.name not in bound
        }
        return {**defaults, **bound}

    def _returned(
        self, module: Module, function: FunctionDef, around: Scope, given: Given, depth: int
    ) -> Iterable[str]:
        found = [
            one.value
            for one in statements(function.body)
            if isinstance(one, Return) and one.value is not None
        ]
        scope = (*around, function)
        return [one for value in found for one in self.texts(module, value, scope, given, depth)] or (VALUE,)

    def _name(self, module: Module, node: Name, scope: Scope, given: Given, depth: int) -> Iterable[str]:
        for level in range(len(scope), 0, -1):
            definition = scope[level - 1]
            if not isinstance(definition, FunctionDef):
                continue
            found = self._local(
                module, node, definition, scope[:level], given if level == len(scope) else {}, depth
            )
            if found is not None:
                return found
        return self._global(self._symbols.resolve(module, node, scope), depth)

    def _local(
        self, module: Module, node: Name, function: FunctionDef, scope: Scope, given: Given, depth: int
    ) -> Iterable[str] | None:
        """What a name of the function is: all that is assigned to it, else what it gets as a parameter."""
        found: list[str] = []
        for statement in statements(function.body):
            match statement:
                case Assign(targets=targets, value=value) if value is not None:
                    if any(isinstance(one, Name) and one.id == node.id for one in targets):
                        # An assignment to itself cannot say more than the others.
                        if not any(isinstance(n, Name) and n.id == node.id for n in _parts(value)):
                            found += self.texts(module, value, scope, given, depth)
                        else:
                            found.append(GAP)
                    elif any(isinstance(one, Items) and node.id in map(dotted, one.items) for one in targets):
                        found.append(VALUE)
                case AugmentedAssign(target=Name(id=name), value=value) if name == node.id:
                    found += [
                        one + more for one in found for more in self.texts(module, value, scope, given, depth)
                    ]
                case For(target=target, iterable=iterable):
                    found += self._looped(module, node.id, target, iterable, scope, given, depth)
        if found:
            return found
        if any(parameter.name == node.id for parameter in function.parameters):
            return given.get(node.id) or self._parameter(module, node.id, function, scope[:-1], depth)
        return None

    def _looped(
        self,
        module: Module,
        name: str,
        target: Expression,
        iterable: Expression,
        scope: Scope,
        given: Given,
        depth: int,
    ) -> Iterator[str]:
        names = list(map(dotted, target.items)) if isinstance(target, Items) else [dotted(target)]
        if name not in names:
            return
        rows = self._rows(module, iterable, scope)
        for row in rows or ():
            cells = row.items if isinstance(row, Items) and len(names) > 1 else (row,)
            if len(cells) == len(names):
                yield from self.texts(module, cells[names.index(name)], scope, given, depth)
        if not rows:
            yield GAP

    def _rows(self, module: Module, node: Expression, scope: Scope) -> Sequence[Expression]:
        """The items of a literal list, or of a name that stands for one."""
        if isinstance(node, Items):
            return node.items
        if isinstance(node, Dict):
            return tuple(key for key, _ in node.items if key is not None)
        symbol = self._symbols.resolve(module, node, scope)
        if isinstance(symbol.node, Assign) and symbol.module is module and symbol.node.value is not None:
            return self._rows(module, symbol.node.value, ()) if symbol.node.value is not node else ()
        return ()

    def _parameter(
        self, module: Module, name: str, function: FunctionDef, around: Scope, depth: int
    ) -> Iterable[str]:
        """What parametrizing, a fixture, or the callers of a helper give."""
        marks = [*function.decorators, *(d for one in around for d in one.decorators)]
        found = [one for mark in marks for one in self._parametrized(module, name, mark, depth)]
        if found:
            return found
        fixture = self._fixtures.visible(name, module)
        if fixture is not None and fixture.node is not function:
            return self._yielded(fixture.module, fixture.node, fixture.scope, depth)
        default = next((one.default for one in function.parameters if one.name == name), None)
        found = list(self.texts(module, default, around, None, depth)) if default is not None else []
        for caller, scope, call in self.callers(function.name):
            given = self._bound(caller, call, function, scope, {}, depth)
            found += given.get(name, ())
        return found or (GAP,)

    def _yielded(self, module: Module, function: FunctionDef, around: Scope, depth: int) -> Iterable[str]:
        scope = (*around, function)
        yields = [
            one
            for statement in statements(function.body)
            for one in _parts(getattr(statement, "value", None))
            if isinstance(one, Operation) and one.operator == "yield" and one.parts
        ]
        if yields:
            return [text for one in yields for text in self.texts(module, one.parts[0], scope, None, depth)]
        return self._returned(module, function, around, {}, depth)

    def _parametrized(self, module: Module, name: str, mark: Expression, depth: int) -> Iterator[str]:
        if (
            not isinstance(mark, Call)
            or not isinstance(mark.func, Attribute)
            or mark.func.attr != "parametrize"
        ):
            return
        arguments = [*mark.args, *(k.value for k in mark.keywords if k.name in {"argnames", "argvalues"})]
        if len(arguments) < 2:
            return
        first = arguments[0]
        if isinstance(first, Constant) and isinstance(first.value, str):
            names = [one.strip() for one in first.value.split(",") if one.strip()]
        else:
            names = [str(one.value) for one in getattr(first, "items", ()) if isinstance(one, Constant)]
        if name not in names:
            return
        rows = self._rows(module, arguments[1], ())
        for row in rows:
            if isinstance(row, Call) and row.args:  # pytest.param(…)
                cells: Sequence[Expression] = row.args
            else:
                cells = row.items if isinstance(row, Items) and len(names) > 1 else (row,)
            index = names.index(name)
            yield from self.texts(module, cells[index], (), None, depth) if index < len(cells) else (GAP,)
        if not rows:
            yield GAP

    def _attribute(
        self, module: Module, node: Attribute, scope: Scope, given: Given, depth: int
    ) -> Iterable[str]:
        if isinstance(node.value, Name) and node.value.id in {"self", "cls"}:
            return self._of_self(module, node.attr, scope, depth)
        root = (dotted(node) or "").partition(".")[0]
        if not root or any(
            parameter.name == root
            for one in scope
            if isinstance(one, FunctionDef)
            for parameter in one.parameters
        ):
            return (VALUE,)
        symbol = self._symbols.resolve(module, node, scope)
        if symbol.module is not None and isinstance(symbol.node, Assign):
            return self._global(symbol, depth)
        return self._configured(module, dotted(node) or "", scope)

    def _of_self(self, module: Module, name: str, scope: Scope, depth: int) -> Iterable[str]:
        """An attribute of the test class: of its body, or what any of its methods sets."""
        owner = next((one for one in reversed(scope) if isinstance(one, ClassDef)), None)
        if owner is None:
            return (VALUE,)
        found: list[str] = []
        symbol = self._symbols.resolve(module, f"{owner.name}.{name}")
        if isinstance(symbol.node, Assign) and symbol.module is not None and symbol.node.value is not None:
            found += self.texts(symbol.module, symbol.node.value, self._symbols.scope_of(symbol), None, depth)
        for method in (one for one in owner.body if isinstance(one, FunctionDef)):
            for assign in (one for one in statements(method.body) if isinstance(one, Assign)):
                if assign.value is not None and any(dotted(t) == f"self.{name}" for t in assign.targets):
                    found += self.texts(module, assign.value, (owner, method), None, depth)
        return found or (VALUE,)

    def _item(
        self, module: Module, value: Expression, key: object, scope: Scope, given: Given, depth: int
    ) -> Iterable[str]:
        symbol = self._symbols.resolve(module, value, scope)
        node = symbol.node.value if isinstance(symbol.node, Assign) else value
        home = symbol.module if isinstance(symbol.node, Assign) and symbol.module else module
        if isinstance(node, Dict):
            for name, item in node.items:
                if isinstance(name, Constant) and name.value == key:
                    return self.texts(home, item, scope if home is module else (), given, depth)
        return (VALUE,)

    def _global(self, symbol: Symbol, depth: int) -> Iterable[str]:
        if symbol.module is None:
            return (GAP,)
        if symbol.module.role is Role.RUNTIME:
            return self._configured(
                symbol.module, symbol.qualified.removeprefix(f"{symbol.module.name}."), ()
            )
        if isinstance(symbol.node, Assign) and symbol.node.value is not None:
            if any(isinstance(target, Name) for target in symbol.node.targets):
                around = self._symbols.scope_of(symbol)
                return self.texts(symbol.module, symbol.node.value, around, None, depth)
        return (GAP,)

    def _configured(self, module: Module, name: str, scope: Scope) -> Iterable[str]:
        """What a runtime module's constant or a setting is, by interpretation."""
        if self._machine is None or not name:
            return (GAP,)
        root, *names = name.split(".")
        symbol = self._symbols.resolve(module, root, scope)
        home, own = symbol.module, symbol.qualified
        if home is None or home.role is not Role.RUNTIME:
            return (GAP,)
        with deep_recursion():
            namespace = self._machine.load(home)
            path = [] if own == home.name else own.removeprefix(f"{home.name}.").split(".")
            value: Value = namespace
            for one in (*path, *names):
                value = attribute(self._machine, settled(value), one)
        found = [text(option) for option in options(value)]
        known = [one for one in found if one is not None]
        return known or ((VALUE,) if isinstance(value, Member) or names else (GAP,))


def _joined(pieces: Sequence[Texts]) -> list[str]:
    """Every way of joining; text that nobody knows is a mere value when it stands behind some other."""
    return ["".join(one) for one in itertools.islice(itertools.product(*pieces), _MAX_TEXTS + 1)]


def _parts(node: Node | None) -> Iterator[Node]:
    if isinstance(node, Node):
        yield from (one for one in all_nodes(node) if isinstance(one, _EXPRESSIONS))
