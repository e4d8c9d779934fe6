"""The literals that stand where a secret belongs in files of settings, units and variables of task files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint import documents
from archlint.findings import Location
from archlint.service.configuration.literal_secrets import (
    ASIDE,
    MANIFEST,
    LiteralSecret,
    is_demonstration,
    is_for_tests,
    judged,
)
from archlint.service.deployment.dockerfiles import Deployment

_HOLDING = re.compile(
    r"(?i)(.*/)?([\w.-]*(config(uration)?|settings|secrets?|credentials?|service[_-]?account)[\w.-]*"
    r"\.(json|toml|ya?ml|ini|cfg|conf|properties)|[\w.-]+\.(tfvars|service|mk)|(gnu)?makefile|\.?justfile)"
)
"""Names of files that hold settings; recipes of the last ones are commands, and begin with a tab."""
_SHOWING = re.compile(
    r"(?i)(.*[/_.-])?(template|tmpl|tpl|schema|dist|defaults?|lock|compose|gitleaks|trufflehog)([/_.-].*)?"
)
_OTHERS = re.compile(
    r"(?i)(.*/)?(\.?vendor|\.vscode|\.github|\.circleci|frontend|web|ui|client|public|static|locales?|i18n)/.*"
)
"""Folders of what runs in browsers, where everybody sees a key, and of what is read otherwise."""
_LONGEST = 5_000
_IN_JSON = re.compile(r'"([\w.-]{1,80})"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"')
_IN_LINE = re.compile(
    r" *(?:export\s+|Environment=\"?)?[\"']?([A-Za-z_][\w.-]{0,80})[\"']?\s*(?::=|\?=|[:=])\s*"
    r"(?:\"([^\"]*)\"|'([^']*)'|([^\s#\"'][^\s#\"']*))"
)


def secrets_in_files(deployment: Deployment) -> Iterator[LiteralSecret]:
    """The secrets that the files of settings around a service hold."""
    for path in filter(_is_read, deployment.near):
        for name, value, place in _settings(deployment.repository, path):
            yield from judged(name, value, place, dummies=False)


def _is_read(path: str) -> bool:
    return (
        _HOLDING.fullmatch(path) is not None
        and not _SHOWING.fullmatch(path)
        and not _OTHERS.fullmatch(path)
        and not MANIFEST.fullmatch(path)
        and not is_demonstration(path)
        and not is_for_tests(path)
        and ASIDE.isdisjoint(path.split("/"))
    )


@documents.view
def _settings(path: str, data: bytes) -> tuple[tuple[str, str, Location], ...]:
    """Names with what they are set to, as a line says it; values of several lines are left out."""
    lines = enumerate(documents.decoded(data).split("\n"), start=1)
    known = [(number, line) for number, line in lines if len(line) <= _LONGEST]
    of_line = _of_json if path.lower().endswith(".json") else _of_line
    return tuple(
        (name, value, Location(path, number, start + 1, number, end + 1))
        for number, line in known
        for name, value, start, end in of_line(line)
    )


def _of_json(line: str) -> Iterator[tuple[str, str, int, int]]:
    for found in _IN_JSON.finditer(line):
        yield found[1], found[2].replace("\\n", "\n"), *found.span()


def _of_line(line: str) -> Iterator[tuple[str, str, int, int]]:
    if found := _IN_LINE.match(line):
        yield found[1], found[2] or found[3] or found[4] or "", *found.span()
