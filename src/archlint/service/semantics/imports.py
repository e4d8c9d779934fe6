"""The imports between a service's own modules, each with its place and the circumstances it runs under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.syntax import (
    Alias,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    If,
    Import,
    ImportFrom,
    Name,
    Sequence,
    Statement,
    Try,
)
from archlint.facts.traversal import dotted
from archlint.findings import Location
from archlint.service.semantics.bindings import COMPOUND, nested_blocks
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Step, Symbol, Symbols, find_module
from archlint.service.semantics.type_checking import blocks, is_for_type_checkers, spellings

_IMPORTERS = frozenset({"__import__", "importlib.__import__", "importlib.import_module"})


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

    def __iter__(self) -> Iterator[ImportEdge]:
        return iter(self.edges)

    def of(self, module: Module) -> tuple[ImportEdge, ...]:
        """What `module` imports."""
        return self._by_importer[module]

    def origin(self, edge: ImportEdge) -> tuple[Symbol, tuple[Step, ...]]:
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
        outermost = ImportContext(spellings=spellings(module.source))
        for statement, context in import_statements(module.source.body, outermost):
            for alias in statement.names:
                target = self._target(module, statement, alias)
                if target is not None and target[0] is not module:
                    yield ImportEdge(
                        module,
                        *target,
                        module.location(alias),
                        context.lazy,
                        context.type_checking,
                        context.guarded,
                        statement.start,
                    )
        yield from self._dynamic(module)

    def _dynamic(self, module: Module) -> Iterator[ImportEdge]:
        """What `importlib.import_module` and `__import__` take by a literal name."""
        names = _importing_names(module)
        for call in module.source.nodes.of(Call):
            if last_name(call.func) not in names:
                continue
            match call:
                case Call(func=Name() | Attribute() as func, args=(Constant(value=str(name)), *_)):
                    found = self._taken(module, func, name, call)
                    if found not in {None, module}:
                        assert found is not None
                        lazy = bool(module.source.definitions.functions_around(call))
                        unseen = is_for_type_checkers(module.source, call)
                        place = module.location(call)
                        yield ImportEdge(module, found, None, place, lazy, unseen, False, call.start)

    def _taken(self, module: Module, func: Name | Attribute, name: str, call: Call) -> Module | None:
        """The module that a call of an importing function gives; of a relative name, by its package."""
        if not self._is_import(module, func):
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
            case _:
                return None
        parts = base.split(".")
        above = parts[: len(parts) - level + 1]
        return self._modules.find(".".join([*above, name.lstrip(".")]).strip("."), module) if above else None

    def _is_import(self, module: Module, function: Name | Attribute) -> bool:
        qualified = self._symbols.resolve(module, function).qualified
        return qualified.removeprefix("builtins.") in _IMPORTERS

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


def _importing_names(module: Module) -> frozenset[str]:
    """The last names by which a file may call a function that imports."""
    taken = (s for s in module.source.nodes.of(ImportFrom) if s.module == "importlib")
    aliases = (alias.asname for statement in taken for alias in statement.names if alias.asname)
    return frozenset({"__import__", "import_module", *aliases})


class ImportContext(Struct, frozen=True):
    """Where an import statement stands; the first fields are those of `ImportEdge`."""

    lazy: bool = False
    type_checking: bool = False
    guarded: bool = False
    spellings: frozenset[str] = frozenset()
    """How the file writes `TYPE_CHECKING`."""


def import_statements(
    body: tuple[Statement, ...], context: ImportContext
) -> Iterator[tuple[Import | ImportFrom, ImportContext]]:
    """Every import statement of a body, nested ones included, with where it stands."""
    for statement in body:
        if isinstance(statement, Import | ImportFrom):
            yield statement, context
        elif type(statement) in _WITH_BLOCKS:
            for block, inner in _blocks(statement, context):
                yield from import_statements(block, inner)


_WITH_BLOCKS = frozenset(COMPOUND)


def _blocks(
    statement: Statement, context: ImportContext
) -> Iterator[tuple[tuple[Statement, ...], ImportContext]]:
    match statement:
        case FunctionDef():
            yield statement.body, replace(context, lazy=True)
        case ClassDef():
            yield statement.body, context
        case If():
            for block, unseen in blocks(statement, context.spellings):
                yield block, replace(context, type_checking=context.type_checking or unseen)
        case Try() if any(_catches_import_errors(handler.types) for handler in statement.handlers):
            guarded = replace(context, guarded=True)
            yield from ((block, guarded) for block in nested_blocks(statement))
        case _:
            yield from ((block, context) for block in nested_blocks(statement))


def _catches_import_errors(types: Expression | None) -> bool:
    if isinstance(types, Sequence):
        return any(_catches_import_errors(item) for item in types.items)
    names = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
    return types is None or dotted(types) in names
