"""`composite(…)`: the columns inside of it, named as `sqlalchemy/orm/descriptor_props.py` names them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from archlint.facts.syntax import Call, Expression
from archlint.facts.traversal import dotted
from archlint.service.interpreter.types import Type
from archlint.service.interpreter.values import ClassObject, Value, settled
from archlint.service.schema.sqlalchemy.annotated import MappedAnnotations
from archlint.service.schema.sqlalchemy.elements import ColumnSpec, is_column
from archlint.service.schema.sqlalchemy.values import Element, Untold


def is_composite(value: Value) -> bool:
    """Whether an attribute is a composite."""
    return isinstance(value, Element) and value.kind == "composite"


def composite_columns(
    item: Element, inner: Type | None, owner: ClassObject, annotations: MappedAnnotations
) -> Iterator[ColumnSpec]:
    """The columns of a composite that are no attributes of their own; a dataclass names and types them."""
    if not item.complete:
        raise Untold("the columns of a `composite(…)`")
    values = [settled(value) for value in item.args]
    made = values.pop(0) if values and isinstance(values[0], ClassObject) else None
    alternatives = inner.members if inner is not None else ()
    if made is None and len(alternatives) == 1 and alternatives[0].symbol is not None:
        made = annotations.types.class_value(alternatives[0].symbol)
    fields = dict(_fields(made)) if isinstance(made, ClassObject) else {}
    known = {id(settled(value)) for value in owner.namespace.values()}
    for name, value in zip_longest(fields, values):
        column = value if is_column(value) else None
        if value is not None and (column is None or id(column) in known):
            continue  # an attribute, by its name or by itself
        type_ = annotations.read(*fields[name]) if name in fields else None
        yield annotations.column(name or "", column, type_, owner)


def _fields(cls: ClassObject) -> Iterator[tuple[str, tuple[Expression, ClassObject]]]:
    """The fields of a dataclass, inherited ones first; none of another class."""
    for base in reversed(cls.lineage()):
        if isinstance(base, ClassObject) and _is_dataclass(base):
            yield from ((name, (annotation, base)) for name, annotation in base.annotations.items())


def _is_dataclass(cls: ClassObject) -> bool:
    names = (dotted(one.func if isinstance(one, Call) else one) or "" for one in cls.definition.decorators)
    return any(name.rpartition(".")[2] == "dataclass" for name in names)
