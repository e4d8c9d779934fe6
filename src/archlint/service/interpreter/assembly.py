"""Ties the interpreter's parts together."""

from __future__ import annotations

from collections.abc import Mapping

from archlint.service.interpreter import files, introspection, stdlib
from archlint.service.interpreter.calls import call
from archlint.service.interpreter.expressions import evaluate
from archlint.service.interpreter.machine import LibraryCall, Machine, Semantics
from archlint.service.interpreter.statements import bind, execute
from archlint.service.semantics.modules import Modules


def interpreter(
    modules: Modules,
    *,
    lazy_includes: bool = True,
    by_default: bool = False,
    models: Mapping[str, LibraryCall] | None = None,
    gap: str | None = None,
) -> Machine:
    """A fresh interpretation of a service; `lazy_includes` as FastAPI 0.137 and later resolve includes.

    `by_default` takes settings for what they are when nobody configures them. `models` are further functions
    of libraries; `gap` is what stands in a text for a piece that the source does not tell.
    """
    library = {
        **stdlib.library(),
        **files.library(),
        **introspection.library(),
        **(models or {}),
    }
    semantics = Semantics(evaluate, execute, call, bind, library, stdlib.builtins())
    return Machine(modules, semantics, lazy_includes, by_default=by_default, gap=gap)
