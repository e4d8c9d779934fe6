"""Which names stand in a definition that may be of another one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import TypeAlias

from msgspec.structs import replace

from archlint.facts.source import PythonSource, function_naming, notice_naming
from archlint.facts.syntax import Alias, Attribute, ClassDef, FunctionDef, Name, Node
from archlint.facts.traversal import dotted
from archlint.readings import naming, unnoticed
from archlint.service.calls.functions import Class, Function
from archlint.service.semantics.bindings import Assigned, function_namespace
from archlint.service.semantics.idle import showing
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.unread import unread_in

_Names: TypeAlias = tuple[Name | Attribute, ...]
_start = attrgetter("start")
_place = attrgetter("start", "length")


def names_in(definition: Function | Class, defined: frozenset[str]) -> Sequence[Name | Attribute]:
    """The names and attributes in a definition, from its first word to its last, that may be of another one.

    These are names that the repository defines, or that the file gives to what it imports; `defined` are the
    former. A function's variables that nothing reads are left out; a module itself has none.
    """
    node, source = definition.node, definition.module.source
    match node:
        case FunctionDef():
            notice_naming(_words_in_function, source, node)
            with unnoticed():
                return _names_in_function(source, node, defined)
        case ClassDef():
            with unnoticed():
                number = source.nodes.of(ClassDef).index(node)
            return _names_in_class(source, defined, str(number))[1]
    return () if node is None else _names_between(source, node, defined)


def names_used_in(
    source: PythonSource, function: FunctionDef, defined: frozenset[str], wanted: frozenset[str]
) -> _Names:
    """Those of the wanted `names_in` a function that stand in no statement which only shows values.

    Its own variables are left out: what they hold has another name.
    """
    notice_naming(_words_used_in, source, function)
    with unnoticed():
        names = _names_in_function(source, function, defined)
        found = [one for one in names if last_name(one) in wanted]
        return _used(source, function, defined, found)


@function_naming
def _words_in_function(source: PythonSource, function: FunctionDef, defined: frozenset[str]) -> _Names:
    return tuple(map(_word, _names_in_function(source, function, defined)))


@function_naming
def _words_used_in(source: PythonSource, function: FunctionDef, defined: frozenset[str]) -> _Names:
    names = _names_in_function(source, function, defined)
    return tuple(map(_word, _used(source, function, defined, names)))


def _word(one: Name | Attribute) -> Name | Attribute:
    """The name without what it is taken off, where that is no name: inference follows that."""
    is_followed = isinstance(one, Attribute) and dotted(one) is None
    return replace(one, value=Name(one.start, 0, "")) if is_followed else one


def _used(
    source: PythonSource, function: FunctionDef, defined: frozenset[str], names: Sequence[Name | Attribute]
) -> _Names:
    own = _variables(function) if names else frozenset()
    spans = [(one.start, one.end) for one in showing(source, function, defined)] if names else []
    return tuple(
        one
        for one in names
        if not any(start <= one.start < end for start, end in spans)
        and not (isinstance(one, Name) and one.id in own and one.start > function.header_end)
    )


def _variables(function: FunctionDef) -> frozenset[str]:
    """The parameters of a function, and the names to which it gives values."""
    bound = function_namespace(function).names
    return frozenset(name for name, one in bound.items() if isinstance(one, Assigned))


@function_naming
def _names_in_function(source: PythonSource, definition: FunctionDef, defined: frozenset[str]) -> _Names:
    unread = unread_in(source, definition)
    return tuple([one for one in _names_between(source, definition, defined) if one not in unread])


@naming
def _names_in_class(
    source: PythonSource, defined: frozenset[str], number: str
) -> tuple[tuple[str, ...], _Names]:
    """The names in a class, beside what all classes are called."""
    classes = source.nodes.of(ClassDef)
    names = _names_between(source, classes[int(number)], defined)
    return tuple(one.name for one in classes), names


def _names_between(source: PythonSource, node: Node, defined: frozenset[str]) -> _Names:
    names = _speaking_names(source, defined)
    first, last = (bisect_left(names, at, key=_start) for at in (node.start, node.end))
    return names[first:last]


@naming
def _speaking_names(source: PythonSource, defined: frozenset[str]) -> _Names:
    """The names in a file that may be of another definition, as they stand."""
    renamed, nodes = {alias.asname for alias in source.nodes.of(Alias)}, source.nodes
    names: list[Name | Attribute] = [
        *(one for one in nodes.of(Name) if one.id in defined or one.id in renamed),
        *(one for one in nodes.of(Attribute) if one.attr in defined or one.attr in renamed),
    ]
    return tuple(sorted(names, key=_place))
