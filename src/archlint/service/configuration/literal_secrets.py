"""The literals that stand where a secret belongs in images, compose files, pipelines and manifests."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from archlint import documents
from archlint.facts.dockerfile import Instruction
from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.service.configuration.secrets import (
    URL_PASSWORD,
    SecretVerdict,
    is_database_setting,
    judge,
    masked,
)
from archlint.service.deployment.compose import ComposeFile
from archlint.service.deployment.dockerfiles import Deployment

_PIPELINE = re.compile(r"(.*/)?(\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml)")
_MANIFEST = re.compile(r"(?i)(.*/)?(k8s|kubernetes|kube|helm|charts?|manifests?|deploy(ment)?s?)/.*\.ya?ml")
_DEMONSTRATION = re.compile(
    r"(?i)(.*[/_.-])?(seed(er|ers|s|ing)?|demo|mocks?|samples?|examples?|fixtures?|testing|testkit)([/_.-].*)?"
)
_DEVELOPMENT = re.compile(r"(?i)(^|[/_.-])(tests?|dev(elopment)?|local|override|ci)([/_.-]|$)")
_WITH_ADDRESSES = re.compile(
    r"pyproject\.toml|uv\.toml|pip\.conf|Pipfile|[\w.-]*requirements[\w.-]*\.(txt|in)"
)
_LONGEST_LINE = 2_000
_ASIDE = frozenset(
    {"docs", "doc", "examples", "example", "tests", "test", "e2e", "node_modules", ".devcontainer"}
)


class LiteralSecret(Struct, frozen=True):
    """A literal where a secret belongs; `shown` is masked; a dummy opens nothing."""

    location: Location
    name: str | None
    shown: str
    verdict: SecretVerdict


def is_demonstration(path: str) -> bool:
    """Whether the path says that the file only shows something, or fills a database for that."""
    return bool(_DEMONSTRATION.fullmatch(path))


def secrets_in_deployment(deployment: Deployment) -> Iterator[LiteralSecret]:
    """The literals in Dockerfiles, compose files, pipelines, manifests and the addresses of indexes."""
    for image in deployment.images:
        for instruction in image.dockerfile.instructions:
            yield from _in_instruction(instruction)
    built = {(build.location.file, build.service) for image in deployment.images for build in image.builds}
    for file in deployment.compose:
        for key, service in file.services.items():
            yield from _in_service(file, service, (file.path, key) in built)
    for path in deployment.repository.files:
        if posixpath.basename(path) == "alembic.ini":
            yield from _in_ini(deployment, path)
        if _ASIDE.isdisjoint(path.split("/")):
            yield from _in_yaml(deployment, path)
            yield from _in_addresses(deployment, path)


def _in_instruction(instruction: Instruction) -> Iterator[LiteralSecret]:
    """What an image's ENV and ARG set, and the addresses that it takes things from."""
    if instruction.keyword in {"ENV", "ARG"}:
        for pair in instruction.arguments:
            name, _, value = pair.partition("=")
            yield from _judged(name, value.strip("\"'"), instruction.location, dummies=True)
    elif instruction.keyword in {"ADD", "RUN"} and "://" in instruction.text:
        for word in instruction.text.split():
            yield from _judged(None, word, instruction.location, dummies=False)


def _in_service(file: ComposeFile, service: YamlMapping, is_built: bool) -> Iterator[LiteralSecret]:
    """The variables of a container and the arguments of its build; a file for development has its own."""
    build = service.mapping("build")
    is_for_development = _DEVELOPMENT.search(file.path) is not None
    for name, (value, place) in (
        *_pairs(service.get("environment")),
        *_pairs(build.get("args") if build else None),
    ):
        if is_for_development:
            yield from _judged(None, value, place, dummies=False) if "://" not in value else ()
        else:
            dummies = is_built and not is_demonstration(file.path) and not is_database_setting(name)
            yield from _judged(name, value, place, dummies=dummies)


def _in_addresses(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    """The password in the address of a package index, wherever tools are told of one."""
    if _WITH_ADDRESSES.fullmatch(posixpath.basename(path)):
        for found, place in _addresses(deployment.repository, path):
            yield from _judged(None, found, place, dummies=False)


@documents.view
def _addresses(path: str, data: bytes) -> tuple[tuple[str, Location], ...]:
    """The addresses with a password in a file, each line's first."""
    lines = enumerate(documents.decoded(data).split("\n"), start=1)
    known = ((n, line) for n, line in lines if "://" in line and len(line) < _LONGEST_LINE)
    found = ((number, match) for number, line in known if (match := URL_PASSWORD.search(line)))
    return tuple((match[0], Location(path, n, match.start() + 1, n, match.end() + 1)) for n, match in found)


def _in_ini(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    file = documents.ini(deployment.repository, path)
    for section, options in file.sections.items():
        for name, value in options.items():
            yield from _judged(name, value, file.location(section, name), dummies=False)


def _in_yaml(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    if _PIPELINE.fullmatch(path):
        for node in documents.yaml(deployment.repository, path).walk():
            for key in ("env", "variables", "with"):
                for name, (value, place) in _pairs(node.get(key)):
                    if not is_database_setting(name):
                        yield from _judged(name, value, place, dummies=False)
            for name, given in _inputs(node):
                yield from _judged(name, given.text, given.location, dummies=False)
    elif _MANIFEST.fullmatch(path) and "compose" not in posixpath.basename(path):
        for node in documents.yaml(deployment.repository, path).walk():
            yield from _in_manifest(node)


def _inputs(node: YamlMapping) -> Iterator[tuple[str, YamlScalar]]:
    """The defaults of a workflow's or an action's inputs."""
    inputs = node.mapping("inputs")
    for name, value in inputs.entries if inputs else ():
        default = value.get("default") if isinstance(value, YamlMapping) else None
        if isinstance(default, YamlScalar):
            yield name.text, default


def _in_manifest(node: YamlMapping) -> Iterator[LiteralSecret]:
    """The entries of a Secret, and the variables of a container."""
    name, value = node.text("name"), node.get("value")
    if name is not None and isinstance(value, YamlScalar):
        yield from _judged(name, value.text, value.location, dummies=False)
    if node.text("kind") == "Secret":
        for name, (text, place) in (*_pairs(node.get("stringData")), *_pairs(node.get("data"))):
            yield from _judged(name, _decoded(text), place, dummies=False)


def _judged(name: str | None, value: str, place: Location, *, dummies: bool) -> Iterator[LiteralSecret]:
    verdict = judge(name, value)
    if verdict is SecretVerdict.SECRET or (dummies and verdict is SecretVerdict.DUMMY):
        yield LiteralSecret(place, name, masked(value), verdict)


def _pairs(node: YamlNode | None) -> Iterator[tuple[str, tuple[str, Location]]]:
    """`NAME: value` entries of a mapping, or `NAME=value` items of a sequence."""
    match node:
        case YamlMapping(entries=entries):
            for key, value in entries:
                if isinstance(value, YamlScalar):
                    yield key.text, (value.text, value.location)
        case YamlSequence(items=items):
            for item in items:
                if isinstance(item, YamlScalar) and "=" in item.text:
                    name, _, text = item.text.partition("=")
                    yield name.strip(), (text, item.location)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text
