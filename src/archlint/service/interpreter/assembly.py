"""Ties the interpreter's parts together, with one library of models for every machine."""

from __future__ import annotations

from collections.abc import Mapping

from archlint.service.interpreter import containers, files, introspection, regular_expressions, stdlib
from archlint.service.interpreter.calls import call
from archlint.service.interpreter.expressions import evaluate
from archlint.service.interpreter.machine import FunctionModel, Machine, Semantics
from archlint.service.interpreter.statements import execute
from archlint.service.interpreter.targets import bind
from archlint.service.semantics.modules import Modules


def interpreter(
    modules: Modules,
    models: Mapping[str, FunctionModel],
    *,
    lazy_includes: bool = True,
    formats_members: bool = True,
) -> Machine:
    """A fresh interpretation of a service; `lazy_includes` as FastAPI 0.137 and later resolve includes.

    `models` are further functions of libraries. `formats_members` is whether members of enumerations are
    formatted as since Python 3.11.
    """
    library = semantics({**python_models(), **models})
    return Machine(modules, library, lazy_includes, formats_members=formats_members)


def semantics(library: Mapping[str, FunctionModel]) -> Semantics:
    """The interpreter's parts over a library of models."""
    return Semantics(
        evaluate, execute, call, bind, library, stdlib.builtins(), containers.method, stdlib.CONSTANTS
    )


def python_models() -> dict[str, FunctionModel]:
    """The models of Python's own library."""
    return {
        **stdlib.library(),
        **files.library(),
        **introspection.library(),
        **regular_expressions.library(),
    }
