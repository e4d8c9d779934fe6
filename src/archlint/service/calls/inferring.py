"""What the parts of the inference ask of each other: the value of any expression depends on all of them."""

from __future__ import annotations

from typing import Protocol

from archlint.facts.syntax import Expression
from archlint.service.calls.annotations import Annotations
from archlint.service.calls.functions import Function, Program
from archlint.service.calls.library_models import Knowledge
from archlint.service.calls.sites import BindingSite, Scan
from archlint.service.calls.values import InferredType, InferredTypes
from archlint.service.interpreter.types import Types
from archlint.service.semantics.symbols import Symbol, Symbols


class Inferring(Protocol):
    """The inference as `Members` and `Results` see it; `Inference` ties them together."""

    @property
    def symbols(self) -> Symbols:
        """What names mean."""

    @property
    def types(self) -> Types:
        """What annotations mean by names alone."""

    @property
    def program(self) -> Program:
        """The functions and classes."""

    @property
    def knowledge(self) -> Knowledge:
        """What is known of libraries."""

    @property
    def annotations(self) -> Annotations:
        """What annotations mean."""

    def scan(self, function: Function) -> Scan:
        """What the function's own statements say."""

    def values(self, node: Expression, function: Function) -> InferredTypes:
        """What `node` in the body of `function` may be."""

    def awaited(self, values: InferredTypes) -> InferredTypes:
        """What awaiting them gives."""

    def elements(self, values: InferredTypes) -> InferredTypes:
        """What iterating over them gives."""

    def of_symbol(self, symbol: Symbol) -> InferredTypes:
        """What a name that `Symbols` resolved may be."""

    def bound(self, binding: BindingSite, function: Function) -> InferredTypes:
        """What a binding gives its name."""

    def is_local(self, name: str, function: Function) -> bool:
        """Whether the function, or one around it, has the name for itself."""

    def stored(self, owner: object, name: str) -> InferredTypes:
        """A container with what functions put into the one that a module or class has under `name`."""

    def of_state(self, path: str, name: str) -> InferredTypes:
        """What `name` may be in an application's or a request's state; nothing where `path` is no state."""

    def attribute(self, value: InferredType, name: str) -> InferredTypes:
        """What the attribute `name` of `value` may be."""

    def returned(self, function: Function) -> InferredTypes:
        """What the function returns, or gives when awaited."""
