"""The literals of a service that stand where a secret belongs: in code, images, compose files, manifests."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from archlint.discover import UnreadableFileError
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    FunctionDef,
    Name,
    Node,
    Subscript,
    all_nodes,
)
from archlint.facts.yaml import YamlFile, YamlMapping, YamlNode, YamlScalar, YamlSequence, read_yaml
from archlint.findings import Location
from archlint.service.classes import Classes
from archlint.service.deployment import Deployment
from archlint.service.modules import Module, Role
from archlint.service.scopes import scoped_nodes
from archlint.service.secrets import SHORTEST_TOKEN, Verdict, judge, masked
from archlint.service.symbols import Scope, Symbols

_ENVIRONMENT_READERS = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "decouple.config"})
_WRAPPERS = frozenset(
    {"pydantic.SecretStr", "pydantic.Field", "pydantic.SecretBytes", "starlette.datastructures.Secret"}
)
_PLACEHOLDER = re.compile(r"(?i)change|replace|your|secret|insecure|xxx|123")
_PIPELINE = re.compile(r"(.*/)?(\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml)")
_MANIFEST = re.compile(r"(?i)(.*/)?(k8s|kubernetes|kube|helm|charts?|manifests?|deploy(ment)?s?)/.*\.ya?ml")
_DEMONSTRATION = re.compile(
    r"(?i)(.*[/_.-])?(seed(er|ers|s|ing)?|demo|mocks?|samples?|examples?|fixtures?|testing|testkit)([/_.-].*)?"
)
_EXAMPLES = re.compile(r"examples?|openapi_examples|(json_)?schema_extra|json_schema|responses|openapi_extra")
_ASIDE = frozenset(
    {"docs", "doc", "examples", "example", "tests", "test", "e2e", "node_modules", ".devcontainer"}
)


_Telling: TypeAlias = Callable[[str], bool]
"""Whether a dummy of that text is in use at a place."""


@dataclass(frozen=True, slots=True)
class LiteralSecret:
    """A literal where a secret belongs; `shown` is masked; a dummy opens nothing."""

    location: Location
    name: str | None
    shown: str
    verdict: Verdict


def secrets_in_module(module: Module, symbols: Symbols, classes: Classes) -> Iterator[LiteralSecret]:
    """The literals in code; dummies only where the service would really take them for a secret."""
    if module.role in {Role.TEST, Role.SCRIPT} or _DEMONSTRATION.fullmatch(module.path):
        return
    seen = set(_examples(module))
    for scope, node in scoped_nodes(module.source.body):
        for name, value, telling in _named(module, scope, node, symbols, classes):
            if isinstance(value, Constant) and isinstance(value.value, str) and id(value) not in seen:
                verdict = judge(name, value.value)
                if verdict is Verdict.SECRET or (verdict is Verdict.DUMMY and telling(value.value)):
                    seen.add(id(value))
                    yield LiteralSecret(module.location(value), name, masked(value.value), verdict)
    for constant in module.source.nodes.of(Constant):
        written = constant.value
        if id(constant) in seen or not isinstance(written, str) or len(written) < SHORTEST_TOKEN:
            continue
        if judge(None, written) is Verdict.SECRET:
            yield LiteralSecret(module.location(constant), None, masked(written), Verdict.SECRET)


def _examples(module: Module) -> Iterator[int]:
    """The literals that only the documentation shows, by identity."""
    named = [
        (keyword.name, keyword.value) for call in module.source.nodes.of(Call) for keyword in call.keywords
    ]
    for items in (one.items for one in module.source.nodes.of(Dict)):
        named += [(str(key.value), given) for key, given in items if isinstance(key, Constant)]
    for assign in module.source.nodes.of(Assign):
        if assign.value is not None:
            named += [(name, assign.value) for target in assign.targets for name in _name(target)]
    for name, value in named:
        if name is not None and _EXAMPLES.fullmatch(name):
            yield from map(id, all_nodes(value))


def _never(value: str) -> bool:
    """A dummy there is an example, a field's name, a word."""
    return not value


def _placeholder(value: str) -> bool:
    """A dummy there counts when it asks to be replaced."""
    return bool(_PLACEHOLDER.search(value))


def _always(value: str) -> bool:
    """A dummy there is what the service uses when nobody configures it."""
    return bool(value)


