"""Tables from models: mapped classes, SQLModel tables and `Table(…)` objects of the loaded modules.

Which attribute of which class becomes a column of which table follows `sqlalchemy/orm/decl_base.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct, field

from archlint.facts.syntax import Expression
from archlint.findings import Location, Unknown
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.values import (
    Arguments,
    ClassObject,
    Descriptor,
    External,
    Frame,
    Identified,
    Origin,
    Unresolved,
    Value,
    settled,
    text,
)
from archlint.service.schema.core.library_versions import Libraries
from archlint.service.schema.core.naming import Convention, class_table_name
from archlint.service.schema.core.tables import Table, TableKey
from archlint.service.schema.sqlalchemy.annotated import MappedAnnotations
from archlint.service.schema.sqlalchemy.composites import composite_columns, is_composite
from archlint.service.schema.sqlalchemy.elements import Builder, ColumnSpec, is_column, location
from archlint.service.schema.sqlalchemy.interpreter_models import FOLDER
from archlint.service.schema.sqlalchemy.library_mixins import DECLARED, SchemaMachine, declared_type
from archlint.service.schema.sqlalchemy.loose_elements import loose_elements, name_of
from archlint.service.schema.sqlalchemy.merging import complete_types, note_options, note_override
from archlint.service.schema.sqlalchemy.metadata import (
    assigned_to_metadata,
    foreign_bases,
    is_neutral,
    is_sqlmodel,
    metadata_of,
    schema_of,
    shaping_metaclass,
)
from archlint.service.schema.sqlalchemy.values import Element, TableObject, Untold
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbols

EVERY = External("every metadata")
"""The target of which all models are."""

_WRAPPERS = frozenset({"deferred", "column_property"})


class MappedModel(Identified, Struct, eq=False, dict=True):
    """A class or `Table(…)` with the table that it declares; `module` is where it is."""

    module: Module
    name: str
    place: Location
    table: Table
    metadata: Value


class Models(Struct, dict=True):
    """The models of the modules that a machine has loaded."""

    machine: SchemaMachine
    symbols: Symbols
    classes: Classes
    target: Value
    libraries: Libraries
    unknown: list[Unknown] = field(default_factory=list)
    made: dict[int, tuple[TableKey, str]] = field(default_factory=dict)
    """What became of each column object, by its identity."""

    owned: dict[tuple[ClassObject, str], tuple[TableKey, str]] = field(default_factory=dict)
    """What became of the columns that a class has under a name."""

    untold_indexes: set[str] = field(default_factory=set)
    """Names of indexes of which the source does not tell the table."""

    def __post_init__(self) -> None:
        self.annotations = MappedAnnotations(self.machine, self.symbols, self.libraries)

    def read(self) -> list[MappedModel]:
        """All models of the target metadata, in order of their modules."""
        classes = [cls for cls in self._classes() if self._selected(cls)]
        models: dict[int, MappedModel] = {}
        pending: list[tuple[ClassObject, MappedModel, list[ColumnSpec]]] = []
        for cls in sorted(classes, key=lambda cls: len(cls.lineage())):
            model = self._model(cls, models)
            if model is not None:
                models[id(cls)] = model
                specs = self._attempt(model, lambda cls=cls, model=model: self._columns(cls, model))
                pending.append((cls, model, specs or []))
        tables = [(made, model) for made in self._table_objects() if (model := self._table_model(made))]
        for cls, model, specs in pending:
            self._attempt(model, lambda m=model, s=specs: self._builder(m).add_columns(m.table, s))
            self._attempt(model, lambda m=model, c=cls: self._arguments(c, m))
        for made, model in tables:
            note_options(model.table, made.keywords)
            self._attempt(model, lambda m=model, t=made: self._builder(m).fill(m.table, t.args[2:]))
        found = list({id(m.table): m for m in [*models.values(), *(model for _, model in tables)]}.values())
        self._add_loose_elements(found)
        complete_types([model.table for model in found])
        return found

    def _add_loose_elements(self, models: list[MappedModel]) -> None:
        """Add what stands beside the classes to the tables of its columns."""
        owners = {id(model.table): model for model in models}
        tables = {model.table.key: model.table for model in models}
        placed = {index.name for model in models for index in model.table.indexes}
        placed |= {unique.name for model in models for unique in model.table.uniques if unique.name}
        for element, table in list(loose_elements(self.machine.created, tables, self._locate)):
            name = name_of(element)
            if table is not None:
                owner = owners[id(table)]
                self._attempt(owner, lambda m=owner, e=element: self._builder(m).add(m.table, e))
            elif name is not None and name not in placed:
                self.untold_indexes.add(name)

    def _attempt(self, model: MappedModel, action: object) -> list[ColumnSpec] | None:
        assert callable(action)
        try:
            result: list[ColumnSpec] | None = action()
        except Untold as untold:
            model.table.unknown = model.table.unknown or str(untold)
            return None
        return result

    def _classes(self) -> Iterator[ClassObject]:
        """The mapped classes of the loaded modules, those that functions make included."""
        for cls in sorted(self.machine.classes, key=lambda cls: cls.module.path):
            loaded = self.machine.loaded.get(cls.module.path)
            bound = None if loaded is None else loaded.namespace.get(cls.definition.name)
            if (bound is cls and self._is_mapped(cls)) or (bound is not cls and self._is_local_model(cls)):
                yield cls

    def _is_mapped(self, cls: ClassObject) -> bool:
        """Whether SQLAlchemy maps the class to a table."""
        symbol = self.symbols.resolve(cls.module, cls.definition.name)
        return symbol.node is cls.definition and self.classes.is_mapped(symbol)

    def _is_local_model(self, cls: ClassObject) -> bool:
        """Whether a class that a function or class body makes names a table of its own."""
        inside = cls.definition not in cls.module.source.body
        named = class_member(cls, "__tablename__") is not None or "__table__" in cls.namespace
        return inside and named and "__abstract__" not in cls.namespace and metadata_of(cls) is not None

    def _selected(self, cls: ClassObject) -> bool:
        """Whether the class belongs to the target metadata."""
        if self.target is EVERY:
            return True
        own = metadata_of(cls)
        if own is not None:
            return any(own is target for target in self._targets)
        names = [target.name for target in self._targets if isinstance(target, External)]
        return any(is_sqlmodel(cls) == ("SQLModel" in name) for name in names)

    @cached_property
    def convention(self) -> Convention:
        """The naming convention of the target metadata, its first where it has several."""
        return self._convention(self._targets[0])

    def _convention(self, metadata: Value) -> Convention:
        given: Value = metadata.keywords.get("naming_convention") if isinstance(metadata, Element) else None
        given = settled(given if self._assigned is None else self._assigned)
        if given is None:
            return Convention()
        return Convention(given if isinstance(given, dict) else dict.fromkeys(("ix", "uq", "ck", "fk", "pk")))

    @cached_property
    def _assigned(self) -> Value:
        """What a module assigns to `….metadata.naming_convention`, which is taken to be every metadata's."""
        given: Value = None
        for loaded in list(self.machine.loaded.values()):
            for value in assigned_to_metadata(loaded.module, "naming_convention"):
                given = self.machine.evaluate(Frame(loaded, loaded.namespace), value)
        return given

    def _builder(self, model: MappedModel) -> Builder:
        return Builder(self._convention(model.metadata), schema_of(model.metadata), locate=self._locate)

    def _locate(self, value: Value) -> tuple[TableKey, str] | None:
        """The table and column of a column; a mixin's is that of the class which has it, or its parent."""
        if not is_column(value):
            return None
        cls, name = self.machine.holders.get(id(value), (None, ""))
        lineage = cls.lineage() if cls is not None else ()
        found = (self.owned.get((one, name)) for one in lineage if isinstance(one, ClassObject))
        return next(filter(None, found), self.made.get(id(value)))

    def _model(self, cls: ClassObject, models: dict[int, MappedModel]) -> MappedModel | None:
        """The model of a class; one without a table of its own shares its parent's."""
        spot = cls.module.span(
            cls.definition.name_start, cls.definition.name_start + len(cls.definition.name)
        )
        try:
            name = self._table_name(cls)
        except Untold as untold:
            self.unknown.append(Unknown(f"the table of `{cls.definition.name}`", spot, str(untold)))
            return None
        if name is None:
            parents = (models.get(id(base)) for base in cls.lineage()[1:])
            parent = next((model for model in parents if model is not None), None)
            return (
                None
                if parent is None
                else MappedModel(cls.module, cls.definition.name, spot, parent.table, metadata_of(cls))
            )
        table = Table(name, self._schema(cls), place=spot)
        foreign = [b for b in foreign_bases(cls) if not is_neutral(b)]
        if foreign:
            table.unknown = f"`{cls.definition.name}` derives from what archlint cannot see"
        shaping = shaping_metaclass(self.machine, cls)
        if shaping is not None:
            table.unknown = f"the metaclass `{shaping.name}` may give `{cls.definition.name}` other columns"
        return MappedModel(cls.module, cls.definition.name, spot, table, metadata_of(cls))

    def _unmapped(self, cls: ClassObject) -> list[ClassObject]:
        """The class and the mixins that give it columns, nearest first."""
        lineage = [base for base in cls.lineage() if isinstance(base, ClassObject)]
        parents = [base for base in lineage[1:] if self._is_mapped(base)]
        given = {id(b) for parent in parents for b in parent.lineage()}
        return [base for base in lineage if base is cls or id(base) not in given]

    def _directive(self, cls: ClassObject, name: str, sources: Iterable[ClassObject]) -> Value:
        """A `__dunder__` of the class or its mixins, called where it is declared by a function."""
        found = next((base.namespace[name] for base in sources if name in base.namespace), None)
        if isinstance(found, Descriptor):
            place = Origin(cls.module, cls.definition)
            return settled(self.machine.call(found.function, Arguments((cls,), {}, place)))
        return settled(found)

    def _table_name(self, cls: ClassObject) -> str | None:
        classes = (base for base in cls.lineage() if isinstance(base, ClassObject))
        own = [base for base in classes if base is cls or not self._is_mapped(base)]
        found = self._directive(cls, "__tablename__", own)
        if "__table__" in cls.namespace or (found is None and not is_sqlmodel(cls)):
            return None
        if found is None:
            return class_table_name(cls.definition.name)
        if text(found) is None:
            raise Untold(f"`__tablename__` of `{cls.definition.name}` is computed")
        return text(found)

    def _table_args(self, cls: ClassObject) -> tuple[list[Value], dict[str, Value]]:
        found = self._directive(cls, "__table_args__", self._unmapped(cls))
        if found is None:
            return [], {}
        if isinstance(found, dict):
            return [], found
        if not isinstance(found, list | tuple):
            raise Untold(f"`__table_args__` of `{cls.definition.name}` are computed")
        items = [settled(item) for item in found]
        options = items[-1] if items and isinstance(items[-1], dict) else {}
        return [item for item in items if not isinstance(item, dict)], options

    def _schema(self, cls: ClassObject) -> str | None:
        try:
            _, options = self._table_args(cls)
        except Untold:
            return None
        found = text(options.get("schema", schema_of(metadata_of(cls))))
        return None if found == "public" else found

    def _columns(self, cls: ClassObject, model: MappedModel) -> list[ColumnSpec]:
        """The columns that the class adds to its table, its own and its mixins'.

        Whatever else a class assigns to the name of a mixin's column takes that back.
        """
        specs: dict[str, ColumnSpec] = {}
        assigned: set[str] = set()
        for owner in reversed(self._unmapped(cls)):
            names = dict.fromkeys([*owner.annotations, *owner.namespace])
            for name in names:
                if not name.startswith("__"):
                    before = specs.get(name)
                    self._column(cls, owner, name, model, specs)
                    if (
                        before is not None
                        and specs[name] is before
                        and name in assigned & owner.namespace.keys()
                    ):
                        del specs[name]
            assigned.update(owner.namespace)
        return list(specs.values())

    def _column(
        self,
        cls: ClassObject,
        owner: ClassObject,
        name: str,
        model: MappedModel,
        specs: dict[str, ColumnSpec],
    ) -> None:
        value = settled(owner.namespace.get(name))
        annotation = owner.annotations.get(name)
        if isinstance(value, Descriptor) and value.kind == DECLARED:
            place = Origin(cls.module, cls.definition)
            annotation = None if owner is cls else declared_type(value.function)
            value = settled(self.machine.call(value.function, Arguments((cls,), {}, place)))
            if isinstance(value, Unresolved):
                raise Untold(f"column `{name}`: {value.why}")
        if is_composite(value):
            inner = self.annotations.mapped(annotation, owner)
            for part in composite_columns(value, inner, owner, self.annotations):
                specs[part.column.name] = part
            return
        spec = self._spec(cls, owner, name, value, annotation)
        if spec is not None:
            note_override(spec, specs.get(name), annotated=name not in owner.namespace)
            if owner.module.path.startswith(FOLDER):
                spec.column.place = None
            specs[name] = spec
            if isinstance(value, Element):
                inner = value.args[0] if value.kind in _WRAPPERS else value.keywords.get("sa_column", value)
                self.made[id(inner)] = self.owned[cls, name] = (model.table.key, spec.column.name)

    def _spec(
        self, cls: ClassObject, owner: ClassObject, name: str, value: Value, annotation: Expression | None
    ) -> ColumnSpec | None:
        if isinstance(value, Element) and value.kind in _WRAPPERS:
            value = settled(value.args[0]) if value.args else None
            if not is_column(value):
                return None
            return self.annotations.wrapped(name, value, self.annotations.mapped(annotation, owner), cls)
        if is_sqlmodel(cls) and not is_column(value):
            return None if annotation is None else self.annotations.field(name, value, annotation, owner)
        inner = self.annotations.mapped(annotation, owner)
        if is_column(value):
            return self.annotations.column(name, value, inner, cls)
        if isinstance(value, Unresolved) and (inner is not None or annotation is None):
            raise Untold(f"attribute `{name}`: {value.why}")
        if inner is not None and name not in owner.namespace:
            spec = self.annotations.column(name, None, inner, cls)
            spec.column.place = owner.module.location(annotation) if annotation is not None else None
            return spec
        return None

    def _arguments(self, cls: ClassObject, model: MappedModel) -> None:
        items, options = self._table_args(cls)
        note_options(model.table, options)
        for item in items:
            self._builder(model).add(model.table, item)

    def _table_objects(self) -> Iterator[TableObject]:
        for made in self.machine.created:
            if (
                isinstance(made, TableObject)
                and len(made.args) > 1
                and self._holds(settled(made.args[1]), made)
            ):
                yield made

    def _holds(self, metadata: Value, made: TableObject) -> bool:
        """Whether a metadata is one of the target's."""
        if self.target is EVERY:
            return True
        if not isinstance(metadata, Element | External):
            place = location(made.place)
            self.unknown.append(Unknown("a `Table(…)`", place, "the source does not tell its metadata"))
        named = {target.name for target in self._targets if isinstance(target, External)}
        return any(metadata is target for target in self._targets) or (
            isinstance(metadata, External) and metadata.name in named
        )

    @cached_property
    def _targets(self) -> tuple[Value, ...]:
        several = isinstance(self.target, list | tuple)
        return tuple(map(settled, self.target if several else (self.target,)))

    def _table_model(self, made: TableObject) -> MappedModel | None:
        module, name = made.place.module, text(made.args[0])
        spot = location(made.place)
        if name is None:
            self.unknown.append(Unknown("a `Table(…)`", spot, "its name is computed"))
            return None
        schema = text(made.keywords.get("schema", schema_of(settled(made.args[1]))))
        table = Table(name, None if schema == "public" else schema, place=spot)
        if not made.complete:
            table.unknown = "its arguments are computed"
        for item in map(settled, made.args[2:]):
            if is_column(item) and item.args and text(item.args[0]) is not None:
                self.made[id(item)] = (table.key, text(item.args[0]) or "")
        return MappedModel(module, name, spot, table, settled(made.args[1]))
