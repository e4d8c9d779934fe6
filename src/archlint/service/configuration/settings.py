"""The settings of a service: its classes that Pydantic fills from the environment, and their fields.

Which environment names a field is read from follows pydantic-settings: alias, else prefix and name; in a
nested model, the outer name, the delimiter and the inner one. Names are compared without regard to case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    Keyword,
    Name,
    Sequence,
    Subscript,
    walk_expressions,
)
from archlint.findings import Location
from archlint.service.interpreter.types import parsed
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.library_names import SCHEMA_BASES
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbol, Symbols

PYDANTIC_1 = frozenset(
    {"pydantic.BaseSettings", "pydantic.env_settings.BaseSettings", "pydantic.v1.BaseSettings"}
)
_FIELDS = frozenset({"pydantic.Field", "pydantic.v1.Field"})
_MAX_NESTING = 5


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """One field of a settings class or of a model nested in one.

    `types` are the qualified names in its annotation, None without one. `default` is the expression that
    gives the default, None where there is none or a factory makes it: `required` tells these apart.
    `environment` are the names of the variables that set it, in lower case.
    """

    name: str
    module: Module
    location: Location
    types: frozenset[str] | None
    default: Expression | None
    required: bool
    environment: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SettingsClass:
    """A class that derives from BaseSettings.

    `fields` are its own, `all_fields` also the inherited and nested ones. `env_files` are the files that it
    names, None where one is computed.
    """

    symbol: Symbol
    module: Module
    node: ClassDef
    fields: tuple[Setting, ...]
    all_fields: tuple[Setting, ...]
    env_files: tuple[str, ...] | None
    of_pydantic_1: bool

    @property
    def name(self) -> str:
        """The class's name."""
        return self.node.name

    @property
    def location(self) -> Location:
        """Its name in the class statement."""
        return self.module.span(self.node.name_start, self.node.name_start + len(self.node.name))


class Settings:
    """The settings classes of the service's runtime modules, by path and line."""

    def __init__(self, modules: Modules, symbols: Symbols, classes: Classes) -> None:
        self._modules = modules
        self._symbols = symbols
        self._classes = classes

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
        lineage = (symbol, *(base for base in self._symbols.bases(symbol) if isinstance(base.node, ClassDef)))
        options = [option for owner in lineage for option in _configuration(owner.node)]
        prefix = _text(options, "env_prefix") or ""
        delimiter = _text(options, "env_nested_delimiter")
        own = tuple(self._fields(symbol, prefix))
        inherited = {
            field.name: field for base in reversed(lineage[1:]) for field in self._fields(base, prefix)
        }
        flat = [*(inherited | {field.name: field for field in own}).values()]
        nested = [inner for field in flat for inner in self._nested(field, delimiter, 0)]
        first = {base.qualified for base in self._symbols.bases(symbol)}
        old = bool(first & PYDANTIC_1) and "pydantic_settings.BaseSettings" not in first
        return SettingsClass(symbol, module, node, own, (*flat, *nested), _env_files(options), old)

    def _fields(self, symbol: Symbol, prefix: str) -> Iterator[Setting]:
        if not isinstance(symbol.node, ClassDef) or symbol.module is None:
            return
        for statement in symbol.node.body:
            match statement:
                case Assign(targets=(Name(id=name),)) if not name.startswith("_") and name != "model_config":
                    if _is_field(statement):
                        yield self._field(symbol, statement, name, prefix)

    def _field(self, symbol: Symbol, statement: Assign, name: str, prefix: str) -> Setting:
        module = symbol.module
        assert module is not None
        keywords = self._keywords(symbol, statement)
        default, required = _default(statement.value, self._is_field_call(symbol, statement.value), keywords)
        aliases = [text for key in ("validation_alias", "alias", "env") for text in _texts(keywords.get(key))]
        environment = tuple(alias.lower() for alias in aliases) or ((prefix + name).lower(),)
        types = None if statement.annotation is None else frozenset(self._types(symbol, statement.annotation))
        place = module.location(statement)
        return Setting(name, module, place, types, default, required, environment)

    def _types(self, symbol: Symbol, annotation: Expression) -> Iterator[str]:
        """The names in the annotation; what `Annotated` adds to a type is no type."""
        match annotation:
            case Constant(value=str(text)) if text.strip():
                yield from self._types(symbol, parsed(text))
                return
            case Subscript(value=value, index=Sequence(items=items)) if (
                last_name(value) == "Annotated" and items
            ):
                yield from self._types(symbol, items[0])
                return
            case Subscript(value=value) if last_name(value) == "Literal":
                yield "typing.Literal"
                return
        for node in walk_expressions(annotation):
            if isinstance(node, Name | Attribute) and symbol.module is not None:
                yield self._symbols.resolve(symbol.module, node, self._symbols.scope_of(symbol)).qualified

    def _keywords(self, symbol: Symbol, statement: Assign) -> dict[str, Expression]:
        """The arguments of every `Field(…)` of the statement, as its value or in `Annotated[…]`."""
        found: dict[str, Expression] = {}
        parts = [part for part in (statement.annotation, statement.value) if part is not None]
        for part in parts:
            for node in walk_expressions(part):
                if self._is_field_call(symbol, node) and isinstance(node, Call):
                    found |= {keyword.name: keyword.value for keyword in node.keywords if keyword.name}
                    if node.args:
                        found["default"] = node.args[0]
        return found

    def _is_field_call(self, symbol: Symbol, node: Expression | None) -> bool:
        if not isinstance(node, Call) or symbol.module is None:
            return False
        return self._symbols.resolve(symbol.module, node.func).qualified in _FIELDS

    def _nested(self, field: Setting, delimiter: str | None, depth: int) -> Iterator[Setting]:
        """The fields of a model that is a field's type, under the names that a delimiter gives them."""
        for name in sorted(field.types or ()) if depth < _MAX_NESTING else ():
            symbol = self._symbols.resolve(field.module, name.rpartition(".")[2])
            if symbol.qualified != name or not isinstance(symbol.node, ClassDef):
                continue
            if any(base.qualified in SCHEMA_BASES for base in self._symbols.bases(symbol)):
                prefix = f"{field.environment[0]}{delimiter}" if delimiter else "\0"
                for inner in self._fields(symbol, prefix):
                    yield inner
                    yield from self._nested(inner, delimiter, depth + 1)


