"""The functions and classes of a service's modules, found by their definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from msgspec import Struct, field

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import (
    Attribute,
    ClassDef,
    Constant,
    Evaluate,
    FunctionDef,
    Lambda,
    Name,
    Node,
    Parameter,
    Raise,
    Simple,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Location
from archlint.service.calls.library_models import Library
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope, Symbol, Symbols

T = TypeVar("T")

MODULE = "<module>"
LAMBDA = "<lambda>"

_ASKING = frozenset({"_get_running_loop", "current_async_library", "get_running_loop", "is_running"})


class Function(Struct, eq=False, dict=True):
    """A `def`, a lambda, or a module's own statements (`node` is None).

    `scope` are the definitions around it, outermost first; `parent` is the function whose names it sees
    next, at last the module; `owner` is the class whose method it is.
    """

    module: Module
    node: FunctionDef | Lambda | None
    scope: Scope = ()
    parent: Function | None = None
    owner: Class | None = None

    @property
    def is_async(self) -> bool:
        """Whether it is an `async def`."""
        return isinstance(self.node, FunctionDef) and self.node.is_async

    @property
    def outermost(self) -> Function:
        """The function that holds it, however deep; itself where none does."""
        around = self.parent
        return around.outermost if around is not None and around.node is not None else self

    @property
    def short_name(self) -> str:
        """`function`, `Class.method`, `outer.<lambda>`."""
        if self.node is None:
            return MODULE
        return ".".join([*(definition.name for definition in self.scope), self.own_name])

    @property
    def own_name(self) -> str:
        """`method` of `Class.method`."""
        return self.node.name if isinstance(self.node, FunctionDef) else LAMBDA

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Its parameters by their names."""
        return {one.name: one for one in self.node.parameters} if self.node is not None else {}

    @property
    def first_parameter(self) -> str | None:
        """`self` of a method."""
        return self.node.parameters[0].name if self.node is not None and self.node.parameters else None

    @property
    def name(self) -> str:
        """`app.routers.users:get_user`."""
        return f"{self.module.name}:{self.short_name}"

    @property
    def location(self) -> Location:
        """The header of its definition; the first line for a module."""
        match self.node:
            case FunctionDef():
                return self.module.span(self.node.start, self.node.header_end)
            case Lambda():
                return self.module.location(self.node)
        return Location(self.module.path)

    @property
    def inner_scope(self) -> Scope:
        """The definitions around what stands in its body."""
        return (*self.scope, self.node) if isinstance(self.node, FunctionDef) else self.scope

    @property
    def order(self) -> tuple[str, int]:
        """Modules by path, functions as they stand."""
        return (self.module.path, self.node.start if self.node else -1)

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @cached_property
    def decorators(self) -> frozenset[str]:
        """The decorators' names as written, calls stripped: `property`, `contextlib.contextmanager`."""
        written = self.node.decorators if isinstance(self.node, FunctionDef) else ()
        return frozenset(dotted(getattr(one, "func", one)) or "" for one in written)

    @cached_property
    def asks_for_loop(self) -> bool:
        """Whether it looks if an event loop runs, so that what it does depends on where it is called."""
        if isinstance(self.node, FunctionDef):
            return _asks_for_loop(self.module.source, self.node)
        return self.node is not None and _is_asked_for(all_nodes(self.node))

    def is_decorated(self, *names: str) -> bool:
        """Whether a decorator's last name is one of `names`."""
        return any(one.rpartition(".")[2] in names for one in self.decorators)

    @property
    def is_empty(self) -> bool:
        """Whether nothing but a docstring, `...`, `pass` or an error stands in it."""
        return not isinstance(self.node, FunctionDef) or _is_empty(self.module.source, self.node)

    @property
    def is_property(self) -> bool:
        """Whether reading the attribute runs it."""
        return self.is_decorated("property", "cached_property", "computed_field", "hybrid_property")


class Class(Struct, eq=False, dict=True):
    """A class; `methods` are its own functions by name, the last of each name."""

    module: Module
    node: ClassDef
    scope: Scope
    methods: dict[str, Function] = field(default_factory=dict)
    bases: tuple[Class | Library, ...] = ()
    subclasses: list[Class] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<class {self.module.name}.{self.node.name}>"

    @cached_property
    def lineage(self) -> tuple[Class | Library, ...]:
        """The class and its ancestors, depth first, each once."""
        found: dict[Class | Library, None] = {}
        pending: list[Class | Library] = [self]
        while pending:
            current = pending.pop()
            if current not in found:
                found[current] = None
                pending.extend(reversed(current.bases if isinstance(current, Class) else ()))
        return tuple(found)

    @cached_property
    def descendants(self) -> tuple[Class, ...]:
        """All classes that derive from this one."""
        found: dict[Class, None] = {}
        pending = list(self.subclasses)
        while pending:
            current = pending.pop(0)
            if current not in found:
                found[current] = None
                pending.extend(current.subclasses)
        return tuple(found)

    @property
    def is_protocol(self) -> bool:
        """Whether it only says what its implementations have, which need not derive from it."""
        return any(isinstance(base, Library) and base.path in names_of("protocol") for base in self.bases)

    def find_method(self, name: str) -> Function | None:
        """The method that an object of exactly this class has under `name`."""
        own = (base.methods.get(name) for base in self.lineage if type(base) is Class)
        return next((method for method in own if method is not None), None)


@function_summary
def _asks_for_loop(source: PythonSource, definition: FunctionDef) -> bool:
    return _is_asked_for(source.nodes.within(definition.start, definition.end, Name, Attribute))


def _is_asked_for(nodes: Iterable[Node]) -> bool:
    return not _ASKING.isdisjoint(getattr(node, "attr", getattr(node, "id", "")) for node in nodes)


