"""Documents of random apps against older FastAPI and Pydantic: prints the table of docs/benchmarks.md.

$ python benchmarks/openapi_versions.py EXAMPLES PYTHON …

Each PYTHON is an interpreter with a FastAPI and a Pydantic; EXAMPLES is how many random apps of the tests are
run in each, beside those that are written down. archlint reads the same apps with these versions pinned in
pyproject.toml. What differs is printed to standard error, each kind of place once, with an app that shows it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from textwrap import dedent
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.service.openapi.example_apps import APPS
from tests.service.openapi.generated_apps import apps
from tests.service.openapi.running_document import comparable, differences
from tests.service.small import service_of

_DUMP = """
import importlib, json, pathlib, re, sys, warnings
import fastapi, pydantic
warnings.simplefilter("ignore")
class Missing:
    "What this version has not: an app that imports it may still not use it."
    def __init__(self, *args, **keywords): raise NotImplementedError
    def __class_getitem__(cls, item): raise NotImplementedError
def document():
    for attempt in range(20):
        try:
            return importlib.import_module("app.main").app.openapi()
        except ImportError as error:
            lacking = re.match("cannot import name '(.*?)' from '(.*?)'", str(error))
            if lacking is None:
                raise
            module = sys.modules[lacking[2]]
            setattr(module, lacking[1], getattr(pydantic.types, lacking[1], Missing))
print(json.dumps([fastapi.__version__, pydantic.VERSION]))
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir(), key=lambda path: int(path.name)):
    sys.path.insert(0, str(folder))
    try:
        print(json.dumps(document()))
    except BaseException as error:
        print(json.dumps({"error": repr(error)[:300]}))
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]
"""


def main() -> None:
    """Print a row for each interpreter."""
    sources = [*APPS.values(), *_random(int(sys.argv[1]))]
    print("| FastAPI | Pydantic | apps | refused by that version | equal | different | share |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for python in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for number, source in enumerate(sources):
                _write(root / "run" / str(number), source)
            made = subprocess.run(
                [python, "-c", _DUMP, str(root / "run")], check=True, capture_output=True, text=True
            )
            (fastapi, pydantic), *truths = map(json.loads, made.stdout.splitlines())
            counts = _compare(root / "read", sources, truths, fastapi, pydantic)
        ran = counts["equal"] + counts["different"]
        share = counts["equal"] / ran if ran else 0
        cells = f"{len(sources)} | {counts['refused']} | {counts['equal']} | {counts['different']}"
        print(f"| {fastapi} | {pydantic} | {cells} | {share:.3f} |", flush=True)


def _random(count: int) -> list[str]:
    found: list[str] = []

    @settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(apps())
    def collect(source: str) -> None:
        found.append(source)

    collect()
    return list(dict.fromkeys(found))[:count]


def _write(folder: Path, source: str) -> None:
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "__init__.py").write_text("")
    (folder / "app" / "main.py").write_text(dedent(source), encoding="utf-8")


def _compare(root: Path, sources: list[str], truths: list[Any], fastapi: str, pydantic: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    pins = f'dependencies = ["fastapi=={fastapi}", "pydantic=={pydantic}"]'
    project = f'[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n{pins}\n'
    for number, (source, truth) in enumerate(zip(sources, truths, strict=True)):
        if "error" in truth:
            counts["refused"] += 1
            continue
        files = {"pyproject.toml": project, "app/__init__.py": "", "app/main.py": source}
        document = service_of(root / str(number), files).documents.main
        found = differences(comparable(document.content if document else {}), comparable(truth))
        counts["different" if found else "equal"] += 1
        for line in found:
            kind = re.sub(r"^(/paths/[^:]*|/components/schemas)/[^/:]+", r"\1/…", line)[:60]
            if kind not in seen:
                seen.add(kind)
                print(f"{fastapi}, {pydantic}: app {number}: {line[:300]}", file=sys.stderr)
    return counts


if __name__ == "__main__":
    main()
