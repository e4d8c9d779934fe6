"""What differs between two states of a Python file, whatever its lines: of each part that `readings` tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import attrgetter
from typing import cast

from msgspec import Struct

from archlint import readings
from archlint.facts.definitions import Definition
from archlint.facts.source import PythonSource
from archlint.facts.syntax import FunctionDef, Node

STATEMENTS = ""
"""The part that are a module's own statements, without its docstring.

Other parts are numbers of outermost functions, and names."""


class FieldsBut(dict[type, Callable[[object], tuple[object, ...]]]):
    """By kind of record: what its fields hold, but for those of some names."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, kind: type[Struct]) -> Callable[[object], tuple[object, ...]]:
        names = [name for name in kind.__struct_fields__ if name not in self._names]
        if len(names) > 1:
            self[kind] = attrgetter(*names)
        else:
            self[kind] = lambda record: tuple(getattr(record, name) for name in names)
        return self[kind]


_PLACES = ("start", "length", "name_start", "header_end")
DEEPLY_SAID = FieldsBut(*_PLACES)
SAID = FieldsBut(*_PLACES, "raw_body")
_NO_NAMES: Mapping[str, frozenset[str]] = {}


class FileDifference:
    """Two states of one file; what is asked of them is found once.

    `names` are those that the repository defines or knows now, as `readings` tell them apart, `earlier` those
    of the old state. A function is the same one in both where it is called so in what is around it, whatever
    its number.
    """

    def __init__(
        self,
        old: PythonSource,
        new: PythonSource,
        names: Mapping[str, frozenset[str]] = _NO_NAMES,
        earlier: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.old, self.new = old, new
        self.names = names
        self._earlier = names if earlier is None else earlier
        self._known: dict[int | str, bool] = {}
        self._states: dict[int | str, tuple[object, object]] = {}

    def is_in(self, part: int | str) -> bool:
        """Whether a part differs."""
        if part not in self._known:
            self._known[part] = self._differs(part)
        return self._known[part]

    def states(self, part: int | str) -> tuple[object, object]:
        """A part in both states: its body, its nodes, or what its summary says."""
        if part not in self._states:
            with readings.unnoticed():
                self._states[part] = (
                    _state(self.old, part, self._earlier),
                    _state(self.new, self.renumbered(part), self.names),
                )
        return self._states[part]

    def renumbered(self, part: int | str) -> int | str:
        """The name of a part in the new state. Raises LookupError where its function is no more."""
        if self.is_numbered_alike:
            return part
        if isinstance(part, int):
            old, new = self._outermost
            return new[self._now(list(old)[part])]
        if not readings.is_numbered(part):
            return part
        name, _, number = part.rpartition(":")
        with readings.unnoticed():
            return f"{name}:{self.new.number(self._now(_functions(self.old)[int(number)]))}"

    def _now(self, function: FunctionDef) -> FunctionDef:
        """The function in the new state."""
        was, now = self._scopes
        return now.called(*was.name_of(function))

    @cached_property
    def _outermost(self) -> tuple[dict[FunctionDef, int], dict[FunctionDef, int]]:
        """The numbers of the outermost functions, which stand in reading order."""
        return _numbers(outermost(self.old)), _numbers(outermost(self.new))

    @cached_property
    def is_numbered_alike(self) -> bool:
        """Whether the functions of both states are called alike, in the same order."""
        with readings.unnoticed():
            was, now = self._scopes
            return [*map(was.name_of, _functions(self.old))] == [*map(now.name_of, _functions(self.new))]

    def _differs(self, part: int | str) -> bool:
        if self.old.raw_problems or self.new.raw_problems:
            return True
        is_settled = self._earlier is self.names or isinstance(part, int) or not readings.is_naming(part)
        if self.says_the_same and is_settled:
            return False
        try:
            old, new = self.states(part)
        except LookupError:  # a summary that is not known, or of a function that is not there
            return True
        if not same(old, new, deep=isinstance(part, int)):
            return True
        return isinstance(part, str) and part != STATEMENTS and not self._stand_alike(old, new)

    @cached_property
    def says_the_same(self) -> bool:
        """Whether nothing but places, and comments, differs."""
        return same(*self.whole, deep=True)

    @property
    def whole(self) -> tuple[object, object]:
        """All statements in both states."""
        return self.old.raw_body, self.new.raw_body

    def _stand_alike(self, old: object, new: object) -> bool:
        """Whether the nodes of two values that say the same stand in functions and classes of the same names.

        A statement that goes from the end of one function to the start of the next leaves all nodes alone.
        """
        with readings.unnoticed():
            was, now = self._scopes
            return was.all_around(old) == now.all_around(new)

    @cached_property
    def _scopes(self) -> tuple[_Scopes, _Scopes]:
        return _Scopes(self.old), _Scopes(self.new)


def _state(source: PythonSource, part: int | str, names: Mapping[str, frozenset[str]]) -> object:
    if isinstance(part, int):
        return outermost(source)[part].raw_body
    if part == STATEMENTS:
        return source.body
    return readings.summarized(source, part, names) if "." in part else _of_kind(source, part)


class _Scopes:
    """The innermost function or class around each node of a file, by names that other ones do not change."""

    def __init__(self, source: PythonSource) -> None:
        self._definitions = source.definitions
        self._names: dict[Definition, tuple[str, int]] = {}
        count: Counter[str] = Counter()
        for scope in self._definitions:
            name = ".".join(one.name for one in scope)
            self._names[scope[-1]] = name, count[name]
            count[name] += 1

    def name_of(self, definition: Definition) -> tuple[str, int]:
        """The name of a definition with those around it, and which of these names it is."""
        return self._names[definition]

    def called(self, name: str, number: int) -> FunctionDef:
        """The function of such a name. Raises LookupError where there is none."""
        return self._functions[name, number]

    @cached_property
    def _functions(self) -> dict[tuple[str, int], FunctionDef]:
        return {name: one for one, name in self._names.items() if isinstance(one, FunctionDef)}

    def all_around(self, value: object) -> list[tuple[str, int] | None]:
        """The names of what is around each outermost node of a value, and which of these names it is."""
        around = (self._definitions.around(node) for node in _outermost_nodes(value))
        return [self._names[one[-1]] if one else None for one in around]


def outermost(source: PythonSource) -> list[FunctionDef]:
    """The functions that stand in no other function, in reading order."""
    found: list[FunctionDef] = []
    for function in _functions(source):
        if not found or function.start >= found[-1].end:
            found.append(function)
    return found


def numbered(source: PythonSource) -> Iterator[tuple[FunctionDef, int]]:
    """Each function of a file with the number of the outermost one that it stands in."""
    number, end = -1, -1
    for function in _functions(source):
        if function.start >= end:
            number, end = number + 1, function.end
        yield function, number


def _numbers(functions: Iterable[FunctionDef]) -> dict[FunctionDef, int]:
    return {function: number for number, function in enumerate(functions)}


def _functions(source: PythonSource) -> tuple[FunctionDef, ...]:
    with readings.unnoticed():
        return source.nodes.of(FunctionDef)


def same(old: object, new: object, *, deep: bool = False) -> bool:
    """Whether two values say the same at other places; functions' bodies count only in `deep`."""
    said = DEEPLY_SAID if deep else SAID
    pending = [(old, new)]
    while pending:
        one, other = pending.pop()
        kind = type(one)
        if kind is not type(other):
            return False
        if isinstance(one, tuple):
            if len(one) != len(cast("tuple[object, ...]", other)):
                return False
            pending += zip(one, cast("tuple[object, ...]", other), strict=True)
        elif isinstance(one, Struct):
            pending += zip(said[kind](one), said[kind](other), strict=True)
        elif one != other:
            return False
    return True


def _outermost_nodes(value: object) -> Iterator[Node]:
    """The nodes in a value that stand in no other one there."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Node):
            yield one
        elif isinstance(one, tuple):
            pending += one
        elif isinstance(one, Struct):
            pending += (getattr(one, name) for name in one.__struct_fields__)


def _of_kind(source: PythonSource, name: str) -> tuple[Node, ...] | None:
    kind = next((kind for kind in Node.__subclasses__() if kind.__name__ == name), None)
    return None if kind is None else source.nodes.of(kind)
