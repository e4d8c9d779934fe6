"""BA0209: try one commit where the session is given, and `flush()` for those on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.findings import Finding, Location
from archlint.fixes.edits import Edit, Plan
from archlint.fixes.texts import TextFile
from archlint.service.model import Service
from archlint.service.transactions.session_providers import Provider

WHY = "`flush()` for each commit on the way, and one commit when the request is done"
_COMMIT = re.compile(r"[\w.]*\.commit\(\)")


def trial(service: Service, finding: Finding) -> Plan | None:
    """Where each commit is a call of its own, and the session comes from generators that yield it."""
    split = next((one for one in service.transactions.splits if one.location == finding.location), None)
    givers = [one for one in service.transactions.providers if one.yields]
    if split is None or not givers:
        return None
    places = dict.fromkeys(mark.location for way in split.ways for mark in (way[1], way[3]))
    edits = [*(_flushed(service, place) for place in places), *_committed(service, givers)]
    found = tuple(edit for edit in edits if edit is not None)
    return Plan(found, WHY) if len(found) == len(edits) else None


def _flushed(service: Service, place: Location) -> tuple[str, Edit] | None:
    text = TextFile.of(service.repository, place.file)
    found = _COMMIT.match(text.after(place)) if text is not None else None
    if text is None or found is None:
        return None
    column = place.column + found.end() - len("commit()")
    return place.file, text.replacing(place.line, column, "commit", "flush")


def _committed(service: Service, givers: list[Provider]) -> Iterator[tuple[str, Edit] | None]:
    """The commit below each `yield`, which has to stand on a line of its own."""
    for one in givers:
        place = one.function.module.location(one.given)
        text = TextFile.of(service.repository, place.file)
        line = text.line(place.line) if text is not None else ""
        found = re.fullmatch(r"(\s*)yield (\w+)", line.partition("#")[0].rstrip())
        if text is None or found is None:
            yield None
        else:
            waits = "await " if one.function.is_async else ""
            added = f"{found[1]}{waits}{found[2]}.commit(){text.end}"
            yield place.file, text.adding_below(place.line, added)
