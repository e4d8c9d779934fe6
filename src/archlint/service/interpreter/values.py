"""What an expression can stand for. Plain Python values (str, list, dict…) stand for themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct, field

from archlint.facts.syntax import ClassDef, Expression, FunctionDef, Lambda, Node
from archlint.service.interpreter.lineage import merged_orders
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope

Value: TypeAlias = Any
"""One of the classes below, or a str, int, float, bool, None, list, dict, tuple or set of values."""


class Identified:
    """What has a short representation, for by what it holds it may reach everything."""

    __slots__ = ()
    __repr__ = object.__repr__


class Origin(Identified, Struct, eq=False, frozen=True):
    """A node of a module: what a finding or an unknown can point at."""

    module: Module
    node: Node


class Unresolved(Identified, Struct, eq=False, frozen=True):
    """A value that the source does not tell; `why` goes into the report.

    Of a test, `expected` is whether it holds when nobody configures anything. Of a text of which something
    is known, `parts` are the pieces in order, and holes.
    """

    why: str
    place: Origin | None = None
    expected: bool | None = None
    parts: tuple[str | Unresolved, ...] = ()


UNTOLD = Unresolved("it depends on what the source does not decide")
REST = Unresolved("items that the source does not tell")
"""Key and value of what else a dict has, as `{**settings.responses()}`."""


class Choice(Identified, Struct, eq=False, frozen=True):
    """One of several values, by a condition that the source does not decide.

    `usual` is the one when nobody configures anything, `UNTOLD` where that does not decide it either.
    """

    values: tuple[Value, ...]
    usual: Value


class Written(Struct, eq=False, frozen=True):
    """An expression that nobody evaluated, and where its names have their meaning."""

    module: Module
    scope: Scope
    expression: Expression


class Configured(Identified, Struct, eq=False, frozen=True):
    """A value that configuration may replace; `default` is what stands in the source, at `place`.

    `source` is `Settings.name` or `$NAME`; `usual` what it is when nobody configures anything, if not that.
    """

    default: Value
    source: str
    usual: Value = UNTOLD
    place: Origin | None = None


class External(Struct, frozen=True):
    """Something of a library, by its qualified name."""

    name: str


class ExternalObject(Identified, Struct, eq=False):
    """What a call of a library's function or class gives."""

    name: str
    args: Sequence[Value]
    keywords: Mapping[str, Value]

    def method(self, name: str) -> Value | None:
        """A method that is modelled; None for all others, which are known by their name alone."""
        return None


class ModuleObject(Identified, Struct, eq=False):
    """A module of the repository, executed as far as its own import has come."""

    module: Module
    namespace: dict[str, Value] = field(default_factory=dict)


class Frame(Identified, Struct, eq=False):
    """The names of a module, function or class body, and where the enclosing names are."""

    module: ModuleObject
    namespace: dict[str, Value]
    parent: Frame | None = None
    function: FunctionObject | None = None
    receiver: Value = None
    depth: int = 0

    returned: list[Value] = field(default_factory=list)
    usual: Value = UNTOLD
    """What is returned when nobody configures anything."""

    is_certain: bool = True
    """Whether it is told if anything was returned so far then."""

    yielded: list[Value] = field(default_factory=list)
    outer_names: frozenset[str] = frozenset()
    may_have_left: bool = False  # whether a branch that nothing decides ended the block


class FunctionObject(Identified, Struct, eq=False):
    """A function or lambda of the repository, with the frame it closes over."""

    definition: FunctionDef | Lambda
    frame: Frame
    defaults: Mapping[str, Value]
    owner: ClassObject | None = None
    wraps: Value = None
    attributes: dict[str, Value] = field(default_factory=dict)

    @property
    def module(self) -> Module:
        """The module that defines it."""
        return self.frame.module.module


class Bound(Identified, Struct, eq=False, frozen=True):
    """A method with its receiver."""

    function: Value
    receiver: Value


class Descriptor(Identified, Struct, eq=False, frozen=True):
    """A `property`, `staticmethod` or `classmethod`, as `kind` says."""

    kind: str
    function: Value
    setter: Value = None


