"""The literals that stand where a secret belongs in the commands of images, pipelines, tasks and scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.findings import Location
from archlint.service.configuration.literal_secrets import LiteralSecret, secrets_in_words
from archlint.service.deployment.command import Command


def secrets_in_commands(commands: Iterable[Command]) -> Iterator[LiteralSecret]:
    """What the words of commands give away, once of each place."""
    told: set[tuple[Location, str]] = set()
    for command in commands:
        for found in secrets_in_words(command.words, command.location):
            if (found.location, found.shown) not in told:
                told.add((found.location, found.shown))
                yield found
