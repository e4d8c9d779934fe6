"""The literals in a module's code that stand where a secret belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    FString,
    Lambda,
    Name,
    Node,
    Operator,
    Sequence,
)
from archlint.facts.traversal import all_nodes
from archlint.findings import Location
from archlint.readings import summary
from archlint.service.configuration.formatted_secrets import formatted_secrets
from archlint.service.configuration.key_names import names_of_keys
from archlint.service.configuration.literal_secrets import LiteralSecret, is_demonstration
from archlint.service.configuration.named_values import (
    SIGNING_KEYS,
    everything_named,
    named_values,
    signing_calls,
    signing_key,
)
from archlint.service.configuration.secrets import (
    SecretVerdict,
    is_chosen,
    is_database_setting,
    is_of_proxy_or_test,
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
_SIGNING_KEY = "signing_key"
_KEEPING = frozenset(
    {"b64decode", "bytearray", "bytes", "frozenset", "fromhex", "list", "set", "tuple", "unhexlify",
     "urlsafe_b64decode"}
)  # fmt: skip
"""The last names of functions whose result everybody knows who knows the argument."""
_EXAMPLES = re.compile(r"examples?|openapi_examples|(json_)?schema_extra|json_schema|responses|openapi_extra")


class CodeSecrets(Struct, eq=False, frozen=True):
    """The literals in code; dummies only where the service would really take them for a secret."""

    symbols: Symbols
    classes: Classes

    def of(self, modules: Iterable[Module]) -> Iterator[LiteralSecret]:
        """Those of the modules, and the keys elsewhere that they sign with, each place once."""
        told: set[Location] = set()
        for module in modules:
            if module.role in {Role.TEST, Role.SCRIPT} or is_demonstration(module.path):
                continue
            for found in _Reading(module, self.symbols, self.classes).secrets():
                if found.location not in told:
                    told.add(found.location)
                    yield found


class _Reading(Struct, eq=False, frozen=True, dict=True):
    module: Module
    symbols: Symbols
    classes: Classes

    def secrets(self) -> Iterator[LiteralSecret]:
        """Those that sign, those under a name, then those that only their format gives away."""
        yield from self._signing()
        seen: set[int] = set()
        keys = names_of_keys(self.module.source)
        named = named_values(self.module.source)
        scopes = {id(node): scope for scope, node in scoped(self.module.source, (one.node for one in named))}
        for node, name, value in ((one.node, one.name, one.value) for one in named if one.name not in keys):
            scope = scopes.get(id(node))
            for literal, text in self._literals(scope, value) if scope is not None else ():
                verdict = SecretVerdict.NONE if id(literal) in seen else judge(name, text)
                if verdict is SecretVerdict.NONE or id(literal) in self._harmless or scope is None:
                    continue
                if self._tells(scope, node, name, verdict, text):
                    seen.add(id(literal))
                    yield LiteralSecret(self.module.location(literal), name, masked(text), verdict)
        for constant in formatted_secrets(self.module.source):
            if id(constant) not in seen and id(constant) not in self._harmless:
                place, written = self.module.location(constant), masked(str(constant.value))
                yield LiteralSecret(place, None, written, SecretVerdict.SECRET)

    def _signing(self) -> Iterator[LiteralSecret]:
        """The keys that functions sign with, written there or as the one value of a name."""
        for scope, call in scoped(self.module.source, signing_calls(self.module.source)):
            qualified = self._called(scope, call.func)
            key = signing_key(call, qualified) if qualified in SIGNING_KEYS else None
            if key is None:
                continue
            home, around, name = self.module, scope, _SIGNING_KEY
            found = self.symbols.resolve(home, key, scope) if isinstance(key, Name | Attribute) else None
            if found is not None and isinstance(found.node, Assign) and found.node.value and found.module:
                home, around, name = found.module, self.symbols.scope_of(found), found.qualified
                key = found.node.value
            reading = self if home is self.module else _Reading(home, self.symbols, self.classes)
            signs = not qualified.endswith("compare_digest")
            for literal, text in reading._literals(around, key):
                verdict = judge(_SIGNING_KEY, text)
                if verdict is SecretVerdict.SECRET or (
                    verdict is SecretVerdict.DUMMY and signs and not _DEVELOPMENT.search(home.path)
                ):
                    shown = name.rpartition(".")[2]
                    yield LiteralSecret(home.location(literal), shown, masked(text), verdict)

    def _called(self, scope: Scope, func: Expression) -> str:
        """The function that is called, also of an object made on the spot: `PyJWT().encode`."""
        match func:
            case Attribute(attr=attr, value=Call(func=maker)):
                return f"{self.symbols.resolve(self.module, maker, scope).qualified}.{attr}"
        return self.symbols.resolve(self.module, func, scope).qualified

    @cached_property
    def _harmless(self) -> frozenset[int]:
        """The literals that only the documentation shows, and those of proxies and tests, by identity."""
        return frozenset(id(node) for value in _shown(self.module.source) for node in all_nodes(value))

    def _literals(self, scope: Scope, value: Expression, depth: int = 4) -> Iterator[tuple[Expression, str]]:
        """The literal texts that an expression may be: plain, bytes, wrapped, a fallback, in a collection."""
        match value:
            case Constant(value=str(text)) | Operator(operator="bytes", detail=(str(text),)) if text:
                yield value, text
            case FString(parts=(Constant(value=str(text)),)):
                yield value, text
            case Operator(operator="+", parts=(Constant(value=str(first)), Constant(value=str(second)))):
                yield value, first + second
            case _ if depth:
                for inner in self._parts(scope, value):
                    yield from self._literals(scope, inner, depth - 1)

    def _parts(self, scope: Scope, value: Expression) -> Iterator[Expression]:
        """The expressions that a value may be, or is made of without being changed beyond recognition."""
        match value:
            case Operator(operator="or" | "and", parts=parts) | Sequence(items=parts):
                yield from parts
            case Operator(operator="if", parts=(first, _, second)):
                yield from (first, second)
            case Dict(items=items):
                yield from (given for _, given in items)
            case Lambda(body=body):
                yield body
            case Call(func=Lambda(body=body)):
                yield body
            case Call(func=Attribute(attr="encode" | "strip", value=inner)):
                yield inner
            case Call(func=func, args=args) if last_name(func) in _KEEPING:
                yield from args[:1]
            case Call() if last_name(value.func) in last_names("secret type", "field maker"):
                if self.symbols.resolve(self.module, value.func, scope).qualified in names_of(
                    "secret type", "field maker"
                ):
                    yield from value.args[:1]
                    yield from (k.value for k in value.keywords if k.name in {"default", "default_factory"})

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
def _shown(source: PythonSource) -> tuple[Expression, ...]:
    """The values that are examples, or of proxies and tests, by their names."""
    named = ((name, value) for name, value in everything_named(source.nodes) if name is not None)
    return tuple(value for name, value in named if _EXAMPLES.fullmatch(name) or is_of_proxy_or_test(name))
