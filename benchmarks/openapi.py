"""Documents of services against what their running apps gave: prints the table of docs/benchmarks.md.

$ python benchmarks/openapi.py SERVICES TRUTH SCORE

SERVICES holds a checkout of each service in OWNER__NAME, TRUTH what `app.openapi()` gave there in
OWNER__NAME.json as {"repo", "fastapi", "pydantic", "document"}; SCORE is a program that compares two
documents and prints one line of JSON with the shares of equal parameters, bodies, answers and operations.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = ("parameters", "body", "responses", "whole")


def main() -> None:
    """Print a row for each truth, then the median."""
    services, truths, score = map(Path, sys.argv[1:4])
    rows = [
        row for truth in sorted(truths.glob("*.json")) if (row := _row(services / truth.stem, truth, score))
    ]
    print("| service | FastAPI | Pydantic | operations | parameters | bodies | answers | whole | seconds |")
    print("|---|---|---|---:|---:|---:|---:|---:|---:|")
    for name, versions, count, shares, seconds in rows:
        cells = " | ".join(f"{share:.3f}" for share in shares)
        print(f"| {name} | {versions[0]} | {versions[1]} | {count} | {cells} | {seconds:.1f} |")
    medians = " | ".join(f"{statistics.median(row[3][i] for row in rows):.3f}" for i in range(len(COLUMNS)))
    print(f"| **median** | | | | {medians} | |")


def _row(
    service: Path, truth: Path, score: Path
) -> tuple[str, tuple[str, str], int, tuple[float, ...], float] | None:
    known = json.loads(truth.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.json"
        start = time.perf_counter()
        command = [sys.executable, "-m", "archlint", "openapi", str(service), "--output-file", str(found)]
        subprocess.run(command, check=False, capture_output=True)
        seconds = time.perf_counter() - start
        if not found.exists():
            return None
        scored = subprocess.run(
            [sys.executable, str(score), str(truth), str(found)], check=True, capture_output=True, text=True
        )
    shares = json.loads(scored.stdout)
    name = truth.stem.replace("__", "/")
    versions = (known.get("fastapi", ""), known.get("pydantic", ""))
    return name, versions, shares["operations_truth"], tuple(shares[column] for column in COLUMNS), seconds


if __name__ == "__main__":
    main()
