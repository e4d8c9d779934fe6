"""`archlint explain`: a rule's page, rendered for a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from archlint.findings import ArchlintError
from archlint.pages import Page
from archlint.report import output
from archlint.spec import Clause, Requirement
from archlint.standard import Standard, bundled_standard


def explain(
    rules: Annotated[
        list[str],
        typer.Argument(
            metavar="RULE...", help="Codes or names, such as BA0511; BA05, BA05.2.1.", show_default=False
        ),
    ],
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help="The page, or JSON for programs.")
    ] = "text",
) -> None:
    """Explain a rule, with examples, or what the standard asks for.

    RULE is a code or a name: its page says why the rule exists and how to fix what it reports. A requirement
    (BA05, layers), a scenario (BA05.2) or a clause (BA05.2.1) is shown with the rules that check it.

    Example: archlint explain BA0511 unversioned-endpoint BA05.2
    """
    standard = bundled_standard()
    asked = [find_clauses(standard, rule) or find_page(standard, rule) for rule in rules]
    if format_ == "json":
        output.write(json.dumps([_record(one, standard) for one in asked], indent=2) + "\n")
    else:
        _print(standard, asked)


@dataclass(frozen=True)
class SpecExcerpt:
    """A part of the standard's text: a requirement, or those of its clauses that were asked for."""

    id: str
    requirement: Requirement
    clauses: tuple[Clause, ...]


def find_clauses(standard: Standard, wanted: str) -> SpecExcerpt | None:
    """The requirement, scenario or clause of this id, or the requirement of this family; else None."""
    for requirement in standard.spec.requirements:
        if wanted.upper() == requirement.id or wanted.lower() == requirement.family:
            return SpecExcerpt(requirement.id, requirement, tuple(requirement.clauses))
        for scenario in requirement.scenarios:
            if wanted.upper() == scenario.id:
                return SpecExcerpt(scenario.id, requirement, scenario.clauses)
            for clause in scenario.clauses:
                if wanted.upper() == clause.id:
                    return SpecExcerpt(clause.id, requirement, (clause,))
    return None


def find_page(standard: Standard, rule: str) -> Page:
    """The page of the rule with this code or name. Raises ArchlintError that proposes the nearest."""
    known: dict[str, Page] = {key: page for page in standard.pages for key in (page.code, page.name)}
    wanted = rule.upper() if rule.upper() in known else rule.lower()
    if wanted in known:
        return known[wanted]
    raise ArchlintError(f"no rule has the code or name `{rule}`{_proposal(standard, rule, known)}")


def _proposal(standard: Standard, rule: str, known: Iterable[str]) -> str:
    """The nearest name, or which numbers there are of the kind that was asked for."""
    from archlint.proposals import suggestion

    if re.match(r"BA\d", rule.upper()):
        near = _alike(standard, rule.upper())
        codes = [page.code for page in standard.pages]
        return suggestion(rule, (*near, *codes), 0.85) or f"; there are {near[0]} to {near[-1]}"
    families = [requirement.family for requirement in standard.spec.requirements]
    near_name = suggestion(rule, {*known, *families, *standard.titles})
    return near_name or f"; `archlint rules` lists them all, of {', '.join(families)}"


def _alike(standard: Standard, wanted: str) -> list[str]:
    """The rules of its requirement, the scenarios, or the clauses of its scenario; else the requirements."""
    requirements = standard.spec.requirements
    about = next((one for one in requirements if wanted.startswith(one.id)), None)
    if about is None:
        return [one.id for one in requirements]
    scenarios = [scenario.id for scenario in about.scenarios]
    ids = (*(page.code for page in standard.pages), *scenarios, *standard.statements)
    within, dot, _ = wanted.rpartition(".")
    begin = within + dot or about.id
    near = sorted(one for one in ids if one.count(".") == wanted.count(".") and one.startswith(begin))
    return near or scenarios


def _record(one: Page | SpecExcerpt, standard: Standard) -> dict[str, object]:
    return _page_record(one) if isinstance(one, Page) else _excerpt_record(one, standard)


def _excerpt_record(excerpt: SpecExcerpt, standard: Standard) -> dict[str, object]:
    clauses = [
        {
            "id": clause.id,
            "keyword": clause.keyword,
            "statement": clause.statement,
            "rules": [page.code for page in standard.pages if clause.id in page.clauses],
        }
        for clause in excerpt.clauses
    ]
    return {"id": excerpt.id, "title": excerpt.requirement.title, "clauses": clauses}


def _page_record(page: Page) -> dict[str, object]:
    options = {
        name: {"default": option.default, "description": option.description}
        for name, option in page.options.items()
    }
    from archlint.cli.rules import record

    words = {"message": page.message, "help": page.help, "options": options, "page": page.body.strip()}
    return record(page) | words


def _print(standard: Standard, asked: Iterable[Page | SpecExcerpt]) -> None:
    from rich.console import Console

    from archlint.cli.markdown import PageMarkdown

    console = Console(highlight=False)
    with console.capture() as captured:
        for one in asked:
            if isinstance(one, SpecExcerpt):
                console.print(*_excerpt(standard, one), "", sep="\n")
                continue
            _title, _, text = one.body.strip().partition("\n")
            console.print(*_head(standard, one), *_options(one), "", sep="\n")
            console.print(PageMarkdown(text))
    output.write(captured.get())


def _excerpt(standard: Standard, excerpt: SpecExcerpt) -> Iterator[str]:
    """Each clause with the rules that check it, and what each of them says."""
    yield f"[bold cyan]{excerpt.id}[/] [bold]{excerpt.requirement.title}[/]"
    for clause in excerpt.clauses:
        yield f"\n[bold]{clause.id}[/] {clause.statement} [dim]({clause.keyword})[/]"
        pages = [page for page in standard.pages if clause.id in page.clauses]
        for page in pages:
            reason = page.section("Why").partition("\n\n")[0]
            first = " ".join(reason.split()).partition(". ")[0].rstrip(".")
            yield f"  [cyan]{page.code}[/] {page.name} [dim]({page.severity})[/] {_escape(first)}."
        if not pages:
            yield f"  [dim]no rule checks it: {_escape(standard.unchecked.get(clause.id, 'not stated'))}[/]"


def _head(standard: Standard, page: Page) -> Iterator[str]:
    fixable = f", {page.fixable} fix" if page.fixable else ""
    yield f"[bold cyan]{page.code}[/] [bold]{page.name}[/] [dim]({page.severity}{fixable})[/]"
    yield f"{page.requirement} {standard.title(page.requirement)}"
    for clause in page.clauses:
        yield f"  [dim]{clause}[/] {standard.statements.get(clause, '')}"


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _options(page: Page) -> Iterator[str]:
    if page.options:
        yield f"\n[bold]Options[/] in {_escape(f'[tool.archlint.rules.{page.name}]')}"
    for name, option in page.options.items():
        yield f"  [cyan]{name}[/] = {_escape(json.dumps(option.default))}"
        yield f"    [dim]{_escape(option.description)}[/]"
