"""What functions put into things that outlive them: registries, fields that are containers, `app.state`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from archlint.facts.syntax import Attribute, Call, Constant, Dict, Expression, Name
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.inferring import Inferring
from archlint.service.calls.values import Elements, InferredTypes, join

_Place: TypeAlias = tuple[object, str]
"""A module or class, and the name of its container; None for what is a state's."""


class _Stored(NamedTuple):
    value: Expression
    function: Function


class Stores:
    """Answers from all functions known when it is first asked."""

    def __init__(self, inference: Inferring) -> None:
        self._inference = inference
        self._index: dict[_Place, list[_Stored]] | None = None
        self._known: dict[_Place, InferredTypes] = {}

    def of_state(self, name: str) -> InferredTypes:
        """What `state.name` may be: of the application, of a request, or given by a lifespan."""
        return self._values((None, name))

    def of_container(self, owner: object, name: str) -> InferredTypes:
        """A container with what functions put into the one that a module or class has under `name`."""
        found = self._values((owner, name))
        return (Elements(found),) if found else ()

    def _values(self, place: _Place) -> InferredTypes:
        if place not in self._known:
            self._known[place] = ()
            stored = self._indexed().get(place, ())
            self._known[place] = join(self._inference.values(one.value, one.function) for one in stored)
        return self._known[place]

    def _indexed(self) -> dict[_Place, list[_Stored]]:
        if self._index is None:
            found: defaultdict[_Place, list[_Stored]] = defaultdict(list)
            program = self._inference.program
            for function in [*program.modules.values(), *program.functions.values()]:
                for place, value in self._stored_by(function):
                    found[place].append(_Stored(value, function))
            self._index = found
        return self._index

    def _stored_by(self, function: Function) -> Iterator[tuple[_Place, Expression]]:
        scanned = self._inference.scan(function)
        for target, value in scanned.stores:
            place = self._place(target, function)
            if place is not None:
                yield place, value
        yield from (((None, name), value) for name, value in scanned.states)
        if function.is_decorated("asynccontextmanager"):
            for node in scanned.yielded:
                yield from (((None, name), value) for name, value in _named(node))

    def _place(self, target: Expression, function: Function) -> _Place | None:
        match target:
            case Name(id=name) if not self._inference.is_local(name, function):
                symbol = self._inference.symbols.resolve(function.module, target)
                return (symbol.module, symbol.qualified.rpartition(".")[2]) if symbol.module else None
            case Attribute(value=Name(id="self" | "cls"), attr=name):
                owner = _owner(function)
                return (owner, name) if owner is not None else None
        return None


def _named(node: Expression) -> Iterator[tuple[str, Expression]]:
    """The entries of what a lifespan yields: `{"client": client}`, `State(client=client)`."""
    match node:
        case Dict(items=items):
            for key, value in items:
                if isinstance(key, Constant) and isinstance(key.value, str):
                    yield key.value, value
        case Call(keywords=keywords):
            yield from ((keyword.name, keyword.value) for keyword in keywords if keyword.name)


def _owner(function: Function) -> Class | None:
    current: Function | None = function
    while current is not None and current.owner is None:
        current = current.parent
    return current.owner if current is not None else None
