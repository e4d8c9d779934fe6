"""Request bodies that reach a handler without a schema having checked them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from archlint.facts.syntax import Attribute, Call, Constant, FunctionDef, Name
from archlint.facts.traversal import all_nodes
from archlint.findings import Location
from archlint.service.api.looseness import is_open_by_nature, loose_part, written
from archlint.service.api.operations import Operation
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbols

_READS = frozenset({"json", "body", "form"})
_SIGNED = re.compile(r"signature|hmac|webhook", re.IGNORECASE)
_UPLOADED = frozenset({"UploadFile", "filename", "content_type", "file"})


_JSON = re.compile(r".*json.*|loads|parse_raw", re.IGNORECASE)
"""What turns bytes into data."""


class UncheckedBody(NamedTuple):
    """A place where a body, or a member of it, comes in without a schema, and how to call that.

    `is_member` says that other members have types; `is_document` that nothing in the handler takes the bytes
    for JSON: XML, protobuf or what is handed on has no schema.
    """

    location: Location
    how: str
    is_member: bool = False
    is_document: bool = False


def raw_reads(operation: Operation, symbols: Symbols) -> Iterator[UncheckedBody]:
    """Each `request.json()`, `.body()` and `.form()` in the handler.

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
    if not reads or _is_mentioned(_SIGNED, definition):
        return
    for node in reads:
        assert isinstance(node.func, Attribute)
        if node.func.attr != "form" or not _takes_uploads(definition):
            how = f"reads the body by `request.{node.func.attr}()`"
            is_document = node.func.attr == "body" and not _takes_json(definition)
            yield UncheckedBody(handler.module.location(node), how, is_document=is_document)


def untyped_bodies(operation: Operation) -> Iterator[UncheckedBody]:
    """Each parameter of the handler that takes the body as anything; of several each is a member of it.

    A member that is open by nature, as `metadata` is, says so beside others with types.
    """
    is_member = any(loose_part(parameter.type) is None for parameter in operation.body)
    what = "`{}` of the body" if len(operation.body) > 1 else "the body"
    for parameter in operation.body:
        if parameter.kind == "file" or parameter.via or loose_part(parameter.type) is None:
            continue
        if is_member and is_open_by_nature(parameter.name, parameter.type):
            continue
        kind = f"as `{written(parameter.type)}`" if parameter.annotated else "without a type"
        how = f"takes {what.format(parameter.name)} {kind}"
        yield UncheckedBody(parameter.location, how, is_member=is_member)


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


def _is_mentioned(words: re.Pattern[str], definition: FunctionDef) -> bool:
    return any(words.search(word) for node in all_nodes(definition) for word in _words(node))


def _words(node: object) -> Iterator[str]:
    match node:
        case Name(id=word) | Attribute(attr=word) | Constant(value=str(word)):
            yield word


def _takes_json(definition: FunctionDef) -> bool:
    """Whether a name says so: what stands in texts, as a media type, may be of the answer."""
    named = (
        word for node in all_nodes(definition) if not isinstance(node, Constant) for word in _words(node)
    )
    return any(map(_JSON.fullmatch, named))


def _takes_uploads(definition: FunctionDef) -> bool:
    return any(word in _UPLOADED for node in all_nodes(definition) for word in _words(node))
