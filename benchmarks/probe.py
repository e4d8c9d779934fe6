"""Compare archlint with ruff's and flake8-async's rules on 19 small cases, as a Markdown table.

    python benchmarks/probe.py
from archlint.standard import bundled_standard

The cases are those of the rules' pages. Of what the others say, only findings about blocking calls (ASYNC2)
count; uv fetches flake8-async.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from archlint.pages import Case
from archlint.standard import bundled_standard

PROBE = {
    "directly, `time.sleep`": ("blocking-call", "directly"),
    "directly, `requests.get`": ("blocking-http", "requests in an async handler"),
    "aliased, `f = time.sleep`": ("blocking-call", "under another name"),
    "in a comprehension": ("blocking-call", "in a comprehension"),
    "one helper away in the same module": ("blocking-call", "one helper away"),
    "two modules away": ("blocking-call", "two modules away"),
    "through a method": ("blocking-call", "through a method"),
    "through an injected service": ("blocking-call", "through an injected service"),
    "synchronous SQLAlchemy `Session.execute`": ("sync-session", "Session.execute on the loop"),
    "boto3": ("blocking-http", "boto3"),
    "redis": ("blocking-call", "redis"),
    "psycopg2": ("blocking-call", "psycopg2"),
    "sqlite3": ("blocking-call", "sqlite3"),
    "smtplib": ("blocking-call", "smtplib"),
    "a session of requests": ("blocking-http", "a session of requests"),
    "`open` in a `with`": ("blocking-file-io", "open in a with"),
    "handed off in five ways": ("blocking-call", "handed to a thread in five ways"),
    "a synchronous handler": ("blocking-call", "a plain handler, which runs in a thread"),
    "a lambda that nobody calls": ("blocking-call", "a lambda that nobody calls"),
}
FLAKE8 = ("uv", "run", "--no-project", "--with", "flake8,flake8-async", "flake8", "--isolated")
RUFF = (sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "ASYNC")
ARCHLINT = (sys.executable, "-m", "archlint", "check", "--select", "BA0601,BA0604,BA0605,BA0606")


def main() -> int:
    """Print one row for each case: who says the right thing about it."""
    with TemporaryDirectory() as folder:
        roots = {label: _written(Path(folder), number, label) for number, label in enumerate(PROBE)}
        tools = {
            "ruff": _ruff(folder),
            "flake8-async": _flake8(folder),
            "archlint": _archlint(roots.values()),
        }
        print(f"| case | must be found | {' | '.join(tools)} |\n|---|---|{'---|' * len(tools)}")
        right = dict.fromkeys(tools, 0)
        for label, root in roots.items():
            wanted = _case(*PROBE[label]).bad
            found = {name: root in places for name, places in tools.items()}
            right = {name: count + (found[name] is wanted) for name, count in right.items()}
            cells = (_cell(one, wanted) for one in found.values())
            print(f"| {label} | {'yes' if wanted else 'no'} | {' | '.join(cells)} |")
        print(f"| **right** | | {' | '.join(f'**{count} of {len(roots)}**' for count in right.values())} |")
    return 0


def _cell(found: bool, wanted: bool) -> str:
    said = "found" if found else "silent"
    return said if found is wanted else f"**{said}**"


def _case(page: str, title: str) -> Case:
    cases = next(one.cases for one in bundled_standard().pages if one.name == page)
    return next(case for case in cases if case.title == title)


def _written(folder: Path, number: int, label: str) -> Path:
    root = folder / f"case{number:02}"
    for file in _case(*PROBE[label]).files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return root


def _ruff(folder: str) -> set[Path]:
    said = json.loads(_output(*RUFF, "--output-format", "json", "--exit-zero", folder))
    return {_root(one["filename"]) for one in said if one["code"].startswith("ASYNC2")}


def _flake8(folder: str) -> set[Path]:
    said = _output(*FLAKE8, "--select", "ASYNC2", "--exit-zero", folder)
    return {_root(line) for line in said.splitlines()}


def _archlint(roots: Iterable[Path]) -> set[Path]:
    said = {root: _output(*ARCHLINT, str(root), "--output-format", "json", "--exit-zero") for root in roots}
    return {root for root, text in said.items() if json.loads(text)["findings"]}


def _root(place: str) -> Path:
    """The folder of the case that a path lies in."""
    found = re.match(r".*?case\d\d", place)
    assert found, place
    return Path(found[0])


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    raise SystemExit(main())
