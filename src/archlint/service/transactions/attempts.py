"""Which functions try something."""

from __future__ import annotations

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import FunctionDef, Try
from archlint.service.semantics.bindings import statements


@function_summary
def has_try(source: PythonSource, function: FunctionDef) -> bool:
    """Whether there is a `try` in a function."""
    return any(isinstance(one, Try) for one in statements(function.body))
