"""How long `archlint check` takes on each folder given: without a cache, and with the one that this left.

    python benchmarks/checks.py FOLDER...

Prints a Markdown table. Wall time is what a person waits; processor time counts every process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One run of archlint: what it says, and seconds."""

    report: dict[str, object]
    wall: float
    processor: float


def main() -> int:
    """Measure each folder and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=3, help="runs with a warm cache (default 3)")
    options = parser.parse_args()
    times = "cold s | processor s | warm s | processor s"
    print(f"| repository | Python files | errors | warnings | unknown | {times} |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    slowest = 0.0
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as kept:
            cold = check(folder, kept)
            warm = min((check(folder, kept) for _ in range(options.repeat)), key=lambda run: run.wall)
        slowest = max(slowest, cold.wall)
        print(
            f"| {folder.resolve().name} | {row(cold.report)} | {seconds(cold)} | {seconds(warm)} |",
            flush=True,
        )
    print(
        f"\nSlowest cold run: {slowest:.2f} s. Python {sys.version.split()[0]}, {os.cpu_count()} processors."
    )
    return 0


def check(folder: Path, kept: str) -> Run:
    """Run archlint once, with its cache in `kept`."""
    command = [
        sys.executable,
        "-m",
        "archlint",
        "check",
        str(folder),
        "--output-format",
        "json",
        "--exit-zero",
    ]
    environment = os.environ | {"ARCHLINT_CACHE_DIR": kept}
    used, began = spent(), time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=kept, capture_output=True, text=True, check=False)
    wall, processor = time.perf_counter() - began, spent() - used
    if done.returncode:
        sys.exit(f"archlint failed on {folder}:\n{done.stderr}")
    return Run(json.loads(done.stdout), wall, processor)


def spent() -> float:
    """The processor time of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def row(report: dict[str, object]) -> str:
    """What was read and said, from the JSON report."""
    summary = report["summary"]
    assert isinstance(summary, dict)
    return " | ".join(str(summary.get(name, "")) for name in ("files", "error", "warning", "unknown"))


def seconds(run: Run) -> str:
    """Both times of a run."""
    return f"{run.wall:.2f} | {run.processor:.2f}"


if __name__ == "__main__":
    sys.exit(main())
