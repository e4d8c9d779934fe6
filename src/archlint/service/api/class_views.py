"""`@cbv(router, *urls)` of fastapi-utils and fastapi-restful: the methods of a class as endpoints.

Follows `_register_endpoints` of `fastapi_utils/cbv.py`: with urls, the methods that are named like HTTP
methods serve each of them, without a response model; then every endpoint that is a method of the class goes
through a router of its own, which the given one includes: its tags count twice.
"""

from __future__ import annotations

from archlint.service.api.adding import METHODS
from archlint.service.api.registered import ROUTER, Route, Router
from archlint.service.interpreter.attributes import attribute, class_member
from archlint.service.interpreter.machine import FunctionModel, Machine
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ClassObject,
    External,
    FunctionObject,
    InstanceObject,
    Native,
    Origin,
    Unresolved,
    Value,
    settled,
    text,
)


def library() -> dict[str, FunctionModel]:
    """The models of the decorator, for `Semantics.library`."""
    return {f"{package}.cbv.cbv": _cbv for package in ("fastapi_utils", "fastapi_restful")}


def _cbv(machine: Machine, arguments: Arguments) -> Value:
    router, urls = settled(arguments.args[0]), arguments.args[1:]

    def decorate(machine: Machine, applied: Arguments) -> Value:
        cls = applied.get(0, "cls")
        if isinstance(router, Router) and isinstance(cls, ClassObject):
            for url in urls:
                _serve_by_name(machine, router, cls, url, arguments.place)
            _through_own_router(machine, router, cls, arguments.place)
        return cls

    return Native("cbv", decorate)


def _serve_by_name(machine: Machine, router: Router, cls: ClassObject, url: Value, place: Origin) -> None:
    adder = attribute(machine, router, "add_api_route")
    for method in sorted(METHODS):
        function = class_member(cls, method)
        same = [r for r in router.routes if isinstance(r, Route) and r.endpoint is function]
        if isinstance(function, FunctionObject) and text(url) not in [route.path for route in same]:
            told = "__return_types_func__" in function.attributes
            model = Unresolved("a response model that a decorator sets") if told else None
            keywords = {"methods": [method.upper()], "response_model": model}
            machine.call(adder, Arguments((url, function), keywords, place))


def _through_own_router(machine: Machine, router: Router, cls: ClassObject, place: Origin) -> None:
    """The endpoints that are methods of the class, bound to an object that FastAPI makes of it."""
    functions = {id(value) for value in cls.namespace.values() if isinstance(value, FunctionObject)}
    own = [r for r in router.routes if isinstance(r, Route) and id(r.endpoint) in functions]
    if not own:
        return
    inner = machine.call(External(ROUTER), Arguments((), {}, place))
    assert isinstance(inner, Router)
    prefix = text(router.prefix) or ""
    for route in own:
        router.routes.remove(route)
        route.path = (route.path or "").removeprefix(prefix)
        route.endpoint = Bound(route.endpoint, InstanceObject(cls))
        inner.routes.append(route)
    machine.call(attribute(machine, router, "include_router"), Arguments((inner,), {}, place))
