"""The fingerprints by which GitHub tells an alert whose line has moved.

The algorithm is that of `github/codeql-action`, src/fingerprints.ts: a rolling hash over the hundred
characters from a line's start, blanks left out, and how many lines above have the same one.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import accumulate

from archlint.discover import Repository, UnreadableFileError
from archlint.findings import Location

BLOCK = 100
BASE = 37
WORD = (1 << 64) - 1
END = 65535
FIRST = pow(BASE, BLOCK, 1 << 64)


class LineHashes:
    """The lines' hashes in the files of a repository, each file read once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._of_file = cache(self._read)

    def of(self, place: Location) -> dict[str, str]:
        """The `partialFingerprints` of a place; none where there is no such line to read."""
        hashes = self._of_file(place.file)
        return {"primaryLocationLineHash": hashes[place.line - 1]} if 0 < place.line <= len(hashes) else {}

    def _read(self, file: str) -> list[str]:
        try:
            return line_hashes(self._repository.text(file))
        except UnreadableFileError:
            return []


def line_hashes(text: str) -> list[str]:
    """The hash of each line of a file, the first at index 0."""
    units, starts = _significant(text)
    padded = [*units, END, *([0] * BLOCK)]
    prefixes = list(accumulate(padded, lambda sofar, unit: (sofar * BASE + unit) & WORD, initial=0))
    counts: Counter[int] = Counter()
    hashes = []
    for start in starts:
        value = (prefixes[start + BLOCK] - prefixes[start] * FIRST) & WORD
        counts[value] += 1
        hashes.append(f"{value:x}:{counts[value]}")
    return hashes


def _significant(text: str) -> tuple[list[int], list[int]]:
    """The UTF-16 units that count, line ends as line feeds, and at which of them each line starts."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    units: list[int] = []
    starts: list[int] = []
    for number, line in enumerate(lines):
        starts.append(len(units))
        bare = line.replace(" ", "").replace("\t", "")
        encoded = bare.encode("utf-16-le", "surrogatepass")
        units += memoryview(encoded).cast("H").tolist() if encoded else []
        units += [10] if number < len(lines) - 1 else []
    return units, starts
