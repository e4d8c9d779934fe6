"""Count findings by rule and service, as a Markdown table.

    python benchmarks/findings.py SERVICES --select BA11,BA0103

SERVICES holds a checkout of each service in a folder of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path


def main() -> int:
    """Print one row for each service, and the sums."""
    parser = argparse.ArgumentParser(description="Count findings by rule and service.")
    parser.add_argument("services", type=Path)
    parser.add_argument("--select", default="", help="as of `archlint check`")
    asked = parser.parse_args()
    folders = sorted(path for path in asked.services.iterdir() if path.is_dir())
    counts = {folder.name.replace("__", "/"): counted(folder, asked.select) for folder in folders}
    codes = sorted({code for found in counts.values() for code in found} - {"unknown"})
    print(f"| service | {' | '.join(codes)} | unknown |")
    print(f"|---|{'---:|' * (len(codes) + 1)}")
    for name, found in [*counts.items(), ("**all**", sum(counts.values(), Counter()))]:
        print(
            f"| {name} | {' | '.join(str(found[code] or '') for code in codes)} | {found['unknown'] or ''} |"
        )
    return 0


def counted(folder: Path, select: str) -> Counter[str]:
    """Findings by code; what archlint could not decide under `unknown`."""
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
    command += ["--select", select] if select else []
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    found = Counter(finding["code"] for finding in said["findings"])
    return found + Counter({"unknown": len(said["unknown"])})


if __name__ == "__main__":
    raise SystemExit(main())
