"""The repository: its root, its files as git sees them, and reading them. Nothing of it is ever run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Repository:
    """The files that archlint may read.

    `root` is git's top level (without git, the path given). `files` are sorted POSIX paths relative to it,
    as git lists them: tracked, and untracked but not ignored; links that leave the repository or loop are
    left out. `tracked` is None outside a git checkout.
    """

    root: Path
    files: tuple[str, ...]
    tracked: frozenset[str] | None

    def read_bytes(self, path: str) -> bytes:
        """The content of a file. Raises OSError when it cannot be read."""
        return (self.root / path).read_bytes()
