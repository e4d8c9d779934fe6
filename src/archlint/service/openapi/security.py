"""Security schemes, as the classes of `fastapi.security` describe themselves."""

from __future__ import annotations

from archlint.service.api.dependants import Dependant
from archlint.service.interpreter.attributes import HANDED_ON
from archlint.service.interpreter.values import (
    Arguments,
    External,
    ExternalObject,
    InstanceObject,
    Value,
    settled,
    text,
)
from archlint.service.openapi.json_values import JSONSchema, json_value

_FIRST = {
    "APIKeyHeader": ("name",),
    "APIKeyQuery": ("name",),
    "APIKeyCookie": ("name",),
    "OAuth2PasswordBearer": ("tokenUrl", "scheme_name", "scopes"),
    "OAuth2AuthorizationCodeBearer": ("authorizationUrl", "tokenUrl"),
    "OpenIdConnect": ("openIdConnectUrl",),
    "OAuth2": ("flows",),
}
_IN = {"APIKeyHeader": "header", "APIKeyQuery": "query", "APIKeyCookie": "cookie"}
_HTTP = {"HTTPBasic": "basic", "HTTPBearer": "bearer", "HTTPDigest": "digest"}
_CLASSES = frozenset({*_FIRST, *_HTTP, "HTTPBase"})


def schemes(root: Dependant) -> tuple[dict[str, JSONSchema], list[dict[str, list[str]]]]:
    """The schemes that an operation asks for, by name, and its `security` with the scopes of each."""
    definitions: dict[str, JSONSchema] = {}
    needed: dict[str, list[str]] = {}
    for dependant, scopes in _walk(root):
        found = _scheme(dependant.target)
        if found is None or dependant is root:
            continue
        name, definition = found
        definitions[name] = definition
        wanted = needed.setdefault(name, [])
        wanted.extend(scope for scope in scopes if scope not in wanted)
    return definitions, [{name: scopes} for name, scopes in needed.items()]


def _walk(root: Dependant) -> list[tuple[Dependant, list[str]]]:
    """Each dependant with the scopes asked for on the way to it, outermost first."""
    found: list[tuple[Dependant, list[str]]] = []
    seen: set[tuple[int, tuple[str, ...]]] = set()
    pending: list[tuple[Dependant, list[str]]] = [(root, [])]
    while pending:
        current, above = pending.pop()
        scopes = [*above, *(scope for scope in current.scopes if scope not in above)]
        key = (id(current.target), tuple(sorted(scopes)))
        if key in seen:
            continue
        seen.add(key)
        found.append((current, scopes))
        pending.extend((inner, scopes) for inner in reversed(current.dependencies))
    return found


def _scheme(target: Value) -> tuple[str, JSONSchema] | None:
    """The name and description of a scheme; None for any other dependency."""
    made = _made(target)
    if made is None:
        return None
    kind, shown, arguments = made
    name = text(arguments.get("scheme_name")) or shown
    definition = _definition(kind, arguments)
    words = text(arguments.get("description"))
    return name, definition | ({"description": words} if words else {})


def _made(target: Value) -> tuple[str, str, dict[str, Value]] | None:
    """The library's class that a scheme is of, the name of its own, and what it was made with."""
    match target:
        case ExternalObject(name=name, args=args, keywords=keywords) if _is_scheme(name):
            kind = name.rpartition(".")[2]
            return kind, kind, {**dict(zip(_FIRST.get(kind, ()), args, strict=False)), **keywords}
        case InstanceObject(cls=cls):
            base = next((b for b in cls.lineage() if isinstance(b, External) and _is_scheme(b.name)), None)
            if base is not None:
                kind = base.name.rpartition(".")[2]
                return kind, cls.definition.name, _inherited(target, kind)
    return None


def _inherited(target: InstanceObject, kind: str) -> dict[str, Value]:
    """What a subclass hands on: what `super().__init__` was given, else what it was made with itself."""
    given = target.attributes.get(HANDED_ON)
    if not isinstance(given, Arguments):
        return dict(target.attributes)
    return {**dict(zip(_FIRST.get(kind, ()), given.args, strict=False)), **given.keywords}


def _is_scheme(name: str) -> bool:
    return name.startswith("fastapi.security") and name.rpartition(".")[2] in _CLASSES


def _definition(kind: str, arguments: dict[str, Value]) -> JSONSchema:
    if kind in _IN:
        return {"type": "apiKey", "in": _IN[kind], "name": json_value(arguments.get("name"))}
    if kind == "HTTPBase" or kind in _HTTP:
        scheme = _HTTP.get(kind) or json_value(arguments.get("scheme"))
        form = text(arguments.get("bearerFormat"))
        return {"type": "http", "scheme": scheme, **({"bearerFormat": form} if form else {})}
    if kind == "OpenIdConnect":
        return {"type": "openIdConnect", "openIdConnectUrl": json_value(arguments.get("openIdConnectUrl"))}
    return {"type": "oauth2", "flows": _flows(kind, arguments)}


def _flows(kind: str, arguments: dict[str, Value]) -> JSONSchema:
    if kind == "OAuth2":
        return _plain_flows(settled(arguments.get("flows")))
    urls = {
        key: json_value(arguments[key])
        for key in ("authorizationUrl", "tokenUrl", "refreshUrl")
        if settled(arguments.get(key)) is not None
    }
    scopes = json_value(arguments.get("scopes")) or {}
    flow = "password" if kind == "OAuth2PasswordBearer" else "authorizationCode"
    return {flow: {"scopes": scopes, **urls}}


def _plain_flows(value: Value) -> JSONSchema:
    """The flows given to `OAuth2(flows=…)`: a dict, or an object of `fastapi.openapi.models`."""
    given = value.keywords if isinstance(value, ExternalObject) else value
    if not isinstance(given, dict):
        return {}
    flows: JSONSchema = {}
    for name, made in given.items():
        flow = made.keywords if isinstance(made, ExternalObject) else made
        if isinstance(flow, dict):
            flows[name] = {"scopes": {}, **{key: json_value(item) for key, item in flow.items()}}
    return flows