class Partial(Identified, Struct, eq=False, frozen=True):
    """`functools.partial(function, *args, **keywords)`."""

    function: Value
    args: tuple[Value, ...]
    keywords: Mapping[str, Value]


class Native(Identified, Struct, eq=False, frozen=True):
    """A function that archlint itself models."""

    name: str
    call: Callable[[Any, Arguments], Value]
    """Takes the machine and the arguments."""


class Arguments(Identified, Struct, eq=False, frozen=True):
    """The values of one call, and where it stands; `complete` is false behind an unknown `*` or `**`."""

    args: tuple[Value, ...]
    keywords: Mapping[str, Value]
    place: Origin
    complete: bool = True

    def get(self, position: int, name: str, default: Value = None) -> Value:
        """The argument by keyword or position."""
        if name in self.keywords:
            return self.keywords[name]
        return self.args[position] if position < len(self.args) else default


MAX_LINEAGE = 200
"""Ancestors of a class beyond these are not asked."""


class ClassObject(Identified, Struct, eq=False):
    """A class of the repository."""

    definition: ClassDef
    module: Module
    bases: tuple[Value, ...]
    namespace: dict[str, Value]
    annotations: dict[str, Expression]
    subclasses: list[ClassObject] = field(default_factory=list)

    ancestry: tuple[ClassObject | External, ...] = ()

    def lineage(self) -> tuple[ClassObject | External, ...]:
        """The class and its ancestors in the order in which Python asks them, libraries' classes included."""
        if not self.ancestry:
            above = [base.lineage() if isinstance(base, ClassObject) else (base,) for base in self.bases]
            known = [[base for base in one if isinstance(base, ClassObject | External)] for one in above]
            direct = [base for base in self.bases if isinstance(base, ClassObject | External)]
            above_all = known[0] if len(known) == 1 else merged_orders([*known, direct])
            self.ancestry = (self, *above_all)[:MAX_LINEAGE]
        return self.ancestry

    def derives_from(self, names: frozenset[str]) -> bool:
        """Whether a library's class of one of these names is among its ancestors."""
        return any(isinstance(base, External) and base.name in names for base in self.lineage())


class GenericExternal(External, frozen=True, eq=False):
    """`list[int]` or `Optional[Item]` as a value: a library's generic with its arguments."""

    arguments: tuple[Value, ...] = ()


class GenericClass(ClassObject, eq=False):
    """`Page[Item]` as a value: a class of the repository with its arguments."""

    arguments: tuple[Value, ...] = ()
    origin: ClassObject | None = None


def unsubscripted(value: Value) -> Value:
    """The class itself where it is given with arguments."""
    if isinstance(value, GenericExternal):
        return External(value.name)
    return value.origin if isinstance(value, GenericClass) else value


def subscripted(value: ClassObject | External, arguments: tuple[Value, ...]) -> Value:
    """The class with arguments in its brackets."""
    if isinstance(value, External):
        return GenericExternal(value.name, arguments)
    parts = (value.definition, value.module, value.bases, value.namespace, value.annotations)
    return GenericClass(*parts, value.subclasses, value.ancestry, arguments, unsubscripted(value))


class InstanceObject(Identified, Struct, eq=False):
    """An object of a class, made under `born` undecided conditions; `is_open`: unknown arguments fill it."""

    cls: ClassObject
    attributes: dict[str, Value] = field(default_factory=dict)
    is_open: bool = False
    born: int = 0
    """How many undecided conditions it was made under."""


class SuperObject(Identified, Struct, eq=False, frozen=True):
    """`super()` in a method of `owner`."""

    owner: ClassObject
    receiver: Value


class Member(Identified, Struct, eq=False, frozen=True):
    """A member of a repository's enumeration."""

    cls: ClassObject
    name: str
    value: Value


MAX_SIZE = 20_000
"""Texts and containers longer than this are not computed with."""

MAX_CHOICES = 24
"""A value with more alternatives than this is unresolved."""


