"""Whether a type is a class of responses, which FastAPI sends as they are and documents no schema of."""

from __future__ import annotations

import re

from archlint.service.interpreter.types import Type, Types
from archlint.service.interpreter.values import External

_MODULE = re.compile(
    r"^(fastapi|starlette|fastapi_utils|prometheus_client)\.|(^|\.)(responses?|sse|sse_starlette)(\.|$)"
)
"""The frameworks, and libraries' modules of classes of responses, as `msgspec_api.responses` is one."""

_RESPONSES = ("starlette.responses.", "fastapi.responses.", "fastapi.Response", "starlette.Response")


def is_response(found: Type, types: Types) -> bool:
    """Whether it is a library's class of responses, or one of the service's that derives from one."""
    if found.symbol is None:
        return names_response(found.name)
    cls = types.class_value(found.symbol)
    lineage = cls.lineage() if cls is not None else ()
    return any(isinstance(base, External) and names_response(base.name) for base in lineage)


def names_response(name: str) -> bool:
    """Whether a library's class of that qualified name is one of responses."""
    of_module = name.endswith("Response") and _MODULE.search(name.rpartition(".")[0] + ".") is not None
    return of_module or name.startswith(_RESPONSES)
