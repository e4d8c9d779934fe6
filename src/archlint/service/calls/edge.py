"""The edges of the call graph, as records: calls of the service's functions and of libraries'."""

from __future__ import annotations

from typing import cast

from msgspec import Struct

from archlint.facts.syntax import Expression, Node
from archlint.findings import Location
from archlint.service.calls.conditions import KnownArguments, Need, contradicts
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.library_models import ExecutionWay
from archlint.service.calls.scanning import notice_text


class Edge(Struct, eq=False, frozen=True):
    """`caller` makes `callee` run, in the way that `handoffs.toml` explains, where `site` stands.

    `once`: only the first time, for its result is kept. `main`: only where the file is run as a program.
    `needs`: only when the caller's parameters are so. `known` are the callee's parameters that the call sets
    to True, False or None, `self` among them where the object's class is certain; `passed` those that get a
    parameter of the caller.
    """

    caller: Function
    callee: Function
    site: Node
    way: ExecutionWay
    once: bool = False
    main: bool = False
    needs: frozenset[Need] = frozenset()
    known: KnownArguments = frozenset()
    passed: tuple[tuple[str, str], ...] = ()

    def may_run(self, known: KnownArguments) -> bool:
        """Whether it may when this is known of the caller's parameters: the code, and the method it means."""
        if contradicts(self.needs, known):
            return False
        cls = self._own_class(known)
        return cls is None or cls.find_method(self.callee.own_name) is self.callee

    def _own_class(self, known: KnownArguments) -> Class | None:
        """The class of the object where the edge is a call of one of its own methods, and it is known."""
        first = self.callee.first_parameter if known and self.passed else None
        names = [name for to, name in self.passed if to == first and name == self.caller.first_parameter]
        values = (value for name, value in known if name in names)
        return next((value for value in values if isinstance(value, Class)), None)

    def knows(self, known: KnownArguments) -> KnownArguments:
        """What the callee's parameters are when this is known of the caller's."""
        values = dict(known)
        return self.known | {(to, values[name]) for to, name in self.passed if name in values}

    @property
    def node(self) -> Expression:
        """The expression at the site; whoever reads it depends on all that the caller says."""
        return _read(self.caller, self.site)

    @property
    def location(self) -> Location:
        """Where the call stands."""
        return self.caller.module.location(self.site)


class LibraryCall(Struct, eq=False, frozen=True):
    """`caller` calls a library's function, `path` as in `values.Library`, where `site` stands.

    `awaited` calls give a coroutine; `by_path` says whether the first argument is a path, as far as known.
    """

    caller: Function
    path: str
    site: Node
    awaited: bool
    once: bool
    main: bool
    by_path: bool
    needs: frozenset[Need]

    @property
    def node(self) -> Expression:
        """The expression at the site; whoever reads it depends on all that the caller says."""
        return _read(self.caller, self.site)

    @property
    def location(self) -> Location:
        """Where the call stands."""
        return self.caller.module.location(self.site)


def _read(caller: Function, site: Node) -> Expression:
    notice_text(caller)
    return cast("Expression", site)
