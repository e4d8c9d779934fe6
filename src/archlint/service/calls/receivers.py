"""What `self` and `cls` are."""

from __future__ import annotations

from archlint.facts.syntax import (
    FunctionDef,
    Parameter,
)
from archlint.service.calls.functions import Function
from archlint.service.calls.values import (
    ClassType,
    InferredType,
    InstanceType,
)


def receiver(function: Function, parameter: Parameter) -> InferredType | None:
    """`self` or `cls`."""
    node, owner = function.node, function.owner
    if owner is None or not isinstance(node, FunctionDef) or parameter is not node.parameters[0]:
        return None
    if function.is_decorated("staticmethod") or parameter.kind not in {"positional", "normal"}:
        return None
    by_class = function.is_decorated("classmethod") or node.name in {"__new__", "__init_subclass__"}
    return ClassType(owner) if by_class else InstanceType(owner)
