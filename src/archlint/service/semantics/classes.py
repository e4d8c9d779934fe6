"""What a class is by what it derives from: a mapped class, a schema, settings."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Evaluate,
    Expression,
    Keyword,
    Name,
    Subscript,
)
from archlint.service.semantics.library_names import SQLMODEL, names_of, schema_bases
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import NOTHING, Symbol, Symbols
from archlint.service.semantics.type_checking import is_for_type_checkers


class Classes:
    """Answers for symbols that `Symbols` gave; what is no class is none of these."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._lineages: dict[Symbol, tuple[Symbol, ...]] = {}
        self._mapped: dict[Symbol, bool] = {}

    def is_mapped(self, symbol: Symbol) -> bool:
        """Whether SQLAlchemy maps the class to a table; abstract classes, mixins and bases are not mapped."""
        if symbol not in self._mapped:
            self._mapped[symbol] = self._maps(symbol)
        return self._mapped[symbol]

    def is_stored(self, symbol: Symbol) -> bool:
        """Whether the class is mapped, a document of another object mapper, or the symbol is a `Table`."""
        if isinstance(symbol.node, Assign) and isinstance(symbol.node.value, Call):
            return self._name(symbol, symbol.node.value.func) == "sqlalchemy.Table"
        return self.is_mapped(symbol) or (
            _is_class(symbol) and self._derives(symbol, names_of("document base"))
        )

    def class_of(self, symbol: Symbol) -> Symbol:
        """The class of the object that the name is given where it is bound, as `service = Service(…)`."""
        match symbol.node, symbol.module:
            case Assign(value=Call(func=func)), Module() as module:
                made = self._symbols.resolve(module, func)
                return made if _is_class(made) else NOTHING
        return NOTHING

    def is_constant(self, symbol: Symbol) -> bool:
        """Whether it is an enumeration, a class of such values, or a name for one that is nothing stored."""
        if isinstance(symbol.node, Assign):
            return not isinstance(symbol.node.value, Call)
        if isinstance(symbol.node, ClassDef) and _holds_constants(symbol.node):
            return True
        return _is_class(symbol) and self._derives(symbol, names_of("enumeration"))

    def is_schema(self, symbol: Symbol) -> bool:
        """Whether the class is a Pydantic model that is neither stored nor settings."""
        return (
            _is_class(symbol)
            and (self._derives(symbol, schema_bases()) or self._is_validated_dataclass(symbol))
            and not self.is_settings(symbol)
            and not self.is_stored(symbol)
        )

    def is_settings(self, symbol: Symbol) -> bool:
        """Whether the class reads its fields from the environment by Pydantic."""
        return _is_class(symbol) and self._derives(symbol, names_of("settings base"))

    def is_declarative_base(self, symbol: Symbol) -> bool:
        """Whether deriving from this makes a class mapped."""
        if symbol.qualified in names_of("mapped base"):
            return True
        if isinstance(symbol.node, Assign):
            return isinstance(symbol.node.value, Call) and self._makes_base(symbol, symbol.node.value)
        return isinstance(symbol.node, ClassDef) and self._is_base_class(symbol, symbol.node)

    def is_model_base(self, symbol: Symbol) -> bool:
        """Whether mapped classes derive from this: a declarative base, or a class between one and them."""
        if self.is_declarative_base(symbol) or not _is_class(symbol):
            return self.is_declarative_base(symbol)
        lineage = self._lineage(symbol)
        derived = any(self.is_declarative_base(base) or base.qualified == SQLMODEL for base in lineage)
        return derived and not self.is_mapped(symbol)

    def is_table_model(self, symbol: Symbol) -> bool:
        """Whether the class is mapped and a Pydantic model at once, as SQLModel's tables are."""
        return self.is_mapped(symbol) and self._derives(symbol, frozenset({SQLMODEL}))

    def has_untyped_columns(self, symbol: Symbol) -> bool:
        """Whether the class has columns, and says the type of none to a type checker."""
        if not isinstance(symbol.node, ClassDef) or self.is_table_model(symbol):
            return False
        fields = [item for item in symbol.node.body if isinstance(item, Assign)]
        called = (self._called(symbol, one.value) for one in fields if isinstance(one.value, Call))
        typed = any(isinstance(field.annotation, Subscript) for field in fields)
        return not typed and "sqlalchemy.Column" in called

    def _is_base_class(self, symbol: Symbol, node: ClassDef) -> bool:
        if any(base.qualified in names_of("declarative base") for base in self._symbols.direct_bases(symbol)):
            return True
        decorators = {self._called(symbol, decorator) for decorator in node.decorators}
        metaclass = next((keyword.value for keyword in node.keywords if keyword.name == "metaclass"), None)
        return (
            "sqlalchemy.orm.as_declarative" in decorators
            or self._name(symbol, metaclass) == "sqlalchemy.orm.DeclarativeMeta"
            or any(isinstance(base, Call) and self._makes_base(symbol, base) for base in node.bases)
        )

    def _makes_base(self, symbol: Symbol, call: Call) -> bool:
        """Whether the call is `declarative_base()`, or `generate_base()` of a registry."""
        if self._name(symbol, call.func) in names_of("declarative base maker"):
            return True
        match call.func:
            case Attribute(attr="generate_base", value=Call(func=maker)):
                return self._name(symbol, maker) == "sqlalchemy.orm.registry"
            case Attribute(attr="generate_base", value=owner):
                return self._is_registry(symbol, owner)
        return False

    def _maps(self, symbol: Symbol) -> bool:
        node = symbol.node
        if not isinstance(node, ClassDef) or _is_abstract(node) or self.is_declarative_base(symbol):
            return False
        if any(base.qualified in names_of("concrete base") for base in self._symbols.direct_bases(symbol)):
            return False  # what derives from it gets its columns
        lineage = self._lineage(symbol)
        if any(base.qualified == SQLMODEL for base in lineage):
            return any(_is_true(keyword, "table") for keyword in node.keywords)
        is_run = symbol.module is None or not is_for_type_checkers(symbol.module.source, node)
        return is_run and (
            any(self.is_declarative_base(base) for base in lineage)
            or any(self._is_mapping_decorator(symbol, decorator) for decorator in node.decorators)
            or (bool(node.bases) and _names_table(node))
        )

    def _is_mapping_decorator(self, symbol: Symbol, decorator: Expression) -> bool:
        target = decorator.func if isinstance(decorator, Call) else decorator
        match target:
            case Attribute(attr="mapped" | "mapped_as_dataclass", value=owner):
                return self._is_registry(symbol, owner)
        return self._name(symbol, target) == "sqlalchemy.orm.mapped_as_dataclass"

    def _is_registry(self, symbol: Symbol, owner: Expression) -> bool:
        if symbol.module is None:
            return False
        found = self._symbols.resolve(symbol.module, owner, self._symbols.scope_of(symbol))
        made = found.node.value if isinstance(found.node, Assign) else None
        return isinstance(made, Call) and self._name(found, made.func) == "sqlalchemy.orm.registry"

    def _is_validated_dataclass(self, symbol: Symbol) -> bool:
        decorators = symbol.node.decorators if isinstance(symbol.node, ClassDef) else ()
        return any(self._called(symbol, one) == "pydantic.dataclasses.dataclass" for one in decorators)

    def _derives(self, symbol: Symbol, names: frozenset[str]) -> bool:
        return any(base.qualified in names for base in self._lineage(symbol))

    def _lineage(self, symbol: Symbol) -> tuple[Symbol, ...]:
        if symbol not in self._lineages:
            self._lineages[symbol] = self._symbols.bases(symbol)
        return self._lineages[symbol]

    def _called(self, symbol: Symbol, decorator: Expression) -> str:
        return self._name(symbol, decorator.func if isinstance(decorator, Call) else decorator)

    def _name(self, symbol: Symbol, expression: Expression | None) -> str:
        """The qualified name of what an expression in the definition of `symbol` means."""
        if expression is None or symbol.module is None:
            return ""
        return self._symbols.resolve(symbol.module, expression, self._symbols.scope_of(symbol)).qualified


