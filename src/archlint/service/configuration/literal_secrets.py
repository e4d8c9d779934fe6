"""The literals that stand where a secret belongs in images, compose files, pipelines and manifests."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from archlint import documents
from archlint.facts.dockerfile import Instruction
from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.service.configuration.secrets import (
    SHORTEST_TOKEN,
    SecretVerdict,
    is_database_setting,
    is_of_own_machine,
    is_of_proxy_or_test,
    is_secret_name,
    judge,
    masked,
    without_harm,
)
from archlint.service.deployment.command import script_of
from archlint.service.deployment.compose import ComposeFile
from archlint.service.deployment.dockerfiles import Deployment

_PIPELINE = re.compile(
    r"(.*/)?(\.github/workflows/[^/]+\.ya?ml|action\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml)"
)
MANIFEST = re.compile(r"(?i)(.*/)?(k8s|kubernetes|kube|helm|charts?|manifests?|deploy(ment)?s?)/.*\.ya?ml")
"""Where manifests of Kubernetes lie."""
_DEMONSTRATION = re.compile(
    r"(?i)(.*[/_.-])?(seed(er|ers|s|ing)?|demo|mocks?|samples?|examples?|fixtures?|testing|testkit)([/_.-].*)?"
)
_DEVELOPMENT = re.compile(r"(?i)(^|[/_.-])(tests?|dev(elopment)?|local|override|ci)([/_.-]|$)")
_WITH_ADDRESSES = re.compile(
    r"pyproject\.toml|uv\.toml|pip\.conf|Pipfile|[\w.-]*requirements[\w.-]*\.(txt|in)"
)
_LONGEST_LINE = 2_000
_PROXY = re.compile(r"(?i)\s*(--)?[\w.-]*proxy[\w.-]*[\"']?\s*[=: ]")
_CREDENTIALS = re.compile(
    r"(?<![\w+.-])[\w+.-]+://(?P<user>[^\s:/@{}$<%]*)(?P<rest>:[^\s@/{}$<%]+)?@[^\s/:?]+"
)
_VARIABLE = re.compile(r"[A-Za-z_][\w.-]*")
_HEADER = re.compile(r"(?P<name>[A-Za-z][\w-]{1,60}): *(?P<value>[^\s\"']+( [^\s\"']+)?)")
_FALLBACK = re.compile(
    r"\$\{\w+:?[-=+](?P<shells>[^${}]+)\}|\$\{\{[^{}|]*\|\| *'(?P<pipelines>[^'{}]+)' *\}\}"
)
"""`${NAME:-what else}` of shells and compose, `${{ secrets.NAME || 'what else' }}` of workflows."""
ASIDE = frozenset(
    {"docs", "doc", "examples", "example", "tests", "test", "e2e", "node_modules", ".devcontainer"}
)
"""Folders of what is never deployed."""


class LiteralSecret(Struct, frozen=True):
    """A literal where a secret belongs; `shown` is masked; a dummy opens nothing."""

    location: Location
    name: str | None
    shown: str
    verdict: SecretVerdict


def is_demonstration(path: str) -> bool:
    """Whether the path says that the file only shows something, or fills a database for that."""
    return bool(_DEMONSTRATION.fullmatch(path))


def is_for_tests(path: str) -> bool:
    """Whether the path of a script or pipeline says that it is there for tests or development."""
    return bool(_DEVELOPMENT.search(path))


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
        if ASIDE.isdisjoint(path.split("/")):
            yield from _in_yaml(deployment, path)
            yield from _in_addresses(deployment, path)


def _in_instruction(instruction: Instruction) -> Iterator[LiteralSecret]:
    """What an image's ENV and ARG set, and the addresses that it adds from; of RUN, commands are asked."""
    if instruction.keyword in {"ENV", "ARG"}:
        for pair in instruction.arguments:
            name, _, value = pair.partition("=")
            yield from judged(name, value.strip("\"'"), instruction.location, dummies=True)
    elif instruction.keyword == "ADD" and "://" in instruction.text:
        for word in instruction.text.split():
            yield from judged(None, word, instruction.location, dummies=False)


def _in_service(file: ComposeFile, service: YamlMapping, is_built: bool) -> Iterator[LiteralSecret]:
    """The variables of a container and the arguments of its build; a file for development has its own."""
    build = service.mapping("build")
    started = service.get("command")
    given = started.items if isinstance(started, YamlSequence) else (started,)
    words = " ".join(one.text for one in given if isinstance(one, YamlScalar)).split()
    yield from secrets_in_words(words, started.location) if started is not None else ()
    is_for_development = _DEVELOPMENT.search(file.path) is not None
    for name, (value, place) in (
        *_pairs(service.get("environment")),
        *_pairs(build.get("args") if build else None),
    ):
        if is_for_development:
            yield from judged(None, value, place, dummies=False) if "://" not in value else ()
        else:
            dummies = is_built and not is_demonstration(file.path) and not is_database_setting(name)
            yield from judged(name, value, place, dummies=dummies)


