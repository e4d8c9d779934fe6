"""Which file an absolute import means, and under which name the repository imports a file.

Import paths are not in the source, so they are taken from evidence: what the manifests declare, and which
folders must be on the path for the imports that are there to work.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Import
from archlint.paths import below, join, parents
from archlint.readings import summary
from archlint.service.semantics.source_roots import Project, import_names

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


class ImportedName(NamedTuple):
    """A module that an import may mean; `level` counts the dots of a relative one."""

    level: int
    module: str


class Resolution:
    """Finds modules by dotted name, over all Python files of a repository."""

    def __init__(
        self, files: Iterable[str], projects: Mapping[str, Project], facts: Mapping[str, PythonSource]
    ) -> None:
        self._files = frozenset(files)
        self._projects = projects
        self._imported = {file: imported_modules(facts[file]) for file in sorted(facts)}
        self._found: dict[tuple[str, str], str | None] = {}
        self._homes: dict[str, Project | None] = {}
        self._imports_by_file: dict[str, tuple[str, ...]] = {}
        self._folders = {folder for file in self._files for folder in parents(file)}
        own = {project.name for project in projects.values()}
        foreign = {name for project in projects.values() for name in project.dependencies - own}
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
        """The files of the repository that a file imports."""
        if file not in self._imports_by_file:
            found = (self.find_relative(i.level, i.module, file) for i in self._imported.get(file, ()))
            self._imports_by_file[file] = tuple(filter(None, found))
        return self._imports_by_file[file]

    @cached_property
    def commands(self) -> frozenset[str]:
        """The files of the functions that the commands call which the repository's projects install."""
        manifests = ((join(root, "pyproject.toml"), one.commands) for root, one in self._projects.items())
        found = (self.find(name, manifest) for manifest, names in manifests for name in names)
        return frozenset(filter(None, found))

    def name(self, file: str) -> str:
        """The dotted name under which the repository imports `file`."""
        root = self._naming_root(file)
        return below(file, root).removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def module_at(self, root: str, dotted: str) -> str | None:
        """The file of the module `dotted` below the folder `root`; a package wins over a module."""
        path = join(root, dotted.replace(".", "/"))
        return next((file for file in (f"{path}/__init__.py", f"{path}.py") if file in self._files), None)

    def project_of(self, file: str) -> Project | None:
        """The innermost project that holds `file`."""
        folder = file.rpartition("/")[0]
        if folder not in self._homes:
            found = (self._projects[above] for above in parents(file) if above in self._projects)
            self._homes[folder] = next(found, None)
        return self._homes[folder]

    def _find(self, dotted: str, importer: str) -> str | None:
        top = dotted.partition(".")[0]
        if top in self._external:
            roots = self._declared(importer)
            return self._find_shadowing(dotted, roots) if "." in dotted else None
        for root in (*self._declared(importer), *self._evident(importer)):
            if found := self.module_at(root, dotted):
                return found
            if self.module_at(root, top):
                # `shop/__init__.py` beside a package `shop/shop`, which is what the code is started with.
                return self.module_at(join(root, top), dotted)
        return self._find_in_other_project(dotted, importer)

    def _find_shadowing(self, dotted: str, roots: Iterable[str]) -> str | None:
        """A regular package beside the service hides an installed one of its name; a bare folder does not."""
        top = dotted.partition(".")[0]
        regular = (root for root in roots if join(root, f"{top}/__init__.py") in self._files)
        return next((found for root in regular if (found := self.module_at(root, dotted))), None)

    def _find_in_other_project(self, dotted: str, importer: str) -> str | None:
        home = self.project_of(importer)
        wanted = home.dependencies if home else frozenset()
        candidates = [
            (project.name not in wanted, -_shared(project.root, importer), project.root, found)
            for project in self._projects.values()
            if project is not home
            for root in project.import_roots
            if (found := self.module_at(root, dotted))
        ]
        return min(candidates)[3] if candidates else None

    def _declared(self, importer: str) -> tuple[str, ...]:
        home = self.project_of(importer)
        return home.import_roots if home else (".",)

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

    @cached_property
    def _proven(self) -> frozenset[str]:
        """Folders that must be on the import path, as no declared one answers the imports below them."""
        evidence: defaultdict[str, set[str]] = defaultdict(set)
        for file, dotted in self._imports:
            if (root := self._proof(file, dotted)) is not None:
                evidence[root] |= {dotted, dotted.partition(".")[0]}
        # Inside of a package, one bare name may as well be an undeclared dependency; more is a habit.
        return frozenset(
            root for root, names in evidence.items() if len(names) > 1 or not self._is_imported_package(root)
        )

    def _proof(self, file: str, dotted: str) -> str | None:
        top = dotted.partition(".")[0]
        if top in self._external or any(self._has(root, top) for root in self._declared(file)):
            return None
        path = dotted.replace(".", "/")
        able = [f for f in parents(file) if self.module_at(f, dotted) or join(f, path) in self._folders]
        return able[-1] if able else None

    def _has(self, root: str, top: str) -> bool:
        return join(root, top) in self._folders or join(root, f"{top}.py") in self._files

    def _is_imported_package(self, folder: str) -> bool:
        return join(folder, "__init__.py") in self._files and folder in self._imported_folders

    @cached_property
    def _imported_folders(self) -> frozenset[str]:
        """The folders that imports go through or to, from where the manifests say that imports start."""
        stems = {
            join(root, dotted.replace(".", "/"))
            for file, dotted in self._imports
            for root in self._declared(file)
        }
        return frozenset(folder for stem in stems for folder in (stem, *parents(stem)))

    @cached_property
    def _imports(self) -> tuple[tuple[str, str], ...]:
        """Every absolute import once: the file and the dotted module."""
        return tuple(
            dict.fromkeys(
                (file, imported.module)
                for file, all_imported in self._imported.items()
                for imported in all_imported
                if not imported.level
            )
        )

    def _naming_root(self, file: str) -> str:
        home = self.project_of(file)
        declared = home.import_roots if home else (".",)
        above = parents(file)
        allowed = [folder for folder in above if folder in declared or folder in self._proven]

        def weight(folder: str) -> tuple[int, bool, int]:
            entry = below(file, folder).partition("/")[0]
            return self._votes[join(folder, entry)], folder in declared, len(folder)

        return max(allowed, key=weight)

    @cached_property
    def _votes(self) -> Counter[str]:
        """How many imports go through each top-level entry, by the path of the entry without its suffix."""
        votes: Counter[str] = Counter()
        for file, dotted in self._imports:
            found = self.find(dotted, file)
            if found is None:
                continue
            tail = f"/{dotted.replace('.', '/')}"
            stem = "/" + found.removesuffix(".py").removesuffix("/__init__")
            if stem.endswith(tail):
                entry = join(stem.removesuffix(tail).removeprefix("/"), dotted.partition(".")[0])
                votes[entry] += 1
                votes[f"{entry}.py"] += 1
        return votes


@summary
def imported_modules(source: PythonSource) -> tuple[ImportedName, ...]:
    """The modules that a file's imports may mean, `from a import b` as both `a` and `a.b`."""
    return tuple(_imported(source))


def _imported(source: PythonSource) -> Iterator[ImportedName]:
    for statement in (one.statement for one in source.imports):
        if isinstance(statement, Import):
            yield from (ImportedName(0, alias.name) for alias in statement.names)
            continue
        level, module = statement.level, statement.module
        yield ImportedName(level, module)
        names = (alias.name for alias in statement.names if alias.name != "*")
        yield from (ImportedName(level, f"{module}.{name}" if module else name) for name in names)


def _shared(left: str, right: str) -> int:
    """How many leading parts two paths share."""
    pairs = zip(left.split("/"), right.split("/"), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), len(left.split("/")))
