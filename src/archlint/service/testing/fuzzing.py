"""Which methods of the endpoints a tool requests that makes its requests from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from archlint.facts.syntax import Assign, Attribute, Call, Constant, Expression, Name
from archlint.facts.syntax import Sequence as Items
from archlint.service.semantics.bindings import Imported
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbols
from archlint.service.testing.client_calls import METHODS

_TOOLS = frozenset({"fastapi_fuzz", "hypothesis_fastapi", "schemathesis"})


def methods_fuzzed(modules: Iterable[Module], symbols: Symbols) -> frozenset[str]:
    """`{"GET"}` where tests take no others: `schema.include(method="GET")`; all where they name none.

    https://schemathesis.readthedocs.io/en/stable/reference/python/#filtering-operations
    """
    found: set[str] = set()
    for module in (one for one in modules if _has_tool(one, symbols)):
        chosen = list(_chosen(module))
        found |= frozenset().union(*chosen) if chosen and all(chosen) else frozenset(METHODS.values())
    return frozenset(found & set(METHODS.values()))


def _has_tool(module: Module, symbols: Symbols) -> bool:
    bindings = symbols.namespace(module).names.values()
    return any(isinstance(one, Imported) and one.module.partition(".")[0] in _TOOLS for one in bindings)


def _chosen(module: Module) -> Iterator[frozenset[str]]:
    """The methods that each `….parametrize()` takes of the document; none of those that take all.

    What is excluded, restricts nothing for sure.
    """
    given: dict[str, list[Expression]] = {}
    for statement in module.source.nodes.of(Assign):
        for target in statement.targets:
            if isinstance(target, Name) and statement.value is not None:
                given.setdefault(target.id, []).append(statement.value)
    for call in module.source.nodes.of(Call):
        if isinstance(call.func, Attribute) and _takes(call.func):
            yield frozenset(_methods(call, given))


def _takes(called: Attribute) -> bool:
    """Whether it is the schema's method, and not `pytest.mark.parametrize`."""
    return called.attr == "parametrize" and last_name(called.value) != "mark"


def _methods(schema: Expression, given: Mapping[str, Sequence[Expression]]) -> Iterator[str]:
    """The methods to which a schema is restricted, by the calls that it is made with."""
    while isinstance(schema, Call) and isinstance(schema.func, Attribute):
        if schema.func.attr in {"include", "parametrize"}:
            chosen = (one.value for one in schema.keywords if one.name == "method")
            yield from (text.upper() for value in chosen for text in _texts(value))
        schema = schema.func.value
    if isinstance(schema, Name):
        others = {name: values for name, values in given.items() if name != schema.id}
        for value in given.get(schema.id, ()):
            yield from _methods(value, others)


def _texts(value: Expression) -> Iterator[str]:
    for one in value.items if isinstance(value, Items) else (value,):
        if isinstance(one, Constant) and isinstance(one.value, str):
            yield one.value
