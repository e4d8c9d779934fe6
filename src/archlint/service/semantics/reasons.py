"""What a comment says for something that is against the rules, so that it can be quoted."""

from __future__ import annotations

import re

from archlint import documents
from archlint.discover import Repository
from archlint.findings import Location

_COMMENT = re.compile(r"(?:^|\s)#\s*(?P<text>\S.*?)\s*$")
_LONGEST = 100


def reason(repository: Repository, place: Location, words: re.Pattern[str]) -> str | None:
    """The comment on the lines of a place, or right above them, in which one of the words stands."""
    lines = documents.text(repository, place.file).split("\n")
    first = min(place.line - 1, len(lines))
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    for line in lines[first : place.end_line]:
        comment = _COMMENT.search(line)
        if comment is not None and words.search(comment["text"]):
            return _quoted(comment["text"])
    return None


def documented(documentation: str | None, words: re.Pattern[str]) -> str | None:
    """The sentence of a docstring in which one of the words stands."""
    sentences = re.split(r"(?<=[.!?])\s+|\n\s*\n", documentation or "")
    return next((_quoted(" ".join(one.split())) for one in sentences if words.search(one)), None)


def excuse(said: str | None) -> str:
    """The words by which a message quotes what was said, none where nothing was."""
    return f", for which a comment gives a reason: \u201c{said}\u201d" if said else ""


def _quoted(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
