"""The code that runs in the service, without functions that nothing mentions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.facts.syntax import Alias, Attribute, Call, Constant, Expression, FunctionDef, Name, dotted
from archlint.service.modules import Module, Modules
from archlint.service.scopes import scoped
from archlint.service.symbols import Scope


@dataclass(frozen=True, eq=False)
class Startup:
    """Which code of runtime modules something may start."""

    modules: Modules

    def attributes(self, name: str) -> Iterator[tuple[Module, Scope, Attribute]]:
        """The uses of `….name` but in `if __name__ == "__main__"`, fixtures, and functions nobody uses.

        A function counts as used when its name stands anywhere but in its definition, or when it is
        decorated: whatever decorates it may call it.
        """
        for module in self.modules.runtime:
            wanted = (node for node in module.source.nodes.of(Attribute) if node.attr == name)
            for scope, node in scoped(module.source, wanted):
                if self._is_used(scope):
                    yield module, scope, node

    def _is_used(self, scope: Scope) -> bool:
        """Whether something starts the outermost function around; what a function holds is its own affair."""
        outer = next((one for one in scope if isinstance(one, FunctionDef)), None)
        if outer is None:
            return True
        if outer.decorators:
            return not any("fixture" in (_called(decorator) or "") for decorator in outer.decorators)
        return outer.name in self._mentioned

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        return frozenset(name for module in self.modules.runtime for name in _names(module))


def _names(module: Module) -> Iterator[str]:
    nodes = module.source.nodes
    yield from (node.id for node in nodes.of(Name))
    yield from (node.attr for node in nodes.of(Attribute))
    yield from (node.name for node in nodes.of(Alias))
    yield from (node.value for node in nodes.of(Constant) if isinstance(node.value, str))


def _called(decorator: Expression) -> str | None:
    return dotted(decorator.func if isinstance(decorator, Call) else decorator)
