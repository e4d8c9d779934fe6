"""Which folders of a repository are services, and which files belong to each."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial

from archlint import documents
from archlint.discover import Repository
from archlint.facts.source import PythonSource
from archlint.facts.store import Unreadable
from archlint.paths import is_inside, join, parents
from archlint.readings import summary
from archlint.service.api.applications import FASTAPI, Creation, creations, imported_names, uses
from archlint.service.packaging.pyproject import strings
from archlint.service.semantics.import_evidence import ImportEvidence
from archlint.service.semantics.layout import Layout, Role, ServiceFiles
from archlint.service.semantics.named_files import files_named
from archlint.service.semantics.roles import assign_roles
from archlint.service.semantics.source_roots import find_projects
from archlint.service.semantics.unused_modules import find_unused

_SMALL = frozenset({FASTAPI, "aiohttp.web", "Bottle", "Starlette", "Tornado"})
_SERVERS = frozenset({"daphne", "fastapi-cli", "granian", "gunicorn", "hypercorn", "uvicorn"})
_SERVER_COMMAND = re.compile(r"\b(uvicorn|gunicorn|hypercorn|granian|daphne|fastapi (run|dev))\b")
_SERVED = re.compile(r"\b([A-Za-z_][\w.]*):[A-Za-z_]\w*")
_COMMAND_FILE = re.compile(r"((docker|container)file.*|procfile|(docker-)?compose.*\.ya?ml)", re.IGNORECASE)


def find_services(
    repository: Repository,
    facts: Mapping[str, PythonSource | Unreadable],
    folders: Sequence[str],
    *,
    copies: bool = False,
) -> Layout:
    """The services at and below `folders`; a folder inside of a service stands for that service.

    A service is a project that makes a FastAPI application or, in a repository without one, a project that
    serves HTTP by other means. A library, or a repository without Python, gives no service. `facts` are those
    of all Python files. Without `copies`, one of services that are the same file by file is left out.
    """
    search = _Search(repository, facts)
    roots = search.service_roots(folders)
    return search.layout(roots) if copies else search.layout(*without_copies(repository, roots))


def layout_at(repository: Repository, facts: Mapping[str, PythonSource | Unreadable], root: str) -> Layout:
    """The folder `root` as a service, whatever is in it."""
    return _Search(repository, facts).layout([root])


def without_copies(repository: Repository, roots: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The roots, of services that are the same file by file the outermost, and a note on each left out.

    What their documents say in Markdown may differ.
    """
    listings = {root: _listing(repository, root) for root in roots} if len(roots) > 1 else {}
    counts = Counter(listings.values())
    kept: dict[object, str] = {}
    notes: list[str] = []
    for root in sorted(roots, key=lambda root: (root.count("/"), root)):
        key: object = root
        if counts[listing := listings.get(root, ())] > 1:
            paths = (join(root, name) for name in listing)
            key = listing, tuple(documents.content(repository, path) for path in paths)
        same = kept.setdefault(key, root)
        if same != root:
            notes.append(f"{root} is {same} once more, file by file, and is reported there")
    return sorted(kept.values()), tuple(notes)


def _listing(repository: Repository, root: str) -> tuple[str, ...]:
    below = (file for file in repository.files if is_inside(file, root))
    return tuple(posixpath.relpath(file, root) for file in below if not file.endswith(".md"))


class _Search:
    """What the Python files of a repository say of its projects and services."""

    def __init__(self, repository: Repository, facts: Mapping[str, PythonSource | Unreadable]) -> None:
        self._repository = repository
        self._projects = find_projects(repository)
        self._facts = facts
        self._sources = {path: it for path, it in facts.items() if isinstance(it, PythonSource)}
        self._evidence = ImportEvidence(facts, [one.imports for one in self._projects.values()])
        self._resolution = self._evidence.resolution
        self._seen: dict[str, frozenset[str]] = {}
        self._imported_names: dict[str, Mapping[str, str]] = {}
        self._runtime: dict[str, tuple[str, ...]] = {}

    def layout(self, roots: Iterable[str], notes: tuple[str, ...] = ()) -> Layout:
        """Where these services lie, and what their files are."""
        services = tuple(map(self._files_of, roots))
        projects = tuple(one.imports for one in self._projects.values())
        return Layout(services, projects, self._evidence.proven, self._evidence.names, notes)

    def _files_of(self, root: str) -> ServiceFiles:
        """The files of the service, without what belongs to another service or distribution below it."""
        own = sorted(file for file in self._facts if self._home(file, root) == root)
        sources = {file: self._sources[file] for file in own if file in self._sources}
        imports = self._resolution.imports_of
        roles = assign_roles(root, sources, imports, self._commands)
        running = {file: source for file, source in sources.items() if roles[file] is Role.RUNTIME}
        named = partial(files_named, self._repository, root)
        roles |= dict.fromkeys(find_unused(running, self._sources, imports, named), Role.UNUSED)
        return ServiceFiles(root, roles, tuple(file for file in own if file not in sources))

    @cached_property
    def _commands(self) -> frozenset[str]:
        """The files of the functions that the commands call which the repository's projects install."""
        manifests = ((join(root, "pyproject.toml"), one.commands) for root, one in self._projects.items())
        found = (self._resolution.find(name, manifest) for manifest, names in manifests for name in names)
        return frozenset(filter(None, found))

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

    def _runtime_below(self, folder: str) -> tuple[str, ...]:
        if folder not in self._runtime:
            sources = {file: source for file, source in self._sources.items() if is_inside(file, folder)}
            roles = assign_roles(folder, sources, self._resolution.imports_of, self._commands)
            self._runtime[folder] = tuple(file for file, role in roles.items() if role is Role.RUNTIME)
        return self._runtime[folder]

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
        testing = {user for root, by in users.items() for user in by - {root} if self._only_tests(user)}
        users = {root: served for root, by in users.items() if (served := by - testing)}
        libraries = {root for root, by in users.items() if root not in by}
        return (roots - libraries - testing) | {user for by in users.values() for user in by}

    def _only_tests(self, root: str) -> bool:
        """Whether a project is there to test others: it needs pytest to run, and no server is told of."""
        project = self._projects.get(root)
        if project is None or "pytest" not in project.requirements or _SERVERS & project.requirements:
            return False
        extras = any(
            text.startswith("fastapi[") for text in strings(project.pyproject.get("project", "dependencies"))
        )
        below = (posixpath.basename(file) for file in self._repository.files if is_inside(file, root))
        return not extras and not any(map(_COMMAND_FILE.fullmatch, below))

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


@summary
def _includes(source: PythonSource) -> bool:
    return any(name.endswith(".include_router") for _, _, name in uses(source))
