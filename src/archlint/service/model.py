"""`Service`: what every rule gets. Each part is computed when first asked for, once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from archlint.config import Config
from archlint.discover import Repository
from archlint.findings import Location
from archlint.service.modules import Module, Modules


@dataclass(frozen=True)
class Service:
    """One service of a repository.

    `root` is its folder, a POSIX path relative to the repository's root, `"."` for the root itself.
    """

    root: str
    repository: Repository
    config: Config
    modules: Modules
