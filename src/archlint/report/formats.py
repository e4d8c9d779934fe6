"""The table of output formats. A new format is one module with `render`, and one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from archlint.findings import Location
    from archlint.fixes.showing import ShownFix
    from archlint.report.styled import Line
    from archlint.results import Report
    from archlint.timing import Clock


class Rendering(Struct, frozen=True):
    """What a format may want to know besides the report.

    `width` is in columns; `fixes`, where they were asked for, are by fingerprint. `path` makes of a file of
    the repository what opens it where the reader is, in a terminal or an editor; `clock` has the times, where
    somebody wants to know them.
    """

    width: int = 110
    exit_code: int = 0
    fixes: Mapping[str, ShownFix] | None = None
    path: Callable[[str], str] = str
    clock: Clock | None = None

    def shown(self, place: Location) -> str:
        """A place, as the reader's editor and terminal link it."""
        return str(replace(place, file=self.path(place.file)))


class Render(Protocol):
    """What a format's module offers under the name `render`: the report as lines of text."""

    def __call__(self, report: Report, how: Rendering) -> Iterable[Line]:
        """Render the report as lines: styled for people, for programs as they are."""


class Format(Struct, frozen=True):
    """A format: its module in this package, imported when it is asked for.

    One `for_people` has colours on a terminal and ends in a summary, with `tables` unless it is to be short,
    as in a hook. One that `carries_fixes` shows what fixes would replace.
    """

    module: str
    for_people: bool = False
    tables: bool = True
    carries_fixes: bool = False

    def render(self, report: Report, how: Rendering) -> Iterable[Line]:
        """The report as lines of text."""
        rendered: Render = import_module(f"archlint.report.{self.module}").render
        return rendered(report, how)


FORMATS: Mapping[str, Format] = {
    "text": Format("text", for_people=True),
    "concise": Format("concise", for_people=True, tables=False),
    "hook": Format("hook", for_people=True, tables=False),
    "json": Format("as_json", carries_fixes=True),
    "sarif": Format("sarif", carries_fixes=True),
    "github": Format("github"),
    "gitlab": Format("gitlab"),
    "junit": Format("junit"),
    "markdown": Format("markdown"),
}


def formats_for_people() -> list[str]:
    """The names of the formats that people read."""
    return [name for name, format_ in FORMATS.items() if format_.for_people]


def formats_with_fixes() -> list[str]:
    """The names of the formats that show what fixes would replace."""
    return [name for name, format_ in FORMATS.items() if format_.carries_fixes]
