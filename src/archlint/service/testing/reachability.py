"""Which functions of the service the tests reach: by name, by import, or through the endpoints they request.

Everything doubtful counts as reached where something is reported that is not: a method that the tests call on
an object of unknown type is that of every class which they may have got hold of. As evidence counts only what
is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property

from archlint.facts.syntax import (
    Alias,
    Attribute,
    Call,
    ClassDef,
    FunctionDef,
    Name,
)
from archlint.service.api.routes import Endpoint
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.mentions import Mentions
from archlint.service.calls.names import names_in, names_used_in
from archlint.service.calls.values import FunctionType
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.values import FunctionObject
from archlint.service.semantics.modules import Module, Role
from archlint.service.semantics.named_functions import DocumentedNames
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbols
from archlint.service.testing.client_requests import Requests
from archlint.service.testing.imported_names import Names
from archlint.service.testing.providers import InjectedProviders, class_of
from archlint.service.testing.read_names import read_names
from archlint.service.testing.said_by_tests import last_words, read_attributes, verb_calls
from archlint.service.testing.tests import Suite


class Reached:
    """Answers about the runtime functions of one service."""

    def __init__(
        self,
        suite: Suite,
        requests: Requests,
        calls: Calls,
        symbols: Symbols,
        documented: Callable[[], DocumentedNames],
    ) -> None:
        self._suite = suite
        self._requests = requests
        self._calls = calls
        self._symbols = symbols
        self._program = calls.program
        used_by = {Role.RUNTIME, Role.SCRIPT}
        users = [module for module in calls.modules if module.role in used_by]
        self._mentions = Mentions(users, calls.program, documented)
        self._providers = InjectedProviders(calls, symbols)
        self._classes: dict[Module, dict[str, Class]] = {}
        self._onward: dict[Function, tuple[Function, ...]] = {}
        self._referred = cache(self._read_references)

    def has(self, function: Function) -> bool:
        """Whether a test reaches the function."""
        return function in self._surely

    def is_proven(self, function: Function) -> bool:
        """Whether a test reaches it by names that mean nothing else, so that it counts as evidence."""
        return function in self._proven

    def doubt(self, function: Function) -> str:
        """Why a test may reach it though none is known to; empty where none can."""
        if function in self._perhaps:
            return "a request whose path is not known may reach it"
        if self._requests.may_mean_others and not self.endpoints_of(function):
            return "an endpoint that archlint does not know may use it"
        if any(map(self._mentions.is_operation, self._all_callers(function))):
            return "requests come to it as an OpenAPI document says, and which do the tests do not tell"
        return ""

    def unread(self, one: Function | Class) -> str:
        """Why something that cannot be read may use or test a definition; empty where nothing can."""
        if self._suite.unread:
            return f"`{self._suite.unread[0]}`, which cannot be read, may test it"
        name = one.node.name if isinstance(one.node, FunctionDef | ClassDef) else ""
        path = self._suite.unread_with(name)
        return f"`{path}`, of which not all can be read, has its name" if path else ""

    def names(self, cls: Class) -> bool:
        """Whether the tests speak of the class itself."""
        return cls in self._named[1]

    def is_unused(self, one: Function | Class) -> bool:
        """Whether the service itself never uses a definition: nothing runs it, so no test is missed.

        It is used where code that runs has its name, unless that is a method's, and all calls of that name
        are of other classes' methods.
        """
        if self._mentions.none_of(one):
            return True
        return isinstance(one, Function) and one.owner is not None and self._is_of_others(one)

    def is_kept(self, function: Function) -> bool:
        """Whether a table or an argument has what comes to the function: who calls that is not known."""
        return any(map(self._mentions.is_handed_on, self._all_callers(function)))

    def callers_of(self, function: Function) -> tuple[Function, ...]:
        """The functions that call it, but for itself and what has no body."""
        callers = self._callers.get(function, ())
        return tuple(one for one in callers if one is not function and not one.is_empty)

    def endpoints_of(self, function: Function) -> tuple[Endpoint, ...]:
        """The endpoints whose handlers come to the function, in the routes' order."""
        definitions = {one.node for one in self._all_callers(function)}
        return tuple(one for one in self._requests.endpoints if one.handler.definition in definitions)

    def _is_of_others(self, method: Function) -> bool:
        callers = (one for one in self._all_callers(method) if one is not method)
        return not self._mentions.may_be_kept(method) and all(
            self._mentions.none_of(one) or (one.is_empty and one.own_name == method.own_name)
            for one in callers
        )

    def _all_callers(self, function: Function) -> Iterable[Function]:
        """The function, those that come to it, and those that come to them."""
        return self._closure((function,), lambda one: self._callers.get(one, ()))

    @cached_property
    def _proven(self) -> frozenset[Function]:
        """Those to which resolved names lead from what the tests import and request."""
        functions, classes = self._imported
        read = ((cls, name) for cls in classes for name in self._attributes & self._method_names(cls))
        made = (cls.find_method(name) for cls, name in (*read, *((cls, "__init__") for cls in classes)))
        roots = (*functions, *filter(None, made), *self._handled(self._requests.certain))
        return self._closure(roots, self._certain)

    @cached_property
    def _surely(self) -> frozenset[Function]:
        return self._closure({*self._roots, *self._handled(self._requests.tested)}, self._callees)

    @cached_property
    def _perhaps(self) -> frozenset[Function]:
        endpoints = {one for found in self._requests.possible.values() for one in found}
        roots = {*self._surely, *self._handled(endpoints)}
        return self._closure(roots, self._callees) if endpoints else self._surely

    def _closure(
        self, roots: Iterable[Function], callees: Callable[[Function], Iterable[Function]]
    ) -> frozenset[Function]:
        found = dict.fromkeys(roots)
        pending = list(found)
        while pending:
            for callee in callees(pending.pop()):
                if callee not in found:
                    found[callee] = None
                    pending.append(callee)
        return frozenset(found)

    def _callees(self, function: Function) -> tuple[Function, ...]:
        if function not in self._onward:
            edges = (edge.callee for edge in self._calls.edges_from(function))
            inner = self._inner.get(function, ())
            named = (*self._by_name(function), *self._referred(function), *self._instead_of(function))
            found = (*edges, *inner, *named, *self._providers.of(function))
            self._onward[function] = tuple(dict.fromkeys(found))
        return self._onward[function]

    def _certain(self, function: Function) -> Iterator[Function]:
        """What runs with it, but for what a name alone suggests; of an interface, its one implementation."""
        yield from (edge.callee for edge in self._calls.edges_from(function))
        yield from self._inner.get(function, ())
        yield from (*self._referred(function), *self._providers.of(function))
        if function.is_empty:
            others = tuple(dict.fromkeys(self._instead_of(function)))
            yield from others if len(others) == 1 else ()

    @cached_property
    def _inner(self) -> dict[Function, list[Function]]:
        """The functions that stand in others: a wrapper is no function of its own to a test."""
        found: dict[Function, list[Function]] = {}
        for one in self._calls.functions:
            if one.parent is not None and one.parent.node is not None:
                found.setdefault(one.parent, []).append(one)
        return found

    @cached_property
    def _callers(self) -> dict[Function, list[Function]]:
        found: dict[Function, list[Function]] = {}
        for function in self._calls.functions:
            for callee in self._callees(function):
                found.setdefault(callee, []).append(function)
        return found

    def _by_name(self, function: Function) -> Iterator[Function]:
        """The methods that calls on receivers of unknown type may mean."""
        inference = self._calls.inference
        with deep_recursion():
            for node in (site.node for site in inference.scan(function).sites):
                name = node.func.attr if isinstance(node, Call) and isinstance(node.func, Attribute) else ""
                if (
                    name in self._methods
                    and isinstance(node, Call)
                    and not inference.values(node.func, function)
                ):
                    yield from self._methods[name]

    def _instead_of(self, function: Function) -> Iterator[Function]:
        """What may run in a method's place: overriding methods, and for an interface any of its name."""
        if function.owner is not None and isinstance(function.node, FunctionDef):
            name = function.node.name
            yield from (cls.methods[name] for cls in function.owner.descendants if name in cls.methods)
            if function.is_empty:
                yield from self._methods[name]

    def _read_references(self, function: Function) -> tuple[Function, ...]:
        """The functions that it speaks of without a call: those that it keeps or hands to a library."""
        with deep_recursion():
            return tuple(
                value.function
                for node in self._functions_named_in(function)
                for value in self._calls.inference.values(node, function)
                if isinstance(value, FunctionType)
            )

    def _functions_named_in(self, function: Function) -> Sequence[Name | Attribute]:
        if isinstance(function.node, FunctionDef):
            source, wanted = function.module.source, self._function_names
            return names_used_in(source, function.node, self._program.defined, wanted)
        names = names_in(function, self._program.defined)
        return [one for one in names if last_name(one) in self._function_names]

    @cached_property
    def _function_names(self) -> frozenset[str]:
        return frozenset(one.own_name for one in self._program.functions.values())

    @cached_property
    def _methods(self) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        for cls in self._program.classes.values():
            for name, method in cls.methods.items():
                found.setdefault(name, []).append(method)
        return found

    def _handled(self, endpoints: Iterable[Endpoint]) -> Iterator[Function]:
        """The handlers of endpoints, and what FastAPI calls before them."""
        for endpoint in endpoints:
            handler = self._program.functions.get(endpoint.handler.definition)
            if handler is not None:
                yield handler
            for value in endpoint.dependencies:
                if isinstance(value, FunctionObject) and value.definition in self._program.functions:
                    yield self._program.functions[value.definition]

    @property
    def _roots(self) -> Iterator[Function]:
        """What tests import and call, and what runs with the application itself."""
        functions, classes = self._named
        yield from functions
        yield from self._program.modules.values()
        attributes = self._attributes
        for cls in self._alive(functions, classes):
            for name in attributes & self._method_names(cls):
                yield from (one for owner in (cls, *cls.descendants) if (one := owner.find_method(name)))
        handlers = {endpoint.handler.definition for endpoint in self._requests.endpoints}
        for function in self._calls.functions:
            if function.node not in handlers and _runs_by_itself(function):
                yield function

    def _method_names(self, cls: Class) -> frozenset[str]:
        lineage = (one for one in cls.lineage if isinstance(one, Class))
        return frozenset(name for one in (*lineage, *cls.descendants) for name in one.methods)

    @cached_property
    def _named(self) -> tuple[tuple[Function, ...], frozenset[Class]]:
        """The functions and classes that tests refer to, by imports or in strings."""
        functions, classes = self._imported
        words = self._words
        by_name = (one for one in self._program.functions.values() if one.own_name in words)
        of_name = (one for one in self._program.classes.values() if one.node.name in words)
        return tuple(dict.fromkeys((*functions, *by_name))), frozenset((*classes, *of_name))

    @cached_property
    def _imported(self) -> tuple[tuple[Function, ...], tuple[Class, ...]]:
        """The functions that tests import, and the classes, those of imported objects among them."""
        functions: dict[Function, None] = {}
        classes: dict[Class, None] = {}
        names = Names(self._calls.modules, self._symbols)
        for symbol in dict.fromkeys(names.used(self._suite.modules)):
            with deep_recursion():
                for value in self._calls.inference.of_symbol(symbol):
                    if isinstance(value, FunctionType):
                        functions[value.function] = None
                    elif (cls := class_of(value)) is not None:
                        classes[cls] = None
        return tuple(functions), tuple(classes)

    @cached_property
    def _attributes(self) -> frozenset[str]:
        """The attributes that tests read, but for the methods of their clients."""
        requests = {id(one.call.func) for one in self._requests.all}
        sources = [module.source for module in self._suite.modules]
        read = self._words.union(*(read_attributes(source, self._program.defined) for source in sources))
        methods = (call.func for source in sources for call in verb_calls(source))
        others = (one for one in methods if isinstance(one, Attribute) and id(one) not in requests)
        return read.union(one.attr for one in others)

    @cached_property
    def _words(self) -> frozenset[str]:
        """The last names of dotted paths in strings, as patching and `getattr` have them."""
        sources = (module.source for module in self._suite.modules)
        return frozenset().union(*(last_words(source, self._program.defined) for source in sources))

    def _alive(self, functions: Iterable[Function], classes: Iterable[Class]) -> frozenset[Class]:
        """The classes of which tests may hold an object: what they name, and what that speaks of in turn."""
        found = dict.fromkeys(classes)
        pending: list[Function | Class] = [*functions, *found]
        while pending:
            for cls in self._spoken_of(pending.pop()):
                if cls not in found:
                    found[cls] = None
                    pending.append(cls)
        return frozenset(found)

    def _spoken_of(self, one: Function | Class) -> Iterator[Class]:
        classes = self._classes_by_name(one.module)
        found = (
            classes.get(node.id) for node in names_in(one, self._program.defined) if isinstance(node, Name)
        )
        return (cls for cls in found if cls is not None)

    @cached_property
    def _class_names(self) -> frozenset[str]:
        return frozenset(cls.node.name for cls in self._program.classes.values())

    def _classes_by_name(self, module: Module) -> dict[str, Class]:
        """The classes that names of the module mean."""
        if module not in self._classes:
            found: dict[str, Class] = {}
            renamed = {alias.asname for alias in module.source.nodes.of(Alias) if alias.asname}
            wanted = self._class_names | renamed
            for name in (name for name in read_names(module.source, self._program.defined) if name in wanted):
                node = self._symbols.resolve(module, name).node
                if node is not None and node in self._program.classes:
                    found[name] = self._program.classes[node]
            self._classes[module] = found
        return self._classes[module]


_DRIVEN = frozenset({"__call__", "dispatch", "handle", "lifespan"})


def _runs_by_itself(function: Function) -> bool:
    """Whether a framework calls the function wherever the application runs: middleware, hooks, validators."""
    if not isinstance(function.node, FunctionDef):
        return False
    hooked = function.is_decorated(
        *("middleware", "exception_handler", "on_event", "listens_for", "validates", "event_handler")
    )
    return hooked or (function.owner is not None and function.node.name in _DRIVEN)
