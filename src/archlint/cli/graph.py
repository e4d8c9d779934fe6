"""`archlint graph`: a service as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archlint.cli.options import ConfigFile, OutputFile
from archlint.findings import ArchlintError

if TYPE_CHECKING:
    from archlint.service.diagrams import Graph
    from archlint.service.model import Service

_SHOWN = 8
"""How many names an error lists."""


def graph(  # noqa: PLR0913, PLR0917 (each is an option)
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="A folder with one service in it.", show_default=False)
    ] = Path(),
    format_: Annotated[
        Literal["mermaid", "dot", "svg", "json"],
        typer.Option("--format", help="How it is drawn; nothing needs Graphviz but what reads dot."),
    ] = "mermaid",
    layers: Annotated[
        bool, typer.Option("--layers", help="The layers and the imports between them.")
    ] = False,
    modules: Annotated[
        bool, typer.Option("--modules", help="The modules and the imports between them.")
    ] = False,
    calls: Annotated[
        str | None,
        typer.Option(
            "--calls", metavar="FUNCTION", help="What this function reaches, as app.users:get_user."
        ),
    ] = None,
    output_file: OutputFile = None,
    config: ConfigFile = None,
) -> None:
    """Draw a service: its layers (without an option), its modules, or what a function reaches.

    What breaks a rule is red: imports that lead into a layer which the importer's must not know, and with
    --calls the calls that block the event loop.

    Example: archlint graph services/shop --modules --format svg --output-file modules.svg
    """
    from archlint.report import output

    if sum((layers, modules, calls is not None)) > 1:
        raise ArchlintError("--layers, --modules and --calls are different pictures: ask for one")
    found = _draw(_service(path, config), modules, calls)
    text = _rendered(found, format_)
    if output_file is not None:
        output.write_file(output_file, text)
    else:
        output.write(text)


def _service(path: Path, config: Path | None) -> Service:
    """The one service below `path`."""
    from archlint.engine import load
    from archlint.report.progress import progress

    with progress() as step:
        services = load((path,), config, step).services
    if len(services) != 1:
        roots = ", ".join(service.root for service in services)
        several = f"there are several services, and a picture is of one: {roots}"
        raise ArchlintError(several if services else f"no service found in {path}")
    return services[0]


def _draw(service: Service, modules: bool, calls: str | None) -> Graph:
    from archlint.service.diagrams import call_graph, layer_graph, module_graph

    if calls is None:
        return module_graph(service) if modules else layer_graph(service)
    functions = service.calls.find(calls)
    if len(functions) != 1:
        names = [function.name for function in functions[:_SHOWN]]
        more = f" and {len(functions) - _SHOWN} more" if len(functions) > _SHOWN else ""
        problem = f"means several functions: {', '.join(names)}{more}" if names else "is no function here"
        raise ArchlintError(f"`{calls}` {problem}; write it as module:function or module:Class.method")
    return call_graph(service, functions[0])


def _rendered(found: Graph, format_: str) -> str:
    from archlint.report.graph import as_json, dot, mermaid

    if format_ == "svg":
        from archlint.report.graph_svg import svg

        return svg(found)
    return {"mermaid": mermaid, "dot": dot, "json": as_json}[format_](found)
