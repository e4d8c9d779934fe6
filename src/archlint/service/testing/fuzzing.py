"""Which methods of the endpoints a tool requests that makes its requests from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.facts.syntax import Call, Constant, Expression, Sequence
from archlint.service.semantics.bindings import Imported
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbols
from archlint.service.testing.client_calls import METHODS

_TOOLS = frozenset({"fastapi_fuzz", "hypothesis_fastapi", "schemathesis"})


def methods_fuzzed(modules: Iterable[Module], symbols: Symbols) -> frozenset[str]:
    """`{"GET"}` where tests take no others: `schema.include(method="GET")`; all where they name none.

    https://schemathesis.readthedocs.io/en/stable/reference/python/#filtering-operations
    """
    found: set[str] = set()
    for module in (one for one in modules if _has_tool(one, symbols)):
        chosen = set(_chosen(module))
        found |= chosen & set(METHODS.values()) if chosen else set(METHODS.values())
    return frozenset(found)


def _has_tool(module: Module, symbols: Symbols) -> bool:
    bindings = symbols.namespace(module).names.values()
    return any(isinstance(one, Imported) and one.module.partition(".")[0] in _TOOLS for one in bindings)


def _chosen(module: Module) -> Iterator[str]:
    """The methods to which calls restrict what they take; what is excluded, restricts nothing for sure."""
    for call in module.source.nodes.of(Call):
        for keyword in call.keywords:
            if keyword.name in {"method", "methods"}:
                yield from (text.upper() for text in _texts(keyword.value))


def _texts(value: Expression) -> Iterator[str]:
    for one in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(one, Constant) and isinstance(one.value, str):
            yield one.value
