"""The fields that the body of a Pydantic class declares, and what their `Field(…)` say.

Where `Types` has an interpretation behind it, values are evaluated; where not, they stay as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import zip_longest

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Evaluate,
    Expression,
    Name,
    Statement,
    Subscript,
)
from archlint.service.interpreter.fields import (
    arguments_of,
    is_class_variable,
    is_ellipsis,
    is_field_call,
    may_be_field,
)
from archlint.service.interpreter.types import AnnotationContext, Type, Types
from archlint.service.interpreter.values import External, ExternalObject, Value, Written


class Declaration(Struct, frozen=True, dict=True):
    """A statement that declares a field; `document` is the text below it.

    `value` is what is assigned, None where nothing is, `made` the `Field(…)` or its like that it is. `calls`
    are all of these, in `Annotated[…]` and assigned, the later ones stronger.
    """

    name: str
    statement: Assign
    type: Type
    value: Value
    made: ExternalObject | None
    calls: tuple[ExternalObject, ...]
    document: str | None

    @cached_property
    def keywords(self) -> dict[str, Value]:
        """The arguments of its calls, a default given by its place among them."""
        found: dict[str, Value] = {}
        for call in self.calls:
            found |= arguments_of(call)
        return found

    @cached_property
    def default(self) -> tuple[Value, bool]:
        """The default's value, None where a factory makes it, and whether the field is required."""
        is_plain = self.statement.value is not None and self.made is None
        if not is_plain and "default_factory" in self.keywords:
            return None, False
        found = self.value if is_plain else self.keywords.get("default", External("..."))
        return (None, True) if is_ellipsis(found) else (found, False)


def declarations(node: ClassDef, place: AnnotationContext, types: Types) -> Iterator[Declaration]:
    """The fields of a class's own body, in reading order; `place` is inside of the class."""
    for statement, following in zip_longest(node.body, node.body[1:]):
        match statement:
            case Assign(targets=(Name(id=name), *_), annotation=annotation) if annotation is not None:
                if may_be_field(name) and not is_class_variable(annotation):
                    yield declaration(name, statement, place, types, text_of(following))


def declaration(
    name: str, statement: Assign, place: AnnotationContext, types: Types, document: str | None = None
) -> Declaration:
    """What a statement says of the field."""
    found = types.read(statement.annotation, place)
    value = types.evaluate(statement.value, place) if statement.value is not None else None
    *annotated, made = (_call(one, types) for one in (*found.metadata, value))
    calls = tuple(one for one in (*annotated, made) if one is not None)
    return Declaration(name, statement, found, value, made, calls, document)


def _call(value: Value, types: Types) -> ExternalObject | None:
    """The `Field(…)` that a value is, evaluated or only written."""
    match value:
        case Written(module=module, scope=scope, expression=Call(func=func, args=args, keywords=keywords)):
            name = types.read(func, AnnotationContext(module, scope)).name
            given = {k.name: Written(module, scope, k.value) for k in keywords if k.name is not None}
            value = ExternalObject(name, [Written(module, scope, one) for one in args], given)
    return value if is_field_call(value) else None


def text_of(statement: Statement | None) -> str | None:
    """The text that a statement is, as below a field or a `def`."""
    match statement:
        case Evaluate(value=Constant(value=str(found))):
            return found
    return None


def presence(annotation: Expression | None) -> bool | None:
    """Whether `Required[…]` or `NotRequired[…]` says of a typed dict's key that it must be there."""
    match annotation:
        case Subscript(value=Name(id="Required") | Attribute(attr="Required")):
            return True
        case Subscript(value=Name(id="NotRequired") | Attribute(attr="NotRequired")):
            return False
    return None
