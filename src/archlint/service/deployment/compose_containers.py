"""What a compose service's container gets: variables, mounts, a health check, and what it waits for.

As the Compose Specification merges the layers of a service: mappings by key, `environment` and `depends_on`
in their short form as mappings, other sequences one after the other.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.paths import join
from archlint.service.deployment.compose_stack import StackService

_VARIABLE = re.compile(r"\$\{\w+(?::?-(?P<word>[^${}]*)|:?[+?][^${}]*)?\}|\$\w+")


class ContainerMount(Struct, frozen=True):
    """A volume, a folder or a memory file system in a container; `source` is None for an anonymous volume."""

    target: str
    source: str | None
    kind: str


class Healthcheck(Struct, frozen=True):
    """How compose checks a service; `is_off` when it switches off every check, that of the image too."""

    location: Location
    is_off: bool


class ContainerDependency(Struct, frozen=True):
    """A service that has to be there first, and in which condition."""

    name: str
    location: Location
    condition: str


def variables(service: StackService) -> dict[str, str | None]:
    """The variables of `environment`, None where the shell that starts compose gives the value."""
    found: dict[str, str | None] = {}
    for value in service.values("environment"):
        if isinstance(value, YamlMapping):
            for key, entry in value.entries:
                found[key.text] = _value(entry)
                if entry.kind == "!reset":
                    del found[key.text]
        for item in value.items if isinstance(value, YamlSequence) else ():
            if isinstance(item, YamlScalar):
                name, given, text = item.text.partition("=")
                found[name.strip()] = text if given else None
    return found


def env_files(service: StackService) -> tuple[str, ...]:
    """The files of `env_file` as paths of the repository, which need not be in it."""
    return tuple(dict.fromkeys(path for layer in service.layers for path in env_files_in(layer)))


def env_files_in(container: YamlMapping) -> Iterator[str]:
    """Those that one file names for a container."""
    for item in _items(container.get("env_file")):
        text = item.text("path") if isinstance(item, YamlMapping) else getattr(item, "text", None)
        if text:
            yield join(posixpath.dirname(container.location.file), _filled(text))


def mounts(service: StackService) -> Iterator[ContainerMount]:
    """What is mounted, with the default of each variable filled in."""
    for value in service.values("tmpfs"):
        yield from (ContainerMount(_folder(item.text), None, "tmpfs") for item in _scalars(value))
    for value in service.values("volumes"):
        for item in _items(value):
            if isinstance(item, YamlMapping):
                target = item.text("target") or item.text("destination") or item.text("dst") or ""
                source = item.text("source") or item.text("src")
                yield ContainerMount(_folder(target), source, item.text("type") or "volume")
            elif isinstance(item, YamlScalar):
                yield _short(item.text)


def healthcheck(service: StackService) -> Healthcheck | None:
    """The check that compose makes, None where it leaves that to the image.

    `disable: true` and a test of `NONE` switch off; a mapping without a test changes the image's times only.
    """
    found: Healthcheck | None = None
    for value in service.values("healthcheck"):
        if isinstance(value, YamlMapping):
            words = [item.text for item in _scalars(value.get("test"))]
            told = value.get("disable")
            is_told = told is not None and told.kind != "!reset"
            on = is_told and value.text("disable") in {"true", "True", "yes"}
            switch = value.key("disable") if on else None
            if switch is not None or words == ["NONE"]:
                found = Healthcheck((switch or value).location, True)
            elif words and words != [""]:
                found = Healthcheck(value.location, False)
    return found


def dependencies(service: StackService) -> tuple[ContainerDependency, ...]:
    """The services of `depends_on`, by name; the condition is `service_started` where none is given."""
    found: dict[str, ContainerDependency] = {}
    for value in service.values("depends_on"):
        if isinstance(value, YamlMapping):
            for key, entry in value.entries:
                if entry.kind == "!reset":
                    found.pop(key.text, None)
                    continue
                condition = entry.text("condition") if isinstance(entry, YamlMapping) else None
                _note(found, ContainerDependency(key.text, key.location, condition or "service_started"))
        else:
            for item in _scalars(value):
                _note(found, ContainerDependency(item.text, item.location, "service_started"))
    return tuple(found[name] for name in sorted(found))


def _note(found: dict[str, ContainerDependency], new: ContainerDependency) -> None:
    """Note a dependency as the last layer has it, at the first place that says so."""
    if new.name not in found or found[new.name].condition != new.condition:
        found[new.name] = new


def _value(entry: YamlNode) -> str | None:
    return entry.text if isinstance(entry, YamlScalar) and entry.kind != "null" else None


def _items(value: YamlNode | None) -> tuple[YamlNode, ...]:
    if value is None:
        return ()
    return value.items if isinstance(value, YamlSequence) else (value,)


def _scalars(value: YamlNode | None) -> list[YamlScalar]:
    return [item for item in _items(value) if isinstance(item, YamlScalar)]


def _short(text: str) -> ContainerMount:
    """`source:target:mode`, of which only the target must be there."""
    first, *rest = _filled(text).split(":")
    if not rest or not rest[0].startswith("/"):
        return ContainerMount(_folder(first), None, "volume")
    return ContainerMount(_folder(rest[0]), first, "bind" if first.startswith((".", "/", "~")) else "volume")


def _folder(text: str) -> str:
    return posixpath.normpath(_filled(text).partition(":")[0] or "/")


def _filled(text: str) -> str:
    """The text with defaults in the place of variables; one without any stands for a folder of the host."""
    return _VARIABLE.sub(lambda match: match["word"] or "/unknown", text)
