"""What a rule said of a service, and the same after its places have moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from archlint.findings import Hit, Link, Location, Met, Unknown
from archlint.results import Outcome

_T = TypeVar("_T", Hit, Unknown)


class RuleResult(Struct, frozen=True, array_like=True, gc=False):
    """What a rule said of a service, each with the symbol that the engine has found for it."""

    hits: tuple[tuple[Hit, str], ...]
    unknowns: tuple[tuple[Unknown, str], ...]
    outcome: Outcome


def moved(
    said: RuleResult, files: Mapping[str, Moving], symbol: Callable[[Location], str]
) -> RuleResult | None:
    """The same of files whose places have moved; None where one of these is not known.

    A text that names a line of one of the files counts as not known, too.
    """
    if any(f"{file}:" in text for text in _texts(said) for file in files):
        return None
    try:
        return _Moving(files, symbol).said(said)
    except _NotKnownError:
        return None


class Moving(Protocol):
    """Where the places of a file are now."""

    def of(self, place: Location) -> Location | None:
        """Where a place is now, None where that is not known."""


class _NotKnownError(Exception):
    """Nobody knows where a place is now."""


class _Moving:
    def __init__(self, files: Mapping[str, Moving], symbol: Callable[[Location], str]) -> None:
        self._files, self._symbol = files, symbol

    def said(self, said: RuleResult) -> RuleResult:
        return RuleResult(
            tuple(self._of(hit, symbol) for hit, symbol in said.hits),
            tuple(self._of(unknown, symbol) for unknown, symbol in said.unknowns),
            replace(said.outcome, met=tuple(map(self._met, said.outcome.met))),
        )

    def _of(self, one: _T, symbol: str) -> tuple[_T, str]:
        place = self._place(one.location)
        found: _T = replace(one, location=place)
        if isinstance(found, Hit):
            found = replace(
                found,
                chain=tuple(map(self._link, found.chain)),
                cause=found.cause and self._link(found.cause),
                within=found.within and self._link(found.within),
                part_of=found.part_of and self._place(found.part_of),
            )
        return found, self._symbol(place) if place.file in self._files else symbol

    def _met(self, met: Met) -> Met:
        return replace(met, location=self._place(met.location))

    def _link(self, link: Link) -> Link:
        return replace(link, location=self._place(link.location))

    def _place(self, place: Location) -> Location:
        moves = self._files.get(place.file)
        found = place if moves is None else moves.of(place)
        if found is None:
            raise _NotKnownError
        return found


def _texts(said: RuleResult) -> Iterator[str]:
    for hit, _ in said.hits:
        yield from hit.fields.values()
        yield from (link.text for link in (*hit.chain, *hit.origins))
    for unknown, _ in said.unknowns:
        yield from (unknown.what, unknown.why)
    yield said.outcome.not_applicable
