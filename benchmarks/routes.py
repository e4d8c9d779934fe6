"""Measure `archlint routes` against what running apps serve, as a Markdown table.

    python benchmarks/routes.py SERVICES TRUTH

SERVICES holds a checkout of each service in a folder named OWNER__NAME, TRUTH a file OWNER__NAME.json for
each: an object with `repo`, `common` (the folder in which the app's handlers lie) and `routes`, dumped from
`app.routes` of the imported app. Only HTTP endpoints whose handler lies in the repository count. An endpoint
is found if method, path, file and line agree; the fields of those found are compared one by one.
"""

from __future__ import annotations

import argparse
import json
import posixpath
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIELDS = ("async", "tags", "response_schema", "described", "deprecated", "in_schema")
Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Score:
    """How one service came out; `fields` is the share of found endpoints whose fields all agree."""

    repo: str
    truth: int
    found: int
    matched: int
    fields: float
    unknown: int
    seconds: float

    @property
    def precision(self) -> float:
        return self.matched / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.matched / self.truth if self.truth else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def main() -> int:
    """Print the table, then the figures that the whole is judged by."""
    parser = argparse.ArgumentParser(description="Measure `archlint routes` against running apps.")
    parser.add_argument("services", type=Path)
    parser.add_argument("truth", type=Path)
    asked = parser.parse_args()
    scores = [scored(asked.services / file.stem, file) for file in sorted(asked.truth.glob("*.json"))]
    for line in table(scores):
        print(line)
    return 0


def scored(service: Path, truth_file: Path) -> Score:
    """One service's score."""
    truth = json.loads(truth_file.read_text("utf-8"))
    start = time.perf_counter()
    command = [sys.executable, "-m", "archlint", "routes", str(service), "--format", "json"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    seconds = time.perf_counter() - start
    wanted, found = keyed(truth["routes"]), keyed(said["routes"])
    common = truth["common"]
    if common not in {"", "."}:
        found = {key: route for key, route in found.items() if key[2].startswith(f"{common}/")}
    both = wanted.keys() & found.keys()
    whole = sum(all(agree(field, wanted[key], found[key]) for field in FIELDS) for key in both)
    share = whole / len(both) if both else 0.0
    return Score(truth["repo"], len(wanted), len(found), len(both), share, len(said["unknown"]), seconds)


def keyed(routes: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """HTTP endpoints by method, path and place; HEAD beside GET is Starlette's own doing."""
    return {
        (method, route["path"], posixpath.normpath(route["file"]), route["line"]): route
        for route in routes
        if route.get("kind", "http") == "http"
        for method in route["methods"]
        if not (method == "HEAD" and "GET" in route["methods"])
    }


def agree(field: str, wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether a field is the same; tags whatever their order."""
    if field == "tags":
        return sorted(map(str, wanted["tags"])) == sorted(map(str, found["tags"]))
    return bool(wanted[field]) == bool(found[field])


def table(scores: list[Score]) -> list[str]:
    """The scores in Markdown, with the medians."""
    rows = ["| service | endpoints | precision | recall | F1 | fields | unknown | seconds |"]
    rows.append("|---|---:|---:|---:|---:|---:|---:|---:|")
    for one in scores:
        figures = (f"{x:.3f}" for x in (one.precision, one.recall, one.f1, one.fields))
        rows.append(
            f"| {one.repo} | {one.truth} | {' | '.join(figures)} | {one.unknown} | {one.seconds:.1f} |"
        )
    median = statistics.median
    figures = (
        f"{median([getattr(one, name) for one in scores]):.3f}"
        for name in ("precision", "recall", "f1", "fields")
    )
    rows.append(f"| **median** | | {' | '.join(figures)} | | |")
    reached = sum(one.f1 >= 0.9 for one in scores)
    return [*rows, "", f"F1 of 0.90 or more: {reached} of {len(scores)} services."]


if __name__ == "__main__":
    raise SystemExit(main())
