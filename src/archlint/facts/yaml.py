"""YAML with places: built from libyaml's event stream, so that no file, however deep, can exhaust the stack.

Scalars keep their text and the kind that YAML 1.1 gives a plain one; custom tags such as compose's `!reset`
are kept, never constructed. Merge keys are followed as in the YAML type repository: what is written
explicitly wins over what is merged, an earlier merged mapping over a later one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from msgspec import Struct, field

from archlint.findings import Location, Unknown

MAX_DEPTH = 200
MAX_ENTRIES = 100_000
MAX_NODES = 500_000


class YamlScalar(Struct, eq=False, frozen=True):
    """A scalar; `kind` is `str`, `int`, `float`, `bool`, `null`, `timestamp`, or a custom tag."""

    location: Location
    text: str
    kind: str


class YamlSequence(Struct, eq=False, frozen=True):
    """A sequence; `kind` is `seq` or a custom tag."""

    location: Location
    items: tuple[YamlNode, ...]
    kind: str = "seq"


class YamlMapping(Struct, eq=False, frozen=True):
    """A mapping with scalar keys, merged entries included; of a duplicated key all entries are kept."""

    location: Location
    entries: tuple[tuple[YamlScalar, YamlNode], ...]
    kind: str = "map"

    def get(self, key: str) -> YamlNode | None:
        """The value of a key, of duplicates the last, as most readers do."""
        return next((value for name, value in reversed(self.entries) if name.text == key), None)

    def key(self, key: str) -> YamlScalar | None:
        """The key itself, for its place."""
        return next((name for name, _ in reversed(self.entries) if name.text == key), None)

    def mapping(self, key: str) -> YamlMapping | None:
        """The value of a key when it is a mapping."""
        value = self.get(key)
        return value if isinstance(value, YamlMapping) else None

    def text(self, key: str) -> str | None:
        """The value of a key when it is a scalar other than null."""
        value = self.get(key)
        return value.text if isinstance(value, YamlScalar) and value.kind != "null" else None


YamlNode: TypeAlias = YamlScalar | YamlSequence | YamlMapping


class YamlFile(Struct, eq=False, frozen=True):
    """The documents of a YAML file up to the first problem, and the problems: errors, duplicated keys."""

    path: str
    documents: tuple[YamlNode, ...] = ()
    problems: tuple[Unknown, ...] = ()

    @property
    def mapping(self) -> YamlMapping | None:
        """The first document when it is a mapping."""
        first = self.documents[0] if self.documents else None
        return first if isinstance(first, YamlMapping) else None

    def walk(self) -> Iterator[YamlMapping]:
        """Every mapping of the documents, outer ones first; each once, however often aliases repeat it."""
        pending: list[YamlNode] = list(self.documents)[::-1]
        seen: set[int] = set()
        while pending:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, YamlMapping):
                yield node
                pending.extend(value for _, value in reversed(node.entries))
            elif isinstance(node, YamlSequence):
                pending.extend(reversed(node.items))


def read_yaml(path: str, data: bytes) -> YamlFile:
    """Read a file's content. Never raises: what is not YAML is a problem with its place."""
    import yaml

    builder = _Builder(path)
    try:
        for event in yaml.parse(data, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.problem(error.problem_mark, f"it is not valid YAML: {error.problem}")
    except yaml.YAMLError as error:
        builder.problem(None, f"it is not valid YAML: {str(error).splitlines()[0]}")
    except _RefusedError as error:
        builder.problem(error.mark, error.why)
    return YamlFile(path, tuple(builder.documents), tuple(builder.problems))


class _RefusedError(Exception):
    def __init__(self, mark: Any, why: str) -> None:
        self.mark, self.why = mark, why


class _Open(Struct):
    """A collection whose end has not come yet; a mapping's children alternate keys and values."""

    event: Any
    children: list[YamlNode] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)


