"""Which Dockerfiles make what is deployed: who builds each, and what lies beside it.

A workflow that builds an image outside of trials, a manifest of a platform that names a Dockerfile, a compose
file for production and a Dockerfile's own name speak for it; compose files for development and tests, the
folder `dev/`, a server that reloads and development requirements speak against it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint import documents
from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.paths import join
from archlint.service.deployment.ci import WORKFLOW, is_trial_job
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.deployment.commands import Commands
from archlint.service.deployment.dockerfiles import Deployment, Image
from archlint.service.deployment.installs import pip_targets, uv_targets

_PRODUCTION = re.compile(r"(?i)(^|.*[._-])(prod|production|release|deploy|deployment|live)([._-].*|$)")
_DEVELOPMENT = re.compile(
    r"(?i)(^|.*[._-])(dev|devel|development|local|debug|tests?|testing|ci|e2e)([._-].*|$)"
)
_FOLDERS = frozenset({"debug", "dev", "devel", "development", "local"})
_MANIFEST = re.compile(
    r"(?i)(.*/)?(fly[\w.-]*\.toml|railway[\w.-]*\.(toml|json)|render\.ya?ml|heroku\.ya?ml|skaffold[\w.-]*\.ya?ml"
    r"|cloudbuild[\w.-]*\.(ya?ml|json)|docker-bake[\w.-]*\.(hcl|json)|captain-definition|azure\.ya?ml"
    r"|copilot/.*manifest\.ya?ml|\.do/app\.ya?ml|nixpacks\.toml|zeabur\.ya?ml)"
)
"""Files by which platforms and tools learn what to build, wherever they lie."""
_NAMED = re.compile(r"""(?i)[\w./-]*(?:docker|container)file[\w./-]*""")
_BUILDS = (("docker", "build"), ("docker", "image", "build"), ("docker", "buildx", "build"),
           ("podman", "build"), ("buildah", "bud"), ("buildah", "build"), ("nerdctl", "build"))  # fmt: skip
_VALUED = frozenset({
    "--add-host", "--annotation", "--build-arg", "--build-context", "--builder", "--cache-from",
    "--cache-to", "--iidfile", "--label", "--metadata-file", "--network", "--output", "--platform",
    "--progress", "--secret", "--ssh", "--tag", "-o", "-t",
})  # fmt: skip


_Build = tuple[str, str | None]
"""A Dockerfile that is built, and the stage that is named."""


class Production(Struct, eq=False, frozen=True, dict=True):
    """Answers for the Dockerfiles of a service."""

    deployment: Deployment
    commands: Commands

    def of(self, images: tuple[Image, ...]) -> tuple[Image, ...]:
        """Those of `images` that are for production, as far as anything tells them apart."""
        meant = tuple(image for image in images if self._is_meant(image))
        return meant or tuple(image for image in images if not self.is_aside(image)) or images

    def _is_meant(self, image: Image) -> bool:
        """Whether something says that it is what gets deployed."""
        by_name = _PRODUCTION.match(posixpath.basename(image.path)) is not None
        by_compose = any(_PRODUCTION.match(posixpath.basename(b.location.file)) for b in image.builds)
        return by_name or by_compose or image.path in self._built

    def targets(self, image: Image) -> frozenset[str]:
        """The stages that pipelines name where they build the image outside of trials."""
        builds = (*self._by_workflows, *self._by_commands)
        return frozenset(target for path, target in builds if path == image.path and target)

    def is_aside(self, image: Image) -> bool:
        """Whether all that is known of it speaks of development or tests."""
        if not _FOLDERS.isdisjoint(image.path.lower().split("/")[:-1]):
            return True
        by_compose = [_DEVELOPMENT.match(posixpath.basename(b.location.file)) for b in image.builds]
        reloads = any("--reload" in command.words for command in self.commands.image_start(image))
        return (bool(by_compose) and all(by_compose)) or reloads or self._installs_for_development(image)

    def _installs_for_development(self, image: Image) -> bool:
        """Whether its one stage installs a list of requirements for development."""
        own = [command for command in self.commands if command.location.file == image.path]
        lists = (t for one in own for t in pip_targets(one) or uv_targets(one) or () if t.startswith("-r "))
        names = (posixpath.basename(one.removeprefix("-r ")) for one in lists)
        return len(image.dockerfile.stages) == 1 and any(map(_DEVELOPMENT.match, names))

    @cached_property
    def _built(self) -> frozenset[str]:
        """The Dockerfiles that pipelines build outside of trials, and those that manifests name."""
        builds = (*self._by_workflows, *self._by_commands)
        return frozenset((*(path for path, _ in builds), *self._by_manifests()))

    @cached_property
    def _by_workflows(self) -> tuple[_Build, ...]:
        return tuple(self._in_workflows())

    def _in_workflows(self) -> Iterator[_Build]:
        for path in filter(WORKFLOW.fullmatch, self.deployment.repository.files):
            top = documents.yaml(self.deployment.repository, path).mapping
            jobs = top.mapping("jobs") if top else None
            for name, job in jobs.entries if top and jobs else ():
                if top and isinstance(job, YamlMapping) and not is_trial_job(top, name.text, job):
                    yield from _action_builds(job)

    @cached_property
    def _by_commands(self) -> tuple[_Build, ...]:
        deploying = (c for c in self.commands if c.context is CommandContext.CI and not c.is_trial)
        return tuple(build for command in deploying for build in _command_builds(command))

    def _by_manifests(self) -> Iterator[str]:
        for path in filter(_MANIFEST.fullmatch, self.deployment.repository.files):
            for written in documents.findall(self.deployment.repository, path, _NAMED):
                yield join(posixpath.dirname(path), written.lstrip("/"))
                yield posixpath.normpath(written.lstrip("/"))


def _action_builds(job: YamlMapping) -> Iterator[_Build]:
    """What `docker/build-push-action` builds in a job, and the Dockerfiles that its matrix names."""
    steps = job.get("steps")
    for step in steps.items if isinstance(steps, YamlSequence) else ():
        if isinstance(step, YamlMapping) and "build-push-action" in (step.text("uses") or ""):
            given = step.mapping("with")
            context = (given.text("context") if given else None) or "."
            file = given.text("file") if given else None
            inside = "." if "$" in context or "://" in context else context
            target = given.text("target") if given else None
            yield posixpath.normpath(file or join(inside, "Dockerfile")), target
    strategy = job.get("strategy")
    texts = _texts(strategy) if strategy else ()
    yield from ((posixpath.normpath(text), None) for text in texts if _NAMED.fullmatch(text))


def _command_builds(command: Command) -> Iterator[_Build]:
    """The Dockerfile that `docker build` and its likes read, relative to the repository's root."""
    verb = next((one for one in _BUILDS if command.words[: len(one)] == one), None)
    if verb is None:
        return
    words, file, target, context = iter(command.words[len(verb) :]), None, None, None
    for word in words:
        option, equals, value = word.partition("=")
        if option in {"-f", "--file"}:
            file = value if equals else next(words, None)
        elif option == "--target":
            target = value if equals else next(words, None)
        elif option in _VALUED and not equals:
            next(words, None)
        elif not word.startswith("-"):
            context = word
    here = command.folder or "."
    yield join(here, file or posixpath.join(context or ".", "Dockerfile")), target


def _texts(node: YamlNode) -> Iterator[str]:
    if isinstance(node, YamlScalar):
        yield node.text
    elif isinstance(node, YamlMapping):
        yield from (text for _, value in node.entries for text in _texts(value))
    else:
        yield from (text for item in node.items for text in _texts(item))
