"""What text an expression in a test can be: literals, f-strings, constants, settings, parameters, helpers.

Two marks stand for what the source does not tell: `VALUE` for a piece such as an id that came out of an
answer, and `GAP` for text that may be anything, slashes included. Tests are read, not interpreted: what a
text is likely to be counts, for an endpoint that some test may request is tested.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

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
    Operator,
    Return,
    Statement,
    Subscript,
)
from archlint.facts.syntax import Sequence as Items
from archlint.facts.traversal import dotted, walk_expressions
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine, deep_recursion
from archlint.service.interpreter.values import Value, options, settled, text
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Role
from archlint.service.semantics.symbols import Scope, Symbol, Symbols
from archlint.service.testing.fixtures import Fixtures
from archlint.service.testing.local_values import argument, arguments, binding, set_by_methods

Texts: TypeAlias = tuple[str, ...]

VALUE, GAP = "\ufdd0", "\ufdd1"  # noncharacters of Unicode, which no text may hold
ANYTHING = GAP + GAP
"""One of a list that the source does not tell: behind a slash, too, it may be anything."""
_MAX_TEXTS = 32
_MAX_DEPTH = 8
_CUTTING = frozenset({"removeprefix", "removesuffix"})
_TRIMMING = _CUTTING | {"lstrip", "rstrip", "strip"}
_KEEPING = _TRIMMING | {"decode", "encode", "lower"}


class Spot(NamedTuple):
    """Where an expression stands: its module, the definitions around it, and how many names led here.

    `given` are the parameters of the innermost function, and what the call that is followed gives them.
    """

    module: Module
    scope: Scope = ()
    given: tuple[tuple[str, Texts], ...] = ()
    depth: int = 0


class RequestPaths:
    """Evaluates text in test modules.

    `machine` knows what runtime modules define, `route_paths` the paths of the routes of a name, `callers`
    the calls of a function's name in the tests.
    """

    def __init__(
        self,
        symbols: Symbols,
        fixtures: Fixtures,
        machine: Machine | None,
        route_paths: Callable[[str], Texts],
        callers: Callable[[str], Iterable[tuple[Spot, Call]]],
    ) -> None:
        self._symbols = symbols
        self._fixtures = fixtures
        self._machine = machine
        self._route_paths = route_paths
        self._callers = callers
        self._known: dict[tuple[Expression, Spot], Texts] = {}
        self._parameters: dict[tuple[str, FunctionDef, Spot], Texts] = {}
        self._set: dict[ClassDef, dict[str, list[tuple[FunctionDef, Expression]]]] = {}

    def texts(self, node: Expression, spot: Spot) -> Texts:
        """What `node` can be; never empty."""
        if isinstance(node, Constant) and isinstance(node.value, str):
            return (node.value,) if spot.depth <= _MAX_DEPTH else (ANYTHING,)
        found = self._known.get((node, spot))
        if found is None:
            found = self._known[node, spot] = self._read(node, spot)
        return found

    def _read(self, node: Expression, spot: Spot) -> Texts:
        if spot.depth > _MAX_DEPTH:
            return (ANYTHING,)
        deeper = Spot(spot.module, spot.scope, spot.given, spot.depth + 1)
        unique = tuple(dict.fromkeys(self._texts(node, deeper)))
        return unique if 0 < len(unique) <= _MAX_TEXTS else (ANYTHING if unique else GAP,)

    def _texts(self, node: Expression, spot: Spot) -> Iterable[str]:
        match node:
            case Constant(value=str() | int() as value):
                return (str(value),)
            case FString(parts=parts) | Operator(operator="+", parts=parts):
                return self._joined("", parts, spot)
            case Operator(operator="/", parts=parts):
                return self._joined("/", parts, spot)
            case Operator(operator="%", parts=(left, *_)):
                return [re.sub(r"%[sdr]|%\(\w+\)[sd]", VALUE, one) for one in self.texts(left, spot)]
            case Operator(operator="if", parts=(first, _, second)):
                return (*self.texts(first, spot), *self.texts(second, spot))
            case Operator(operator="or" | "and", parts=parts):
                return [one for part in parts for one in self.texts(part, spot)]
            case Await(value=value):
                return self.texts(value, spot)
            case Call():
                return self._call(node, spot)
            case Name():
                return self._name(node, spot)
            case Attribute():
                return self._attribute(node, spot)
            case Subscript(value=value, index=Constant(value=key)):
                return self._item(value, key, spot)
        return (VALUE,) if isinstance(node, Subscript | Operator) else (GAP,)

    def _joined(self, glue: str, parts: Sequence[Expression], spot: Spot) -> list[str]:
        """Every way of joining; what nobody knows is a mere value when it stands behind a slash."""
        ways = itertools.product(*(self.texts(part, spot) for part in parts))
        texts = [glue.join(one) for one in itertools.islice(ways, _MAX_TEXTS + 1)]
        return [re.sub(f"(?<=/){GAP}(?!{GAP})", VALUE, one) for one in texts]

    def _call(self, node: Call, spot: Spot) -> Iterable[str]:
        if isinstance(node.func, Attribute):
            found = self._method(node, node.func, spot)
            if found is not None:
                return found
        symbol = self._symbols.resolve(spot.module, node.func, spot.scope)
        if symbol.qualified in names_of("URL text") and node.args:
            return self.texts(node.args[0], spot)
        if symbol.qualified == "urllib.parse.urljoin" and len(node.args) == 2:
            ends = self.texts(node.args[1], spot)
            return [one if one.startswith(("/", "http")) else GAP + one for one in ends]
        if isinstance(symbol.node, FunctionDef) and symbol.module is not None:
            inside = (*self._symbols.scope_of(symbol), symbol.node)
            given = tuple(self.bound(node, symbol.node, spot).items())
            return self._returned(symbol.node, Spot(symbol.module, inside, given, spot.depth))
        return (VALUE,)

    def _method(self, node: Call, func: Attribute, spot: Spot) -> Iterable[str] | None:
        """A method of a text, or the path of a route by its name."""
        if func.attr in {"url_path_for", "url_for"} and node.args:
            names = self.texts(node.args[0], spot)
            return [path for name in names for path in (self._route_paths(name) or (GAP,))]
        if func.attr == "format":
            return [text for one in self.texts(func.value, spot) for text in self._formatted(one, node, spot)]
        if func.attr == "replace" and len(node.args) == 2:
            old, new = (self.texts(one, spot) for one in node.args)
            return [one.replace(a, b) for one in self.texts(func.value, spot) for a in old for b in new]
        if func.attr in _KEEPING:
            ends = [n.value for n in node.args if isinstance(n, Constant) and isinstance(n.value, str)]
            if not ends and func.attr in _CUTTING:
                return (GAP,)
            texts = self.texts(func.value, spot)
            return [getattr(one, func.attr)(*ends) if func.attr in _TRIMMING else one for one in texts]
        return None

    def _formatted(self, text: str, call: Call, spot: Spot) -> list[str]:
        """`"{}/{name}".format(…)` as the f-string that it could be; numbers of fields count from the left."""
        named = {keyword.name: keyword.value for keyword in call.keywords}
        numbers = itertools.count()
        found = [""]
        for piece in re.split(r"(\{\w*[^}]*\})", text):
            field = re.fullmatch(r"\{(\w*)[^}]*\}", piece)
            name = (field[1] or str(next(numbers))) if field else ""
            given = named.get(name) or (
                call.args[int(name)] if name.isdecimal() and int(name) < len(call.args) else None
            )
            texts = (piece,) if not field else self.texts(given, spot) if given is not None else (VALUE,)
            found = [one + more for one in found for more in texts][: _MAX_TEXTS + 1]
        return [re.sub(f"(?<=/){GAP}(?!{GAP})", VALUE, one) for one in found]

    def bound(self, call: Call, function: FunctionDef, spot: Spot) -> dict[str, Texts]:
        """What a call gives to the parameters of the function."""
        outside = Spot(spot.module, spot.scope, depth=spot.depth)
        return {
            name: self.texts(value, outside if is_default else spot)
            for name, (value, is_default) in arguments(call, function).items()
        }

    def _returned(self, function: FunctionDef, spot: Spot) -> Iterable[str]:
        returns = (one for one in statements(function.body) if isinstance(one, Return))
        values = [one.value for one in returns if one.value is not None]
        return [one for value in values for one in self.texts(value, spot)] or (VALUE,)

    def _name(self, node: Name, spot: Spot) -> Iterable[str]:
        for level in range(len(spot.scope), 0, -1):
            function = spot.scope[level - 1]
            if isinstance(function, FunctionDef):
                given = spot.given if level == len(spot.scope) else ()
                here = Spot(spot.module, spot.scope[:level], given, spot.depth)
                found = self._local(node.id, function, here)
                if found:
                    return found
        return self._global(self._symbols.resolve(spot.module, node, spot.scope), spot.depth)

    def _local(self, name: str, function: FunctionDef, spot: Spot) -> Iterable[str]:
        """What a name of the function is: all that is assigned to it, else what it gets as a parameter."""
        found: list[str] = []
        stated = (one for bound, one in binding(spot.module.source, function) if bound == name)
        for statement in stated:
            if isinstance(statement, AugmentedAssign):
                more = self.texts(statement.value, spot)
                found += [one + end for one in found for end in more]
            else:
                found += self._bindings(name, statement, spot)
        if found or not any(parameter.name == name for parameter in function.parameters):
            return found
        given = next((texts for known, texts in spot.given if known == name), None)
        return given or self._parameter(name, function, Spot(spot.module, spot.scope, depth=spot.depth))

    def _bindings(self, name: str, statement: Statement, spot: Spot) -> Iterable[str]:
        match statement:
            case Assign(targets=targets, value=value) if value is not None:
                if any(isinstance(one, Name) and one.id == name for one in targets):
                    circular = any(
                        isinstance(one, Name) and one.id == name for one in walk_expressions(value)
                    )
                    return (GAP,) if circular else self.texts(value, spot)
                unpacked = (one for one in targets if isinstance(one, Items))
                return (VALUE,) if any(name in map(dotted, one.items) for one in unpacked) else ()
            case For(target=target, iterable=iterable):
                names = list(map(dotted, target.items)) if isinstance(target, Items) else [dotted(target)]
                if name in names:
                    return list(self._cells(self._rows(iterable, spot), names, name, spot)) or (ANYTHING,)
        return ()

    def _cells(
        self, rows: Iterable[Expression], names: Sequence[str | None], name: str, spot: Spot
    ) -> Iterator[str]:
        """One column of rows: of a loop over tuples, or of what a test is parametrized with."""
        for row in rows:
            cells: Sequence[Expression] = (row,)
            if isinstance(row, Call) and dotted(row.func) in {"pytest.param", "param"}:
                cells = row.args
            elif isinstance(row, Items) and len(names) > 1:
                cells = row.items
            index = names.index(name)
            yield from self.texts(cells[index], spot) if index < len(cells) else (GAP,)

    def _rows(self, node: Expression, spot: Spot) -> Sequence[Expression]:
        """The items of a literal list, or of a name that stands for one."""
        if isinstance(node, Items):
            return node.items
        if isinstance(node, Dict):
            return tuple(key for key, _ in node.items if key is not None)
        symbol = self._symbols.resolve(spot.module, node, spot.scope)
        if isinstance(symbol.node, Assign) and symbol.module is spot.module and spot.depth <= _MAX_DEPTH:
            value = symbol.node.value
            return self._rows(value, Spot(spot.module, depth=spot.depth + 1)) if value is not None else ()
        return ()

    def _parameter(self, name: str, function: FunctionDef, spot: Spot) -> Texts:
        """What parametrizing, a fixture, or the callers of a helper give."""
        key = (name, function, spot)
        if key not in self._parameters:
            self._parameters[key] = tuple(dict.fromkeys(self._passed(name, function, spot)))
        return self._parameters[key]

    def _passed(self, name: str, function: FunctionDef, spot: Spot) -> Iterable[str]:
        outer = Spot(spot.module, spot.scope[:-1], depth=spot.depth)
        marks = [*function.decorators, *(mark for one in outer.scope for mark in one.decorators)]
        found = [one for mark in marks for one in self._parametrized(name, mark, outer)]
        if found:
            return found
        fixture = self._fixtures.visible(name, spot.module)
        if fixture is not None and fixture.node is not function:
            inside = Spot(fixture.module, (*fixture.scope, fixture.node), depth=spot.depth)
            return self._yielded(fixture.node, inside)
        for where, call in self._callers(function.name):
            value = argument(call, function, name)
            if value is not None:
                found += self.texts(value, Spot(where.module, where.scope, depth=spot.depth))
        default = next((one.default for one in function.parameters if one.name == name), None)
        return [*found, *(self.texts(default, outer) if default is not None else ())] or (GAP,)

    def _yielded(self, function: FunctionDef, spot: Spot) -> Iterable[str]:
        given = (getattr(statement, "value", None) for statement in statements(function.body))
        values = [
            one.parts[0]
            for value in given
            if value is not None
            for one in walk_expressions(value)
            if isinstance(one, Operator) and one.operator == "yield" and one.parts
        ]
        found = [one for value in values for one in self.texts(value, spot)]
        return found or self._returned(function, spot)

    def _parametrized(self, name: str, mark: Expression, spot: Spot) -> Iterator[str]:
        if not isinstance(mark, Call) or not isinstance(mark.func, Attribute):
            return
        given = [*mark.args, *(k.value for k in mark.keywords if k.name in {"argnames", "argvalues"})]
        if mark.func.attr != "parametrize" or len(given) < 2:
            return
        first = given[0]
        items = (one.value for one in getattr(first, "items", ()) if isinstance(one, Constant))
        text = str(first.value) if isinstance(first, Constant) else ",".join(map(str, items))
        names = [one.strip() for one in text.split(",") if one.strip()]
        if name in names:
            rows = self._rows(given[1], spot)
            yield from self._cells(rows, names, name, spot) if rows else (ANYTHING,)

    def _attribute(self, node: Attribute, spot: Spot) -> Iterable[str]:
        if isinstance(node.value, Name) and node.value.id in {"self", "cls"}:
            return self._of_self(node.attr, spot)
        name = dotted(node)
        if name == "request.param":
            return self._fixture_parameter(spot)
        if node.attr == "value" and isinstance(node.value, Name):
            return self._name(node.value, spot)
        functions = (one for one in spot.scope if isinstance(one, FunctionDef))
        parameters = {parameter.name for one in functions for parameter in one.parameters}
        if name is None or name.partition(".")[0] in parameters:
            return (VALUE,)
        symbol = self._symbols.resolve(spot.module, node, spot.scope)
        if symbol.qualified.startswith("http.HTTPMethod."):
            return (node.attr,)
        if symbol.module is not None and isinstance(symbol.node, Assign):
            return self._global(symbol, spot.depth)
        return self._configured(name, spot)

    def _fixture_parameter(self, spot: Spot) -> Iterable[str]:
        """What `params` of the fixture around give."""
        function = next((one for one in reversed(spot.scope) if isinstance(one, FunctionDef)), None)
        makers = (one for one in (function.decorators if function else ()) if isinstance(one, Call))
        values = [k.value for one in makers for k in one.keywords if k.name == "params"]
        outer = Spot(spot.module, depth=spot.depth)
        rows = [row for value in values for row in self._rows(value, outer)]
        return list(self._cells(rows, ("param",), "param", outer)) or (ANYTHING,)

    def _of_self(self, name: str, spot: Spot) -> Iterable[str]:
        """An attribute of the test class: of its body, or what any of its methods sets."""
        owner = next((one for one in reversed(spot.scope) if isinstance(one, ClassDef)), None)
        if owner is None:
            return (VALUE,)
        symbol = self._symbols.resolve(spot.module, f"{owner.name}.{name}")
        found = [*self._global(symbol, spot.depth)] if isinstance(symbol.node, Assign) else []
        if owner not in self._set:
            self._set[owner] = set_by_methods(owner)
        for method, value in self._set[owner].get(name, ()):
            found += self.texts(value, Spot(spot.module, (owner, method), depth=spot.depth))
        return found or (VALUE,)

    def _item(self, value: Expression, key: object, spot: Spot) -> Iterable[str]:
        """An item of a literal dict; of anything else, such as an answer's body, a value."""
        symbol = self._symbols.resolve(spot.module, value, spot.scope)
        node = symbol.node.value if isinstance(symbol.node, Assign) else value
        for name, item in node.items if isinstance(node, Dict) else ():
            if isinstance(name, Constant) and name.value == key:
                around = self._symbols.scope_of(symbol) if symbol.module else spot.scope
                return self.texts(item, Spot(symbol.module or spot.module, around, depth=spot.depth))
        return (VALUE,)

    def _global(self, symbol: Symbol, depth: int) -> Iterable[str]:
        if symbol.module is None:
            return (GAP,)
        if symbol.module.role is Role.RUNTIME:
            return self._configured(
                symbol.qualified.removeprefix(f"{symbol.module.name}."), Spot(symbol.module)
            )
        if isinstance(symbol.node, Assign) and symbol.node.value is not None:
            around = self._symbols.scope_of(symbol)
            return self.texts(symbol.node.value, Spot(symbol.module, around, depth=depth))
        return (GAP,)

    def _configured(self, name: str, spot: Spot) -> Iterable[str]:
        """What a runtime module's constant or a setting is, by interpretation."""
        root, *names = name.split(".")
        symbol = self._symbols.resolve(spot.module, root, spot.scope)
        home = symbol.module
        if self._machine is None or home is None or home.role is not Role.RUNTIME:
            return (GAP,)
        own = symbol.qualified.removeprefix(home.name).removeprefix(".")
        with deep_recursion():
            value: Value = self._machine.load(home)
            for one in (*filter(None, own.split(".")), *names):
                value = attribute(self._machine, settled(value), one)
        known = [found for option in options(value) if (found := text(option)) is not None]
        return known or ((VALUE,) if names else (GAP,))
