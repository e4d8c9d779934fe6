"""pytest's fixtures: which definitions are some, and which one a name means to a test."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import Assign, Call, ClassDef, Constant, FunctionDef, Name, Sequence
from archlint.findings import Location
from archlint.paths import ancestors, join
from archlint.service.semantics.bindings import Imported, statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Scope, Symbol, Symbols, find_module


class Fixture(Struct, eq=False, frozen=True):
    """A function under `@pytest.fixture`; `scope` are the definitions around it."""

    name: str
    module: Module
    node: FunctionDef
    scope: Scope
    autouse: bool

    @property
    def location(self) -> Location:
        """The header of its definition."""
        return self.module.span(self.node.start, self.node.header_end)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The fixtures that it asks for."""
        return tuple(parameter.name for parameter in self.node.parameters)


class Fixtures:
    """The fixtures that test modules define; `plugins` are modules that pytest's options load."""

    def __init__(
        self, tests: tuple[Module, ...], modules: Modules, symbols: Symbols, plugins: Iterable[str]
    ) -> None:
        self._modules = modules
        self._symbols = symbols
        self._by_path = {module.path: module for module in tests}
        self._by_name: dict[Module, dict[str, Fixture]] = {}
        self._here: dict[Module, dict[str, Fixture]] = {}
        self._places: dict[str, tuple[Module, ...]] = {}
        self._closures: dict[tuple[Module, frozenset[str]], tuple[tuple[Fixture, ...], frozenset[str]]] = {}
        self._options = tuple(plugins)

    @cached_property
    def all(self) -> tuple[Fixture, ...]:
        """Every fixture that test modules define or import, by path and line."""
        modules = {module.path: module for module in (*self._by_path.values(), *self.plugins)}
        own = {one for module in modules.values() for one in self._named(module).values()}
        own |= {one for module in modules.values() for one in self.here(module).values()}
        return tuple(sorted(own, key=lambda one: one.location))

    @cached_property
    def plugins(self) -> tuple[Module, ...]:
        """The modules of the repository that conftests and options load as plugins."""
        anywhere = next(iter(self._by_path.values()), None)
        found = (self._modules.find(name, anywhere) for name in self._options) if anywhere else ()
        loaded = {module.path: module for module in found if module is not None}
        for module in list(self._by_path.values()):
            loaded.update((plugin.path, plugin) for plugin in self._loaded_by(module))
        return tuple(loaded.values())

    @cached_property
    def unknown_plugins(self) -> tuple[str, ...]:
        """The plugins that conftests load from elsewhere, by name."""
        named = ((name, module) for module in self._by_path.values() for name in _plugin_names(module))
        return tuple(sorted({name for name, module in named if self._modules.find(name, module) is None}))

    def visible(self, name: str, module: Module) -> Fixture | None:
        """The fixture that `name` means to a module: its own, an imported, a conftest's, a plugin's."""
        return next((found for place in self.places(module) if (found := self.here(place).get(name))), None)

    def places(self, module: Module) -> tuple[Module, ...]:
        """The modules whose fixtures and hooks apply to a module, nearest first, the module itself first."""
        folder = posixpath.dirname(module.path) or "."
        if folder not in self._places:
            paths = (join(above, "conftest.py") for above in ancestors(folder))
            conftests = [self._by_path[path] for path in paths if path in self._by_path]
            self._places[folder] = (*conftests, *self.plugins)
        return (module, *(place for place in self._places[folder] if place is not module))

    def automatic(self, module: Module) -> Iterator[Fixture]:
        """The autouse fixtures that apply to a module's tests."""
        for place in self.places(module):
            yield from (fixture for fixture in self.here(place).values() if fixture.autouse)

    def closure(self, names: Iterable[str], module: Module) -> tuple[tuple[Fixture, ...], frozenset[str]]:
        """The fixtures behind names, through the fixtures that these use, and all names on the way."""
        key = (module, frozenset(names))
        if key not in self._closures:
            self._closures[key] = self._closed(key[1], module)
        return self._closures[key]

    def _closed(self, names: frozenset[str], module: Module) -> tuple[tuple[Fixture, ...], frozenset[str]]:
        found: dict[Fixture, None] = dict.fromkeys(self.automatic(module))
        asked = set(names)
        pending = [(name, module) for name in sorted(asked)]
        pending += [(name, fixture.module) for fixture in found for name in fixture.parameters]
        while pending:
            name, place = pending.pop()
            asked.add(name)
            fixture = self.visible(name, module) or self.visible(name, place)
            if fixture is not None and fixture not in found:
                found[fixture] = None
                pending += [(inner, fixture.module) for inner in fixture.parameters]
        return tuple(sorted(found, key=lambda one: one.location)), frozenset(asked)

    def here(self, module: Module) -> dict[str, Fixture]:
        """The fixtures that a module defines or imports, by name."""
        if module not in self._here:
            self._here[module] = {}  # Where star imports go in a circle, the second look finds nothing.
            self._here[module] = {one.name: one for one in self._imported(module)} | self._named(module)
        return self._here[module]

    def made_by(self, symbol: Symbol) -> Fixture | None:
        """The fixture that a function is."""
        if symbol.module is None or not isinstance(symbol.node, FunctionDef):
            return None
        return next((one for one in self._named(symbol.module).values() if one.node is symbol.node), None)

    def _named(self, module: Module) -> dict[str, Fixture]:
        if module not in self._by_name:
            self._by_name[module] = {fixture.name: fixture for fixture in self._in(module)}
        return self._by_name[module]

    def _loaded_by(self, module: Module) -> Iterator[Module]:
        for name in _plugin_names(module):
            found = self._modules.find(name, module)
            if found is not None:
                yield found

    def _imported(self, module: Module) -> Iterator[Fixture]:
        namespace = self._symbols.namespace(module)
        for star in namespace.stars:
            source = find_module(self._modules, module, star.module, star.level)
            if source is not None and source is not module:
                yield from self.here(source).values()
        for name, binding in namespace.names.items():
            if isinstance(binding, Imported) and binding.name is not None:
                fixture = self.made_by(self._symbols.resolve(module, name))
                if fixture is not None:
                    yield fixture

    def _in(self, module: Module) -> Iterator[Fixture]:
        for scope, node in _definitions(module):
            for decorator in node.decorators:
                call = decorator if isinstance(decorator, Call) else None
                target = call.func if call else decorator
                if self._symbols.resolve(module, target, scope).qualified in names_of("fixture maker"):
                    keywords = {k.name: k.value for k in call.keywords} if call else {}
                    name, auto = keywords.get("name"), keywords.get("autouse")
                    given = name.value if isinstance(name, Constant) else None
                    autouse = isinstance(auto, Constant) and auto.value is True
                    yield Fixture(str(given or node.name), module, node, scope, autouse)


def _plugin_names(module: Module) -> Iterator[str]:
    for assign in (one for one in module.source.body if isinstance(one, Assign)):
        if any(isinstance(target, Name) and target.id == "pytest_plugins" for target in assign.targets):
            values = assign.value.items if isinstance(assign.value, Sequence) else (assign.value,)
            for value in values:
                if isinstance(value, Constant) and isinstance(value.value, str):
                    yield value.value


def _definitions(module: Module) -> Iterator[tuple[Scope, FunctionDef]]:
    """The functions of a module and the methods of its classes, those under an `if` included."""
    for statement in statements(module.source.body):
        if isinstance(statement, FunctionDef):
            yield (), statement
        elif isinstance(statement, ClassDef):
            inner = (one for one in statement.body if isinstance(one, FunctionDef))
            yield from (((statement,), one) for one in inner)
