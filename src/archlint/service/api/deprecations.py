"""Until when deprecated operations work, as clients are told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.syntax import Call, Constant, FunctionDef
from archlint.facts.traversal import all_nodes
from archlint.findings import Location
from archlint.service.api.operations import Operation
from archlint.service.interpreter.values import settled_items, text
from archlint.service.semantics.called import says_one_of
from archlint.service.semantics.modules import Modules

_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b20\d\d-\d\d|\b\d{{1,2}}[./]\d{{1,2}}[./](?:20)?\d\d\b|\b{_MONTHS}\s+(?:\d{{1,2}},?\s+)?20\d\d"
    rf"|\bQ[1-4][ /-]?20\d\d|\b20\d\d\b",
    re.IGNORECASE,
)
_END = re.compile(r"deprecat|sunset|remov|retire|discontinu|end of (life|support)|until", re.IGNORECASE)
_HEADERS = frozenset({"sunset", "deprecation"})


class Undated(Struct, frozen=True):
    """A deprecation without an end: where it is declared, and an operation that it concerns.

    `maybe` is true where code elsewhere sends the headers, and archlint cannot tell for which operations.
    """

    location: Location
    operation: Operation
    maybe: bool


def undated(operations: Iterator[Operation], modules: Modules) -> Iterator[Undated]:
    """Each declaration that deprecates documented operations and gives no date, once."""
    seen: set[Location] = set()
    for operation in operations:
        endpoint = operation.endpoint
        if not (endpoint.deprecated and endpoint.in_schema) or _is_dated(operation):
            continue
        where = _declared(operation)
        if where not in seen:
            seen.add(where)
            yield Undated(where, operation, _sends_headers(modules))


def _is_dated(operation: Operation) -> bool:
    own = " ".join(filter(None, (operation.summary, operation.description, _sunset(operation))))
    functions = [operation.endpoint.handler.definition]
    for dependency in operation.dependencies:
        definition = dependency.function.definition if dependency.function else None
        functions.extend([definition] if isinstance(definition, FunctionDef) else [])
    return bool(_DATE.search(own)) or _app_tells(operation) or any(map(_names_header, functions))


def _sunset(operation: Operation) -> str | None:
    """The `x-sunset` that the operation adds to its documentation, which `archlint diff` reads too."""
    return text(operation.endpoint.route.extra.get("x-sunset"))


def _app_tells(operation: Operation) -> bool:
    """Whether the app's or a tag's description speaks of an end with a date."""
    keywords = operation.endpoint.app.router.keywords
    tags = (tag for tag in settled_items(keywords.get("openapi_tags")) if isinstance(tag, dict))
    values = (keywords.get("description"), keywords.get("summary"), *(tag.get("description") for tag in tags))
    told = map(text, values)
    lines = (line for one in told if one for line in re.split(r"\n\s*\n|\n(?=\s*[-*#])", one))
    return any(_DATE.search(line) and _END.search(line) for line in lines)


def _declared(operation: Operation) -> Location:
    """The include that deprecates a whole router, else the operation's own decorator."""
    endpoint = operation.endpoint
    for place in endpoint.includes:
        keywords = place.node.keywords if isinstance(place.node, Call) else ()
        if any(keyword.name == "deprecated" for keyword in keywords):
            return place.module.location(place.node)
    return endpoint.location


def _names_header(definition: FunctionDef) -> bool:
    return any(_is_header(node) for node in all_nodes(definition))


def _sends_headers(modules: Modules) -> bool:
    return any(says_one_of(module.source, *sorted(_HEADERS)) for module in modules.runtime)


def _is_header(node: object) -> bool:
    return isinstance(node, Constant) and isinstance(node.value, str) and node.value.lower() in _HEADERS
