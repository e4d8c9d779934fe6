"""Finds and reads the services that a request is about, and what they are compared with."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from archlint import readings
from archlint.committed import CommittedRepository, has_commits, repository_at
from archlint.config import Config, configure, without_excluded
from archlint.discover import Repository, find_repository
from archlint.paths import is_inside
from archlint.readings import Readings
from archlint.selectors import Selection, check_selectors
from archlint.service.model import Service
from archlint.service.services import build_services, without_copies
from archlint.standard import Standard, bundled_standard
from archlint.user_cache import user_cache_dir

Progress = Callable[[str], None]
ConfigReader = Callable[[str], Config]


class Request(Struct, frozen=True, dict=True):
    """What the command line asks for. `selection` comes on top of each service's configuration."""

    paths: Sequence[Path] = (Path(),)
    selection: Selection = field(default_factory=Selection)
    config_file: Path | None = None
    strict: bool = False
    against: str | None = None
    """The commit whose findings are left out, and whose API the one of today is compared with."""

    standard: Standard = field(default_factory=bundled_standard)
    baselines: bool = True
    """Whether what the baselines hold does not count."""

    today: date = field(default_factory=date.today)
    """What the ends of suppressions and of baselines' entries are compared with."""


class Loaded(Struct, frozen=True, dict=True):
    """The services that `paths` mean, by root, and the standard that they are held to.

    `targets` are the paths relative to the repository's root, `configured` gives a folder's configuration.
    `base` is what they are compared with.
    """

    standard: Standard
    repository: Repository
    services: tuple[Service, ...]
    targets: tuple[str, ...]
    configured: ConfigReader | None = None
    base: Base | None = None
    read: Readings = Readings()
    """What was read to find the services."""


class Base(Struct, frozen=True, dict=True):
    """What services are compared with: a repository of which they are read when somebody asks for them.

    `targets` are the paths that are compared.
    """

    repository: Repository
    targets: tuple[str, ...]
    read: Callable[[], Loaded]

    @cached_property
    def loaded(self) -> Loaded:
        """The services as they were; to read them is to read nothing of today's."""
        with readings.unnoticed():
            return self.read()

    def service(self, root: str) -> Service | None:
        """The service that was in a folder."""
        return next((service for service in self.loaded.services if service.root == root), None)


def prepare(request: Request, progress: Progress = lambda stage: None) -> Loaded:
    """Read what `request` is about. Raises ArchlintError for a request that is no good.

    What it is compared with is held to the configuration of today: a commit that only makes the
    configuration stricter adds nothing.

    A path that no service is below or around, such as a workflow, is one of all the repository's services.
    """
    check_selectors(request.selection.selectors, request.standard.pages)
    loaded = load(request.paths, request.config_file, progress, request.standard)
    paths: Sequence[Path] = request.paths
    roots = [service.root for service in loaded.services]
    if not all(any(is_inside(t, root) or is_inside(root, t) for root in roots) for t in loaded.targets):
        paths = [loaded.repository.root]
        everything = load(paths, request.config_file, progress, request.standard)
        loaded = replace(everything, targets=loaded.targets)
    root = loaded.repository.root
    if request.against is None or (request.against == "HEAD" and not has_commits(root)):
        return loaded
    assert loaded.configured is not None
    targets = _targets(paths, root)
    repository = without_excluded(repository_at(root, request.against), loaded.configured, targets)
    read = partial(_read, repository, paths, loaded.configured, request.standard)
    return compared(loaded, Base(repository, targets, read))


def load(
    paths: Sequence[Path],
    config_file: Path | None = None,
    progress: Progress = lambda stage: None,
    standard: Standard | None = None,
) -> Loaded:
    """Find and read services, which are held to the bundled standard unless another is given.

    Raises ArchlintError for paths and configurations that are no good.
    """
    progress("looking for files")
    repository = find_repository(paths)
    progress("reading files")
    return load_from(repository, paths, config_file, standard)


def load_commit(ref: str, paths: Sequence[Path], config_file: Path | None = None) -> Loaded:
    """The services as they were at a commit, read from git's database. Raises ArchlintError."""
    return load_from(repository_at(find_repository(paths).root, ref), paths, config_file)


def compared(loaded: Loaded, base: Base) -> Loaded:
    """The same services, each with what it was in `base`."""
    services = tuple(replace(one, before=partial(base.service, one.root)) for one in loaded.services)
    return replace(loaded, services=services, base=base)


def load_from(
    repository: Repository,
    paths: Sequence[Path],
    configured: ConfigReader | Path | None = None,
    standard: Standard | None = None,
) -> Loaded:
    """The services of a repository at hand, held to a configuration or a file of it. Raises ArchlintError."""
    standard = standard or bundled_standard()
    if configured is None or isinstance(configured, Path):
        configured = configure(repository, standard, configured)
    excluded = without_excluded(repository, configured, _targets(paths, repository.root))
    readings.begin()
    return _read(excluded, paths, configured, standard)


def _targets(paths: Sequence[Path], root: Path) -> tuple[str, ...]:
    return tuple(path.resolve().relative_to(root).as_posix() for path in paths)


def _read(
    repository: Repository, paths: Sequence[Path], configured: ConfigReader, standard: Standard
) -> Loaded:
    services = build_services(repository, configured, paths, user_cache_dir())
    services = tuple(sorted(services, key=lambda service: service.root))
    if not isinstance(repository, CommittedRepository):  # else a copy that was edited would be new as a whole
        services, notes = without_copies(services)
        repository = dataclasses.replace(repository, notes=(*repository.notes, *notes))
    targets = _targets(paths, repository.root)
    return Loaded(standard, repository, services, targets, configured, read=readings.so_far())
