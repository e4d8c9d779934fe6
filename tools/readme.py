"""Keep the README's picture of archlint true: run the command above it, and put its output there.

uv run python -m tools.readme           # write it
uv run python -m tools.readme --check   # say whether it is as it would be written
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = re.compile(r"(?s)(?<=<!-- picture -->\n```console\n)\$ archlint (?P<command>[^\n]+)\n.*?(?=```\n)")


def main(*options: str) -> int:
    """Write the README, or with `--check` tell by the exit code whether it is up to date."""
    readme = ROOT / "README.md"
    old = readme.read_text(encoding="utf-8")
    new = PICTURE.sub(lambda found: picture(found["command"]), old)
    if "--check" in options:
        return int(old != new)
    readme.write_text(new, encoding="utf-8")
    return 0


def picture(arguments: str) -> str:
    """The command line and what archlint prints for it, as in a pipe."""
    command = [sys.executable, "-m", "archlint", *shlex.split(arguments)]
    environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "100"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    if run.returncode not in (0, 1):
        raise RuntimeError(run.stderr.decode())
    lines = (line.rstrip() for line in run.stdout.decode().splitlines())
    return "\n".join([f"$ archlint {arguments}", *lines, ""])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
