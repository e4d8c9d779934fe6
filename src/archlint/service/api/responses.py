"""Whether FastAPI documents a response schema for a route: `response_model`, else the return annotation."""

from __future__ import annotations

import re

from archlint.facts.python import read_expression
from archlint.facts.syntax import Constant, FunctionDef
from archlint.service.api.handlers import function_of, innermost
from archlint.service.api.registered import Route
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import ClassObject, External, Value, settled

_RESPONSE_MODULE = re.compile(r"(^|\.)(responses?|sse|sse_starlette)(\.|$)")
"""Modules of libraries that hold classes of responses, as `sse_starlette` and `msgspec_api.responses` do."""

_RESPONSES = ("starlette.responses.", "fastapi.responses.", "fastapi.Response", "starlette.Response")


def has_response_schema(machine: Machine, route: Route, endpoint: Value, *, infer: bool) -> bool:
    """Whether the operation has a response field, as `fastapi/routing.py` decides it.

    `infer` is whether this FastAPI reads the return annotation (0.89 and later). A class of responses, and
    `None`, give no schema.
    """
    if "response_model" in route.options:
        return settled(route.options["response_model"]) is not None
    outer = function_of(endpoint)
    function = None if outer is None else innermost(outer)
    if not infer or function is None or not isinstance(function.definition, FunctionDef):
        return False
    annotation = function.definition.returns
    if annotation is None or (isinstance(annotation, Constant) and annotation.value in (None, "None")):
        return False
    if isinstance(annotation, Constant):
        annotation = read_expression(str(annotation.value))
    return not _is_response(machine.evaluate(function.frame, annotation))


def _is_response(value: Value) -> bool:
    match value:
        case None:
            return True
        case External():
            package, _, name = value.name.rpartition(".")
            of_module = name.endswith("Response") and _RESPONSE_MODULE.search(package) is not None
            return of_module or value.name.startswith(_RESPONSES)
        case ClassObject():
            return any(isinstance(base, External) and _is_response(base) for base in value.lineage())
    return False
