"""INI files (alembic.ini, setup.cfg, tox.ini): values by configparser, and where each option stands."""

from __future__ import annotations

import configparser
from collections.abc import Mapping

from msgspec import Struct

from archlint.findings import Location, Unknown


class IniFile(Struct, eq=False, frozen=True, dict=True):
    """One INI file; values are raw, `%(name)s` not filled in; option names are lower case.

    `sections` has each section's own options; `[DEFAULT]`, which lends its own to all others, is one of them.
    """

    path: str
    text: str
    sections: Mapping[str, Mapping[str, str]]

    def get(self, section: str, option: str, variables: Mapping[str, str]) -> str | None:
        """An option with its `%(name)s` filled in as configparser does, or None when it is absent.

        `variables` are defaults below the file's own, such as `here`. Raises configparser.Error when an
        interpolation names an unknown option.
        """
        parser = configparser.ConfigParser(defaults=dict(variables), strict=False)
        parser.read_string(self.text)
        if not parser.has_section(section):
            return None
        return parser.get(section, option, fallback=None)

    def location(self, section: str, option: str | None = None) -> Location:
        """Where an option's name, or a section's header, stands; line 1 when it is not there."""
        place: Location | None = None
        current: str | None = None
        for number, line in enumerate(self.text.splitlines(), start=1):
            header = configparser.RawConfigParser.SECTCRE.match(line)
            if header:
                current = header.group("header")
                if current == section:
                    place = Location(self.path, number, 1, number, len(header.group()) + 1)
            elif current == section and option is not None and _option_of(line) == option:
                return Location(self.path, number, 1, number, len(line.rstrip()) + 1)
        return place or Location(self.path)


def read_ini(path: str, data: bytes) -> IniFile | Unknown:
    """Read a file's content; `Unknown` says where and why it is not an INI file."""
    parser = configparser.RawConfigParser(strict=False, default_section="")
    try:
        text = data.decode("utf-8-sig")
        parser.read_string(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Unknown(f"`{path}`", Location(path, line, 1, line, 1), "it is not UTF-8")
    except configparser.Error as error:
        place = Location(path, line := _line_of(error), 1, line, 1)
        return Unknown(f"`{path}`", place, f"it is not a valid INI file: {error.message.splitlines()[0]}")
    return IniFile(path, text, {name: dict(parser[name]) for name in parser.sections()})


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
