"""The literals that stand where a secret belongs in images, compose files, pipelines and manifests."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from archlint.discover import UnreadableFileError
from archlint.facts.ini import IniFile, read_ini
from archlint.facts.yaml import YamlFile, YamlMapping, YamlNode, YamlScalar, YamlSequence, read_yaml
from archlint.findings import Location
from archlint.service.configuration.secrets import Verdict, is_database_setting, judge, masked
from archlint.service.deployment.dockerfiles import Deployment

_PIPELINE = re.compile(r"(.*/)?(\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml)")
_MANIFEST = re.compile(r"(?i)(.*/)?(k8s|kubernetes|kube|helm|charts?|manifests?|deploy(ment)?s?)/.*\.ya?ml")
_DEMONSTRATION = re.compile(
    r"(?i)(.*[/_.-])?(seed(er|ers|s|ing)?|demo|mocks?|samples?|examples?|fixtures?|testing|testkit)([/_.-].*)?"
)
_DEVELOPMENT = re.compile(r"(?i)(^|[/_.-])(tests?|dev(elopment)?|local|override|ci)([/_.-]|$)")
_ASIDE = frozenset(
    {"docs", "doc", "examples", "example", "tests", "test", "e2e", "node_modules", ".devcontainer"}
)


class LiteralSecret(Struct, frozen=True):
    """A literal where a secret belongs; `shown` is masked; a dummy opens nothing."""

    location: Location
    name: str | None
    shown: str
    verdict: Verdict


def is_demonstration(path: str) -> bool:
    """Whether the path says that the file only shows something, or fills a database for that."""
    return bool(_DEMONSTRATION.fullmatch(path))


def secrets_in_deployment(deployment: Deployment) -> Iterator[LiteralSecret]:
    """The literals in Dockerfiles, compose files, pipelines and manifests."""
    for image in deployment.images:
        for instruction in image.dockerfile.instructions:
            if instruction.keyword in {"ENV", "ARG"}:
                for pair in instruction.arguments:
                    name, _, value = pair.partition("=")
                    yield from _judged(name, value.strip("\"'"), instruction.location, dummies=True)
    built = {(build.location.file, build.service) for image in deployment.images for build in image.builds}
    for file in deployment.compose:
        for key, service in file.services.items():
            for name, (value, place) in _pairs(service.get("environment")):
                ours = (file.path, key) in built and not is_demonstration(file.path)
                dummies = ours and not _DEVELOPMENT.search(file.path) and not is_database_setting(name)
                yield from _judged(name, value, place, dummies=dummies)
    for path in deployment.repository.files:
        if posixpath.basename(path) == "alembic.ini":
            yield from _in_ini(deployment, path)
        if _ASIDE.isdisjoint(path.split("/")):
            yield from _in_yaml(deployment, path)


def _in_ini(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    file = read_ini(path, deployment.data(path))
    if not isinstance(file, IniFile):
        return
    for section, options in file.sections.items():
        for name, value in options.items():
            yield from _judged(name, value, file.location(section, name), dummies=False)


def _in_yaml(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    if _PIPELINE.fullmatch(path):
        for node in _read(deployment, path).walk():
            for key in ("env", "variables"):
                for name, (value, place) in _pairs(node.get(key)):
                    yield from _judged(name, value, place, dummies=False)
    elif _MANIFEST.fullmatch(path) and "compose" not in posixpath.basename(path):
        for node in _read(deployment, path).walk():
            yield from _in_manifest(node)


def _in_manifest(node: YamlMapping) -> Iterator[LiteralSecret]:
    """The entries of a Secret, and the variables of a container."""
    name, value = node.text("name"), node.get("value")
    if name is not None and isinstance(value, YamlScalar):
        yield from _judged(name, value.text, value.location, dummies=False)
    if node.text("kind") == "Secret":
        for name, (text, place) in (*_pairs(node.get("stringData")), *_pairs(node.get("data"))):
            yield from _judged(name, _decoded(text), place, dummies=False)


def _judged(name: str, value: str, place: Location, *, dummies: bool) -> Iterator[LiteralSecret]:
    verdict = judge(name, value)
    if verdict is Verdict.SECRET or (dummies and verdict is Verdict.DUMMY):
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


def _read(deployment: Deployment, path: str) -> YamlFile:
    try:
        return read_yaml(path, deployment.repository.read_bytes(path))
    except UnreadableFileError:
        return YamlFile(path, (), ())


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text
