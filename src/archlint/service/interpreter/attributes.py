"""Attribute access: on modules, classes, instances, enumeration members, library names and strings."""

from __future__ import annotations

from archlint.facts.syntax import FunctionDef
from archlint.facts.traversal import docstring
from archlint.service.interpreter.fields import arguments_of, field_names, is_ellipsis, is_field_call
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.signatures import annotated_values
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    Choice,
    ClassObject,
    Configured,
    Descriptor,
    External,
    ExternalObject,
    FunctionObject,
    InstanceObject,
    Member,
    ModuleObject,
    Native,
    Origin,
    Partial,
    SuperObject,
    Unresolved,
    Value,
    configured,
    each,
    settled,
)
from archlint.service.semantics.library_names import names_of, public_name

_PLAIN = frozenset({"inspect.Parameter()", "inspect.Signature()", "types.SimpleNamespace"})
"""Objects of libraries whose attributes are the keywords that they were made with."""

HANDED_ON = "super()"
"""Under this name an object keeps the arguments that it handed to the library's class behind its own."""


def attribute(machine: Machine, value: Value, name: str) -> Value:
    """`value.name`; unresolved where the source does not tell."""
    match value:
        case External():
            return External(public_name(f"{value.name}.{name}"))
        case Modelled():
            return value.attribute(machine, name)
        case ModuleObject():
            return _of_module(machine, value, name)
        case InstanceObject():
            return _of_instance(machine, value, name)
        case ClassObject():
            return _of_class(machine, value, name)
        case SuperObject():
            return _of_super(machine, value, name)
        case Member():
            return _of_member(machine, value, name)
        case FunctionObject():
            return _of_function(machine, value, name)
        case Choice():
            return _of_choice(machine, value, name)
        case Configured():
            return _configured(machine, value, name)
        case Partial() | Bound():
            return _of_callable(machine, value, name)
        case Descriptor():
            return Native(name, lambda _machine, arguments: _completed(value, name, arguments.get(0, "fset")))
        case ExternalObject():
            return _of_external(value, name)
    return _of_container(machine, value, name)


def _of_choice(machine: Machine, value: Choice, name: str) -> Value:
    """The attribute of each alternative but `None`, which has none: code that goes on has another one."""
    found = tuple(option for option in value.values if option is not None)
    if len(found) == 1:
        return attribute(machine, found[0], name)
    return each(Choice(found, value.usual), [attribute(machine, option, name) for option in found])


def _of_callable(machine: Machine, value: Partial | Bound, name: str) -> Value:
    """A partial's parts; of a method, what was set on its function."""
    if isinstance(value, Partial):
        parts: dict[str, Value] = {"func": value.function, "args": value.args, "keywords": value.keywords}
        return parts.get(name, Unresolved(f"attribute `{name}` of a partial"))
    own = {"__func__": value.function, "__self__": value.receiver}
    return own[name] if name in own else attribute(machine, value.function, name)


def set_attribute(machine: Machine, value: Value, name: str, new: Value) -> None:
    """`value.name = new`, where the object is known."""
    match value:
        case Modelled():
            value.set_attribute(machine, name, new)
        case FunctionObject() if name == "__wrapped__":
            value.wraps = None if _leads_to(new, value) else new
        case InstanceObject() if (setter := _setter(value, name)) is not None:
            machine.call(setter, Arguments((value, new), {}, Origin(value.cls.module, value.cls.definition)))
        case InstanceObject() | FunctionObject():
            _assign(machine, value.attributes, name, new, getattr(value, "born", 0))
        case ModuleObject() | ClassObject():
            _assign(machine, value.namespace, name, new, 0)
        case Choice():
            for option in value.values:
                set_attribute(machine, option, name, new)


def _completed(found: Descriptor, part: str, function: Value) -> Descriptor:
    """The property that `@name.setter` makes; those of other parts stay as they are."""
    return Descriptor(found.kind, found.function, function) if part == "setter" else found


def _setter(value: InstanceObject, name: str) -> Value:
    found = class_member(value.cls, name)
    return found.setter if isinstance(found, Descriptor) else None


def _leads_to(wrapped: Value, function: FunctionObject) -> bool:
    """Whether a function is behind what it would wrap: then it wraps nothing."""
    while wrapped is not function and isinstance(wrapped, FunctionObject | Bound):
        wrapped = wrapped.wraps if isinstance(wrapped, FunctionObject) else wrapped.function
    return wrapped is function


def replace_items(machine: Machine, container: list[Value], items: list[Value], place: Origin) -> None:
    """`container[:] = items`; under a condition that nothing decides, what was there stays, too."""
    if not machine.conditions:
        container[:] = items
        return
    machine.kept.append((container, place))
    container.extend(item for item in items if not any(item is known for known in container))


