"""What a fix changes, as a unified diff that `git apply` takes."""

from __future__ import annotations

import difflib
import io
import tokenize
from collections.abc import Iterator


def unified(file: str, before: bytes, after: bytes) -> str:
    """The difference between two contents of a Python file."""
    old, new = _lines(before), _lines(after)
    return "".join(_marked(difflib.unified_diff(old, new, f"a/{file}", f"b/{file}")))


def _lines(data: bytes) -> list[str]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    # Only what git takes for the end of a line is one.
    return [f"{line}\n" for line in data.decode(encoding).split("\n")[:-1]] + _last(data.decode(encoding))


def _last(text: str) -> list[str]:
    rest = text.rpartition("\n")[2]
    return [rest] if rest else []


def _marked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
