"""How the service is deployed: the Dockerfiles whose image holds it, and the compose files around it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache, cached_property

from msgspec import Struct
from packaging.utils import canonicalize_name

from archlint import documents
from archlint.discover import Repository, is_document
from archlint.facts.dockerfile import Dockerfile, Stage, read_dockerfile
from archlint.findings import Location, Unknown
from archlint.paths import ancestors, is_inside, join, parents
from archlint.service.deployment.build_context import WILDCARD, copied_from_context, is_like, matches
from archlint.service.deployment.compose import Build, ComposeFile, find_compose, find_extended
from archlint.service.deployment.compose_containers import mounts
from archlint.service.deployment.compose_stack import Stack, StackService
from archlint.service.deployment.dockerfile_names import is_dockerfile
from archlint.service.semantics.modules import Modules
from archlint.service.semantics.source_roots import find_projects

_DEVELOPMENT = re.compile(
    r"(?i)(^|.*[._-])(dev|devel|development|local|debug|tests?|testing|ci|e2e)([._-].*|$)"
)
_NOT_FULL = re.compile(
    r"(?i)(^|.*[._-])(dev|devel|development|local|debug|tests?|testing|ci|e2e|cypress|playwright|load[_-]?tests?"
    r"|integration|examples?|sample|template)([._-].*|$)"
)
_WHEEL = re.compile(r"(^|/)(dist|wheels?)/[^/]*\.whl$|^\*\.whl$")
"""The wheel of the project, built before the image is."""
_PYTHON = re.compile(
    r"(?i)(?<![\w-])(python|pypy|uv|pip|poetry|pdm|conda|uvicorn|gunicorn|hypercorn|granian)"
)
_FOR_DOCKERFILES = re.compile(r"(?i)docker|deploy|container|build|image|infra|ops|(^|/)(ci|dev|prod|stag)")
_SPEAKS_OF_SERVICE = re.compile(
    r"(?i)uvicorn|gunicorn|hypercorn|granian|fastapi|requirements|pyproject|poetry|pdm|\buv (sync|pip)"
    r"|install \."
)
_FETCHES = re.compile(r"\bgit\b[^\n;&|]*\bclone\b|\bgh\s+repo\s+clone\b")
_ASIDE = re.compile(
    r"(?i)\.devcontainer|\.github|docs|e2e|cypress|playwright|examples?|node_modules|benchmarks?"
    r"|(.*[_-])?(py)?(tests?|testing)([_-].*)?"
)
_MANIFESTS = frozenset({
    "CMakeLists.txt", "Cargo.toml", "Gemfile", "build.gradle", "composer.json", "go.mod", "mix.exs",
    "package.json", "pom.xml", "pyproject.toml", "setup.py",
})  # fmt: skip


class Holds(StrEnum):
    """Whether an image holds the service's code."""

    SERVICE = "service"
    SOMETHING_ELSE = "something else"
    UNCLEAR = "unclear"


class Image(Struct, eq=False, frozen=True, dict=True):
    """A Dockerfile with the compose builds that use it."""

    dockerfile: Dockerfile
    builds: tuple[Build, ...]
    holds: Holds

    @property
    def path(self) -> str:
        """The Dockerfile's path."""
        return self.dockerfile.path

    @property
    def location(self) -> Location:
        """Where its last stage starts."""
        stages = self.dockerfile.stages
        return stages[-1].location if stages else Location(self.path)

    @property
    def ignore_files(self) -> tuple[str, ...]:
        """The paths at which a `.dockerignore` counts for its builds ("Filename and location")."""
        contexts = {build.context for build in self.builds if build.context}
        folders = sorted(contexts) or [posixpath.dirname(self.path) or ".", "."]
        return (f"{self.path}.dockerignore", *(join(folder, ".dockerignore") for folder in folders))

    @property
    def is_for_development(self) -> bool:
        """Whether the file's name says that it is not what gets deployed."""
        return bool(_DEVELOPMENT.match(posixpath.basename(self.path)))

    @property
    def targets(self) -> tuple[Stage, ...]:
        """The stages that are built: the last one and those that compose files name."""
        named = (self.dockerfile.stage(build.target) for build in self.builds if build.target)
        stages = {stage.index: stage for stage in (*self.dockerfile.stages[-1:], *named) if stage}
        return tuple(stages[index] for index in sorted(stages))

    @property
    def shipped(self) -> tuple[Stage, ...]:
        """The built stages but those for development by their name, where there are others.

        Of a stage for development on top of another one it is the other that is shipped.
        """
        ready = self.but_for_development(self.targets)
        lineages = (self.but_for_development(self.dockerfile.lineage(stage)) for stage in self.targets)
        return ready or tuple(line[0] for line in lineages if line) or self.targets

    def but_for_development(self, stages: Iterable[Stage]) -> tuple[Stage, ...]:
        """The stages whose name does not say that they are for development."""
        return tuple(stage for stage in stages if not _DEVELOPMENT.match(stage.name or ""))


