"""`archlint explain`: a rule's page, rendered for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal

import typer

from archlint.findings import ArchlintError
from archlint.pages import Page
from archlint.standard import Standard, bundled_standard


def explain(
    rules: Annotated[
        list[str],
        typer.Argument(metavar="RULE...", help="Codes or names, such as BA0511.", show_default=False),
    ],
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help="The page, or JSON for programs.")
    ] = "text",
) -> None:
    """Explain a rule, with examples.

    RULE is a code or a name. Its page says why the rule exists and how to fix what it reports.

    Example: archlint explain BA0511 unversioned-endpoint
    """
    standard = bundled_standard()
    pages = [find_page(standard, rule) for rule in rules]
    if format_ == "json":
        typer.echo(json.dumps([_record(page) for page in pages], indent=2))
    else:
        _print(standard, pages)


def find_page(standard: Standard, rule: str) -> Page:
    """The page of the rule with this code or name. Raises ArchlintError that proposes the nearest."""
    known = {key: page for page in standard.pages for key in (page.code, page.name)}
    wanted = rule.upper() if rule.upper() in known else rule.lower()
    if wanted in known:
        return known[wanted]
    from archlint.selectors import suggestion

    hint = suggestion(rule, known) or "; `archlint rules` lists them all"
    raise ArchlintError(f"no rule has the code or name `{rule}`{hint}")


def _record(page: Page) -> dict[str, object]:
    options = {
        name: {"default": option.default, "description": option.description}
        for name, option in page.options.items()
    }
    from archlint.cli.rules import record

    words = {"message": page.message, "help": page.help, "options": options, "page": page.body.strip()}
    return record(page) | words


def _print(standard: Standard, pages: list[Page]) -> None:
    from rich.console import Console

    from archlint.cli.markdown import PageMarkdown

    console = Console(highlight=False)
    for page in pages:
        _title, _, text = page.body.strip().partition("\n")
        console.print(*_head(standard, page), *_options(page), "", sep="\n")
        console.print(PageMarkdown(text))


def _head(standard: Standard, page: Page) -> Iterator[str]:
    fixable = f", {page.fixable} fix" if page.fixable else ""
    yield f"[bold cyan]{page.code}[/] [bold]{page.name}[/] [dim]({page.severity}{fixable})[/]"
    title = standard.titles.get(page.requirement, "Archlint's own")
    yield f"{page.requirement} {title}"
    for clause in page.clauses:
        yield f"  [dim]{clause}[/] {standard.statements.get(clause, '')}"


def _options(page: Page) -> Iterator[str]:
    from rich.markup import escape

    if page.options:
        yield f"\n[bold]Options[/] in {escape(f'[tool.archlint.rules.{page.name}]')}"
    for name, option in page.options.items():
        yield f"  [cyan]{name}[/] = {escape(json.dumps(option.default))}"
        yield f"    [dim]{escape(option.description)}[/]"