def choice(values: Sequence[Value], usual: Value = UNTOLD) -> Value:
    """One value where all are the same, else a `Choice` of the different ones, what is unknown once."""
    if len(values) == 1:
        return values[0]
    flat: list[Value] = []
    for value in values:
        for option in value.values if isinstance(value, Choice) else (value,):
            if not any(same(option, seen) for seen in flat):
                flat.append(option)
        if len(flat) > MAX_CHOICES:
            return Unresolved("it can be one of too many things")
    if len(flat) > 1:
        return Choice(tuple(flat), usual)
    one = flat[0]
    return Unresolved(one.why, one.place) if isinstance(one, Unresolved) and one.expected is not None else one


def each(chosen: Choice, results: Sequence[Value]) -> Value:
    """What comes of a choice when its alternatives, in order, give `results`."""
    wanted = chosen.usual
    while isinstance(wanted, Choice):
        wanted = wanted.usual
    pairs = zip(chosen.values, results, strict=True)
    return choice(results, next((result for value, result in pairs if same(value, wanted)), UNTOLD))


def configured(value: Value, source: str, place: Origin | None = None) -> Value:
    """The value marked as one that configuration may replace; each alternative of a choice is."""
    if isinstance(value, Choice):
        return each(value, [configured(option, source, place) for option in value.values])
    return value if isinstance(value, Configured) else Configured(value, source, place=place)


def same(first: Value, second: Value) -> bool:
    """Whether two values are known to be equal, or both unknown but for the same pieces of text."""
    if first is second:
        return True
    if isinstance(first, Unresolved) and isinstance(second, Unresolved):
        return _pattern(first) == _pattern(second)
    if isinstance(first, Configured) and isinstance(second, Configured):
        return first.source == second.source and same(first.default, second.default)
    plain = (str, int, float, bool, type(None), External)
    return isinstance(first, plain) and type(first) is type(second) and bool(first == second)


def _pattern(value: Unresolved) -> list[str | None]:
    return [part if isinstance(part, str) else None for part in value.parts]


def distinct(values: Sequence[Value]) -> list[Value]:
    """The values without those known to be equal to an earlier one: a set, in an order that never varies."""
    found: dict[object, Value] = {}
    for value in values:
        plain = isinstance(value, str | int | float | None | External)
        key = (type(value), value) if plain else Unresolved if isinstance(value, Unresolved) else id(value)
        found.setdefault(key, value)
    return list(found.values())


def options(value: Value) -> tuple[Value, ...]:
    """The values that a value may be, configuration's default taken for a configured one."""
    if type(value) is Choice:
        return tuple(option for item in value.values for option in options(item))
    return options(value.default) if type(value) is Configured else (value,)


def settled(value: Value) -> Value:
    """The value behind configuration: its default."""
    return settled(value.default) if type(value) is Configured else value


def usual(value: Value) -> Value:
    """What a value is when nobody configures anything."""
    match value:
        case Choice(usual=inner):
            return usual(inner)
        case Configured():
            return usual(value.default if value.usual is UNTOLD else value.usual)
        case Unresolved(expected=bool(expected)):
            return expected
    return value


def settled_items(value: Value) -> list[Value]:
    """The items of a list or tuple, each settled; of anything else none."""
    found = settled(value)
    return [settled(item) for item in found] if isinstance(found, list | tuple) else []


def text(value: Value) -> str | None:
    """The string that a value is known to be, enumeration members by their value."""
    value = settled(value)
    if type(value) is Member:
        value = settled(value.value)
    return value if isinstance(value, str) else None


def opening(value: Value) -> str:
    """What the text that a value is starts with, all of it where it is known."""
    value = settled(value)
    first = value.parts[0] if isinstance(value, Unresolved) and value.parts else text(value)
    return first if isinstance(first, str) else ""


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where the source does not tell."""
    match value:
        case str() | int() | float() | None | list() | tuple() | set():
            return bool(value)
        case dict():
            return None if value.keys() == {REST} else bool(value)
        case Unresolved(parts=parts) if parts:
            return True
        case Unresolved() | Configured() | External() | ExternalObject():
            return None
        case Choice():
            answers = {truth(option) for option in value.values}
            return answers.pop() if len(answers) == 1 else None
        case _:
            return True
