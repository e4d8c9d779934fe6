"""What was read so far of the code and of the documents, in the order in which it was first read.

Nobody can know what was read after he spoke. So what a rule says depends at most on what these two hold when
it has spoken, whatever was remembered in between and by whom; `memory` keeps what rules say with that.

`code` holds what was read of Python files: a function for its body, a source for its module's own statements,
a source with the name of a kind for its nodes of that kind (functions in them without their bodies), a source
with the name of a `summary` for what that says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

code: dict[object, None] = {}
documents: dict[str, None] = {}
summaries: dict[str, Callable[[Any], object]] = {}
"""The functions that are known to `summary`, by their names."""

_S = TypeVar("_S")
_T = TypeVar("_T")


class Read(NamedTuple):
    """All that was read up to some time."""

    code: tuple[object, ...] = ()
    documents: tuple[str, ...] = ()


def so_far() -> Read:
    """All that was read until now."""
    return Read(tuple(code), tuple(documents))


def begin(read: Read = Read()) -> None:  # noqa: B008 (it is immutable)
    """Go on as if this had been read, and nothing else."""
    code.clear()
    code.update(dict.fromkeys(read.code))
    documents.clear()
    documents.update(dict.fromkeys(read.documents))


@contextmanager
def unnoticed() -> Iterator[None]:
    """Let what is read in the meantime not count."""
    before = len(code), len(documents)
    try:
        yield
    finally:
        while len(code) > before[0]:
            code.popitem()
        while len(documents) > before[1]:
            documents.popitem()


def summary(function: Callable[[_S], _T]) -> Callable[[_S], _T]:
    """A pure function of one source, asked once of each, for readers that depend on no more than its answer.

    The answer consists of nodes, structs, tuples and plain values, so that two can be told apart.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    summaries[name] = function
    slot = f"_{name}"

    def asked(source: _S) -> _T:
        code[source, name] = None
        kept = vars(source)
        if slot not in kept:
            with unnoticed():
                kept[slot] = function(source)
        found: _T = kept[slot]
        return found

    asked.__doc__ = function.__doc__
    return asked
