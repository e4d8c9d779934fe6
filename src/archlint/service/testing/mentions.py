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
        if not name or name in self._elsewhere:
            return False
        return self._within_its_like[name] <= sum(name == _word(node) for node in names_in(one))

    @cached_property
    def _elsewhere(self) -> frozenset[str]:
        return frozenset().union(*(_mentioned(module.source)[0] for module in self._modules))

    @cached_property
    def _within_its_like(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for module in self._modules:
            found.update(dict(_mentioned(module.source)[1]))
        return found


@summary
def _mentioned(source: PythonSource) -> tuple[frozenset[str], tuple[tuple[str, int], ...]]:
    """The names that a file has, and how often it has others within definitions that are called so.

    They are used, imported, exported, or the last word of a string. A function's variables that nothing reads
    do not count.
    """
    nodes, unread = source.nodes, unread_names(source)
    texts = (node.value for node in nodes.of(Constant) if isinstance(node.value, str))
    words = (re.split(r"[.:]", text)[-1] for text in texts if len(text) < _MAX_NAME)
    elsewhere = {word for word in words if word.isidentifier()}
    elsewhere.update(alias.name.rpartition(".")[2] for alias in nodes.of(Alias))
    defined = {*(one.name for one in nodes.of(FunctionDef)), *(one.name for one in nodes.of(ClassDef))}
    named: list[Name | Attribute] = [node for node in nodes.of(Name) if node not in unread]
    named += nodes.of(Attribute)
    within: Counter[str] = Counter()
    for node in named:
        word = _word(node)
        if word in defined and any(one.name == word for one in source.definitions.around(node)):
            within[word] += 1
        else:
            elsewhere.add(word)
    return frozenset(elsewhere), tuple(sorted((word, within[word]) for word in within.keys() - elsewhere))


def _word(node: Name | Attribute) -> str:
    return node.id if isinstance(node, Name) else node.attr


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
