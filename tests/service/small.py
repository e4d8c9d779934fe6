"""Services of a few files, given as text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from archlint.config import Config
from archlint.discover import Repository
from archlint.facts.python import read_python
from archlint.facts.store import read_facts
from archlint.service.building import services_of
from archlint.service.model import Service
from archlint.service.semantics.modules import Modules
from archlint.service.services import find_services, layout_at


def modules_of(files: Mapping[str, str]) -> Modules:
    """The modules of a service at the repository's root, without any manifest."""
    facts = {path: read_python(dedent(text).encode()) for path, text in sorted(files.items())}
    repository = Repository(Path("nowhere"), tuple(facts), None)
    (service,) = services_of(layout_at(repository, facts, "."), repository, facts, lambda _: Config())
    return service.modules


def build_service(repository: Repository, root: str, config: Config) -> Service:
    """The folder `root` as a service, whatever is in it."""
    facts = read_facts(repository, _python_files(repository), None)
    (service,) = services_of(layout_at(repository, facts, root), repository, facts, lambda _: config)
    return service


def build_services(repository: Repository, *folders: str) -> tuple[Service, ...]:
    """The services at and below some folders, copies too."""
    facts = read_facts(repository, _python_files(repository), None)
    layout = find_services(repository, facts, folders, copies=True)
    return services_of(layout, repository, facts, lambda _: Config())


def _python_files(repository: Repository) -> list[str]:
    return [file for file in repository.files if file.endswith(".py")]


def service_of(folder: Path, files: dict[str, str], root: str = ".") -> Service:
    """The service at `root` of a repository with these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text))
    return build_service(Repository(folder, tuple(sorted(files)), None), root, Config())
