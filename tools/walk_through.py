"""Keep docs/first-day.md true: play it in an empty repository, and write what its commands print.

uv run python -m tools.walk_through           # write it
uv run python -m tools.walk_through --check   # say whether it is as it would be written
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PAGE = Path(__file__).parents[1] / "docs/first-day.md"
BLOCK = re.compile(r"^```(\w+)(?: (title|append)=\"([^\"]+)\")?\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def main(*options: str) -> int:
    """Write the page, or with `--check` tell by the exit code whether it is up to date."""
    text = PAGE.read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        after = played(text, Path(folder))
    if "--check" in options:
        return int(after != text)
    PAGE.write_text(after, encoding="utf-8")
    return 0


def played(text: str, folder: Path) -> str:
    """The page with what its commands print in `folder`, in which its files are written on the way."""
    root = folder / "shop"
    root.mkdir()
    _run(["git", "init", "--quiet", "--initial-branch=main"], root, folder)
    return BLOCK.sub(lambda block: _block(block, root, folder), text)


def _block(block: re.Match[str], root: Path, folder: Path) -> str:
    language, how, name, body = block.groups()
    if language == "console":
        commands = [line for line in body.splitlines() if line.startswith("$ ")]
        printed = (f"{line}\n{_run(shlex.split(line[2:]), root, folder)}" for line in commands)
        return f"```console\n{''.join(printed)}```\n"
    if name:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") + "\n\n" if how == "append" else ""
        path.write_text(before + body, encoding="utf-8")
    return block[0]


def _run(command: list[str], root: Path, folder: Path) -> str:
    """What a command prints, on both streams."""
    name, *arguments = command
    program = [sys.executable, "-m", "archlint"] if name == "archlint" else [name]
    person = {
        f"GIT_{role}_{what}": "ana@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    mine = {"ARCHLINT_CACHE_DIR": str(folder / "cache"), "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        [*program, *arguments], cwd=root, env=os.environ | person | mine, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
