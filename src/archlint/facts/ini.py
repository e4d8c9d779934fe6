"""INI files (alembic.ini, setup.cfg, tox.ini): values by configparser, and where each option stands."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from archlint import readings
from archlint.findings import Location, Unknown

MAX_LINE = 20_000
"""configparser's expressions take the square of a line's length."""
MAX_INTERPOLATIONS = 1_000


class IniFile(Struct, eq=False, frozen=True, dict=True):
    """One INI file; values are raw, `%(name)s` not filled in; option names are lower case.

    `sections` has each section's own options; `[DEFAULT]`, which lends its own to all others, is one of them.
    """

    path: str
    raw_text: str = ""
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[Unknown, ...] = ()

    @property
    def text(self) -> str:
        """What is written, comments and all; whoever reads it depends on all of the file."""
        readings.documents[self.path] = None
        return self.raw_text

    def get(self, section: str, option: str, variables: Mapping[str, str]) -> str | None:
        """An option with its `%(name)s` filled in as configparser does, or None when it is absent.

        `variables` are defaults below the file's own, such as `here`. Raises configparser.Error when an
        interpolation names an unknown option.
        """
        parser = configparser.ConfigParser(dict(variables), strict=False, interpolation=_Bounded())
        parser.read_string(self.raw_text)
        if not parser.has_section(section):
            return None
        return parser.get(section, option, fallback=None)

    def location(self, section: str, option: str | None = None) -> Location:
        """Where an option's name, or a section's header, stands; line 1 when it is not there."""
        return self.places.get((section, option)) or self.places.get((section, None)) or Location(self.path)

    @cached_property
    def places(self) -> dict[tuple[str, str | None], Location]:
        """The first place of each section's option, and the last of its header."""
        places: dict[tuple[str, str | None], Location] = {}
        current = ""
        for number, line in enumerate(self.raw_text.splitlines(), start=1):
            header = configparser.RawConfigParser.SECTCRE.match(line)
            if header:
                current = header.group("header")
                places[current, None] = Location(self.path, number, 1, number, len(header.group()) + 1)
            elif (option := _option_of(line)) is not None:
                place = Location(self.path, number, 1, number, len(line.rstrip()) + 1)
                places.setdefault((current, option), place)
        return places


def read_ini(path: str, data: bytes) -> IniFile:
    """Read a file's content. Never raises: a problem says where and why it is not an INI file."""
    found = _sections(path, data)
    return IniFile(path, problems=(found,)) if isinstance(found, Unknown) else IniFile(path, *found)


def _sections(path: str, data: bytes) -> tuple[str, Mapping[str, Mapping[str, str]]] | Unknown:
    parser = configparser.RawConfigParser(strict=False, default_section="")
    try:
        text = data.decode("utf-8-sig")
        if line := next((n for n, t in enumerate(text.split("\n"), 1) if len(t) > MAX_LINE), 0):
            return Unknown(f"`{path}`", Location(path, line, 1, line, 1), "this line is too long to be read")
        parser.read_string(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Unknown(f"`{path}`", Location(path, line, 1, line, 1), "it is not UTF-8")
    except configparser.Error as error:
        place = Location(path, line := _line_of(error), 1, line, 1)
        return Unknown(f"`{path}`", place, f"it is not a valid INI file: {error.message.splitlines()[0]}")
    return text, {name: dict(parser[name]) for name in parser.sections()}


class _Bounded(configparser.BasicInterpolation):
    """Fills in `%(name)s` as configparser does, but not without end: options hold one another."""

    def __init__(self) -> None:
        self.steps = 0

    def _interpolate_some(self, parser: Any, option: str, accum: list[str], rest: str, *place: Any) -> None:
        self.steps += 1
        if self.steps > MAX_INTERPOLATIONS or len(accum) > MAX_INTERPOLATIONS:
            raise configparser.InterpolationDepthError(option, str(place[0]), rest[:100])
        super()._interpolate_some(parser, option, accum, rest, *place)  # type: ignore[misc]


def _option_of(line: str) -> str | None:
    if line[:1].isspace() or line.startswith(("#", ";")):
        return None
    match = configparser.RawConfigParser.OPTCRE.match(line)
    return match.group("option").lower() if match else None


def _line_of(error: configparser.Error) -> int:
    if isinstance(error, configparser.MissingSectionHeaderError):
        return int(error.lineno)
    if isinstance(error, configparser.ParsingError) and error.errors:
        return int(error.errors[0][0])
    return 1
