"""The `.env` files of a repository that concern a service: what each is for, and what it sets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from archlint import documents
from archlint.discover import Repository
from archlint.facts.dotenv import DotenvFile
from archlint.paths import are_related

_NAME = re.compile(
    r"(?i)\.env([._-][\w.-]+)?|[\w-]+\.env([._-][\w-]+)?|env[._-](example|sample|template|dist)"
)
_EXAMPLE = re.compile(
    r"(?i)(.*[^a-z])?(example|sample|template|tmpl|dist|default|skeleton|test|testing|ci|e2e|integration|pytest)s?\b.*"
)
_TESTS = re.compile(r"(?i)(.*[_-])?(tests?|e2e|integration|fixtures)([_-].*)?")


def dotenv_files(repository: Repository, root: str) -> Iterator[DotenvFile]:
    """The files below the service and in the folders above it, by path."""
    for path in repository.files:
        folder, name = posixpath.split(path)
        if _NAME.fullmatch(name) and are_related(folder or ".", root):
            yield documents.dotenv(repository, path)


def is_for_tests(path: str) -> bool:
    """Whether the file lies among tests, which bring the servers that its secrets open."""
    return any(_TESTS.fullmatch(folder) for folder in path.split("/")[:-1])


def is_example(path: str) -> bool:
    """Whether the file's name says that it holds examples, or values for tests."""
    return bool(_EXAMPLE.fullmatch(posixpath.basename(path)))
