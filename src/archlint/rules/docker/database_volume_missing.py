"""BA1014: the database of the compose stack forgets everything with its container."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Hit
from archlint.service.model import Service
from archlint.service.stack import StackService

NEW_LAYOUT = 18
"""Since this version the official image keeps its data below `/var/lib/postgresql`, a folder per version."""


def check(service: Service) -> Iterator[Hit]:
    """Yield each PostgreSQL whose data folder is on no named volume and on no folder of the host."""
    for one in service.deployment.stack.services:
        if one.is_official_postgres and not one.runs_once:
            folders = _data_folders(one)
            if not any(target in folders for target in _lasting(one)):
                yield Hit(one.location, {"service": one.name, "folder": folders[0]})


def _data_folders(service: StackService) -> tuple[str, ...]:
    """Where a volume keeps the data; with an unknown version, where any version would."""
    chosen = (text.partition("=") for text in service.texts("environment"))
    custom = next((value for name, _, value in chosen if name == "PGDATA"), None)
    if custom is not None:
        parts = custom.rstrip("/").split("/")
        return tuple("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    version = service.postgres_version
    if version is None:
        return ("/var/lib/postgresql/data", "/var/lib/postgresql")
    return ("/var/lib/postgresql",) if version >= NEW_LAYOUT else ("/var/lib/postgresql/data",)


def _lasting(service: StackService) -> Iterator[str]:
    for value in service.values("volumes"):
        for item in value.items if isinstance(value, YamlSequence) else ():
            if isinstance(item, YamlScalar):
                source, separator, rest = item.text.rpartition(":")
                if rest in {"ro", "rw", "z", "Z", "delegated", "cached", "consistent", "rw,z", "rw,Z"}:
                    source, separator, rest = source.rpartition(":")
                if separator:
                    yield rest.rstrip("/")
            elif isinstance(item, YamlMapping) and item.text("source") and item.text("type") != "tmpfs":
                yield (item.text("target") or item.text("destination") or "").rstrip("/")
