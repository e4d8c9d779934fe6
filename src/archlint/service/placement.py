"""Where code that belongs to one layer lies in another, or in none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from archlint.facts.syntax import Node
from archlint.findings import Link, Location
from archlint.service.modules import Module, Role

if TYPE_CHECKING:
    from archlint.service.model import Service


@dataclass(frozen=True, slots=True)
class Piece:
    """Something of a module that belongs to a certain layer: "the mapped class `User`" at `location`."""

    module: Module
    location: Location
    what: str

    @classmethod
    def at(cls, module: Module, node: Node, what: str) -> Piece:
        """The piece that `node` is."""
        return cls(module, module.location(node), what)


@dataclass(frozen=True, slots=True)
class Misplaced:
    """One finding: a piece, the place it is in, and what else of the file it speaks for."""

    piece: Piece
    where: str
    others: tuple[Piece, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """The fields of a message that says that `{what}` lies `{where}`."""
        more = f" (and {len(self.others)} more in this file)" if self.others else ""
        return {"what": self.piece.what + more, "where": self.where}

    @property
    def chain(self) -> tuple[Link, ...]:
        """The other places."""
        return tuple(Link(other.location, other.what) for other in self.others)


def misplaced(service: Service, layer: str, pieces: Iterable[Piece]) -> Iterator[Misplaced]:
    """What lies outside of `layer`: one finding per place, or per file where that is the decision to take.

    Where the layer is missing, or a whole file plays it from outside, the file has to move: one finding. And
    where both hold, BA0501 has said so already, with the file's name.
    """
    exists = has_place(service, layer)
    for module, group in groupby(pieces, lambda piece: piece.module):
        inferred = _plays(service, layer, module)
        is_there = _lies_in(service, layer, module)
        if is_there or (inferred and not exists) or not _is_own(service, module):
            continue
        where = _where(service, module)
        if exists and not inferred:
            yield from (Misplaced(piece, where) for piece in group)
        else:
            first, *others = group
            yield Misplaced(first, where, tuple(others))


def has_place(service: Service, layer: str) -> bool:
    """Whether the layer has a directory, or a line in the configuration."""
    return bool(service.layers.directories(layer) or service.config.layers.get(layer))


def _lies_in(service: Service, layer: str, module: Module) -> bool:
    """Whether the module is of the layer; what is of none, such as wiring, is where its directory is."""
    found = service.layers.of(module)
    if found is not None:
        return found.name == layer and found.by != "inferred"
    return any(module.path.startswith(f"{folder}/") for folder in service.layers.directories(layer))


def _plays(service: Service, layer: str, module: Module) -> bool:
    """Whether the module only seems to be of the layer, by itself or by the directory that it lies in."""
    found = service.layers.of(module)
    if found is not None:
        return found.name == layer and found.by == "inferred"
    candidate = service.layers.candidate(layer)
    return candidate is not None and module.path.startswith(candidate.path)


def _is_own(service: Service, module: Module) -> bool:
    return module.role is Role.RUNTIME and service.modules.by_path.get(module.path) is module


def _where(service: Service, module: Module) -> str:
    layer = service.layers.of(module)
    return f"`{module.name}` of the {layer} layer" if layer else f"`{module.name}`, which is in no layer"
