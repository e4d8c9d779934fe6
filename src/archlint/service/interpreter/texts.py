"""Texts made of values: f-strings, `str()`, `%` and `.format()`, as Python writes each kind of value.

A member of an enumeration is not its value: `str()` gives `Version.V1`, also of a `(str, Enum)`; only
`StrEnum` and `IntEnum` give their values. Before Python 3.11 a mixed-in type's own formatting served
f-strings and `.format()`, and `str()` of an `IntEnum` named the member.
https://docs.python.org/3/library/enum.html#enum.ReprEnum
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from archlint.facts.syntax import Constant, Expression, FString
from archlint.service.interpreter.attributes import attribute, class_member
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.partial_texts import KnownText, PartialText, TextPiece, assembled, size
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    Choice,
    ClassObject,
    Configured,
    Descriptor,
    Frame,
    FunctionObject,
    InstanceObject,
    Member,
    Native,
    Origin,
    Unresolved,
    Value,
    configured,
    each,
    settled,
)
from archlint.service.semantics.library_names import names_of

_PLAIN_TYPES = frozenset({"str", "int", "float"})
_FIELD = re.compile(r"({\w*}|{{|}})")
"""What `.format()` may hold to be followed: fields without attributes, conversions and specifications."""

_PERCENT = re.compile(r"(%[sd%])")


def fstring(machine: Machine, frame: Frame, node: FString) -> Value:
    """The text of an f-string; of several where one piece is one of several."""
    values = [machine.evaluate(frame, part) for part in node.parts]
    chosen = {id(value): value for value in values if isinstance(value, Choice)}
    if len(chosen) != 1:
        return _joined(machine, frame, node, values)
    [one] = chosen.values()
    ways = ([option if value is one else value for value in values] for option in one.values)
    return each(one, [_joined(machine, frame, node, pieces) for pieces in ways])


def _joined(machine: Machine, frame: Frame, node: FString, values: list[Value]) -> Value:
    parts = zip(node.parts, values, strict=True)
    pieces = [_piece(machine, frame, node, part, value) for part, value in parts]
    if not machine.affords(sum(map(size, pieces))):
        return machine.unresolved(frame, node, "the text is too long to follow")
    source = next((value.source for value in reversed(values) if isinstance(value, Configured)), None)
    joined = assembled(pieces)
    return configured(joined, source) if source and isinstance(joined, str | PartialText) else joined


def _piece(machine: Machine, frame: Frame, node: FString, part: Expression, value: Value) -> TextPiece:
    is_written = isinstance(part, Constant) and isinstance(part.value, str)
    if not node.plain and not is_written:
        return machine.unresolved(frame, node, "the text is formatted in a way that archlint does not follow")
    why = value.why if isinstance(value, Unresolved) else "a part of the text is not known"
    return _known(machine, value, machine.unresolved(frame, part, why), formatting=True)


def _known(machine: Machine, value: Value, unknown: Unresolved, *, formatting: bool) -> TextPiece:
    assert unknown.place is not None
    found = written(machine, value, unknown.place, formatting=formatting)
    return unknown if found is None else found


def written(machine: Machine, value: Value, place: Origin, *, formatting: bool = False) -> KnownText | None:
    """What `str(value)` gives, or `format(value)`; None where the source tells nothing of it."""
    value = settled(value)
    match value:
        case str() | PartialText():
            return value
        case int() | float() | None:
            return _number(value)
        case Member():
            return _member(machine, value, place, formatting)
        case InstanceObject():
            return _special(machine, value.cls, value, place, formatting)
        case Modelled():
            method = attribute(machine, value, "__str__")
            found = machine.call(method, Arguments((), {}, place)) if isinstance(method, Native) else None
            return found if isinstance(found, str | PartialText) else None
    return None


def _number(value: float | None) -> str | None:
    try:
        return str(value)
    except ValueError:  # Python writes no numbers of thousands of digits
        return None


def _member(machine: Machine, member: Member, place: Origin, formatting: bool) -> KnownText | None:
    own = _special(machine, member.cls, member, place, formatting)
    if own is not None:
        return own
    by_value = member.cls.derives_from(names_of("enumeration by value"))
    is_new = machine.formats_members
    value_counts = by_value if is_new or not formatting else by_value or _is_mixed(member.cls)
    if not is_new and not formatting:
        value_counts = member.cls.derives_from(frozenset({"enum.StrEnum"}))
    if value_counts:
        return written(machine, member.value, place)
    return f"{member.cls.definition.name}.{member.name}"


def _is_mixed(cls: ClassObject) -> bool:
    """Whether a plain type such as `str` is among the bases."""
    classes = [base for base in cls.lineage() if isinstance(base, ClassObject)]
    return any(isinstance(base, Native) and base.name in _PLAIN_TYPES for c in classes for base in c.bases)


def _special(
    machine: Machine, cls: ClassObject, receiver: Value, place: Origin, formatting: bool
) -> KnownText | None:
    """What `__format__` or `__str__` of a class of the service gives; None where it has neither."""
    for name in ("__format__", "__str__") if formatting else ("__str__",):
        method = class_member(cls, name)
        if isinstance(method, FunctionObject | Descriptor):
            given = ("",) if name == "__format__" else ()
            found = settled(machine.call(Bound(method, receiver), Arguments(given, {}, place)))
            if isinstance(found, Member):
                found = settled(found.value)
            return found if isinstance(found, str | PartialText) else None
    return None


def percent(machine: Machine, template: str, values: Value, place: Origin) -> Value:
    """`template % values` where the template asks for nothing but `%s` and `%d`."""
    unknown = Unresolved("`%` of values that the source does not tell", place)
    around = _PERCENT.split(template)
    wanted = sum(found != "%%" for found in around[1::2])
    several = (values,) * wanted if isinstance(values, Unresolved) else (values,)
    given = values if isinstance(values, tuple) else several
    if any("%" in text for text in around[::2]) or wanted != len(given):
        return unknown
    rest = iter(given)
    pieces: list[TextPiece] = list(around)
    for position in range(1, len(around), 2):
        is_sign = around[position] == "%%"
        pieces[position] = "%" if is_sign else _known(machine, next(rest), unknown, formatting=False)
    return _made(machine, pieces, place)


def formatted(machine: Machine, template: str, arguments: Arguments) -> Value:
    """`template.format(…)` where each field is replaced as it is."""
    place = arguments.place
    unknown = Unresolved("`.format()` of values that the source does not tell", place)
    around = _FIELD.split(template)
    if not arguments.complete or any(re.search("[{}]", text) for text in around[::2]):
        return unknown
    given = {**{str(number): value for number, value in enumerate(arguments.args)}, **arguments.keywords}
    numbers = map(str, itertools.count())
    pieces: list[TextPiece] = list(around)
    for position in range(1, len(around), 2):
        field = around[position]
        value = field[0] if field in {"{{", "}}"} else given[field[1:-1] or next(numbers)]
        pieces[position] = _known(machine, value, unknown, formatting=True)
    return _made(machine, pieces, place)


def _made(machine: Machine, pieces: Sequence[TextPiece], place: Origin) -> Value:
    affordable = machine.affords(sum(map(size, pieces)))
    return assembled(pieces) if affordable else Unresolved("the text is too long to follow", place)
