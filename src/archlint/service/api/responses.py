"""Whether a type is a class of responses, which FastAPI sends as they are and documents no schema of."""

from __future__ import annotations

import re

from archlint.service.interpreter.types import Type, Types
from archlint.service.interpreter.values import External

_MODULE = re.compile(r"(^|\.)(responses?|sse|sse_starlette)(\.|$)")
"""Modules of libraries that hold classes of responses, as `sse_starlette` and `msgspec_api.responses` do."""

_RESPONSES = ("starlette.responses.", "fastapi.responses.", "fastapi.Response", "starlette.Response")


def is_response(found: Type, types: Types) -> bool:
    """Whether it is a library's class of responses, or one of the service's that derives from one."""
    if found.symbol is None:
        return _is_named_so(found.name)
    cls = types.class_value(found.symbol)
    lineage = cls.lineage() if cls is not None else ()
    return any(isinstance(base, External) and _is_named_so(base.name) for base in lineage)


def _is_named_so(name: str) -> bool:
    package, _, last = name.rpartition(".")
    of_module = last.endswith("Response") and _MODULE.search(package) is not None
    return of_module or name.startswith(_RESPONSES)
