"""The stack that compose runs: services merged over files, and what each image is known to be.

Merging and `extends` are those of the Compose Specification, "Merge" and "Extend", as far as rules ask.
Files of one folder are taken for parts of one project, with what they include: the file that compose reads
by itself first, its override after it, then the files that are named with `-f`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.dockerfile import substitute
from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.service.deployment.compose import Build, ComposeFile

_IMAGE = re.compile(r"(?P<name>[^@]*?)(:(?P<tag>[\w][\w.-]*))?(@sha256:\w+)?")
_OPEN_TAG = re.compile(r"(?P<name>.*[^/:]):[^/:]*\$[^/]*")
_DEFAULT_NAMES = re.compile(r"(docker-)?compose\.ya?ml")
_OVERRIDE = re.compile(r"(?i).*override.*")
_POSTGRES = re.compile(r"(?i)postgres|postgis|pgvector|timescale|supabase|^pg[\d_-]*$|paradedb|citus|alloydb")
_SERVER = re.compile(rf"{_POSTGRES.pattern}|redis|valkey")
NOT_THE_SERVER = re.compile(
    r"(?i)export|admin|bouncer|backup|postgrest|pgpool|insight|commander|sentinel|meta|[-_.]ui\b"
)
_INFRASTRUCTURE = re.compile(
    r"(?i)postg|pgvector|timescale|redis|valkey|rabbitmq|nginx|traefik|caddy|mysql|mariadb|mongo|memcached|adminer"
    r"|pgadmin|pgbouncer|mail(hog|pit|catcher|dev)|minio|kafka|zookeeper|elastic|opensearch|kibana|prometheus"
    r"|grafana|loki|jaeger|keycloak|vault|qdrant|localstack|otel|dozzle|hasura|metabase|umami|^(node|busybox|alpine)$"
)
_SPEAKS_OF_ONE_RUN = re.compile(
    r"(?i)(^|[-_])(migrat\w*|init\w*|pre-?start|tests?|testcontainers?|seed\w*|set-?up|create\w*|bootstrap)($|[-_])"
)
_RUNS_ONCE = re.compile(
    r"(?i)alembic|migrat|prestart|pre_start|pytest|\bseed|\bmc\b|create-?bucket|npm run build"
)
_ENDS_AT_ONCE = re.compile(r"\s*((\S*/)?(ba|da)?sh\s+-\w*c\s+)?[\"']?(\S*/)?(echo|printf|true|exit)\b[^&|;]*")
_SERVES = re.compile(r"uvicorn|gunicorn|hypercorn|granian|fastapi (run|dev)")


class StackService(Struct, eq=False, frozen=True, dict=True):
    """One service; `layers` are its mappings in the order of files, what it extends before it."""

    name: str
    location: Location
    layers: tuple[YamlMapping, ...]
    builds: tuple[Build, ...]
    is_extra: bool = False
    """Whether only an override has it, which is for development."""
    bases: tuple[str | None, ...] = ()
    """What the images that it builds are built on, None where that is not known."""

    def values(self, key: str) -> tuple[YamlNode, ...]:
        """What each layer says of a key, after the last `!reset` or `!override` of it."""
        found: list[YamlNode] = []
        for value in (layer.get(key) for layer in self.layers):
            if value is not None:
                found = [] if value.kind in {"!reset", "!override"} else found
                found += [value] if value.kind not in {"!reset", "null"} else []
        return tuple(found)

    def text(self, key: str) -> str | None:
        """The last layer's text of a key."""
        texts = [value.text for value in self.values(key) if isinstance(value, YamlScalar)]
        return texts[-1] if texts else None

    def texts(self, key: str) -> tuple[str, ...]:
        """All scalars of a list, or the keys and values `a=b` of a mapping, over all layers."""
        return tuple(text for value in self.values(key) for text in _texts(value))

    @cached_property
    def image(self) -> tuple[str, str | None] | None:
        """Name and tag of its image, the tag None where it is not known; None when the name is not."""
        written = self.text("image") or ""
        text = substitute(written, {})
        if text is None and (match := _OPEN_TAG.fullmatch(written)):
            name = substitute(match["name"], {})
            return (name, None) if name else None
        return name_and_tag(text) if text else None

    @property
    def hub_name(self) -> str:
        """Its image as Docker Hub calls it, `postgres` for `docker.io/library/postgres`; "" if not known."""
        return self.image[0].removeprefix("docker.io/").removeprefix("library/") if self.image else ""

    @property
    def is_open(self) -> bool:
        """Whether a variable decides which image this is."""
        return self.text("image") is not None and self.image is None and not self.builds

    @property
    def is_infrastructure(self) -> bool:
        """Whether its image is known to be no app: a server by name, or one of its tools."""
        return self.image is not None and bool(_INFRASTRUCTURE.search(posixpath.basename(self.image[0])))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The names that say what it is: of its image, or of what that is built on; of its build at worst."""
        if self.builds and None not in self.bases:
            return tuple(posixpath.basename(name_and_tag(base or "")[0]) for base in self.bases)
        own = (posixpath.basename(self.image[0]),) if self.image else ()
        files = (posixpath.basename(build.dockerfile or "") for build in self.builds)
        return (*own, self.name, *files) if self.builds else own

    def is_kind(self, pattern: re.Pattern[str]) -> bool:
        """Whether one of its names fits, and it is no tool for such a server."""
        names = (*self.kinds, self.name) if self.builds else self.kinds
        is_tool = any(map(NOT_THE_SERVER.search, names))
        return not is_tool and any(map(pattern.search, self.kinds))

    @property
    def is_postgres(self) -> bool:
        """Whether it is a PostgreSQL server of whatever make."""
        return self.is_kind(_POSTGRES)

    @property
    def runs_once(self) -> bool:
        """Whether it is a job rather than a server, or not started with the rest."""
        aside = bool(self.values("profiles")) or self.text("restart") in {"no", "false"}
        aside = aside or self.text("scale") == "0"
        words = " ".join((*self.texts("entrypoint"), *self.texts("command")))
        once = _RUNS_ONCE.search(words) is not None and _SERVES.search(words) is None
        once = once or _ENDS_AT_ONCE.fullmatch(words) is not None
        return aside or once or _SPEAKS_OF_ONE_RUN.search(self.name) is not None


def name_and_tag(image: str) -> tuple[str, str | None]:
    """`registry/name` and `tag` of an image, its digest left out."""
    match = _IMAGE.fullmatch(image)
    return (match["name"], match["tag"]) if match else (image, None)


class Stack(Struct, eq=False, frozen=True, dict=True):
    """The compose files of a service, those for development and examples apart where there are others.

    `holds_app` says whether a build's image may hold the service's code, `base_of` what a build starts from.
    `is_own` says whether an image is published under a name of the service.
    `sources` are the files by path, those included that services only extend.
    """

    files: tuple[ComposeFile, ...]
    aside: re.Pattern[str]
    holds_app: Callable[[Build], bool]
    base_of: Callable[[Build], str | None]
    is_own: Callable[[str], bool]
    sources: Mapping[str, ComposeFile]

    @cached_property
    def judged(self) -> tuple[ComposeFile, ...]:
        """The files that say how the full stack runs: of the projects with the app, or else with its servers.

        Else it is those that build the app for development, or run the image that is made of it elsewhere.
        Beside these a repository may have stacks of tools, of examples and of other parts.
        """
        projects = self._projects(self._main)
        with_app = [one for one in projects if any(map(self._has_app, one))]
        with_servers = [one for one in projects if any(map(_has_server, one))]
        aside = [one for one in self._projects(self.files) if any(map(self._has_app, one))]
        published = [one for one in projects if any(map(self._has_own_image, one))]
        at_top = [one for one in projects if "/" not in one[0].path]
        chosen = with_app or with_servers[:1] or aside or published or at_top
        return tuple(file for project in chosen for file in project)

    @cached_property
    def services(self) -> tuple[StackService, ...]:
        """The services of the judged files."""
        return tuple(self._services(self.judged))

    @cached_property
    def all_services(self) -> tuple[StackService, ...]:
        """The services of all files."""
        return tuple(self._services(self.files))

    @cached_property
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

    def volume(self, name: str) -> YamlMapping | None:
        """What a file says of a named volume."""
        return next((found for file in self.files if (found := file.volume(name)) is not None), None)

    @cached_property
    def _main(self) -> tuple[ComposeFile, ...]:
        main = [file for file in self.files if not self.aside.match(posixpath.basename(file.path))]
        return tuple(main or self.files)

    def _has_app(self, file: ComposeFile) -> bool:
        return any(map(self.holds_app, file.builds))

    def _has_own_image(self, file: ComposeFile) -> bool:
        services = (self._service(name, [file]) for name in file.services)
        return any(one.image and self.is_own(posixpath.basename(one.image[0])) for one in services)

    def _projects(self, files: tuple[ComposeFile, ...]) -> list[list[ComposeFile]]:
        """The files by project, those nearest to the repository's root first, in the order of merging."""
        projects: dict[str, list[ComposeFile]] = {}
        for file in sorted(files, key=lambda one: (_rank(one), one.path)):
            projects.setdefault(self._project(file), []).append(file)
        folders = sorted(projects, key=lambda folder: (folder.count("/") + bool(folder), folder))
        return [projects[folder] for folder in folders]

    def _services(self, files: tuple[ComposeFile, ...]) -> Iterator[StackService]:
        """The services; one that names the image which another one builds and tags is built like that."""
        found = list(self._written(files))
        tagged = {text: one for one in reversed(found) if one.builds and (text := one.text("image"))}
        for service in found:
            builder = None if service.builds else tagged.get(service.text("image") or "")
            built = replace(service, builds=builder.builds, bases=builder.bases) if builder else service
            yield built

    def _written(self, files: tuple[ComposeFile, ...]) -> Iterator[StackService]:
        for members in self._projects(files):
            for name in dict.fromkeys(name for file in members for name in file.services):
                if not any(name in file.removed for file in members):
                    yield self._service(name, [file for file in members if name in file.services])

    def _project(self, file: ComposeFile) -> str:
        """The folder of the file that includes this one, or its own."""
        seen = {file.path}
        while (above := self._includer(file)) is not None and above.path not in seen:
            seen.add(above.path)
            file = above
        return posixpath.dirname(file.path)

    def _includer(self, file: ComposeFile) -> ComposeFile | None:
        return self._includers.get(file.path)

    @cached_property
    def _includers(self) -> dict[str, ComposeFile]:
        """The first file that includes each."""
        return {path: one for one in reversed(self.files) for path in one.includes}

    def _service(self, name: str, holding: list[ComposeFile]) -> StackService:
        layers = [layer for file in holding for layer in self._layers(file, name)]
        builds: list[Build] = []
        for file, layer in layers:
            is_reset = layer.get("build") is not None and getattr(layer.get("build"), "kind", "") == "!reset"
            builds = [] if is_reset else [*builds, *file.builds_of(name, layer)]
        is_extra = all(_OVERRIDE.fullmatch(posixpath.basename(file.path)) for file in holding)
        return StackService(
            name, holding[0].name_place(name), tuple(layer for _, layer in layers), tuple(builds), is_extra,
            tuple(map(self.base_of, builds)),
        )  # fmt: skip

    def _layers(
        self, file: ComposeFile, name: str, depth: int = 5
    ) -> Iterator[tuple[ComposeFile, YamlMapping]]:
        """A service as one file has it, after what it extends."""
        own = file.services[name]
        extended = own.get("extends")
        table = extended if isinstance(extended, YamlMapping) else None
        target = own.text("extends") or (table.text("service") if table else None)
        path = table.text("file") if table else None
        source = self._file(posixpath.join(posixpath.dirname(file.path), path)) if path else file
        if target and source and target in source.services and depth:
            yield from self._layers(source, target, depth - 1)
        yield file, own

    def _file(self, path: str) -> ComposeFile | None:
        return self.sources.get(posixpath.normpath(path))


def _has_server(file: ComposeFile) -> bool:
    return any(_SERVER.search(service.text("image") or "") for service in file.services.values())


def _rank(file: ComposeFile) -> int:
    name = posixpath.basename(file.path)
    if _DEFAULT_NAMES.fullmatch(name):
        return 0
    return 1 if _OVERRIDE.fullmatch(name) else 2


def _texts(node: YamlNode) -> Iterator[str]:
    if isinstance(node, YamlScalar):
        yield node.text
    elif isinstance(node, YamlSequence):
        for item in node.items:
            yield from _texts(item)
    else:
        for key, value in node.entries:
            yield f"{key.text}={value.text}" if isinstance(value, YamlScalar) else key.text