class _Builder:
    def __init__(self, path: str) -> None:
        from yaml.resolver import Resolver

        self.path = path
        self.documents: list[YamlNode] = []
        self.problems: list[Unknown] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, YamlNode] = {}
        self.weights: dict[str, int] = {}
        self.counts: list[int] = [0]
        self.merged = 0
        self.resolver = Resolver()

    def take(self, event: Any) -> None:
        match type(event).__name__:
            case "DocumentStartEvent":
                self.anchors = {}
            case "AliasEvent":
                if event.anchor not in self.anchors:
                    raise _RefusedError(
                        event.start_mark, f"the alias `*{event.anchor}` is not defined before it"
                    )
                self._add(self.anchors[event.anchor])
                self._weigh(self.weights[event.anchor], event.start_mark)
            case "ScalarEvent":
                self._scalar(event)
            case "SequenceStartEvent" | "MappingStartEvent":
                if len(self.open) >= MAX_DEPTH:
                    raise _RefusedError(event.start_mark, f"it is nested more than {MAX_DEPTH} levels deep")
                self.open.append(_Open(event))
                self.counts.append(1)
            case "SequenceEndEvent" | "MappingEndEvent":
                self._close(self.open.pop(), event)

    def problem(self, mark: Any, why: str) -> None:
        self.problems.append(Unknown(f"`{self.path}`", self._place(mark, mark), why))

    def _scalar(self, event: Any) -> None:
        from yaml import ScalarNode

        tag = event.tag
        if tag is None or tag == "!":
            tag = self.resolver.resolve(ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        node = YamlScalar(self._place(event.start_mark, event.end_mark), event.value, _kind(tag))
        if node.kind == "merge" and self.open and len(self.open[-1].children) % 2 == 0:
            self.open[-1].merges.append(len(self.open[-1].children))
        self._anchor(event, node, 1)
        self._add(node)

    def _close(self, done: _Open, end: Any) -> None:
        place = self._place(done.event.start_mark, end.end_mark)
        node: YamlNode
        if type(end).__name__ == "SequenceEndEvent":
            node = YamlSequence(place, tuple(done.children), _kind(done.event.tag or "seq"))
        else:
            entries = tuple(self._entries(done))
            node = YamlMapping(place, entries, _kind(done.event.tag or "map"))
        self._anchor(done.event, node, self.counts.pop())
        self._add(node)

    def _entries(self, done: _Open) -> Iterator[tuple[YamlScalar, YamlNode]]:
        """Merged entries first, so that `get`, which looks from the end, prefers explicit ones."""
        explicit: dict[str, YamlScalar] = {}
        own: list[tuple[YamlScalar, YamlNode]] = []
        for index in range(0, len(done.children) - 1, 2):
            key, value = done.children[index], done.children[index + 1]
            if index in done.merges or not isinstance(key, YamlScalar):
                continue
            if key.text in explicit:
                line = explicit[key.text].location.line
                self.problems.append(
                    Unknown(f"`{key.text}`", key.location, f"the key stands already on line {line}")
                )
            explicit[key.text] = key
            own.append((key, value))
        merged: dict[str, tuple[YamlScalar, YamlNode]] = {}
        for index in done.merges:
            for key, value in _mergeable(done.children[index + 1]):
                merged.setdefault(key.text, (key, value))
        self.merged += len(merged)
        if self.merged > MAX_ENTRIES:
            raise _RefusedError(done.event.start_mark, "its merge keys expand to too many entries")
        yield from (entry for name, entry in merged.items() if name not in explicit)
        yield from own

    def _weigh(self, weight: int, mark: Any) -> None:
        """Count nodes as often as aliases repeat them: who reads a document reads them that often."""
        self.counts[-1] += weight
        if self.counts[-1] > MAX_NODES:
            raise _RefusedError(mark, f"its aliases expand it to more than {MAX_NODES:,} values")

    def _add(self, node: YamlNode) -> None:
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.documents.append(node)

    def _anchor(self, event: Any, node: YamlNode, weight: int) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = node
            self.weights[event.anchor] = weight
        self._weigh(weight, event.start_mark)

    def _place(self, start: Any, end: Any) -> Location:
        if start is None or end is None:
            return Location(self.path)
        return Location(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _mergeable(value: YamlNode) -> Iterator[tuple[YamlScalar, YamlNode]]:
    """The entries that `<<: value` brings, those that win first."""
    for mapping in value.items if isinstance(value, YamlSequence) else (value,):
        if isinstance(mapping, YamlMapping):
            yield from reversed(mapping.entries)


def _kind(tag: str) -> str:
    return tag.removeprefix("tag:yaml.org,2002:")
