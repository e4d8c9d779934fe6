"""Where archlint keeps for later runs what it has worked out, and how it writes there."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_UNUSED = 30 * 24 * 3600


def user_cache_dir() -> Path | None:
    """The folder of `user_cache_folder` as a path."""
    from pathlib import Path

    folder = user_cache_folder()
    return None if folder is None else Path(folder)


def user_cache_folder() -> str | None:
    """`$ARCHLINT_CACHE_DIR`, else the platform's place for a user's caches; None for a user without home.

    A kept answer is given in less time than pathlib takes to import.
    """
    if named := os.environ.get("ARCHLINT_CACHE_DIR"):
        return named
    home = os.path.expanduser("~")  # noqa: PTH111
    if home == "~":
        return None
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA") or f"{home}/AppData/Local", "archlint", "cache")  # noqa: PTH118
    if sys.platform == "darwin":
        return f"{home}/Library/Caches/archlint"
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache", "archlint")  # noqa: PTH118


def put(path: Path, data: bytes | bytearray) -> None:
    """Write a file of the cache whole, in one step. Raises OSError when that cannot be done."""
    import tempfile
    from pathlib import Path

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=path.stem, suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def sweep(folder: str, suffix: str, most: int) -> None:
    """Keep the newest files of a kind, `most` of them, and none that no run has renewed for a month.

    Raises OSError for a folder that cannot be listed.
    """
    kept = [entry for entry in os.scandir(folder) if entry.name.endswith(suffix)]
    found = sorted(((entry.stat().st_mtime, entry.path) for entry in kept), reverse=True)
    for index, (modified, path) in enumerate(found):
        if index >= most or modified < time.time() - _UNUSED:
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108
