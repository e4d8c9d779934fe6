"""A repository as it would be with other contents of some files; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archlint.answers import FileRead, digest
from archlint.discover import Repository


@dataclass(frozen=True, slots=True)
class OverlaidRepository(Repository):
    """The files of a repository, and `contents` instead of what is on the disk."""

    below: Repository = field(kw_only=True)
    contents: Mapping[str, bytes] = field(kw_only=True)

    def read_bytes(self, path: str) -> bytes:
        """The content of a file. Raises UnreadableFileError."""
        if path in self.contents:
            return self.contents[path]
        place = f"{self.root}/{path}"
        try:
            return self.below.read_bytes(path)
        finally:
            self.reads.files[place] = self.below.reads.files[place]


def overlaid(repository: Repository, contents: Mapping[str, bytes]) -> OverlaidRepository:
    """The repository with `contents`, which may name new files, as if git tracked them."""
    found = OverlaidRepository(
        repository.root,
        tuple(sorted({*repository.files, *contents})),
        repository.tracked and repository.tracked | contents.keys(),
        repository.notes,
        below=repository,
        contents=contents,
    )
    for path, data in contents.items():
        place = f"{repository.root}/{path}"
        found.reads.files[place] = FileRead("", digest(data), place)
    return found
