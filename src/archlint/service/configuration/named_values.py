"""The expressions in a module whose names say what they hold: of targets, keywords, keys, parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from archlint.facts.source import Nodes, PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    Constant,
    Dict,
    Expression,
    FString,
    FunctionDef,
    Lambda,
    Match,
    Name,
    Node,
    Operator,
    Parameter,
    Return,
    Sequence,
    Subscript,
    Walrus,
)
from archlint.facts.traversal import all_nodes
from archlint.readings import summary
from archlint.service.configuration.secrets import is_secret_name
from archlint.service.semantics.library_names import last_names
from archlint.service.semantics.scopes import last_name

_VERIFY = "verify_signature"
_LOOKING_UP = frozenset({"get", "pop", "setdefault", "getattr"})
_JOSE = ("encode", "decode", "sign", "verify", "encrypt", "decrypt")
_AUTHLIB = ("authlib.jose.jwt", "authlib.jose.JsonWebToken", "joserfc.jwt")
_SERIALIZERS = ("Serializer", "TimedSerializer", "URLSafeSerializer", "URLSafeTimedSerializer")
SIGNING_KEYS = {
    **{f"{jwt}.{verb}": (1, "key") for jwt in ("jwt", "jwt.PyJWT") for verb in ("encode", "decode")},
    **{f"jose.{part}.{verb}": (1, "key") for part in ("jwt", "jws", "jwe") for verb in _JOSE},
    **{f"{jwt}.encode": (2, "key") for jwt in _AUTHLIB},
    **{f"{jwt}.decode": (1, "key") for jwt in _AUTHLIB},
    **{f"itsdangerous.{name}": (0, "secret_key") for name in ("Signer", "TimestampSigner", *_SERIALIZERS)},
    "hmac.new": (0, "key"),
    "hmac.digest": (0, "key"),
    "hmac.compare_digest": (1, "b"),
    "secrets.compare_digest": (1, "b"),
    "cryptography.fernet.Fernet": (0, "key"),
    "httpx.BasicAuth": (1, "password"),
    "aiohttp.BasicAuth": (1, "password"),
    "requests.auth.HTTPBasicAuth": (1, "password"),
}
"""Where PyJWT, python-jose, Authlib, hmac, secrets, cryptography, itsdangerous and clients take the key."""
_SIGNING = frozenset(name.rpartition(".")[2] for name in SIGNING_KEYS)


class NamedValue(Struct, frozen=True):
    """A name, the expression that it is given, and the node that gives it."""

    node: Node
    name: str
    value: Expression


@summary
def named_values(source: PythonSource) -> tuple[NamedValue, ...]:
    """What may be a secret by its name or form.

    Calls come first: the default in `os.getenv` has the variable's name, not that of what it is assigned to.
    """
    nodes = source.nodes
    return (*_in_calls(nodes), *_in_assignments(nodes), *_in_expressions(nodes), *_by_place(nodes))


def _in_calls(nodes: Nodes) -> Iterator[NamedValue]:
    for call in nodes.of(Call):
        yield from _given_to(call)


def _in_assignments(nodes: Nodes) -> Iterator[NamedValue]:
    for assign in nodes.of(Assign):
        if assign.value is not None:
            yield from _assigned(assign, assign.targets, assign.value)
        for made in _annotating(assign.annotation):
            yield from _assigned(assign, assign.targets, made)
    for walrus in nodes.of(Walrus):
        yield from _named(walrus, walrus.name, walrus.value)


def _in_expressions(nodes: Nodes) -> Iterator[NamedValue]:
    for mapping in nodes.of(Dict):
        for key, value in mapping.items:
            if isinstance(key, Constant) and isinstance(key.value, str):
                yield from _named(mapping, key.value, value)
    for comparison in nodes.of(Operator):
        if comparison.operator == "compare":
            yield from _compared(comparison)
        elif comparison.operator == "or":
            yield from _fallback(comparison)
    for parameter in nodes.of(Parameter):
        if parameter.default is not None:
            yield from _named(parameter, parameter.name, parameter.default)


def _by_place(nodes: Nodes) -> Iterator[NamedValue]:
    """What its place gives a name: returned by a function, matched, beside the name in a pair."""
    for function in nodes.of(FunctionDef):
        if is_secret_name(function.name):
            for inner in (one for one in all_nodes(function) if isinstance(one, Return)):
                if inner.value is not None:
                    yield from _named(inner, function.name, inner.value)
    for match in nodes.of(Match):
        for name in _names(match.subject):
            for pattern in (case.pattern for case in match.cases) if is_secret_name(name) else ():
                values = (one for one in all_nodes(pattern) if isinstance(one, Constant))
                yield from (NamedValue(match, name, value) for value in values)
    for pair in nodes.of(Sequence):
        match pair.items:
            case (Constant(value=str(name)), Constant(value=str(text)) as value) if not is_secret_name(text):
                yield from _named(pair, name, value)


@summary
def signing_calls(source: PythonSource) -> tuple[Call, ...]:
    """The calls that may be of a function of `SIGNING_KEYS`, under its own name or another."""
    names = set(_SIGNING)
    for one in source.imports:
        names |= {alias.asname for alias in one.statement.names if alias.name in _SIGNING and alias.asname}
    return tuple(call for call in source.nodes.of(Call) if last_name(call.func) in names)


def signing_key(call: Call, qualified: str) -> Expression | None:
    """The key among the arguments of the function that signs, encrypts or compares."""
    position, keyword = SIGNING_KEYS[qualified]
    given = {one.name: one.value for one in call.keywords}
    if _VERIFY in {key.value for key in _keys(given.get("options"))}:
        return None  # who asks not to verify needs no key
    return call.args[position] if position < len(call.args) else given.get(keyword)


def _keys(options: Expression | None) -> Iterator[Constant]:
    for key, value in options.items if isinstance(options, Dict) else ():
        if isinstance(key, Constant) and isinstance(value, Constant) and value.value is False:
            yield key


def everything_named(nodes: Nodes) -> Iterator[tuple[str | None, Expression]]:
    """Every name and what it is given, whatever either is."""
    for call in nodes.of(Call):
        yield from ((keyword.name, keyword.value) for keyword in call.keywords)
    for one in nodes.of(Dict):
        yield from ((str(key.value), given) for key, given in one.items if isinstance(key, Constant))
    for assign in nodes.of(Assign):
        if assign.value is not None:
            yield from ((name, assign.value) for target in assign.targets for name in _names(target))


def _given_to(call: Call) -> Iterator[NamedValue]:
    """The keywords, the second of a pair for `auth`, and the defaults of what is looked up by name."""
    for keyword in call.keywords:
        if keyword.name == "auth" and isinstance(keyword.value, Sequence):
            yield from _named(call, "password", keyword.value, keyword.value.items[1:2])
        elif keyword.name is not None:
            yield from _named(call, keyword.name, keyword.value)
    name = last_name(call.func)
    if name not in _LOOKING_UP and name not in last_names("variable reader"):
        return
    arguments = call.args[1:] if name == "getattr" else call.args
    match arguments:
        case (Constant(value=str(key)), *others):
            defaults = (*others[:1], *(one.value for one in call.keywords if one.name == "default"))
            yield from _named(call, key, call, defaults)


def _assigned(node: Node, targets: Iterable[Expression], value: Expression) -> Iterator[NamedValue]:
    """What the names of an assignment get, one by one where it is taken apart."""
    for target in targets:
        if isinstance(target, Sequence) and isinstance(value, Sequence):
            if len(target.items) == len(value.items):
                for inner, given in zip(target.items, value.items, strict=True):
                    yield from _assigned(node, (inner,), given)
        else:
            for name in _names(target):
                yield from _named(node, name, value)


def _compared(comparison: Operator) -> Iterator[NamedValue]:
    """What a secret is compared with, by `==`, `!=`, `in`, on either side."""
    for one, other in pairwise(comparison.parts):
        for named, value in ((one, other), (other, one)):
            for name in _names(named):
                yield from _named(comparison, name, value)


def _annotating(annotation: Expression | None) -> Iterator[Expression]:
    """The calls in `Annotated[…]`, one of which may give the default."""
    match annotation:
        case Subscript(value=Name(id="Annotated") | Attribute(attr="Annotated"), index=Sequence(items=items)):
            yield from (one for one in items if isinstance(one, Call))


def _fallback(operator: Operator) -> Iterator[NamedValue]:
    """What stands behind `or` where a variable is looked up by its name."""
    for looked_up, value in pairwise(operator.parts):
        match looked_up:
            case Call(func=func, args=(Constant(value=str(name)), *_)):
                if last_name(func) in _LOOKING_UP or last_name(func) in last_names("variable reader"):
                    yield from _named(operator, name, value)


def _named(
    node: Node, name: str, value: Expression, values: Iterable[Expression] | None = None
) -> Iterator[NamedValue]:
    for given in (value,) if values is None else values:
        if _may_hold(name, given):
            yield NamedValue(node, name, given)


def _may_hold(name: str, value: Expression) -> bool:
    if type(value) is Constant:
        return isinstance(value.value, str) and (is_secret_name(name) or "://" in value.value)
    return type(value) in _HOLDING and is_secret_name(name)


_HOLDING = frozenset({Call, Dict, FString, Lambda, Operator, Sequence})


def _names(target: Expression) -> Iterator[str]:
    match target:
        case Name(id=name) | Attribute(attr=name) | Subscript(index=Constant(value=str(name))):
            yield name
        case Call(func=Attribute(attr="get"), args=(Constant(value=str(name)), *_)):
            yield name
