"""The literals in a module's code that stand where a secret belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from archlint.facts.source import Nodes, PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    Name,
    Node,
    Operator,
    Parameter,
    Sequence,
    Subscript,
)
from archlint.facts.traversal import all_nodes
from archlint.readings import summary
from archlint.service.configuration.literal_secrets import LiteralSecret, is_demonstration
from archlint.service.configuration.secrets import (
    SHORTEST_TOKEN,
    SecretVerdict,
    is_chosen,
    is_database_setting,
    is_secret_name,
    judge,
    masked,
)
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.library_names import last_names, names_of
from archlint.service.semantics.modules import Module, Role
from archlint.service.semantics.scopes import last_name, scoped
from archlint.service.semantics.symbols import Scope, Symbols

_PLACEHOLDER = re.compile(r"(?i)change|replace|your|secret|insecure|xxx|123")
_DEVELOPMENT = re.compile(
    r"(^|[/_.])(tests?|testing|dev(elopment)?|local)([/_.]|$)|Test|Dev(elop|S|C|$)|Local"
)
_CODE_NAME = re.compile(r"_?(REASON|ERROR|ERR|EVENT|KIND|TYPE|STATUS|ACTION)_")
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_EXAMPLES = re.compile(r"examples?|openapi_examples|(json_)?schema_extra|json_schema|responses|openapi_extra")


class CodeSecrets(Struct, eq=False, frozen=True):
    """The literals in code; dummies only where the service would really take them for a secret."""

    symbols: Symbols
    classes: Classes

    def of(self, module: Module) -> Iterator[LiteralSecret]:
        """Those of one module."""
        if module.role not in {Role.TEST, Role.SCRIPT} and not is_demonstration(module.path):
            yield from _Reading(module, self.symbols, self.classes).secrets()


class _Reading(Struct, eq=False, frozen=True, dict=True):
    module: Module
    symbols: Symbols
    classes: Classes

    def secrets(self) -> Iterator[LiteralSecret]:
        """Those under a name, then those that only their format gives away."""
        seen: set[int] = set()
        named = _named(self.module.source)
        scopes = {id(node): scope for scope, node in scoped(self.module.source, (one[0] for one in named))}
        for node, name, value in named:
            scope = scopes.get(id(node))
            for literal, text in self._literals(scope, value) if scope is not None else ():
                verdict = SecretVerdict.NONE if id(literal) in seen else judge(name, text)
                if verdict is SecretVerdict.NONE or id(literal) in self._examples or scope is None:
                    continue
                if self._tells(scope, node, name, verdict, text):
                    seen.add(id(literal))
                    yield LiteralSecret(self.module.location(literal), name, masked(text), verdict)
        for constant in _formatted(self.module.source):
            if id(constant) not in seen and id(constant) not in self._examples:
                place, written = self.module.location(constant), masked(str(constant.value))
                yield LiteralSecret(place, None, written, SecretVerdict.SECRET)

    @cached_property
    def _examples(self) -> frozenset[int]:
        """The literals that only the documentation shows, by identity."""
        return frozenset(id(node) for value in _shown(self.module.source) for node in all_nodes(value))

    def _literals(self, scope: Scope, value: Expression, depth: int = 3) -> Iterator[tuple[Expression, str]]:
        """The literal texts that an expression may be: plain, bytes, wrapped, a fallback, in a collection."""
        match value:
            case Constant(value=str(text)) if text:
                yield value, text
            case Operator(operator="bytes", detail=(text,)) if text:
                yield value, text
            case Operator(operator="or", parts=parts) | Sequence(items=parts) if depth:
                for part in parts:
                    yield from self._literals(scope, part, depth - 1)
            case Operator(operator="if", parts=(first, _, second)) if depth:
                yield from self._literals(scope, first, depth - 1)
                yield from self._literals(scope, second, depth - 1)
            case Call(func=Attribute(attr="encode" | "strip", value=inner)) if depth:
                yield from self._literals(scope, inner, depth - 1)
            case Call() if depth and last_name(value.func) in last_names("secret type", "field maker"):
                if self.symbols.resolve(self.module, value.func, scope).qualified in names_of(
                    "secret type", "field maker"
                ):
                    default = (keyword.value for keyword in value.keywords if keyword.name == "default")
                    for inner in (*value.args[:1], *default):
                        yield from self._literals(scope, inner, depth - 1)

    def _tells(self, scope: Scope, node: Node, name: str, verdict: SecretVerdict, text: str) -> bool:
        """Whether a literal counts there: a secret anywhere but as the member of an enumeration, a word."""
        if verdict is SecretVerdict.DUMMY:
            return self._is_used(scope, node, name, text)
        if not isinstance(node, Assign) or not scope or not isinstance(scope[-1], ClassDef):
            return True
        symbol = self.symbols.resolve(self.module, scope[-1].name, scope[:-1])
        return not any(base.qualified.startswith("enum.") for base in self.symbols.bases(symbol))

    def _is_used(self, scope: Scope, node: Node, name: str, text: str) -> bool:
        """Whether a dummy is what the service runs with when nobody configures it.

        That is a default of the environment's or of the settings', but for a development database, and a
        constant of the module that asks to be replaced. A password that somebody really chose counts
        wherever it is given; anything else may be an example, a field's name, a word.
        """
        if _DEVELOPMENT.search(self.module.path) or is_database_setting(name):
            return False
        if isinstance(node, Call) and last_name(node.func) in last_names("variable reader"):
            return self.symbols.resolve(self.module, node.func, scope).qualified in names_of(
                "variable reader"
            )
        if isinstance(node, Assign) and not scope:
            return bool(_PLACEHOLDER.search(text)) and not _is_code(name, text)
        if isinstance(node, Assign) and isinstance(scope[-1], ClassDef):
            symbol = self.symbols.resolve(self.module, scope[-1].name, scope[:-1])
            return self.classes.is_settings(symbol) and not _DEVELOPMENT.search(scope[-1].name)
        return isinstance(node, Assign) and is_chosen(text) and is_secret_name(name)


def _is_code(name: str, text: str) -> bool:
    """Whether a constant is one of several that tell apart what happened: `REASON_PASSWORD`."""
    return bool(_CODE_NAME.match(name) and _CODE.fullmatch(text))


@summary
def _formatted(source: PythonSource) -> tuple[Constant, ...]:
    """The texts that are secrets by their form."""
    texts = ((one, one.value) for one in source.nodes.of(Constant))
    long = ((one, text) for one, text in texts if isinstance(text, str) and len(text) >= SHORTEST_TOKEN)
    return tuple(one for one, text in long if judge(None, text) is SecretVerdict.SECRET)


@summary
def _shown(source: PythonSource) -> tuple[Expression, ...]:
    """The values that are examples by their names."""
    named = ((name, value) for name, value in _everything_named(source.nodes) if name is not None)
    return tuple(value for name, value in named if _EXAMPLES.fullmatch(name))


def _everything_named(nodes: Nodes) -> Iterator[tuple[str | None, Expression]]:
    for call in nodes.of(Call):
        yield from ((keyword.name, keyword.value) for keyword in call.keywords)
    for one in nodes.of(Dict):
        yield from ((str(key.value), given) for key, given in one.items if isinstance(key, Constant))
    for assign in nodes.of(Assign):
        if assign.value is not None:
            yield from ((name, assign.value) for target in assign.targets for name in _name(target))


@summary
def _named(source: PythonSource) -> tuple[tuple[Node, str, Expression], ...]:
    """The nodes that give something a value that may be a secret by its name or form, the name, the value.

    Calls come first: the default in `os.getenv` has the variable's name, not that of what it is assigned to.
    """
    nodes = source.nodes
    return (*_given(nodes), *_assigned(nodes))


def _given(nodes: Nodes) -> Iterator[tuple[Node, str, Expression]]:
    for call in nodes.of(Call):
        yield from (
            (call, "signing_key", key) for key in _signing_keys(call) if _may_hold("signing_key", key)
        )
        for keyword in call.keywords:
            if keyword.name is not None and _may_hold(keyword.name, keyword.value):
                yield call, keyword.name, keyword.value
        if (
            last_name(call.func) in last_names("variable reader")
            and call.args
            and isinstance(call.args[0], Constant)
        ):
            defaults = (*call.args[1:2], *(k.value for k in call.keywords if k.name == "default"))
            variable = str(call.args[0].value)
            yield from ((call, variable, value) for value in defaults if _may_hold(variable, value))


def _assigned(nodes: Nodes) -> Iterator[tuple[Node, str, Expression]]:
    for assign in nodes.of(Assign):
        for name in (name for target in assign.targets for name in _name(target)):
            if assign.value is not None and _may_hold(name, assign.value):
                yield assign, name, assign.value
    for mapping in nodes.of(Dict):
        for key, value in mapping.items:
            if isinstance(key, Constant) and isinstance(key.value, str) and _may_hold(key.value, value):
                yield mapping, key.value, value
    for comparison in nodes.of(Operator):
        if comparison.operator == "compare":
            yield from _compared(comparison)
    for parameter in nodes.of(Parameter):
        if parameter.default is not None and _may_hold(parameter.name, parameter.default):
            yield parameter, parameter.name, parameter.default


def _compared(comparison: Operator) -> Iterator[tuple[Node, str, Expression]]:
    """What a secret is compared with, by `==`, `!=`, `in`, on either side."""
    for one, other in pairwise(comparison.parts):
        for named, value in ((one, other), (other, one)):
            for name in _name(named):
                if _may_hold(name, value):
                    yield comparison, name, value


def _signing_keys(call: Call) -> Iterator[Expression]:
    """The key among the arguments of a function that signs, encrypts or compares."""
    name = last_name(call.func)
    if name not in _KEYED_NAMES:
        return
    owner = last_name(call.func.value) if isinstance(call.func, Attribute) else ""
    place = _KEYED.get(f"{owner}.{name}") or _KEYED.get(name)
    if place is not None:
        position, keyword = place
        yield from call.args[position : position + 1]
        yield from (given.value for given in call.keywords if given.name == keyword)


_KEYED = {
    "jwt.encode": (1, "key"),
    "jwt.decode": (1, "key"),
    "jws.sign": (1, "key"),
    "jws.verify": (1, "key"),
    "hmac.new": (0, "key"),
    "hmac.digest": (0, "key"),
    "hmac.compare_digest": (1, "b"),
    "secrets.compare_digest": (1, "b"),
    "compare_digest": (1, "b"),
    "Fernet": (0, "key"),
    "Signer": (0, "secret_key"),
    "TimestampSigner": (0, "secret_key"),
    "URLSafeSerializer": (0, "secret_key"),
    "URLSafeTimedSerializer": (0, "secret_key"),
}
_KEYED_NAMES = frozenset(name.rpartition(".")[2] for name in _KEYED)
"""Where PyJWT, python-jose, hmac, secrets, cryptography and itsdangerous take the key."""


def _may_hold(name: str, value: Expression) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, str) and (is_secret_name(name) or "://" in value.value)
    return isinstance(value, Call | Operator | Sequence) and is_secret_name(name)


def _name(target: Expression) -> Iterator[str]:
    match target:
        case Name(id=name) | Attribute(attr=name) | Subscript(index=Constant(value=str(name))):
            yield name
        case Call(func=Attribute(attr="get"), args=(Constant(value=str(name)), *_)):
            yield name
