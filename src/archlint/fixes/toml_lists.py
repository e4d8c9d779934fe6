"""One more item in a list of a TOML file, on a line of its own where the others are."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence

from archlint.facts.toml import KeyPath, TomlFile
from archlint.findings import Location
from archlint.fixes.edits import Replace, Span
from archlint.fixes.texts import TextFile


def with_item(
    text: TextFile, toml: TomlFile, keys: KeyPath, item: str, name: str, names: Sequence[str]
) -> Replace | None:
    """Put `item` into the list at `keys`, whose items are called `names`: in their order, else at the end.

    None where the list has another form than archlint edits.
    """
    if not names:
        return _first(text, toml.location(*keys), item)
    places = [toml.location(*keys, index) for index in range(len(names))]
    folded = [one.casefold() for one in names]
    index = bisect(folded, name.casefold()) if folded == sorted(folded) else len(names)
    if _have_lines(text, places):
        return _line(text, places, index, item)
    if len({place.line for place in places} | {places[-1].end_line}) > 1:
        return None
    if index < len(places):
        return _put(places[index].line, places[index].column, f"{item}, ")
    return _put(places[-1].end_line, places[-1].end_column, f", {item}")


def _first(text: TextFile, place: Location, item: str) -> Replace | None:
    found = re.search(r"=\s*\[(?=\s*\])", text.line(place.line))
    return _put(place.line, found.end() + 1, item) if found else None


def _have_lines(text: TextFile, places: Sequence[Location]) -> bool:
    """Whether each item begins a line."""
    return not any(text.line(place.line)[: place.column - 1].strip() for place in places)


def _line(text: TextFile, places: Sequence[Location], index: int, item: str) -> Replace:
    near = places[min(index, len(places) - 1)]
    indent = text.line(near.line)[: near.column - 1]
    if index < len(places):
        return _put(near.line, 1, f"{indent}{item},{text.end}")
    if text.line(near.end_line)[near.end_column - 1 :].lstrip().startswith(","):
        return text.adding_below(near.end_line, f"{indent}{item},{text.end}")
    return _put(near.end_line, near.end_column, f",{text.end}{indent}{item}")


def _put(line: int, column: int, added: str) -> Replace:
    return Replace(Span(line, column - 1, line, column - 1), "", added)
