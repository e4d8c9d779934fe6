"""Text from a repository, made safe for the place that it is written to.

A file's name, a path literal or a comment may hold anything. Nothing of it may move a terminal's cursor, turn
the reading direction, end a line, or be a command to the service that reads the log.
"""

from __future__ import annotations

import json
import re

import msgspec

COMMANDS = re.compile(r"##(?=\[|vso\[|teamcity\[)")
"""What starts a command anywhere in a line of a log: GitHub's old form, Azure Pipelines, TeamCity."""

MARKDOWN = re.compile(r"[\\*_\[\]<>#!|~&$]")
"""What may mean something to GitHub's Markdown within a line, outside of code."""


def printable(text: str) -> str:
    """`text` in one line, with tabs as four spaces and whatever is not printable shown as its code."""
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def log_text(text: str, *, starts_line: bool) -> str:
    """`text` for a terminal or a log in which services look for commands: GitHub's start a line with `::`."""
    shown = printable(text)
    if "##" in shown:
        shown = COMMANDS.sub(r"#\\u{23}", shown)
    if starts_line and shown.lstrip().startswith("::"):
        shown = shown.replace(":", r"\u{3a}", 1)
    return shown


def log_lines(text: str) -> str:
    """A document of several lines, such as a diff or a diagram, for a terminal or a log.

    Tabs stay tabs, and a line's end stays as it is, for a diff must fit the file.
    """
    *lines, last = text.split("\n")
    return "".join(f"{_ended_line(line)}\n" for line in lines) + _log_line(last)


def _ended_line(line: str) -> str:
    return f"{_log_line(line[:-1])}\r" if line.endswith("\r") else _log_line(line)


def _log_line(line: str) -> str:
    if line.isprintable() and "##" not in line and not line.lstrip().startswith("::"):
        return line
    parts = (log_text(part, starts_line=not index) for index, part in enumerate(line.split("\t")))
    return "\t".join(parts)


def json_text(document: object) -> str:
    """A JSON document in ASCII, which a log that holds it does not take for a command."""
    return msgspec.json.format(json.dumps(document), indent=2).replace("##", r"#\u0023")


def github_data(text: str) -> str:
    """The text of a workflow command, escaped as `@actions/core` does; its own line ends stay."""
    lines = (log_text(line, starts_line=False) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def github_property(text: str) -> str:
    """A property of a workflow command."""
    return github_data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def markdown_text(text: str) -> str:
    """Prose in Markdown; what stands between backticks stays code, and nobody is mentioned."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its like
        parts[-2:] = ["'".join(parts[-2:])]
    return "".join(_code(part) if index % 2 else _prose(part) for index, part in enumerate(parts))


def markdown_code(text: str) -> str:
    """Text as code in Markdown, within one line."""
    return _code(printable(text).replace("`", "'"))


def _code(text: str) -> str:
    return f"`{text}`" if text.strip() else _prose(text)


def _prose(text: str) -> str:
    escaped = MARKDOWN.sub(lambda found: f"\\{found[0]}", text)
    return escaped.replace("@", "@<!-- -->")


def _shown(character: str) -> str:
    if character == "\t":
        return "    "
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"
