"""What was read so far of the code and of the documents, in the order in which it was first read.

Nobody can know what was read after he spoke. So what a rule says depends at most on what these two hold when
it has spoken, whatever was remembered in between and by whom; `memory` keeps what rules say with that.

`code` holds what was read of Python files: a function for its body, a source for its module's own statements,
a source with the name of a kind for its nodes of that kind (functions in them without their bodies), a source
with the name of a `summary` for what that says of it. `documents` holds the paths of documents, alone or with
the name of a function of their content, or an expression in it, for what that tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from importlib import import_module
from itertools import takewhile
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

code: dict[object, None] = {}
documents: dict[str, None] = {}
views: dict[str, Callable[[str, bytes], Any]] = {}
"""The functions that documents were viewed by, by their names."""

TABLE = "table"
TABLE_DEPTH = 2
"""How many keys tell one table from others, as in `[tool.uv]`."""

summaries: dict[str, Callable[[Any], object]] = {}
"""The functions that are known to `summary`, by their names."""
namings: dict[str, tuple[Callable[..., object], str]] = {}
"""Those that are known to `naming`, with the names that they speak of."""
numberings: set[str] = set()
"""The names of those that speak of a function, by its number as the last word."""
DEFINED = "defined"
"""The names that the repository defines."""
KNOWN = "known"
"""These, and the names that stand for others in a module: `b` of `import a as b`, of `b = a`."""
DECIDED = "decided"
"""The names that it defines, and the parameters that calls decide (`f(x)`), as the run before has found:
for summaries that nobody asks but to compare two states."""
decided: set[str] = set()
"""The parameters that calls decide, as far as this run has looked."""

_S = TypeVar("_S")
_T = TypeVar("_T")
_P = ParamSpec("_P")


class Readings(NamedTuple):
    """All that was read up to some time."""

    code: tuple[object, ...] = ()
    documents: tuple[str, ...] = ()


def so_far() -> Readings:
    """All that was read until now."""
    return Readings(tuple(code), tuple(documents))


def begin() -> None:
    """Go on as if nothing had been read."""
    code.clear()
    documents.clear()


class unnoticed:  # noqa: N801 (it is used as a function)
    """Let what is read in the meantime not count."""

    __slots__ = ("_code", "_documents")

    def __enter__(self) -> None:
        self._code, self._documents = len(code), len(documents)

    def __exit__(self, *_: object) -> None:
        while len(code) > self._code:
            code.popitem()
        while len(documents) > self._documents:
            documents.popitem()


class _Parts(dict[tuple[object, ...], str]):
    """The names of the parts that a summary tells, by its words: all sources share them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, words: tuple[object, ...]) -> str:
        self[words] = ":".join((self._name, *map(str, words)))
        return self[words]


class _PartsByName(dict[str, _Parts]):
    def __missing__(self, name: str) -> _Parts:
        self[name] = _Parts(name)
        return self[name]


_parts = _PartsByName()


def summary(function: Callable[Concatenate[_S, _P], _T]) -> Callable[Concatenate[_S, _P], _T]:
    """A pure function of one source and of words, for readers that depend on no more than its answer.

    It is asked once of each. The answer consists of nodes, structs, tuples and plain values, so that two can
    be told apart; the words are names, given by their places.
    """
    name = _named(function)
    summaries[name] = function
    parts = _parts[name]

    @wraps(function)
    def asked(source: _S, /, *words: _P.args, **none: _P.kwargs) -> _T:
        part = parts[words]
        code[source, part] = None
        kept = vars(source)
        if part not in kept:
            with unnoticed():
                kept[part] = function(source, *words, **none)
        found: _T = kept[part]
        return found

    return asked


