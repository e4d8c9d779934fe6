"""Columns that annotations declare: SQLAlchemy's `Mapped[…]` and SQLModel's fields."""

from __future__ import annotations

from msgspec import Struct

from archlint.facts.syntax import Expression, Operator, Subscript
from archlint.facts.traversal import dotted
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.types import AnnotationContext, Type, Types
from archlint.service.interpreter.values import (
    ClassObject,
    External,
    ExternalObject,
    Native,
    Origin,
    Unresolved,
    Value,
    settled,
)
from archlint.service.schema.core.library_versions import Libraries
from archlint.service.schema.core.tables import SqlType
from archlint.service.schema.sqlalchemy.elements import ColumnSpec, is_column, read_column
from archlint.service.schema.sqlalchemy.types import enum_of_class, python_type, read_type
from archlint.service.schema.sqlalchemy.values import Element, EnumObject, Untold
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbols

MISSING = Unresolved("no default")


class MappedAnnotations(Struct, dict=True):
    """Reads annotations of the classes that a machine has evaluated."""

    machine: Machine
    symbols: Symbols
    libraries: Libraries

    def __post_init__(self) -> None:
        self.types = Types(self.machine, self.symbols)

    def read(self, annotation: Expression, owner: ClassObject) -> Type:
        """What the annotation in the class means."""
        return self.types.read(annotation, AnnotationContext(owner.module))

    def mapped(self, annotation: Expression | None, owner: ClassObject) -> Type | None:
        """What is in `Mapped[…]`; None for another annotation."""
        if annotation is None:
            return None
        index = annotation.index if isinstance(annotation, Subscript) else None
        if isinstance(index, Operator) and index.detail == ("constrained_type",):
            return Type("builtins.slice")  # `Mapped[uuid:UUID]`, which is no optional type
        found = self.read(annotation, owner)
        is_mapped = found.name.rpartition(".")[2] == "Mapped" and found.symbol is None
        return found.args[0] if is_mapped and found.args else None

    def column(self, name: str, item: Element | None, inner: Type | None, cls: ClassObject) -> ColumnSpec:
        """A column by its `mapped_column(…)`, its `Mapped[…]`, or both."""
        plain = item if inner is None or item is None else None
        if inner is None:
            if plain is None:
                raise Untold(f"column `{name}`")
            return read_column(plain, name)
        item = _merged(item, inner, cls)
        spec = read_column(item, name)
        if "nullable" not in item.keywords:
            known = bool(inner.name)
            optional = inner.optional if known and inner.name != "typing.Any" else None
            spec.column.nullable = False if spec.primary else optional
        explicit = any(not isinstance(a, str) and not _is_constraint(a) for a in map(settled, item.args))
        if spec.column.type is None and not explicit and "type_" not in item.keywords:
            spec.column.type = None if spec.foreign_keys else self._type(inner, cls)
        return spec

    def wrapped(self, name: str, item: Element, inner: Type | None, cls: ClassObject) -> ColumnSpec:
        """A column in `deferred(…)` or `column_property(…)`: its annotation gives only a type."""
        spec = read_column(item, name)
        if spec.column.type is None and inner is not None and not spec.foreign_keys:
            spec.column.type = self._type(inner, cls)
        return spec

    def _type(self, inner: Type, cls: ClassObject) -> SqlType | None:
        members = inner.members
        if len(members) != 1:
            return None
        (member,) = members
        chosen = class_member(cls, "type_annotation_map")
        if isinstance(chosen, dict):
            for key, value in chosen.items():
                wanted = self.types.of_value(key)
                if wanted.name and wanted == member and _same_metadata(wanted, member):
                    return read_type(value)
            if any(not self.types.of_value(key).name for key in chosen) and member.args:
                return None
        enumeration = self._enumeration(member)
        if enumeration is not None:
            template = next((v for k, v in (chosen or {}).items() if _is_enum_key(k)), None)
            return self._by_template(enumeration, template)
        if member.metadata and any(isinstance(m, External | ExternalObject) for m in member.metadata):
            return python_type(member.name) if all(map(is_column, member.metadata)) else None
        return python_type(member.name) if not member.args else None

    def _enumeration(self, found: Type) -> ClassObject | None:
        cls = None if found.symbol is None else self.types.class_value(found.symbol)
        return cls if cls is not None and enum_of_class(cls) is not None else None

    def _by_template(self, cls: ClassObject, template: Value) -> SqlType | None:
        """`type_annotation_map = {enum.Enum: Enum(…)}` gives its options to every enumeration."""
        if template is None:
            return enum_of_class(cls)
        if not isinstance(template, EnumObject):
            return None
        return read_type(EnumObject(template.kind, (cls,), template.keywords, template.place))

    def field(self, name: str, value: Value, annotation: Expression, owner: ClassObject) -> ColumnSpec | None:
        """A field of a SQLModel table; None for what is no column."""
        word = dotted(annotation.value) if isinstance(annotation, Subscript) else None
        if (word or "").rpartition(".")[2] == "ClassVar" or name.startswith("_") or name == "model_config":
            return None
        if isinstance(value, ExternalObject) and value.name.rpartition(".")[2] == "Relationship":
            return None
        found = self.read(annotation, owner)
        item = value if isinstance(value, Element) and value.kind == "Field" else None
        if isinstance(value, ExternalObject) and value.name.rpartition(".")[2] == "Field" and item is None:
            origin = Origin(owner.module, annotation)
            item = Element(value.name, value.args, value.keywords, origin)
        if item is not None and is_column(settled(item.keywords.get("sa_column"))):
            return read_column(settled(item.keywords["sa_column"]), name)
        if item is not None and item.keywords.get("sa_column") is not None:
            raise Untold(f"column `{name}`")
        default = value if item is None else item.get(0, "default", MISSING)
        if name not in owner.namespace:
            default = MISSING
        return self._plain_field(name, item, found, settled(default), Origin(owner.module, annotation))

    def _plain_field(
        self, name: str, item: Element | None, found: Type, default: Value, origin: Origin
    ) -> ColumnSpec:
        given = dict(item.keywords) if item is not None else {}
        if item is not None and not item.complete:
            raise Untold(f"column `{name}`")
        extra = settled(given.get("sa_column_kwargs")) or {}
        if not isinstance(extra, dict):
            raise Untold(f"column `{name}`")
        words: dict[str, Value] = {
            k: given[k] for k in ("primary_key", "unique", "index", "nullable") if k in given
        }
        args = list(settled(given.get("sa_column_args")) or ())
        target = settled(given.get("foreign_key"))
        if target is not None:
            options = {"ondelete": given["ondelete"]} if given.get("ondelete") is not None else {}
            args.append(Element("sqlalchemy.ForeignKey", (target,), options, origin))
        made = Element("sqlalchemy.Column", (name, *args), {**words, **extra}, origin)
        spec = read_column(made)
        if "nullable" not in made.keywords:
            spec.column.nullable = False if spec.primary else self._noneable(found, default)
        sa_type = settled(given.get("sa_type"))
        spec.column.type = read_type(sa_type) if sa_type is not None else self._field_type(found, given)
        return spec

    def _noneable(self, found: Type, given: Value) -> bool | None:
        """Whether a field may be None; Pydantic 1 also takes a default of None for that."""
        if found.name in {"", "typing.Any"}:
            return None
        return found.optional or (self.libraries.implicit_optional and given is None)

    def _field_type(self, found: Type, given: dict[str, Value]) -> SqlType | None:
        members = found.members
        if len(members) != 1 or members[0].metadata:
            return None
        (member,) = members
        enumeration = self._enumeration(member)
        plain = None if enumeration is None or self.libraries.enums_first else _mixed_in(enumeration)
        if enumeration is not None and plain is None:
            return enum_of_class(enumeration)
        if "builtins.str" in {member.name, plain} or member.name in names_of("written as text"):
            length = settled(given.get("max_length"))
            if length is None:
                return SqlType("VARCHAR")
            return SqlType(f"VARCHAR({length})") if isinstance(length, int) else None
        if member.name == "datetime.datetime":
            aware = self.libraries.aware_datetimes
            return (
                SqlType("TIMESTAMP WITH TIME ZONE")
                if aware
                else python_type(member.name)
                if aware is False
                else None
            )
        if member.name == "decimal.Decimal":
            digits, places = settled(given.get("max_digits")), settled(given.get("decimal_places"))
            if digits is None and places is None:
                return SqlType("NUMERIC")
            known = isinstance(digits, int) and isinstance(places, int)
            return SqlType(f"NUMERIC({digits}, {places})") if known else None
        return python_type(plain or member.name) if not member.args else None


