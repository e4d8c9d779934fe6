"""Services that are almost what they were: files of the fixtures with tokens and lines out of place."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from typer.testing import CliRunner

from archlint.cli import app
from archlint.findings import ArchlintError

FIXTURES = Path(__file__).parent.parent / "fixtures"
COMMANDS = (
    *[("check", "--output-format", "json")] * 6,
    ("check", "--output-format", "text"),
    ("check", "--fix", "--unsafe-fixes"),
    ("routes",),
    ("schema",),
    ("openapi",),
    ("report", "--format", "html"),
    ("graph",),
)
"""What is run on them; the folder comes last."""

GROWING = (
    'grown = "/a"\nfor _ in range(90):\n    grown = f"{grown}{grown}"\n',
    "grown = [1]\nfor _ in range(90):\n    grown += grown\n",
    "grown = {}\ngrown[0] = grown\n",
    "def grown(*a, **k): return grown(grown, *a, **k)\ngrown()\n",
    "class Grown(Grown): pass\n",
    "from . import *\nfrom .. import *\nimport a.b.c as app\n",
    "router.include_router(router)\n",
    "app.mount('/', app)\n",
    "x = int('nan'); y = range(0, 1, 0); z = '%s' % (); w = '{}'.format()\n",
    "@property\n@staticmethod\ndef app(): yield app\n",
    "async def lifespan(app): yield await app\n",
    "del app, router\n",
    "try: pass\nexcept* E: raise\nelse: pass\nfinally: app = None\n",
    "match app:\n    case {'a': [x, *y], **z} | FastAPI(x=y): pass\n",
    "type X[T] = list[X[X]]\n",
    "x: 'X[' = lambda *, a=(yield): [a for b in c if (d := b)]\n",
    "__all__ = [*__all__, 1]\n",
    "globals()['app'] = setattr(app, 'app', app)\n",
)
NAMES = ("__init__.py", "conftest.py", "main.py", "json.py", "Dockerfile", "alembic.ini", ".gitignore")
WORDS = re.compile(rb"\w+|[^\w\s]|\s+")


@cache
def services() -> tuple[Path, ...]:
    """The fixtures, in order."""
    return tuple(sorted(path for path in FIXTURES.iterdir() if path.is_dir()))


def mangle(folder: Path, chance: random.Random) -> None:
    """Change some files below the folder, and perhaps one's name."""
    files = sorted(_files(folder))
    for path in chance.sample(files, min(len(files), chance.randrange(1, 9))):
        data = path.read_bytes()
        for _ in range(chance.randrange(1, 5)):
            data = chance.choice(MANGLERS)(data, chance)
        path.write_bytes(data[:200_000])
    if chance.random() < 0.2:
        path = chance.choice(files)
        path.rename(path.with_name(chance.choice(NAMES)))


def run(command: tuple[str, ...], folder: Path) -> str:
    """What is wrong with the run of a command on the folder; an empty string where nothing is."""
    found = CliRunner().invoke(app, [*command, str(folder)])
    if isinstance(found.exception, ArchlintError):  # which `archlint.__main__` says in one line
        return ""
    if found.exception and not isinstance(found.exception, SystemExit):
        return f"{type(found.exception).__name__}: {found.exception}"
    if "internal error" in found.output or "internal error" in found.stderr:
        return found.stderr[-2_000:]
    if found.exit_code == 2 and found.stderr.startswith("Usage"):
        return found.stderr
    return "" if found.exit_code in {0, 1, 2} else f"exit code {found.exit_code}"


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".venv", ".git", "__pycache__"))]
        yield from (Path(parent, name) for name in names)


def _exchange(data: bytes, chance: random.Random) -> bytes:
    tokens = WORDS.findall(data) or [b""]
    for _ in range(chance.randrange(1, 6)):
        tokens[chance.randrange(len(tokens))] = chance.choice(tokens)
    return b"".join(tokens)


def _move_lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    start = chance.randrange(len(lines))
    taken = lines[start : start + chance.randrange(1, 12)]
    where = chance.randrange(len(lines))
    rest = lines[:start] + lines[start + len(taken) :] if chance.random() < 0.6 else lines
    return b"".join(rest[:where] + taken * chance.choice((0, 1, 1, 2, 50)) + rest[where:])


def _put_in_between(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    where = chance.randrange(len(lines) + 1)
    rest = lines[where:]
    indent = rest[0][: len(rest[0]) - len(rest[0].lstrip())].rstrip(b"\r\n") if rest else b""
    piece = [indent + line for line in chance.choice(GROWING).encode().splitlines(keepends=True)]
    return b"".join([*lines[:where], *piece, *rest])


def _damage(data: bytes, chance: random.Random) -> bytes:
    where = chance.randrange(len(data) + 1)
    return data[:where] + bytes(chance.choices(b"\0\r\n\t\"'{}[](),:\xff\xc3`$\\#", k=3)) + data[where:]


MANGLERS = (_exchange, _exchange, _move_lines, _move_lines, _put_in_between, _damage)
