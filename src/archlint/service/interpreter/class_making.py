"""What a class statement does beside running its body: annotations, members, what its bases are told."""

from __future__ import annotations

from archlint.facts.syntax import Assign, ClassDef, Expression, Name
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.machine import FunctionModel, Machine
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ClassObject,
    Descriptor,
    External,
    ExternalObject,
    Frame,
    FunctionObject,
    InstanceObject,
    Member,
    Native,
    Origin,
    Unresolved,
    Value,
    same,
    text,
)


def made_by_metaclass(machine: Machine, frame: Frame, cls: ClassObject) -> ClassObject:
    """The class as a metaclass of the repository leaves it; most have none."""
    given = next((k.value for k in cls.definition.keywords if k.name == "metaclass"), None)
    inherited = (machine.metaclasses.get(base) for base in cls.lineage() if isinstance(base, ClassObject))
    meta = next(filter(None, inherited), None) if given is None else machine.evaluate(frame, given)
    if not isinstance(meta, ClassObject):
        return cls
    made, place = cls, Origin(cls.module, cls.definition)
    arguments: tuple[Value, ...] = (cls.definition.name, cls.bases, cls.namespace)
    new, initialise = class_member(meta, "__new__"), class_member(meta, "__init__")
    if isinstance(new, FunctionObject):
        result = machine.call(new, Arguments((meta, *arguments), {}, place))
        made = result if isinstance(result, ClassObject) else cls
    machine.metaclasses[made] = meta
    if isinstance(initialise, FunctionObject):
        machine.call(initialise, Arguments((made, *arguments), {}, place))
    return made


def name_members(machine: Machine, cls: ClassObject) -> None:
    """Members with a `__set_name__` learn where they stand, in the order of the class's body."""
    for name, value in list(cls.namespace.items()):
        hook = class_member(value.cls, "__set_name__") if isinstance(value, InstanceObject) else None
        if isinstance(hook, FunctionObject):
            machine.call(Bound(hook, value), Arguments((cls, name), {}, Origin(cls.module, cls.definition)))


def tell_bases(machine: Machine, frame: Frame, cls: ClassObject) -> None:
    """A base knows its subclasses, and may register them as they are made."""
    keywords = {k.name: machine.evaluate(frame, k.value) for k in cls.definition.keywords if k.name}
    for base in cls.bases:
        if isinstance(base, ClassObject):
            base.subclasses.append(cls)
            hook = class_member(base, "__init_subclass__")
            if isinstance(hook, FunctionObject):
                machine.call(hook, Arguments((cls,), keywords, Origin(cls.module, cls.definition)))
        elif isinstance(base, External):
            model = machine.semantics.library.get(f"{base.name}.__init_subclass__")
            if model is not None:
                model(machine, Arguments((cls,), keywords, Origin(cls.module, cls.definition)))


def annotated(definition: ClassDef) -> dict[str, Expression]:
    """The names that a class body annotates."""
    found: dict[str, Expression] = {}
    for statement in definition.body:
        if isinstance(statement, Assign) and statement.annotation is not None:
            found.update({t.id: statement.annotation for t in statement.targets if isinstance(t, Name)})
    return found


def make_members(machine: Machine, cls: ClassObject) -> None:
    """Turn the values of an enumeration into its members."""
    values: list[Value] = []
    members: list[Member] = []
    for name, value in list(cls.namespace.items()):
        if name.startswith("_") or isinstance(value, FunctionObject) or hasattr(value, "function"):
            continue
        automatic = isinstance(value, ExternalObject) and value.name == "enum.auto"
        made = _automatic(machine, cls, name, values) if automatic else value
        values.append(made)
        first = next((m for m in members if same(m.value, made)), None)
        cls.namespace[name] = first or Member(cls, name, made)  # an equal value makes an alias
        members.append(cls.namespace[name])


def made_enumeration(kind: str) -> FunctionModel:
    """`Enum("Color", …)` and its like, https://docs.python.org/3/howto/enum.html#functional-api."""

    def make(machine: Machine, arguments: Arguments) -> Value:
        name, given = text(arguments.get(0, "value")), arguments.get(1, "names")
        members = _named_members(given, "" if kind == "enum.StrEnum" else 1)
        if name is None or members is None:
            return Unresolved("an enumeration whose members the source does not tell", arguments.place)
        node = arguments.place.node
        definition = ClassDef(node.start, node.length, name, node.start, (), (), (), ())
        mixed = arguments.keywords.get("type")
        mixed = External(f"builtins.{mixed.name}") if isinstance(mixed, Native) else mixed
        bases = tuple(base for base in (mixed, External(kind)) if base is not None)
        cls = ClassObject(definition, arguments.place.module, bases, {}, {})
        cls.namespace.update({member: Member(cls, member, value) for member, value in members.items()})
        return cls

    return make


def _named_members(given: Value, first: Value) -> dict[str, Value] | None:
    """The members by name; those without a value count from `first`, or are their names in small letters."""
    if isinstance(given, dict):
        return given
    names = given.replace(",", " ").split() if isinstance(given, str) else given
    if not isinstance(names, list | tuple):
        return None
    if all(isinstance(name, str) for name in names):
        return {name: i + first if isinstance(first, int) else name.lower() for i, name in enumerate(names)}
    pairs = [pair for pair in names if isinstance(pair, list | tuple) and len(pair) == 2]
    return {str(name): value for name, value in pairs} if len(pairs) == len(names) else None


def _automatic(machine: Machine, cls: ClassObject, name: str, before: list[Value]) -> Value:
    """What `auto()` stands for: by the class's own rule, the name in small letters, or the next number."""
    rule = class_member(cls, "_generate_next_value_")
    if rule is not None:
        function = rule.function if isinstance(rule, Descriptor) else rule
        arguments = Arguments((name, 1, len(before), list(before)), {}, Origin(cls.module, cls.definition))
        return machine.call(function, arguments)
    if cls.derives_from(frozenset({"enum.StrEnum"})):
        return name.lower()
    return max((value for value in before if isinstance(value, int)), default=0) + 1
