"""BA0704: a `.env` file with secrets in git or in the image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from archlint.facts.dotenv import DotenvFile
from archlint.findings import Hit, Met, NotApplicable, Said, Severity, Unknown
from archlint.service.configuration.dotenvs import is_example, is_for_tests
from archlint.service.configuration.secrets import SecretVerdict, judge
from archlint.service.model import Service

_ENV_FILE = re.compile(r"(?i)\.env([._-][\w-]+)?")


def check(service: Service) -> Iterator[Said]:
    """Yield tracked files with a secret in them, and copies of such files into the image."""
    found = [*_in_git(service), *_in_images(service)]
    yield from found
    if not found and service.repository.tracked is not None:
        yield from (Met(image.location) for image in service.images.serving)
        if not service.images.serving:
            yield NotApplicable("git tracks no `.env` file with secrets, and no image of it is built")


def _in_git(service: Service) -> Iterator[Hit | Unknown]:
    for file in service.dotenvs:
        if not is_example(file.path):
            yield from _committed(service, file)


def _in_images(service: Service) -> Iterator[Hit]:
    for image in service.images.serving:
        for instruction in image.dockerfile.instructions:
            if instruction.keyword in {"ADD", "COPY"} and instruction.flag("from") is None:
                for source in instruction.arguments[:-1]:
                    if _ENV_FILE.fullmatch(posixpath.basename(source)) and not is_example(source):
                        fields = {"file": source, "where": "is copied into the image"}
                        yield Hit(instruction.location, fields)


def _committed(service: Service, file: DotenvFile) -> Iterator[Hit | Unknown]:
    """The first line with a secret; one with a dummy where there is none, or among tests, is a warning."""
    judged = [(judge(v.name, v.value or ""), v) for v in file.variables]
    found = next((v for verdict, v in judged if verdict is SecretVerdict.SECRET), None)
    dummy = next((v for verdict, v in judged if verdict is SecretVerdict.DUMMY), None)
    variable = found or dummy
    if variable is None:
        return
    if service.repository.tracked is None:
        yield Unknown(f"whether `{file.path}` is committed", variable.location, "this is no git checkout")
    elif file.path in service.repository.tracked:
        fields = {"file": file.path, "where": f"is tracked by git and gives `{variable.name}` a value"}
        is_real = found is not None and not is_for_tests(file.path)
        yield Hit(variable.location, fields, severity=None if is_real else Severity.WARNING)
