"""The tests of a service as pytest would collect them, with their fixtures and markers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.discover import Repository
from archlint.facts.syntax import Assign, Attribute, Call, ClassDef, Expression, FunctionDef, Name, Sequence
from archlint.findings import Location
from archlint.service.modules import Module, Modules, Role
from archlint.service.suite.configuration import PytestConfiguration
from archlint.service.suite.fixtures import Fixture, Fixtures
from archlint.service.symbols import Scope, Symbols

_TEST_CASES = frozenset(
    {
        "django.test.TestCase",
        "unittest.IsolatedAsyncioTestCase",
        "unittest.TestCase",
        "unittest.async_case.IsolatedAsyncioTestCase",
        "unittest.case.TestCase",
    }
)
_MARKS = "pytest.mark."


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """A test function or method.

    `markers` are the qualified names of its decorators, of its class's and of the module's `pytestmark`.
    `fixtures` are those that it uses, directly or not, `asked` the names that lead to them. `of_unittest` is
    true for a method of a `TestCase`.
    """

    module: Module
    node: FunctionDef
    owner: ClassDef | None
    markers: frozenset[str]
    fixtures: tuple[Fixture, ...]
    asked: frozenset[str]
    of_unittest: bool

    @property
    def location(self) -> Location:
        """The header of its definition."""
        return self.module.span(self.node.start, self.node.header_end)

    @property
    def scope(self) -> Scope:
        """The definitions around it."""
        return () if self.owner is None else (self.owner,)


class Suite:
    """The tests of one service."""

    def __init__(self, root: str, repository: Repository, modules: Modules, symbols: Symbols) -> None:
        self._modules = modules
        self._symbols = symbols
        self.configuration = PytestConfiguration(root, repository)
        self.fixtures = Fixtures(modules, symbols)

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """The modules of tests, with their helpers and conftests."""
        return tuple(module for module in self._modules if module.role is Role.TEST)

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """Every test, by path and line."""
        return tuple(test for module in self.modules for test in self._collect(module))

    def _collect(self, module: Module) -> Iterator[Test]:
        collected = self.configuration.collects_file(module.path)
        marks = frozenset(self._module_marks(module))
        for statement in module.source.body:
            if isinstance(statement, FunctionDef) and collected:
                if self.configuration.collects_function(statement.name):
                    yield self._test(module, statement, None, marks, of_unittest=False)
            elif isinstance(statement, ClassDef):
                yield from self._methods(module, statement, marks, collected=collected)

    def _methods(
        self, module: Module, owner: ClassDef, marks: frozenset[str], *, collected: bool
    ) -> Iterator[Test]:
        symbol = self._symbols.resolve(module, owner.name)
        bases = {base.qualified for base in self._symbols.bases(symbol)}
        of_unittest = bool(bases & _TEST_CASES)
        if not collected or not (of_unittest or self.configuration.collects_class(owner.name)):
            return
        marks |= frozenset(self._marks(module, owner.decorators))
        for assign in (inner for inner in owner.body if isinstance(inner, Assign)):
            if any(isinstance(target, Name) and target.id == "pytestmark" for target in assign.targets):
                marks |= frozenset(self._marks(module, _items(assign.value)))
        for method in (inner for inner in owner.body if isinstance(inner, FunctionDef)):
            if self.configuration.collects_function(method.name):
                yield self._test(module, method, owner, marks, of_unittest=of_unittest)

    def _test(
        self,
        module: Module,
        node: FunctionDef,
        owner: ClassDef | None,
        marks: frozenset[str],
        *,
        of_unittest: bool,
    ) -> Test:
        names = tuple(parameter.name for parameter in node.parameters if parameter.name != "self")
        fixtures, asked = self.fixtures.closure(names, module)
        own = marks | frozenset(self._marks(module, node.decorators))
        return Test(module, node, owner, own, fixtures, asked, of_unittest)

    def _module_marks(self, module: Module) -> Iterator[str]:
        for statement in module.source.body:
            if isinstance(statement, Assign) and any(
                isinstance(target, Name) and target.id == "pytestmark" for target in statement.targets
            ):
                yield from self._marks(module, _items(statement.value))

    def _marks(self, module: Module, decorators: tuple[Expression, ...]) -> Iterator[str]:
        """The markers' names; a name that stands for a marker is followed, any other decorator kept."""
        for decorator in decorators:
            target = decorator.func if isinstance(decorator, Call) else decorator
            symbol = self._symbols.resolve(module, target)
            made = symbol.node.value if isinstance(symbol.node, Assign) else None
            if symbol.module is not None and made is not None:
                inner = made.func if isinstance(made, Call) else made
                if isinstance(inner, Name | Attribute):
                    yield self._symbols.resolve(symbol.module, inner).qualified
            yield symbol.qualified


def _items(value: Expression | None) -> tuple[Expression, ...]:
    if value is None:
        return ()
    return value.items if isinstance(value, Sequence) else (value,)


def mark(name: str) -> str | None:
    """`asyncio` for `pytest.mark.asyncio`; None for a decorator that is no marker."""
    return name.removeprefix(_MARKS) if name.startswith(_MARKS) else None
