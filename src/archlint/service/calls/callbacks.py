"""What functions do with the functions that they are given: call them, hand them on, or wrap them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Protocol

from msgspec import Struct

from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import ExecutionWay, Handoff


class Use(Struct, frozen=True, order=True):
    """How a given function gets to run: a plain one, and a coroutine function; None for never."""

    function: ExecutionWay | None
    coroutine: ExecutionWay | None

    def way(self, is_async: bool) -> ExecutionWay | None:
        """How a function of this kind gets to run."""
        return self.coroutine if is_async else self.function


CALLED = Use("here", "here")
AWAITED = Use(None, "here")
"""`await given()`: only a coroutine function can be meant."""


def use_of(handoff: Handoff) -> Use:
    """How a library that takes functions runs them."""
    return Use(handoff.function, handoff.coroutine)


class Relations(Protocol):
    """Which functions run, and return, those that are defined inside of them."""

    def ways(self, outer: Function, inner: Function) -> Iterable[ExecutionWay]:
        """How `outer` runs `inner`."""

    def wrappers(self, decorator: Function) -> list[Function]:
        """The functions inside of `decorator` that it returns."""


class _Forward(Struct, frozen=True):
    """A parameter that is given on, as the parameter `name` of `function`."""

    function: Function
    name: str


class Parameters:
    """What becomes of each parameter, in its function and in the functions inside of that one."""

    def __init__(self, relations: Relations) -> None:
        self._relations = relations
        self._uses: defaultdict[_Forward, list[tuple[Function, Use | _Forward]]] = defaultdict(list)
        self._known: dict[_Forward, frozenset[Use]] = {}

    def use(self, function: Function, name: str, where: Function, use: Use) -> None:
        """Note that `where`, which is `function` or lies in it, uses the parameter."""
        self._uses[_Forward(function, name)].append((where, use))

    def forward(self, function: Function, name: str, where: Function, to: Function, parameter: str) -> None:
        """Note that `where` gives the parameter on to another function."""
        self._uses[_Forward(function, name)].append((where, _Forward(to, parameter)))

    def noted(self) -> Iterator[object]:
        """All uses as they were noted, in order."""
        return ((place, noted) for place, several in self._uses.items() for noted in several)

    def uses(self, function: Function, name: str) -> frozenset[Use]:
        """What a call of `function` does with what it gets for the parameter."""
        place = _Forward(function, name)
        if place not in self._known:
            self._known[place] = frozenset()
            self._known[place] = frozenset(
                compose(outer, use)
                for where, noted in self._uses.get(place, ())
                for outer in self._related(function, where)
                for use in self._resolved(noted)
            )
        return self._known[place]

    def applied(self, decorator: Function, name: str) -> frozenset[Use]:
        """What a call of the function that `decorator` returns does with what `decorator` was given."""
        found: set[Use] = set()
        for wrapper in self._relations.wrappers(decorator):
            for where, noted in self._uses.get(_Forward(decorator, name), ()):
                if is_inside(where, wrapper):
                    found |= {
                        compose(outer, use)
                        for outer in self._related(wrapper, where)
                        for use in self._resolved(noted)
                    }
        return frozenset(found)

    def _resolved(self, noted: Use | _Forward) -> frozenset[Use]:
        return frozenset({noted}) if isinstance(noted, Use) else self.uses(noted.function, noted.name)

    def _related(self, outer: Function, inner: Function) -> frozenset[ExecutionWay]:
        """How `outer` runs `inner`, which lies in it."""
        if inner is outer:
            return frozenset({"here"})
        if inner.parent is None:
            return frozenset()
        ways = self._relations.ways(inner.parent, inner)
        return frozenset(
            _then(first, second) for first in self._related(outer, inner.parent) for second in ways
        )


def compose(outer: ExecutionWay, use: Use) -> Use:
    """The use that a function makes of another when it runs in the `outer` way itself."""
    return Use(
        use.function and _then(outer, use.function),
        use.coroutine and _then(outer, use.coroutine),
    )


def _then(first: ExecutionWay, second: ExecutionWay) -> ExecutionWay:
    """How what a function does `second` gets to run when the function itself runs in the `first` way."""
    return second if first == "here" or second in {"thread", "queue", "program"} else first


def is_inside(function: Function, outer: Function) -> bool:
    """Whether a function is another one, or is defined in it."""
    current: Function | None = function
    while current is not None and current is not outer:
        current = current.parent
    return current is outer