def _assign(machine: Machine, names: dict[str, Value], name: str, new: Value, born: int) -> None:
    """Under a condition that nothing decides, what an older object had may be what it still has."""
    kept = len(machine.conditions) > born and name in names
    names[name] = machine.changed(names[name], new, born) if kept else new


def class_member(cls: ClassObject, name: str) -> Value:
    """What the class or an ancestor in the repository defines under a name; None where none does."""
    for ancestor in cls.lineage():
        if isinstance(ancestor, ClassObject) and name in ancestor.namespace:
            return ancestor.namespace[name]
    return None


def field_default(machine: Machine, value: Value, place: Origin) -> Value:
    """The default behind `Field(…)`, or the plain value."""
    if not is_field_call(value):
        return value
    said = arguments_of(value)
    if "default_factory" in said:
        return machine.call(said["default_factory"], Arguments((), {}, place))
    default = said.get("default", External("..."))
    return Unresolved("a required field") if is_ellipsis(default) else default


def _of_module(machine: Machine, value: ModuleObject, name: str) -> Value:
    if name in value.namespace:
        return value.namespace[name]
    submodule = machine.modules.find(f"{value.module.name}.{name}", value.module)
    if submodule is not None:
        return machine.load(submodule)
    if name == "__path__":
        return [value]
    if name == "__dict__":
        return value.namespace
    return Unresolved(f"`{value.module.name}` defines no `{name}` that archlint can see")


def _of_instance(machine: Machine, value: InstanceObject, name: str) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    found = class_member(value.cls, name)
    if found is None:
        return _undefined(machine, value, name)
    is_set = value.is_open or value.cls.derives_from(names_of("settings base"))
    if is_set and not isinstance(found, FunctionObject | Descriptor):
        place = Origin(value.cls.module, value.cls.definition)
        default = field_default(machine, found, place)
        return configured(
            default, f"{value.cls.definition.name}.{name}", _annotation(value.cls, name) or place
        )
    bound = _bind(machine, value, value.cls, found)
    if is_field_call(found) and "default_factory" in found.keywords:
        value.attributes[name] = bound  # made once for each object
    return bound


def _annotation(cls: ClassObject, name: str) -> Origin | None:
    """Where a field is annotated, in the class itself or in an ancestor."""
    own = (base for base in cls.lineage() if isinstance(base, ClassObject))
    found = next((base for base in own if name in base.annotations), None)
    return None if found is None else Origin(found.module, found.annotations[name])


def _of_member(machine: Machine, value: Member, name: str) -> Value:
    if name in {"value", "name"}:
        return value.value if name == "value" else value.name
    found = class_member(value.cls, name)
    if isinstance(found, FunctionObject | Descriptor):
        return _bind(machine, value, value.cls, found)
    if isinstance(value.value, str) and isinstance(value.cls, ClassObject) and _is_text(value.cls):
        return machine.semantics.method(value.value, name)
    return Unresolved(f"`.{name}` of a member")


def _is_text(cls: ClassObject) -> bool:
    """Whether the members of an enumeration are texts themselves."""
    bases = [base for one in cls.lineage() if isinstance(one, ClassObject) for base in one.bases]
    return cls.derives_from(frozenset({"enum.StrEnum"})) or any(
        isinstance(base, Native) and base.name == "str" for base in bases
    )


def _undefined(machine: Machine, value: InstanceObject, name: str) -> Value:
    if name == "__class__":
        return value.cls
    if name == "__doc__":
        return docstring(value.cls.definition.body)
    if name == "__dict__":
        return value.attributes
    if name in {"model_dump", "dict"}:
        return Native(name, lambda machine, arguments: _fields(machine, value))
    if any(isinstance(a, ClassObject) and name in a.annotations for a in value.cls.lineage()):
        return Unresolved(f"`{value.cls.definition.name}.{name}` has no default")
    return Unresolved(f"`{value.cls.definition.name}` defines no `{name}` that archlint can see")


def _fields(machine: Machine, value: InstanceObject) -> dict[str, Value]:
    return {name: _of_instance(machine, value, name) for name in field_names(value.cls)}


def _bind(machine: Machine, receiver: Value, cls: ClassObject, found: Value) -> Value:
    """What attribute access makes of a class's member: a method, a property's value, the thing itself."""
    place = Origin(cls.module, cls.definition)
    match found:
        case FunctionObject():
            return Bound(found, receiver)
        case Descriptor(kind="property"):
            return machine.call(found.function, Arguments((receiver,), {}, place))
        case Descriptor(kind="classmethod"):
            return Bound(found.function, cls)
        case Descriptor():
            return found.function
    return field_default(machine, found, place)


