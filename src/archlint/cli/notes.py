"""What a command says beside its output: to standard error, a line for each note."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from archlint.report.safe import log_text


def tell(notes: Iterable[str]) -> str:
    """Write the notes, safe for a log, and give what was written."""
    written = "".join(f"archlint: {log_text(note, starts_line=False)}\n" for note in notes)
    sys.stderr.write(written.encode("utf-8", "backslashreplace").decode("utf-8"))
    return written
