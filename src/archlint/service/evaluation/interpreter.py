"""Ties the interpreter's parts together."""

from __future__ import annotations

from archlint.service.evaluation import files, python, web
from archlint.service.evaluation.calls import call
from archlint.service.evaluation.expressions import evaluate
from archlint.service.evaluation.machine import Machine, Semantics
from archlint.service.evaluation.statements import bind, execute
from archlint.service.modules import Modules


def interpreter(modules: Modules, *, lazy_includes: bool, by_default: bool = False) -> Machine:
    """A fresh interpretation of a service; `lazy_includes` as FastAPI 0.137 and later resolve includes.

    `by_default` takes settings for what they are when nobody configures them.
    """
    library = {**python.library(), **files.library(), **web.library()}
    semantics = Semantics(evaluate, execute, call, bind, library, python.builtins())
    return Machine(modules, semantics, lazy_includes, by_default=by_default)
