"""BA1014: the database of the compose stack forgets everything with its container."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.deployment.compose_containers import ContainerMount, mounts
from archlint.service.deployment.compose_stack import Stack, StackService
from archlint.service.deployment.postgres_images import DataFolders, has_open_version, is_server, layouts
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each PostgreSQL whose data folder is on no named volume and on no folder of the host."""
    stack = service.deployment.stack
    servers = [one for one in stack.services if is_server(one, stack)]
    if stack.judged and not servers:
        yield NotApplicable("the compose files start no PostgreSQL")
    for one in servers:
        if not one.runs_once and not one.is_extra:
            yield from _judge(stack, one, layouts(one, service.deployment))


def _judge(stack: Stack, one: StackService, known: tuple[DataFolders, ...]) -> Iterator[Hit | Unknown | Met]:
    mounted = tuple(mounts(one))
    if any(_is_kept(stack, mounted, layout) for layout in known):
        yield Met(one.location)
        return
    if known or not any(_outlives(stack, mount) for mount in mounted):
        folder = _named(known, one) if known else "where nothing is mounted"
        yield Hit(one.location, {"service": one.name, "folder": folder})
    elif not any(word in mount.target for mount in mounted for word in ("data", "postgres")):
        yield Unknown(f"the data of `{one.name}`", one.location, "where its image keeps them is not known")


def _named(known: tuple[DataFolders, ...], one: StackService) -> str:
    """Its folder in words that hold for every version that it may have."""
    if len(known) > 1 and has_open_version(one):
        return f"in `{known[0].mount}` or, up to version 17, in `{known[1].mount}`"
    return f"in `{known[0].mount}`"


def _is_kept(stack: Stack, mounted: tuple[ContainerMount, ...], layout: DataFolders) -> bool:
    """Whether the mount that holds the data folder, the innermost one, outlives the container.

    Docker puts an anonymous volume on each folder that the image declares, unless something is mounted there.
    """
    lasting = dict.fromkeys(layout.volumes, False)
    lasting |= {mount.target: _outlives(stack, mount) for mount in mounted}
    around = [target for target in lasting if f"{layout.data}/".startswith(f"{target.rstrip('/')}/")]
    return bool(around) and lasting[max(around, key=len)]


def _outlives(stack: Stack, mount: ContainerMount) -> bool:
    if mount.source is None or mount.kind == "tmpfs":
        return False
    defined = stack.volume(mount.source) if mount.kind == "volume" else None
    options = defined.mapping("driver_opts") if defined else None
    return options is None or options.text("type") != "tmpfs"