@dataclass(frozen=True, slots=True, eq=False)
class SettingsBase:
    """A class of the service that derives from a library's class, named as settings are."""

    module: Module
    symbol: Symbol
    base: str


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
    value: Expression | None, is_call: bool, keywords: dict[str, Expression]
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


def _configuration(node: object) -> Iterator[Keyword]:
    """The options of `model_config`, of the class statement, and of an inner `Config`."""
    if not isinstance(node, ClassDef):
        return
    yield from (keyword for keyword in node.keywords if keyword.name != "metaclass")
    for statement in node.body:
        match statement:
            case Assign(targets=(Name(id="model_config"),), value=Call(keywords=keywords)):
                yield from keywords
            case Assign(targets=(Name(id="model_config"),), value=Dict(items=items)):
                for key, value in items:
                    if isinstance(key, Constant) and isinstance(key.value, str):
                        yield Keyword(key.start, value.end, key.value, value)
            case ClassDef(name="Config", body=body):
                for inner in body:
                    match inner:
                        case Assign(targets=(Name(id=name),), value=given) if given is not None:
                            yield Keyword(inner.start, inner.end, name, given)


def _text(options: list[Keyword], name: str) -> str | None:
    value = next((option.value for option in options if option.name == name), None)
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _texts(value: Expression | None) -> Iterator[str]:
    """The names in an alias: a string, `AliasChoices(…)`, or a list of strings."""
    for node in walk_expressions(value) if value is not None else ():
        if isinstance(node, Constant) and isinstance(node.value, str):
            yield node.value


def _env_files(options: list[Keyword]) -> tuple[str, ...] | None:
    value = next((option.value for option in options if option.name == "env_file"), None)
    match value:
        case None | Constant(value=None):
            return ()
        case Constant(value=str(text)):
            return (text,)
        case Sequence(items=items):
            texts = [
                item.value for item in items if isinstance(item, Constant) and isinstance(item.value, str)
            ]
            return tuple(texts) if len(texts) == len(items) else None
    return None
