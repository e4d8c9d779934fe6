"""Whether a container gets the connections that its app takes from the environment, under the app's names."""

from __future__ import annotations

import posixpath
import re

from msgspec import Struct

from archlint import documents
from archlint.facts.dockerfile import Instruction
from archlint.ignores import docker_ignores
from archlint.paths import is_inside, join
from archlint.service.configuration.settings import Setting, Settings, SettingsClass
from archlint.service.deployment.command import Command
from archlint.service.deployment.compose_containers import env_files, mounts, variables
from archlint.service.deployment.compose_stack import StackService
from archlint.service.deployment.dockerfiles import Deployment, Image

_CONFIGURATION = re.compile(r"(^|/)(\.env[^/]*|[^/]*\.(cfg|conf|env|ini|json|properties|toml|txt|ya?ml))$")
_ASSIGNED = re.compile(r"(\w+)(?:=|$)")


class ServerKind(Struct, frozen=True):
    """A server that an app connects to, and what variables for it are called."""

    label: str
    servers: re.Pattern[str]
    variables: re.Pattern[str]


POSTGRESQL = ServerKind(
    "PostgreSQL",
    re.compile(r"(?i)postgres|postgis|pgvector|timescale"),
    re.compile(r"(?i)database|(^|_)db|db_|postgres|^pg|(?<!snow)(?<!my)sql|dsn"),
)
REDIS = ServerKind(
    "Redis",
    re.compile(r"(?i)^(redis|valkey|keydb|dragonfly)"),
    re.compile(r"(?i)redis|valkey|(?<!no_)cache(?!_dir)|broker|celery"),
)


class Connections(Struct, eq=False, frozen=True):
    """What the settings and the code of a service read."""

    settings: Settings
    deployment: Deployment

    def given(
        self, one: StackService, image: Image, commands: tuple[Command, ...]
    ) -> dict[str, str | None] | None:
        """The variables of a container by name; None when some come from where this repository has none."""
        if one.values("secrets") or one.values("configs") or self._is_configured_by_mount(one):
            return None
        found: dict[str, str | None] = {}
        for instruction in image.dockerfile.instructions:
            if instruction.keyword == "ENV":
                found.update({m[1]: None for a in instruction.arguments if (m := _ASSIGNED.match(a))})
        for path in env_files(one):
            if not self.deployment.repository.has(path):
                return None
            read = documents.dotenv(self.deployment.repository, path).variables
            found.update((variable.name, variable.value) for variable in read)
        for command in commands:
            found.update(command.environment)
        return found | variables(one)

    def expected(self, kind: ServerKind) -> tuple[Setting, ...] | None:
        """The settings for a server; None when a class may take them from names that are not known here."""
        classes = (*self.settings.classes, *self.settings.of_libraries)
        if any(one.is_open for one in classes) or self.settings.unclear:
            return None
        fields = (field for one in classes for field in one.all_fields)
        return tuple(field for field in fields if any(map(kind.variables.search, field.environment)))

    def reads(self, name: str) -> bool:
        """Whether code or a script names the variable, or a library reads it by itself."""
        written = re.escape(name).encode()
        quoted, used = re.compile(rb"[\"']%s[\"']" % written), re.compile(rb"\$\{?%s\b" % written)
        return name.startswith("PG") or self._find(quoted, ".py") or self._find(used, ".sh", ".ini", ".toml")

    def may_hold(self, one: StackService, image: Image, file: str) -> bool:
        """Whether a file of the repository may be in a container: copied to the image, or mounted."""
        here = posixpath.dirname(one.location.file)
        sources = [mount.source for mount in mounts(one) if mount.kind == "bind" and mount.source]
        mounted = any("$" in source or is_inside(file, join(here, source)) for source in sources)
        return mounted or self.deployment.may_bring(image, file)

    def may_read_file(self, image: Image) -> bool:
        """Whether a settings class reads an env file by itself that the image may hold where it runs."""
        files = [
            file for one in self.settings.classes for file in one.env_files or (".env",) * _computes(one)
        ]
        names = {posixpath.basename(file) for file in files}
        computed = any(map(_computes, self.settings.classes))
        return any(self._may_bring(image, names, computed, i) for i in image.dockerfile.instructions if names)

    def _may_bring(self, image: Image, names: set[str], anywhere: bool, instruction: Instruction) -> bool:
        """Whether a COPY takes one of the files along: by its name, or in a folder to where the app runs."""
        if instruction.keyword not in {"ADD", "COPY"} or instruction.flag("from") is not None:
            return False
        *sources, target = instruction.arguments or ("",)
        if any("env" in posixpath.basename(source) or "$" in source for source in sources):
            return True
        folders = [folder for folder in sources if not self._is_file(image, folder)]
        runs_there = anywhere or _holds_a_workdir(image, target)
        return runs_there and any(
            docker_ignores(self.deployment.repository, join(context, ".dockerignore"), join(folder, name))
            is None
            for folder in folders
            for name in names
            for context in _contexts(image)
        )

    def _is_file(self, image: Image, source: str) -> bool:
        has = self.deployment.repository.has
        return any(has(join(context, source)) for context in _contexts(image))

    def _find(self, pattern: re.Pattern[bytes], *endings: str) -> bool:
        files = (file for file in self.deployment.near if file.endswith(endings))
        return any(documents.finds(self.deployment.repository, file, pattern) for file in files)

    def _is_configured_by_mount(self, one: StackService) -> bool:
        for mount in mounts(one):
            source = posixpath.normpath(mount.source or "")
            if mount.kind == "bind" and (_CONFIGURATION.search(source) or not source.strip("./")):
                return True
        return False


def _contexts(image: Image) -> set[str]:
    return {b.context for b in image.builds if b.context} or {posixpath.dirname(image.path) or "."}


def _computes(one: SettingsClass) -> bool:
    return one.env_files is None


def _holds_a_workdir(image: Image, target: str) -> bool:
    """Whether a target is a folder in which commands run, or one above it."""
    folders = [i.text.strip().rstrip("/") for i in image.dockerfile.instructions if i.keyword == "WORKDIR"]
    to = posixpath.normpath(target)
    return to in {".", "/"} or any(f"{f}/".startswith(f"{to}/") or f.endswith(f"/{to}") for f in folders)
