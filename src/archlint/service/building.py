"""Services, made of where they lie: nothing that finds them is imported or read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from archlint.config import Config
from archlint.discover import Repository
from archlint.facts.source import PythonSource
from archlint.facts.store import Unreadable
from archlint.service.model import Service
from archlint.service.semantics.layout import Layout
from archlint.service.semantics.modules import Modules

if TYPE_CHECKING:
    from archlint.service.semantics.module_resolution import Resolution


def services_of(
    layout: Layout,
    repository: Repository,
    facts: Mapping[str, PythonSource | Unreadable],
    configure: Callable[[str], Config],
) -> tuple[Service, ...]:
    """The services, each held to the configuration of its folder; `facts` are the repository's."""

    @cache
    def resolution() -> Resolution:
        from archlint.service.semantics.module_resolution import Resolution

        return Resolution(facts, layout.projects, layout.proven)

    modules = (Modules(files, layout.names, facts, resolution) for files in layout.services)
    return tuple(Service(one.root, repository, configure(one.root), one) for one in modules)
