"""What a file of tests says to those who look for requests, for names of the service, or for replacements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import Assign, Attribute, Call, Constant, Expression, FunctionDef, Name, With
from archlint.facts.traversal import dotted
from archlint.readings import naming, summary
from archlint.service.semantics.bindings import statements
from archlint.service.testing.client_calls import METHODS, VERBS, verb_of

BASES = frozenset({"base_url", "root_path"})
"""The keywords that say which URL a client starts from."""

_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


@summary
def verb_calls(source: PythonSource) -> tuple[Call, ...]:
    """The calls of what is called like a client's method, in reading order, but for decorators."""
    decorators = {id(one) for function in source.nodes.of(FunctionDef) for one in function.decorators}
    calls = (one for one in source.nodes.of(Call) if verb_of(one) in VERBS and id(one) not in decorators)
    return tuple(one for one in calls if isinstance(one.func, Attribute | Call))


@summary
def kept_methods(source: PythonSource) -> tuple[Attribute, ...]:
    """The attributes that are called like a client's method and are not called there, as they stand.

    None where nothing is called like one.
    """
    calls = source.nodes.of(Call)
    called = {id(one.func) for one in calls}
    found = (one for one in source.nodes.of(Attribute) if one.attr in METHODS and id(one) not in called)
    return tuple(found) if any(verb_of(one) in VERBS for one in calls) else ()


@function_summary
def given_calls(source: PythonSource, function: FunctionDef) -> tuple[tuple[str, Call], ...]:
    """The names to which a function gives what a call gives, each with the call, as they stand."""
    return tuple((name, call) for target, call in _given(function) if (name := dotted(target)) is not None)


def _given(function: FunctionDef) -> Iterator[tuple[Expression, Call]]:
    for statement in statements(function.body):
        if isinstance(statement, Assign) and isinstance(statement.value, Call):
            yield from ((target, statement.value) for target in statement.targets)
        elif isinstance(statement, With):
            for item in statement.items:
                if isinstance(item.value, Call) and item.target is not None:
                    yield item.target, item.value


@summary
def calls_with_base(source: PythonSource) -> tuple[Call, ...]:
    """The calls that say which URL a client starts from."""
    return tuple(one for one in source.nodes.of(Call) if any(k.name in BASES for k in one.keywords))


@naming
def calls_of_defined(source: PythonSource, defined: frozenset[str]) -> tuple[Call, ...]:
    """The calls of what is called like one of the defined names."""
    return tuple(one for one in source.nodes.of(Call) if verb_of(one) in defined)


@naming
def used_names(source: PythonSource, defined: frozenset[str]) -> frozenset[str]:
    """Those of the defined names that are used in a file, attributes included."""
    return defined.intersection(words(source))


@naming
def read_attributes(source: PythonSource, defined: frozenset[str]) -> frozenset[str]:
    """Those of the defined names that are attributes in a file, but for the methods of `verb_calls`."""
    methods = {id(one.func) for one in verb_calls(source)}
    return defined.intersection(one.attr for one in source.nodes.of(Attribute) if id(one) not in methods)


@naming
def last_words(source: PythonSource, defined: frozenset[str]) -> frozenset[str]:
    """Those of the defined names that dotted paths in strings end with, as patching has them."""
    texts = (one.value for one in source.nodes.of(Constant) if isinstance(one.value, str))
    paths = (text for text in texts if "." in text and _DOTTED.fullmatch(text))
    return defined.intersection(path.rpartition(".")[2] for path in paths)


@summary
def gets_fixtures(source: PythonSource) -> bool:
    """Whether a file gets fixtures by their names."""
    return "getfixturevalue" in words(source)


def words(source: PythonSource) -> set[str]:
    """The names that are used in a file, attributes included; who asks depends on all of them."""
    names = {one.id for one in source.nodes.of(Name)}
    return names.union(one.attr for one in source.nodes.of(Attribute))
