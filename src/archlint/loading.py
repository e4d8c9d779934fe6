"""Finds and reads the services that a request is about, and what they are compared with."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from archlint import readings
from archlint.answers import digest
from archlint.committed import CommittedRepository, has_commits, repository_at
from archlint.config import Config, configure, without_excluded
from archlint.discover import Repository, find_repository
from archlint.facts.store import Facts, read_facts
from archlint.memory import Memory, digest_of, key_of
from archlint.overlay import OverlaidRepository
from archlint.paths import is_inside
from archlint.selectors import Selection, check_selectors
from archlint.service.building import services_of
from archlint.service.model import Service
from archlint.service.semantics.layout import Layout
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

    listing: str = ""
    """The files that the paths mean, as `find_repository` takes them, where these are known."""


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
    layout: str = ""
    """What tells how the services were found to lie from any other way."""

    facts: Facts | None = None
    """Those of the repository's Python files."""


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
    loaded = load(request.paths, request.config_file, progress, request.standard, request.listing)
    paths: Sequence[Path] = request.paths
    roots = [service.root for service in loaded.services]
    if not all(any(is_inside(t, root) or is_inside(root, t) for root in roots) for t in loaded.targets):
        paths = [loaded.repository.root]
        loaded = replace(_widened(loaded, request), targets=loaded.targets)
    root = loaded.repository.root
    if request.against is None or (request.against == "HEAD" and not has_commits(root)):
        return loaded
    assert loaded.configured is not None
    targets = _targets(paths, root)
    repository = without_excluded(repository_at(root, request.against), loaded.configured, targets)
    read = partial(_read, repository, paths, loaded.configured, request.standard)
    return compared(loaded, Base(repository, targets, read))


def _widened(loaded: Loaded, request: Request) -> Loaded:
    """All services of the repository, from what was read when some of them were looked for."""
    known = loaded.repository
    is_listed = known.tracked is not None  # by git, which lists the same whatever the paths are
    repository = find_repository([known.root], known.reads.listing if is_listed else "")
    repository.reads.add(known.reads)
    return load_from(repository, [known.root], request.config_file, request.standard, loaded.facts)


def load(
    paths: Sequence[Path],
    config_file: Path | None = None,
    progress: Progress = lambda stage: None,
    standard: Standard | None = None,
    listing: str = "",
) -> Loaded:
    """Find and read services, which are held to the bundled standard unless another is given.

    `listing` is that of a `Request`. Raises ArchlintError for paths and configurations that are no good.
    """
    progress("looking for files")
    repository = find_repository(paths, listing)
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
    facts: Facts | None = None,
) -> Loaded:
    """The services of a repository at hand, held to a configuration or a file of it.

    `facts` are those that were read already. Raises ArchlintError.
    """
    standard = standard or bundled_standard()
    if configured is None or isinstance(configured, Path):
        configured = configure(repository, standard, configured)
    excluded = without_excluded(repository, configured, _targets(paths, repository.root))
    found = _read(excluded, paths, configured, standard, facts)
    readings.begin()  # who asks the services depends on the layout, and not on what that was taken from
    return found


def _targets(paths: Sequence[Path], root: Path) -> tuple[str, ...]:
    return tuple(path.resolve().relative_to(root).as_posix() for path in paths)


def _read(
    repository: Repository,
    paths: Sequence[Path],
    configured: ConfigReader,
    standard: Standard,
    known: Facts | None = None,
) -> Loaded:
    files = [file for file in repository.files if file.endswith(".py")]
    facts = None if known is None else known.of(files)
    if facts is None:
        facts = read_facts(repository, files, user_cache_dir())
    packed = _layout(repository, facts, [_folder(repository, path) for path in paths])
    layout = msgspec.msgpack.decode(packed, type=Layout)
    if layout.notes:
        repository = dataclasses.replace(repository, notes=(*repository.notes, *layout.notes))
    services = services_of(layout, repository, facts, configured)
    targets = _targets(paths, repository.root)
    return Loaded(standard, repository, services, targets, configured, layout=digest(packed), facts=facts)


def _layout(repository: Repository, facts: Facts, folders: Sequence[str]) -> bytes:
    """The services that the folders mean, encoded: as they were found before where they would be again."""
    if isinstance(repository, CommittedRepository | OverlaidRepository):
        return _found(repository, facts, folders)
    name = digest_of(str(repository.root), "layout", *folders)
    key = key_of(repository, facts, "layout", *folders)
    memory = Memory(user_cache_dir(), name, key, repository, facts)
    memory.begin("layout")
    packed = memory.answer("layout", partial(_found, repository, facts, folders))
    memory.save()
    return packed


def _found(repository: Repository, facts: Facts, folders: Sequence[str]) -> bytes:
    from archlint.service.services import find_services

    copies = isinstance(repository, CommittedRepository)  # one that was edited would be new as a whole
    return msgspec.msgpack.encode(find_services(repository, facts, folders, copies=copies))


def _folder(repository: Repository, path: Path) -> str:
    resolved = path.resolve()
    folder = resolved if resolved.is_dir() else resolved.parent
    return folder.relative_to(repository.root).as_posix()
