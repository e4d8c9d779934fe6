"""Where code that belongs to one layer lies in another, or in none."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from archlint.facts.syntax import Node
from archlint.findings import Link, Location
from archlint.paths import is_inside
from archlint.service.layers.layers import Layers
from archlint.service.semantics.modules import Module


class Piece(Struct, frozen=True):
    """Something of a module that belongs to a certain layer: "the mapped class `User`" at `location`.

    `key` says what is meant, where `what` says more than that; `within` is a function that makes several.
    """

    module: Module
    location: Location
    what: str
    key: str = ""
    within: Node | None = None

    @classmethod
    def at(cls, module: Module, node: Node, what: str) -> Piece:
        """The piece that `node` is."""
        return cls(module, module.location(node), what)


class Misplaced(Struct, frozen=True):
    """One finding: a piece, where it is, and the others, of that file or its namesakes, that go with it.

    `cause` is the file, which may hold more that belongs elsewhere; `home` the folder or name they share.
    """

    piece: Piece
    where: str
    others: tuple[Piece, ...] = ()
    cause: Link | None = None
    home: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """The fields of a message: `{what}{more}` lies in `{where}`.

        `piece` is what is meant; it is empty where others may join or leave the group.
        """
        is_group = self.home or self.piece.within
        piece = "" if is_group else self.piece.key or self.piece.what
        return {"what": self.piece.what, "more": self._more, "piece": piece, "where": self.where}

    @property
    def _more(self) -> str:
        files = {other.module.path for other in self.others} - {self.piece.module.path}
        here = sum(other.module is self.piece.module for other in self.others)
        which = f"in `{self.home}`" if self.home.endswith("/") else f"`{self.home}`"
        parts = [f"{here} more in this file"] if here else []
        parts += [f"those of {len(files)} more file{'s' * (len(files) > 1)} {which}"] if files else []
        return f" (and {', and '.join(parts)})" if parts else ""

    @property
    def chain(self) -> tuple[Link, ...]:
        """The other places."""
        return tuple(Link(other.location, other.what) for other in self.others)


def misplaced(layers: Layers, layer: str, pieces: Iterable[Piece]) -> Iterator[Misplaced]:
    """What lies outside of `layer`: one finding per place, or per file where that is the decision to take.

    Where a whole file plays the layer from outside, the file has to move: one finding, and one for all files
    of that name or folder, which one line of the configuration maps. Where the layer is missing, BA0501 has
    said so already, with the file's name.
    """
    exists = layers.has_place(layer)
    playing: dict[str, list[Piece]] = {}
    for module, group in groupby(pieces, lambda piece: piece.module):
        inferred = _plays(layers, layer, module)
        is_there = _lies_in(layers, layer, module)
        if is_there or (inferred and not exists) or not layers.owns(module):
            continue
        if inferred:
            place = layers.place(module, layer)
            home = place if place.endswith("/") else posixpath.basename(module.path)
            playing.setdefault(home, []).extend(group)
        else:
            said = f"`{module.name}` has what belongs into `{layer}/`"
            cause = Link(Location(module.path), said)
            for first, *others in _by_maker(group):
                yield Misplaced(first, _where(layers, module, layer), tuple(others), cause)
    yield from (_together(layers, layer, home, alike) for home, alike in playing.items())


def _by_maker(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Those that one function makes together, and each other one alone."""
    for _, alike in groupby(pieces, lambda one: one.within.start if one.within else one.location):
        yield list(alike)


def placed(layers: Layers, layer: str, pieces: Iterable[Piece]) -> Iterator[Location]:
    """Where the pieces are that lie in `layer`."""
    return (piece.location for piece in pieces if _lies_in(layers, layer, piece.module))


def _together(layers: Layers, layer: str, home: str, pieces: list[Piece]) -> Misplaced:
    return Misplaced(pieces[0], _where(layers, pieces[0].module, layer), tuple(pieces[1:]), home=home)


def _lies_in(layers: Layers, layer: str, module: Module) -> bool:
    """Whether the module is of the layer; what is of none, such as wiring, is where its directory is.

    What seems to be of the layer and lies in a directory of that name lies there, whatever else that holds.
    """
    found = layers.of(module)
    if found is not None:
        is_there = found.by != "inferred" or layer in module.path.split("/")[:-1]
        return found.name == layer and is_there
    return any(is_inside(module.path, folder) for folder in layers.directories(layer))


def _plays(layers: Layers, layer: str, module: Module) -> bool:
    """Whether the module only seems to be of the layer, by itself or by the directory that it lies in."""
    found = layers.of(module)
    if found is not None:
        return found.name == layer and found.by == "inferred"
    candidate = layers.candidate(layer)
    return candidate is not None and module.path.startswith(candidate.path)


def _where(layers: Layers, module: Module, wanted: str) -> str:
    """Where it is; of a module that only seems to be of the layer which it belongs to, its name is enough."""
    layer = layers.of(module)
    if layer is not None and layer.name == wanted:
        return f"`{module.name}`"
    if name := str(layer or layers.directory_of(module)):
        return f"`{module.name}` of the {name} layer"
    return f"`{module.name}`, which is in no layer"
