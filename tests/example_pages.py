"""Rules' pages made up for tests, so that they do not hang on the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archlint.findings import Severity
from archlint.pages import Option, Page


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
