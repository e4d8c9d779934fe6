"""Where a request gives a parameter that no `Query()` or its like marks: by what it is.

Follows `analyze_param` of `fastapi/dependencies/utils.py`.
"""

from __future__ import annotations

import sys

from archlint.facts.syntax import ClassDef
from archlint.service.api.pydantic_models import PydanticModels
from archlint.service.interpreter.types import CREATE_MODEL, UNKNOWN, Type, Types
from archlint.service.semantics.library_names import CONTAINERS, names_of

_KNOWN_PACKAGES = sys.stdlib_module_names | {
    *("None", "...", "annotated_types", "fastapi", "starlette", "typing_extensions"),
    *("pydantic", "pydantic_core", "pydantic_extra_types", "heliclockter"),
}
"""Packages whose classes are known: none of them is a model, or it is known to be one."""

_MAX_BASES = 20


class RequestKinds:
    """Decides by the types of one service; FastAPI before 0.128.2 does not look `behind_aliases`."""

    def __init__(self, types: Types, schemas: PydanticModels, *, behind_aliases: bool = True) -> None:
        self.behind_aliases = behind_aliases
        self._types = types
        self._schemas = schemas

    def of(self, found: Type, name: str, path: frozenset[str]) -> str | None:
        """Path, query, body or file; None where the source does not tell."""
        if name in path:
            return "path"
        if found.alias is not None and (found.alias.args or not self.behind_aliases):
            return "query"  # behind the name of a generic alias no FastAPI looks
        inner = [t for member in found.members for t in member.walk()]
        if any(t.name in names_of("upload") for t in inner):
            return "file"
        if any(self._is_complex(member) for member in found.members):
            return "body"
        return "query" if all(self._is_told(member) for member in found.members) else None

    def _is_complex(self, found: Type) -> bool:
        """Whether FastAPI cannot read it from one string: models, containers."""
        is_model = self._schemas.is_model(found) or found.name == CREATE_MODEL
        return is_model or found.name in names_of(*CONTAINERS)

    def _is_told(self, found: Type, depth: int = 0) -> bool:
        """Whether the source tells what it derives from, so that it is certainly no model."""
        symbol = found.symbol
        if symbol is None or not isinstance(symbol.node, ClassDef):
            return found != UNKNOWN and found.name.partition(".")[0] in _KNOWN_PACKAGES
        around = self._types.place_around(symbol)
        if around is None or depth > _MAX_BASES:
            return False
        bases = (self._types.base(base, symbol, around) for base in symbol.node.bases)
        return all(self._is_told(base, depth + 1) for base in bases)
