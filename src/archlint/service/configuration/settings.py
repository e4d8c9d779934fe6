"""The settings of a service: its classes that Pydantic fills from the environment, and their fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    ImportFrom,
    Name,
    Sequence,
)
from archlint.findings import Location
from archlint.service.api.class_options import OptionReader
from archlint.service.api.field_declarations import Declaration, declaration, declarations
from archlint.service.configuration.open_classes import is_undecided, taken_back
from archlint.service.configuration.variable_names import Naming, VariablePath, is_computed
from archlint.service.interpreter.fields import may_be_field
from archlint.service.interpreter.types import Type, Types
from archlint.service.interpreter.values import Written
from archlint.service.semantics.called import called_with
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.constants import Literals
from archlint.service.semantics.library_names import names_of, pydantic_bases
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbol, Symbols

_MAPPINGS = frozenset({
    "dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "TypedDict",
})  # fmt: skip
_MAX_NESTING = 5


class Setting(Struct, eq=False, frozen=True):
    """One field of a settings class or of a model nested in one.

    `type` is what its annotation means, None without one. `default` is the expression that
    gives the default, None where there is none or a factory makes it: `required` tells these apart.
    `environment` are the names of the variables that set it, in lower case unless the class tells cases
    apart; none for a field of a model without a delimiter. `parts` are the fields of models that it holds,
    `beginnings` those of the variables that set keys of a mapping, delimiter included.
    """

    name: str
    module: Module
    location: Location
    type: Type | None
    default: Expression | None
    required: bool
    environment: tuple[str, ...]
    is_case_sensitive: bool
    parts: tuple[Setting, ...] = ()
    beginnings: tuple[str, ...] = ()

    def is_set_by(self, variables: Iterable[str]) -> bool:
        """Whether one of the variables sets it, or a key of the mapping that it is."""
        names = set(variables) if self.is_case_sensitive else {name.lower() for name in variables}
        return not names.isdisjoint(self.environment) or any(
            name.startswith(self.beginnings) for name in names if self.beginnings
        )

    def walk(self) -> Iterator[Setting]:
        """The field and its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()


class SettingsClass(Struct, eq=False, frozen=True):
    """A class that derives from BaseSettings.

    `fields` are its own, `top_fields` also the inherited ones, `all_fields` also the nested ones. `env_files`
    are the files that it names, None where one is computed; `has_secrets_dir` says whether files named like
    the variables give values, too. `is_open` says that variables or other sources may set fields that
    are not known here: names are computed, or sources are added. One that `keeps_extras` may have fields of
    any name.
    """

    symbol: Symbol
    module: Module
    node: ClassDef
    fields: tuple[Setting, ...]
    top_fields: tuple[Setting, ...]
    env_files: tuple[str, ...] | None
    has_secrets_dir: bool
    of_pydantic_1: bool
    is_open: bool
    keeps_extras: bool = False

    @property
    def name(self) -> str:
        """The class's name."""
        return self.node.name

    @property
    def all_fields(self) -> tuple[Setting, ...]:
        """Every field, each followed by its parts."""
        return tuple(field for top in self.top_fields for field in top.walk())

    @property
    def location(self) -> Location:
        """Its name in the class statement."""
        return self.module.span(self.node.name_start, self.node.name_start + len(self.node.name))


