"""The last lines of what people read: a table of what was found, what was read, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from archlint.baseline import NAME
from archlint.findings import Finding, Severity
from archlint.report.styled import Line, StyledText
from archlint.report.words import arguments, counted
from archlint.results import Report, Undecided

HEADS = ("errors", "warnings", "unknown", "excused")
_RULES = 5
"""How many of the rules with unknowns are named."""


def render_summary(
    report: Report, strict: bool, *, tables: bool = True, paths: Sequence[Path] = (), fixed: bool = False
) -> Iterator[Line]:
    """Findings by requirement and by service, what was read, unknowns by rule, and the next command.

    What is left where all has been `fixed` that can be is nothing to fix.
    """
    yield from [()] if report.findings else []
    yield from _tables(report) if tables else ()
    counts = Counter(finding.severity for finding in report.findings)
    yield from (
        [_found(counts, _only_place(report.findings))] if report.findings else [(("No violations", "rule"),)]
    )
    read = f"{counted(len(report.services), 'service')} checked, {counted(report.files, 'Python file')} read"
    yield (
        (read + (f", {counted(report.suppressed, 'finding')} suppressed" if report.suppressed else ""), ""),
    )
    if report.known:
        known = counted(report.known, "finding")
        yield ((f"{known} that {report.against} has as well left out", ""),)
    if report.unknowns:
        yield from _unknowns(report, strict)
    if report.findings:
        # The one command that helps most now.
        yield (None if fixed else _fixable(report, arguments(paths))) or _explained(report)


def render_statistics(report: Report) -> Iterator[Line]:
    """How many findings each rule has, the most first."""
    counts = Counter((f.code, f.rule, f.severity) for f in report.findings)
    width = max((len(str(count)) for count in counts.values()), default=0)
    names = max((len(rule) for _, rule, _ in counts), default=0)
    clauses = {page.code: ", ".join(page.clauses) for page in report.pages}
    for (code, rule, severity), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield (
            (f"{count:{width}}  ", "rule"),
            (f"{severity:7}  ", severity),
            (f"{code}  {rule:{names}}  ", ""),
            (clauses.get(code, ""), "clause"),
        )


def _tables(report: Report) -> Iterator[Line]:
    """By requirement, and by service where there are several; what is one row says no more than the total."""
    by_requirement = _counts(report, lambda one: one.requirement, lambda one: one.page.requirement)
    title = report.standard.title
    yield from _table([(f"{key} {title(key)}", by_requirement[key]) for key in sorted(by_requirement)])
    if len(report.services) > 1:
        by_service = _counts(report, lambda one: one.service, lambda one: one.service)
        yield from _table([(name, by_service[name]) for name in sorted(by_service)])


def _counts(
    report: Report, of: Callable[[Finding], str], of_unknown: Callable[[Undecided], str]
) -> dict[str, Counter[str]]:
    """How many of each kind there are, by what `of` and `of_unknown` say."""
    counts: dict[str, Counter[str]] = {}
    for finding in report.findings:
        counts.setdefault(of(finding), Counter())[f"{finding.severity}s"] += 1
    for undecided in report.unknowns:
        counts.setdefault(of_unknown(undecided), Counter())["unknown"] += 1
    for one in report.excused:
        counts.setdefault(of(one.finding), Counter())["excused"] += 1
    return counts


def _table(rows: Sequence[tuple[str, Counter[str]]]) -> Iterator[Line]:
    if len(rows) < 2:
        return
    heads = [head for head in HEADS if any(counts[head] for _, counts in rows)]
    width = max(len(name) for name, _ in rows)
    yield (("".join([" " * width, *(f"{head:>10}" for head in heads)]), "faint"),)
    styles = {"errors": "error", "warnings": "warning"}
    for name, counts in rows:
        last = max(index for index, head in enumerate(heads) if counts[head])
        cells: list[StyledText] = [
            (f"{counts[head] or '':>10}", styles.get(head, "") if counts[head] else "")
            for head in heads[: last + 1]
        ]
        yield ((f"{name:{width}}", ""), *cells)
    yield ()


def _only_place(findings: Sequence[Finding]) -> str:
    """The definition that several findings are all about, such as an endpoint that was added."""
    places = {(finding.location.file, finding.symbol) for finding in findings}
    ((_, symbol), *others) = places
    return f", all of `{symbol}`" if symbol and len(findings) > 1 and not others else ""


def _found(counts: Counter[Severity], place: str) -> Line:
    total = counted(counts.total(), "finding")
    parts = [(counted(counts[severity], severity), severity) for severity in Severity if counts[severity]]
    spans: list[tuple[str, str]] = [(f"{total}: ", "rule")]
    for text, severity in parts:
        spans += [(text, severity), (", ", "")]
    return (*spans[:-1], (place, ""))


def _unknowns(report: Report, strict: bool) -> Iterator[Line]:
    by_rule = Counter(undecided.page.code for undecided in report.unknowns)
    ranked = sorted(by_rule.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{code} {count}" for code, count in ranked[:_RULES]]
    rules = ", ".join([*shown, *(["…"] if len(ranked) > _RULES else [])])
    where = "listed above" if strict else "`--strict` or `--output-format json` lists them"
    places = counted(len(report.unknowns), "place")
    yield ((f"{places} could not be decided ({rules}); {where}", "faint"),)


def _held(report: Report) -> str:
    """What lets the next command speak of what baselines hold, as this run did."""
    files = report.repository.files
    there = not report.baselines and any(PurePosixPath(file).name == NAME for file in files)
    return " --no-baseline" if there else ""


def _fixable(report: Report, paths: str) -> Line | None:
    """How much archlint may fix, and what shows it."""
    kinds = {page.code: page.fixable for page in report.pages}
    safe, unsafe = (sum(kinds.get(f.code) == kind for f in report.findings) for kind in ("safe", "unsafe"))
    if not (safe or unsafe):
        return None
    option = "" if safe else " --unsafe-fixes"
    against = f" --against {report.against}" if report.against else ""
    command = f"archlint check{paths}{against}{_held(report)} --diff{option}"
    of = counted(safe + unsafe, "finding")
    return ((f"Up to {of} can be fixed by archlint: `{command}` shows the edits", ""),)


def _explained(report: Report) -> Line:
    """What says more of the commonest error."""
    ranked = Counter(f.code for f in report.findings if f.severity is Severity.ERROR)
    ranked = ranked or Counter(f.code for f in report.findings)
    code, count = min(ranked.items(), key=lambda item: (-item[1], item[0]))
    return ((f"`archlint explain {code}` says more of {counted(count, 'finding')}", ""),)
