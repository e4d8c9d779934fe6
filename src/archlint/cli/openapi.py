"""`archlint openapi`: the document that the running app would give of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archlint.cli.notes import no_service, tell
from archlint.cli.options import ConfigFile, OutputFile
from archlint.findings import ArchlintError

if TYPE_CHECKING:
    from archlint.service.model import Service
    from archlint.service.openapi.document import ApiDocument


def openapi(
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="A service's folder; without it, this folder.")
    ] = Path(),
    format_: Annotated[
        Literal["json", "yaml"], typer.Option("--format", help="How the document is written.")
    ] = "json",
    version_prefix: Annotated[
        str | None,
        typer.Option(metavar="PREFIX", help="Only paths at or below it, as /api/v1.", show_default=False),
    ] = None,
    output_file: OutputFile = None,
    config: ConfigFile = None,
) -> None:
    """Write the OpenAPI 3.1 document of a service, without running it.

    It is what `app.openapi()` gives of the app with the most operations. Where the source does not tell a
    schema, the document has an empty one with `x-archlint-unknown` and the reason; these are listed on
    standard error.

    Example: archlint openapi services/shop --version-prefix /api/v1 > openapi.json
    """
    from archlint.loading import load
    from archlint.report import output
    from archlint.service.openapi.document import narrowed

    service = _only(load((path,), config).services, path)
    document = service.documents.main
    if document is None:
        raise ArchlintError(f"{path} has no FastAPI app whose routes archlint can resolve")
    content = document.content
    if version_prefix is not None:
        prefix = f"/{version_prefix.strip('/')}"
        content = narrowed(content, prefix)
        if not content["paths"]:
            raise ArchlintError(f"{path} serves no path at or below {prefix}; `archlint routes` lists all")
    text = _yaml(content) if format_ == "yaml" else json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    _tell(document, service)
    if output_file is None:
        output.write(text)
    else:
        output.write_file(output_file, text)


def _only(services: tuple[Service, ...], path: Path) -> Service:
    """The one service that has an app. Raises ArchlintError."""
    served = [service for service in services if service.routes.apps]
    if not served:
        raise ArchlintError(
            f"{path} has no FastAPI app whose routes archlint can resolve" if services else no_service([path])
        )
    if len(served) > 1:
        roots = ", ".join(service.root for service in served)
        raise ArchlintError(f"{path} has several services, so name the folder of one: {roots}")
    return served[0]


def _tell(document: ApiDocument, service: Service) -> None:
    for pointer, why in document.unknown:
        tell([f"{pointer} is unknown: {why}"])
    for unknown in service.routes.unknown:
        tell([f"{unknown.location}: {unknown.what} is missing: {unknown.why}"])


def _yaml(content: dict[str, object]) -> str:
    import yaml

    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    return text
