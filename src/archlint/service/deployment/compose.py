"""Compose files: which of a repository's YAML files are some, their services, and what they build.

The format is the Compose Specification, https://github.com/compose-spec/compose-spec.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.facts.dockerfile import substitute
from archlint.facts.yaml import YamlFile, YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Location, Unknown
from archlint.paths import join
from archlint.service.deployment.named_compose import named_compose

_NAME = re.compile(r"(?i)(.*/)?[^/]*compose[^/]*(/[^/]+)?\.ya?ml")
"""Files that are called so, and those of a folder that is, which `docker compose -f` names."""
_MAY_BE = re.compile(r"(?i)(.*/)?(docker|containers?|stacks?|deploy\w*|infra\w*)(/[^/]+){1,2}\.ya?ml")
"""Files of folders that speak of containers; what makes a service says whether they are compose files."""
_MAKES = ("image", "build", "extends")
_BY_DEFAULT = re.compile(r"(docker-)?compose(\.override)?\.ya?ml")
_HAS_SERVICES = re.compile(r"(?m)^services:\s*(#.*)?$")


class Build(Struct, frozen=True):
    """How a compose service builds its image; None where the file leaves that to the environment.

    `context` and `dockerfile` are folder and file of the repository, `inline` is the text of a Dockerfile.
    """

    service: str
    location: Location
    context: str | None
    dockerfile: str | None
    target: str | None
    inline: str | None = None


class ComposeFile(Struct, eq=False, frozen=True, dict=True):
    """One compose file."""

    path: str
    file: YamlFile

    @cached_property
    def services(self) -> dict[str, YamlMapping]:
        """The services by name, as this one file has them."""
        services = self.file.mapping.mapping("services") if self.file.mapping else None
        entries = services.entries if services else ()
        return {key.text: value for key, value in entries if isinstance(value, YamlMapping)}

    def name_place(self, name: str) -> Location:
        """Where a service's name stands."""
        services = self.file.mapping.mapping("services") if self.file.mapping else None
        key = services.key(name) if services else None
        return key.location if key else Location(self.path)

    def volume(self, name: str) -> YamlMapping | None:
        """What it says of a volume among those that it defines."""
        volumes = self.file.mapping.mapping("volumes") if self.file.mapping else None
        return volumes.mapping(name) if volumes else None

    @cached_property
    def includes(self) -> tuple[str, ...]:
        """The files that `include` names, as paths of the repository, each once."""
        return tuple(dict.fromkeys(self._includes()))

    def _includes(self) -> Iterator[str]:
        value = self.file.mapping.get("include") if self.file.mapping else None
        for item in value.items if isinstance(value, YamlSequence) else ():
            paths = item.get("path") if isinstance(item, YamlMapping) else item
            for path in paths.items if isinstance(paths, YamlSequence) else (paths,):
                if isinstance(path, YamlScalar) and (text := substitute(path.text, {})):
                    yield join(posixpath.dirname(self.path), text)

    @property
    def builds(self) -> Iterator[Build]:
        """The builds of its services."""
        for name, service in self.services.items():
            yield from self.builds_of(name, service)

    def builds_of(self, name: str, service: YamlMapping) -> Iterator[Build]:
        """The build that a mapping of this file gives a service."""
        value = service.get("build")
        if isinstance(value, YamlScalar | YamlMapping) and value.kind in {"str", "map", "!override"}:
            yield self._build(name, value)

    @property
    def removed(self) -> frozenset[str]:
        """The services of files before it that it resets."""
        services = self.file.mapping.mapping("services") if self.file.mapping else None
        entries = services.entries if services else ()
        return frozenset(key.text for key, value in entries if value.kind == "!reset")

    @property
    def extended(self) -> Iterator[str]:
        """The files whose services its own extend, as paths of the repository."""
        for service in self.services.values():
            table = service.mapping("extends")
            path = substitute(table.text("file") or "", {}) if table else None
            if path:
                yield join(posixpath.dirname(self.path), path)

    def _build(self, name: str, value: YamlScalar | YamlMapping) -> Build:
        here = posixpath.dirname(self.path)
        if isinstance(value, YamlScalar):
            context = _folder(here, value.text)
            return Build(name, value.location, context, context and join(context, "Dockerfile"), None)
        context = _folder(here, value.text("context") or ".")
        dockerfile = substitute(value.text("dockerfile") or "Dockerfile", {})
        inline = value.text("dockerfile_inline")
        is_open = inline is not None or context is None or dockerfile is None
        path = None if is_open else join(context or "", dockerfile or "")
        target = value.text("target")
        return Build(name, value.location, context, path, substitute(target, {}) if target else None, inline)


def find_compose(
    repository: Repository, files: Iterable[str]
) -> tuple[tuple[ComposeFile, ...], tuple[Unknown, ...]]:
    """The compose files among `files` and what they include, and what of them cannot be read.

    They are known by their names, because a command hands them to compose with `-f`, or by what is in them.
    """
    files = tuple(files)
    named = filter(_NAME.fullmatch, files), named_compose(repository, files), _alike(repository, files)
    pending = list(dict.fromkeys(chain(*named)))
    found: dict[str, ComposeFile] = {}
    problems: list[Unknown] = []
    included: set[str] = set()
    while pending:
        path = pending.pop(0)
        if path in found or not repository.has(path):
            continue
        read = documents.yaml(repository, path)
        mapping = read.mapping
        if mapping and (path in included or mapping.mapping("services") or mapping.get("include")):
            found[path] = ComposeFile(path, read)
            included.update(found[path].includes)
            pending.extend(found[path].includes)
        elif mapping is None:
            problems.extend(read.problems or _misshapen(read))
    return tuple(found[path] for path in sorted(found)), tuple(problems)


def _misshapen(file: YamlFile) -> Iterator[Unknown]:
    """Compose refuses what is no mapping; a file that only sounds like one of its own may be anything."""
    if file.documents and _BY_DEFAULT.fullmatch(posixpath.basename(file.path)):
        place = file.documents[0].location
        yield Unknown(f"`{file.path}`", place, "a compose file has to be a mapping")


def _alike(repository: Repository, files: Iterable[str]) -> Iterator[str]:
    for path in filter(_MAY_BE.fullmatch, files):
        if documents.finds(repository, path, _HAS_SERVICES):
            services = ComposeFile(path, documents.yaml(repository, path)).services.values()
            if services and all(any(map(one.get, _MAKES)) for one in services):
                yield path


def find_extended(repository: Repository, files: Iterable[ComposeFile]) -> dict[str, ComposeFile]:
    """The files that services of `files` extend and that are none of them, however they are called."""
    found = {file.path: file for file in files}
    pending = list(found.values())
    while pending:
        for path in pending.pop().extended:
            if path not in found and repository.has(path):
                found[path] = ComposeFile(path, documents.yaml(repository, path))
                pending.append(found[path])
    return found


def _folder(here: str, text: str) -> str | None:
    """A build context as a folder of the repository; None for a URL, or when the environment decides."""
    path = substitute(text, {})
    if path is None or re.match(r"[a-z+]+://|git@|/|~", path):
        return None
    return join(here, path)