def _is_class(symbol: Symbol) -> bool:
    return isinstance(symbol.node, ClassDef)


def _holds_constants(node: ClassDef) -> bool:
    """Whether the class is but a place for values, which nobody makes objects of."""
    if node.bases or node.keywords or node.decorators:
        return False
    values = [one.value for one in node.body if isinstance(one, Assign)]
    others = (one for one in node.body if not isinstance(one, Assign))
    only_said = all(isinstance(one, Evaluate) and isinstance(one.value, Constant) for one in others)
    return bool(values) and only_said and not any(one is None or isinstance(one, Call) for one in values)


def _is_abstract(node: ClassDef) -> bool:
    return any(name == "__abstract__" and _is_literal_true(value) for name, value in _assignments(node))


def _names_table(node: ClassDef) -> bool:
    """Whether the class names its table by a literal, as only a mapped class does."""
    return any(
        name == "__tablename__" and isinstance(value, Constant) and isinstance(value.value, str)
        for name, value in _assignments(node)
    )


def _assignments(node: ClassDef) -> Iterator[tuple[str, Expression | None]]:
    for statement in node.body:
        if isinstance(statement, Assign):
            yield from (
                (target.id, statement.value) for target in statement.targets if isinstance(target, Name)
            )


def _is_true(keyword: Keyword, name: str) -> bool:
    return keyword.name == name and _is_literal_true(keyword.value)


def _is_literal_true(value: Expression | None) -> bool:
    return isinstance(value, Constant) and value.value is True
