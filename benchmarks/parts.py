"""Tells where a run without a cache spends its time, or what holds its memory, by part of archlint.

    $ python benchmarks/parts.py FOLDER... [--memory] [--most 20]

Time: every fourth millisecond of the processor's a signal asks which code runs (setitimer(2), `ITIMER_PROF`);
a sample belongs to the innermost of archlint's packages on the stack, whatever libraries that had called, and
to "imports" where it was importing. Memory: what `tracemalloc` sees at the end of a run, by the package that
asked for it; tracing makes such a run several times as long. Of archlint's process alone, not of the one that
reads files beside it. Each folder is a run of its own, with a cache that is thrown away. Prints Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from collections import Counter
from pathlib import Path
from types import FrameType

import archlint
from archlint import __main__

PACKAGE = Path(archlint.__file__).parent
CHECK = ("check", "--output-format", "json", "--exit-zero", "--allow-none")
_INTERVAL = 0.004


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--most", type=int, default=20)
    options = parser.parse_args()
    for folder in options.folders:
        amounts = _run(folder, "memory" if options.memory else "time")
        total = sum(amounts.values())
        unit = f"MB of {total / 1e6:.0f}" if options.memory else f"% of {total * _INTERVAL:.1f} s"
        print(f"| {folder.resolve().name} | {unit} |\n|---|--:|")
        for part, amount in amounts.most_common(options.most):
            print(f"| {part} | {amount / 1e6 if options.memory else 100 * amount / total:.1f} |")
        print()


def _run(folder: Path, what: str) -> Counter[str]:
    """The amounts of a run in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        told = Path(place, "told.json")
        environment = os.environ | {"ARCHLINT_CACHE_DIR": str(Path(place, "cache"))}
        command = [sys.executable, __file__, "--told", str(told), what]
        subprocess.run(command, check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        return Counter(json.loads(told.read_text()))


def _tell(place: str, what: str) -> None:
    """Run archlint, and write the amount of each part."""
    sys.argv = ["archlint", *CHECK]
    samples: Counter[str] = Counter()
    if what == "memory":
        tracemalloc.start()
    else:
        signal.signal(signal.SIGPROF, lambda _, frame: samples.update([_part_of_stack(frame)]))
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        __main__.main()
    signal.setitimer(signal.ITIMER_PROF, 0)
    if what == "memory":
        for one in tracemalloc.take_snapshot().statistics("filename"):
            samples[_part(one.traceback[0].filename) or "libraries"] += one.size
    Path(place).write_text(json.dumps(samples))


def _part_of_stack(frame: FrameType | None) -> str:
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return "imports"
        if part := _part(name):
            return part
        frame = frame.f_back
    return "libraries"


def _part(file: str) -> str:
    """The package of archlint that a file is of, such as `service/calls`; nothing of other files."""
    path = Path(file)
    if not path.is_relative_to(PACKAGE):
        return ""
    inner = path.relative_to(PACKAGE)
    return inner.parent.as_posix() if inner.parent.parts else inner.stem


if __name__ == "__main__":
    if sys.argv[1:2] == ["--told"]:
        _tell(*sys.argv[2:])
    else:
        main()
