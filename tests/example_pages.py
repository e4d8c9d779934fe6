"""Rules' pages and standards made up for tests, so that they do not hang on the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from archlint.findings import Hit, Severity
from archlint.pages import Option, Page
from archlint.spec import Requirement, Spec
from archlint.standard import Rule, Standard, bundled_standard


def page(
    code: str = "BA0511", name: str = "router-bypasses-service", family: str = "layers", **changes: Any
) -> Page:
    """A page; `options` are given by their defaults."""
    options = {key: Option(default, "About it") for key, default in changes.pop("options", {}).items()}
    keys: dict[str, Any] = {
        "severity": Severity.ERROR,
        "clauses": ("BA05.2.1",),
        "message": "`{module}` imports `{imported}`",
        "help": "Call a service instead of `{imported}`",
        "fixable": None,
        "body": f"# {name}\n\n## Why\nBecause.\n",
        "path": Path(f"{name}.md"),
        "body_line": 1,
    }
    return Page(code=code, name=name, family=family, options=options, **(keys | changes))


PAGES = (
    page("BA0102", "sync-route-handler", "fastapi"),
    page(),
    page("BA0512", "service-bypasses-crud"),
    page(
        "BA0801",
        "unversioned-endpoint",
        "versioning",
        options={
            "exempt": ["/health"],
            "depth": 3,
            "ratio": 0.5,
            "strict": False,
            "prefix": "/api",
            "names": [],
        },
    ),
)


def nothing() -> Iterator[Hit]:
    """A rule that finds nothing wrong."""
    yield from ()


def standard(
    pages: Iterable[Page] = PAGES,
    rules: Mapping[str, Rule] | None = None,
    spec: Spec | None = None,
) -> Standard:
    """A standard of these pages; `rules` are by code, those that are left out find nothing."""
    chosen = rules if rules is not None else {}
    return Standard(
        spec or bundled_standard().spec, tuple(pages), lambda page: chosen.get(page.code, nothing)
    )


def small_spec(prefix: str, families: Iterable[str], layers: tuple[str, ...] = ()) -> Spec:
    """A standard's text with a requirement for each family, and no clauses."""
    return Spec(
        prefix=prefix,
        layers=layers,
        requirements=tuple(
            Requirement(f"{prefix}{number:02}", family, f"About {family}", ())
            for number, family in enumerate(families, start=1)
        ),
    )


STANDARD = standard()
