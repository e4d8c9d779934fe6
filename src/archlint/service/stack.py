"""The stack that compose runs: services merged over files, and what each image is known to be.

Merging and `extends` are those of the Compose Specification, "Merge" and "Extend", as far as rules ask.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.facts.dockerfile import substitute
from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.service.compose import Build, ComposeFile

_IMAGE = re.compile(r"(?P<name>[^@]*?)(:(?P<tag>[\w][\w.-]*))?(@sha256:\w+)?")
_POSTGRES = re.compile(r"(?i)postgres|postgis|pgvector|timescale|supabase|^pg[\d_-]*$|paradedb|citus|alloydb")
_NOT_THE_SERVER = re.compile(
    r"(?i)export|admin|bouncer|backup|postgrest|pgpool|insight|commander|sentinel|meta"
)
_OFFICIAL_POSTGRES = re.compile(r"(.*/)?(library/)?(postgres|postgis|pgvector)")
_SPEAKS_OF_ONE_RUN = re.compile(
    r"(?i)(^|[-_])(migrat\w*|init\w*|pre-?start|tests?|seed\w*|set-?up|create\w*|bootstrap)($|[-_])"
)
_RUNS_ONCE = re.compile(
    r"(?i)alembic|migrat|prestart|pre_start|pytest|\bseed|\bmc\b|create-?bucket|npm run build"
)
CONNECTION = re.compile(r"(?i)database|db|postgres|pg|sql|redis|cache|dsn|ur[il]|host|broker|conn")


@dataclass(frozen=True, eq=False)
class StackService:
    """One service; `layers` are its mappings in the order of files, what it extends before it."""

    name: str
    location: Location
    layers: tuple[YamlMapping, ...]
    builds: tuple[Build, ...]

    def values(self, key: str) -> Iterator[YamlNode]:
        """What each layer says of a key."""
        return (value for layer in self.layers if (value := layer.get(key)) is not None)

    def text(self, key: str) -> str | None:
        """The last layer's text of a key."""
        return next((t for layer in reversed(self.layers) if (t := layer.text(key)) is not None), None)

    def texts(self, key: str) -> tuple[str, ...]:
        """All scalars of a list, or the keys and values `a=b` of a mapping, over all layers."""
        return tuple(text for value in self.values(key) for text in _texts(value))

    @cached_property
    def image(self) -> tuple[str, str | None] | None:
        """Name and tag of its image; None when it has none, or when a variable decides."""
        text = substitute(self.text("image") or "", {})
        match = _IMAGE.fullmatch(text) if text else None
        return (match["name"], match["tag"]) if match else None

    @property
    def is_open(self) -> bool:
        """Whether a variable decides which image this is."""
        return self.text("image") is not None and self.image is None and not self.builds

    def is_kind(self, pattern: re.Pattern[str]) -> bool:
        """Whether the last part of its image's name fits, or its build's folder or name does."""
        names = [posixpath.basename(self.image[0])] if self.image else []
        if self.builds:
            names += [self.name, *(posixpath.basename(b.dockerfile or "") for b in self.builds)]
        return any(pattern.search(name) and not _NOT_THE_SERVER.search(name) for name in names)

    @property
    def is_postgres(self) -> bool:
        """Whether it is a PostgreSQL server of whatever make."""
        return self.is_kind(_POSTGRES)

    @property
    def postgres_version(self) -> int | None:
        """The major version of the official image, or of one that keeps its data as that one does."""
        if self.image is None or not _OFFICIAL_POSTGRES.fullmatch(self.image[0]):
            return None
        match = re.match(r"(?:pg)?(\d+)", self.image[1] or "")
        return int(match[1]) if match else None

    @property
    def is_official_postgres(self) -> bool:
        """Whether the image keeps its data where the official one does."""
        return self.image is not None and _OFFICIAL_POSTGRES.fullmatch(self.image[0]) is not None

    @property
    def runs_once(self) -> bool:
        """Whether it is a job rather than a server, or not started with the rest."""
        aside = any(self.values("profiles")) or self.text("restart") in {"no", "false"}
        words = " ".join((*self.texts("command"), *self.texts("entrypoint")))
        serves = re.search(r"uvicorn|gunicorn|hypercorn|granian|fastapi (run|dev)", words) is not None
        once = _RUNS_ONCE.search(words) is not None and not serves
        return aside or once or _SPEAKS_OF_ONE_RUN.search(self.name) is not None

    @property
    def is_configured(self) -> bool:
        """Whether it gets variables that a connection could be in, or files that compose hands in."""
        files = any(any(self.values(key)) for key in ("env_file", "secrets", "configs"))
        names = (text.partition("=")[0] for text in self.texts("environment"))
        return files or any(CONNECTION.search(name) for name in names)


@dataclass(frozen=True, eq=False)
class Stack:
    """The compose files of a service, those for development apart where there are others."""

    files: tuple[ComposeFile, ...]
    development: re.Pattern[str]

    @cached_property
    def judged(self) -> tuple[ComposeFile, ...]:
        """The files that say how the full stack runs."""
        main = [f for f in self.files if not self.development.match(posixpath.basename(f.path))]
        return tuple(main or self.files)

    @cached_property
    def services(self) -> tuple[StackService, ...]:
        """The services of the judged files."""
        return tuple(self._services(self.judged))

    @cached_property
    def all_services(self) -> tuple[StackService, ...]:
        """The services of all files."""
        return tuple(self._services(self.files))

    def _services(self, files: tuple[ComposeFile, ...]) -> Iterator[StackService]:
        names = dict.fromkeys(name for file in files for name in file.services)
        for name in names:
            holding = [file for file in files if name in file.services]
            layers = [layer for file in holding for layer in self._layers(file, name)]
            builds = [build for file in holding for build in file.builds if build.service == name]
            yield StackService(name, holding[0].name_place(name), tuple(layers), tuple(builds))

    def _layers(self, file: ComposeFile, name: str, depth: int = 5) -> Iterator[YamlMapping]:
        """A service as one file has it, after what it extends."""
        own = file.services[name]
        extended = own.get("extends")
        table = extended if isinstance(extended, YamlMapping) else None
        target = own.text("extends") or (table.text("service") if table else None)
        path = table.text("file") if table else None
        source = self._file(posixpath.join(posixpath.dirname(file.path), path)) if path else file
        if target and source and target in source.services and depth:
            yield from self._layers(source, target, depth - 1)
        yield own

    def _file(self, path: str) -> ComposeFile | None:
        wanted = posixpath.normpath(path)
        return next((file for file in self.files if file.path == wanted), None)

    def finishing(self) -> frozenset[str]:
        """The services that others wait for until they are done."""
        return frozenset(
            key.text
            for service in self.all_services
            for value in service.values("depends_on")
            if isinstance(value, YamlMapping)
            for key, condition in value.entries
            if isinstance(condition, YamlMapping)
            and condition.text("condition") == "service_completed_successfully"
        )


def _texts(node: YamlNode) -> Iterator[str]:
    if isinstance(node, YamlScalar):
        yield node.text
    elif isinstance(node, YamlSequence):
        for item in node.items:
            yield from _texts(item)
    else:
        for key, value in node.entries:
            yield f"{key.text}={value.text}" if isinstance(value, YamlScalar) else key.text
