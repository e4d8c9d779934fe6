"""Calls: of the repository's functions and classes by interpreting them, of libraries' by their models."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from archlint.facts.syntax import (
    Assign,
    Evaluate,
    Expression,
    For,
    FunctionDef,
    If,
    Lambda,
    Operator,
    Statement,
    Try,
    While,
    With,
)
from archlint.facts.traversal import walk_expressions
from archlint.service.interpreter.attributes import attribute, class_member
from archlint.service.interpreter.fields import field_call, field_names, keyword_of
from archlint.service.interpreter.machine import FunctionModel, Machine, Modelled
from archlint.service.interpreter.validators import validate_fields, validate_model
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    Choice,
    ClassObject,
    Configured,
    Descriptor,
    External,
    ExternalObject,
    Frame,
    FunctionObject,
    InstanceObject,
    Member,
    Native,
    Origin,
    Partial,
    Unresolved,
    Value,
    choice,
    each,
    same,
    unsubscripted,
)
from archlint.service.semantics.library_names import pydantic_bases


def call(machine: Machine, callee: Value, arguments: Arguments) -> Value:
    """The value of `callee(arguments)`."""
    match callee:
        case External():
            model = machine.semantics.library.get(callee.name)
            if model is not None:
                return _modelled(machine, model, arguments)
            return ExternalObject(callee.name, arguments.args, arguments.keywords)
        case Native():
            return _modelled(machine, callee.call, arguments)
        case FunctionObject():
            return _interpret(machine, callee, arguments, None)
        case Bound():
            return _bound(machine, callee, arguments)
        case ClassObject():
            return _instantiate(machine, unsubscripted(callee), arguments)
        case Choice():
            return each(callee, [call(machine, option, arguments) for option in callee.values])
        case Partial():
            keywords = {**callee.keywords, **arguments.keywords}
            args = (*callee.args, *arguments.args)
            return call(
                machine, callee.function, Arguments(args, keywords, arguments.place, arguments.complete)
            )
        case Configured():
            return call(machine, callee.default, arguments)
        case ExternalObject() if (model := machine.semantics.library.get(f"{callee.name}()")) is not None:
            return _modelled(machine, model, arguments)
        case InstanceObject() | Modelled():
            method = attribute(machine, callee, "__call__")
            return call(machine, method, arguments) if isinstance(method, Bound) else _uncallable(arguments)
        case Descriptor():
            return call(machine, callee.function, arguments)
    _note_handed(machine, callee, arguments)
    return callee if isinstance(callee, Unresolved) else _uncallable(arguments)


def _note_handed(machine: Machine, callee: Value, arguments: Arguments) -> None:
    """An app or router may be given endpoints by what is unknown, and by a library's decorator of a class."""
    given: list[Value] = [*arguments.args, *arguments.keywords.values()]
    unknown = Unresolved("a call that archlint cannot follow")
    if isinstance(callee, ExternalObject):
        is_view = isinstance(arguments.get(0, "cls"), ClassObject)
        given = [*callee.args, *callee.keywords.values()] if is_view else []
        unknown = Unresolved(f"`{callee.name}`")
    elif isinstance(callee, Unresolved):
        unknown = callee
    machine.handed.extend((one, unknown, arguments.place) for one in given if isinstance(one, Modelled))


def _modelled(machine: Machine, model: FunctionModel, arguments: Arguments) -> Value:
    """What a model gives; where Python would raise, as for a wrong argument, nothing is known."""
    try:
        return model(machine, arguments)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return Unresolved(f"a call that fails: {type(error).__name__}", arguments.place)


def _uncallable(arguments: Arguments) -> Unresolved:
    return Unresolved("a call of something that archlint cannot follow", arguments.place)


def define(machine: Machine, frame: Frame, definition: FunctionDef | Lambda) -> FunctionObject:
    """The function that a definition makes, its defaults evaluated."""
    defaults = {
        p.name: machine.evaluate(frame, p.default) for p in definition.parameters if p.default is not None
    }
    return FunctionObject(definition, frame, defaults)


def decorate(machine: Machine, frame: Frame, decorators: Sequence[Expression], value: Value) -> Value:
    """Apply decorators, innermost first. What archlint cannot follow is taken to keep the function."""
    for decorator in reversed(decorators):
        applied = machine.evaluate(frame, decorator)
        place = Origin(frame.module.module, decorator)
        result = call(machine, applied, Arguments((value,), {}, place))
        if isinstance(result, Unresolved | ExternalObject | External) or result is None:
            continue
        value = result
    return value


def _bound(machine: Machine, callee: Bound, arguments: Arguments) -> Value:
    if isinstance(callee.function, FunctionObject):
        return _interpret(machine, callee.function, arguments, callee.receiver)
    inner = Arguments(
        (callee.receiver, *arguments.args), arguments.keywords, arguments.place, arguments.complete
    )
    return call(machine, callee.function, inner)