@function_summary
def _is_empty(source: PythonSource, definition: FunctionDef) -> bool:
    return all(
        isinstance(one, Raise)
        or (isinstance(one, Simple) and one.keyword == "pass")
        or (isinstance(one, Evaluate) and isinstance(one.value, Constant | Name))
        for one in definition.body
    )


class Program:
    """Every function and class of the modules added so far."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._unlinked: list[Class] = []
        self.modules: dict[Module, Function] = {}
        self.functions: dict[Node, Function] = {}
        self.classes: dict[Node, Class] = {}
        self._by_module: dict[Module, list[Function]] = {}
        self._classes_of: dict[Module, list[Class]] = {}
        self._lambdas: dict[Module, list[Function]] = {}
        self._implementations: dict[Class, tuple[Class, ...]] = {}

    @property
    def defined(self) -> frozenset[str]:
        """The names of all functions and classes of the repository."""
        return self._symbols.modules.defined

    def add(self, module: Module) -> Function:
        """The module's own statements as a function; its definitions become known."""
        if module not in self.modules:
            body = Function(module, None)
            self.modules[module] = body
            self._by_module[module] = []
            self._read(module, body)
        return self.modules[module]

    def add_lambda(self, node: Lambda, parent: Function) -> Function:
        """The lambda that stands in the body of `parent`."""
        if node not in self.functions:
            self.functions[node] = Function(parent.module, node, parent.inner_scope, parent)
            self._lambdas.setdefault(parent.module, []).append(self.functions[node])
        return self.functions[node]

    def lambdas(self, module: Module) -> list[Function]:
        """The module's lambdas that have come up so far."""
        return self._lambdas.get(module, [])

    def in_module(self, module: Module) -> list[Function]:
        """The functions that a module defines, as they stand."""
        self.add(module)
        return self._by_module[module]

    def classes_in(self, module: Module) -> list[Class]:
        """The classes that a module defines, as they stand."""
        return self._classes_of.get(module, [])

    def named(self, name: str) -> list[Function]:
        """The top-level functions that a task queue may mean by `name` or `package.module.name`."""
        module, _, last = name.rpartition(".")
        return [
            function
            for function in self.functions.values()
            if isinstance(function.node, FunctionDef)
            and function.node.name == last
            and not function.scope
            and function.module.name.endswith(module)
        ]

    def methods_named(self, name: str) -> list[Function]:
        """The methods of all classes that have a name."""
        return [one for one in self.functions.values() if one.owner is not None and one.own_name == name]

    def function_of(self, symbol: Symbol) -> Function | None:
        """The function that a symbol means."""
        return self._find(symbol, self.functions)

    def class_of(self, symbol: Symbol) -> Class | None:
        """The class that a symbol means, with its bases."""
        found = self._find(symbol, self.classes)
        self.link()
        return found

    def implementations(self, cls: Class) -> tuple[Class, ...]:
        """The classes derived from this one; of a protocol also those that have all of its methods."""
        if cls not in self._implementations:
            alike = self._alike(cls) if cls.is_protocol else ()
            self._implementations[cls] = tuple(dict.fromkeys((*cls.descendants, *alike)))
        return self._implementations[cls]

    def _alike(self, protocol: Class) -> Iterator[Class]:
        wanted = {name: method for name, method in protocol.methods.items() if not name.startswith("__")}
        for cls in list(self.classes.values()) if wanted else ():
            if not cls.is_protocol and all(_is_alike(cls.methods.get(name), wanted[name]) for name in wanted):
                yield cls

    def link(self) -> None:
        """Resolve the bases of the classes that are new."""
        while self._unlinked:
            cls = self._unlinked.pop()
            cls.bases = tuple(self._bases(cls))
            for base in cls.bases:
                if isinstance(base, Class):
                    base.subclasses.append(cls)

    def _bases(self, cls: Class) -> Iterator[Class | Library]:
        for expression in cls.node.bases:
            symbol = self._symbols.resolve(cls.module, expression, cls.scope)
            if isinstance(symbol.node, ClassDef):
                base = self._find(symbol, self.classes)
                if base is not None and base is not cls:
                    yield base
            elif symbol.module is None and symbol.qualified:
                yield Library(symbol.qualified)

    def _find(self, symbol: Symbol, known: dict[Node, T]) -> T | None:
        if symbol.module is None or symbol.node is None:
            return None
        self.add(symbol.module)
        return known.get(symbol.node)

    def _read(self, module: Module, body: Function) -> None:
        for *outer, node in module.source.definitions:
            scope = tuple(outer)
            parent = next((self.functions[one] for one in outer[::-1] if isinstance(one, FunctionDef)), body)
            if isinstance(node, FunctionDef):
                self._define(node, parent, self.classes.get(outer[-1]) if outer else None, scope)
            else:
                cls = self.classes[node] = Class(module, node, scope)
                self._classes_of.setdefault(module, []).append(cls)
                self._unlinked.append(cls)

    def _define(self, node: FunctionDef, parent: Function, owner: Class | None, scope: Scope) -> None:
        function = self.functions[node] = Function(parent.module, node, scope, parent, owner)
        self._by_module[parent.module].append(function)
        accessors = {f"{node.name}.{kind}" for kind in ("setter", "deleter", "getter")}
        if owner is not None and accessors.isdisjoint(function.decorators):
            owner.methods[node.name] = function


def _is_alike(method: Function | None, wanted: Function) -> bool:
    """Whether a method can stand for one of a protocol: of the same kind, with the same parameters."""
    if method is None or method.node is None or wanted.node is None:
        return False
    names = [[parameter.name for parameter in one.node.parameters] for one in (method, wanted) if one.node]
    return method.is_async is wanted.is_async and names[0] == names[1]
