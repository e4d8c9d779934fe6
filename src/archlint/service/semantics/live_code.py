"""The code that runs in the service, without functions that nothing in it reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import Attribute, Call, Expression, FunctionDef
from archlint.facts.traversal import dotted
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import scoped
from archlint.service.semantics.symbols import Scope


class Startup(Struct, eq=False, frozen=True, dict=True):
    """Which code of runtime modules something may start."""

    modules: Modules

    def attributes(self, name: str) -> Iterator[tuple[Module, Scope, Attribute]]:
        """The uses of `….name` but in `if __name__ == "__main__"`, fixtures, and functions nobody uses."""
        for module in self.modules.runtime:
            wanted = (node for node in module.source.nodes.of(Attribute) if node.attr == name)
            for scope, node in scoped(module.source, wanted):
                outer = _outer(scope)
                if outer is None or self._is_used(outer):
                    yield module, scope, node

    def _is_used(self, function: FunctionDef) -> bool:
        if any("fixture" in (_called(decorator) or "") for decorator in function.decorators):
            return False
        return bool(function.decorators) or function.name in self._reached

    @cached_property
    def _reached(self) -> frozenset[str]:
        """The names that stand in code that runs: outside of functions, or in one whose name is reached.

        Whatever decorates a function may call it, and Python calls `__init__` and its like.
        """
        inside: defaultdict[str, set[str]] = defaultdict(set)
        reached: set[str] = set()
        for mentions in (module.source.mentions for module in self.modules.runtime):
            reached.update(mentions.outside)
            for one in mentions.inside:
                runs = one.is_decorated or one.function.startswith("__")
                (reached if runs else inside[one.function]).update(one.names)
        pending = list(reached)
        while pending:
            new = inside.get(pending.pop(), set()) - reached
            reached |= new
            pending += new
        return frozenset(reached)


def _outer(scope: Scope) -> FunctionDef | None:
    """The outermost function around; what a function holds is its own affair."""
    return next((one for one in scope if isinstance(one, FunctionDef)), None)


def _called(decorator: Expression) -> str | None:
    return dotted(decorator.func if isinstance(decorator, Call) else decorator)
