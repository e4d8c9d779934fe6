"""Makes random edits to a copy of a service, and compares what archlint says after each with a fresh run.

    $ python benchmarks/edits.py FOLDER... --edits 300 --seed 7

The one run has the cache of the runs before it, the other has none; both must write the same. FOLDERs are not
changed. Prints how many edits were made, and how much of the processor's time the two kinds of runs took.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path

from typical_edits import TYPICAL

from archlint import __main__

Edit = Callable[[random.Random, Path], str]

_LINES = (
    "{indent}edited = {number}\n",
    "{indent}print('edited {number}')\n",
    "{indent}import os; os.environ['EDITED_{number}']\n",
    "{indent}# edited {number}\n",
    "{indent}'edited {number}'\n",
    "{indent}log.info('edited {number}'); logger.warning(f'edited {number}')\n",
    "{indent}time.sleep({number})\n",
    "{indent}raise ValueError({number})\n",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--options", nargs="*", default=[])
    options = parser.parse_args()
    for folder in options.folders:
        _compare(folder, options.edits, random.Random(options.seed), options.options)


def _compare(folder: Path, edits: int, choose: random.Random, options: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "copy")
        shutil.copytree(folder, copy, symlinks=True)
        spent = [0.0, 0.0]
        history: list[str] = []
        for number in range(edits):
            history.append(choose.choice(EDITS)(choose, copy))
            caches = Path(place, "kept"), Path(place, f"fresh{number}")
            said = []
            for kind, cache in enumerate(caches):
                start = time.process_time()
                said.append(_check(copy, cache, options))
                spent[kind] += time.process_time() - start
            shutil.rmtree(caches[1], ignore_errors=True)
            if said[0] != said[1] or "internal error" in said[0][1]:
                _show(said)
                sys.exit(f"{folder}: edit {number} differs: {history[-5:]}")
        print(f"{folder}: {edits} edits, {spent[0]:.0f} s instead of {spent[1]:.0f} s", flush=True)


def _check(folder: Path, cache: Path, options: list[str]) -> tuple[str, str]:
    os.environ["ARCHLINT_CACHE_DIR"] = str(cache)
    os.chdir(folder)
    sys.argv = ["archlint", "check", "--output-format", "json", "--allow-none", *options]
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        try:
            __main__.main()
        except SystemExit as ended:
            err.write(f"exit {ended.code}")
    gc.collect()  # a run lets all that it made lie until its process ends
    return _written(out), _written(err)


def _written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def _show(said: list[tuple[str, str]]) -> None:
    paths = [Path(tempfile.gettempdir(), f"edits-{name}.txt") for name in ("kept", "fresh")]
    for path, (out, err) in zip(paths, said, strict=True):
        path.write_text(f"{out}\n{err}")
    subprocess.run(["diff", *paths], check=False)


def _python(choose: random.Random, folder: Path) -> Path:
    files = [path for path in sorted(folder.rglob("*.py")) if ".git" not in path.parts and path.is_file()]
    return choose.choice(files) if files else folder / "main.py"


def _in_body(choose: random.Random, folder: Path) -> str:
    path = _python(choose, folder)
    lines = path.read_text(errors="replace").splitlines(keepends=True) if path.exists() else []
    places = [at for at, line in enumerate(lines) if re.match(r"\s+(return|raise|await|\w+ =|\w+\()", line)]
    if places:
        at = choose.choice(places)
        indent = re.match(r"\s*", lines[at])
        made = choose.choice(_LINES).format(indent=indent[0] if indent else "", number=choose.randrange(99))
        lines.insert(at, made)
        path.write_text("".join(lines))
    return f"body {path.relative_to(folder)}"


def _docstring(choose: random.Random, folder: Path) -> str:
    path = _python(choose, folder)
    parts = (path.read_text(errors="replace") if path.exists() else "").split('"""')
    if len(parts) > 1:
        at = choose.randrange(len(parts) // 2) * 2 + 1
        parts[at] = f"Edited {choose.randrange(99)}. {parts[at]}"
        path.write_text('"""'.join(parts))
    return f"docstring {path.relative_to(folder)}"


def _without_line(choose: random.Random, folder: Path) -> str:
    path = _python(choose, folder)
    lines = path.read_text(errors="replace").splitlines(keepends=True) if path.exists() else []
    if lines:
        del lines[choose.randrange(len(lines))]
        path.write_text("".join(lines))
    return f"without a line {path.relative_to(folder)}"


def _signature(choose: random.Random, folder: Path) -> str:
    path = _python(choose, folder)
    text = path.read_text(errors="replace") if path.exists() else ""
    path.write_text(
        re.sub(r"def (\w+)\(", rf"def \1_{choose.randrange(9)}(", text, count=choose.randrange(3))
    )
    return f"signature {path.relative_to(folder)}"


def _comment(choose: random.Random, folder: Path) -> str:
    path = _python(choose, folder)
    text = path.read_text(errors="replace") if path.exists() else ""
    path.write_text(f"# edited {choose.randrange(99)}\n{text}")
    return f"comment {path.relative_to(folder)}"


def _delete(choose: random.Random, folder: Path) -> str:
    path = _python(choose, folder)
    path.unlink(missing_ok=True)
    return f"delete {path.relative_to(folder)}"


def _move(choose: random.Random, folder: Path) -> str:
    path, other = _python(choose, folder), _python(choose, folder)
    target = other.with_name(f"moved_{choose.randrange(9)}.py")
    if path.exists():
        path.replace(target)
    return f"move {path.relative_to(folder)} to {target.relative_to(folder)}"


def _swap(choose: random.Random, folder: Path) -> str:
    """Take one file's content for another's, as a class that moves does."""
    path, other = _python(choose, folder), _python(choose, folder)
    if path.exists() and other.exists():
        path.write_text(path.read_text(errors="replace") + "\n\n" + other.read_text(errors="replace"))
    return f"join {path.relative_to(folder)} and {other.relative_to(folder)}"


def _document(choose: random.Random, folder: Path) -> str:
    patterns = (
        "*.toml",
        "*.y*ml",
        "*ockerfile*",
        "*.ini",
        "*.md",
        "*.sh",
        "*.env*",
        "*.lock",
        "*.txt",
        "*.cfg",
    )
    found = [p for pattern in patterns for p in sorted(folder.rglob(pattern)) if ".git" not in p.parts]
    found = [path for path in found if path.is_file() and path.stat().st_size < 500_000]
    if not found:
        return "no document"
    path = choose.choice(found)
    lines = path.read_bytes().splitlines(keepends=True)
    kind = choose.randrange(3)
    if kind == 0 and lines:
        del lines[choose.randrange(len(lines))]
    elif kind == 1 and lines:
        at = choose.randrange(len(lines))
        lines.insert(at, lines[at])
    else:
        lines.append(b"# edited\n")
    path.write_bytes(b"".join(lines))
    return f"document {path.relative_to(folder)}"


def _new(choose: random.Random, folder: Path) -> str:
    names = (
        "Dockerfile",
        "conftest.py",
        ".gitignore",
        "archlint.toml",
        "docker-compose.yml",
        "tests/test_new.py",
    )
    name = choose.choice(names)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    texts = {
        ".gitignore": f"*.{choose.choice(['md', 'ini', 'txt'])}\n",
        "archlint.toml": f"ignore = ['BA0{choose.randrange(9)}']\n",
        "Dockerfile": "FROM python:3.12\nRUN pip install fastapi\nCMD uvicorn app.main:app --root-path /x\n",
        "docker-compose.yml": "services:\n  db:\n    image: postgres:15\n",
    }
    path.write_text(texts.get(name, "import pytest\n\n\ndef test_new(client):\n    client.get('/')\n"))
    return f"new {name}"


def _restore(_: random.Random, folder: Path) -> str:
    """Take back what was done to tracked files, so that services do not decay for good."""
    if (folder / ".git").exists():
        subprocess.run(["git", "-C", str(folder), "checkout", "-q", "--", "."], check=False)
        subprocess.run(["git", "-C", str(folder), "clean", "-qfd"], check=False)
    return "restore"


EDITS: tuple[Edit, ...] = (
    *((_in_body,) * 8), *((_without_line,) * 2), _signature, *((_docstring,) * 4), *((_comment,) * 2),
    _delete, _move, _swap, *((_document,) * 4), _new, _restore, *TYPICAL.values(),
)  # fmt: skip


if __name__ == "__main__":
    main()
