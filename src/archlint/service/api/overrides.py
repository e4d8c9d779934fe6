"""Where a service replaces the OpenAPI document that FastAPI generates, or forces its version."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    FunctionDef,
    If,
    Lambda,
    Name,
    Node,
    Operator,
)
from archlint.facts.traversal import all_nodes
from archlint.findings import Location
from archlint.readings import summary
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbol, Symbols

_LOADERS = re.compile(r"(json|orjson|ujson|yaml|ruamel\.yaml|toml|tomllib)\.(\w+\.)?\w*loads?\w*")
_GENERATORS = frozenset({"get_openapi", "openapi"})
_REPLACED = frozenset({"openapi", "openapi_schema"})
_ENOUGH = (3, 1)


class Override(Struct, frozen=True):
    """One replacement, and by what; `how` is None where archlint cannot tell."""

    location: Location
    how: str | None


def overrides(modules: Modules, symbols: Symbols, off: Container[str] = ()) -> Iterator[Override]:
    """What gives an app a document from a file or a literal, or a version below 3.1.

    `off` are the names of settings that hold nothing by default: what asks for one is left out.
    """
    for module in modules.runtime:
        if _knows_fastapi(module, symbols):
            reader = _Reader(module, symbols)
            for node, tests in _candidates(module.source):
                if not any(_is_off(test, off) for test in tests):
                    yield from reader.read(node)


@summary
def _candidates(source: PythonSource) -> tuple[tuple[Node, tuple[Expression, ...]], ...]:
    """What may replace the document, or force its version, with the tests around it."""
    names = _REPLACED | {"openapi_version"}
    assigned = (node for node in source.nodes.of(Assign) if not names.isdisjoint(map(_set, node.targets)))
    calls = (node for node in source.nodes.of(Call) if last_name(node.func) == "get_openapi")
    found = (*assigned, *calls, *source.nodes.of(ClassDef))
    return tuple((node, tuple(_tests_around(source, node))) for node in found)


def _set(target: Expression) -> str:
    return target.attr if isinstance(target, Attribute) else ""


def _tests_around(source: PythonSource, node: Node) -> Iterator[Expression]:
    for branch in (branch for statement in source.nodes.of(If) for branch in statement.branches):
        if branch.body and branch.body[0].start <= node.start and node.end <= branch.body[-1].end:
            yield branch.test


def _is_off(test: Expression, off: Container[str]) -> bool:
    """Whether a test holds only where one of these settings has a value."""
    match test:
        case (
            Attribute(attr=name)
            | Operator(
                operator="compare",
                detail=("is not" | "!=",),
                parts=(Attribute(attr=name), Constant(value=None)),
            )
        ):
            return name in off
        case Operator(operator="and", parts=parts):
            return any(_is_off(part, off) for part in parts)
    return False


def _knows_fastapi(module: Module, symbols: Symbols) -> bool:
    resolved = (symbols.resolve(module, name) for name in symbols.namespace(module).names)
    return any(found.module is None and found.qualified.startswith("fastapi") for found in resolved)


class _Reader:
    """Reads the nodes of one module."""

    def __init__(self, module: Module, symbols: Symbols) -> None:
        self._module = module
        self._symbols = symbols
        self._local = {node.name: node for node in module.source.nodes.of(FunctionDef)}

    def read(self, node: Node) -> Iterator[Override]:
        """The override that a node is."""
        match node:
            case Assign(targets=(Attribute(attr="openapi_version"),), value=Constant(value=str(version))):
                yield from self._forced(node, version)
            case Assign(targets=(Attribute(attr=attr),), value=value) if value and attr in _REPLACED:
                yield from self._replaced(node, value)
            case Call(func=Name(id="get_openapi") | Attribute(attr="get_openapi"), keywords=keywords):
                for keyword in keywords:
                    if keyword.name == "openapi_version" and isinstance(keyword.value, Constant):
                        yield from self._forced(keyword, str(keyword.value.value))
            case ClassDef(body=body) if self._is_app(node):
                for method in body:
                    if isinstance(method, FunctionDef) and method.name == "openapi":
                        yield from self._made(method, self._module.span(method.start, method.header_end))

    def _forced(self, node: Node, version: str) -> Iterator[Override]:
        numbers = re.match(r"(\d+)\.(\d+)", version)
        if numbers and (int(numbers[1]), int(numbers[2])) < _ENOUGH:
            yield Override(self._module.location(node), f"forced to version {version}")

    def _replaced(self, node: Assign, value: Expression) -> Iterator[Override]:
        where = self._module.location(node)
        definition = self._function(value)
        if isinstance(definition, FunctionDef):
            yield from self._made(definition, where)
        elif isinstance(value, Lambda):
            how = self._document(value.body)
            if how is not None:
                yield Override(where, how)
        elif (how := self._document(value)) is not None:
            yield Override(where, how)

    def _function(self, value: Expression) -> Node | None:
        if isinstance(value, Name) and value.id in self._local:
            return self._local[value.id]
        return (
            self._symbols.resolve(self._module, value).node if isinstance(value, Name | Attribute) else None
        )

    def _made(self, definition: FunctionDef, where: Location) -> Iterator[Override]:
        """What a function that stands for `app.openapi` gives back."""
        nodes = [node for statement in definition.body for node in all_nodes(statement)]
        called = [_last(node.func) for node in nodes if isinstance(node, Call)]
        if any(name in _GENERATORS for name in called):
            return
        found = (self._document(node) for node in nodes if isinstance(node, Call | Dict))
        how = next((one for one in found if one is not None), None)
        yield Override(where, how)

    def _document(self, value: Expression) -> str | None:
        """What a whole document is read from; None for what is not known to be one."""
        match value:
            case Name():
                symbol = self._symbols.resolve(self._module, value)
                made = symbol.node.value if isinstance(symbol.node, Assign) else None
                return self._document(made) if made is not None and not isinstance(made, Name) else None
            case Call(func=func) if self._loads(func):
                return "read from a file"
            case Dict(items=items):
                keys = {key.value for key, _ in items if isinstance(key, Constant)}
                return "written by hand" if {"openapi", "paths"} <= keys else None
        return None

    def _loads(self, func: Expression) -> bool:
        return _LOADERS.fullmatch(self._symbols.resolve(self._module, func).qualified) is not None

    def _is_app(self, node: ClassDef) -> bool:
        symbol = Symbol(f"{self._module.name}.{node.name}", self._module, node)
        return any(base.qualified == "fastapi.FastAPI" for base in self._symbols.bases(symbol))


def _last(func: Expression) -> str:
    match func:
        case Name(id=name) | Attribute(attr=name):
            return name
    return ""
