"""The tests of a service as pytest would collect them, with their fixtures and markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct
from packaging.version import Version

from archlint import documents
from archlint.discover import Repository
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    If,
    Name,
    Node,
    Sequence,
    Statement,
)
from archlint.facts.traversal import all_nodes, is_main_guard
from archlint.findings import Location
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.symbols import Scope, Symbol, Symbols
from archlint.service.testing.configuration import PytestConfiguration
from archlint.service.testing.declared_tools import Tooling
from archlint.service.testing.fixtures import Fixture, Fixtures
from archlint.service.testing.ignored_files import is_ignored

_AUTO_MODE = r"(asyncio|anyio)[-_]mode\W{1,4}auto"
HOOKS = frozenset(
    {"pytest_collection_modifyitems", "pytest_itemcollected", "pytest_pycollect_makeitem"}
    | {"pytest_pyfunc_call", "pytest_runtest_call", "pytest_generate_tests"}
)
"""What a conftest can change tests with."""


class Test(Struct, eq=False, frozen=True):
    """A test function or method.

    `module` defines it and `scope` is around it; `home` is the module that it is collected in, another one
    where a class inherits it. `markers` are the qualified names of its decorators, of its class's and of the
    module's `pytestmark`. `fixtures` are those that it uses, directly or not, `asked` the names that lead to
    them. `case` is how unittest runs it: as a `plain` or an `async` test case, None for pytest's own.
    """

    module: Module
    node: FunctionDef
    scope: Scope
    home: Module
    markers: frozenset[str]
    fixtures: tuple[Fixture, ...]
    asked: frozenset[str]
    case: str | None

    @property
    def location(self) -> Location:
        """The header of its definition."""
        return self.module.span(self.node.start, self.node.header_end)

    @property
    def name(self) -> str:
        """`test_a` or `TestA.test_b`."""
        return ".".join([*(outer.name for outer in self.scope), self.node.name])


class _Around(Struct, eq=False, frozen=True):
    """What a test gets from where it stands: its class, and the markers above it."""

    home: Module
    marks: frozenset[str]
    used: frozenset[str]
    case: str | None = None


class Suite:
    """The tests of one service."""

    def __init__(
        self,
        root: str,
        repository: Repository,
        modules: Modules,
        symbols: Symbols,
        pytest: Version | None = None,
    ) -> None:
        self._all = modules
        self._symbols = symbols
        beside = tuple(module.path for module in modules.tests_beside)
        self.configuration = PytestConfiguration(root, repository, pytest, beside)
        self.tooling = Tooling(root, repository)

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """The modules of tests, with their helpers and conftests, those beside the service included."""
        own = (one for one in self._all if one.role is Role.TEST or self.configuration.asks_for(one.path))
        return tuple(sorted((*own, *self._all.tests_beside), key=lambda module: module.path))

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The files of tests of which something is not known, by path: they may test anything."""
        own = (path for path in self._all.unread if "test" in path)
        beside = (module.path for module in self._all.tests_beside if module.source.problems)
        return tuple(sorted({*own, *beside}))

    def unread_with(self, name: str) -> str | None:
        """A file of the service, not of its tests, of which something is not known and that has the name."""
        others = [path for path in self._all.unread if path not in self.unread]
        if not others:
            return None
        word = re.compile(rf"\b{re.escape(name)}\b".encode())
        repository = self.configuration.repository
        return next((path for path in others if documents.finds(repository, path, word)), None)

    @cached_property
    def fixtures(self) -> Fixtures:
        """Their fixtures."""
        return Fixtures(self.modules, self._all, self._symbols, self.configuration.plugins)

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """Every test, by path and line."""
        files = (module for module in self.modules if self.configuration.collects_file(module.path))
        collected = (module for module in files if not self._is_script(module))
        return tuple(test for module in collected for test in self._collect(module))

    @cached_property
    def async_auto(self) -> bool:
        """Whether a plugin takes every async test for its own, by configuration or a command's option."""
        modes = (*self.configuration.texts("asyncio_mode"), *self.configuration.texts("anyio_mode"))
        told = re.search(_AUTO_MODE, self.configuration.addopts) or self.tooling.runs(_AUTO_MODE)
        return "auto" in modes or bool(told) or any(map(self._sets_mode, self.modules))

    def hooks(self, test: Test) -> Iterator[tuple[Module, FunctionDef]]:
        """The functions by which conftests and plugins may change what a test is."""
        for place in self.fixtures.places(test.home):
            for statement in place.source.body:
                if isinstance(statement, FunctionDef) and statement.name in HOOKS:
                    yield place, statement

    def ignores(self, module: Module) -> bool:
        """Whether pytest leaves a file out unless told otherwise: conftests or its options say so."""
        return self.configuration.ignores(module.path) or any(
            is_ignored(module.path, place)
            for place in self.fixtures.places(module)
            if place.path.endswith("conftest.py")
        )

    def _sets_mode(self, module: Module) -> bool:
        is_conftest = module.path.endswith("conftest.py")
        return is_conftest and any(one.attr == "asyncio_mode" for one in module.source.nodes.of(Attribute))

    def _is_script(self, module: Module) -> bool:
        """Whether a file starts its "tests" itself, and knows nothing of pytest."""
        if "pytest" in self._symbols.namespace(module).names:
            return False
        functions = {one.name: one for one in module.source.body if isinstance(one, FunctionDef)}
        tests = {name for name in functions if self.configuration.collects_function(name, module.path)}
        guarded = [
            branch
            for statement in module.source.body
            if isinstance(statement, If)
            for branch in statement.branches
            if is_main_guard(branch.test)
        ]
        named = {
            n.id for branch in guarded for one in branch.body for n in all_nodes(one) if isinstance(n, Name)
        }
        for name in named & functions.keys() - tests:
            named |= {node.id for node in all_nodes(functions[name]) if isinstance(node, Name)}
        return bool(tests & named)

    def _collect(self, module: Module) -> Iterator[Test]:
        around = self._module(module)
        for statement in statements(module.source.body):
            if isinstance(statement, FunctionDef):
                if self._is_test(statement, module):
                    yield self._test(module, statement, (), around)
            elif isinstance(statement, ClassDef):
                yield from self._methods(module, statement, around)

    def _module(self, module: Module) -> _Around:
        marks = tuple(_pytestmark(module.source.body))
        used = self._used(module, marks) | set(self.configuration.words("usefixtures"))
        return _Around(module, frozenset(self._marks(module, marks)), used)

    def _methods(self, module: Module, owner: ClassDef, around: _Around, outer: Scope = ()) -> Iterator[Test]:
        """The tests of a class; pytest looks into the classes within it, unittest does not."""
        symbol = self._symbols.resolve(module, owner.name, outer)
        if symbol.node is not owner:
            symbol = Symbol(owner.name, module, owner)
        lineage = (symbol, *self._symbols.bases(symbol))
        case = _case({one.qualified for one in lineage})
        if not (case or self.configuration.collects_class(owner.name, module.path)):
            return
        own = [(one.module, one.node) for one in lineage if one.module and isinstance(one.node, ClassDef)]
        if not case and any(map(_keeps_pytest_away, (cls for _, cls in own))):
            return
        marked = [(where, (*cls.decorators, *_pytestmark(cls.body))) for where, cls in own]
        inner = _Around(
            module,
            around.marks.union(*(self._marks(where, marks) for where, marks in marked)),
            around.used.union(*(self._used(where, marks) for where, marks in marked)),
            case,
        )
        found: dict[str, Test] = {}
        for where, cls in own:
            for method in (one for one in cls.body if isinstance(one, FunctionDef)):
                if self._is_test(method, module) and method.name not in found:
                    found[method.name] = self._test(where, method, (*outer, cls), inner)
        yield from found.values()
        for nested in (one for one in owner.body if isinstance(one, ClassDef) and not case):
            yield from self._methods(module, nested, inner, (*outer, owner))

    def _is_test(self, node: FunctionDef, module: Module) -> bool:
        """Whether pytest collects it by its name; a fixture is none, whatever it is called."""
        return node not in self._fixture_nodes and self.configuration.collects_function(
            node.name, module.path
        )

    @cached_property
    def _fixture_nodes(self) -> frozenset[Node]:
        return frozenset(one.node for one in self.fixtures.all)

    def _test(self, module: Module, node: FunctionDef, scope: Scope, around: _Around) -> Test:
        names = {one.name for one in node.parameters if one.name != "self" and one.default is None}
        used = self._used(module, node.decorators)
        fixtures, asked = self.fixtures.closure(names | used | around.used, around.home)
        marks = around.marks | set(self._marks(module, node.decorators))
        return Test(module, node, scope, around.home, marks, fixtures, asked, around.case)

    def _marks(self, module: Module, decorators: Iterable[Expression]) -> Iterator[str]:
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

    def _used(self, module: Module, decorators: Iterable[Expression]) -> frozenset[str]:
        """The fixtures that `usefixtures` names."""
        return frozenset(
            argument.value
            for decorator in decorators
            if isinstance(decorator, Call) and isinstance(decorator.func, Attribute)
            if decorator.func.attr == "usefixtures"
            for argument in decorator.args
            if isinstance(argument, Constant) and isinstance(argument.value, str)
        )


def _keeps_pytest_away(cls: ClassDef) -> bool:
    """Whether pytest collects nothing of a class: it is made with arguments, or says so itself."""
    for statement in cls.body:
        match statement:
            case FunctionDef(name="__init__" | "__new__"):
                return True
            case Assign(targets=(Name(id="__test__"),), value=Constant(value=False)):
                return True
    return False


def _case(classes: set[str]) -> str | None:
    """How unittest runs a class's methods: anything that is not known to be plain may await them."""
    known = names_of("test case", "async test case")
    if classes & names_of("async test case"):
        return "async"
    if any(name.rpartition(".")[2].endswith("TestCase") for name in classes - known if "." in name):
        return "async" if not classes & known else "plain"
    return "plain" if classes & known else None


def _pytestmark(body: tuple[Statement, ...]) -> Iterator[Expression]:
    for statement in body:
        if isinstance(statement, Assign) and any(
            isinstance(target, Name) and target.id == "pytestmark" for target in statement.targets
        ):
            value = statement.value
            yield from value.items if isinstance(value, Sequence) else () if value is None else (value,)
