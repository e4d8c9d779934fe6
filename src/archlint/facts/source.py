"""All that archlint keeps of one Python file, with its nodes by kind and by place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from operator import attrgetter
from sys import intern
from typing import Any, TypeVar, cast, overload

import msgspec
from msgspec.structs import force_setattr, replace

from archlint import readings
from archlint.facts.definitions import Definitions
from archlint.facts.outline import Importing, MentionedNames, Outline
from archlint.facts.syntax import (
    Attribute,
    ClassDef,
    Constant,
    Evaluate,
    FunctionDef,
    Keyword,
    Name,
    Node,
    Parameter,
    Statement,
)
from archlint.facts.traversal import docstring, nodes_by_kind
from archlint.findings import Location
from archlint.readings import naming, summary


class Comment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A comment that speaks to archlint. `own_line` is true when nothing stands before it."""

    start: int
    text: str
    own_line: bool


class SyntaxProblem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where the file is not Python, in offsets, and what is wrong, for BA0002."""

    start: int
    end: int
    message: str


class PythonSource(msgspec.Struct, frozen=True, array_like=True, eq=False, dict=True):
    """All that archlint keeps of one Python file's content, independent of where the file lies.

    `lines` holds the offset of each line's first code point, in code points, as an array of 32 bits. The
    statements stay encoded until somebody asks for them; what is asked of every file is in the outline.
    """

    lines: bytes
    raw_outline: Outline
    encoded_mentions: msgspec.Raw
    encoded_body: msgspec.Raw
    comments: tuple[Comment, ...] = ()
    raw_problems: tuple[SyntaxProblem, ...] = ()

    @cached_property
    def raw_body(self) -> tuple[Statement, ...]:
        """The statements, which few of the files that a run looks at are asked for, decoded for the first."""
        return _BODY.decode(self.encoded_body)

    @property
    def is_decoded(self) -> bool:
        """Whether anybody has asked for the statements yet."""
        return "raw_body" in vars(self)

    @property
    @summary
    def problems(self) -> tuple[SyntaxProblem, ...]:
        """Where it is not Python."""
        return self.raw_problems

    @property
    @summary
    def imports(self) -> tuple[Importing, ...]:
        """Every import statement of the file, in reading order."""
        return self.raw_outline.imports

    @property
    @summary
    def assigned(self) -> tuple[str, ...]:
        """The dotted names that the module's own statements assign."""
        return self.raw_outline.assigned

    @property
    @summary
    def called(self) -> tuple[str, ...]:
        """The dotted names of functions that the module's own statements call, and nothing else."""
        return self.raw_outline.called

    @property
    @summary
    def has_main_guard(self) -> bool:
        """Whether the file does something only where it is started as a program."""
        return self.raw_outline.has_main_guard

    @property
    @summary
    def spellings(self) -> frozenset[str]:
        """How the file writes `typing.TYPE_CHECKING`."""
        return self.raw_outline.spellings

    @property
    def defined(self) -> tuple[str, ...]:
        """The names of all functions and classes, each once; who asks is noticed by `naming`."""
        return self.raw_outline.defined

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names that only stand for others outside of functions; who asks is noticed by `naming`."""
        return self.raw_outline.aliases

    @property
    @summary
    def mentions(self) -> MentionedNames:
        """The names in the file by where they stand."""
        found = _MENTIONS.decode(self.encoded_mentions)
        return MentionedNames(
            _once(found.outside),
            _once(found.guarded),
            tuple([replace(one, names=_once(one.names)) for one in found.inside]),
            tuple([replace(one, names=_once(one.names)) for one in found.aliases]),
        )

    @property
    @summary
    def names(self) -> frozenset[str]:
        """All names that the file mentions: who seeks another one need not look at its statements."""
        mentions = self.mentions
        inside = ((one.function, *one.names) for one in (*mentions.inside, *mentions.aliases))
        return frozenset(mentions.outside).union(mentions.guarded, *inside)

    @property
    def body(self) -> tuple[Statement, ...]:
        """The module's own statements without its docstring; whoever reads them is noticed."""
        readings.code[self] = None
        return self.raw_body[1:] if _is_documented(self.raw_body) else self.raw_body

    @property
    @summary
    def docstring(self) -> str | None:
        """The module's docstring, None where it has none or an empty one."""
        return docstring(self.raw_body)

    @property
    def nodes(self) -> Nodes:
        """Every node of the file by its kind, walked once for all who ask, of whom each is noticed."""
        return self._nodes

    @cached_property
    def _nodes(self) -> Nodes:
        with readings.unnoticed():
            by_kind = nodes_by_kind(self.raw_body)
        _share_names(by_kind)
        _share_starts(by_kind, self.raw_body)
        return Nodes(self, {kind: tuple(nodes) for kind, nodes in by_kind.items()})

    @property
    def definitions(self) -> Definitions:
        """The file's functions and classes by where they stand; whoever asks for them is noticed."""
        readings.code[self, FunctionDef.__name__] = readings.code[self, ClassDef.__name__] = None
        return self._definitions

    @cached_property
    def _definitions(self) -> Definitions:
        return Definitions([*self.nodes.of(FunctionDef), *self.nodes.of(ClassDef)])

    def number(self, function: FunctionDef) -> int:
        """Which of the file's functions this is."""
        return self._numbers[function]

    @cached_property
    def _numbers(self) -> dict[FunctionDef, int]:
        with readings.unnoticed():
            return {function: number for number, function in enumerate(self.nodes.of(FunctionDef))}

    def offset(self, place: Location) -> int | None:
        """Where a place of the file starts; None behind its last line."""
        starts = self._line_starts
        return None if place.line > len(starts) else starts[place.line - 1] + place.column - 1

    def location(self, file: str, start: int, end: int) -> Location:
        """The span from offset `start` to `end` as lines and columns of `file`."""
        starts = self._line_starts
        first, last = bisect_right(starts, start), bisect_right(starts, end)
        return Location(file, first, start - starts[first - 1] + 1, last, end - starts[last - 1] + 1)

    @property
    def _line_starts(self) -> memoryview[int]:
        return memoryview(self.lines).cast("I")


