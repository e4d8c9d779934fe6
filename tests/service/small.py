"""Services of a few files, given as text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from archlint.config import Config
from archlint.discover import Repository
from archlint.facts.python import read_python
from archlint.service.model import Service
from archlint.service.semantics.module_resolution import Resolution
from archlint.service.semantics.modules import Modules
from archlint.service.services import build_service


def modules_of(files: Mapping[str, str]) -> Modules:
    """The modules of a service at the repository's root, without any manifest."""
    facts = {path: read_python(dedent(text).encode()) for path, text in sorted(files.items())}
    return Modules(".", sorted(files), facts, Resolution(files, {}, facts))


def service_of(folder: Path, files: dict[str, str], root: str = ".") -> Service:
    """The service at `root` of a repository with these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text))
    return build_service(Repository(folder, tuple(sorted(files)), None), root, Config())
