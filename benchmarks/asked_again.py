"""Tells what typical edits make archlint do again, and which part that was read was the first to change.

    $ python benchmarks/asked_again.py FOLDER... [--samples 3] [--only WORD] [--why] [--rules]

For each kind of edit: how many rules are asked again, and how many seconds of the processor that takes, the
medians of some places of each service. Nothing changed before, and the edit is taken back after. FOLDERs are
not changed. Prints Markdown; `--why` says all who read what has changed, and how many rules were asked after
each: so many are left to ask where the readers above it take something finer.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from body_edits import BODIES
from typical_edits import TYPICAL

import archlint
from archlint import __main__, memory, readings
from archlint.answers import own_code
from archlint.memory import Memory

CHECK = ("check", "--output-format", "json", "--exit-zero", "--allow-none")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--why", action="store_true")
    parser.add_argument("--rules", action="store_true")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(Path(archlint.__file__).parent, quiet=1)
    print(f"| edit | {' | '.join(f'{f.resolve().name}: rules | s' for f in options.folders)} |")
    print(f"|---|{'--:|--:|' * len(options.folders)}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        services = [Bench(folder, Path(place, str(at))) for at, folder in enumerate(options.folders)]
        for name, edit in (TYPICAL | BODIES).items():
            if options.only in name:
                cells = [one.cells(name, edit, options) for one in services]
                print(f"| {name} | {' | '.join(cells)} |", flush=True)


class Bench:
    """A copy of a service with what the run before any edit has left."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.folder, self.cache, self.used = place / "copy", place / "cache", place / "used"
        self.original = place / "original"
        shutil.copytree(folder, self.original, symlinks=True)
        shutil.copytree(folder, self.folder, symlinks=True)
        time.sleep(2.1)  # else no stamp tells anything
        told, _ = _run(self.folder, self.cache, "full")
        self.archlint = told["archlint"]

    def cells(self, name: str, edit: Any, options: argparse.Namespace) -> str:
        found = [self._sample(edit, options, sample) for sample in range(options.samples)]
        found = [one for one in found if one is not None]
        if not found:
            return "- | -"
        rules, seconds = zip(*found, strict=True)
        span = f"{statistics.median(rules):.0f} ({min(rules)} to {max(rules)})"
        return f"{span} | {statistics.median(seconds):.2f}"

    def _sample(self, edit: Any, options: argparse.Namespace, sample: int) -> tuple[int, float] | None:
        before = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}
        what = edit(random.Random(options.seed + sample), self.folder)
        shutil.rmtree(self.used, ignore_errors=True)
        shutil.copytree(self.cache, self.used)
        told, seconds = _run(self.folder, self.used, "why" if options.why else "count")
        if told["archlint"] != self.archlint:
            sys.exit("archlint itself was edited meanwhile, so that all rules are asked again; start anew")
        changed = [p for p in before if p.stat().st_mtime_ns != before[p]]
        for path in changed:
            shutil.copy2(self.original / path.relative_to(self.folder), path)
        if what == "no place":
            return None
        if options.why or options.rules:
            print(f"\n## {what}: {len(told['asked'])} rules, {seconds:.2f} s", file=sys.stderr)
            print(*told["why"], sep="\n", file=sys.stderr)
        if options.rules:
            print(*told["asked"], file=sys.stderr)
        return len(told["asked"]), seconds


def _run(folder: Path, cache: Path, what: str) -> tuple[dict[str, Any], float]:
    """Run archlint in a process of its own, which tells `what` it did."""
    environment = os.environ | {"ARCHLINT_CACHE_DIR": str(cache)}
    with tempfile.NamedTemporaryFile() as told:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, __file__, "--told", told.name, what]
        subprocess.run(command, check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return json.loads(Path(told.name).read_text() or "{}"), seconds


class _Readings(dict[object, None]):
    """What was read, with the places in archlint that read it, and how many rules had spoken by then."""

    def __init__(self, asked: list[str]) -> None:
        super().__init__()
        self.readers: dict[object, dict[CodeType, tuple[int, str]]] = {}
        self._asked, self._unnoticed = asked, 0
        enter, leave = readings.unnoticed.__enter__, readings.unnoticed.__exit__

        def entered(of: readings.unnoticed) -> None:
            self._unnoticed += 1
            enter(of)

        def left(of: readings.unnoticed, *why: object) -> None:
            self._unnoticed -= 1
            leave(of, *why)

        readings.unnoticed.__enter__, readings.unnoticed.__exit__ = entered, left  # type: ignore[method-assign]

    def __setitem__(self, key: object, value: None) -> None:
        super().__setitem__(key, value)
        if self._unnoticed:
            return
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and Path(frame.f_code.co_filename).stem in _DOORS:
            frame = frame.f_back
        found = self.readers.setdefault(key, {})
        if frame is not None and frame.f_code not in found:
            frames = reversed(traceback.extract_stack(frame, limit=12))
            own = " < ".join(f"{Path(one.filename).stem}.{one.name}:{one.lineno}" for one in frames)
            found[frame.f_code] = len(self._asked), own


_DOORS = frozenset({"functools", "readings", "source"})


def _tell(place: str, what: str) -> None:
    """Run archlint, and write what it did."""
    asked: list[str] = []
    why: list[str] = []
    keep, save, init = Memory.keep, Memory.save, Memory.__init__

    def kept(self: Memory, name: str, said: object) -> None:
        asked.append(name.split()[1])
        keep(self, name, said)  # type: ignore[arg-type]

    def saved(self: Memory) -> None:
        save(self)
        rules = [one for one in asked if one.startswith("BA")]
        told = {"archlint": own_code(), "asked": rules, "why": why}
        if what == "full":
            assert isinstance(readings.code, _Readings)
            numbers = {path: number for number, path in enumerate(self._facts)}
            names = memory._Names(numbers, self._facts.decoded())
            readers = {str(names.of(key)): [*found.values()] for key, found in readings.code.readers.items()}
            Path(os.environ["ARCHLINT_CACHE_DIR"], "readers.json").write_text(
                json.dumps([len(asked), readers])
            )
        Path(place).write_text(json.dumps(told))

    def made(self: Memory, *arguments: Any) -> None:
        init(self, *arguments)
        if what == "why":
            why.extend(_reasons(self))

    Memory.keep, Memory.save, Memory.__init__ = kept, saved, made  # type: ignore[method-assign, assignment]
    if what == "full":
        readings.code = _Readings(asked)
    sys.argv = ["archlint", *CHECK]
    __main__.main()


def _reasons(found: Memory) -> list[str]:
    """What has changed of each trace, in the order in which it was read, and by whom."""
    asked, readers = json.loads(Path(os.environ["ARCHLINT_CACHE_DIR"], "readers.json").read_text())
    lines = []
    changes = found._changes
    for one in found._remembered:
        kept = one._trace.kept
        for at, (file, part) in one._read.of(changes._differences):
            if changes._has_changed(file, part):
                behind = sum(rule.after_code > at for rule in kept.values())
                lines.append(f"{one.group} {behind:3} behind {part!r} of {changes.files[file]}")
                by = readers.get(str((file, part)), ())
                lines += (f"    {asked - before:3} behind {stack}" for before, stack in by)
        for at, path in enumerate(one._trace.documents):
            if not changes._tells_the_same(path):
                behind = sum(rule.after_documents > at for rule in kept.values())
                lines.append(f"{one.group} {behind:3} behind {path}")
    return lines


if __name__ == "__main__":
    if sys.argv[1:2] == ["--told"]:
        _tell(*sys.argv[2:])
    else:
        main()
