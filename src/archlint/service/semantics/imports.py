"""The imports between a service's own modules, each with its place and the circumstances it runs under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Alias,
    Attribute,
    Call,
    Constant,
    Expression,
    Import,
    ImportFrom,
    Name,
    Subscript,
)
from archlint.findings import Location
from archlint.readings import summary
from archlint.service.semantics.constants import Literals
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import ImportStep, Scope, Symbol, Symbols, find_module
from archlint.service.semantics.type_checking import is_for_type_checkers


class ImportEdge(Struct, frozen=True):
    """One imported name.

    `name` is the name taken from `imported`, None where the module itself is imported, `*` for all of it.
    `location` is that of the name in the statement, which starts at the offset `statement`. The import is
    `lazy` in a function, `guarded` in a `try` that catches its failure.
    """

    importer: Module
    imported: Module
    name: str | None
    location: Location
    lazy: bool
    type_checking: bool
    guarded: bool
    statement: int


class Imports:
    """All imports between modules of the service, in the order of files and lines."""

    def __init__(self, modules: Modules, symbols: Symbols) -> None:
        self._modules = modules
        self._symbols = symbols
        self._literals = Literals(symbols)

    def __iter__(self) -> Iterator[ImportEdge]:
        return iter(self.edges)

    def of(self, module: Module) -> tuple[ImportEdge, ...]:
        """What `module` imports."""
        return self._by_importer[module]

    def origin(self, edge: ImportEdge) -> tuple[Symbol, tuple[ImportStep, ...]]:
        """What the edge means, and the re-exports by which it gets there."""
        if edge.name is None or edge.name == "*":
            return Symbol(edge.imported.name, edge.imported, None), ()
        return self._symbols.trail(edge.imported, edge.name)

    @cached_property
    def edges(self) -> tuple[ImportEdge, ...]:
        """Every edge."""
        return tuple(edge for module in self._modules for edge in self._edges(module))

    @cached_property
    def _by_importer(self) -> dict[Module, tuple[ImportEdge, ...]]:
        by_importer: dict[Module, list[ImportEdge]] = defaultdict(list)
        for edge in self.edges:
            by_importer[edge.importer].append(edge)
        return defaultdict(tuple, {module: tuple(edges) for module, edges in by_importer.items()})

    def _edges(self, module: Module) -> Iterator[ImportEdge]:
        for one in module.source.imports:
            statement = one.statement
            for alias in statement.names:
                place = module.location(alias)
                for found, name in self._targets(module, statement, alias):
                    how = (place, one.lazy, one.type_checking, one.guarded, statement.start)
                    yield ImportEdge(module, found, name, *how)
        yield from self._dynamic(module)

    def _dynamic(self, module: Module) -> Iterator[ImportEdge]:
        """What `importlib.import_module` and `__import__` take by a literal name."""
        for call, lazy, unseen in _importing(module.source):
            given = {keyword.name: keyword.value for keyword in call.keywords}
            name = call.args[0] if call.args else given.get("name")
            match call.func:
                case Name() | Attribute() as func if name is not None and self._is_import(module, func):
                    scope = module.source.definitions.around(call)
                    found = self._taken(module, name, call, scope)
                    if found is not None and found is not module:
                        place = module.location(call)
                        yield ImportEdge(module, found, None, place, lazy, unseen, False, call.start)

    def _taken(self, module: Module, given_name: Expression, call: Call, scope: Scope) -> Module | None:
        """The module that a call of an importing function gives; of a relative name, by its package."""
        name = self._literals.text(module, given_name, scope)
        if name is None:
            return None
        level = len(name) - len(name.lstrip("."))
        if not level:
            return self._modules.find(name, module)
        given = {keyword.name: keyword.value for keyword in call.keywords}
        package = given.get("package", call.args[1] if len(call.args) > 1 else None)
        match package:
            case Constant(value=str(written)):
                base = written
            case Name(id="__package__"):
                base = module.package
            case Name(id="__name__"):
                base = module.name
            case Subscript(value=Call(func=Attribute(attr="rpartition", value=Name(id="__name__")))):
                base = module.name.rpartition(".")[0]
            case _:
                return None
        parts = base.split(".")
        above = parts[: len(parts) - level + 1]
        return self._modules.find(".".join([*above, name.lstrip(".")]).strip("."), module) if above else None

    def _is_import(self, module: Module, function: Name | Attribute) -> bool:
        qualified = self._symbols.resolve(module, function).qualified
        return qualified in names_of("importer")

    def _targets(
        self, module: Module, statement: Import | ImportFrom, alias: Alias
    ) -> Iterator[tuple[Module, str | None]]:
        """What a name brings; a star also the submodules of a package that its `__all__` names."""
        target = self._target(module, statement, alias)
        if target is None or target[0] is module:
            return
        yield target
        if alias.name == "*" and target[0].is_package:
            for name in sorted(self._symbols.exported(target[0]) or ()):
                submodule = self._submodule(target[0], name)
                if submodule is not None and submodule is not module:
                    yield submodule, None

    def _target(
        self, module: Module, statement: Import | ImportFrom, alias: Alias
    ) -> tuple[Module, str | None] | None:
        if isinstance(statement, Import):
            found = self._modules.find(alias.name, module)
            return (found, None) if found else None
        package = find_module(self._modules, module, statement.module, statement.level)
        if package is None:
            whole = ".".join(part for part in (statement.module, alias.name) if part)
            submodule = find_module(self._modules, module, whole, statement.level)
            return (submodule, None) if submodule else None
        submodule = self._submodule(package, alias.name)
        return (submodule, None) if submodule else (package, alias.name)

    def _submodule(self, package: Module, name: str) -> Module | None:
        """The submodule that `from package import name` gives, rather than a name in `package`."""
        symbol = self._symbols.member(package, name) if package.is_package and name != "*" else None
        submodule = symbol and self._modules.find(f"{package.name}.{name}", package)
        return submodule if symbol and symbol.is_module and symbol.module is submodule else None


@summary
def _importing(source: PythonSource) -> tuple[tuple[Call, bool, bool], ...]:
    """The calls that may import by their last names, whether in a function, and whether for type checkers."""
    if source.names.isdisjoint(_IMPORTERS):
        return ()
    taken = (s for s in source.nodes.of(ImportFrom) if s.module == "importlib")
    aliases = (alias.asname for statement in taken for alias in statement.names if alias.asname)
    names = _IMPORTERS.union(aliases)
    return tuple(
        (call, bool(source.definitions.functions_around(call)), is_for_type_checkers(source, call))
        for call in source.nodes.of(Call)
        if last_name(call.func) in names
    )


_IMPORTERS = frozenset({"__import__", "import_module"})
