"""What a file names, calls and says: who asks for certain words depends on these alone."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Attribute,
    Call,
    Constant,
    Expression,
    FunctionDef,
    Import,
    ImportFrom,
    Keyword,
    Name,
)
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.semantics.bindings import Defined, Namespace, module_namespace
from archlint.service.semantics.loggers import loggers, logs
from archlint.service.semantics.plain_calls import imported_names, only_makes
from archlint.service.semantics.scopes import last_name


@summary
def called_names(source: PythonSource) -> tuple[str, ...]:
    """The dotted names that a file calls and that may be a library's: the file itself binds their first part.

    Those of loggers are left out, of libraries that only make a value, and of the file's own functions.
    """
    namespace, logging, imported = module_namespace(source), loggers(source), imported_names(source)
    calls = (one for one in source.nodes.of(Call) if not logs(one, logging) and not only_makes(one, imported))
    names = {dotted(call.func) or "" for call in calls}
    return tuple(sorted(name for name in names if may_be_library(name, namespace)))


def may_be_library(name: str, namespace: Namespace) -> bool:
    """Whether a dotted name may be a library's: the file binds its first part, by no function of its own."""
    binding = namespace.names.get(name.partition(".")[0])
    if isinstance(binding, Defined) and isinstance(binding.node, FunctionDef):
        return "." in name
    return binding is not None or bool(namespace.stars)


@summary
def calls_of(source: PythonSource, *names: str) -> tuple[Call, ...]:
    """The calls of functions by one of these dotted names, in reading order."""
    wanted = frozenset(names)
    return tuple(call for call in source.nodes.of(Call) if dotted(call.func) in wanted)


@summary
def calls_named(source: PythonSource, name: str) -> tuple[Call, ...]:
    """The calls of what has this name, or is an attribute of this name, in reading order."""
    return tuple(call for call in source.nodes.of(Call) if last_name(call.func) == name)


@summary
def called_with(source: PythonSource, *keywords: str) -> tuple[Expression, ...]:
    """What a file calls with one of these keywords, in reading order."""
    calls = source.nodes.of(Call)
    return tuple(call.func for call in calls if any(one.name in keywords for one in call.keywords))


@summary
def has_text(source: PythonSource, text: str) -> bool:
    """Whether a text stands in a file, from its first to its last character."""
    return any(one.value == text for one in source.nodes.of(Constant))


@summary
def speaks_of(source: PythonSource, words: str) -> bool:
    """Whether a text in a file has these words in it."""
    return any(words in str(one.value) for one in source.nodes.of(Constant))


@summary
def says_one_of(source: PythonSource, *words: str) -> bool:
    """Whether a text in a file is one of these words, which are in lower case, in any case."""
    texts = (one.value for one in source.nodes.of(Constant) if isinstance(one.value, str))
    return any(text.lower() in words for text in texts)


@summary
def turns_on(source: PythonSource, keyword: str) -> bool:
    """Whether a keyword of that name is given in a file, and not as False or nothing."""
    given = (one.value for one in source.nodes.of(Keyword) if one.name == keyword)
    return any(getattr(value, "value", True) for value in given)


@summary
def written_names(source: PythonSource) -> tuple[str, ...]:
    """The names that stand in a file's code, sorted: of variables, attributes, functions and imports."""
    nodes = source.nodes
    names = {node.id for node in nodes.of(Name)} | {node.attr for node in nodes.of(Attribute)}
    names |= {node.name for node in nodes.of(FunctionDef)} | {node.module for node in nodes.of(ImportFrom)}
    names |= {alias.name for node in nodes.of(Import) for alias in node.names}
    return tuple(sorted(names.union(alias.name for node in nodes.of(ImportFrom) for alias in node.names)))
