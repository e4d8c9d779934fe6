"""Types of the service's own: `TypeDecorator` and `UserDefinedType`, by what they make of PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field

from archlint.service.interpreter.attributes import bind_member, class_member
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ClassObject,
    External,
    FunctionObject,
    Native,
    Unresolved,
    Value,
    settled,
)
from archlint.service.schema.sqlalchemy.values import PartialObject

BASES = frozenset({"TypeDecorator", "UserDefinedType"})


@dataclass(eq=False, repr=False)
class TypeObject(Modelled):
    """An object of such a class. `stored` is the type that it is in PostgreSQL, a text as DDL says it."""

    cls: ClassObject
    attributes: dict[str, Value] = field(default_factory=dict)
    stored: Value = None

    def attribute(self, machine: Machine, name: str) -> Value:
        """Its own attributes, its class's members; `super().__init__` makes what it decorates."""
        if name == "super.__init__":
            return Native(name, self._decorate)
        if name in self.attributes:
            return self.attributes[name]
        found = bind_member(machine, self, self.cls, name)
        return Unresolved(f"attribute `{name}` of a type") if found is None else found

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign an attribute."""
        self.attributes[name] = value

    def _decorate(self, machine: Machine, arguments: Arguments) -> Value:
        """`TypeDecorator.__init__(*args, **kwargs)` hands all on to `impl`, where that is a class."""
        found = settled(class_member(self.cls, "impl"))
        made = machine.call(found, arguments) if isinstance(found, External | ClassObject) else found
        self.attributes["impl"] = self.stored = made


def is_type_class(value: Value) -> bool:
    """Whether a value is a class of such types."""
    return isinstance(value, ClassObject) and any(
        isinstance(base, External) and base.name.rpartition(".")[2] in BASES for base in value.lineage()
    )


def make_type(machine: Machine, arguments: Arguments) -> Value:
    """An object of the class that is the first argument."""
    made = TypeObject(arguments.args[0])
    inner = Arguments(arguments.args[1:], arguments.keywords, arguments.place, arguments.complete)
    initialise = class_member(made.cls, "__init__")
    if isinstance(initialise, FunctionObject):
        machine.call(Bound(initialise, made), inner)
    else:
        machine.call(made.attribute(machine, "super.__init__"), inner)
    for name, argument in (("get_col_spec", None), ("load_dialect_impl", _dialect())):
        method = class_member(made.cls, name)
        if isinstance(method, FunctionObject):
            given = () if argument is None else (argument,)
            made.stored = machine.call(Bound(method, made), Arguments(given, {}, arguments.place))
    return made


def _dialect() -> PartialObject:
    descriptor = Native("type_descriptor", lambda machine, arguments: arguments.get(0, "typeobj"))
    return PartialObject("sqlalchemy.Dialect()", {"name": "postgresql", "type_descriptor": descriptor})
