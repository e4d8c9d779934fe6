"""Request bodies that reach a handler without a schema having checked them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.syntax import Attribute, Call, Constant, FunctionDef, Name
from archlint.facts.traversal import all_nodes
from archlint.findings import Location
from archlint.service.api.looseness import loose_part, written
from archlint.service.api.operations import Operation
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbols

_READS = frozenset({"json", "body", "form"})
_SIGNED = re.compile(r"signature|hmac|webhook", re.IGNORECASE)
_UPLOADED = frozenset({"UploadFile", "filename", "content_type", "file"})


def raw_reads(operation: Operation, symbols: Symbols) -> Iterator[tuple[Location, str]]:
    """Each `request.json()`, `.body()` and `.form()` in the handler, and how to call it.

    None where another parameter takes the body through a schema, where the handler checks a signature over
    the bytes, takes uploads apart, or serves any path whatever, as a proxy does: no schema could do that.
    """
    handler = operation.endpoint.handler
    definition = handler.definition
    requests = _requests(operation, symbols)
    checked = any(not loose_part(parameter.type) for parameter in operation.body)
    if not requests or checked or ":path}" in operation.endpoint.path:
        return
    reads = [node for node in all_nodes(definition) if isinstance(node, Call) and _reads(node, requests)]
    if not reads or _mentions_signature(definition):
        return
    for node in reads:
        assert isinstance(node.func, Attribute)
        if node.func.attr != "form" or not _takes_uploads(definition):
            yield handler.module.location(node), f"reads the body by `request.{node.func.attr}()`"


def untyped_bodies(operation: Operation) -> Iterator[tuple[Location, str]]:
    """Each parameter of the handler that takes the body as anything, and how."""
    for parameter in operation.body:
        if parameter.kind == "file" or parameter.via or loose_part(parameter.type) is None:
            continue
        kind = f"as `{written(parameter.type)}`" if parameter.annotated else "without a type"
        yield parameter.location, f"takes the body {kind}"


def _requests(operation: Operation, symbols: Symbols) -> frozenset[str]:
    """The names of the handler's parameters that are the request."""
    handler = operation.endpoint.handler
    return frozenset(
        parameter.name
        for parameter in handler.definition.parameters
        if parameter.annotation is not None
        and symbols.resolve(handler.module, parameter.annotation).qualified in names_of("request")
    )


def _reads(node: Call, requests: frozenset[str]) -> bool:
    match node.func:
        case Attribute(value=Name(id=name), attr=attr):
            return name in requests and attr in _READS
    return False


def _mentions_signature(definition: FunctionDef) -> bool:
    return any(_SIGNED.search(word) for node in all_nodes(definition) for word in _words(node))


def _words(node: object) -> Iterator[str]:
    match node:
        case Name(id=word) | Attribute(attr=word) | Constant(value=str(word)):
            yield word


def _takes_uploads(definition: FunctionDef) -> bool:
    return any(word in _UPLOADED for node in all_nodes(definition) for word in _words(node))
