"""What a fix changes, as a unified diff that `git apply` takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from archlint.discover import decode_python


def unified(file: str, before: bytes, after: bytes) -> str:
    """The difference between two contents of a Python file."""
    old, new = _lines(before), _lines(after)
    return "".join(_marked(difflib.unified_diff(old, new, f"a/{file}", f"b/{file}")))


def _lines(data: bytes) -> list[str]:
    text = decode_python(data)
    # Only what git takes for the end of a line is one.
    return [f"{line}\n" for line in text.split("\n")[:-1]] + _last(text)


def _last(text: str) -> list[str]:
    rest = text.rpartition("\n")[2]
    return [rest] if rest else []


def _marked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
