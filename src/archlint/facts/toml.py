"""TOML: values by tomli, places by the tree-sitter grammar, which is only asked when a place is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import tomli
from msgspec import Struct, field

from archlint import readings
from archlint.findings import Location, Unknown

KeyPath: TypeAlias = tuple[str | int, ...]
TomlSpan: TypeAlias = tuple[int, int, int, int]


class TomlFile(Struct, eq=False, frozen=True, dict=True):
    """One TOML file: its values as tomli reads them, and where each key and array item stands.

    `raw_text` is there, too, when it is no TOML. Whoever asks for a value depends on the table that it is in.
    """

    path: str
    raw_text: str = ""
    raw_values: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Unknown, ...] = ()

    @property
    def text(self) -> str:
        """What is written, comments and all; whoever reads it depends on all of the file."""
        readings.documents[self.path] = None
        return self.raw_text

    @property
    def values(self) -> dict[str, Any]:
        """All values; whoever asks depends on all of them."""
        readings.documents[readings.table_part(self.path, ())] = None
        return self.raw_values

    def get(self, *keys: str | int) -> Any:
        """The value at a path of keys and array indices, or None."""
        readings.documents[readings.table_part(self.path, keys)] = None
        return self.raw_get(*keys)

    def raw_get(self, *keys: str | int) -> Any:
        """The value at a path, asked by nobody."""
        value: Any = self.raw_values
        for key in keys:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def table(self, *keys: str | int) -> dict[str, Any]:
        """The table at a path; empty when there is none."""
        value = self.get(*keys)
        return value if isinstance(value, dict) else {}

    def location(self, *keys: str | int) -> Location:
        """Where the key or array item at a path stands; its nearest written parent, or line 1, otherwise."""
        readings.documents[readings.table_part(self.path, keys)] = None
        for length in range(len(keys), 0, -1):
            span = self._spans.get(keys[:length])
            if span is not None:
                return Location(self.path, *span)
        return Location(self.path)

    @property
    def places(self) -> Mapping[KeyPath, Location]:
        """Where each key and array item stands, asked by nobody."""
        return {keys: Location(self.path, *span) for keys, span in self._spans.items()}

    @cached_property
    def _spans(self) -> dict[KeyPath, TomlSpan]:
        return _read_spans(self.raw_text)


def read_toml(path: str, data: bytes) -> TomlFile:
    """Read a file's content. Never raises: a problem says where and why it is not TOML."""
    text, found = data.decode("utf-8-sig", errors="replace"), _values(path, data)
    return (
        TomlFile(path, text, problems=(found,)) if isinstance(found, Unknown) else TomlFile(path, text, found)
    )


def _values(path: str, data: bytes) -> dict[str, Any] | Unknown:
    try:
        return tomli.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Unknown(f"`{path}`", Location(path, line, 1, line, 1), "it is not UTF-8")
    except tomli.TOMLDecodeError as error:
        place = Location(path, error.lineno, error.colno, error.lineno, error.colno)
        return Unknown(f"`{path}`", place, f"it is not valid TOML: {error.msg}")
    except RecursionError:
        return Unknown(f"`{path}`", Location(path), "its arrays are nested too deeply")
    except ValueError:  # Python converts no text of more than 4,300 digits
        return Unknown(f"`{path}`", Location(path), "one of its numbers has too many digits")


def _read_spans(text: str) -> dict[KeyPath, TomlSpan]:
    import tree_sitter
    import tree_sitter_toml

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
    data = text.encode()
    return _Locator(data.split(b"\n")).read(parser.parse(data).root_node)


class _Locator:
    """Walks the tree once; a table under an array of tables belongs to that array's last element."""

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines
        self.spans: dict[KeyPath, TomlSpan] = {}
        self.counts: dict[KeyPath, int] = {}

    def read(self, root: Any) -> dict[KeyPath, TomlSpan]:
        for node in root.named_children:
            if node.type == "pair":
                self._pair((), node)
            elif node.type in {"table", "table_array_element"}:
                self._table(node)
        return self.spans

    def _table(self, node: Any) -> None:
        header, *pairs = node.named_children
        path: KeyPath = ()
        for name, key in _keys(header):
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
            path = (*path, name)
            self.spans.setdefault(path, self._span(key))
        if node.type == "table_array_element":
            index = self.counts.get(path, 0)
            self.counts[path] = index + 1
            path = (*path, index)
            self.spans[path] = self._span(header)
        elif path in self.counts:
            path = (*path, self.counts[path] - 1)
        for pair in pairs:
            if pair.type == "pair":
                self._pair(path, pair)

    def _pair(self, path: KeyPath, node: Any) -> None:
        header, *values = (child for child in node.named_children if child.type != "comment")
        for name, key in _keys(header):
            path = (*path, name)
            self.spans.setdefault(path, self._span(key))
        for value in values:
            self._value(path, value)

    def _value(self, path: KeyPath, node: Any) -> None:
        if node.type == "inline_table":
            for pair in node.named_children:
                if pair.type == "pair":
                    self._pair(path, pair)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for index, item in enumerate(items):
                self.spans[(*path, index)] = self._span(item)
                self._value((*path, index), item)

    def _span(self, node: Any) -> TomlSpan:
        return (*self._point(node.start_point), *self._point(node.end_point))

    def _point(self, point: Any) -> tuple[int, int]:
        return point.row + 1, len(self.lines[point.row][: point.column].decode(errors="replace")) + 1


def _keys(header: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a key with their nodes; a quoted part is unquoted by tomli itself."""
    pending = [header]  # the grammar nests a dotted key once for each dot
    while pending:
        node = pending.pop()
        if node.type == "dotted_key":
            pending.extend(reversed(node.named_children))
        elif node.type == "quoted_key":
            yield next(iter(tomli.loads(f"{node.text.decode()} = 0"))), node
        else:
            yield node.text.decode(), node
