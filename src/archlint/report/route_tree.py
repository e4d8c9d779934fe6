"""The routers of a service as a tree that shows which include gives which prefix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from archlint.facts.python import decode
from archlint.facts.syntax import Call, Expression
from archlint.findings import Unknown
from archlint.report.route_table import GAP, methods, notes, title, unknowns
from archlint.report.safe import printable
from archlint.report.styled import Line
from archlint.service.api.routes import Endpoint
from archlint.service.interpreter.values import Origin
from archlint.service.model import Service

_BRANCH, _LAST, _DOWN, _NONE = "├─ ", "└─ ", "│  ", "   "


class _Node(Struct):
    """An app, an include or a mount; `prefix` is what it puts before the paths below."""

    prefix: str
    label: str
    place: Origin
    children: dict[tuple[int, str], _Node] = field(default_factory=dict)
    endpoints: list[tuple[str, Endpoint]] = field(default_factory=list)


def tree(service: Service, endpoints: Sequence[Endpoint], unknown: Sequence[Unknown]) -> Iterator[Line]:
    """A service's apps, what each includes, and the endpoints under their own part of the path."""
    yield title(service)
    for root in _grown(service, endpoints):
        yield ((f"{GAP}{root.label}", "label"), (_where(root.place), "faint"))
        yield from _branches(root, GAP)
    yield from unknowns(unknown)


def _grown(service: Service, endpoints: Sequence[Endpoint]) -> list[_Node]:
    roots: dict[int, _Node] = {}
    for endpoint in endpoints:
        place = endpoint.root.router.place
        node = roots.setdefault(id(endpoint.root.router), _Node("", "FastAPI app", place))
        for include, prefix in zip(endpoint.includes, endpoint.prefixes, strict=True):
            made = _Node(prefix, _label(service, include), include)
            node = node.children.setdefault((id(include.node), prefix), made)
        given = sum(map(len, endpoint.prefixes))
        node.endpoints.append((endpoint.path[given:], endpoint))
    return list(roots.values())


def _branches(node: _Node, indent: str) -> Iterator[Line]:
    rows = len(node.endpoints) + len(node.children)
    for path, endpoint in node.endpoints:
        rows -= 1
        yield _leaf(path, endpoint, indent + (_BRANCH if rows else _LAST))
    for child in node.children.values():
        rows -= 1
        lead = indent + (_BRANCH if rows else _LAST)
        prefix = printable(child.prefix) or "no prefix"
        where = (_where(child.place), "faint")
        yield ((lead, "faint"), (prefix, "clause"), (f"{GAP}{child.label}", ""), where)
        yield from _branches(child, indent + (_DOWN if rows else _NONE))


def _leaf(path: str, endpoint: Endpoint, lead: str) -> Line:
    place = endpoint.handler.location
    said = f"{GAP}{notes(endpoint)}" if notes(endpoint) else ""
    return (
        (lead, "faint"),
        (f"{methods(endpoint)} ", "label"),
        (printable(path) or '""', ""),
        (f"{GAP}{endpoint.handler.definition.name}{GAP}{place.file}:{place.line}", "faint"),
        (said, "warning"),
    )


def _label(service: Service, place: Origin) -> str:
    """What the call includes or mounts, as the source writes it."""
    node = place.node
    if not isinstance(node, Call):
        return ""
    named = [k.value for k in node.keywords if k.name in {"router", "app"}]
    is_mount = getattr(node.func, "attr", "") == "mount"
    args = node.args[1:2] if is_mount else node.args[:1]
    verb = "mounts" if is_mount else "includes"
    return next((f"{verb} {_source(service, place, found)}" for found in (*named, *args)), verb)


def _source(service: Service, place: Origin, expression: Expression) -> str:
    text = decode(service.repository.read_bytes(place.module.path))[expression.start : expression.end]
    return printable(" ".join(text.split()))


def _where(place: Origin) -> str:
    location = place.module.location(place.node)
    return f"{GAP}{location.file}:{location.line}"