class Settings:
    """The settings classes of the service's runtime modules, by path and line."""

    def __init__(self, modules: Modules, symbols: Symbols, classes: Classes, annotations: Types) -> None:
        self._modules = modules
        self._symbols = symbols
        self._annotations = annotations
        self._classes = classes
        self._options = OptionReader(symbols, Literals(symbols))

    @cached_property
    def classes(self) -> tuple[SettingsClass, ...]:
        """Every class that derives from BaseSettings."""
        return tuple(self._class(module, symbol) for module, symbol in self._found)

    @cached_property
    def of_libraries(self) -> tuple[SettingsClass, ...]:
        """The settings classes of the repository's other packages, in modules of which it takes a name.

        It may take the class, its one object, or a function that makes it.
        """
        homes = {module.path: module for module in self._imported_homes()}
        found = (found for path in sorted(homes) for found in self._settings_of(homes[path]))
        return tuple(self._class(module, symbol) for module, symbol in found)

    def _imported_homes(self) -> Iterator[Module]:
        for module in self._modules.runtime:
            for statement in (one.statement for one in module.source.imports):
                if not isinstance(statement, ImportFrom):
                    continue
                home = self._modules.find_relative(statement.level, statement.module, module)
                if home is not None and home.path not in self._modules.by_path:
                    names = (alias.asname or alias.name for alias in statement.names)
                    found = (self._symbols.resolve(module, name) for name in names)
                    yield from (one.module for one in found if one.module)

    @cached_property
    def unclear(self) -> tuple[SettingsBase, ...]:
        """Classes named as settings whose base is a library's that archlint does not know."""
        return tuple(self._unclear())

    @cached_property
    def fields(self) -> tuple[Setting, ...]:
        """The own fields of all settings classes."""
        return tuple(field for one in self.classes for field in one.fields)

    @cached_property
    def _found(self) -> tuple[tuple[Module, Symbol], ...]:
        return tuple(found for module in self._modules.runtime for found in self._settings_of(module))

    def _settings_of(self, module: Module) -> Iterator[tuple[Module, Symbol]]:
        return ((module, one) for one in self._defined(module) if self._classes.is_settings(one))

    def _defined(self, module: Module) -> Iterator[Symbol]:
        for node in module.source.nodes.of(ClassDef):
            symbol = self._symbols.resolve(module, node.name)
            if symbol.node is node:
                yield symbol

    def _unclear(self) -> Iterator[SettingsBase]:
        for module, symbol in ((m, one) for m in self._modules.runtime for one in self._defined(m)):
            for base in self._symbols.bases(symbol):
                last = base.qualified.rpartition(".")[2]
                if base.module is None and last.endswith(("Settings", "Config")) and not self._is_known(base):
                    names = tuple(one.name for one in self._declared(symbol))
                    yield SettingsBase(module, symbol, base.qualified, names)

    @staticmethod
    def _is_known(base: Symbol) -> bool:
        return base.qualified.startswith(("pydantic.", "pydantic_settings."))

    def _class(self, module: Module, symbol: Symbol) -> SettingsClass:
        node = symbol.node
        assert isinstance(node, ClassDef)
        bases = self._symbols.bases(symbol)
        names = {base.qualified for base in bases}
        old = "pydantic_settings.BaseSettings" not in names
        options = self._options.of(symbol)
        naming = Naming(options, old)
        own = tuple(self._fields(symbol, naming))
        inherited: dict[str, Setting] = {}
        for base in (*reversed(bases), symbol):
            for name in taken_back(base.node):
                inherited.pop(name, None)
            found = own if base is symbol else self._fields(base, naming)
            inherited |= {field.name: field for field in found}
        fields = (*inherited.values(),)
        is_open = not naming.is_known or any(map(is_undecided, (symbol, *bases)))
        return SettingsClass(
            symbol, module, node, own, fields, options.files("env_file"),
            has_secrets_dir="secrets_dir" in options.given, of_pydantic_1=old,
            is_open=is_open or symbol in self._renamed,
            keeps_extras=options.text("extra") in {None, "allow"},
        )  # fmt: skip

    @cached_property
    def _renamed(self) -> frozenset[Symbol]:
        """The classes that a call gives another prefix or delimiter, as in `Settings(_env_prefix="X_")`."""
        return frozenset(
            self._symbols.resolve(module, func)
            for module in self._modules.runtime
            for func in called_with(module.source, "_env_prefix", "_env_nested_delimiter")
        )

    def _fields(self, symbol: Symbol, naming: Naming) -> Iterator[Setting]:
        for declared in self._declared(symbol):
            yield self._field(symbol, declared, naming, None, 0)

    def _declared(self, symbol: Symbol) -> Iterator[Declaration]:
        """The fields of a class's own body, those without an annotation, which Pydantic may refuse, too."""
        place = self._annotations.place_of(symbol)
        if place is None or not isinstance(symbol.node, ClassDef):
            return
        found = list(declarations(symbol.node, place, self._annotations))
        for statement in symbol.node.body:
            match statement:
                case Assign(targets=(Name(id=name),), annotation=None, value=value) if may_be_field(name):
                    if _is_default(value):
                        found.append(declaration(name, statement, place, self._annotations))
        yield from sorted(found, key=lambda one: one.statement.start)

    def _field(
        self,
        symbol: Symbol,
        declared: Declaration,
        naming: Naming,
        outer: tuple[VariablePath, ...] | None,
        depth: int,
    ) -> Setting:
        """A field of the settings class or, at a depth, of a model below the field at `outer`."""
        module, statement = symbol.module, declared.statement
        assert module is not None
        if outer is None:
            paths = naming.tops(declared.name, declared.keywords)
        else:
            paths = naming.inner(outer, declared.name, declared.keywords, self._options.of(symbol))
        types = None if statement.annotation is None else declared.type
        if is_computed(declared.statement.value, lambda func: self._resolved(symbol, func)):
            naming.is_known = False
        default, required = declared.default
        required = required and not (naming.of_pydantic_1 and types is not None and types.optional)
        return Setting(
            declared.name, module, module.location(statement), types,
            default.expression if isinstance(default, Written) else None, required,
            tuple(dict.fromkeys(map(naming.variable, paths))), naming.is_case_sensitive,
            tuple(self._parts(types, naming, paths, depth)),
            naming.beginnings(paths) if types is not None and self._is_mapping(types) else (),
        )  # fmt: skip

    def _parts(
        self, types: Type | None, naming: Naming, outer: tuple[VariablePath, ...], depth: int
    ) -> Iterator[Setting]:
        """The fields of the models and dataclasses that an annotation allows."""
        members = types.members if types is not None and depth < _MAX_NESTING else ()
        for found in (member.symbol for member in members if member.symbol is not None):
            bases = self._symbols.bases(found)
            if isinstance(found.node, ClassDef) and self._has_fields(found, bases):
                owners = (*bases[::-1], found)
                fields = {one.name: (owner, one) for owner in owners for one in self._declared(owner)}
                for owner, declared in fields.values():
                    naming.parts_left -= 1
                    if naming.parts_left > 0:
                        yield self._field(owner, declared, naming, outer, depth + 1)

    def _has_fields(self, found: Symbol, bases: tuple[Symbol, ...]) -> bool:
        """Whether Pydantic fills the class field by field."""
        assert isinstance(found.node, ClassDef)
        if any(base.qualified in pydantic_bases() for base in bases):
            return True
        decorators = (d.func if isinstance(d, Call) else d for d in found.node.decorators)
        return any(
            self._resolved(found, decorator).qualified in names_of("dataclass maker")
            for decorator in decorators
        )

    def _is_mapping(self, types: Type) -> bool:
        """Whether a variable may set one key of it; a typed dict is one."""
        found = [member.symbol for member in types.members if member.symbol is not None]
        bases = {base.qualified for one in found for base in self._symbols.bases(one)}
        names = {name.rpartition(".")[2] for name in (*bases, *(one.name for one in types.members))}
        return not names.isdisjoint(_MAPPINGS)

    def _resolved(self, symbol: Symbol, node: Expression) -> Symbol:
        assert symbol.module is not None
        return self._symbols.resolve(symbol.module, node, self._symbols.scope_of(symbol))


class SettingsBase(Struct, eq=False, frozen=True):
    """A class of the service that derives from a library's class, named as settings are.

    `names` are those of its own fields.
    """

    module: Module
    symbol: Symbol
    base: str
    names: tuple[str, ...]

    @property
    def location(self) -> Location:
        """Its name in the class statement."""
        node = self.symbol.node
        assert isinstance(node, ClassDef)
        return self.module.span(node.name_start, node.name_start + len(node.name))


def _is_default(value: Expression | None) -> bool:
    """Whether what a name without annotation gets looks like the default of a field."""
    match value:
        case Constant() | Sequence() | Dict():
            return True
        case Call(func=func):
            return last_name(func) in {"Field", "getenv", "config", "get"}
    return False
