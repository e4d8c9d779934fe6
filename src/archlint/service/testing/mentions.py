"""Which definitions the service's own code never speaks of: nothing can run them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Alias, Attribute, ClassDef, Constant, FunctionDef, Name
from archlint.readings import summary
from archlint.service.calls.functions import Class, Function, names_in
from archlint.service.calls.library_models import Library
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.unread import unread as unread_names

_MAX_NAME = 200


class Mentions:
    """Counts the names of modules, once."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self._modules = modules

    def none_of(self, one: Function | Class) -> bool:
        """Whether nothing but its own body has the name of a definition."""
        if isinstance(one, Function) and (one.decorators or _may_be_asked_for(one)):
            return False  # A decorator may register it, and a base may call a method by its name.
        name = one.node.name if isinstance(one.node, FunctionDef | ClassDef) else ""
        inside = (node.id if isinstance(node, Name) else node.attr for node in names_in(one))
        return bool(name) and self._counts[name] <= sum(name == other for other in inside)

    @cached_property
    def _counts(self) -> Counter[str]:
        """How often each name is used, imported, exported, or is the last word of a string."""
        found: Counter[str] = Counter()
        for module in self._modules:
            found.update(dict(_counted(module.source)))
        return found


@summary
def _counted(source: PythonSource) -> tuple[tuple[str, int], ...]:
    """How often a file has each name; a function's variables that nothing reads do not count."""
    nodes, unread = source.nodes, unread_names(source)
    found = Counter(node.id for node in nodes.of(Name) if node not in unread)
    found.update(node.attr for node in nodes.of(Attribute))
    found.update(alias.name.rpartition(".")[2] for alias in nodes.of(Alias))
    texts = (node.value for node in nodes.of(Constant) if isinstance(node.value, str))
    found.update(re.split(r"[.:]", text)[-1] for text in texts if len(text) < _MAX_NAME)
    return tuple(sorted(found.items()))


def _may_be_asked_for(method: Function) -> bool:
    """Whether the class derives from what may know the method: a library's class, or one that has it, too."""
    if method.owner is None or not isinstance(method.node, FunctionDef):
        return False
    others = (base for base in method.owner.lineage if base is not method.owner)
    return any(
        base.path not in names_of("empty base")
        if isinstance(base, Library)
        else method.node.name in base.methods
        for base in others
    )
