"""Which file an absolute import means.

Import paths are not in the source, so they are taken from evidence: what the manifests declare, and which
folders must be on the path for the imports that are there to work.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from archlint.facts.source import PythonSource
from archlint.facts.store import Unreadable
from archlint.facts.syntax import Attribute, Constant, Name
from archlint.paths import is_inside, join, parents
from archlint.readings import summary
from archlint.service.semantics.imported_modules import imported_modules
from archlint.service.semantics.layout import ImportRoots
from archlint.service.semantics.source_roots import import_names

# Whatever interpreter runs archlint, the same names are the standard library's.
_STANDARD_LIBRARY = sys.stdlib_module_names | frozenset(
    {
        "annotationlib", "asynchat", "asyncore", "cgi", "compression", "crypt", "distutils", "imp", "imghdr",
        "mailcap", "nntplib", "pipes", "smtpd", "sndhdr", "telnetlib", "uu",
    }
)  # fmt: skip

# What FastAPI services import even where no manifest says so.
_WELL_KNOWN = frozenset(
    {
        "aiohttp", "alembic", "boto3", "celery", "click", "docker", "fastapi", "google", "gunicorn", "httpx",
        "httpx2", "jose", "jwt", "kafka", "kubernetes", "numpy", "openai", "opentelemetry", "pandas",
        "passlib", "pydantic", "pytest", "redis", "requests", "rich", "sqlalchemy", "sqlmodel", "starlette",
        "stripe", "structlog", "typer", "uvicorn",
    }
)  # fmt: skip


class Resolution:
    """Finds modules by dotted name, over all Python files of a repository.

    `proven` are the folders that imports prove to be on the import path.
    """

    def __init__(
        self,
        facts: Mapping[str, PythonSource | Unreadable],
        projects: Collection[ImportRoots],
        proven: Iterable[str] = (),
    ) -> None:
        self._facts = facts
        self._files = frozenset(facts)
        self._proven = frozenset(proven)
        self._projects = {project.root: project for project in projects}
        self._wanted = {project.root: frozenset(project.dependencies) for project in projects}
        self._found: dict[tuple[str, str], str | None] = {}
        self._homes: dict[str, ImportRoots | None] = {}
        self._imports: dict[str, tuple[str, ...]] = {}
        own = {project.name for project in self._projects.values()}
        foreign = {name for one in self._projects.values() for name in one.dependencies if name not in own}
        installed = {name for distribution in foreign for name in import_names(distribution)}
        self._external = _STANDARD_LIBRARY | _WELL_KNOWN | installed

    def find(self, dotted: str, importer: str) -> str | None:
        """The path of the module that `dotted` means in the file `importer`; None when it is not local."""
        key = dotted, importer.rpartition("/")[0]
        if key not in self._found:
            self._found[key] = self._find(dotted, importer)
        return self._found[key]

    def find_relative(self, level: int, module: str, importer: str) -> str | None:
        """The path of the module that `level` dots and `module` mean in the file `importer`."""
        if not level:
            return self.find(module, importer)
        above = parents(importer)
        if level > len(above):
            return None
        if not module:
            package = join(above[level - 1], "__init__.py")
            return package if package in self._files else None
        return self.module_at(above[level - 1], module)

    def imports_of(self, file: str) -> tuple[str, ...]:
        """The files of the repository that a file imports; whoever asks is noticed."""
        source = self._facts.get(file)
        if not isinstance(source, PythonSource):
            return ()
        imported = imported_modules(source)
        if file not in self._imports:
            found = (self.find_relative(one.level, one.module, file) for one in imported)
            self._imports[file] = tuple(filter(None, found))
        return self._imports[file]

    def is_external(self, top: str) -> bool:
        """Whether a name at the top level is that of an installed module, wherever it is imported."""
        return top in self._external

    def declared(self, importer: str) -> tuple[str, ...]:
        """The folders that the importer's project declares to be on the import path."""
        home = self.project_of(importer)
        return home.folders if home else (".",)

    def module_at(self, root: str, dotted: str) -> str | None:
        """The file of the module `dotted` below the folder `root`; a package wins over a module."""
        path = join(root, dotted.replace(".", "/"))
        if (package := f"{path}/__init__.py") in self._files:
            return package
        return module if (module := f"{path}.py") in self._files else None

    def project_of(self, file: str) -> ImportRoots | None:
        """The innermost project that holds `file`."""
        folder = file.rpartition("/")[0]
        if folder not in self._homes:
            found = (self._projects[above] for above in parents(file) if above in self._projects)
            self._homes[folder] = next(found, None)
        return self._homes[folder]

    def package_of(self, file: str) -> tuple[str, str] | None:
        """The innermost package around a file whose folder has another name, and that folder."""
        home = self.project_of(file)
        around = [place for place in (home.packages if home else ()) if is_inside(file, place[1])]
        return max(around, key=lambda place: len(place[1]), default=None)

    def _find(self, dotted: str, importer: str) -> str | None:
        if found := self._find_placed(self.project_of(importer), dotted):
            return found
        top = dotted.partition(".")[0]
        if top in self._external:
            roots = self.declared(importer)
            return self._find_shadowing(dotted, roots) if "." in dotted else None
        for root in (*self.declared(importer), *self._evident(importer)):
            if found := self.module_at(root, dotted):
                return found
            if self.module_at(root, top):
                # `shop/__init__.py` beside a package `shop/shop`, which is what the code is started with.
                return self.module_at(join(root, top), dotted)
        return self._find_in_other_project(dotted, importer)

    def _find_placed(self, project: ImportRoots | None, dotted: str) -> str | None:
        """A module of a package that a project keeps in a folder of another name."""
        for name, folder in project.packages if project else ():
            if dotted == name:
                return package if (package := join(folder, "__init__.py")) in self._files else None
            if dotted.startswith(f"{name}."):
                return self.module_at(folder, dotted.removeprefix(f"{name}."))
        return None

    def _find_shadowing(self, dotted: str, roots: Iterable[str]) -> str | None:
        """A regular package beside the service hides an installed one of its name; a bare folder does not."""
        top = dotted.partition(".")[0]
        regular = (root for root in roots if join(root, f"{top}/__init__.py") in self._files)
        return next((found for root in regular if (found := self.module_at(root, dotted))), None)

    def _find_in_other_project(self, dotted: str, importer: str) -> str | None:
        """One that the importer's project depends on, that its tests put on the path, or else the nearest."""
        home = self.project_of(importer)
        wanted = self._wanted[home.root] if home else ()
        put = self._put_on_path(importer)
        candidates = [
            (
                project.name not in wanted,
                f"/{project.root}/" not in put,
                -_shared(project.root, importer),
                project.root.count("/"),
                project.root,
                found,
            )
            for project in self._projects.values()
            if project is not home
            for found in self._all_in(project, dotted)
        ]
        return min(candidates)[-1] if candidates else None

    def _all_in(self, project: ImportRoots, dotted: str) -> Iterator[str]:
        found = (self.module_at(root, dotted) for root in project.folders)
        return filter(None, (self._find_placed(project, dotted), *found))

    def _put_on_path(self, importer: str) -> str:
        """The texts of the conftests above a file that change the import path: `/services/api/`."""
        above = (self._facts.get(join(folder, "conftest.py")) for folder in parents(importer))
        return "".join(_words_for_path(one) for one in above if isinstance(one, PythonSource))

    def _evident(self, importer: str) -> list[str]:
        """The folders that imports prove to be on the path: those above the importer first, nearest first."""
        above = [folder for folder in parents(importer) if folder in self._proven]
        home = self.project_of(importer)
        beside = self._proven_by_project.get(home.root, ()) if home else ()
        return [*above, *(folder for folder in beside if folder not in above)]

    @cached_property
    def _proven_by_project(self) -> Mapping[str, list[str]]:
        folders: defaultdict[str, list[str]] = defaultdict(list)
        for folder in sorted(self._proven):
            if project := self.project_of(f"{folder}/x"):
                folders[project.root].append(folder)
        return folders


@summary
def _words_for_path(source: PythonSource) -> str:
    """The texts of a file that speaks of `sys.path`, in their order; nothing of another."""
    paths = (one.value for one in source.nodes.of(Attribute) if one.attr == "path")
    if not any(isinstance(owner, Name) and owner.id == "sys" for owner in paths):
        return ""
    texts = (one.value for one in source.nodes.of(Constant) if isinstance(one.value, str))
    return f"/{'/'.join(texts)}/"


def _shared(left: str, right: str) -> int:
    """How many leading parts two paths share."""
    pairs = zip(left.split("/"), right.split("/"), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), len(left.split("/")))
