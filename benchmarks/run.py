"""What a run of archlint takes, beside the tools of the field, and how that grows with the service.

    python benchmarks/run.py FOLDER... [--repeat 5] [--growth FOLDER...]

Each folder is copied, so nothing of it changes, and nothing is fetched. archlint and its peers (ruff,
import-linter and hadolint, as far as they are installed) take turns in one run, so that what else the
machine does meets all of them. Bytecode is compiled first. Times are of the processor, of a process and all
that it started; `ru_maxrss` (getrusage(2)) is the peak memory of the largest of them. Prints Markdown.
"""

from __future__ import annotations

import argparse
import compileall
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import archlint

BIN = Path(sys.executable).parent
CHECK = (str(BIN / "archlint"), "check", "--output-format", "json")


class Cost(NamedTuple):
    """What one run took: seconds of the processor and of the clock, and megabytes."""

    processor: float
    wall: float
    memory: float


class Bench(NamedTuple):
    """One thing to measure: what is done before each run, and the commands that are run."""

    name: str
    prepare: Callable[[], None]
    commands: tuple[tuple[str, ...], ...]


class Copy:
    """A copy of a service, which is edited and checked."""

    def __init__(self, source: Path, place: Path) -> None:
        self.root = place / source.resolve().name
        self.cache = place / "cache"
        self.linter_cache = place / "linter-cache"
        self.settings = place / "importlinter.ini"
        shutil.copytree(source, self.root, symlinks=True)
        self.python = sorted(path for path in self.root.rglob("*.py") if path.is_file())
        self._originals: dict[Path, str] = {}

    def forget(self) -> None:
        """As if archlint and its peers had never run here, and nobody had edited anything."""
        for path, text in self._originals.items():
            path.write_text(text, encoding="utf-8")
        for folder in (self.cache, self.linter_cache, self.root / ".ruff_cache"):
            shutil.rmtree(folder, ignore_errors=True)

    def settle(self) -> None:
        """Let what was kept count: what changed within the last two seconds is looked at again."""
        time.sleep(2.1)
        measured(CHECK, self.root, self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """What archlint and import-linter are told."""
        package = package_of(self)
        path = package.parent if package else self.root
        return os.environ | {"ARCHLINT_CACHE_DIR": str(self.cache), "PYTHONPATH": str(path)}

    def edit(self, pattern: str, replacement: str) -> None:
        """Change the middle file that has a place for it; `{}` is another number each time."""
        middle = len(self.python) // 2
        for path in (*self.python[middle:], *self.python[:middle]):
            text = self._originals.setdefault(path, path.read_text(encoding="utf-8", errors="ignore"))
            new = replacement.replace("{}", str(time.time_ns()))
            changed = re.sub(pattern, new, text, count=1, flags=re.MULTILINE)
            if changed != text:
                path.write_text(changed, encoding="utf-8")
                return

    def edit_body(self) -> None:
        """Put a statement before the first of a method."""
        self.edit(r"^(    (?:async )?def \w+\([^()]*\)[^\n]*:\n)(        \w)", r"\1        edited = 1_{}\n\2")

    def edit_signature(self) -> None:
        """Rename a function."""
        self.edit(r"^((?:async )?def \w+)", r"\1_{}")


def main() -> int:
    """Measure each folder, then the growth over services of several sizes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each (default 5)")
    parser.add_argument("--growth", nargs="+", type=Path, help="services of several sizes: how time grows")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(Path(archlint.__file__).parent, quiet=1)
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as place:
            report(folder, Copy(folder, Path(place)), options.repeat)
    if options.growth:
        growth(options.growth)
    return 0


def report(folder: Path, copy: Copy, repeat: int) -> None:
    """Print one folder's table; ratios are of medians of processor time to the peers' sum, cold and warm."""
    benches = list(benches_of(copy))
    costs: dict[str, list[Cost]] = {bench.name: [] for bench in benches}
    for bench in benches:
        run(bench, copy)
    for _ in range(repeat):
        for bench in benches:
            costs[bench.name].append(run(bench, copy))
    medians = {name: statistics.median(cost.processor for cost in found) for name, found in costs.items()}
    peers = sum(seconds for name, seconds in medians.items() if name.endswith("(cold)"))
    print(f"\n### {folder.resolve().name}: {len(copy.python)} Python files\n")
    print("| | processor s, median | min | max | wall s, median | peak MB | to the peers' cold sum |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, found in costs.items():
        seconds = [cost.processor for cost in found]
        wall = statistics.median(cost.wall for cost in found)
        memory = max(cost.memory for cost in found)
        ratio = f"{medians[name] / peers:.2f}" if peers else ""
        spread = f"{medians[name]:.2f} | {min(seconds):.2f} | {max(seconds):.2f}"
        print(f"| {name} | {spread} | {wall:.2f} | {memory:.0f} | {ratio} |", flush=True)


def benches_of(copy: Copy) -> Iterator[Bench]:
    """What is measured on a service; archlint's exit code says what it found."""
    some = copy.python[:: max(len(copy.python) // 5, 1)][:5]
    yield Bench("`python -c pass`", lambda: None, ((sys.executable, "-c", "pass"),))
    yield Bench("archlint --version", lambda: None, ((str(BIN / "archlint"), "--version"),))
    yield Bench("archlint, cold", copy.forget, (CHECK,))
    yield Bench("archlint, nothing changed", copy.settle, (CHECK,))
    yield Bench("archlint, a function's body edited", copy.edit_body, (CHECK,))
    files = tuple(str(path.relative_to(copy.root)) for path in some)
    yield Bench("archlint, five files as a hook gives them", copy.edit_body, ((*CHECK, *files),))
    yield Bench("archlint, a function renamed", copy.edit_signature, (CHECK,))
    yield from peers_of(copy)


def peers_of(copy: Copy) -> Iterator[Bench]:
    """ruff, import-linter and hadolint, each where it is installed; what is missing is told."""
    ruff, linter, hadolint = (_program(name) for name in ("ruff", "lint-imports", "hadolint"))
    if ruff:
        command = (ruff, "check", "--isolated", "--quiet", "--exit-zero", "--select", "FAST,ASYNC,S", ".")
        yield Bench("ruff (cold)", copy.forget, (command,))
        yield Bench("ruff (warm)", lambda: None, (command,))
    package = package_of(copy)
    if linter and package:
        _configure(copy, package)
        command = (linter, "--config", str(copy.settings), "--cache-dir", str(copy.linter_cache))
        yield Bench("import-linter (cold)", copy.forget, (command,))
        yield Bench("import-linter (warm)", lambda: None, (command,))
    dockerfiles = [str(path) for path in sorted(copy.root.rglob("*Dockerfile*")) if path.is_file()]
    if hadolint and dockerfiles:
        yield Bench("hadolint (cold)", lambda: None, ((hadolint, "--no-fail", *dockerfiles),))
    found = {"ruff": ruff, "import-linter": linter and package, "hadolint": hadolint}
    missing = [name for name, there in found.items() if not there]
    if missing:
        print(f"\nNot installed, or not to be run on {copy.root.name}: {', '.join(missing)}.")


def run(bench: Bench, copy: Copy) -> Cost:
    """Prepare, then run the commands one after the other, and count all their processes."""
    bench.prepare()
    costs = [measured(command, copy.root, copy.environment) for command in bench.commands]
    return Cost(
        sum(cost.processor for cost in costs),
        sum(cost.wall for cost in costs),
        max(cost.memory for cost in costs),
    )


def measured(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Cost:
    """What a command took, the processes that it waited for among it."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    per_megabyte = 1024 * 1024 if sys.platform == "darwin" else 1024
    seconds = usage.ru_utime + usage.ru_stime
    return Cost(seconds, time.perf_counter() - began, usage.ru_maxrss / per_megabyte)


def growth(folders: Sequence[Path]) -> None:
    """Print time and memory of one cold run of each service by its size, and the exponent from 100 files."""
    print("\n### Growth\n")
    print("| service | Python files | processor s, cold | s for 100 files | peak MB |")
    print("|---|--:|--:|--:|--:|")
    points: list[tuple[int, float]] = []
    for folder in folders:
        with tempfile.TemporaryDirectory() as place:
            copy = Copy(folder, Path(place))
            cost = run(Bench(folder.name, copy.forget, (CHECK,)), copy)
        size, seconds = len(copy.python), cost.processor
        points.append((size, seconds))
        shown = f"{seconds:.2f} | {100 * seconds / size:.2f} | {cost.memory:.0f}"
        print(f"| {folder.resolve().name} | {size} | {shown} |", flush=True)
    print(f"\nTime grows with the files to the power of {_exponent(points):.2f}.")


def _exponent(points: Sequence[tuple[int, float]]) -> float:
    """The slope of the logarithms from 100 files on, by least squares."""
    logs = [(math.log(size), math.log(seconds)) for size, seconds in points if size >= 100]
    if len(logs) < 2:
        return math.nan
    return statistics.linear_regression(*zip(*logs, strict=True)).slope


def _program(name: str) -> str | None:
    own = BIN / name
    return str(own) if own.is_file() else shutil.which(name)


def package_of(copy: Copy) -> Path | None:
    """The package at the top of most files."""
    counts: dict[Path, int] = {}
    for path in copy.python:
        tops = [parent for parent in path.parents if (parent / "__init__.py").is_file()]
        if tops and tops[-1].name.isidentifier() and "test" not in tops[-1].name:
            counts[tops[-1]] = counts.get(tops[-1], 0) + 1
    return max(counts, key=counts.__getitem__) if counts else None


def _configure(copy: Copy, package: Path) -> None:
    """One contract that makes import-linter read the whole package and look for chains in it."""
    inner = sorted(one.name for one in package.iterdir() if (one / "__init__.py").is_file())[:6]
    modules = "\n    ".join(f"{package.name}.{name}" for name in inner)
    copy.settings.write_text(
        f"[importlinter]\nroot_package = {package.name}\n\n"
        f"[importlinter:contract:1]\nname = apart\ntype = independence\nmodules =\n    {modules}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())
