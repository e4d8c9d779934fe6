"""`archlint check`: where services break the standard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archlint.findings import ArchlintError, Severity

if TYPE_CHECKING:
    from archlint.engine import Report

SELECTORS = "SELECTORS"


def check(  # noqa: PLR0913, PLR0917 (each is an option)
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Folders or files to check; without any, this folder.",
            show_default=False,
        ),
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar=SELECTORS, help="Run these rules and no others.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar=SELECTORS, help="Leave these rules out.")
    ] = None,
    extend_select: Annotated[
        list[str] | None, typer.Option(metavar=SELECTORS, help="Run these rules as well.")
    ] = None,
    output_format: Annotated[
        Literal["text", "concise", "json", "sarif", "github"], typer.Option(help="How findings are written.")
    ] = "text",
    output_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to this file, whole or not at all.")
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 despite violations.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Make what could not be decided a finding as well.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take the configuration of every service from this file."),
    ] = None,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Write without colours, as with NO_COLOR=1.")
    ] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count the findings of each rule instead of listing them.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Write the findings and nothing else.")
    ] = False,
) -> None:
    """Check FastAPI services against the architecture standard.

    archlint finds the services below each PATH (or around it; without any, in this folder), reads them
    without running them, and reports the violations that lie in PATH. SELECTORS are codes (BA0511),
    prefixes of codes (BA051), requirements (BA05), families (layers), names of rules
    (router-bypasses-service) or ALL, separated by commas; the more specific one wins.

    Example: archlint check services/shop --select BA05,unversioned-endpoint --output-format concise
    """
    from archlint.config import Selection
    from archlint.engine import Request, run
    from archlint.report import Delivery, deliver
    from archlint.report.progress import progress

    if statistics and output_format not in {"text", "concise"}:
        raise ArchlintError("--statistics is for the text and concise formats")
    selection = Selection(_split(select), _split(ignore), _split(extend_select))
    with progress(not quiet, no_color) as step:
        report = run(Request(tuple(paths or [Path()]), selection, config, strict), step)
    code = _exit_code(report, exit_zero)
    _tell(report, quiet)
    deliver(report, Delivery(output_format, output_file, statistics, quiet, strict, no_color), code)
    raise typer.Exit(code)


def _split(selectors: list[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for text in selectors or () for name in text.split(",") if name.strip())


def _exit_code(report: Report, exit_zero: bool) -> int:
    if report.failures:
        return 2
    violated = any(finding.severity is Severity.ERROR for finding in report.findings)
    return int(violated and not exit_zero)


def _tell(report: Report, quiet: bool) -> None:
    """What is no finding goes to standard error: rules that broke, and what the user should know."""
    notes = [
        *report.repository.notes,
        *([] if report.services else ["no service found: nothing was checked"]),
    ]
    for note in [] if quiet else notes:
        typer.echo(f"archlint: note: {note}", err=True)
    for failure in report.failures:
        rule = f"{failure.page.code} {failure.page.name}"
        typer.echo(
            f"archlint: internal error in {rule} on service {failure.service}: {failure.error}", err=True
        )
        if os.environ.get("ARCHLINT_DEBUG"):
            typer.echo(failure.traceback, err=True)
    if report.failures:
        typer.echo("archlint: please report this; ARCHLINT_DEBUG=1 shows where it happened", err=True)
