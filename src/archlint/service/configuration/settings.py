"""The settings of a service: its classes that Pydantic fills from the environment, and their fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    FunctionDef,
    Name,
    Return,
    Sequence,
    Subscript,
)
from archlint.facts.traversal import all_nodes, walk_expressions
from archlint.findings import Location
from archlint.service.api.class_options import OptionReader
from archlint.service.configuration.variable_names import Naming, Path
from archlint.service.interpreter.types import Type, Types
from archlint.service.interpreter.values import Written
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.constants import Literals
from archlint.service.semantics.library_names import names_of, pydantic_bases
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Scope, Symbol, Symbols

_SOURCES = frozenset({"init_settings", "env_settings", "dotenv_settings", "file_secret_settings"})
_MAX_NESTING = 5


class Setting(Struct, eq=False, frozen=True):
    """One field of a settings class or of a model nested in one.

    `type` is what its annotation means, None without one. `default` is the expression that
    gives the default, None where there is none or a factory makes it: `required` tells these apart.
    `environment` are the names of the variables that set it, in lower case unless the class tells cases
    apart; none for a field of a model without a delimiter. `parts` are the fields of models that it holds.
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

    def is_set_by(self, variables: Iterable[str]) -> bool:
        """Whether one of the variables sets it."""
        names = set(variables) if self.is_case_sensitive else {name.lower() for name in variables}
        return not names.isdisjoint(self.environment)

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
    are not known here: names are computed, or sources are added.
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
    def unclear(self) -> tuple[SettingsBase, ...]:
        """Classes named as settings whose base is a library's that archlint does not know."""
        return tuple(self._unclear())

    @cached_property
    def fields(self) -> tuple[Setting, ...]:
        """The own fields of all settings classes."""
        return tuple(field for one in self.classes for field in one.fields)

    @cached_property
    def _found(self) -> tuple[tuple[Module, Symbol], ...]:
        return tuple(
            (module, symbol) for module, symbol in self._candidates() if self._classes.is_settings(symbol)
        )

    def _candidates(self) -> Iterator[tuple[Module, Symbol]]:
        for module in self._modules.runtime:
            for node in module.source.nodes.of(ClassDef):
                symbol = self._symbols.resolve(module, node.name)
                if symbol.node is node:
                    yield module, symbol

    def _unclear(self) -> Iterator[SettingsBase]:
        for module, symbol in self._candidates():
            for base in self._symbols.bases(symbol):
                last = base.qualified.rpartition(".")[2]
                if base.module is None and last.endswith(("Settings", "Config")) and not self._is_known(base):
                    yield SettingsBase(module, symbol, base.qualified)

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
        inherited = {field.name: field for base in reversed(bases) for field in self._fields(base, naming)}
        fields = (*(inherited | {field.name: field for field in own}).values(),)
        is_open = not naming.is_known or any(_adds_sources(one.node) for one in (symbol, *bases))
        return SettingsClass(
            symbol, module, node, own, fields, options.files("env_file"),
            has_secrets_dir="secrets_dir" in options.given, of_pydantic_1=old,
            is_open=is_open or symbol in self._renamed,
        )  # fmt: skip

    @cached_property
    def _renamed(self) -> frozenset[Symbol]:
        """The classes that a call gives another prefix or delimiter, as in `Settings(_env_prefix="X_")`."""
        return frozenset(
            self._symbols.resolve(module, call.func)
            for module in self._modules.runtime
            for call in module.source.nodes.of(Call)
            if any(keyword.name in {"_env_prefix", "_env_nested_delimiter"} for keyword in call.keywords)
        )

    def _fields(self, symbol: Symbol, naming: Naming) -> Iterator[Setting]:
        for statement, name in _declared(symbol):
            yield self._field(symbol, statement, name, naming, None, 0)

    def _field(
        self,
        symbol: Symbol,
        statement: Assign,
        name: str,
        naming: Naming,
        outer: tuple[Path, ...] | None,
        depth: int,
    ) -> Setting:
        """A field of the settings class or, at a depth, of a model below the field at `outer`."""
        module = symbol.module
        assert module is not None
        given = self._keywords(symbol, statement)
        if outer is None:
            paths = naming.tops(name, given)
        else:
            paths = naming.inner(outer, name, given, self._options.of(symbol))
        keywords = {key: value.expression for key, value in given.items()}
        default, required = _default(statement.value, self._is_field_call(symbol, statement.value), keywords)
        annotation = statement.annotation
        types = (
            None if annotation is None else self._annotations.named(annotation, module, self._inside(symbol))
        )
        required = required and not (naming.of_pydantic_1 and types is not None and types.optional)
        return Setting(
            name, module, module.location(statement), types, default, required,
            tuple(dict.fromkeys(map(naming.variable, paths))), naming.is_case_sensitive,
            tuple(self._parts(types, naming, paths, depth)),
        )  # fmt: skip

    def _parts(
        self, types: Type | None, naming: Naming, outer: tuple[Path, ...], depth: int
    ) -> Iterator[Setting]:
        """The fields of the models and dataclasses that an annotation allows."""
        members = types.members if types is not None and depth < _MAX_NESTING else ()
        for found in (member.symbol for member in members if member.symbol is not None):
            bases = self._symbols.bases(found)
            if isinstance(found.node, ClassDef) and self._has_fields(found, bases):
                fields = {name: (owner, s) for owner in (*bases[::-1], found) for s, name in _declared(owner)}
                for name, (owner, statement) in fields.items():
                    naming.parts_left -= 1
                    if naming.parts_left > 0:
                        yield self._field(owner, statement, name, naming, outer, depth + 1)

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

    def _resolved(self, symbol: Symbol, node: Expression) -> Symbol:
        assert symbol.module is not None
        return self._symbols.resolve(symbol.module, node, self._symbols.scope_of(symbol))

    def _inside(self, symbol: Symbol) -> Scope:
        """The definitions around what stands in a class."""
        own = (symbol.node,) if isinstance(symbol.node, ClassDef) else ()
        return (*self._symbols.scope_of(symbol), *own)

    def _keywords(self, symbol: Symbol, statement: Assign) -> dict[str, Written]:
        """The arguments of every `Field(…)` of the statement, as its value or in `Annotated[…]`."""
        module = symbol.module
        assert module is not None
        scope = self._inside(symbol)
        found: dict[str, Written] = {}
        parts = [part for part in (statement.annotation, statement.value) if part is not None]
        for node in (node for part in parts for node in walk_expressions(part)):
            if self._is_field_call(symbol, node) and isinstance(node, Call):
                given = [(keyword.name, keyword.value) for keyword in node.keywords if keyword.name]
                given += [("default", node.args[0])] if node.args else []
                found |= {name: Written(module, scope, value) for name, value in given}
        return found

    def _is_field_call(self, symbol: Symbol, node: Expression | None) -> bool:
        if not isinstance(node, Call) or symbol.module is None:
            return False
        return self._symbols.resolve(symbol.module, node.func).qualified in names_of("field maker")