def _interpret(machine: Machine, function: FunctionObject, arguments: Arguments, receiver: Value) -> Value:
    if not machine.may_call(function.definition):
        return Unresolved("calls are nested too deeply to follow", arguments.place)
    args = arguments.args if receiver is None else (receiver, *arguments.args)
    if (
        machine.only_with_app
        and machine.stack
        and not any(map(_holds_app, (*args, *arguments.keywords.values())))
    ):
        return Unresolved(
            "what runs at start-up is followed only where the app is handed on", arguments.place
        )
    names = bind_parameters(function, args, arguments)
    first = args[0] if args else None
    depth = len(machine.conditions)
    frame = Frame(function.frame.module, names, _closure(function), function, first, depth)
    for block in machine.blocks[-1:]:
        if block.frame is None and block.call is arguments.place.node:
            block.frame = frame
    with machine.calling(function.definition, arguments.place):
        if isinstance(function.definition, Lambda):
            return machine.evaluate(frame, function.definition.body)
        signal = machine.semantics.execute(machine, frame, function.definition.body)
    machine.raised = getattr(signal, "name", "") == "RAISE" and not frame.returned
    if is_generator(function.definition):
        return frame.yielded
    return choice(frame.returned, frame.usual) if frame.returned else None


def _holds_app(value: Value) -> bool:
    """Whether it is an app or router, or an object that keeps one."""
    held = value.attributes.values() if isinstance(value, InstanceObject) else (value,)
    return any(isinstance(one, Modelled) for one in held)


def _closure(function: FunctionObject) -> Frame:
    """Methods do not see the names of their class's body."""
    frame = function.frame
    if (
        function.owner is not None
        and frame.namespace is function.owner.namespace
        and frame.parent is not None
    ):
        return frame.parent
    return frame


def bind_parameters(
    function: FunctionObject, args: Sequence[Value], arguments: Arguments
) -> dict[str, Value]:
    """The parameters' values, as Python binds them; what the call leaves open is unresolved."""
    keywords = dict(arguments.keywords)
    remaining = list(args)
    names: dict[str, Value] = {}
    for parameter in function.definition.parameters:
        if parameter.kind == "*":
            names[parameter.name] = tuple(remaining)
            remaining = []
        elif parameter.kind == "**":
            names[parameter.name] = keywords
        elif parameter.kind in {"normal", "positional"} and remaining:
            names[parameter.name] = remaining.pop(0)
        elif parameter.name in keywords:
            names[parameter.name] = keywords.pop(parameter.name)
        elif parameter.name in function.defaults and arguments.complete:
            names[parameter.name] = function.defaults[parameter.name]
        else:
            why = f"parameter `{parameter.name}` has no value that the source tells"
            names[parameter.name] = Unresolved(why, Origin(function.module, parameter))
    return names


@lru_cache(maxsize=8192)
def is_generator(definition: FunctionDef) -> bool:
    """Whether the function yields."""
    return any(_yields(statement) for statement in definition.body)


def _yields(statement: Statement) -> bool:
    match statement:
        case Evaluate(value=value) | Assign(value=value) if value is not None:
            return any(
                type(e) is Operator and e.operator.startswith("yield") for e in walk_expressions(value)
            )
        case If():
            bodies = [branch.body for branch in statement.branches] + [statement.orelse]
        case For() | While():
            bodies = [statement.body, statement.orelse]
        case With():
            bodies = [statement.body]
        case Try():
            bodies = [
                statement.body,
                statement.orelse,
                statement.finally_,
                *(h.body for h in statement.handlers),
            ]
        case _:
            return False
    return any(_yields(inner) for body in bodies for inner in body)


def _instantiate(machine: Machine, cls: ClassObject, arguments: Arguments) -> Value:
    members = [value for value in cls.namespace.values() if isinstance(value, Member) and value.cls is cls]
    if members:
        wanted = arguments.get(0, "value")
        return next((m for m in members if same(m.value, wanted)), Unresolved("a member of an enumeration"))
    created = _of_library(machine, cls, arguments)
    if created is not None:
        return created
    instance = InstanceObject(cls, born=len(machine.conditions))
    initialise = class_member(cls, "__init__")
    if isinstance(initialise, FunctionObject):
        _interpret(machine, initialise, arguments, instance)
    else:
        instance.is_open = not arguments.complete
        _set_fields(cls, instance, arguments)
        _finish(machine, cls, instance, arguments)
    return instance


def _finish(machine: Machine, cls: ClassObject, instance: InstanceObject, arguments: Arguments) -> None:
    """What the generated `__init__` of a dataclass or Pydantic model does when it has set the fields."""
    is_model = cls.derives_from(pydantic_bases())
    if is_model:
        validate_fields(machine, instance, arguments.place)
    for name, args in (("__post_init__", ()), ("model_post_init", (None,))):
        hook = class_member(cls, name)
        if isinstance(hook, FunctionObject):
            _interpret(machine, hook, Arguments(args, {}, arguments.place), instance)
    if is_model:
        validate_model(machine, instance, arguments.place)


def _of_library(machine: Machine, cls: ClassObject, arguments: Arguments) -> Value:
    """An object of a library's class that archlint models, made through the repository's subclass."""
    for base in cls.lineage():
        model = (
            machine.semantics.library.get(f"{base.name}.__subclass__") if isinstance(base, External) else None
        )
        if model is not None:
            return model(machine, Arguments((cls, *arguments.args), arguments.keywords, arguments.place))
    return None


def _set_fields(cls: ClassObject, instance: InstanceObject, arguments: Arguments) -> None:
    """A dataclass's or pydantic model's generated `__init__`: positional in order of the annotations."""
    names = field_names(cls) or ["root"]  # of a `RootModel[…]`
    positional = (name for name in names if field_call(cls, name).get("init") is not False)
    instance.attributes.update(zip(positional, arguments.args, strict=False))
    fields = {keyword_of(cls, name): name for name in names}
    instance.attributes.update({fields.get(key, key): value for key, value in arguments.keywords.items()})
