"""Where images of PostgreSQL keep their data.

The official image, https://hub.docker.com/_/postgres ("PGDATA"): up to version 17 in
`/var/lib/postgresql/data`, which it declares as a volume; from 18 on in a folder per version below
`/var/lib/postgresql`, which is the volume then. Images that are built on it keep to that.
"""

from __future__ import annotations

import posixpath
import re

from msgspec import Struct

from archlint import documents
from archlint.service.deployment.compose_containers import dependencies, env_files, variables
from archlint.service.deployment.compose_stack import Stack, StackService, name_and_tag
from archlint.service.deployment.dockerfiles import Deployment

_AS_OFFICIAL = frozenset({"age", "citus", "paradedb", "pgvector", "postgis", "postgres", "timescaledb"})
_NUMBERED_AS_POSTGRES = frozenset({"postgis", "postgres"})
_BY_FOLDER_PER_VERSION = 18
_MAKERS = {"bitnami": "/bitnami/postgresql", "bitnamilegacy": "/bitnami/postgresql"}


class DataFolders(Struct, frozen=True):
    """The folder of the data, and the folders that the image declares as volumes."""

    data: str
    volumes: tuple[str, ...]

    @property
    def mount(self) -> str:
        """Where a volume belongs: on the folder that the image declares, if it holds the data."""
        return next((one for one in self.volumes if f"{self.data}/".startswith(f"{one}/")), self.data)


def is_server(service: StackService, stack: Stack) -> bool:
    """Whether a container is a PostgreSQL; one that waits for another, or has its name, only speaks to that.

    Replicas do so as well: an image that is known to be the server's stays one.
    """
    if not service.is_postgres:
        return False
    image = service.image[0] if service.image else ""
    maker, name = posixpath.split(image)
    if service.builds or name in _AS_OFFICIAL or posixpath.basename(maker) in _MAKERS:
        return True
    others = {one.name for one in stack.services if one.is_postgres and one.name != service.name}
    told = {word for text in variables(service).values() for word in re.findall(r"[\w.-]+", text or "")}
    return not others & (told | {one.name for one in dependencies(service)})


def layouts(service: StackService, deployment: Deployment) -> tuple[DataFolders, ...]:
    """What the image's layout is or, with an unknown version, may be; nothing for an image not known here.

    The layout of the latest version comes first.
    """
    if service.builds and (None in service.bases or len(set(service.bases)) != 1):
        return ()
    image = name_and_tag(service.bases[0] or "") if service.builds else service.image
    if image is None:
        return ()
    name, tag = image
    maker = posixpath.basename(posixpath.dirname(name))
    if maker in _MAKERS:
        return (DataFolders(_MAKERS[maker], (_MAKERS[maker],)),)
    chosen, is_known = _chosen(service, deployment)
    if posixpath.basename(name) not in _AS_OFFICIAL or not is_known:
        return ()
    return tuple(
        DataFolders(chosen or layout.data, layout.volumes) for layout in _official(_version(name, tag))
    )


def has_open_version(service: StackService) -> bool:
    """Whether the image is chosen by a variable or a digest, so that no version at all is written."""
    images = filter(None, service.bases) if service.builds else (service.text("image") or "",)
    return any(re.search(r":[^/]*\$|@sha256:", image) for image in images)


def _official(version: int | None) -> tuple[DataFolders, ...]:
    old = DataFolders("/var/lib/postgresql/data", ("/var/lib/postgresql/data",))
    new = DataFolders(
        f"/var/lib/postgresql/{version or ''}/docker".replace("//", "/"), ("/var/lib/postgresql",)
    )
    if version is None:
        # No tag is the latest image, and a volume on the old folder keeps that from starting.
        return new, old
    return (new,) if version >= _BY_FOLDER_PER_VERSION else (old,)


def _version(name: str, tag: str | None) -> int | None:
    """The major version in a tag: `17`, `17.2-alpine`, `pg17`, `0.8.0-pg17`."""
    match = re.search(r"(?:^|[-_.])pg(\d+)", tag or "")
    if match is None and posixpath.basename(name) in _NUMBERED_AS_POSTGRES:
        match = re.match(r"(\d+)(?=$|[.-])", tag or "")
    return int(match[1]) if match else None


def _chosen(service: StackService, deployment: Deployment) -> tuple[str | None, bool]:
    """The folder that `PGDATA` chooses, and whether that is known."""
    given = dict(variables(service))
    for path in env_files(service):
        read = documents.dotenv(deployment.repository, path).variables
        given = {variable.name: variable.value for variable in read} | given
    if "PGDATA" not in given:
        return None, True
    folder = given["PGDATA"]
    return (None, False) if not folder or "$" in folder else (posixpath.normpath(folder), True)
