"""Which definitions the service's own code never speaks of: nothing can run them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property

from archlint.facts.outline import MentionedNames, only
from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Alias,
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Evaluate,
    FunctionDef,
    Name,
)
from archlint.readings import naming, summary
from archlint.service.calls.functions import Class, Function, Program
from archlint.service.calls.library_models import Library
from archlint.service.calls.names import names_in
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.live_code import last_words, may_be_registered, with_inner
from archlint.service.semantics.modules import Module
from archlint.service.semantics.named_functions import DocumentedNames
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.unread import unread as unread_names

_IMPORTS = re.compile(r"(?m)^[ \t]*from[ \t]+[\w.]+[ \t]+import[ \t]+([^\n#]{1,500})")
"""An import in the text of a program that something writes and runs."""

_WORD = re.compile(r"\w+")


class Mentions:
    """The names in the modules of a program, by where they stand.

    `documented` gives what documents name.
    """

    def __init__(
        self,
        modules: Sequence[Module],
        program: Program,
        documented: Callable[[], DocumentedNames] = DocumentedNames,
    ) -> None:
        self._modules = modules
        self._program = program
        self._documented = cache(documented)
        self._defined = program.defined

    def none_of(self, one: Function | Class) -> bool:
        """Whether no code that runs has the name of a definition, but for its own body."""
        if isinstance(one, Function) and _is_called_unseen(one):
            return False
        name = one.node.name if isinstance(one.node, FunctionDef | ClassDef) else ""
        within = sum(name == last_name(node) for node in names_in(one, self._defined))
        in_others = name in self._elsewhere or self._within_its_like[name] > within
        if not name or (in_others and name in self._alive):
            return False
        return not (one in self._named or (in_others and name in self._alive_by_documents))

    def may_be_kept(self, method: Function) -> bool:
        """Whether something may hold the method without calling it where its name stands."""
        return _is_called_unseen(method) or method.own_name in self._kept

    def is_operation(self, function: Function) -> bool:
        """Whether an OpenAPI document names the function as what requests come to."""
        return _dotted(function) in self._documented().operations

    def is_handed_on(self, function: Function) -> bool:
        """Whether a function's name stands where it is not called: in a table, or as an argument."""
        if function.owner is not None:
            return self.may_be_kept(function)
        return function.own_name in self._handed_on

    @cached_property
    def _alive(self) -> frozenset[str]:
        """The names that stand in code that runs: outside of functions, or in one whose name does.

        A module that only imports a name, and lists it in `__all__`, hands it on and does not run it.
        """
        alive, inside = self._spoken
        return with_inner(alive, inside)

    @cached_property
    def _alive_by_documents(self) -> frozenset[str]:
        """The names that stand in functions which documents name, and in those of these names."""
        names = {one.own_name if isinstance(one, Function) else one.node.name for one in self._named}
        return with_inner(names, self._spoken[1])

    @cached_property
    def _named(self) -> frozenset[Function | Class]:
        """What documents name. Only who would call a definition unused asks them."""
        documented = self._documented().functions
        functions = [one for one in self._program.functions.values() if _dotted(one) in documented]
        classes = [one for one in self._program.classes.values() if _dotted(one) in documented]
        return frozenset((*functions, *classes))

    @cached_property
    def _spoken(self) -> tuple[AbstractSet[str], Mapping[str, AbstractSet[str]]]:
        """The names that stand in code that runs by itself, and those in each function of some name."""
        inside: defaultdict[str, set[str]] = defaultdict(set)
        alive = set(self._kept)
        asked = {one.own_name for one in self._program.functions.values() if _may_be_asked_for(one)}
        for mentions in (_names_of(module.source, self._defined) for module in self._modules):
            alive.update(mentions.outside, mentions.guarded, _taken(mentions))
            for one in mentions.inside:
                runs = one.is_decorated or one.function.startswith("__") or one.function in asked
                (alive if runs else inside[one.function]).update(one.names)
        return alive, inside

    @cached_property
    def _kept(self) -> frozenset[str]:
        return frozenset(name for module in self._modules for name in _kept(module.source, self._defined))

    @cached_property
    def _handed_on(self) -> frozenset[str]:
        return frozenset().union(*(_handed_on(module.source, self._defined) for module in self._modules))

    @cached_property
    def _elsewhere(self) -> frozenset[str]:
        return frozenset().union(*(_mentioned(module.source, self._defined)[0] for module in self._modules))

    @cached_property
    def _within_its_like(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for module in self._modules:
            found.update(dict(_mentioned(module.source, self._defined)[1]))
        return found


def _dotted(one: Function | Class) -> str:
    """`module.function`, `Class.method`."""
    if isinstance(one, Function):
        holder = one.owner.node.name if one.owner is not None else one.module.name.rpartition(".")[2]
        return f"{holder}.{one.own_name}"
    return f"{one.module.name.rpartition('.')[2]}.{one.node.name}"


def _taken(mentions: MentionedNames) -> Iterator[str]:
    """What a module imports for its own functions, or gives another name."""
    used = frozenset().union(*(one.names for one in mentions.inside), mentions.outside, mentions.guarded)
    for one in mentions.aliases:
        if one.function != "__all__" and (one.function in used or one.function not in one.names):
            yield from one.names


@naming
def _names_of(source: PythonSource, defined: frozenset[str]) -> MentionedNames:
    """What a file mentions of the names that the repository defines."""
    return only(source.mentions, defined)


@naming
def _mentioned(
    source: PythonSource, defined: frozenset[str]
) -> tuple[frozenset[str], tuple[tuple[str, int], ...]]:
    """The defined names that a file has, and how often it has others within definitions that are called so.

    They are used, imported, exported, or the last word of a string. A function's variables that nothing reads
    do not count.
    """
    nodes, unread = source.nodes, unread_names(source)
    elsewhere = set(_named_by_texts(source))
    elsewhere.update(alias.name.rpartition(".")[2] for alias in nodes.of(Alias))
    own = {*(one.name for one in nodes.of(FunctionDef)), *(one.name for one in nodes.of(ClassDef))}
    named: list[tuple[str, Name | Attribute]] = [(n.id, n) for n in nodes.of(Name) if n not in unread]
    named += [(node.attr, node) for node in nodes.of(Attribute)]
    elsewhere.update(word for word, _ in named if word not in own)
    within: Counter[str] = Counter()
    for word, node in [one for one in named if one[0] in own]:
        if any(one.name == word for one in source.definitions.around(node)):
            within[word] += 1
        else:
            elsewhere.add(word)
    inner = tuple(sorted((word, within[word]) for word in within.keys() - elsewhere))
    return defined.intersection(elsewhere), inner


@naming
def _kept(source: PythonSource, defined: frozenset[str]) -> tuple[str, ...]:
    """The defined names that a file reads as attributes and does not call there, or has at strings' ends."""
    called = {call.func for call in source.nodes.of(Call)}
    read = {node.attr for node in source.nodes.of(Attribute) if node not in called}
    return tuple(sorted(defined.intersection(read.union(_named_by_texts(source)))))


@naming
def _handed_on(source: PythonSource, defined: frozenset[str]) -> frozenset[str]:
    """The defined names that a file reads and does not call there."""
    called = {call.func for call in source.nodes.of(Call)}
    targets = {target for one in source.nodes.of(Assign) for target in one.targets}
    read = (one.id for one in source.nodes.of(Name) if one not in called and one not in targets)
    return defined.intersection(read)


def is_spoken_of(function: Function, used: Container[str]) -> bool:
    """Whether the name of a function is one that modules use, or it may be called without that."""
    return (
        not isinstance(function.node, FunctionDef)
        or function.own_name.startswith("__")
        or _is_called_unseen(function)
        or function.own_name in used
    )


@summary
def _named_by_texts(source: PythonSource) -> frozenset[str]:
    """The last words of texts that may name a definition, and what the texts of programs import."""
    return last_words(source).union(_imported_by_programs(source))


def _imported_by_programs(source: PythonSource) -> Iterator[str]:
    nodes = (one for one in source.nodes.of(Constant) if isinstance(one.value, str))
    programs = [one for one in nodes if "import " in str(one.value)]
    remarks = {one.value for one in source.nodes.of(Evaluate)} if programs else ()
    for text in (str(one.value) for one in programs if one not in remarks):
        for names in _IMPORTS.findall(text):
            yield from _WORD.findall(names)


def _is_called_unseen(function: Function) -> bool:
    """Whether something may call it that has not its name in the service: who decorates it, or a library."""
    return may_be_registered(function.decorators) or _may_be_asked_for(function)


def _may_be_asked_for(method: Function) -> bool:
    """Whether its class derives from a library's, which may call it; the service's say its name."""
    return (
        method.owner is not None
        and isinstance(method.node, FunctionDef)
        and any(
            isinstance(base, Library) and base.path not in names_of("empty base")
            for base in method.owner.lineage
        )
    )