class SettingsBase(Struct, eq=False, frozen=True):
    """A class of the service that derives from a library's class, named as settings are."""

    module: Module
    symbol: Symbol
    base: str


def _declared(symbol: Symbol) -> Iterator[tuple[Assign, str]]:
    """The statements of a class that declare fields, with the fields' names."""
    for statement in symbol.node.body if isinstance(symbol.node, ClassDef) and symbol.module else ():
        match statement:
            case Assign(targets=(Name(id=name),)) if not name.startswith("_") and name != "model_config":
                if _is_field(statement):
                    yield statement, name


def _adds_sources(node: object) -> bool:
    """Whether a class puts other sources beside the environment, env files and secrets, or drops some."""
    for statement in node.body if isinstance(node, ClassDef) else ():
        if isinstance(statement, FunctionDef) and statement.name == "settings_customise_sources":
            returned = [one for one in all_nodes(statement) if isinstance(one, Return)]
            return not returned or not all(_gives_known_sources(one) for one in returned)
        if isinstance(statement, ClassDef) and statement.name == "Config":
            return any(getattr(inner, "name", "") == "customise_sources" for inner in statement.body)
    return False


def _gives_known_sources(returned: Return) -> bool:
    items = returned.value.items if isinstance(returned.value, Sequence) else ()
    names = {last_name(item) for item in items}
    return "env_settings" in names and names <= _SOURCES


def _is_field(statement: Assign) -> bool:
    """Whether Pydantic would take the statement for a field, or refuse it for its missing annotation."""
    if statement.annotation is not None:
        wrapper = statement.annotation
        target = wrapper.value if isinstance(wrapper, Subscript) else wrapper
        return last_name(target) != "ClassVar"
    match statement.value:
        case Constant() | Sequence() | Dict():
            return True
        case Call(func=func):
            return last_name(func) in {"Field", "getenv", "config", "get"}
    return False


def _default(
    value: Expression | None, is_call: bool, keywords: Mapping[str, Expression]
) -> tuple[Expression | None, bool]:
    """The expression of the default, and whether there is none of any kind."""
    if value is not None and not is_call:
        return (None, True) if _is_ellipsis(value) else (value, False)
    default = keywords.get("default")
    if default is not None and not _is_ellipsis(default):
        return default, False
    return None, "default_factory" not in keywords


def _is_ellipsis(value: Expression) -> bool:
    return isinstance(value, Name) and value.id == "..."