def _in_addresses(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    """The password in the address of a package index, wherever tools are told of one."""
    if _WITH_ADDRESSES.fullmatch(posixpath.basename(path)):
        for found, place in _addresses(deployment.repository, path):
            yield from judged(None, found, place, dummies=False)
            yield from _in_user(found, place)


@documents.view
def _addresses(path: str, data: bytes) -> tuple[tuple[str, Location], ...]:
    """The addresses with credentials in a file, each line's first; those of proxies are none of an index."""
    lines = enumerate(documents.decoded(data).split("\n"), start=1)
    known = ((n, line) for n, line in lines if "://" in line and len(line) < _LONGEST_LINE)
    found = ((n, m) for n, line in known if not _PROXY.match(line) and (m := _CREDENTIALS.search(line)))
    return tuple((match[0], Location(path, n, match.start() + 1, n, match.end() + 1)) for n, match in found)


def _in_user(address: str, place: Location) -> Iterator[LiteralSecret]:
    """A token that an address has as its user, as those of git do."""
    found = _CREDENTIALS.match(address)
    user = found["user"] if found is not None and found["rest"] is None else ""
    if len(user) >= SHORTEST_TOKEN:
        yield from judged("access_token", user, place, dummies=False)


_PASSWORD_OPTIONS = {"curl": ("-u", "--user"), "redis-cli": ("-a",), "sshpass": ("-p",), "twine": ("-p",)}
"""The options that take a password, or `user:password`, by letters that mean something else to others."""


def secrets_in_words(words: Iterable[str], place: Location) -> Iterator[LiteralSecret]:
    """What the words of a command give away: `NAME=value`, an option, a header, an address."""
    words = [one[:_LONGEST_LINE] for one in words]
    options = ("-p",) if "login" in words else _PASSWORD_OPTIONS.get(words[0] if words else "", ())
    for word, following in pairwise((*words, "")):
        if word in options and not is_of_own_machine(words):
            password = following.partition(":")[2] if ":" in following else following
            yield from judged("password", password, place, dummies=False)
        name, equals, value = word.lstrip("-").partition("=")
        if equals and _VARIABLE.fullmatch(name) and not is_database_setting(name):
            yield from judged(name, value, place, dummies=False)
        elif word.startswith("--") and is_secret_name(name) and not following.startswith("-"):
            yield from judged(name, following, place, dummies=False)
        if header := _HEADER.fullmatch(word):
            yield from judged(header["name"], header["value"], place, dummies=False)
        if "://" in word and not equals and not is_of_proxy_or_test(name):
            yield from judged(None, word, place, dummies=False)
        for address in _CREDENTIALS.finditer(word) if "://" in word else ():
            yield from _in_user(address[0], place)


def _in_ini(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    file = documents.ini(deployment.repository, path)
    for section, options in file.sections.items():
        for name, value in options.items():
            yield from judged(name, value, file.location(section, name), dummies=False)


def _in_yaml(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    if _PIPELINE.fullmatch(path):
        for node in documents.yaml(deployment.repository, path).walk():
            for key in ("env", "secrets", "variables", "with"):
                yield from _in_variables((*_pairs(node.get(key)), *_described(node.get(key))))
            yield from _in_build_args(deployment, node.mapping("with"))
            for name, given in _inputs(node):
                yield from judged(name, given.text, given.location, dummies=False)
    elif MANIFEST.fullmatch(path) and "compose" not in posixpath.basename(path):
        for node in documents.yaml(deployment.repository, path).walk():
            yield from _in_manifest(node)


def _in_variables(pairs: Sequence[tuple[str, tuple[str, Location]]]) -> Iterator[LiteralSecret]:
    """Those of a pipeline; where they are for servers on its own machine, they are for tests."""
    is_local = is_of_own_machine(value for _, (value, _) in pairs)
    for name, (value, place) in pairs:
        for found in judged(name, value, place, dummies=False) if not is_database_setting(name) else ():
            yield replace(found, verdict=without_harm(found.verdict, value)) if is_local else found


def _described(node: YamlNode | None) -> Iterator[tuple[str, tuple[str, Location]]]:
    """The variables that GitLab has described, each with its `value`."""
    for name, given in node.entries if isinstance(node, YamlMapping) else ():
        value = given.get("value") if isinstance(given, YamlMapping) else None
        if isinstance(value, YamlScalar):
            yield name.text, (value.text, value.location)


def _in_build_args(deployment: Deployment, given: YamlMapping | None) -> Iterator[LiteralSecret]:
    """The arguments that a step hands to an image's build, one a line."""
    scalar = given.get("build-args") if given else None
    if isinstance(scalar, YamlScalar):
        text = script_of(scalar, documents.text(deployment.repository, scalar.location.file).split("\n"))
        for number, line in enumerate(text.text.split("\n"), start=text.line):
            name, _, value = line.strip().partition("=")
            place = Location(text.path, number, text.column, number, text.column + len(line))
            yield from judged(name, value, place, dummies=False)


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
        yield from judged(name, value.text, value.location, dummies=False)
    if node.text("kind") == "Secret":
        for name, (text, place) in (*_pairs(node.get("stringData")), *_pairs(node.get("data"))):
            yield from judged(name, _decoded(text), place, dummies=False)


def judged(name: str | None, value: str, place: Location, *, dummies: bool) -> Iterator[LiteralSecret]:
    """A literal that is a secret, or where dummies count, one of them; a fallback may be a secret, too."""
    fallback = _FALLBACK.fullmatch(value) if value.startswith("$") and len(value) < _LONGEST_LINE else None
    if fallback is not None:
        value, dummies = fallback["shells"] or fallback["pipelines"] or "", False
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
