"""What a command says beside its output: to standard error, a line for each note."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from archlint.report.safe import log_text


def tell(notes: Iterable[str]) -> str:
    """Write the notes, safe for a log, and give what was written."""
    written = "".join(f"archlint: {log_text(note, starts_line=False)}\n" for note in notes)
    with suppress(OSError):  # nobody reads it, as where both streams are piped to `head`
        sys.stderr.write(written.encode("utf-8", "backslashreplace").decode("utf-8"))
    return written


def no_service(paths: Sequence[Path]) -> str:
    """What to tell who named paths below which there is none."""
    where = ", ".join(map(str, paths or [Path()]))
    return (
        f"no service found in {where}: no module outside of tests and examples makes a `FastAPI()` "
        "application or serves HTTP by other means; name the service's folder"
    )
