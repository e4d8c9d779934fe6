"""What differs between two contents of a document, whatever its lines, and where its places have moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from archlint import readings
from archlint.facts.ini import IniFile
from archlint.facts.toml import TomlFile, read_toml
from archlint.findings import Location

PairedPlaces = dict[Location, Location | None]


class DocumentDifference:
    """Two contents of one document; what is asked of them is found once."""

    def __init__(self, path: str, old: bytes, new: bytes) -> None:
        self._path, self._old, self._new = path, old, new
        self._pairs: dict[str, PairedPlaces | None] = {}

    def is_in(self, part: str) -> bool:
        """Whether a part of the document, as `readings` know it, differs."""
        return self._paired(part) is None

    def moves(self, parts: Iterable[str]) -> DocumentMoves:
        """Where the places of these parts are now, none of which differs."""
        return DocumentMoves([found for part in parts if (found := self._paired(part)) is not None])

    def _paired(self, part: str) -> PairedPlaces | None:
        if part not in self._pairs:
            keys, read = readings.keys_of(part), readings.viewed_by(part)
            with readings.unnoticed():
                if keys is not None:
                    self._pairs[part] = paired(*(_table(one, keys) for one in self._tables))
                elif read is not None:
                    self._pairs[part] = paired(read(self._path, self._old), read(self._path, self._new))
                else:
                    self._pairs[part] = None
        return self._pairs[part]

    @cached_property
    def _tables(self) -> tuple[TomlFile, TomlFile]:
        return read_toml(self._path, self._old), read_toml(self._path, self._new)


def _table(file: TomlFile, keys: tuple[str, ...]) -> object:
    """A part of a TOML file, with the places of its keys and of those that lead there."""
    places = {
        path: place
        for path, place in file.places.items()
        if path[: len(keys)] == keys or path == keys[: len(path)]
    }
    return file.raw_get(*keys), places


class DocumentMoves:
    """Where the places in one content of a document are in another; unknown where that is told twice."""

    def __init__(self, places: Iterable[PairedPlaces]) -> None:
        self._places: PairedPlaces = {}
        for found in places:
            for old, new in found.items():
                _note(self._places, old, new)

    def of(self, place: Location) -> Location | None:
        """Where a place is in the other content, None where that is not known."""
        return place if place == Location(place.file) else self._places.get(place)


def paired(old: object, new: object) -> PairedPlaces | None:
    """Where each place of one value is in the other, which says the same; None where it does not."""
    places: PairedPlaces = {}
    seen: set[tuple[int, int]] = set()  # aliases of YAML repeat what they stand for
    pending = [(old, new)]
    while pending:
        one, other = pending.pop()
        if type(one) is not type(other):
            return None
        if isinstance(one, Location):
            assert isinstance(other, Location)
            _note(places, one, other)
        elif isinstance(one, Struct):
            if (id(one), id(other)) not in seen:
                seen.add((id(one), id(other)))
                pending += ((getattr(one, name), getattr(other, name)) for name in _told(one))
                pending.append((_places(one), _places(other)))
        elif isinstance(one, tuple | list):
            assert isinstance(other, tuple | list)
            if len(one) != len(other):
                return None
            pending += zip(one, other, strict=True)
        elif isinstance(one, Mapping):
            assert isinstance(other, Mapping)
            if list(one) != list(other):
                return None
            pending += zip(one.values(), other.values(), strict=True)
        elif one != other:
            return None
    return places


def _told(value: Struct) -> list[str]:
    """The fields that count: whoever reads the text of a form is noticed as one who reads all of it."""
    return [name for name in value.__struct_fields__ if name != "raw_text"]


def _places(value: object) -> Mapping[Any, Location]:
    """The places that a form tells of what it holds."""
    return value.places if isinstance(value, IniFile) else {}


def _note(known: PairedPlaces, old: Location, new: Location | None) -> None:
    if known.setdefault(old, new) != new:
        known[old] = None
