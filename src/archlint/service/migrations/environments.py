"""Alembic environments: where their settings, scripts and revisions lie.

Settings are those of Alembic's `alembic/config.py` and `alembic/script/base.py`: sections of an INI file
(`alembic -n name`), `[tool.alembic]` of pyproject.toml, `package:folder` places, version locations.
"""

from __future__ import annotations

import configparser
import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository, UnreadableFileError
from archlint.facts.ini import IniFile
from archlint.facts.python import UndecodableError, read_python
from archlint.facts.source import PythonSource
from archlint.findings import Location, Unknown
from archlint.ignores import git_ignores
from archlint.paths import ancestors, is_inside, join
from archlint.service.migrations.revisions import Revision, read_revision
from archlint.service.packaging.pyproject import strings
from archlint.service.semantics.alembic_files import imported_packages, imports_context, imports_of_settings
from archlint.service.semantics.modules import Modules
from archlint.service.semantics.source_roots import find_projects, lists_requirement

DEPENDENCY, SETTINGS = "Alembic dependency", "`alembic.ini` or `[tool.alembic]`"
SCRIPT, VERSIONS = "`env.py`", "versions folder"

_SCRIPT_LOCATION = re.compile(rb"script_location")
NOT_THE_SERVICES = frozenset({"tests", "test", "docs", "examples", "node_modules"})


class MigrationEnvironment(Struct, eq=False, frozen=True, dict=True):
    """One migration environment: its script folder, and what of it is there.

    `settings` is where `script_location` stands, None for an env.py that no settings name. `versions` are the
    folders of revisions that exist. `unknown` says which files in them could not be read as revisions.
    """

    folder: str
    settings: Location | None
    env: str | None
    versions: tuple[str, ...]
    revisions: tuple[Revision, ...]
    unknown: tuple[Unknown, ...]


class _Settings(Struct, frozen=True):
    """What an INI section or `[tool.alembic]` says; paths are not yet resolved."""

    file: str
    location: Location
    script: str
    versions: tuple[str, ...]
    recursive: bool


