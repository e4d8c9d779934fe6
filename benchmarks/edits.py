"""Makes random edits to a copy of a service, and compares what archlint says after each with a fresh run.

    $ python benchmarks/edits.py FOLDER... --edits 300 --seed 7 [--from 250] [--options --select BA05]

The one run has the cache of the runs before it. The other has none, or the facts of files alone, which are
kept by content and cost most; every tenth has not even these. Both must write the same, and what is asked
again without an edit, or of one path alone, too. Each run is a process of its own. FOLDERs are not changed.

Half of the edits are aimed at places that findings speak of in the service as it is: most others change
nothing that archlint says, so that no wrong memory would show. The end says how many changed the findings,
and only these say something.

Edits that leave a service which archlint refuses to check, such as a broken configuration, are taken back.
`--from` makes the edits before that one without a run, to see whether a difference needs no more than one
before it. Prints each difference, and in the end how many edits were made and how much of the
processor's time the two kinds of runs took. Exits with 1 where anything differed or broke.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, NamedTuple

from random_edits import EDITS, edit_at

import archlint
from archlint import __main__

_FACTS = ".facts"
_ERRORS = "internal error", "Traceback"
_AIMED = 0.5
"""How many of the edits are of places that findings speak of, each rule's as often as another's."""
_MOST_EDITS = 25
"""So many edits are made before the service is what it was, or nothing of it would be left."""


class Said(NamedTuple):
    """What a run wrote, how it ended, and the seconds of the processor that it took."""

    output: str
    errors: str
    code: int
    seconds: float

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What it found; nothing where archlint refused to check."""
        found: list[dict[str, Any]] = json.loads(self.output)["findings"] if self.output else []
        return found

    @property
    def fingerprints(self) -> Counter[str]:
        """What it found, wherever that stands now."""
        return Counter(one["fingerprint"] for one in self.findings)

    def differs(self, other: Said) -> bool:
        """Whether another run said anything else."""
        return self[:3] != other[:3]

    @property
    def is_broken(self) -> bool:
        """Whether archlint itself failed, of which two runs may say the same."""
        return self.code not in {0, 1, 2} or any(word in self.errors for word in _ERRORS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--options", nargs=argparse.REMAINDER, default=[])
    options = parser.parse_args()
    differences = 0
    for one in walk_packages(archlint.__path__, "archlint."):
        import_module(one.name)  # processes that run have what this one has imported
    gc.freeze()
    for folder in options.folders:
        with tempfile.TemporaryDirectory(prefix="edits-") as place:
            bench = _Bench(folder.resolve(), Path(place), random.Random(options.seed), options.options)
            differences += bench.run(options.edits, options.first)
    sys.exit(min(differences, 1))


class _Bench:
    """A copy of a service, with the cache that is kept and the one that has facts alone."""

    def __init__(self, folder: Path, place: Path, choose: random.Random, options: list[str]) -> None:
        self._name, self._choose, self._options = folder.name, choose, options
        self._copy, self._kept, self._fresh = place / "copy", place / "kept", place / "fresh"
        shutil.copytree(folder, self._copy, symlinks=True)
        if not (self._copy / ".git").is_dir():
            (self._copy / ".git").unlink(missing_ok=True)
            self._git("init")
        self._git("add", "-A")
        self._git(
            "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--allow-empty", "-m", "as it is"
        )
        self._recheck = random.Random(0)  # apart, so that the edits are the same whatever is run
        self._seconds = [0.0, 0.0]
        said = self._check(self._fresh, [])
        self._first = self._last = said.fingerprints
        self._places: dict[str, list[tuple[str, int]]] = {}
        for found in said.findings:
            places = ((one["file"], one["line"]) for one in (found, *found["chain"]))
            self._places.setdefault(found["code"], []).extend(places)
        self._changed = 0

    def run(self, edits: int, first: int) -> int:
        """Make edits, and run after each from the first on; the number of differences."""
        differences, refused, history = 0, 0, list[str]()
        for number in range(edits):
            if number % _MOST_EDITS == 0:
                self._restore()
                history.clear()
            history.append(self._edit())
            beside = self._choose.random()
            path = self._choose.choice(sorted(self._copy.rglob("*.py")) or [self._copy])
            if number < first - 1:
                continue
            found = self._compare([], is_bare=number % 10 == 0)
            if not found and beside < 0.15:
                found = self._compare([str(path.relative_to(self._copy))])
            if found == "refused":
                refused += 1
                self._restore()
            elif found:
                differences += 1
                print(f"{self._name}: edit {number}: {found}\n  " + "\n  ".join(history[-4:]), flush=True)
                shutil.rmtree(self._kept, ignore_errors=True)
        done = edits - max(first - 1, 0)
        kept, fresh = self._seconds
        print(
            f"{self._name}: {done} edits, of which {self._changed} changed the findings, "
            f"{differences} differences, {refused} refused, {kept:.0f} s instead of {fresh:.0f} s",
            flush=True,
        )  # fmt: skip
        return differences

    def _edit(self) -> str:
        if self._places and self._choose.random() < _AIMED:
            places = self._places[self._choose.choice(sorted(self._places))]
            return edit_at(self._choose, self._copy, *self._choose.choice(places))
        return self._choose.choice(EDITS)(self._choose, self._copy)

    def _compare(self, paths: list[str], *, is_bare: bool = False) -> str:
        """What is wrong with the two runs; nothing, or that archlint refuses to check the service."""
        for path in self._fresh.glob("*"):
            if is_bare or path.suffix != _FACTS:
                path.unlink()
        kept, fresh = self._check(self._kept, paths), self._check(self._fresh, paths)
        self._seconds[0] += kept.seconds
        self._seconds[1] += fresh.seconds
        if not paths and fresh.code != 2:
            self._changed += fresh.fingerprints != self._last
            self._last = fresh.fingerprints
        if kept.is_broken or fresh.is_broken:
            return f"internal error\n{(fresh if fresh.is_broken else kept).errors[-3_000:]}"
        if kept.differs(fresh):
            return f"differs {' '.join(paths)}\n{_difference(kept, fresh)}"
        if self._recheck.random() < 0.2 and kept.differs(again := self._check(self._kept, paths)):
            return f"the answer that was kept differs\n{_difference(kept, again)}"
        return "refused" if kept.code == 2 else ""

    def _check(self, cache: Path, paths: list[str]) -> Said:
        files = [Path(self._kept.parent, name) for name in ("output", "errors")]
        pid = os.fork()
        if not pid:
            _run(self._copy, cache, files, [*self._options, *paths])
        _, status, used = os.wait4(pid, 0)
        texts = [path.read_text(encoding="utf-8", errors="surrogateescape") for path in files]
        return Said(*texts, os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime)

    def _restore(self) -> None:
        self._last = self._first
        self._git("reset", "--hard")
        self._git("clean", "-fdx")

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self._copy), *arguments], check=True, capture_output=True)


def _run(folder: Path, cache: Path, files: list[Path], arguments: list[str]) -> None:
    """Run archlint in this process, which ends with it."""
    for descriptor, path in enumerate(files, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    os.environ["ARCHLINT_CACHE_DIR"] = str(cache)
    os.chdir(folder)
    sys.argv = ["archlint", "check", "--output-format", "json", "--allow-none", *arguments]
    try:
        __main__.start()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 3)
    os._exit(4)


def _difference(one: Said, other: Said) -> str:
    with tempfile.TemporaryDirectory() as place:
        paths = [Path(place, name) for name in ("kept", "fresh")]
        for path, said in zip(paths, (one, other), strict=True):
            path.write_text(f"{said.output}\n{said.errors}\nexit {said.code}\n", errors="surrogateescape")
        found = subprocess.run(["diff", "-U1", *paths], check=False, capture_output=True, text=True)
        return found.stdout[:4_000]


if __name__ == "__main__":
    main()