def bind_member(machine: Machine, receiver: Value, cls: ClassObject, name: str) -> Value:
    """A member of the class bound to a modelled receiver; None where the class has none."""
    found = class_member(cls, name)
    return None if found is None else _bind(machine, receiver, cls, found)


def _of_class(machine: Machine, value: ClassObject, name: str) -> Value:
    found = class_member(value, name)
    match found:
        case None:
            pass
        case Descriptor(kind="classmethod"):
            return Bound(found.function, value)
        case Descriptor(kind="staticmethod"):
            return found.function
        case _:
            return machine.of_class(value, name, found)
    match name:
        case "__name__" | "__qualname__":
            return value.definition.name
        case "__members__":
            return {k: v for k, v in value.namespace.items() if isinstance(v, Member)}
        case "__module__":
            return value.module.name
        case "__mro__":
            return value.lineage()
        case "__doc__":
            return docstring(value.definition.body)
        case "__dict__":
            return value.namespace
        case "__subclasses__":
            return Native(name, lambda machine, arguments: list(value.subclasses))
        case "__init__":
            return Native("__init__", lambda machine, arguments: None)
    modelled = _of_modelled_base(machine, value, name)
    if modelled is not None:
        return modelled
    external = next((base for base in value.lineage() if isinstance(base, External)), None)
    if external is not None:
        return External(f"{external.name}.{name}")
    return Unresolved(f"class `{value.definition.name}` defines no `{name}` that archlint can see")


def _of_modelled_base(machine: Machine, value: ClassObject, name: str) -> Value:
    """What an object that the class or an ancestor derives from is known to have under that name."""
    ancestors = (one for one in value.lineage() if isinstance(one, ClassObject))
    for base in (settled(base) for ancestor in ancestors for base in ancestor.bases):
        if isinstance(base, Modelled):
            found = base.attribute(machine, name)
            if not isinstance(found, External | Unresolved):
                return found
    return None


def _of_super(machine: Machine, value: SuperObject, name: str) -> Value:
    receiver = value.receiver
    lineage = receiver.cls.lineage() if getattr(receiver, "cls", None) is not None else value.owner.lineage()
    behind = lineage[lineage.index(value.owner) + 1 :] if value.owner in lineage else []
    for ancestor in behind:
        if isinstance(ancestor, ClassObject) and name in ancestor.namespace:
            return _bind(machine, receiver, ancestor, ancestor.namespace[name])
    if isinstance(receiver, Modelled):
        return receiver.attribute(machine, f"super.{name}")
    if name == "__new__":
        return Native(name, _new_class)
    if isinstance(receiver, InstanceObject) and name == "__init__":
        return Native(name, lambda machine, arguments: receiver.attributes.update({HANDED_ON: arguments}))
    return Native(name, lambda machine, arguments: None)


def _new_class(machine: Machine, arguments: Arguments) -> Value:
    """`type.__new__` in a metaclass: the class whose body gave the names; None for any other `__new__`."""
    namespaces = [argument for argument in arguments.args if isinstance(argument, dict)]
    made = (cls for cls in reversed(machine.classes) if any(cls.namespace is names for names in namespaces))
    return next(made, None)


def _of_function(machine: Machine, value: FunctionObject, name: str) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    if name == "__wrapped__" and value.wraps is not None:
        return value.wraps
    if name in {"__name__", "__qualname__"}:
        return getattr(value.definition, "name", "<lambda>")
    if name == "__module__":
        return value.module.name
    if name == "__doc__":
        return docstring(value.definition.body) if isinstance(value.definition, FunctionDef) else None
    if name == "__dict__":
        return value.attributes
    if name == "__annotations__":
        return annotated_values(machine, value)
    return Unresolved(f"attribute `{name}` of a function")


def _configured(machine: Machine, value: Configured, name: str) -> Value:
    found = attribute(machine, value.default, name)
    if isinstance(found, Native):
        return Native(name, lambda m, arguments: _marked(m.call(found, arguments), value.source))
    return _marked(found, value.source)


def _marked(value: Value, source: str) -> Value:
    return value if isinstance(value, Unresolved) else configured(value, source)


def _of_external(value: ExternalObject, name: str) -> Value:
    """A library object's attributes are named after it, so that what it returns can be named, too."""
    if name in value.keywords and value.name in _PLAIN:
        return value.keywords[name]
    return value.method(name) or External(f"{value.name}().{name}")


def _of_container(machine: Machine, value: Value, name: str) -> Value:
    if isinstance(value, tuple) and name in getattr(value, "_fields", ()):
        return getattr(value, name)
    return machine.semantics.method(value, name)
