"""Which folders of a repository are services, and which files belong to each."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

from archlint import documents
from archlint.config import Config
from archlint.discover import Repository
from archlint.facts.source import PythonSource
from archlint.facts.store import Unreadable, read_facts
from archlint.paths import is_inside, join, parents
from archlint.readings import summary
from archlint.service.api.applications import FASTAPI, Creation, creations, imported_names, uses
from archlint.service.model import Service
from archlint.service.packaging.pyproject import strings
from archlint.service.semantics.module_resolution import Resolution
from archlint.service.semantics.modules import Modules
from archlint.service.semantics.named_files import files_named
from archlint.service.semantics.roles import Role, assign_roles
from archlint.service.semantics.source_roots import find_projects

_SMALL = frozenset({FASTAPI, "aiohttp.web", "Bottle", "Starlette", "Tornado"})
_SERVERS = frozenset({"daphne", "fastapi-cli", "granian", "gunicorn", "hypercorn", "uvicorn"})
_SERVER_COMMAND = re.compile(r"\b(uvicorn|gunicorn|hypercorn|granian|daphne|fastapi (run|dev))\b")
_SERVED = re.compile(r"\b([A-Za-z_][\w.]*):[A-Za-z_]\w*")
_COMMAND_FILE = re.compile(r"((docker|container)file.*|procfile|(docker-)?compose.*\.ya?ml)", re.IGNORECASE)


def build_services(
    repository: Repository,
    configure: Callable[[str], Config],
    paths: Sequence[Path],
    cache_dir: Path | None = None,
) -> tuple[Service, ...]:
    """The services at and below `paths`; a path inside of a service stands for that service.

    A service is a project that makes a FastAPI application or, in a repository without one, a project that
    serves HTTP by other means. A library, or a repository without Python, gives no service.
    """
    layout = Layout(repository, cache_dir)
    folders = [_folder(repository, path) for path in paths]
    return tuple(layout.service(root, configure(root)) for root in layout.service_roots(folders))


def without_copies(services: Sequence[Service]) -> tuple[tuple[Service, ...], tuple[str, ...]]:
    """The services, of those that are the same file by file the outermost, and a note on each left out.

    What their documents say in Markdown may differ.
    """
    listings = {service.root: _listing(service) for service in services} if len(services) > 1 else {}
    counts = Counter(listings.values())
    kept: dict[object, Service] = {}
    notes: list[str] = []
    for service in sorted(services, key=lambda one: (one.root.count("/"), one.root)):
        key: object = service.root
        if counts[listing := listings.get(service.root, ())] > 1:
            paths = (join(service.root, name) for name in listing)
            key = listing, tuple(documents.content(service.repository, path) for path in paths)
        same = kept.setdefault(key, service)
        if same is not service:
            notes.append(f"{service.root} is {same.root} once more, file by file, and is reported there")
    return tuple(sorted(kept.values(), key=lambda one: one.root)), tuple(notes)


def _listing(service: Service) -> tuple[str, ...]:
    below = (file for file in service.repository.files if is_inside(file, service.root))
    return tuple(posixpath.relpath(file, service.root) for file in below if not file.endswith(".md"))


def build_service(
    repository: Repository, root: str, config: Config, cache_dir: Path | None = None
) -> Service:
    """The folder `root` as a service, whatever is in it."""
    return Layout(repository, cache_dir).service(root, config)


class Layout:
    """What the Python files of a repository say of its projects and services."""

    def __init__(self, repository: Repository, cache_dir: Path | None = None) -> None:
        self._repository = repository
        self._projects = find_projects(repository)
        files = [file for file in repository.files if file.endswith(".py")]
        self._facts: Mapping[str, PythonSource | Unreadable] = read_facts(repository, files, cache_dir)
        self._sources = {f: facts for f, facts in self._facts.items() if isinstance(facts, PythonSource)}
        self._resolution = Resolution(files, self._projects, self._sources)
        self._seen: dict[str, frozenset[str]] = {}
        self._imported_names: dict[str, Mapping[str, str]] = {}

    def service(self, root: str, config: Config) -> Service:
        """The service at `root`, without what belongs to another service or distribution below it."""
        own = [file for file in self._facts if self._home(file, root) == root]
        named = partial(files_named, self._repository, root)
        modules = Modules(root, own, self._facts, self._resolution, named)
        return Service(root, self._repository, config, modules)

    def service_roots(self, folders: Sequence[str]) -> list[str]:
        """The roots of the services at or below `folders`; where there are none, of the one around."""
        return sorted({root for folder in folders for root in self._services_for(folder)})

    def _services_for(self, folder: str) -> frozenset[str]:
        if below := self._services_below(folder):
            return below
        for outer in parents(f"{folder}/x"):
            if outer in self._services_below(outer):
                return frozenset({outer})
        has_app = any(self._creations_below(folder).values())
        return frozenset({folder} if has_app else ())

    def _services_below(self, folder: str) -> frozenset[str]:
        """The projects at or below `folder` that are services, seen from there.

        Seen from above, an application in `examples` or `tests` is no service; who asks for that very
        folder means it.
        """
        if folder not in self._seen:
            made = self._creations_below(folder)
            fastapi = self._without_scripts(self._with_fastapi(made), made)
            roots = fastapi | self._with_other_framework(made) or self._with_server(folder)
            self._seen[folder] = frozenset(root for root in roots if is_inside(root, folder))
        return self._seen[folder]

    def _creations_below(self, folder: str) -> dict[str, list[tuple[str, Creation]]]:
        """The applications that runtime code below `folder` makes, by their project's root."""
        made: defaultdict[str, list[tuple[str, Creation]]] = defaultdict(list)
        for file in self._runtime_below(folder):
            for creation in self._creations.get(file, ()):
                made[self._root_of(file)].append((file, creation))
        return made

    def _runtime_below(self, folder: str) -> list[str]:
        sources = {file: source for file, source in self._sources.items() if is_inside(file, folder)}
        roles = assign_roles(folder, sources, self._resolution.imports_of, self._resolution.commands)
        return [file for file, role in roles.items() if role is Role.RUNTIME]

    @cached_property
    def _creations(self) -> dict[str, tuple[Creation, ...]]:
        return {file: made for file, source in self._sources.items() if (made := creations(source))}

    def _with_fastapi(self, made: Mapping[str, list[tuple[str, Creation]]]) -> set[str]:
        """The projects that make a FastAPI application, by themselves or with a library's factory."""
        fastapi = {
            root: [(file, creation) for file, creation in all_made if creation.framework == FASTAPI]
            for root, all_made in made.items()
        }
        roots = {root for root, found in fastapi.items() if found}
        factories = {
            (file, creation.owner): root
            for root, found in fastapi.items()
            for file, creation in found
            if creation.owner is not None and not any(other.owner is None for _, other in found)
        }
        users = self._users(factories) if len(self._projects) > 1 else {}
        libraries = {root for root, by in users.items() if root not in by}
        return (roots - libraries) | {user for by in users.values() for user in by}

    def _without_scripts(self, roots: set[str], made: Mapping[str, list[tuple[str, Creation]]]) -> set[str]:
        """The roots without a project around services whose own app is only a script's.

        Such a project asks for no FastAPI, and nothing serves its app.
        """
        around = {root for root in roots for other in roots if other != root and is_inside(other, root)}
        return roots - {
            root
            for root in around & made.keys()
            if not self._may_have_fastapi(root) and not self._is_started(root, roots, made[root])
        }

    def _may_have_fastapi(self, root: str) -> bool:
        """Whether the project asks for FastAPI, or by a manifest that is not read."""
        project = self._projects.get(root)
        if project is None:
            return False
        unread = bool({"Pipfile", "setup.cfg", "setup.py"} & project.manifests)
        dynamic = project.pyproject.get("project", "dynamic")
        return unread or "fastapi" in project.requirements or "dependencies" in strings(dynamic)

    def _is_started(self, root: str, roots: set[str], made: list[tuple[str, Creation]]) -> bool:
        """Whether the app has routers, its code a server, or a command outside of inner services its name.

        A script has its endpoints beside its app.
        """
        if any(_includes(self._sources[file]) for file, _ in made):
            return True
        inner = [other for other in roots if other != root and is_inside(other, root)]
        own = [f for f in self._runtime_below(root) if not any(is_inside(f, other) for other in inner)]
        targets = {name.partition(".")[0] for file in own for name in self._names(file).values()}
        if not _SERVERS.isdisjoint(targets):
            return True
        told = (
            module
            for file in self._repository.files
            if _COMMAND_FILE.fullmatch(posixpath.basename(file))
            and not any(is_inside(file, other) for other in inner)
            for module in documents.findall(self._repository, file, _SERVED)
        )
        names = {file.removesuffix(".py").replace("/", ".") for file, _ in made}
        return any(f".{name}".endswith(f".{module}") for module in told for name in names)

    def _users(self, factories: Mapping[tuple[str, str], str]) -> dict[str, set[str]]:
        """The projects that call each project's application factories."""
        users: defaultdict[str, set[str]] = defaultdict(set)
        names = {name for _, name in factories}
        for file in self._runtime_below(".") if factories else ():
            found = {
                local: factories[definition]
                for local, target in self._names(file).items()
                if target.rpartition(".")[2] in names
                and (definition := self._definition(file, target)) in factories
            }
            for _, _, name in uses(self._sources[file]) if found else ():
                if root := found.get(name.partition(".")[0]):
                    users[root].add(self._root_of(file))
        return users

    def _names(self, file: str) -> Mapping[str, str]:
        if file not in self._imported_names:
            self._imported_names[file] = imported_names(self._sources[file])
        return self._imported_names[file]

    def _definition(self, importer: str, target: str, depth: int = 5) -> tuple[str, str]:
        """The file and name that an imported name stands for, packages' re-exports followed."""
        level = len(target) - len(target.lstrip("."))
        module, _, name = target[level:].rpartition(".")
        file = self._resolution.find_relative(level, module, importer)
        if file is None or file not in self._sources:
            return "", ""
        further = self._names(file).get(name)
        return self._definition(file, further, depth - 1) if further and depth else (file, name)

    def _with_other_framework(self, made: Mapping[str, list[tuple[str, Creation]]]) -> set[str]:
        """The projects that serve HTTP by another framework.

        Beside FastAPI services that takes a distribution of its own, and more than the small server that
        a worker may have for its health.
        """
        alone = not any(creation.framework == FASTAPI for found in made.values() for _, creation in found)
        return {
            root
            for root, found in made.items()
            if alone or (self._is_distribution(root) and any(c.framework not in _SMALL for _, c in found))
        }

    def _is_distribution(self, root: str) -> bool:
        return root in self._projects and self._projects[root].is_distribution

    def _with_server(self, folder: str) -> set[str]:
        """The one project below `folder` with runtime code, when something starts an HTTP server for it."""
        roots = {self._root_of(file) for file in self._runtime_below(folder)}
        return {root for root in roots if len(roots) == 1 and self._is_served(root)}

    def _is_served(self, root: str) -> bool:
        project = self._projects.get(root)
        if project is not None and not _SERVERS.isdisjoint(project.requirements):
            return True
        places = (root, join(root, "docker"), join(root, "deploy"))
        files = (file for file in self._repository.files if (posixpath.dirname(file) or ".") in places)
        return any(
            _COMMAND_FILE.fullmatch(posixpath.basename(file))
            and documents.finds(self._repository, file, _SERVER_COMMAND)
            for file in files
        )

    def _root_of(self, file: str) -> str:
        """The project of a file; a list of requirements inside of a distribution with FastAPI makes none."""
        around = [self._projects[folder] for folder in parents(file) if folder in self._projects]
        for project in around:
            outer = (other for other in around if other is not project and other.is_distribution)
            if project.is_distribution or not any("fastapi" in other.requirements for other in outer):
                return project.root
        return "."

    def _home(self, file: str, root: str) -> str | None:
        """The service or distribution that a file is part of, `root` being one."""
        return next((f for f in parents(file) if f == root or self._is_separate(f)), None)

    def _is_separate(self, folder: str) -> bool:
        project = self._projects.get(folder)
        return project is not None and (project.is_distribution or folder in self._services_below("."))


def _folder(repository: Repository, path: Path) -> str:
    resolved = path.resolve()
    folder = resolved if resolved.is_dir() else resolved.parent
    return folder.relative_to(repository.root).as_posix()


@summary
def _includes(source: PythonSource) -> bool:
    return any(name.endswith(".include_router") for _, _, name in uses(source))
