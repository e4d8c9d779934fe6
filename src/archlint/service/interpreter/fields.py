"""What a class of fields declares: a Pydantic model, a dataclass, a named tuple.

Which of its annotations are fields, and what their `Field(…)` says, evaluated or only written.
"""

from __future__ import annotations

from typing import TypeGuard

from archlint.facts.syntax import Attribute, Constant, Expression, Name, Sequence, Subscript
from archlint.service.interpreter.values import ClassObject, External, ExternalObject, Value, Written, text
from archlint.service.semantics.library_names import pydantic_bases

_MAKERS = frozenset(
    {"Field", "PrivateAttr", "Relationship", "field"}
    | {"Query", "Path", "Header", "Cookie", "Body", "Form", "File"}  # FastAPI's are fields, too
)


def is_field_call(value: Value) -> TypeGuard[ExternalObject]:
    """Whether a value is a `Field(…)` or its like."""
    return isinstance(value, ExternalObject) and value.name.rpartition(".")[2] in _MAKERS


def arguments_of(call: ExternalObject) -> dict[str, Value]:
    """The arguments of a `Field(…)` by name, a default given by its place among them."""
    return ({"default": call.args[0]} if call.args else {}) | dict(call.keywords)


def is_ellipsis(value: Value) -> bool:
    """Whether a default is `...`, with which a field is required."""
    match value:
        case External(name="...") | Written(expression=Name(id="...")):
            return True
    return False


def may_be_field(name: str) -> bool:
    """Whether a name of a class can be a field of the model."""
    return not name.startswith("_") and name != "model_config"


def is_class_variable(annotation: Expression) -> bool:
    """Whether the annotation is `ClassVar[…]`."""
    match annotation:
        case Subscript(value=Name(id="ClassVar") | Attribute(attr="ClassVar")) | Name(id="ClassVar"):
            return True
        case Constant(value=str(written)):
            return written.startswith(("ClassVar", "typing.ClassVar"))
        case Subscript(index=Sequence(items=(first, *_))):
            return is_class_variable(first)
    return False


def field_names(cls: ClassObject) -> list[str]:
    """The fields of a class and its ancestors in the repository, in the order of a generated `__init__`."""
    own = (base for base in reversed(cls.lineage()) if isinstance(base, ClassObject))
    annotations = {name: annotation for base in own for name, annotation in base.annotations.items()}
    is_model = cls.derives_from(pydantic_bases())
    return [
        name
        for name, annotation in annotations.items()
        if not is_class_variable(annotation) and (may_be_field(name) or not is_model)
    ]


def field_call(cls: ClassObject, name: str) -> dict[str, Value]:
    """What the `Field(…)` that is assigned to a field says of it."""
    own = (base.namespace.get(name) for base in cls.lineage() if isinstance(base, ClassObject))
    found = next((value for value in own if value is not None), None)
    return arguments_of(found) if is_field_call(found) else {}


def keyword_of(cls: ClassObject, name: str) -> str:
    """The keyword that sets a field: the field's alias, if it has one."""
    said = field_call(cls, name)
    return text(said.get("validation_alias", said.get("alias"))) or name
