"""What lies around a service's code: how it is packaged, built, started and configured."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint.config import Config
from archlint.discover import Repository
from archlint.facts.dotenv import DotenvFile
from archlint.paths import join
from archlint.service.semantics.modules import Modules

if TYPE_CHECKING:
    from packaging.version import Version

    from archlint.service.deployment.command import Command
    from archlint.service.deployment.commands import Commands
    from archlint.service.deployment.dockerfiles import Deployment
    from archlint.service.deployment.image_starts import Images
    from archlint.service.deployment.virtualenvs import Stages
    from archlint.service.packaging.pyproject import ServiceProject
    from archlint.service.packaging.versions import Versions


class Installed(Struct, frozen=True):
    """Versions, None for the newest, the words of the commands that start servers or may, entry points."""

    alembic: Version | None
    fastapi: Version | None
    pydantic: Version | None
    pytest: Version | None
    sqlmodel: Version | None
    python: Version | None
    servers: tuple[tuple[str, ...], ...]
    plugins: tuple[tuple[str, str, str], ...]


class Surroundings(Struct, frozen=True, dict=True):
    """The parts of a `Service` that documents tell; `root` is its folder, `modules` is its code."""

    root: str
    repository: Repository
    config: Config
    modules: Modules

    @cached_property
    def project(self) -> ServiceProject:
        """How the service is packaged: pyproject.toml, uv workspace and lock."""
        from archlint.service.packaging.pyproject import ServiceProject

        return ServiceProject(self.root, self.repository)

    @cached_property
    def versions(self) -> Versions:
        """The versions of distributions that the service runs on."""
        from archlint.service.packaging.versions import Versions

        near = join(self.root, "pyproject.toml")
        return Versions(self.project, self.repository, self.root, lambda: self.images.installed_list(near))

    @cached_property
    def dotenvs(self) -> tuple[DotenvFile, ...]:
        """The `.env` files that concern the service, by path."""
        from archlint.service.configuration.dotenvs import dotenv_files

        return tuple(dotenv_files(self.repository, self.root))

    @cached_property
    def deployment(self) -> Deployment:
        """Dockerfiles and compose files."""
        from archlint.service.deployment.dockerfiles import Deployment

        name = self.project.pyproject.name if self.project.pyproject else None
        return Deployment(self.root, name, self.repository, self.modules)

    @cached_property
    def commands(self) -> Commands:
        """The commands of images, containers, CI, tasks and scripts."""
        from archlint.service.deployment.commands import Commands

        return Commands(self.root, self.repository, self.deployment)

    @cached_property
    def documented_commands(self) -> tuple[Command, ...]:
        """The commands that the documents on setting up the service tell their readers to run."""
        from archlint.service.deployment.readme_commands import documented

        return tuple(documented(self.deployment, self.root))

    @cached_property
    def stages(self) -> Stages:
        """What the stages of the images install and copy."""
        from archlint.service.deployment.virtualenvs import Stages

        return Stages(self.commands.all)

    @cached_property
    def images(self) -> Images:
        """What the images start and hold."""
        from archlint.service.deployment.image_starts import Images

        return Images(self.deployment, self.commands, self.project.scripts)
