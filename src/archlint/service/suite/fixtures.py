"""pytest's fixtures: which definitions are some, and which one a name means to a test."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.facts.syntax import Assign, Call, ClassDef, Constant, FunctionDef, Name, Sequence
from archlint.findings import Location
from archlint.service.modules import Module, Modules, Role
from archlint.service.project import ancestors, join
from archlint.service.symbols import Scope, Symbols

_MAKERS = frozenset(
    {
        "_pytest.fixtures.fixture",
        "pytest.fixture",
        "pytest.yield_fixture",
        "pytest_asyncio.fixture",
        "pytest_asyncio.plugin.fixture",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Fixture:
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
    """The fixtures of a service's test modules."""

    def __init__(self, modules: Modules, symbols: Symbols) -> None:
        self._modules = modules
        self._symbols = symbols
        self._by_name: dict[Module, dict[str, Fixture]] = {}

    @cached_property
    def all(self) -> tuple[Fixture, ...]:
        """Every fixture, by path and line."""
        return tuple(
            fixture for module in self._modules if module.role is Role.TEST for fixture in self._in(module)
        )

    def visible(self, name: str, module: Module) -> Fixture | None:
        """The fixture that `name` means to what a module defines: its own, imported, or a conftest's."""
        for place in (module, *self._conftests(module)):
            found = self.named(place).get(name) or self._imported(place, name)
            if found is not None:
                return found
        return None

    def automatic(self, module: Module) -> Iterator[Fixture]:
        """The autouse fixtures that apply to a module's tests."""
        for place in (module, *self._conftests(module)):
            yield from (fixture for fixture in self.named(place).values() if fixture.autouse)

    def named(self, module: Module) -> dict[str, Fixture]:
        """The fixtures that a module defines, by name."""
        if module not in self._by_name:
            self._by_name[module] = {fixture.name: fixture for fixture in self._in(module)}
        return self._by_name[module]

    def closure(self, names: tuple[str, ...], module: Module) -> tuple[tuple[Fixture, ...], frozenset[str]]:
        """The fixtures behind names, through the fixtures that these use, and the names asked for on the way."""
        found: dict[Fixture, None] = dict.fromkeys(self.automatic(module))
        asked = set(names)
        pending = [(name, module) for name in names]
        pending += [(name, fixture.module) for fixture in found for name in fixture.parameters]
        while pending:
            name, place = pending.pop()
            asked.add(name)
            fixture = self.visible(name, module) or self.visible(name, place)
            if fixture is not None and fixture not in found:
                found[fixture] = None
                pending += [(inner, fixture.module) for inner in fixture.parameters]
        return tuple(sorted(found, key=lambda one: one.location)), frozenset(asked)

    def _conftests(self, module: Module) -> Iterator[Module]:
        for folder in ancestors(posixpath.dirname(module.path) or "."):
            conftest = self._modules.by_path.get(join(folder, "conftest.py"))
            if conftest is not None:
                yield conftest
                yield from self._plugins(conftest)

    def _plugins(self, conftest: Module) -> Iterator[Module]:
        for assign in conftest.source.nodes.of(Assign):
            if any(isinstance(target, Name) and target.id == "pytest_plugins" for target in assign.targets):
                values = assign.value.items if isinstance(assign.value, Sequence) else (assign.value,)
                for value in values:
                    name = value.value if isinstance(value, Constant) else None
                    found = self._modules.find(name, conftest) if isinstance(name, str) else None
                    if found is not None:
                        yield found

    def _imported(self, module: Module, name: str) -> Fixture | None:
        symbol = self._symbols.resolve(module, name)
        if symbol.module is None or symbol.module is module or not isinstance(symbol.node, FunctionDef):
            return None
        return next((one for one in self.named(symbol.module).values() if one.node is symbol.node), None)

    def _in(self, module: Module) -> Iterator[Fixture]:
        for scope, node in _definitions(module):
            for decorator in node.decorators:
                call = decorator if isinstance(decorator, Call) else None
                target = call.func if call else decorator
                if self._symbols.resolve(module, target, scope).qualified in _MAKERS:
                    keywords = {k.name: k.value for k in call.keywords} if call else {}
                    name, auto = keywords.get("name"), keywords.get("autouse")
                    given = name.value if isinstance(name, Constant) else None
                    autouse = isinstance(auto, Constant) and auto.value is True
                    yield Fixture(str(given or node.name), module, node, scope, autouse)


def _definitions(module: Module) -> Iterator[tuple[Scope, FunctionDef]]:
    """The functions of a module and the methods of its classes."""
    for statement in module.source.body:
        if isinstance(statement, FunctionDef):
            yield (), statement
        elif isinstance(statement, ClassDef):
            yield from (((statement,), inner) for inner in statement.body if isinstance(inner, FunctionDef))
