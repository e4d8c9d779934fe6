"""Draw findings to be read against the code, as rows of a Markdown table that waits for a verdict.

    python benchmarks/sample.py SERVICES... --select BA06 --count 50 --seed 7

Each of SERVICES holds a checkout of each service in a folder of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Print the drawn findings, in the order of services, files and lines."""
    parser = argparse.ArgumentParser(description="Draw findings to be read against the code.")
    parser.add_argument("services", type=Path, nargs="+")
    parser.add_argument("--select", default="ALL", help="as of `archlint check`")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    folders = sorted(path for place in asked.services for path in place.iterdir() if path.is_dir())
    rows = [row for folder in folders for row in found(folder, asked.select)]
    drawn = random.Random(asked.seed).sample(range(len(rows)), min(asked.count, len(rows)))
    print(f"Drawn from {len(rows)} findings:\n")
    print("| service | place | rule | what it says | right |\n|---|---|---|---|---|")
    for index in sorted(drawn):
        print(rows[index])
    return 0


def found(folder: Path, select: str) -> list[str]:
    """A row for each finding, in the order of the report."""
    command = [sys.executable, "-m", "archlint", "check", str(folder), "--select", select]
    command += ["--output-format", "json", "--exit-zero", "--quiet"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    name = folder.name.replace("__", "/").replace("+", "/")
    return [
        f"| {name} | {one['file']}:{one['line']} | {one['code']} | {one['message']} | |"
        for one in said["findings"]
    ]


if __name__ == "__main__":
    raise SystemExit(main())
