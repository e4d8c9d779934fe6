"""What one reading of a function's own statements tells, as records."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct, field

from archlint.facts.syntax import (
    Expression,
)
from archlint.service.calls.conditions import Need


class BindingSite(Struct, frozen=True):
    """A name, or attribute of `self`, that gets a value, which holds from `start` on.

    `kind` says how: the `value` itself, an `element` of it, by `enter`ing it (by `async with`: `aenter`), by
    its `annotation` alone, or as a `definition` or import. `block` is the span of the statements around it;
    what a comprehension binds is `limited` to it.
    """

    kind: str
    start: int
    block: tuple[int, int]
    value: Expression | None = None
    annotation: Expression | None = None
    limited: bool = False


class Site(Struct, frozen=True):
    """An expression at which something may run.

    `kind` is `call`, `read` (of an attribute), `await`, `iterate` or `enter`. `awaited`: its value is
    awaited, there or by `gather`. `once`: it runs the first time only, and its result is kept. `main`: it
    runs only when the file is started as a program. `needs` are the parameters' values that lead here.
    """

    kind: str
    node: Expression
    awaited: bool = False
    once: bool = False
    main: bool = False
    needs: frozenset[Need] = frozenset()


class Scan(Struct):
    """What one function's own statements say; those of functions in it are left out."""

    bindings: defaultdict[str, list[BindingSite]] = field(default_factory=lambda: defaultdict(list))
    attributes: defaultdict[str, list[BindingSite]] = field(default_factory=lambda: defaultdict(list))
    sites: list[Site] = field(default_factory=list)
    returned: list[Expression] = field(default_factory=list)
    yielded: list[Expression] = field(default_factory=list)
    delegated: list[Expression] = field(default_factory=list)
    """What `yield from` iterates over."""

    stores: list[tuple[Expression, Expression]] = field(default_factory=list)
    """Containers, and what is put into them: `handlers[name] = function`, `handlers.append(function)`."""

    states: list[tuple[str, Expression]] = field(default_factory=list)
    """What `….state.name` is set to."""

    outer_names: set[str] = field(default_factory=set)
    is_generator: bool = False
