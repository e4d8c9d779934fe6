"""Where archlint keeps for later runs what it has worked out, and how it writes there."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def user_cache_dir() -> Path | None:
    """`$ARCHLINT_CACHE_DIR`, else the platform's place for a user's caches; None for a user without home."""
    if named := os.environ.get("ARCHLINT_CACHE_DIR"):
        return Path(named)
    with suppress(RuntimeError):
        if sys.platform == "win32":
            return (
                Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "archlint" / "cache"
            )
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "archlint"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archlint"
    return None


def put(path: Path, data: bytes) -> None:
    """Write a file of the cache whole, in one step. Raises OSError when that cannot be done."""
    import tempfile

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
