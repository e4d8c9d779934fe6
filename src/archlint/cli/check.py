"""`archlint check`: where services break the standard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import click
import typer

from archlint.cli.notes import no_service, tell
from archlint.cli.options import ConfigFile, NoColor, OutputFile, PathsArgument
from archlint.findings import ArchlintError, Severity
from archlint.report.formats import FORMATS, formats_for_people, formats_with_fixes

if TYPE_CHECKING:
    from archlint.fixes.fixing import FixOutcome
    from archlint.loading import Request
    from archlint.report.delivery import Delivery, OutputTarget
    from archlint.results import Report

SELECTORS = "SELECTORS"


Selectors: TypeAlias = list[str] | None
Select: TypeAlias = Annotated[
    Selectors, typer.Option(metavar=SELECTORS, help="Run these rules and no others.")
]
Ignore: TypeAlias = Annotated[Selectors, typer.Option(metavar=SELECTORS, help="Leave these rules out.")]
ExtendSelect: TypeAlias = Annotated[
    Selectors, typer.Option(metavar=SELECTORS, help="Run these rules as well.")
]
FormatOption: TypeAlias = Annotated[
    str,
    typer.Option(
        click_type=click.Choice(list(FORMATS)),
        help="How findings are written; hook is concise, but says once what one change brought.",
    ),
]
Outputs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="FORMAT=FILE", help="Write this as well; may be given several times."),
]
AllowNone: TypeAlias = Annotated[
    bool, typer.Option("--allow-none", help="Let a repository without a service pass.")
]
ExitZero: TypeAlias = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 despite violations.")]
Strict: TypeAlias = Annotated[
    bool, typer.Option("--strict", help="Make what could not be decided a finding as well.")
]
Against: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="REF", help="Report only what this commit does not have, and what breaks its API."),
]
NoBaseline: TypeAlias = Annotated[
    bool, typer.Option("--no-baseline", help="Let what the baselines hold count as well.")
]
Fix: TypeAlias = Annotated[
    bool, typer.Option("--fix", help="Fix what can be fixed, and report what is left.")
]
UnsafeFixes: TypeAlias = Annotated[
    bool,
    typer.Option("--unsafe-fixes", help="With --fix or --diff: also fix what may change how it behaves."),
]
Diff: TypeAlias = Annotated[
    bool, typer.Option("--diff", help="Show what --fix changes, as a diff, and change nothing.")
]
ShowFixes: TypeAlias = Annotated[
    bool, typer.Option("--show-fixes", help="Add to json and sarif what --fix --unsafe-fixes would replace.")
]
Statistics: TypeAlias = Annotated[
    bool, typer.Option("--statistics", help="Count the findings of each rule instead of listing them.")
]
Timing: TypeAlias = Annotated[
    bool, typer.Option("--timing", help="Tell how long each stage, part and rule took.")
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Write the findings and nothing else.")]


def check(  # noqa: PLR0913, PLR0917 (each is an option)
    paths: PathsArgument = None,
    select: Select = None,
    ignore: Ignore = None,
    extend_select: ExtendSelect = None,
    output_format: FormatOption = "text",
    output_file: OutputFile = None,
    outputs: Outputs = None,
    exit_zero: ExitZero = False,
    allow_none: AllowNone = False,
    strict: Strict = False,
    config: ConfigFile = None,
    against: Against = None,
    no_baseline: NoBaseline = False,
    fix: Fix = False,
    unsafe_fixes: UnsafeFixes = False,
    diff: Diff = False,
    show_fixes: ShowFixes = False,
    no_color: NoColor = False,
    statistics: Statistics = False,
    timing: Timing = False,
    quiet: Quiet = False,
) -> None:
    """Check FastAPI services against the architecture standard.

    archlint finds the services below each PATH (or around it; without any, in this folder), reads them
    without running them, and reports the violations that lie in PATH. SELECTORS are codes (BA0511),
    prefixes of codes (BA051), requirements (BA05), families (layers), names of rules
    (router-bypasses-service) or ALL, separated by commas; the more specific one wins.

    --fix writes safe fixes to the files and checks again. A fix is unsafe where the program might behave
    otherwise afterwards; --diff --unsafe-fixes shows those, too.

    --output-file leaves a summary on the terminal; --output writes a file beside what the terminal gets.

    Example: archlint check services/shop --select BA05 --output sarif=archlint.sarif
    """
    from archlint.inputs import keep_answer, listing_before
    from archlint.loading import Request
    from archlint.report.delivery import Delivery, OutputTarget, deliver
    from archlint.report.time_table import time_table
    from archlint.selectors import Selection
    from archlint.standard import bundled_standard
    from archlint.timing import Clock

    if timing and (fix or diff or show_fixes):
        raise ArchlintError("--timing is for checking alone: leave --fix, --diff and --show-fixes out")
    targets = (OutputTarget(output_format, output_file), *map(_target, outputs or ()))
    _refuse_contradictions(
        targets, statistics=statistics, fix=fix, unsafe=unsafe_fixes, diff=diff, show=show_fixes
    )
    selection = Selection(_split(select), _split(ignore), _split(extend_select))
    request = Request(
        tuple(paths or [Path()]), selection, config, strict, against, bundled_standard(), not no_baseline,
        listing=listing_before(),
    )  # fmt: skip
    clock = Clock() if timing else None
    delivery = Delivery(
        targets, statistics, quiet, strict, no_color, clock=clock, paths=tuple(paths or ()), fixed=fix
    )
    if diff:
        raise typer.Exit(_show_diff(request, delivery, unsafe_fixes, exit_zero))
    if show_fixes:
        report, delivery = _with_fixes(request, delivery)
    else:
        report = _fixed(request, delivery, unsafe_fixes) if fix else _checked(request, delivery)
    if not (report.services or allow_none):
        raise ArchlintError(f"{no_service(request.paths)}, or pass --allow-none")
    code = _exit_code(report, exit_zero)
    notes = _tell(report, quiet)
    output = deliver(report, delivery, code)
    if clock is not None:
        typer.echo(time_table(clock), err=True, nl=False)
    if not report.failures:
        keep_answer(report.repository, request.paths, code, output, notes)
    raise typer.Exit(code)


def _target(output: str) -> OutputTarget:
    from archlint.proposals import suggestion
    from archlint.report.delivery import OutputTarget

    name, equals, file = output.partition("=")
    if not equals:
        example = f"{name}=archlint.{name}" if name in FORMATS else "sarif=archlint.sarif"
        raise ArchlintError(f"--output takes FORMAT=FILE, as `{example}`, not `{output}`")
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        hint = suggestion(name, FORMATS) or f"; there are {known}"
        raise ArchlintError(f"--output `{output}`: no format is called `{name}`{hint}")
    if not file:
        raise ArchlintError(f"--output `{output}` names no file; if a variable should, it is not set")
    return OutputTarget(name, Path(file))


def _refuse_contradictions(
    targets: tuple[OutputTarget, ...], *, statistics: bool, fix: bool, unsafe: bool, diff: bool, show: bool
) -> None:
    first = targets[0].format
    if statistics and first not in formats_for_people():
        *others, last = formats_for_people()
        raise ArchlintError(f"--statistics is for the {', '.join(others)} and {last} formats")
    if unsafe and not (fix or diff):
        raise ArchlintError("--unsafe-fixes is for --fix and --diff")
    if diff and (first != "text" or len(targets) > 1):
        raise ArchlintError("--diff is a format of its own: leave --output-format and --output out")
    if show and (fix or not any(target.format in formats_with_fixes() for target in targets)):
        raise ArchlintError(
            f"--show-fixes is for the {' and '.join(formats_with_fixes())} formats, without --fix"
        )
    files = [target.file.resolve() for target in targets if target.file]
    if len(set(files)) < len(files):
        raise ArchlintError("--output and --output-file name one file twice")


def _checked(request: Request, delivery: Delivery) -> Report:
    from archlint.engine import run
    from archlint.report.progress import progress

    with progress(not delivery.quiet, delivery.no_color) as step:
        return run(request, step, delivery.clock)


def _with_fixes(request: Request, delivery: Delivery) -> tuple[Report, Delivery]:
    """The report, and the delivery with what could be fixed."""
    from msgspec.structs import replace

    from archlint.fixes.showing import check_with_fixes
    from archlint.report.progress import progress

    with progress(not delivery.quiet, delivery.no_color) as step:
        report, fixes = check_with_fixes(request, step)
    return report, replace(delivery, fixes=fixes)


def _fixed(request: Request, delivery: Delivery, unsafe: bool) -> Report:
    """The report of what is left after fixing."""
    from archlint.fixes.fixing import fix
    from archlint.report.progress import progress

    with progress(not delivery.quiet, delivery.no_color) as step:
        outcome = fix(request, unsafe=unsafe, progress=step)
    _tell_fixes(outcome, "fixed", delivery.quiet)
    return outcome.report


def _show_diff(request: Request, delivery: Delivery, unsafe: bool, exit_zero: bool) -> int:
    """Write the diff, and tell whether there is any."""
    from archlint.fixes.fixing import preview
    from archlint.report import output
    from archlint.report.diff import unified
    from archlint.report.progress import progress
    from archlint.report.safe import log_lines

    with progress(not delivery.quiet, delivery.no_color) as step:
        outcome = preview(request, unsafe=unsafe, progress=step)
    text = "".join(unified(change.file, change.before, change.after) for change in outcome.changes)
    if delivery.targets[0].file is not None:
        output.write_file(delivery.targets[0].file, text)
    else:
        output.write(log_lines(text))
    _tell_fixes(outcome, "would fix", delivery.quiet)
    _tell(outcome.report, delivery.quiet)
    return 2 if outcome.report.failures else int(bool(outcome.changes) and not exit_zero)


def _tell_fixes(outcome: FixOutcome, done: str, quiet: bool) -> None:
    """To standard error: what was fixed, why some of it is unsafe, and what was left."""
    rules = ", ".join(f"{code} {count}" for code, count in sorted(outcome.fixed.items()))
    notes = [f"{done} {outcome.fixed.total()} ({rules})" if outcome.fixed else "nothing to fix safely"]
    notes += [f"{file} was left as it is: {why}" for file, why in sorted(outcome.problems.items())]
    notes += [
        f"{one.finding.location}: unsafe fix of {one.finding.code}: {one.plan.why}"
        for one in outcome.done
        if not one.plan.safe
    ]
    if outcome.unsafe:
        count, one = len(outcome.unsafe), len(outcome.unsafe) == 1
        hidden = f"{count} unsafe {'fix' if one else 'fixes'} hidden"
        notes.append(f"{hidden}: `--unsafe-fixes` applies {'it' if one else 'them'}")
    if not quiet:
        tell(notes)


def _split(selectors: list[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for text in selectors or () for name in text.split(",") if name.strip())


def _exit_code(report: Report, exit_zero: bool) -> int:
    if report.failures:
        return 2
    violated = any(finding.severity is Severity.ERROR for finding in report.findings)
    return int(violated and not exit_zero)


def _tell(report: Report, quiet: bool) -> str:
    """What is no finding goes to standard error: rules that broke, and what the user should know."""
    notes = [
        *report.repository.notes,
        *([] if report.services else ["no service found: nothing was checked"]),
    ]
    told = "" if quiet else tell(f"note: {note}" for note in notes)
    for failure in report.failures:
        rule = f"{failure.page.code} {failure.page.name}"
        tell([f"internal error in {rule} on service {failure.service}: {failure.error}"])
        if os.environ.get("ARCHLINT_DEBUG"):
            tell(failure.traceback.splitlines())
    if report.failures:
        tell(["please report this; ARCHLINT_DEBUG=1 shows where it happened"])
    return told
