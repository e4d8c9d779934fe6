"""Measure `archlint schema` against what Alembic did on a real PostgreSQL, as a Markdown table.

    python benchmarks/migrations.py SERVICES TRUTH

SERVICES holds a checkout of each service in a folder named OWNER__NAME, TRUTH a file OWNER__NAME.json for
each: an object with `repo`, `check` (what `alembic check` said after `upgrade heads`: none, drift or error),
`drift` (pairs of kind and name), `downgrade_ok` and `second_upgrade_ok`. Where Alembic itself stopped with an
error there is no truth about drift, and archlint should report none.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Score:
    """How one service came out; `downgrade` is whether the verdict on the downgrade is right."""

    repo: str
    check: str
    truth: int
    found: int
    matched: int
    downgrade: bool
    unknown: int
    seconds: float

    @property
    def f1(self) -> float:
        both = self.truth + self.found
        return 2 * self.matched / both if both else 1.0


def main() -> int:
    """Print the table, then the figures that the whole is judged by."""
    parser = argparse.ArgumentParser(description="Measure `archlint schema` against Alembic on PostgreSQL.")
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
    command = [sys.executable, "-m", "archlint", "schema", str(service), "--format", "json"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    seconds = time.perf_counter() - start
    # Alembic's log has an index with its table's name before it.
    wanted = {
        (kind, name.split(".", 1)[-1] if kind.endswith("index") else name) for kind, name in truth["drift"]
    }
    found = {(entry["kind"], entry["name"]) for entry in said["drift"]}
    bad = not truth["downgrade_ok"] or truth["second_upgrade_ok"] is False
    right = bad == bool(said["downgrade"])
    figures = (len(wanted), len(found), len(wanted & found), right, len(said["unknown"]), seconds)
    return Score(truth["repo"], truth["check"], *figures)


def table(scores: list[Score]) -> list[str]:
    """The scores in Markdown."""
    rows = ["| service | alembic check | drift | found | F1 | downgrade | unknown | seconds |"]
    rows.append("|---|---|---:|---:|---:|---|---:|---:|")
    for one in scores:
        verdict = "right" if one.downgrade else "wrong"
        figures = f"{one.truth} | {one.found} | {one.f1:.3f} | {verdict} | {one.unknown} | {one.seconds:.1f}"
        rows.append(f"| {one.repo} | {one.check} | {figures} |")
    clean = [one for one in scores if one.check == "none"]
    quiet = sum(not one.found for one in clean)
    drifted = [one for one in scores if one.check == "drift"]
    reached = sum(one.f1 >= 0.9 for one in drifted)
    right = sum(one.downgrade for one in scores)
    return [
        *rows,
        "",
        f"No drift reported where there is none: {quiet} of {len(clean)} services.",
        f"F1 of 0.90 or more where there is drift: {reached} of {len(drifted)} services.",
        f"Right about the downgrade: {right} of {len(scores)} services.",
    ]


if __name__ == "__main__":
    raise SystemExit(main())
