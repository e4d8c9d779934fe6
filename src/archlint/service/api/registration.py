"""Where an endpoint is registered, when a decorator, function or class of one's own does it for many."""

from __future__ import annotations

from archlint.facts.syntax import Call, ClassDef, FunctionDef, Name, Node
from archlint.findings import Location
from archlint.service.api.handlers import Handler
from archlint.service.interpreter.values import Origin
from archlint.service.semantics.scopes import last_name


def registration(place: Origin, handler: Handler) -> Origin:
    """The place that gives a handler its route: `place`, unless that is for whatever handler it is given.

    Then it is the handler's decorator that comes to it, or else the handler's definition: what a router class
    registers is the business of who uses it.
    """
    around = place.module.source.definitions.around(place.node)
    if any(one is handler.definition for one in around):
        return place
    names = {one.name for one in around if isinstance(one, FunctionDef)}
    for decorator in handler.definition.decorators:
        if last_name(decorator.func if isinstance(decorator, Call) else decorator) in names:
            return Origin(handler.module, decorator)
    in_class = any(isinstance(one, ClassDef) for one in around)
    if place.module is not handler.module and (in_class or _is_handed_on(place.node, around)):
        return Origin(handler.module, handler.definition)
    return place


def location_of(registered: Origin, handler: Handler) -> Location:
    """Where to report it: of a definition only the header."""
    if registered.node is handler.definition:
        return handler.location
    return registered.module.location(registered.node)


def _is_handed_on(node: Node, around: tuple[FunctionDef | ClassDef, ...]) -> bool:
    """Whether what is registered is a parameter of a function around: `add_api_route(path, handler)`."""
    given = {parameter.name for one in around if isinstance(one, FunctionDef) for parameter in one.parameters}
    arguments = (*node.args, *(one.value for one in node.keywords)) if isinstance(node, Call) else ()
    return any(isinstance(one, Name) and one.id in given for one in arguments[1:])
