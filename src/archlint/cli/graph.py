"""`archlint graph`: a service as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archlint.cli.notes import no_service
from archlint.cli.options import ConfigFile, OutputFile
from archlint.findings import ArchlintError
from archlint.proposals import suggestion

if TYPE_CHECKING:
    from archlint.service.diagrams import Diagram
    from archlint.service.model import Service

_SHOWN = 8
"""How many names an error lists."""

_MOST_ARROWS = {"mermaid": 500, "svg": 1500}
"""Mermaid's own limit (its option maxEdges), and what Graphviz draws in less than a minute."""


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
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth",
            min=1,
            help="With --modules: fold modules into packages of so many names; with --calls: so many calls.",
        ),
    ] = None,
    focus: Annotated[
        str | None,
        typer.Option("--focus", metavar="NAME", help="Only this (app.users, *.routers) and what it touches."),
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
    from archlint.report.safe import log_lines

    if sum((layers, modules, calls is not None)) > 1:
        raise ArchlintError("--layers, --modules and --calls are different pictures: ask for one")
    if depth is not None and not (modules or calls is not None):
        raise ArchlintError("--depth is for --modules and --calls")
    found = _cut(_draw(_service(path, config), modules, calls, depth), depth if modules else None, focus)
    _refuse_too_big(found, format_)
    text = log_lines(_rendered(found, format_))
    if output_file is not None:
        output.write_file(output_file, text)
    else:
        output.write(text)


def _service(path: Path, config: Path | None) -> Service:
    """The one service below `path`."""
    from archlint.loading import load
    from archlint.report.progress import progress

    with progress() as step:
        services = load((path,), config, step).services
    if len(services) != 1:
        roots = ", ".join(service.root for service in services)
        several = f"{path} has several services, and a picture is of one, so name its folder: {roots}"
        raise ArchlintError(several if services else no_service([path]))
    return services[0]


def _draw(service: Service, modules: bool, calls: str | None, depth: int | None) -> Diagram:
    from archlint.service.diagrams import call_graph, layer_graph, module_graph

    if calls is None:
        return module_graph(service) if modules else layer_graph(service)
    functions = service.calls.find(calls)
    if len(functions) != 1:
        names = [function.name for function in functions[:_SHOWN]]
        more = f" and {len(functions) - _SHOWN} more" if len(functions) > _SHOWN else ""
        near = suggestion(calls, [function.name for function in service.calls.program.functions.values()])
        problem = f"means several functions: {', '.join(names)}{more}" if names else "is no function here"
        raise ArchlintError(f"`{calls}` {problem}; write it as module:function or module:Class.method{near}")
    return call_graph(service, functions[0], depth)


def _cut(found: Diagram, depth: int | None, focus: str | None) -> Diagram:
    from archlint.report.graph_cuts import focused, folded

    found = folded(found, depth) if depth is not None else found
    if focus is None:
        return found
    around = focused(found, focus)
    if not around.nodes:
        hint = suggestion(focus, [node.name for node in found.nodes])
        raise ArchlintError(f"nothing in the picture is named `{focus}`{hint}")
    return around


def _refuse_too_big(found: Diagram, format_: str) -> None:
    arrows, most = len(found.arrows), _MOST_ARROWS.get(format_)
    if most is not None and arrows > most:
        problem = f"{arrows} arrows are more than {format_} draws ({most})"
        raise ArchlintError(
            f"{problem}: make the picture smaller with --depth or --focus, or ask for dot or json"
        )


def _rendered(found: Diagram, format_: str) -> str:
    from archlint.report.graph import as_json, dot, mermaid

    if format_ == "svg":
        from archlint.report.graph_svg import svg

        return svg(found)
    return {"mermaid": mermaid, "dot": dot, "json": as_json}[format_](found)
