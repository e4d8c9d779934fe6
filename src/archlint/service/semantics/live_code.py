"""The code that runs in the service, without functions that nothing in it reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

from msgspec import Struct

from archlint.facts.outline import MentionedNames, only
from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Alias,
    Assign,
    Attribute,
    Call,
    Constant,
    Expression,
    FunctionDef,
    Name,
    Simple,
    Statement,
)
from archlint.facts.traversal import dotted
from archlint.readings import knowing, naming, summary
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.scopes import scoped
from archlint.service.semantics.symbols import Scope

_LEAVING = frozenset(
    ("asynccontextmanager", "cache", "classmethod", "contextmanager", "lru_cache", "override", "staticmethod")
)
"""Decorators that leave it to others to call a function."""


class Startup(Struct, eq=False, frozen=True, dict=True):
    """Which code of runtime modules something may start; `commands` name more."""

    modules: Modules
    commands: Callable[[Module, str], bool] = lambda module, name: False

    def attributes(self, name: str) -> Iterator[tuple[Module, Scope, Attribute]]:
        """The uses of `….name` but in `if __name__ == "__main__"`, fixtures, and functions nobody uses."""
        for module in self.modules.runtime:
            for scope, node in scoped(module.source, _attributes(module.source, name)):
                outer = _outer(scope)
                if outer is None or self._is_used(module, outer, is_method=outer is not scope[0]):
                    yield module, scope, node

    def _is_used(self, module: Module, function: FunctionDef, *, is_method: bool) -> bool:
        if any("fixture" in (_called(decorator) or "") for decorator in function.decorators):
            return False
        name = function.name
        return (
            may_be_registered(_called(decorator) or "" for decorator in function.decorators)
            or self.commands(module, name)
            or (name in self._reached and name in self._used and (is_method or self._is_function(name)))
        )

    def _is_function(self, name: str) -> bool:
        """Whether anybody means a module's function by the name, and not some object's method alone."""
        return any(_has_function(module.source, name) for module in self.modules.runtime)

    @cached_property
    def _used(self) -> frozenset[str]:
        defined = self.modules.defined
        return frozenset().union(*(used_names(module.source, defined) for module in self.modules.runtime))

    @cached_property
    def _reached(self) -> frozenset[str]:
        """The names that stand in code that runs: outside of functions, or in one whose name is reached.

        Whatever decorates a function may call it, and Python calls `__init__` and its like. Whoever imports
        a name, lists it in `__all__` or gives it another one does not yet use it.
        """
        inside: defaultdict[str, set[str]] = defaultdict(set)
        reached: set[str] = set()
        known = self.modules.known
        for mentions in (_known_names(module.source, known) for module in self.modules.runtime):
            reached.update(mentions.outside)
            for one in (*mentions.inside, *mentions.aliases):
                runs = one.is_decorated or (one.function.startswith("__") and one.function != "__all__")
                (reached if runs else inside[one.function]).update(one.names)
        return with_inner(reached, inside)


@knowing
def _known_names(source: PythonSource, known: frozenset[str]) -> MentionedNames:
    """What a file mentions of names that stand for something in the repository."""
    return only(source.mentions, known)


@summary
def _attributes(source: PythonSource, name: str) -> tuple[Attribute, ...]:
    """The uses of `….name` in a file, whose statements need not be decoded where it has no such name."""
    if name not in source.names:
        return ()
    return tuple(node for node in source.nodes.of(Attribute) if node.attr == name)


@summary
def _has_function(source: PythonSource, name: str) -> bool:
    """Whether a file may speak of a module's function, and not of a method that some object has.

    It does by the name itself, in a text too, and where it takes an attribute of something imported.
    """
    nodes = source.nodes
    aliases = nodes.of(Alias)
    if any(node.id == name for node in nodes.of(Name)) or name in last_words(source):
        return True
    imported = {(one.asname or one.name).partition(".")[0] for one in aliases}
    takes_any = not source.names.isdisjoint({"__import__", "import_module"})
    roots = (_root(node) for node in _attributes(source, name))
    return any(one.name == name for one in aliases) or any(takes_any or root in imported for root in roots)


def _root(node: Expression) -> str | None:
    while isinstance(node, Attribute):
        node = node.value
    return node.id if isinstance(node, Name) else None


def with_inner(names: Iterable[str], inside: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    """The names, and all that stand in functions with such a name, those of what is found so included."""
    found = set(names)
    pending = list(found)
    while pending:
        new = inside.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return frozenset(found)


def may_be_registered(decorators: Iterable[str]) -> bool:
    """Whether one of a function's decorators, by their dotted names, may keep it and have it called."""
    return any(name.rpartition(".")[2] not in _LEAVING for name in decorators)


def _outer(scope: Scope) -> FunctionDef | None:
    """The outermost function around; what a function holds is its own affair."""
    return next((one for one in scope if isinstance(one, FunctionDef)), None)


def _called(decorator: Expression) -> str | None:
    return dotted(decorator.func if isinstance(decorator, Call) else decorator)


@naming
def used_names(source: PythonSource, defined: frozenset[str]) -> frozenset[str]:
    """The defined names with which a file does more than to import them and to hand them on by `__all__`.

    The last words of texts outside of `__all__` are among them, as of "app.jobs:send", variables of functions
    that are called alike are not.
    """
    nodes, owners = source.nodes, _owners(source, defined)
    found = {node.id for node in nodes.of(Name) if not _is_variable(source, node, owners)}
    found.update(node.attr for node in nodes.of(Attribute))
    renamed = (one.name for one in nodes.of(Alias) if one.asname not in {None, one.name})
    found.update(name.rpartition(".")[2] for name in renamed)
    found.update(last_words(source))
    return defined.intersection(found)


def _owners(source: PythonSource, defined: frozenset[str]) -> dict[str, set[FunctionDef]]:
    """The functions of a file that assign variables of their own, by those names that are defined, too."""
    found: dict[str, set[FunctionDef]] = defaultdict(set)
    shared = {
        name.id
        for one in source.nodes.of(Simple)
        if one.keyword in {"global", "nonlocal"}
        for name in one.parts
        if isinstance(name, Name)
    }
    for one in source.nodes.of(Assign):
        targets = {target.id for target in one.targets if type(target) is Name}
        names = (targets & defined) - shared
        around = source.definitions.around(one) if names else ()
        if around and isinstance(around[-1], FunctionDef):
            for name in names:
                found[name].add(around[-1])
    return found


def _is_variable(source: PythonSource, node: Name, owners: Mapping[str, AbstractSet[FunctionDef]]) -> bool:
    found = owners.get(node.id)
    return found is not None and not found.isdisjoint(source.definitions.functions_around(node))


@summary
def last_words(source: PythonSource) -> frozenset[str]:
    """The last words of a file's texts outside of `__all__`, as of "app.jobs:send"."""
    exports = [one for one in source.body if is_export(one)]
    texts = (
        one.value
        for one in source.nodes.of(Constant)
        if isinstance(one.value, str) and not any(each.start <= one.start < each.end for each in exports)
    )
    words = (text[max(text.rfind("."), text.rfind(":")) + 1 :] for text in texts)
    return frozenset(word for word in words if word.isidentifier())


def is_export(statement: Statement) -> bool:
    """Whether it says what `__all__` is."""
    return type(statement) is Assign and any(
        type(target) is Name and target.id == "__all__" for target in statement.targets
    )
