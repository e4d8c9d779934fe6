"""`python -m archlint` and the console script: run a command, and never show a traceback to a user."""

from __future__ import annotations

import gc
import os
import sys

from archlint.cli import app
from archlint.findings import ArchlintError


def main() -> None:
    """Run the command line. Exits with 2 and one message where archlint cannot do its work."""
    gc.disable()  # What a run makes lives until it ends: looking for garbage took a fifth of its time.
    try:
        app(prog_name="archlint")
    except ArchlintError as error:
        sys.exit(_failed(str(error)))
    except Exception as error:
        if os.environ.get("ARCHLINT_DEBUG"):
            raise
        problem = f"internal error: {type(error).__name__}: {error}"
        sys.exit(
            _failed(f"{problem}\narchlint: please report this; ARCHLINT_DEBUG=1 shows where it happened")
        )


def _failed(message: str) -> int:
    sys.stderr.write(f"archlint: error: {message}\n")
    return 2


if __name__ == "__main__":
    main()