def _named(
    module: Module, scope: Scope, node: Node, symbols: Symbols, classes: Classes
) -> Iterator[tuple[str, Expression, _Telling]]:
    match node:
        case Assign(targets=targets, value=value) if value is not None:
            telling = _of_assignment(module, scope, symbols, classes)
            if telling is not None:
                for target in targets:
                    yield from (
                        (n, _unwrapped(module, scope, value, symbols), telling) for n in _name(target)
                    )
        case Call():
            yield from _arguments(module, scope, node, symbols)
        case Dict(items=items):
            for key, value in items:
                if isinstance(key, Constant) and isinstance(key.value, str):
                    yield key.value, value, _never
        case FunctionDef(parameters=parameters):
            for parameter in parameters:
                if parameter.default is not None:
                    yield parameter.name, parameter.default, _never


def _arguments(
    module: Module, scope: Scope, call: Call, symbols: Symbols
) -> Iterator[tuple[str, Expression, _Telling]]:
    """Keyword arguments by their names; the default of an environment variable by the variable's."""
    if symbols.resolve(module, call.func, scope).qualified in _ENVIRONMENT_READERS:
        defaults = [k.value for k in call.keywords if k.name == "default"]
        for default in (*call.args[1:2], *defaults):
            if isinstance(call.args[0] if call.args else None, Constant):
                yield str(getattr(call.args[0], "value", "")), default, _always
        return
    for keyword in call.keywords:
        if keyword.name is not None:
            yield keyword.name, _unwrapped(module, scope, keyword.value, symbols), _never


def _of_assignment(module: Module, scope: Scope, symbols: Symbols, classes: Classes) -> _Telling | None:
    """How telling an assignment there is; None in an enumeration, whose members are words."""
    if not scope:
        return _placeholder
    if isinstance(scope[-1], ClassDef):
        symbol = symbols.resolve(module, scope[-1].name, scope[:-1])
        if any(base.qualified.startswith("enum.") for base in symbols.bases(symbol)):
            return None
        return _always if classes.is_settings(symbol) else _never
    return _never


def _name(target: Expression) -> Iterator[str]:
    match target:
        case Name(id=name) | Attribute(attr=name) | Subscript(index=Constant(value=str(name))):
            yield name


def _unwrapped(module: Module, scope: Scope, value: Expression, symbols: Symbols) -> Expression:
    """The literal in `SecretStr("…")` or `Field(default="…")`."""
    for _ in range(3):
        if (
            not isinstance(value, Call)
            or symbols.resolve(module, value.func, scope).qualified not in _WRAPPERS
        ):
            return value
        default = next((keyword.value for keyword in value.keywords if keyword.name == "default"), None)
        inner = value.args[0] if value.args else default
        if inner is None:
            return value
        value = inner
    return value


def secrets_in_deployment(deployment: Deployment) -> Iterator[LiteralSecret]:
    """The literals in Dockerfiles, compose files, pipelines and manifests."""
    for image in deployment.images:
        for instruction in image.dockerfile.instructions:
            if instruction.keyword in {"ENV", "ARG"}:
                for pair in instruction.arguments:
                    name, _, value = pair.partition("=")
                    yield from _judged(name, value.strip("\"'"), instruction.location, dummies=True)
    for file in deployment.compose:
        dummies = not _DEMONSTRATION.fullmatch(file.path)
        for service in file.services.values():
            for name, scalar in _pairs(service.get("environment")):
                yield from _judged(name, scalar[0], scalar[1], dummies=dummies)
    for path in deployment.repository.files:
        if _ASIDE.isdisjoint(path.split("/")):
            yield from _in_yaml(deployment, path)


def _in_yaml(deployment: Deployment, path: str) -> Iterator[LiteralSecret]:
    if _PIPELINE.fullmatch(path):
        for node in _nodes(_read(deployment, path)):
            for key in ("env", "variables"):
                for name, (value, place) in _pairs(node.get(key)):
                    yield from _judged(name, value, place, dummies=False)
    elif _MANIFEST.fullmatch(path) and "compose" not in posixpath.basename(path):
        for node in _nodes(_read(deployment, path)):
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


def _nodes(file: YamlFile) -> Iterator[YamlMapping]:
    pending: list[YamlNode] = list(file.documents)[::-1]
    while pending:
        node = pending.pop()
        if isinstance(node, YamlMapping):
            yield node
            pending.extend(value for _, value in node.entries)
        elif isinstance(node, YamlSequence):
            pending.extend(node.items)


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