def _mixed_in(cls: ClassObject) -> str | None:
    """`int` or `str` where an enumeration is one, too."""
    names = {base.name for base in cls.lineage() if isinstance(base, External)}
    names |= {f"builtins.{base.name}" for base in cls.bases if isinstance(base, Native)}
    texts = {"enum.StrEnum", "builtins.str"}
    return (
        "builtins.str"
        if names & texts
        else "builtins.int"
        if names & {"enum.IntEnum", "builtins.int"}
        else None
    )


def _merged(item: Element | None, inner: Type, cls: ClassObject) -> Element:
    """The attribute's `mapped_column(…)` over the one in `Annotated[…]`."""
    shared: Element | None = next((m for t in inner.walk() for m in t.metadata if is_column(m)), None)
    if item is None:
        return shared or Element("sqlalchemy.orm.mapped_column", (), {}, Origin(cls.module, cls.definition))
    if shared is None:
        return item
    keywords = {**shared.keywords, **item.keywords}
    complete = item.complete and shared.complete
    return Element(item.name, (*item.args, *shared.args), keywords, item.place, complete)


def _is_constraint(value: Value) -> bool:
    kinds = {"ForeignKey", "CheckConstraint", "Identity", "Computed", "Sequence"}
    return isinstance(value, Element) and value.kind in kinds


def _same_metadata(one: Type, other: Type) -> bool:
    mine = [m for m in one.metadata if not is_column(m)]
    theirs = [m for m in other.metadata if not is_column(m)]
    return len(mine) == len(theirs) and all(a is b or a == b for a, b in zip(mine, theirs, strict=True))


def _is_enum_key(key: Value) -> bool:
    return isinstance(key, External) and key.name in names_of("enumeration")