class Migrations(Struct, eq=False, frozen=True, dict=True):
    """The Alembic environments of the service at `root`."""

    root: str
    repository: Repository
    modules: Modules

    @cached_property
    def environments(self) -> tuple[MigrationEnvironment, ...]:
        """Environments that settings name, then those that only an env.py shows, by folder."""
        read = map(self._environment, self._settings)
        named = [environment for environment in read if not self._is_anothers(environment)]
        known = {environment.folder for environment in named}
        bare = [self._bare(folder) for folder in self._env_folders() if folder not in known]
        merged: dict[tuple[str, tuple[str, ...]], MigrationEnvironment] = {}
        for environment in (*named, *bare):
            merged.setdefault((environment.folder, environment.versions), environment)
        return tuple(merged[key] for key in sorted(merged))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The parts of Alembic that the service lacks, in words, by its most complete environment."""
        lacks = [tuple(_lacking(environment)) for environment in self.environments]
        parts = min(lacks, key=len, default=(SETTINGS, SCRIPT, VERSIONS))
        return ((DEPENDENCY,) if self._dependency is False else ()) + parts

    def ignored(self, environment: MigrationEnvironment) -> tuple[str, Location] | None:
        """A folder of revisions that git ignores, where it is or would be, with the line that says so."""
        for folder in environment.versions or (join(environment.folder, "versions"),):
            line = git_ignores(self.repository, join(folder, "0001_a_new_revision.py"))
            if line is not None:
                return folder, line
        return None

    @cached_property
    def _dependency(self) -> bool | None:
        """Whether a manifest at or above the service asks for alembic; None when none can be read.

        Lists of requirements are often kept below: of those that name it, one is taken for the service's.
        """
        projects = find_projects(self.repository)
        above = [projects[folder] for folder in ancestors(self.root) if folder in projects]
        free = [m for p in above for m in p.manifests if m in {"setup.py", "setup.cfg", "Pipfile"}]
        below = [projects[f] for f in projects if is_inside(f, self.root) and not projects[f].is_distribution]
        named = any("alembic" in project.dependencies for project in (*above, *below))
        if named or lists_requirement(self.repository, self.root, "alembic"):
            return True
        return None if free or not above else False

    @cached_property
    def unknown(self) -> tuple[Unknown, ...]:
        """Settings that cannot be read, and settings made in code."""
        return tuple(found for found in self._found if isinstance(found, Unknown))

    @property
    def _settings(self) -> Iterator[_Settings]:
        return (found for found in self._found if isinstance(found, _Settings))

    @cached_property
    def _found(self) -> tuple[_Settings | Unknown, ...]:
        return tuple(self._find())

    def _find(self) -> Iterator[_Settings | Unknown]:
        for file in self._near:
            if file.endswith(".ini"):
                yield from self._ini(file)
            elif posixpath.basename(file) == "pyproject.toml":
                yield from self._toml(file)
        for module in self.modules.runtime:
            for statement in imports_of_settings(module.source):
                place = module.location(statement)
                yield Unknown("the Alembic settings", place, "they may be made in code")

    @cached_property
    def _near(self) -> tuple[str, ...]:
        """Files below the service, and those directly in a folder above it."""
        above = set(ancestors(self.root))
        return tuple(
            file
            for file in self.repository.files
            if (
                is_inside(file, self.root)
                and NOT_THE_SERVICES.isdisjoint(posixpath.relpath(file, self.root).split("/"))
            )
            or (posixpath.dirname(file) or ".") in above
        )

    def _ini(self, file: str) -> Iterator[_Settings | Unknown]:
        is_alembics = posixpath.basename(file) == "alembic.ini"
        if not is_alembics and not documents.finds(self.repository, file, _SCRIPT_LOCATION):
            return
        ini = documents.ini(self.repository, file)
        yield from ini.problems
        for section, options in ini.sections.items():
            if "script_location" in options:
                yield _ini_settings(ini, "alembic" if section == "DEFAULT" else section)

    def _toml(self, file: str) -> Iterator[_Settings | Unknown]:
        toml = documents.toml(self.repository, file)
        yield from toml.problems
        script = toml.get("tool", "alembic", "script_location")
        if isinstance(script, str):
            table, here = toml.table("tool", "alembic"), posixpath.dirname(file) or "."
            yield _Settings(
                file,
                toml.location("tool", "alembic", "script_location"),
                _fill_in(script, here),
                tuple(_fill_in(text, here) for text in strings(table.get("version_locations"))),
                table.get("recursive_version_locations") in (True, "true"),
            )

    def _environment(self, settings: _Settings) -> MigrationEnvironment:
        folder = self._resolve(settings.script, settings.file, "env.py")
        places = [self._resolve(text, settings.file) for text in settings.versions] or [
            join(folder, "versions")
        ]
        return self._with_revisions(folder, settings.location, places, settings.recursive)

    def _is_anothers(self, environment: MigrationEnvironment) -> bool:
        """Whether an env.py below the service, of a distribution there, imports none of its modules."""
        env = environment.env
        if env is None or not is_inside(env, self.root) or env in self.modules.by_path:
            return False
        source = self._source(env)
        own = {name.partition(".")[0] for name in self.modules.by_name}
        return isinstance(source, PythonSource) and own.isdisjoint(imported_packages(source))

    def _bare(self, folder: str) -> MigrationEnvironment:
        return self._with_revisions(folder, None, [join(folder, "versions")], True)

    def _with_revisions(
        self, folder: str, settings: Location | None, places: list[str], recursive: bool
    ) -> MigrationEnvironment:
        env = join(folder, "env.py")
        if moved := _moved(self.repository, env):
            return MigrationEnvironment(folder, settings, env, tuple(places), (), (moved,))
        versions = tuple(place for place in places if any(is_inside(f, place) for f in self.repository.files))
        read = [self._revision(file) for file in self._version_files(versions, recursive)]
        return MigrationEnvironment(
            folder,
            settings,
            env if self.repository.has(env) else None,
            versions,
            tuple(entry for entry in read if isinstance(entry, Revision)),
            tuple(entry for entry in read if isinstance(entry, Unknown)),
        )

    def _version_files(self, versions: tuple[str, ...], recursive: bool) -> Iterator[str]:
        """Alembic takes every `*.py` but `__init__.py` and an editor's lock files."""
        for file in self.repository.files:
            folder, name = posixpath.split(file)
            inside = folder in versions or (recursive and any(is_inside(file, v) for v in versions))
            if inside and name.endswith(".py") and not name.startswith(("__init__", ".#")):
                yield file

    def _revision(self, file: str) -> Revision | Unknown | None:
        source = self._source(file)
        return source if isinstance(source, Unknown) else read_revision(file, source)

    def _source(self, file: str) -> PythonSource | Unknown:
        module = self.modules.by_path.get(file)
        if module is not None:
            return module.source
        try:
            return read_python(self.repository.read_bytes(file))
        except (UnreadableFileError, UndecodableError) as error:
            return Unknown(f"the revision `{file}`", Location(file), str(error))

    def _env_folders(self) -> Iterator[str]:
        """Folders with an env.py that configures Alembic's context."""
        for module in self.modules:
            named = posixpath.basename(module.path) == "env.py" and module.path in self._near
            if named and imports_context(module.source):
                yield posixpath.dirname(module.path) or "."

    def _resolve(self, text: str, file: str, inside: str = "") -> str:
        """The folder that a setting means: of a package, or relative to where Alembic would be started."""
        if ":" in text:
            package, *inner = text.split(":")
            rest = posixpath.join("", *inner)
            module = self.modules.by_name.get(package)
            if module is not None and module.is_package:
                return join(posixpath.dirname(module.path), rest)
            text = f"{package.replace('.', '/')}/{rest}"
        here = posixpath.dirname(file) or "."
        starts = dict.fromkeys([here, self.root, *ancestors(here), join(self.root, "src")])
        places = [text] if text.startswith("./") and text in self._folders else []
        tails = _tails(text) if text.startswith("/") else [text]
        places += [join(start, tail) for tail in tails for start in starts]
        fitting = (
            p for p in places if (self.repository.has(join(p, inside)) if inside else p in self._folders)
        )
        return next(fitting, join(here, text))

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(
            folder for file in self.repository.files for folder in ancestors(posixpath.dirname(file))
        )


