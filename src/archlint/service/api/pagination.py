"""The parameters that fastapi-pagination gives to endpoints which answer with a page."""

from __future__ import annotations

from archlint.facts.syntax import Assign, ClassDef, Name
from archlint.service.interpreter.types import Type, Types

_MAX_BASES = 50


def page_parameters(answer: Type, types: Types) -> Type | None:
    """The class whose fields `add_pagination` asks requests for; None where the answer is no page.

    It is the `__params_type__` of the nearest class that has one,
    https://uriyyo-fastapi-pagination.netlify.app/learn/customization/.
    """
    pending = [answer]
    for _ in range(_MAX_BASES):
        found = pending.pop(0) if pending else None
        symbol = found.symbol if found is not None else None
        place = types.place_of(symbol) if symbol is not None else None
        if symbol is None or place is None or not isinstance(symbol.node, ClassDef):
            continue
        for statement in symbol.node.body:
            if isinstance(statement, Assign) and _names_parameters(statement):
                return types.read(statement.value, place)
        around = types.place_around(symbol)
        pending.extend(types.base(base, symbol, around) for base in symbol.node.bases if around is not None)
    return None


def _names_parameters(statement: Assign) -> bool:
    return any(isinstance(target, Name) and target.id == "__params_type__" for target in statement.targets)
