"""One more key in a table of a TOML file, on a line of its own among the others."""

from __future__ import annotations

import re

from archlint.facts.toml import KeyPath, TomlFile
from archlint.findings import Location
from archlint.fixes.edits import Replace, Span
from archlint.fixes.texts import TextFile

FIRST = "python"
"""What Poetry has at the top of the dependencies, whatever their order."""


def with_key(text: TextFile, toml: TomlFile, keys: KeyPath, line: str, name: str) -> Replace | None:
    """Put `line` into the table at `keys`: in the order of its keys, else below the last.

    None where the table has another form than a header and a line for each key.
    """
    places = {key: toml.location(*keys, key) for key in toml.table(*keys)}
    if not places or not all(_begins_line(text, key, place) for key, place in places.items()):
        return None
    ordered = [key for key in places if key != FIRST]
    is_sorted = ordered == sorted(ordered, key=str.casefold)
    after = next((key for key in ordered if is_sorted and key.casefold() > name.casefold()), None)
    added = f"{line}{text.end}"
    if after is not None:
        return Replace(Span(places[after].line, 0, places[after].line, 0), "", added)
    last = max(place.line for place in places.values())
    following = text.line(last + 1).strip()
    return text.adding_below(last, added) if not following or following.startswith("[") else None


def _begins_line(text: TextFile, key: str, place: Location) -> bool:
    return re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", text.line(place.line)) is not None
