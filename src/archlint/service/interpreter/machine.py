"""The interpreter's state: loaded modules, the conditions it is under, and how much work it may still do."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from archlint.facts.syntax import Expression, Node, Statement
from archlint.service.interpreter.values import (
    MAX_SIZE,
    UNTOLD,
    Arguments,
    ClassObject,
    External,
    Frame,
    ModuleObject,
    Origin,
    Unresolved,
    Value,
    choice,
)
from archlint.service.semantics.modules import Module, Modules

MAX_STEPS = 2_000_000
"""Work done for one service, about an expression each; what comes after is unresolved."""

MAX_CALL_STEPS = 200_000
"""Work done for one call that a module makes when imported, with all that it calls."""

_ITEMS_A_STEP = 16
"""How many items or characters are made, copied or compared for the price of a step."""

MAX_CALLS = 40
"""Calls nested deeper than this give an unresolved value."""

MAX_RECURSION = 2
"""How often one function may be under way."""

REPOSITORY = "/repository"
"""Where `__file__` says that the repository lies: nothing of the real place shows in a value."""

_RECURSION_LIMIT = 30_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Condition:
    """A test that the source does not decide, under which something is done.

    `by_default` is whether it is done when nobody configures anything; None where the source does not tell.
    """

    place: Origin
    why: str
    by_default: bool | None = None


class Modelled(ABC):
    """An object whose behaviour archlint models in Python: an app, a router, a route."""

    @abstractmethod
    def attribute(self, machine: Machine, name: str) -> Value:
        """The value of an attribute."""

    @abstractmethod
    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign an attribute."""

    def enter(self) -> Value:
        """What `with … as` gives; the block's statements follow."""
        return self

    def leave(self) -> None:  # noqa: B027 (most have nothing to do)
        """Do what the end of a `with` block does."""


FunctionModel: TypeAlias = Callable[["Machine", Arguments], Value]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Semantics:
    """The parts of the interpreter that call each other, tied together in `interpreter`."""

    evaluate: Callable[[Machine, Frame, Expression], Value]
    execute: Callable[[Machine, Frame, Sequence[Statement]], Any]
    call: Callable[[Machine, Value, Arguments], Value]
    bind: Callable[[Machine, Frame, Expression, Value], None]
    library: Mapping[str, FunctionModel]
    builtins: Mapping[str, Value]
    method: Callable[[Value, str], Value]
    """A method of a text or container."""

    constants: Mapping[str, Value] = field(default_factory=dict)
    """Values of libraries' names, by qualified name."""


@dataclass(eq=False)
class WithBlock:
    """A block below `with`, and the call that makes its context manager; `run` takes what that gives.

    `frame` is that of the call, if it is one of a generator, as of a `@contextmanager`.
    """

    call: Node
    run: Callable[[Value], None]
    frame: Frame | None = None
    has_run: bool = False


