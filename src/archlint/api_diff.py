"""Compares the API of a service at two commits, or two documents: all that `archlint diff` does but print."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from archlint.committed import default_base
from archlint.discover import find_repository
from archlint.facts.json_documents import read_json
from archlint.findings import ArchlintError
from archlint.loading import Loaded, Progress, load, load_commit
from archlint.service.evolution.api_changes import ApiChange, ApiState, api_changes
from archlint.service.model import Service
from archlint.service.openapi.document_shape import in_form

_DOCUMENTS = frozenset({".json", ".yaml", ".yml"})
"""A name that ends so is a file, never a commit."""


class Side(Struct, frozen=True):
    """One of the two states: what it is called, and what of it the source does not tell."""

    name: str
    state: ApiState
    unknown: tuple[str, ...] = ()


class ApiDiff(Struct, frozen=True):
    """What changed from one side to the other, the gravest first."""

    base: Side
    head: Side
    changes: tuple[ApiChange, ...]
    loaded: Loaded | None = None
    """The services of the head, where it is the working tree or a commit."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was not compared, each once: with the side's name where the other side tells it."""
        both = set(self.base.unknown) & set(self.head.unknown)
        sides = {
            why: "both sides" if why in both else side.name for side in self._sides for why in side.unknown
        }
        return tuple(f"{name}: {why}" for why, name in sides.items())

    @property
    def _sides(self) -> tuple[Side, Side]:
        return self.base, self.head


class DiffRequest(Struct, frozen=True):
    """What is asked for: two sides, each a git ref, a document, or None for its default, and a service."""

    base: str | None
    head: str | None
    path: Path = Path()
    config_file: Path | None = None


def diff(wanted: DiffRequest, progress: Progress = lambda stage: None) -> ApiDiff:
    """Compare two states of an API. Raises ArchlintError where one of them cannot be read."""
    base = _read(wanted, wanted.base or _default(wanted.path), progress)
    head = _read(wanted, wanted.head, progress)
    before, after = base.side(head.service), head.side()
    return ApiDiff(before, after, api_changes(before.state, after.state, date.today()), head.loaded)


def _default(path: Path) -> str:
    return default_base(find_repository([path]).root)


class _Read(Struct, frozen=True):
    """What was read of one side: a document's content, or a service."""

    name: str
    content: dict[str, Any]
    service: Service | None = None
    loaded: Loaded | None = None

    def side(self, later: Service | None = None) -> Side:
        """Its state, as the libraries of a `later` one write it."""
        if self.service is None:
            return Side(self.name, ApiState(self.content))
        state = self.service.api if later is None else self.service.api_before(later)
        return Side(self.name, state, tuple(_untold(self.service, state)))


def _read(wanted: DiffRequest, given: str | None, progress: Progress) -> _Read:
    """A document's content, a commit's service, or for None the working tree's."""
    if given is not None and Path(given).suffix in _DOCUMENTS:
        return _Read(given, _document(Path(given)))
    name = "the working tree" if given is None else given[:12] if _is_commit(given) else given
    progress(f"reading {name}")
    if given is None:
        loaded = load([wanted.path], wanted.config_file)
    else:
        loaded = load_commit(given, [wanted.path], wanted.config_file)
    return _Read(name, {}, _service(loaded, wanted.path, name), loaded)


def _is_commit(given: str) -> bool:
    return len(given) == 40 and set(given) <= set("0123456789abcdef")


def _document(file: Path) -> dict[str, Any]:
    """An OpenAPI document. Raises ArchlintError for a file that is none."""
    try:
        found = read_json(str(file), file.read_bytes())
        for problem in found.problems:
            raise ArchlintError(f"{problem.location} is no OpenAPI 3 document: {problem.why}")
        return in_form(found.value)
    except OSError as error:
        raise ArchlintError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ArchlintError(f"{file} is no OpenAPI 3 document: {error}") from error


def _service(loaded: Loaded, path: Path, name: str) -> Service:
    """The one service of a side that has an app. Raises ArchlintError."""
    problems = [
        f"{module.span(problem.start, problem.end)}: {problem.message}"
        for service in loaded.services
        for module in service.modules.runtime
        for problem in module.source.problems
    ]
    if problems:
        hint = (
            "" if name == "the working tree" else "; compare with a commit that parses: `archlint diff REF`"
        )
        raise ArchlintError(f"{name} does not parse, so its API is not known: {problems[0]}{hint}")
    served = [service for service in loaded.services if service.routes.apps]
    if not served:
        raise ArchlintError(f"{path} had no FastAPI app whose routes archlint can resolve at {name}")
    if len(served) > 1:
        roots = ", ".join(service.root for service in served)
        raise ArchlintError(f"{path} has several services, so name one by --path: {roots}")
    return served[0]


def _untold(service: Service, state: ApiState) -> list[str]:
    document = state.document
    gaps = [f"{pointer}: {why}" for pointer, why in document.gaps] if document else []
    return [*(f"{one.location}: {one.what}: {one.why}" for one in service.routes.unknown), *gaps]
