"""What an annotation or an assignment says of a field of a model."""

from __future__ import annotations

from archlint.facts.syntax import (
    Attribute,
    Constant,
    Expression,
    Name,
    Sequence,
    Subscript,
)


def presence(annotation: Expression) -> bool | None:
    """Whether `Required[…]` or `NotRequired[…]` says of a typed dict's key that it must be there."""
    match annotation:
        case Subscript(value=Name(id="Required") | Attribute(attr="Required")):
            return True
        case Subscript(value=Name(id="NotRequired") | Attribute(attr="NotRequired")):
            return False
    return None


def names_field(name: str, annotation: Expression) -> bool:
    """Whether an annotated name of a class is a field of the model."""
    return not name.startswith("_") and name != "model_config" and not is_class_variable(annotation)


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
