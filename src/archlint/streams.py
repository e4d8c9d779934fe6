"""Writing to standard output in one encoding, to a reader that may leave."""

from __future__ import annotations

import os
import sys


def write(text: str) -> None:
    """Write to standard output: UTF-8, unless a terminal wants something else. Raises ArchlintError.

    It ends quietly when standard output is a pipe that nobody reads any more, as under `| head`: what is
    still buffered then goes to the null device, as Python's documentation of SIGPIPE advises.
    """
    try:
        if sys.stdout.isatty():
            encoding = sys.stdout.encoding
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        else:
            sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
    except OSError as error:
        from archlint.findings import ArchlintError

        raise ArchlintError(f"standard output cannot be written: {error.strerror}") from error
