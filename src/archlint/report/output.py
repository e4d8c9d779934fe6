"""Where output goes: to standard output, with colours if somebody looks at it, or to a file, whole or not."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from archlint import streams
from archlint.findings import ArchlintError
from archlint.report.styled import STYLES, Line, plain, safe, verbatim

FILE_WIDTH = 110


def wants_colour(no_color: bool) -> bool:
    """Whether standard output should get colours, as https://no-color.org and https://force-color.org ask."""
    refused = no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not refused and (sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR")))


def width() -> int:
    """The columns to write in: a terminal's own, else always the same."""
    return max(shutil.get_terminal_size().columns, 40) if sys.stdout.isatty() else FILE_WIDTH


def put(lines: Iterable[Line], file: Path | None, *, for_people: bool, no_color: bool) -> str:
    """Write lines to the file, else to standard output, and give what was written there.

    What is for programs stays as it is.
    """
    if file is None and for_people:
        return write_lines(lines, colour=wants_colour(no_color))
    text = plain(lines) if for_people else verbatim(lines)
    if file is not None:
        write_file(file, text)
        return ""
    write(text)
    return text


def write_lines(lines: Iterable[Line], *, colour: bool) -> str:
    """Write styled lines to standard output, and give what was written. That the reader left is no error."""
    text = _painted(lines) if colour else plain(lines)
    write(text)
    return text


def _painted(lines: Iterable[Line]) -> str:
    """The lines with the terminal's own codes, of which rich is asked once for each style.

    To let rich write each line would take it ten times as long as all the rest.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, force_terminal=True)
    codes: dict[str, list[str]] = {}
    for style, meaning in STYLES.items():
        with console.capture() as captured:
            console.print(Text("|", meaning), end="")
        codes[style] = captured.get().split("|")
    return "".join("".join(text.join(codes[style]) for text, style in safe(line)) + "\n" for line in lines)


def write(text: str) -> None:
    """Write to standard output. Raises ArchlintError when that fails, but for a reader that has left."""
    streams.write(text)


def write_file(path: Path, text: str) -> None:
    """Replace the file at once. Raises ArchlintError when it cannot be written; the old one then stays.

    The summary of a step in GitHub's actions is added to, as other commands of the step do.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if str(path) == os.environ.get("GITHUB_STEP_SUMMARY"):
            with path.open("ab") as summary:
                summary.write(data)
            return
        if path.exists() and not path.is_file():  # a pipe or a device, which must not be replaced
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise ArchlintError(f"{path} cannot be written: {error.strerror}") from error


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
