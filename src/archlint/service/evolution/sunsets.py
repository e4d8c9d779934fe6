"""When a deprecated operation ends: by its `x-sunset`, else by the date that its description gives."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from archlint.service.evolution.views import Json

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def sunset_of(operation: Json) -> date | None:
    """The last day on which a deprecated operation is served; None where nothing says so.

    A description may name the day of deprecation, too: the sunset is the latest of its dates.
    """
    if not operation.get("deprecated"):
        return None
    for text in (operation.get("x-sunset"), operation.get("description")):
        dates = list(_dates(str(text))) if text else []
        if dates:
            return max(dates)
    return None


def is_readable(deprecated: Json) -> bool:
    """Whether the `x-sunset` of an operation or parameter is a date, or there is none."""
    given = deprecated.get("x-sunset")
    return given is None or any(_dates(str(given)))


def _dates(text: str) -> list[date]:
    found = []
    for written in _ISO.findall(text):
        with suppress(ValueError):
            found.append(date.fromisoformat(written))
    return found
