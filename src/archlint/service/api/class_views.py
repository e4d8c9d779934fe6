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
    ExternalObject,
    FunctionObject,
    InstanceObject,
    Native,
    Origin,
    Unresolved,
    Value,
    settled,
    text,
)

_TOLD = "__return_types_func__"


def library() -> dict[str, FunctionModel]:
    """The models of the decorator, for `Semantics.library`."""
    packages = ("fastapi_utils", "fastapi_restful")
    views = {f"{package}.cbv.cbv": _cbv for package in packages}
    adders = [f"{package}{module}.Api" for package in packages for module in ("", ".cbv_base")]
    setters = [f"{package}{module}.set_responses" for package in packages for module in ("", ".cbv_base")]
    return {**views, **dict.fromkeys(adders, _api), **dict.fromkeys(setters, _set_responses)}


def _cbv(machine: Machine, arguments: Arguments) -> Value:
    router, urls = settled(arguments.args[0]), arguments.args[1:]

    def decorate(machine: Machine, applied: Arguments) -> Value:
        cls = applied.get(0, "cls")
        if isinstance(router, Router) and isinstance(cls, ClassObject):
            _serve(machine, router, cls, urls, arguments.place)
        return cls

    return Native("cbv", decorate)


def _serve(
    machine: Machine, router: Router, cls: ClassObject, urls: tuple[Value, ...], place: Origin
) -> None:
    for url in urls:
        _serve_by_name(machine, router, cls, url, place)
    _through_own_router(machine, router, cls, place)


def _set_responses(machine: Machine, arguments: Arguments) -> Value:
    """`@set_responses(model, status_code, responses)`, which a resource's endpoint is registered with."""
    named = dict(zip(("response_model", "status_code", "responses"), arguments.args, strict=False))
    said = {"response_model" if name == "response" else name: v for name, v in arguments.keywords.items()}

    def decorate(machine: Machine, applied: Arguments) -> Value:
        function = applied.get(0, "func")
        if isinstance(function, FunctionObject):
            function.attributes[_TOLD] = {**named, **said}
        return function

    return Native("set_responses", decorate)


def _api(machine: Machine, arguments: Arguments) -> Value:
    """`Api(app)`, whose `add_resource(resource, *urls)` serves the object of a class like `cbv`."""
    app = settled(arguments.get(0, "app"))
    if not isinstance(app, Router):
        return Unresolved("an app that the source does not tell", arguments.place)

    def add_resource(machine: Machine, given: Arguments) -> Value:
        resource, urls = settled(given.get(0, "resource")), given.args[1:]
        if not isinstance(resource, InstanceObject):
            app.miss("the endpoints of a resource", "archlint cannot tell its class", given.place)
            return None
        router = machine.call(External(ROUTER), Arguments((), {}, given.place))
        assert isinstance(router, Router)
        _serve(machine, router, resource.cls, urls, given.place)
        keywords = {name: value for name, value in given.keywords.items() if name != "resource"}
        include = Arguments((router,), keywords, given.place, given.complete)
        return machine.call(attribute(machine, app, "include_router"), include)

    return ExternalObject(
        "types.SimpleNamespace", (), {"app": app, "add_resource": Native("add_resource", add_resource)}
    )


def _serve_by_name(machine: Machine, router: Router, cls: ClassObject, url: Value, place: Origin) -> None:
    adder = attribute(machine, router, "add_api_route")
    for method in sorted(METHODS):
        function = class_member(cls, method)
        same = [r for r in router.routes if isinstance(r, Route) and r.endpoint is function]
        if isinstance(function, FunctionObject) and text(url) not in [route.path for route in same]:
            told = function.attributes.get(_TOLD, {"response_model": None})
            keywords = {"methods": [method.upper()], **told}
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