_T = TypeVar("_T")


def function_summary(
    function: Callable[[PythonSource, FunctionDef], _T],
) -> Callable[[PythonSource, FunctionDef], _T]:
    """A `summary` of one of the functions of a source, whatever others there are."""

    @wraps(function)
    def numbered(source: PythonSource, number: object) -> _T:
        return function(source, source.nodes.of(FunctionDef)[int(str(number))])

    asked = summary(numbered)
    readings.number(asked)

    @wraps(function)
    def of(source: PythonSource, definition: FunctionDef) -> _T:
        return asked(source, source.number(definition))

    return of


def function_naming(
    function: Callable[[PythonSource, FunctionDef, frozenset[str]], _T], names: str = readings.DEFINED
) -> Callable[[PythonSource, FunctionDef, frozenset[str]], _T]:
    """A `function_summary` that says something of names that the repository defines, and of no others."""

    @wraps(function)
    def numbered(source: PythonSource, defined: frozenset[str], number: object) -> _T:
        return function(source, source.nodes.of(FunctionDef)[int(str(number))], defined)

    asked = naming(numbered, names)
    readings.number(asked)

    @wraps(function)
    def of(source: PythonSource, definition: FunctionDef, defined: frozenset[str]) -> _T:
        return asked(source, defined, source.number(definition))

    return of


def function_deciding(
    function: Callable[[PythonSource, FunctionDef, frozenset[str]], _T],
) -> Callable[[PythonSource, FunctionDef, frozenset[str]], _T]:
    """The same for these names, and for the parameters that calls decide: it is only to be noticed."""
    return function_naming(function, readings.DECIDED)


def notice_naming(
    asked: Callable[[PythonSource, FunctionDef, frozenset[str]], object],
    source: PythonSource,
    definition: FunctionDef,
) -> None:
    """The same as `notice` of a `function_naming`."""
    readings.notice(asked, source, source.number(definition))


def notice(
    asked: Callable[[PythonSource, FunctionDef], object], source: PythonSource, definition: FunctionDef
) -> None:
    """Note that somebody depends on what a `function_summary` says, and takes it from the function itself."""
    readings.notice(asked, source, source.number(definition))


def _is_documented(body: tuple[Statement, ...]) -> bool:
    match body[:1]:
        case (Evaluate(value=Constant(value=str())),):
            return True
    return False


def _share_names(nodes: Mapping[type[Node], list[Node]]) -> None:
    """Let equal names in files be one object: a quarter of what decoded statements take is repeated names."""
    for kind, field in _NAMES:
        for node in nodes.get(kind, ()):
            name = getattr(node, field)
            if type(name) is str and len(name) <= _LONGEST_NAME:
                force_setattr(node, field, intern(name))


def _share_starts(nodes: Mapping[type[Node], list[Node]], body: tuple[Statement, ...]) -> None:
    """Let equal offsets in files be one object, which takes as much as three fields of a node."""
    end = min(body[-1].end if body else 0, _MOST_OFFSETS)
    _OFFSETS.extend(range(len(_OFFSETS), end))
    for several in nodes.values():
        for node in several:
            if node.start < end:
                force_setattr(node, "start", _OFFSETS[node.start])


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as objects that all files share."""
    return tuple(map(intern, names))


_NAMES = ((Name, "id"), (Attribute, "attr"), (Keyword, "name"), (Parameter, "name"), (Constant, "value"))
_LONGEST_NAME = 40
"""Longer texts are sentences, which hardly stand in a file twice."""

_OFFSETS: list[int] = []
_MOST_OFFSETS = 1 << 16
"""Larger ones are few, and a number takes as much memory as is saved by sharing it once."""

_MENTIONS = msgspec.msgpack.Decoder(MentionedNames)
_BODY = msgspec.msgpack.Decoder(tuple[Statement, ...])
_N = TypeVar("_N", bound=Node)
_M = TypeVar("_M", bound=Node)
_place = attrgetter("start", "length")
_start = attrgetter("start")


class Nodes:
    """The nodes of one file by their kind."""

    def __init__(self, source: object, by_kind: Mapping[type[Node], tuple[Node, ...]]) -> None:
        self._source = source
        self._by_kind = by_kind
        self._by_place: dict[tuple[type[Node], ...], list[Node]] = {}

    def of(self, kind: type[_N]) -> tuple[_N, ...]:
        """The nodes of one kind in reading order; whoever asks for them is noticed."""
        readings.code[self._source, kind.__name__] = None
        return cast("tuple[_N, ...]", self._by_kind.get(kind, ()))

    @overload
    def within(self, start: int, end: int, kind: type[_N], /) -> list[_N]: ...
    @overload
    def within(self, start: int, end: int, kind: type[_N], other: type[_M], /) -> list[_N | _M]: ...
    def within(self, start: int, end: int, /, *kinds: type[Node]) -> list[Any]:
        """The nodes of these kinds that start from offset `start` on and before `end`, as they stand."""
        for kind in kinds:
            readings.code[self._source, kind.__name__] = None
        if kinds not in self._by_place:
            found: list[Node] = [node for kind in kinds for node in self.of(kind)]
            found.sort(key=_place)
            self._by_place[kinds] = found
        nodes = self._by_place[kinds]
        return nodes[bisect_left(nodes, start, key=_start) : bisect_left(nodes, end, key=_start)]
