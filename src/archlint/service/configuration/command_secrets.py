"""The literals that stand where a secret belongs in the commands of images, pipelines, tasks and scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.findings import Location
from archlint.service.configuration.literal_secrets import LiteralSecret, is_for_tests, secrets_in_words
from archlint.service.deployment.command import Command


def secrets_in_commands(commands: Iterable[Command]) -> Iterator[LiteralSecret]:
    """What the words of commands give away, once of each place; what tests are given opens nothing."""
    told: set[tuple[Location, str]] = set()
    for command in (one for one in commands if not _is_trial(one)):
        for found in secrets_in_words(command.words, command.location):
            if (found.location, found.shown) not in told:
                told.add((found.location, found.shown))
                yield found


def _is_trial(command: Command) -> bool:
    path = command.location.file
    return command.is_trial or (path.endswith(".sh") and is_for_tests(path))
