"""BA1104: annotate what a handler certainly returns: nothing, or objects of one schema."""

from __future__ import annotations

from archlint.facts.syntax import Call, ClassDef, Expression, Raise, Return, Subscript
from archlint.facts.traversal import dotted, is_none
from archlint.findings import Finding
from archlint.fixes.edits import Edit, Plan, SetArgument, SetReturn, span_of
from archlint.service.api.handlers import Handler
from archlint.service.interpreter.calls import is_generator
from archlint.service.model import Service
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbol

WHY = "a `response_model` for each handler"


def plan(service: Service, finding: Finding) -> Plan | None:
    """FastAPI answers the same: it makes the JSON of the same object by the object's own class."""
    endpoints = [one for one in service.routes.endpoints if one.handler.location == finding.location]
    handler = endpoints[0].handler if endpoints else None
    if handler is None or handler.definition.returns is not None or is_generator(handler.definition):
        return None
    calls = [one.place.node for one in endpoints if isinstance(one.place.node, Call)]
    if any(keyword.name in {"response_model", None} for call in calls for keyword in call.keywords):
        return None
    annotation = _certain(service, handler)
    if annotation is None:
        return None
    return Plan(((handler.module.path, SetReturn(span_of(handler.location), annotation)),))


def trial(service: Service, finding: Finding) -> Plan | None:
    """A `response_model` where each endpoint is registered, which only stands for the schema."""
    endpoints = [one for one in service.routes.endpoints if one.handler.location == finding.location]
    edits: dict[tuple[str, Edit], None] = {}
    for place in (one.place for one in endpoints):
        node = place.node
        if not isinstance(node, Call) or any(one.name in {"response_model", None} for one in node.keywords):
            return None
        span = span_of(place.module.location(node))
        edits[place.module.path, SetArgument(span, "response_model", "list[int]")] = None
    return Plan(tuple(edits), WHY) if edits else None


def _certain(service: Service, handler: Handler) -> str | None:
    """The annotation, where every `return` gives the same, and the end of the function is none of them."""
    body = handler.definition.body
    values = [one.value for one in statements(body) if isinstance(one, Return)]
    if all(value is None or is_none(value) for value in values):
        return "None" if not isinstance(body[-1], Raise) else None
    made = {_class(service, handler, value) for value in values}
    if len(made) != 1 or not isinstance(body[-1], Return | Raise):
        return None
    return next(iter(made))


def _class(service: Service, handler: Handler, value: Expression | None) -> str | None:
    """How the handler's module names the schema that the expression makes an object of.

    One that no endpoint shows yet, and that lies elsewhere, has to move first (BA0504).
    """
    if not isinstance(value, Call):
        return None
    name, scope = dotted(value.func), (handler.definition,)
    symbol = service.symbols.resolve(handler.module, value.func, scope)
    if symbol.module is None or not service.classes.is_schema(symbol) or _is_generic(service, symbol):
        return None
    layer = service.layers.of(symbol.module)
    in_place = symbol in service.surface.schemas or (layer is not None and layer.name == "schemas")
    seen = service.symbols.resolve(handler.module, value.func) == symbol
    return name if in_place and seen else None


def _is_generic(service: Service, symbol: Symbol) -> bool:
    """Whether the class has parameters of its own, which an annotation would have to name."""
    if symbol.module is None or not isinstance(symbol.node, ClassDef):
        return False
    bases = [base.value for base in symbol.node.bases if isinstance(base, Subscript)]
    named = {service.symbols.resolve(symbol.module, base).qualified for base in bases}
    return bool(symbol.node.type_parameters) or not named.isdisjoint(names_of("generic base"))
