"""The suite of a service whose files are given as text."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from archlint.config import Config
from archlint.discover import Repository
from archlint.service.layout import build_service
from archlint.service.model import Service


def service_of(folder: Path, files: dict[str, str], root: str = ".") -> Service:
    """The service at `root` of a repository with these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text))
    return build_service(Repository(folder, tuple(sorted(files)), None), root, Config())
