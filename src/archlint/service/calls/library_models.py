"""What archlint knows of libraries' calls, from `rules/asynchronous/blocking.toml` and `handoffs.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct, field

from archlint.compiled import load_tables
from archlint.service.semantics.library_names import public_name
from archlint.spec import rules_directory

T = TypeVar("T")
ExecutionWay = Literal["here", "awaited", "loop", "thread", "queue", "start", "program", "stored"]
"""How a function gets to run, `handoffs.toml`'s words: `awaited` runs a coroutine function only, on the spot;
`stored` means that it was given away, nobody knows what for."""


class Blocking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls of one kind, and what to use instead.

    `by_path` calls block only when given a path; `slight` ones seldom take long.
    """

    kind: str
    use: str
    calls: tuple[str, ...] = ()
    methods: dict[str, tuple[str, ...]] = {}
    by_path: bool = False
    slight: bool = False


class Handoff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls that take a function to run it somewhere.

    `methods` and `decorators` are known by name alone. `overridden` are methods that a library calls on
    objects of classes derived from `bases`.
    """

    argument: int = 0
    keyword: str = ""
    every_argument: bool = False
    calls: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    function: ExecutionWay = "thread"
    coroutine: ExecutionWay = "loop"


class _Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    blocking: tuple[Blocking, ...]
    returns: dict[str, str]
    attributes: dict[str, str]
    with_class: dict[str, tuple[tuple[str, str], ...]]


class _Handoffs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    handoff: tuple[Handoff, ...]


class Library(Struct, frozen=True):
    """Something of a library, by how one gets at it: `requests.Session().get`, `rows()[]` for an element."""

    path: str


class NameTable(Struct, dict=True):
    """Values by qualified names, `*` in a name standing for any one name and `**` for several."""

    exact: dict[str, list[object]] = field(default_factory=dict)
    patterns: dict[str, list[tuple[str, object]]] = field(default_factory=dict)
    _known: dict[str, list[object]] = field(default_factory=dict)

    def add(self, name: str, value: object) -> None:
        """Let `name` have `value`, too."""
        if "*" not in name:
            self.exact.setdefault(name, []).append(value)
            return
        self.patterns.setdefault(name.partition(".")[0], []).append((name, value))

    def find(self, name: str) -> list[object]:
        """The values of `name`: those under this very name, else those of the patterns that it fits."""
        found = self.exact.get(name) or self._known.get(name)
        if found is None:
            near = self.patterns.get(name.partition(".")[0], ())
            found = [value for pattern, value in near if _expression(pattern).fullmatch(name)]
            self._known[name] = found
        return found


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """What a name with stars matches; compiled for the libraries that a service has."""
    words = {"**": r"[\w.]+", "*": r"\w*"}
    pieces = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join(words.get(piece, re.escape(piece)) for piece in pieces))


class Knowledge:
    """Answers for paths as `Library` has them."""

    def __init__(self, facts: _Facts, handoffs: _Handoffs) -> None:
        self._facts = facts
        self._blocking, self._returns, self._attributes, self._handoffs = (NameTable() for _ in range(4))
        for blocking in facts.blocking:
            for name in _names(blocking):
                self._blocking.add(public_name(name), blocking)
        for name, given in facts.returns.items():
            self._returns.add(public_name(name), f"{given}()")
        for name, given in facts.attributes.items():
            self._attributes.add(name, f"{given}()")
        for handoff in handoffs.handoff:
            for name in handoff.calls:
                self._handoffs.add(public_name(name), handoff)
        self.bases = {name: one for one in handoffs.handoff for name in one.bases}
        self.methods = {name: one for one in handoffs.handoff for name in one.methods}
        self.decorators = {name: one for one in handoffs.handoff for name in one.decorators}
        self._results: dict[str, str] = {}
        self._blocks: dict[str, Blocking | None] = {}
        self._given: dict[str, list[Handoff]] = {}

    def blocking(self, path: str) -> Blocking | None:
        """Why calling this blocks."""
        if path not in self._blocks:
            self._blocks[path] = _last(self._blocking.find(key(path)), Blocking)
        return self._blocks[path]

    def handoffs(self, path: str) -> list[Handoff]:
        """Where what one gives to this function runs."""
        if path not in self._given:
            found = self._handoffs.find(key(path))
            self._given[path] = [one for one in found if isinstance(one, Handoff)]
        return self._given[path]

    def result(self, path: str, classes: Mapping[str, str] | None = None) -> str:
        """What calling this gives; `classes` are library classes given by keyword."""
        if classes:
            for one, instead in self._facts.with_class.get(path, ()):
                if one in classes.values():
                    return f"{instead}()"
        if path not in self._results:
            exact = self._returns.exact.get(key(path))
            found = exact or ([] if self.blocking(path) else self._returns.find(key(path)))
            self._results[path] = _last(found, str) or f"{path}()"
        return self._results[path]

    def attribute(self, path: str) -> str:
        """The path of an attribute or element, by its type where that is known."""
        if "()" not in path or self.blocking(path):
            return path
        return _last(self._attributes.find(key(path)), str) or path


@cache
def load_knowledge() -> Knowledge:
    """The knowledge that archlint ships. Raises ArchlintError when the data is damaged."""
    return Knowledge(read_table("blocking", _Facts), read_table("handoffs", _Handoffs))


def read_table(name: str, kind: type[T]) -> T:
    """A file of what archlint knows, as a `kind`. Raises ArchlintError when it is damaged."""
    return load_tables(rules_directory(), f"asynchronous/{name}.toml", kind)[name]


def key(path: str) -> str:
    """The path as documentation writes it: `requests.Session.get` for `requests.Session().get`."""
    return path.replace("().", ".", 1)


def _names(blocking: Blocking) -> Iterable[str]:
    yield from blocking.calls
    for owner, names in blocking.methods.items():
        yield from (f"{owner}.{name}" for name in names)


def _last(found: list[object], kind: type[T]) -> T | None:
    return found[-1] if found and isinstance(found[-1], kind) else None
