"""Which environment variables files of a repository give a value, for whoever runs the service as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archlint import documents
from archlint.discover import Repository
from archlint.facts.dotenv import DotenvFile
from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.service.deployment.compose_containers import env_files_in
from archlint.service.deployment.dockerfiles import Deployment

_OPEN = re.compile(r"\$\{?\w+(?!\w|:?-)|\$\{\w+:?\?")
"""A variable of a compose file that has no default there; `$$` is a dollar sign."""


def given_variables(
    dotenvs: Iterable[DotenvFile], deployment: Deployment, *, by_secrets: bool
) -> frozenset[str]:
    """The names of the variables; those of compose's secrets, too, where settings read such files."""
    return frozenset(_given(dotenvs, deployment, by_secrets))


def _given(dotenvs: Iterable[DotenvFile], deployment: Deployment, by_secrets: bool) -> Iterator[str]:
    for file in dotenvs:
        yield from _set_in(file)
    for compose in deployment.compose:
        if by_secrets and compose.file.mapping and (secrets := compose.file.mapping.mapping("secrets")):
            yield from (name.text for name, _ in secrets.entries)
        for container in compose.services.values():
            yield from _in_env_files(container, deployment.repository)
            yield from _in_environment(container)


def _set_in(file: DotenvFile) -> Iterator[str]:
    return (variable.name for variable in file.variables if variable.value)


def _in_env_files(container: YamlMapping, repository: Repository) -> Iterator[str]:
    for path in filter(repository.has, env_files_in(container)):
        yield from _set_in(documents.dotenv(repository, path))


def _in_environment(container: YamlMapping) -> Iterator[str]:
    match container.get("environment"):
        case YamlMapping(entries=entries):
            yield from (
                key.text for key, value in entries if isinstance(value, YamlScalar) and _fixed(value.text)
            )
        case YamlSequence(items=items):
            pairs = (item.text.partition("=") for item in items if isinstance(item, YamlScalar))
            yield from (name for name, _, text in pairs if _fixed(text))


def _fixed(text: str) -> bool:
    """Whether a compose value needs nothing from outside: a literal, or a variable with a default."""
    return bool(text) and not _OPEN.search(text.replace("$$", ""))
