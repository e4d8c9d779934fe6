"""SQLAlchemy's and Alembic's names for the interpreter: what calls of them give."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from msgspec.structs import replace

from archlint.facts.syntax import Expression, Node
from archlint.service.interpreter.assembly import python_models, semantics
from archlint.service.interpreter.machine import FunctionModel, Machine
from archlint.service.interpreter.values import (
    Arguments,
    ClassObject,
    Descriptor,
    External,
    ModuleObject,
    Origin,
    Value,
)
from archlint.service.schema.sqlalchemy import bases
from archlint.service.schema.sqlalchemy.decorated import BASES, is_type_class, make_type
from archlint.service.schema.sqlalchemy.elements import is_column
from archlint.service.schema.sqlalchemy.interpreter_models import stub
from archlint.service.schema.sqlalchemy.outside import Handed, handed_base
from archlint.service.schema.sqlalchemy.values import SORTING, Element, EnumObject, TableObject, element
from archlint.service.semantics.modules import Module, Modules

DECLARED = "declared_attr"
_BASE_CLASSES = frozenset(
    f"sqlalchemy.orm.{module}{name}.__init_subclass__"
    for module in ("", "decl_api.")
    for name in ("DeclarativeBase", "DeclarativeBaseNoMeta")
)
_TYPE_CLASSES = tuple(f".{name}.__subclass__" for name in sorted(BASES))
_LOWER = frozenset(
    {
        *("column", "column_property", "composite", "conv", "deferred", "literal_column", "mapped_column"),
        "text",
        *SORTING,
    }
)


def declared_type(function: Value) -> Expression | None:
    """What a function below `declared_attr` says that it returns; it may be a class method.

    SQLAlchemy asks that of a mixin or an abstract class, never of what a mapped class declares itself.
    """
    inner = function.function if isinstance(function, Descriptor) else function
    found: Expression | None = getattr(getattr(inner, "definition", None), "returns", None)
    return found


class LibraryMixins(Mapping[str, FunctionModel]):
    """Models by name; SQLAlchemy's names are known by their last part, from wherever they are imported.

    `*.name` models a method of that name, whatever object has it.
    """

    def __init__(self, known: Mapping[str, FunctionModel]) -> None:
        self._known = known

    def __getitem__(self, name: str) -> FunctionModel:
        method = self._known.get(f"*.{name.rpartition('.')[2]}")
        found = self._known.get(name) or method or _by_last_part(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _by_last_part(name: str) -> FunctionModel | None:
    if name.endswith(".run_sync"):
        return _run_sync
    if name in _BASE_CLASSES:
        return bases.derive
    if name.endswith(_TYPE_CLASSES):
        return make_type
    root = name.partition(".")[0]
    if root in {"sqlalchemy", "sqlmodel"} and not name.endswith(".__subclass__"):
        return _sqlalchemy(name)
    return None


def _run_sync(machine: Machine, arguments: Arguments) -> Value:
    """`await connection.run_sync(function, *args)`: the function gets a plain connection."""
    args = (External("sqlalchemy.Connection()"), *arguments.args[1:])
    inner = Arguments(args, arguments.keywords, arguments.place, arguments.complete)
    return machine.call(arguments.get(0, "fn"), inner)


def _sqlalchemy(name: str) -> FunctionModel | None:
    last = name.rpartition(".")[2]
    if "()" in name:
        return None
    if last == DECLARED or name.endswith((".declared_attr.directive", ".declared_attr.cascading")):
        return lambda machine, arguments: Descriptor(DECLARED, arguments.get(0, "fn"))
    if last in {"Enum", "ENUM"}:
        return lambda machine, arguments: EnumObject(
            last, arguments.args, arguments.keywords, arguments.place
        )
    if last == "Table":
        return _table
    if last in bases.MODELS:
        return bases.MODELS[last]
    return _element(name) if last[:1].isupper() or last in _LOWER else None


def _element(name: str) -> FunctionModel:
    """The model of a function that keeps its arguments; classes of types among them stand for an object."""
    plain = element(name)

    def model(machine: Machine, arguments: Arguments) -> Value:
        keywords = {key: _as_object(machine, value, arguments) for key, value in arguments.keywords.items()}
        args = tuple(_as_object(machine, value, arguments) for value in arguments.args)
        made = plain(machine, Arguments(args, keywords, arguments.place, arguments.complete))
        if name.endswith((".Index", ".UniqueConstraint")):
            machine.created.append(made)
        return made

    return model


def _as_object(machine: Machine, value: Value, arguments: Arguments) -> Value:
    if not is_type_class(value):
        return value
    return machine.call(value, Arguments((), {}, arguments.place))


def _table(machine: Machine, arguments: Arguments) -> Value:
    made = TableObject(arguments.args, arguments.keywords, arguments.place, arguments.complete)
    machine.created.append(made)
    return made


@dataclass(eq=False, repr=False)
class SchemaMachine(Machine):
    """An interpretation for models and revisions; `undecided` are tests that the source did not decide."""

    undecided: list[Node] = field(default_factory=list)
    tables: Mapping[str, Value] | None = None
    """What the metadata's `tables` are, once all models are read; None where it is not told."""

    handed_bases: list[Handed] = field(default_factory=list)

    copies: dict[tuple[ClassObject, str], Element] = field(default_factory=dict)
    """The columns of mixins as classes have them, `Model.id`: SQLAlchemy copies them for each model."""

    holders: dict[int, tuple[ClassObject, str]] = field(default_factory=dict)
    """The classes that have these, and under which names, by the columns' identities."""

    def known(self, found: External) -> Value:
        """The tables of a metadata are those of the models."""
        is_tables = found.name.endswith((".metadata.tables", ".MetaData().tables"))
        return self.tables if is_tables and self.tables is not None else super().known(found)

    def of_class(self, cls: ClassObject, name: str, found: Value) -> Value:
        """A mixin's column is another one in each class that has it."""
        if not is_column(found) or name in cls.namespace:
            return found
        if (cls, name) not in self.copies:
            self.copies[cls, name] = made = replace(found)
            self.holders[id(made)] = cls, name
        return self.copies[cls, name]

    def call(self, callee: Value, arguments: Arguments) -> Value:
        """A call that is handed the models' base may make tables, if nothing is known of what it gives."""
        found = super().call(callee, arguments)
        handed = handed_base(callee, arguments, found)
        if handed is not None:
            self.handed_bases.append(handed)
        return found

    def load(self, module: Module) -> ModuleObject:
        """A module's packages are executed before it, as Python does."""
        if module.path not in self.loaded:
            for package in reversed([*_packages(module, self.modules)]):
                super().load(package)
        return super().load(module)

    def imported(self, dotted: str, importer: Module) -> Value:
        """A library's mapped mixins are known by a stub."""
        found = super().imported(dotted, importer)
        module = stub(dotted) if isinstance(found, External) else None
        return found if module is None else self.load(module)

    @contextmanager
    def condition(self, place: Origin, why: str, by_default: bool | None = None) -> Iterator[None]:
        """What happens inside happens only under a condition."""
        self.undecided.append(place.node)
        with super().condition(place, why, by_default):
            yield


def _packages(module: Module, modules: Modules) -> Iterator[Module]:
    """The packages that a module is in, innermost first."""
    folder = posixpath.dirname(module.path)
    while (found := modules.by_path.get(posixpath.join(folder, "__init__.py"))) is not None:
        if found is not module:
            yield found
        folder, inner = posixpath.dirname(folder), folder
        if folder == inner:
            return


def schema_machine(modules: Modules, models: Mapping[str, FunctionModel]) -> SchemaMachine:
    """A fresh interpretation; `models` are added to those of SQLAlchemy and Python."""
    library = LibraryMixins({**python_models(), **_ALEMBIC, **models})
    return SchemaMachine(modules, semantics(library), lazy_includes=True)


_ALEMBIC: dict[str, FunctionModel] = {
    "alembic.context.is_offline_mode": lambda machine, arguments: False,
    "alembic.op.f": element("alembic.op.f"),
}
