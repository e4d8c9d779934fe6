"""The literals that stand where a secret belongs in the commands of images, pipelines, tasks and scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from archlint.findings import Location
from archlint.service.configuration.literal_secrets import LiteralSecret, is_for_tests, secrets_in_words
from archlint.service.configuration.secrets import is_of_own_machine, without_harm
from archlint.service.deployment.command import Command


def secrets_in_commands(commands: Iterable[Command]) -> Iterator[LiteralSecret]:
    """What commands give away, once of each place; what tests are given opens nothing."""
    told: set[tuple[Location, str]] = set()
    for command in (one for one in commands if not _is_trial(one)):
        for found in (*secrets_in_words(command.words, command.location), *_written(command)):
            if (found.location, found.shown) not in told:
                told.add((found.location, found.shown))
                yield found


def _written(command: Command) -> Iterator[LiteralSecret]:
    """Those among the variables that it sets; beside servers on its own machine they are for these."""
    words = [f"{name}={value}" for name, value in command.written]
    around = (*command.environment.values(), *(value for _, value in command.written))
    is_local = is_of_own_machine(around) if words else False
    for found, (_, value) in (
        (found, pair)
        for word, pair in zip(words, command.written, strict=True)
        for found in secrets_in_words([word], command.location)
    ):
        yield replace(found, verdict=without_harm(found.verdict, value)) if is_local else found


def _is_trial(command: Command) -> bool:
    path = command.location.file
    return command.is_trial or (path.endswith(".sh") and is_for_tests(path))