def naming(
    function: Callable[Concatenate[_S, frozenset[str], _P], _T], names: str = DEFINED
) -> Callable[Concatenate[_S, frozenset[str], _P], _T]:
    """A `summary` of one source that says something of names that the repository defines, and of no others.

    Whoever asks depends on which of the names in that source these are, too: another name in the repository,
    which the source does not have, is nothing to it.
    """
    name = _named(function)
    namings[name] = function, names
    parts = _parts[name]

    @wraps(function)
    def asked(source: _S, spoken: frozenset[str], /, *words: _P.args, **none: _P.kwargs) -> _T:
        part = parts[words]
        code[source, part] = None
        kept = vars(source)
        if part not in kept:
            with unnoticed():
                kept[part] = function(source, spoken, *words, **none)
        found: _T = kept[part]
        return found

    return asked


def knowing(
    function: Callable[Concatenate[_S, frozenset[str], _P], _T],
) -> Callable[Concatenate[_S, frozenset[str], _P], _T]:
    """The same for names that it defines, or that stand for others in it."""
    return naming(function, KNOWN)


def number(asked: Callable[..., object]) -> None:
    """Let the last word of a summary be a function's number, which may be another one in another state."""
    numberings.add(_named(asked))


def notice(asked: Callable[..., object], source: object, *words: object) -> None:
    """Note that somebody depends on a summary, of which he takes what it stands for by another way."""
    code[source, _parts[_named(asked)][words]] = None


def _named(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def is_naming(part: str) -> bool:
    """Whether a part is what a `naming` says."""
    return _known(part) in namings


def is_numbered(part: str) -> bool:
    """Whether a part is what a summary says of a function, of which the last word is the number."""
    return _known(part) in numberings


def _known(part: str) -> str:
    """The name of the summary of a part, whose module is imported."""
    name = part.partition(":")[0]
    if "." in name and name not in summaries and name not in namings:
        with suppress(ImportError):
            import_module(name.rpartition(".")[0])  # nobody has needed the module in this run yet
    return name


def summarized(source: object, part: str, names: Mapping[str, frozenset[str]]) -> object:
    """What the summary of that part says of a source. Raises LookupError where no such summary is known.

    `names` are those that `naming` speaks of, by DEFINED and KNOWN.
    """
    name, words = _known(part), part.split(":")[1:]
    if name in namings:
        function, spoken = namings[name]
        return function(source, names.get(spoken, frozenset()), *words)
    return summaries[name](source, *words)


def view_part(path: str, read: Callable[[str, bytes], object]) -> str:
    """The part of a document that a pure function of its path and content tells."""
    name = _named(read)
    views[name] = read
    return f"{path}\0{name}"


def table_part(path: str, keys: tuple[str | int, ...]) -> str:
    """The part of a TOML file that the keys at the head of a path lead to."""
    named = list(takewhile(lambda key: isinstance(key, str), keys[:TABLE_DEPTH]))
    return path if any("\0" in str(key) for key in named) else "\0".join((path, TABLE, *map(str, named)))


def keys_of(part: str) -> tuple[str, ...] | None:
    """The keys that lead to a part of a TOML file; None for another part."""
    _, *kind = part.split("\0")
    return tuple(kind[1:]) if kind[:1] == [TABLE] else None


def finding_part(path: str, pattern: re.Pattern[Any]) -> str:
    """The part of a document that an expression finds in it."""
    is_bytes = isinstance(pattern.pattern, bytes)
    written = pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern
    return f"{path}\0{'bytes' if is_bytes else 'text'}\0{pattern.flags}\0{written}"


def pattern_of(part: str) -> re.Pattern[Any] | None:
    """The expression that tells a part of a document, if one does."""
    _, *expression = part.split("\0", 3)
    if len(expression) != 3 or expression[0] not in {"bytes", "text"}:
        return None
    kind, flags, written = expression
    return re.compile(written.encode("latin-1") if kind == "bytes" else written, int(flags))


def viewed_by(part: str) -> Callable[[str, bytes], Any] | None:
    """The function that tells a part of a document; None where none does, or none is known."""
    name = part.partition("\0")[2]
    if "." in name and name not in views and pattern_of(part) is None:
        with suppress(ImportError, AttributeError):
            module, _, last = name.rpartition(".")
            found = getattr(import_module(module), last)
            views[name] = getattr(found, "__wrapped__", found)
    return views.get(name)
