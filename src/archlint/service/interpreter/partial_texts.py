"""Texts of which the source tells only parts, with the methods of texts.

What a method gives holds whatever is in the holes; what they decide is unresolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeAlias

from archlint.service.interpreter.values import Unresolved

KnownText: TypeAlias = "str | PartialText"
TextPiece: TypeAlias = "str | Unresolved"


class PartialText(Unresolved, frozen=True, eq=False):
    """A text with holes: no two pieces and no two holes follow each other, and there are some of each.

    `why` and `place` are those of the first hole.
    """

    @property
    def untold(self) -> Unresolved:
        """A value that the holes decide."""
        return Unresolved(self.why, self.place)

    def strip(self, chars: str | None = None) -> TextPiece:
        """As `str.strip`."""
        return _joined(_without_end(_without_start(self.parts, chars), chars))

    def lstrip(self, chars: str | None = None) -> TextPiece:
        """As `str.lstrip`."""
        return _joined(_without_start(self.parts, chars))

    def rstrip(self, chars: str | None = None) -> TextPiece:
        """As `str.rstrip`."""
        return _joined(_without_end(self.parts, chars))

    def startswith(self, prefix: str | tuple[str, ...]) -> bool | Unresolved:
        """As `str.startswith`, for all of the text."""
        return self._told(_starts(_known(self.parts[0]), prefix))

    def endswith(self, suffix: str | tuple[str, ...]) -> bool | Unresolved:
        """As `str.endswith`, for all of the text."""
        backwards = suffix[::-1] if isinstance(suffix, str) else tuple(one[::-1] for one in suffix)
        return self._told(_starts(_known(self.parts[-1])[::-1], backwards))

    def removeprefix(self, prefix: str) -> TextPiece:
        """As `str.removeprefix`."""
        answer = self.startswith(prefix)
        rest = (_known(self.parts[0])[len(prefix) :], *self.parts[1:])
        return _joined(rest) if answer is True else self if answer is False else self.untold

    def removesuffix(self, suffix: str) -> TextPiece:
        """As `str.removesuffix`."""
        answer = self.endswith(suffix)
        last = _known(self.parts[-1])
        rest = (*self.parts[:-1], last[: len(last) - len(suffix)])
        return _joined(rest) if answer is True else self if answer is False else self.untold

    def partition(self, sep: str) -> tuple[str, str, TextPiece] | Unresolved:
        """As `str.partition`, where a piece in front of all holes has the separator."""
        before, found, after = _known(self.parts[0]).partition(sep)
        return (before, found, _joined((after, *self.parts[1:]))) if found else self.untold

    def rpartition(self, sep: str) -> tuple[TextPiece, str, str] | Unresolved:
        """As `str.rpartition`, where a piece behind all holes has the separator."""
        before, found, after = _known(self.parts[-1]).rpartition(sep)
        return (_joined((*self.parts[:-1], before)), found, after) if found else self.untold

    def split(self, sep: str | None = None, maxsplit: int = -1) -> list[TextPiece] | Unresolved:
        """As `str.split`: of one cut alone it is certain how many items there are."""
        cut = self.partition(sep) if sep is not None and maxsplit == 1 else None
        return [cut[0], cut[2]] if isinstance(cut, tuple) else self.untold

    def rsplit(self, sep: str | None = None, maxsplit: int = -1) -> list[TextPiece] | Unresolved:
        """As `str.rsplit`, like `split`."""
        cut = self.rpartition(sep) if sep is not None and maxsplit == 1 else None
        return [cut[0], cut[2]] if isinstance(cut, tuple) else self.untold

    def replace(self, old: str, new: str) -> TextPiece:
        """As `str.replace`, where nothing that is replaced can reach from a piece into a hole."""
        known = [part for part in self.parts if isinstance(part, str)]
        if not old or any(_overlaps(old, piece) for piece in known):
            return self.untold
        return _joined([one.replace(old, new) if isinstance(one, str) else one for one in self.parts])

    def lower(self) -> TextPiece:
        """As `str.lower`; the case of a letter may depend on its neighbours outside of ASCII."""
        return self._each(str.lower)

    def upper(self) -> TextPiece:
        """As `str.upper`."""
        return self._each(str.upper)

    def contains(self, inner: str) -> bool | None:
        """Whether `inner in text`; None where the holes decide it."""
        return True if any(inner in part for part in self.parts if isinstance(part, str)) else None

    def may_be(self, other: str) -> bool:
        """Whether something in the holes makes the text `other`."""
        first, *middle, last = (_known(part) for part in self.parts)
        if len(other) < len(first) + len(last) or not (other.startswith(first) and other.endswith(last)):
            return False
        start, end = len(first), len(other) - len(last)
        for piece in middle:
            found = other.find(piece, start, end)
            if found < 0:
                return False
            start = found + len(piece)
        return True

    def _told(self, answer: bool | None) -> bool | Unresolved:
        return self.untold if answer is None else answer

    def _each(self, change: Callable[[str], str]) -> TextPiece:
        if not all(part.isascii() for part in self.parts if isinstance(part, str)):
            return self.untold
        return _joined([change(part) if isinstance(part, str) else part for part in self.parts])


def assembled(pieces: Iterable[TextPiece]) -> TextPiece:
    """The text that pieces and holes make in this order; the first hole where nothing else is known."""
    return _joined([part for one in pieces for part in (getattr(one, "parts", ()) or (one,))])


def size(piece: TextPiece) -> int:
    """How much the budget of the interpretation counts a text."""
    if isinstance(piece, str):
        return len(piece)
    return sum(len(part) if isinstance(part, str) else 1 for part in piece.parts)


def _joined(parts: Sequence[TextPiece]) -> TextPiece:
    """The text of pieces and holes, none of which is a text with holes itself."""
    runs = groupby((part for part in parts if part != ""), type)
    made: list[TextPiece] = ["".join(map(_known, run)) if kind is str else next(run) for kind, run in runs]
    hole = next((part for part in made if isinstance(part, Unresolved)), None)
    if hole is None or len(made) == 1:
        return made[0] if made else ""
    return PartialText(hole.why, hole.place, parts=tuple(made))


def _known(part: TextPiece) -> str:
    return part if isinstance(part, str) else ""


def _without_start(parts: Sequence[TextPiece], chars: str | None) -> list[TextPiece]:
    """What `lstrip` leaves: behind a hole what it strips may go, too, for the hole may be empty."""
    rest = list(parts)
    hole = [] if isinstance(rest[0], str) else [rest.pop(0)]
    while rest and not (kept := _known(rest[0]).lstrip(chars)):
        hole = hole or ([] if isinstance(rest[0], str) else [rest[0]])
        del rest[0]
    return [*hole, kept, *rest[1:]] if rest else hole


def _without_end(parts: Sequence[TextPiece], chars: str | None) -> list[TextPiece]:
    backwards = [part[::-1] if isinstance(part, str) else part for part in reversed(parts)]
    left = _without_start(backwards, chars) if backwards else []
    return [part[::-1] if isinstance(part, str) else part for part in reversed(left)]


def _starts(known: str, wanted: str | tuple[str, ...]) -> bool | None:
    """Whether a text that starts so starts as wanted."""
    options = (wanted,) if isinstance(wanted, str) else wanted
    if known.startswith(options):
        return True
    return None if any(one.startswith(known) for one in options) else False


def _overlaps(old: str, piece: str) -> bool:
    """Whether a text can stand partly in the piece and partly beside it."""
    ends = range(1, min(len(old) - 1, len(piece)) + 1)
    return any(piece.startswith(old[-n:]) or piece.endswith(old[:n]) for n in ends) or piece in old[1:-1]
