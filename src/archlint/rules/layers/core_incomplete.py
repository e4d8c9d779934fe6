"""BA0502: configuration, security or database set-up outside `core/`, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said, Severity, Unknown
from archlint.service.api.applications import makes_app
from archlint.service.layers.placement import Piece, misplaced, placed
from archlint.service.layers.setups import place_of
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

KINDS = ("configuration", "security", "database set-up")


def check(service: Service) -> Iterator[Said]:
    """Yield each file that does core's work elsewhere, and what a service with a `core/` does not have."""
    pieces = [piece for module in service.modules.runtime for piece in _firsts(service, module)]
    yield from map(Met, placed(service.layers, "core", (piece for _, piece in pieces)))
    for kind in KINDS:
        for found in misplaced(service.layers, "core", [piece for of, piece in pieces if of == kind]):
            what = found.fields["what"] + found.fields["more"]
            said = f"{what} is in {found.where}; its place is `core/`"
            fields = {"what": said, "piece": found.fields["piece"]}
            yield Hit(found.piece.location, fields, found.chain, cause=found.cause)
    if _has_core(service) and makes_app(module.source for module in service.modules.runtime):
        if unread := service.modules.unread:
            yield Unknown("what sets the service up", Location(unread[0]), "the file cannot be read")
        else:
            yield from _missing(service)


def _firsts(service: Service, module: Module) -> Iterator[tuple[str, Piece]]:
    """A file's first set-up of a kind stands for all of that kind."""
    seen: set[str] = set()
    for setup in service.setups.of(module):
        if setup.kind not in seen:
            seen.add(setup.kind)
            what = f"{setup.kind.capitalize()} ({setup.what})"
            yield setup.kind, Piece(module, place_of(module, setup.node), what, setup.kind)


def _has_core(service: Service) -> bool:
    layers = (service.layers.of(module) for module in service.layers.modules("core"))
    return any(layer is not None and layer.by != "inferred" for layer in layers)


def _missing(service: Service) -> Iterator[Hit]:
    """What the service sets up nowhere; a library that the source does not show may do all but the first."""
    if not service.setups.has_configuration:
        what = "The service has no configuration, neither in `core/` nor elsewhere"
        yield _nowhere(service, KINDS[0], what, None)
    if not service.setups.has_security:
        what = (
            "The service has no security, neither in `core/` nor elsewhere: nothing authenticates its callers"
        )
        yield _nowhere(service, KINDS[1], what, Severity.WARNING)
    if not service.setups.has_database:
        what = "The service has models and sets up no database, neither in `core/` nor elsewhere"
        yield _nowhere(service, KINDS[2], what, Severity.WARNING)


def _nowhere(service: Service, kind: str, what: str, severity: Severity | None) -> Hit:
    return Hit(service.anchor, {"what": what, "piece": f"no {kind}"}, severity=severity)