class Deployment(Struct, eq=False, frozen=True, dict=True):
    """The deployment files of the service at `root`, below and above it."""

    root: str
    name: str | None
    repository: Repository
    modules: Modules

    @cached_property
    def images(self) -> tuple[Image, ...]:
        """The Dockerfiles whose images hold the service or may hold it, by path."""
        return tuple(image for image in self._all_images if image.holds is not Holds.SOMETHING_ELSE)

    @cached_property
    def _all_images(self) -> tuple[Image, ...]:
        return tuple(map(self._image, self._dockerfile_paths))

    @property
    def holding(self) -> tuple[Image, ...]:
        """Those that hold it for certain."""
        return tuple(image for image in self.images if image.holds is Holds.SERVICE)

    @property
    def compose(self) -> tuple[ComposeFile, ...]:
        """The compose files, by path."""
        return self._compose[0]

    @cached_property
    def stack(self) -> Stack:
        """The services that the compose files run, those of one name in one."""
        return Stack(self.compose, _NOT_FULL, self._may_hold, self._base_of, self._is_own, self._sources)

    @cached_property
    def _sources(self) -> dict[str, ComposeFile]:
        return find_extended(self.repository, self.compose)

    def _base_of(self, build: Build) -> str | None:
        """The image that a build starts from, None where that is not known."""
        if build.inline is not None:
            file = read_dockerfile(build.location.file, build.inline.encode())
        else:
            file = documents.dockerfile(self.repository, build.dockerfile or "")
        target = file.stage(build.target) if build.target else (file.stages[-1] if file.stages else None)
        *_, first = file.lineage(target) if target is not None else (None,)
        return first.base if first is not None else None

    def _is_own(self, image: str) -> bool:
        """Whether an image is called like the service's project or folder."""
        names = {self.name or "", posixpath.basename(self.root)} - {"", "."}
        return canonicalize_name(image) in {canonicalize_name(name) for name in names}

    def _may_hold(self, build: Build) -> bool:
        return any(image.path == build.dockerfile for image in self.images)

    @property
    def compose_problems(self) -> tuple[Unknown, ...]:
        """What may be compose files and cannot be read."""
        return self._compose[1]

    @cached_property
    def _compose(self) -> tuple[tuple[ComposeFile, ...], tuple[Unknown, ...]]:
        return find_compose(self.repository, self.near)

    @property
    def development_container(self) -> ComposeFile | None:
        """A compose file that builds the service as a part of a development container."""
        inner = [file for file in self.repository.files if ".devcontainer" in file.split("/")]
        found, _ = find_compose(self.repository, inner)
        return next((one for one in found if any(map(self._may_hold, one.builds))), None)

    @cached_property
    def _builds(self) -> tuple[Build, ...]:
        return tuple(build for file in self._sources.values() for build in file.builds)

    @cached_property
    def near(self) -> tuple[str, ...]:
        """Files below the service or above it, but neither in another component nor set aside."""
        is_near = cache(self._is_near)
        return tuple(file for file in self.repository.files if is_near(posixpath.dirname(file)))

    @cached_property
    def too_large(self) -> tuple[Unknown, ...]:
        """The documents around the service that are too large to be read, each with the reason."""
        problems = (documents.problem(self.repository, file) for file in self.near if is_document(file))
        return tuple(problem for problem in problems if problem is not None and "larger" in problem.why)

    def _is_near(self, folder: str) -> bool:
        folder = folder or "."
        shared = next(above for above in ancestors(self.root) if is_inside(folder, above))
        if any(map(_ASIDE.fullmatch, posixpath.relpath(folder, shared).split("/"))):
            return False
        return shared == self.root or not self.is_others(folder)

    def is_others(self, folder: str) -> bool:
        """Whether a folder lies in another component of the repository."""
        return any(one != "." and is_inside(folder, one) for one in self._other_components)

    @cached_property
    def _other_components(self) -> frozenset[str]:
        """Folders with a manifest of their own beside the service."""
        own = set(ancestors(self.root))
        return frozenset(f for f in self._manifested if f not in own and not is_inside(f, self.root))

    @cached_property
    def _manifested(self) -> frozenset[str]:
        """The folders with a manifest, but for the repository's top."""
        split = (posixpath.split(file) for file in self.repository.files)
        return frozenset(folder for folder, name in split if folder and name in _MANIFESTS)

    @property
    def _dockerfile_paths(self) -> list[str]:
        named = (file for file in self.near if is_dockerfile(self.repository, file))
        built = (build.dockerfile for build in self._builds if build.dockerfile is not None)
        return sorted({*named, *filter(self.repository.has, built)})

    def _image(self, path: str) -> Image:
        builds = tuple(build for build in self._builds if build.dockerfile == path)
        dockerfile = documents.dockerfile(self.repository, path)
        return Image(dockerfile, builds, self._holds(dockerfile, builds))

    def _holds(self, dockerfile: Dockerfile, builds: tuple[Build, ...]) -> Holds:
        """What is copied from the build context decides; a package may be installed by its name instead."""
        copied, open_ones = copied_from_context(dockerfile)
        guessed = _named(builds).union(self._contexts(dockerfile.path, copied))
        contexts = self._fitting(dockerfile.path, builds, copied) or guessed
        paths = {join(c, source) for source in copied for c in contexts}
        holding = [p for p in paths if any(matches(module.path, p) for module in self.modules.runtime)]
        if not any(_PYTHON.search(part) for part in _words(dockerfile)) and dockerfile.stages:
            return Holds.UNCLEAR if holding else Holds.SOMETHING_ELSE
        if holding:
            if all(path != self.root and is_inside(self.root, path) for path in holding):
                return self._meant(dockerfile, builds)
            is_whole = set(holding) == {self.root} and not _named(builds)
            return Holds.UNCLEAR if is_whole and _may_be_aside(dockerfile) else Holds.SERVICE
        if any(_WHEEL.search(source) for source in (*copied, *open_ones)):
            return self._meant(dockerfile, builds)
        if any(i.keyword == "RUN" and self._installs(i.text) for i in dockerfile.instructions):
            return Holds.SERVICE
        if any(map(self._mounts_code, builds)):
            return Holds.SERVICE
        if any(i.keyword == "RUN" and _FETCHES.search(i.text) for i in dockerfile.instructions):
            return Holds.UNCLEAR
        unclear = open_ones or dockerfile.problems or not dockerfile.stages
        return Holds.UNCLEAR if unclear else Holds.SOMETHING_ELSE

    def _mounts_code(self, build: Build) -> bool:
        """Whether compose mounts the service's code into the container that it builds, in whichever file."""
        folder = posixpath.dirname(build.location.file)
        beside = (file for path, file in self._sources.items() if posixpath.dirname(path) == folder)
        layers = tuple(file.services[build.service] for file in beside if build.service in file.services)
        one = StackService(build.service, build.location, layers, ())
        places = [
            join(folder, mount.source) for mount in mounts(one) if mount.kind == "bind" and mount.source
        ]
        return any(is_inside(m.path, place) for m in self.modules.runtime for place in places)

    def _meant(self, dockerfile: Dockerfile, builds: tuple[Build, ...]) -> Holds:
        """Which service an image is for that holds a whole repository: the one that it speaks of."""
        text = "\n".join((dockerfile.path, *_words(dockerfile), *(build.service for build in builds)))
        own = filter(None, (self.name, posixpath.basename(self.root)))
        if not self._other_projects or any(_names(text, name) for name in own):
            return Holds.SERVICE
        others = any(_names(text, name) for name in self._other_projects)
        return Holds.SOMETHING_ELSE if others else Holds.UNCLEAR

    @cached_property
    def _other_projects(self) -> frozenset[str]:
        """The names and folders of the Python projects beside the service."""
        projects = find_projects(self.repository)
        beside = (
            projects[root]
            for root in projects
            if root not in set(ancestors(self.root)) and not is_inside(root, self.root)
        )
        return frozenset(
            name
            for project in beside
            if project.is_distribution
            for name in (project.name, posixpath.basename(project.root))
            if name
        )

    def contexts(self, image: Image) -> tuple[str, ...]:
        """The folders that an image is built from: those that are named, else its own.

        Of several, those that have all that it copies: from another the build would fail anyway.
        """
        copied, _ = copied_from_context(image.dockerfile)
        fitting = self._fitting(image.path, image.builds, copied) or _named(image.builds)
        return tuple(sorted(fitting)) or (posixpath.dirname(image.path) or ".",)

    def is_anothers(self, file: str) -> bool:
        """Whether images that hold no service copy a file, and those that hold this one do not name it."""
        named = {path for image in self.images for path in self._taken(image)}
        return file not in named and any(
            matches(file, path) and not is_inside(self.root, path)
            for image in self._all_images
            if image.holds is Holds.SOMETHING_ELSE
            for path in self._taken(image)
        )

    def _taken(self, image: Image) -> Iterator[str]:
        """The places in the repository that an image copies from."""
        copied, _ = copied_from_context(image.dockerfile)
        return (join(context, source) for context in self.contexts(image) for source in copied)

    def may_bring(self, image: Image, file: str) -> bool:
        """Whether an image may have a file of the repository: by what it copies, if all of that is known."""
        copied, open_ones = copied_from_context(image.dockerfile)
        return bool(open_ones) or not copied or any(matches(file, place) for place in self._taken(image))

    def _fitting(self, path: str, builds: tuple[Build, ...], copied: frozenset[str]) -> set[str]:
        """The folders with all that a Dockerfile copies: those that compose names, else those it may mean."""
        fitting = {context for context in _named(builds) if self._has_all(context, copied)}
        return fitting or {c for c in self._contexts(path, copied) if self._has_all(c, copied)}

    def _contexts(self, path: str, copied: frozenset[str]) -> Iterator[str]:
        """The folders from which a Dockerfile without compose may be built: its own, or any above it.

        One beside code or a manifest is built from its own folder, unless what it copies is only all there in
        one above.
        """
        folder, *above = ancestors(posixpath.dirname(path) or ".")
        alone = folder in self._manifested or any(is_inside(m.path, folder) for m in self.modules.runtime)
        yield folder
        if not alone:
            yield from above
        elif copied and not self._has_all(folder, copied):
            yield from (one for one in above if self._has_all(one, copied))

    def _has_all(self, context: str, copied: frozenset[str]) -> bool:
        return all(self._has(join(context, source)) for source in copied)

    def _has(self, path: str) -> bool:
        """Whether the repository has what a source path of COPY names, which may have wildcards."""
        if not WILDCARD.search(path):
            return path == "." or path in self._paths
        return any(is_like(one, path) for one in self._paths)

    @cached_property
    def _paths(self) -> frozenset[str]:
        """The files of the repository, and the folders around them but for its root."""
        files = self.repository.files
        return frozenset(files).union(*(parents(file)[:-1] for file in files))

    def _installs(self, command: str) -> bool:
        installs = re.findall(r"\binstall\b([^;&|]*)", command)
        return self.name is not None and any(_names(arguments, self.name) for arguments in installs)


def _may_be_aside(dockerfile: Dockerfile) -> bool:
    """Whether a file that copies all there is has a folder among others and says nothing of a service."""
    text = "\n".join(_words(dockerfile))
    folder = posixpath.dirname(dockerfile.path)
    return bool(folder) and not _FOR_DOCKERFILES.search(folder) and not _SPEAKS_OF_SERVICE.search(text)


def _named(builds: Iterable[Build]) -> set[str]:
    return {build.context for build in builds if build.context}


def _names(text: str, name: str) -> bool:
    """Whether a text names a project, in any of the spellings that PEP 503 takes for one."""
    spelling = re.sub(r"[-_.]+", "[-_.]", re.escape(name).replace("\\", ""))
    return re.search(rf"(?i)(?<![\w.-]){spelling}(?![\w-])", text) is not None


def _words(dockerfile: Dockerfile) -> Iterator[str]:
    for instruction in dockerfile.instructions:
        yield instruction.text
        yield from (f for f in instruction.flags if f.startswith("--from="))
