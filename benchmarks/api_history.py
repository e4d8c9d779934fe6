"""What `archlint diff` says of the latest merges of a service: each error, and a row of docs/benchmarks.md.

$ python benchmarks/api_history.py CHECKOUT [PATH] [--merges 30]

CHECKOUT is a git repository, PATH the service's folder in it. A merge is a commit of the first parents that
touches Python there; each is compared with the one before it. Every error is printed with its commit, then
the row.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any


def main() -> None:
    """Compare the merges one after another."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("checkout", type=Path)
    arguments.add_argument("path", nargs="?", default=".")
    arguments.add_argument("--merges", type=int, default=30)
    asked = arguments.parse_args()
    commits = _merges(asked.checkout, asked.path, asked.merges + 1)
    counts: Counter[str] = Counter()
    for base, head in zip(commits[1:], commits, strict=False):
        found = _diff(asked.checkout, asked.path, base, head)
        counts["failed"] += found is None
        for change in (found or {}).get("changes", ()):
            counts[change["level"]] += 1
            if change["level"] == "error":
                print(f"{head[:10]} {_subject(asked.checkout, head)}\n    {_shown(change)}")
    levels = " | ".join(str(counts[level]) for level in ("error", "warning", "info", "failed"))
    print(f"| {asked.checkout.name} | {len(commits) - 1} | {levels} |")


def _git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(checkout), *arguments], check=True, capture_output=True, text=True
    ).stdout


def _merges(checkout: Path, path: str, count: int) -> list[str]:
    """The latest merges, newest first."""
    touching = ["--", f":(glob){path}/**/*.py" if path != "." else ":(glob)**/*.py"]
    return _git(checkout, "log", "--first-parent", "--format=%H", f"-{count}", *touching).split()


def _subject(checkout: Path, commit: str) -> str:
    return _git(checkout, "log", "-1", "--format=%s", commit).strip()


def _diff(checkout: Path, path: str, base: str, head: str) -> dict[str, Any] | None:
    command = [sys.executable, "-m", "archlint", "diff", base, head, "--path", path, "--format", "json"]
    done = subprocess.run(
        [*command, "--fail-on", "none"], cwd=checkout, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"{head[:10]} could not be compared: {done.stderr.strip().splitlines()[-1]}")
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _shown(change: dict[str, Any]) -> str:
    return json.dumps(change, ensure_ascii=False)


if __name__ == "__main__":
    main()