def _tails(path: str) -> list[str]:
    """The ends of an absolute path of an image that may be paths of the repository, longest first."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def _lacking(environment: MigrationEnvironment) -> Iterator[str]:
    if environment.settings is None:
        yield SETTINGS
    if environment.env is None:
        yield SCRIPT
    if not environment.versions:
        yield VERSIONS


def _ini_settings(ini: IniFile, section: str) -> _Settings | Unknown:
    place = ini.location(section, "script_location")
    variables = {"here": posixpath.dirname(ini.path) or "."}
    try:
        script = ini.get(section, "script_location", variables) or ""
        versions = ini.get(section, "version_locations", variables) or ""
        recursive = ini.get(section, "recursive_version_locations", variables) or ""
    except configparser.Error:
        return Unknown("the Alembic settings", place, "an interpolation names an option that is not there")
    locations = tuple(_places(versions))
    return _Settings(
        ini.path, place, script.strip(), locations, recursive.strip().lower() in {"true", "1", "yes", "on"}
    )


def _places(text: str) -> Iterator[str]:
    """Version locations: old files separate by blanks or commas, `path_separator = os` by a colon."""
    for word in re.split(r"[\s,;]+", text):
        is_package = re.fullmatch(r"[A-Za-z_][\w.]*:[^:]+", word)
        yield from filter(None, [word] if is_package else word.split(":"))


def _fill_in(text: str, here: str) -> str:
    return text.replace("%(here)s", here)


@documents.view
def _moved(path: str, data: bytes) -> Unknown | None:
    """What env.py does where it says itself, while it runs, which folders hold the revisions."""
    found = re.search(rb"version_locations[\"']?\s*[=,]", data)
    if found is None:
        return None
    line = data.count(b"\n", 0, found.start()) + 1
    return Unknown("where the revisions lie", Location(path, line, 1, line, 1), "env.py decides it")
