"""BA0409: an image or a pipeline installs with uv, and the lock does not decide what."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint import documents
from archlint.findings import Hit, Link, Location, Met, Said
from archlint.paths import join
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.deployment.installs import is_exported, is_locked, needs_no_lock, resolves, uv_targets
from archlint.service.model import Service

PLACES = frozenset({CommandContext.BUILD, CommandContext.CI, CommandContext.START})


def check(service: Service) -> Iterator[Said]:
    """Yield each such install; a project without a lock is BA0401's, and whole."""
    if service.project.lock is None or service.project.lock.problems:
        return
    yield from (*service.commands.unread, *service.commands.doubted(_is_uvs))
    commands = [c for c in service.commands if c.context in PLACES and not service.commands.is_doubtful(c)]
    synced = {key for command in commands if command.runs("uv", "sync") for key in _places(command)}
    synced.update(unread.location.file for unread in service.commands.unread)
    seen: set[object] = set()
    for command in commands:
        verb = _unlocked(service, command, synced)
        once = command.location if verb != "run" else _places(command)
        if verb is not None and once not in seen:
            seen.update((once, command.location))
            fields = {"command": command.quoted, "place": command.place, "instead": _instead(command, verb)}
            within = Link(Location(command.location.file), "installs that the lock does not decide")
            yield Hit(command.location, fields, within=within)
        elif verb is None and command.runs("uv", "sync"):
            yield Met(command.location)


def _is_uvs(command: Command) -> bool:
    return command.runs("uv", "sync") or uv_targets(command) is not None


def _instead(command: Command, verb: str) -> str:
    """The same command by the lock."""
    if verb == "pip" or verb not in command.words:
        return "uv sync --locked"
    index = command.words.index(verb) + 1
    return replace(command, words=(*command.words[:index], "--locked", *command.words[index:])).quoted


def _unlocked(service: Service, command: Command, synced: set[str]) -> str | None:
    """Which kind of unlocked install this is; `uv run` finds what `uv sync`, or unread text, put there."""
    if command.runs("uv", "sync"):
        return None if is_locked(command) else "sync"
    if command.runs("uv", "run"):
        is_there = not synced.isdisjoint((command.location.file, *_places(command)))
        return None if is_there or is_locked(command) or needs_no_lock(command) else "run"
    is_list = any(_is_unlocked_list(service, command, target) for target in uv_targets(command) or ())
    return "pip" if resolves(command) or is_list else None


def _places(command: Command) -> tuple[str, ...]:
    """Where what is installed stays: a job of a file, or an image and the containers of it."""
    file = command.location.file
    return (f"{file} {command.place}",) if command.context is CommandContext.CI else ("the image",)


def _is_unlocked_list(service: Service, command: Command, target: str) -> bool:
    """Whether a target is a requirements file of the repository that uv did not write from the lock."""
    flag, _, name = target.partition("-r ")
    if flag or not name or "$" in name or "lock" in name:
        return False
    paths = (join(folder, name) for folder in (command.folder or service.root, service.root))
    for path in filter(service.repository.has, paths):
        text = documents.text(service.repository, path)
        return "--hash=" not in text and not is_exported(path, text, service.commands)
    return False
