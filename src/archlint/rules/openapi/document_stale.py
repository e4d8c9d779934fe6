"""BA1110: a committed OpenAPI document that is not what the source gives."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each committed document that differs, with the first difference."""
    found = service.committed_documents
    if not found:
        yield NotApplicable("it commits no openapi.json")
    for document in found:
        place = Location(document.path)
        main = service.documents.main
        if main is not None and main.replaced is not None:
            yield Unknown("whether the committed document is fresh", place, main.replaced)
        elif document.difference is None:
            yield Unknown("whether the committed document is fresh", place, "it cannot be read")
        elif document.difference:
            fields = {"file": document.path, "difference": document.difference, "root": service.root}
            yield Hit(place, fields)
        elif unknown := next(iter(service.routes.unknown), None):
            yield Unknown("whether the committed document is fresh", place, f"{unknown.what}: {unknown.why}")
        elif main is not None and main.gaps:
            pointer, why = main.gaps[0]
            yield Unknown(f"{pointer} of the document", place, why)
        else:
            yield Met(place)