@dataclass(eq=False, repr=False)
class Machine:
    """One interpretation of one service."""

    modules: Modules
    semantics: Semantics
    lazy_includes: bool
    steps: int = 0
    loaded: dict[str, ModuleObject] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    limit: int = field(default_factory=lambda: MAX_STEPS)
    at: tuple[Module, Node] | None = None
    """The statement of a module that is being executed."""

    exhausted: Origin | None = None
    """Where the work allowed was done; None while there is some left."""

    stack: list[Node] = field(default_factory=list)
    """The definitions of the calls under way, outermost first."""

    called_at: list[Origin] = field(default_factory=list)
    """Where these calls stand."""

    only_with_app: bool = False
    """At start-up a service does all sorts of work; calls that get no app or router register nothing."""

    created: list[Any] = field(default_factory=list)
    """Every app and router made, in order."""

    registered: set[Node] = field(default_factory=set)
    """The calls that registered routers or endpoints, or tried to."""

    handed: list[tuple[Modelled, Unresolved, Origin]] = field(default_factory=list)
    """The apps and routers that went into what archlint cannot follow, with what that is, and where."""

    blocks: list[WithBlock] = field(default_factory=list)
    """The blocks of `with` whose context managers are being made, outermost first."""

    kept: list[tuple[Value, Origin]] = field(default_factory=list)
    """The containers out of which something was taken under a condition that nothing decides, and where."""

    formats_members: bool = True
    """Whether formatting a member of a mixed-in enumeration gives its name, as since Python 3.11."""

    classes: list[ClassObject] = field(default_factory=list)
    """Every class made, in order, those of functions and classes too."""

    metaclasses: dict[ClassObject, ClassObject] = field(default_factory=dict)
    """The metaclasses of the repository, by the classes that they make."""

    guards: int = 0
    """How many `try` with handlers are under way."""

    raised: bool = False
    """Whether the call that was just followed certainly raises."""

    def load(self, module: Module) -> ModuleObject:
        """The module's value, its body executed once; a circular import sees what is there so far."""
        found = self.loaded.get(module.path)
        if found is None:
            found = self.loaded[module.path] = ModuleObject(module, _module_names(module))
            frame = Frame(found, found.namespace)
            with self.outside_conditions(), deep_recursion():
                self.semantics.execute(self, frame, module.source.body)
        return found

    def imported(self, dotted: str, importer: Module) -> Value:
        """The module of that name as the importer would get it: the repository's, or a library's."""
        module = self.modules.find(dotted, importer)
        return External(dotted) if module is None else self.load(module)

    def known(self, found: External) -> Value:
        """The value of a library's name, where it is known; the name itself elsewhere."""
        return self.semantics.constants.get(found.name, found)

    def of_class(self, cls: ClassObject, name: str, found: Value) -> Value:
        """What `cls.name` gives, where the class or an ancestor has `found` under that name."""
        return found

    def evaluate(self, frame: Frame, node: Expression) -> Value:
        """The value of an expression."""
        return self.semantics.evaluate(self, frame, node)

    def call(self, callee: Value, arguments: Arguments) -> Value:
        """The value of a call."""
        return self.semantics.call(self, callee, arguments)

    def spend(self, items: int = 0) -> bool:
        """Count one step, and work on so many items; false when the work allowed is done."""
        self.steps += 1 + items // _ITEMS_A_STEP
        if self.steps < self.limit:
            return True
        if self.exhausted is None:
            self.exhausted = Origin(*self.at) if self.at is not None else None
        return False

    def affords(self, size: int) -> bool:
        """Whether a text or container of that size may be made: small ones, while there is work left."""
        return size <= MAX_SIZE and self.spend(size)

    @contextmanager
    def calling(self, definition: Node, place: Origin) -> Iterator[None]:
        """A call is under way; what a module's own statement calls may not take all the work there is."""
        if not self.stack:
            self.limit = min(MAX_STEPS, self.steps + MAX_CALL_STEPS)
        self.stack.append(definition)
        self.called_at.append(place)
        try:
            yield
        finally:
            self.stack.pop()
            self.called_at.pop()
            if not self.stack:
                self.limit = MAX_STEPS

    @contextmanager
    def awaiting(self, block: WithBlock) -> Iterator[None]:
        """Inside, a block's context manager is made; one that is a generator runs it at its `yield`."""
        self.blocks.append(block)
        try:
            yield
        finally:
            self.blocks.pop()

    @contextmanager
    def outside(self, depth: int) -> Iterator[None]:
        """Inside, the calls from that depth on stand still: what had made them goes on."""
        still, places = self.stack[depth:], self.called_at[depth:]
        del self.stack[depth:], self.called_at[depth:]
        try:
            yield
        finally:
            self.stack.extend(still)
            self.called_at.extend(places)

    @contextmanager
    def trying(self, is_guarded: bool) -> Iterator[None]:
        """Inside, what a call raises ends the block: somebody catches it."""
        self.guards += is_guarded
        try:
            yield
        finally:
            self.guards -= is_guarded

    def has_raised(self) -> bool:
        """Whether the statement just executed raises, where somebody catches it."""
        raised, self.raised = self.raised, False
        return raised and self.guards > 0

    def may_call(self, definition: Node) -> bool:
        """Whether a call may be followed: recursion ends here, or unknown conditions would unfold it."""
        return len(self.stack) < MAX_CALLS and self.stack.count(definition) < MAX_RECURSION and self.spend()

    @contextmanager
    def condition(self, place: Origin, why: str, by_default: bool | None = None) -> Iterator[None]:
        """What happens inside happens only under a condition."""
        self.conditions.append(Condition(place, why, by_default))
        try:
            yield
        finally:
            self.conditions.pop()

    def by_default(self, since: int = 0) -> bool | None:
        """Whether what happens now does so when nobody configures anything, as far as later conditions go."""
        return both([condition.by_default for condition in self.conditions[since:]])

    def changed(self, old: Value, new: Value, since: int = 0) -> Value:
        """What is behind a name that gets a value under conditions."""
        happens = self.by_default(since)
        return choice([old, new], UNTOLD if happens is None else new if happens else old)

    @contextmanager
    def outside_conditions(self) -> Iterator[None]:
        """An imported module's body runs once, whatever the import stood under."""
        kept, self.conditions = self.conditions, []
        try:
            yield
        finally:
            self.conditions = kept

    def unresolved(self, frame: Frame, node: Node, why: str) -> Unresolved:
        """An unresolved value that knows its place."""
        return Unresolved(why, Origin(frame.module.module, node))


def both(answers: Sequence[bool | None]) -> bool | None:
    """Whether all hold, by Kleene's logic."""
    return False if False in answers else None if None in answers else True


def _module_names(module: Module) -> dict[str, Value]:
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    return {"__name__": module.name, "__package__": package, "__file__": f"{REPOSITORY}/{module.path}"}


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let interpreted calls and imports nest; calls between Python functions need no C stack since 3.11."""
    kept = sys.getrecursionlimit()
    sys.setrecursionlimit(max(kept, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(kept)
