"""`archlint spec`: the standard, clause by clause, and the rules that decide it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archlint.pages import Page
from archlint.spec import Clause, Requirement
from archlint.standard import Standard, bundled_standard

if TYPE_CHECKING:
    from rich.table import Table


def spec(
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help="A table, or JSON for programs.")
    ] = "text",
) -> None:
    """Show the standard and the rules that check it.

    Requirements, their scenarios, their clauses, and the rules of each clause. The JSON also says why
    no rule checks a clause where none does.

    Example: archlint spec
    """
    from archlint.report.output import write

    if format_ == "json":
        write(json.dumps(_record(bundled_standard()), indent=2) + "\n")
    else:
        write(_tables(bundled_standard()))


def _rules_by_clause(standard: Standard) -> dict[str, list[Page]]:
    rules: dict[str, list[Page]] = defaultdict(list)
    for page in standard.pages:
        for clause in page.clauses:
            rules[clause].append(page)
    return rules


def _record(standard: Standard) -> dict[str, object]:
    rules = _rules_by_clause(standard)

    def clause_record(clause: Clause) -> dict[str, object]:
        return {
            "id": clause.id,
            "keyword": clause.keyword,
            "statement": clause.statement,
            "rules": [page.code for page in rules[clause.id]],
            "unchecked": standard.unchecked.get(clause.id),
        }

    return {
        "requirements": [
            {
                "id": requirement.id,
                "family": requirement.family,
                "title": requirement.title,
                "scenarios": [
                    {
                        "id": scenario.id,
                        "title": scenario.title,
                        "clauses": [clause_record(clause) for clause in scenario.clauses],
                    }
                    for scenario in requirement.scenarios
                ],
            }
            for requirement in standard.spec.requirements
        ],
        "summary": {
            "clauses": len(list(standard.spec.clauses)),
            "checked": sum(bool(rules[clause.id]) for clause in standard.spec.clauses),
            "rules": len(standard.pages),
        },
    }


def _tables(standard: Standard) -> str:
    from rich.console import Console

    console = Console(highlight=False)
    rules = _rules_by_clause(standard)
    with console.capture() as captured:
        for requirement in standard.spec.requirements:
            checked = sum(bool(rules[clause.id]) for clause in requirement.clauses)
            count = f"{checked} of {len(list(requirement.clauses))} clauses checked"
            console.print(f"[bold]{requirement.id} {requirement.title}[/] [dim]({count})[/]")
            console.print(_table(requirement, rules))
        total = len(list(standard.spec.clauses))
        checked = sum(bool(rules[clause.id]) for clause in standard.spec.clauses)
        console.print(f"[bold]{checked} of {total} clauses are checked, by {len(standard.pages)} rules.[/]")
    return captured.get()


def _table(requirement: Requirement, rules: dict[str, list[Page]]) -> Table:
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    for style, width in (("dim", 12), ("", 47), ("cyan", 18)):
        table.add_column(style=style, width=width)
    for scenario in requirement.scenarios:
        table.add_row(f"  {scenario.id}", f"[italic]{scenario.title}[/]")
        for clause in scenario.clauses:
            codes = " ".join(page.code for page in rules[clause.id])
            table.add_row(f"    {clause.id}", clause.statement, codes or "[dim]not checked[/]")
    return table
