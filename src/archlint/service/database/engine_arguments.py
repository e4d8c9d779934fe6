"""What a service hands to SQLAlchemy when it makes engines: URLs and arguments, by interpretation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from archlint.facts.syntax import ClassDef, FunctionDef, Name, Node
from archlint.service.api import web
from archlint.service.database.engines import Engine
from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import FunctionModel, Machine, deep_recursion
from archlint.service.interpreter.partial_texts import assembled
from archlint.service.interpreter.values import (
    Arguments,
    ClassObject,
    Configured,
    ExternalObject,
    Frame,
    FunctionObject,
    Origin,
    Unresolved,
    Value,
    opening,
    options,
    text,
)
from archlint.service.semantics.called import calls_named
from archlint.service.semantics.library_names import homes_of, names_of
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import scoped
from archlint.service.semantics.symbols import Scope, Symbols

_MAX_CALLERS = 3
"""How many functions may stand between an engine and the call that gives it its URL."""


class Recorder(Struct, eq=False, dict=True):
    """An interpretation of the modules that make engines; `calls` has the arguments by the engine's call.

    Of the calls that are not in `usual` it is known that they happen only where somebody configures it.
    """

    modules: Modules
    symbols: Symbols
    calls: dict[Node, list[Arguments]] = field(default_factory=dict)
    usual: set[Node] = field(default_factory=set)

    def run(self, engines: Sequence[Engine]) -> None:
        """Load the modules of the engines, then call the functions in which engines are made."""
        machine = interpreter(self.modules, models={**web.library(), **self._models()})
        with deep_recursion():
            for engine in engines:
                machine.load(engine.module)
            for engine in engines:
                if engine.scope and not self._knows(engine.call):
                    self._enter(machine, engine.module, engine.scope, engine.call, 0)

    def _models(self) -> dict[str, FunctionModel]:
        found: dict[str, FunctionModel] = {}
        for name in names_of("engine maker"):
            found.update(dict.fromkeys(homes_of(name), self._record))
        for name in names_of("URL type", "URL text", "secret type"):
            found.update(dict.fromkeys(homes_of(name), _text))
        for name in names_of("URL builder"):
            owner, _, method = name.rpartition(".")
            found.update(dict.fromkeys([f"{home}.{method}" for home in homes_of(owner)], _built))
        return found

    def _record(self, machine: Machine, arguments: Arguments) -> Value:
        self.calls.setdefault(arguments.place.node, []).append(arguments)
        if machine.by_default() is not False:
            self.usual.add(arguments.place.node)
        return ExternalObject("sqlalchemy.Engine", arguments.args, arguments.keywords)

    def _knows(self, call: Node) -> bool:
        """Whether some interpretation of the call got a URL that the source tells."""
        return any(opening(url) for one in self.calls.get(call, ()) for url in options(one.get(0, "url")))

    def _enter(self, machine: Machine, module: Module, scope: Scope, call: Node, depth: int) -> None:
        """Call what stands around the engine: by those who call that, else with what annotations tell."""
        outer = scope[0]
        for caller, around in self._callers(module, outer) if depth < _MAX_CALLERS else ():
            machine.load(caller)
            if around:
                self._enter(machine, caller, around, call, depth + 1)
            if self._knows(call):
                return
        value = machine.load(module).namespace.get(outer.name)
        if isinstance(value, ClassObject):
            self._enter_method(machine, module, scope, value)
        elif isinstance(value, FunctionObject) and isinstance(outer, FunctionDef):
            machine.call(value, _arguments(machine, module, outer))

    def _enter_method(self, machine: Machine, module: Module, scope: Scope, cls: ClassObject) -> None:
        initialise = cls.namespace.get("__init__")
        definition = initialise.definition if isinstance(initialise, FunctionObject) else None
        arguments = _arguments(machine, module, definition if isinstance(definition, FunctionDef) else None)
        instance = machine.call(cls, arguments)
        method = next((part for part in scope[1:] if isinstance(part, FunctionDef)), None)
        if method is not None and method.name != "__init__":
            machine.call(attribute(machine, instance, method.name), _arguments(machine, module, method))

    def _callers(self, module: Module, definition: FunctionDef | ClassDef) -> Iterator[tuple[Module, Scope]]:
        """Where the service calls a definition: each place once, by the outermost definition around it."""
        seen: set[object] = set()
        for caller in self.modules.runtime:
            for scope, node in scoped(caller.source, calls_named(caller.source, definition.name)):
                key = (caller, scope[0] if scope else None)
                called = self.symbols.resolve(caller, node.func, scope)
                if called.node is definition and key not in seen and definition not in scope:
                    seen.add(key)
                    yield caller, scope


def _text(machine: Machine, arguments: Arguments) -> Value:
    return arguments.get(0, "url", Unresolved("a URL without arguments", arguments.place))


def _built(machine: Machine, arguments: Arguments) -> Value:
    """A URL made of its parts, of which only the first is asked for."""
    scheme = arguments.keywords.get("scheme", arguments.get(0, "drivername"))
    name = text(scheme)
    if name is None:
        return Unresolved("a URL with a scheme that the source does not tell", arguments.place)
    url = assembled((f"{name}://", Unresolved("the rest of a URL", arguments.place)))
    return Configured(url, scheme.source) if isinstance(scheme, Configured) else url


def _arguments(machine: Machine, module: Module, definition: FunctionDef | None) -> Arguments:
    """What a call of the function can be given: settings, where a parameter's annotation asks for them."""
    place = Origin(module, definition or Name(0, 0, ""))
    keywords: dict[str, Value] = {}
    loaded = machine.load(module)
    frame = Frame(loaded, loaded.namespace)
    for parameter in definition.parameters if definition else ():
        if parameter.annotation is None or parameter.default is not None:
            continue
        kind = machine.evaluate(frame, parameter.annotation)
        if isinstance(kind, ClassObject) and kind.derives_from(names_of("settings base")):
            keywords[parameter.name] = machine.call(kind, Arguments((), {}, place))
    return Arguments((), keywords, place)
