"""The attributes of mapped classes: which are columns, and which are relationships that load when read."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, Call, Constant, Expression, Name, Subscript
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.calls.functions import Class

_RELATIONSHIPS = frozenset({"Relationship", "relationship"})
_COLUMNS = frozenset({"Column", "Field", "column_property", "deferred", "mapped_column"})
_OTHERWISE = ("lazy", "selectin", "joined", "subquery", "raise", "noload", "dynamic", "write_only")


def mapped_attributes(cls: Class) -> frozenset[str]:
    """The names of columns and relationships of the class and its ancestors."""
    return frozenset(
        name
        for name, value, annotation in _fields(cls)
        if _called(value) in _COLUMNS | _RELATIONSHIPS or _is_mapped(annotation)
    )


def lazy_relationships(cls: Class) -> frozenset[str]:
    """The names of relationships of which nothing says when they are loaded, so that reading one does."""
    fields = list(_fields(cls))
    plain = {
        name
        for name, value, annotation in fields
        if _called(value) in _RELATIONSHIPS and not _says_when(value) and not _is_loaded_otherwise(annotation)
    }
    return frozenset(plain - {name for name, value, _ in fields if _says_when(value)})


def _fields(cls: Class) -> Iterator[tuple[str, Expression | None, Expression | None]]:
    """The names that the class's body and those of its ancestors set: the value, and the annotation."""
    for one in cls.lineage:
        for statement in one.node.body if isinstance(one, Class) else ():
            if isinstance(statement, Assign):
                for target in statement.targets:
                    if isinstance(target, Name):
                        yield target.id, statement.value, statement.annotation


def _called(value: Expression | None) -> str:
    name = dotted(value.func) if isinstance(value, Call) else None
    return (name or "").rpartition(".")[2]


def _is_mapped(annotation: Expression | None) -> bool:
    return isinstance(annotation, Subscript) and (dotted(annotation.value) or "").endswith("Mapped")


def _is_loaded_otherwise(annotation: Expression | None) -> bool:
    name = dotted(annotation.value) if isinstance(annotation, Subscript) else None
    return (name or "").rpartition(".")[2] in {"DynamicMapped", "WriteOnlyMapped"}


def _says_when(value: Expression | None) -> bool:
    """Whether the definition speaks of loading, by a keyword or in a dict of such."""
    if not isinstance(value, Call):
        return False
    keywords = {keyword.name for keyword in value.keywords}
    constants = (node.value for node in all_nodes(value) if isinstance(node, Constant))
    return not keywords.isdisjoint({"lazy", None}) or any(one in _OTHERWISE for one in constants)
