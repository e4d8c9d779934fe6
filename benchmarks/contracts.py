"""Compares archlint's direct breaches of the layers with what `lint-imports` says of the same contracts.

    python benchmarks/contracts.py FOLDER:PACKAGE...

FOLDER is where PACKAGE can be imported from; it is copied first. Each layer's contract names the modules that
archlint puts into the layers, so that only the verdicts on imports are compared.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from archlint.config import LAYERS
from archlint.loading import load
from archlint.service.diagrams import FORBIDDEN
from archlint.service.layers.contracts import breaches
from archlint.service.model import Service

_SHOWN = re.compile(r"^\s*-?\s*(\S+) -> (\S+) \((l\.[\d,\s l.]+)\)", re.MULTILINE)


def main() -> None:
    """Print one row for each service, and every import on which the two differ."""
    print("| service | imports between layers | lint-imports | archlint | both | only one |")
    print("|---|--:|--:|--:|--:|---|")
    for argument in sys.argv[1:]:
        folder, _, package = argument.rpartition(":")
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(folder, Path(copy) / "service", ignore=shutil.ignore_patterns(".git"))
            print(compare(Path(copy) / "service", package, Path(folder).name))


def compare(folder: Path, package: str, name: str) -> str:
    (service,) = load([folder]).services
    ours = direct(service)
    for path in [folder / package, *(folder / package).rglob("*/")]:
        (path / "__init__.py").touch()  # without it, grimp leaves the folder out
    theirs = asked(service, folder, package)
    between = sum(
        1
        for edge in service.imports.edges
        if (a := service.layers.of(edge.importer))
        and (b := service.layers.of(edge.imported))
        and a.name != b.name
    )
    odd = [
        f"{side} {' '.join(map(str, one))}"
        for side, group in (("+", ours - theirs), ("-", theirs - ours))
        for one in sorted(group)
    ]
    return (
        f"| {name} | {between} | {len(theirs)} | {len(ours)} | {len(ours & theirs)} | {len(odd)} |"
        + "".join(f"\n    {line}" for line in odd)
    )


def direct(service: Service) -> set[tuple[str, int]]:
    """The statements that archlint reports, by module and line, re-exports and chains left out."""
    found = set()
    edges = {edge.location: edge for edge in service.imports.edges}
    for layer in LAYERS:
        for breach in breaches(service, layer, FORBIDDEN[layer]):
            edge = edges[breach.location]
            if not breach.through:
                line = edge.importer.span(edge.statement, edge.statement).line
                found.add((edge.importer.name, line))
    return found


def asked(service: Service, folder: Path, package: str) -> set[tuple[str, int]]:
    """What lint-imports shows for one forbidden contract for each layer."""
    lines = ["[importlinter]", f"root_package = {package}", "exclude_type_checking_imports = True"]
    for layer in LAYERS:
        sources = [m.name for m in service.layers.modules(layer) if m.name.startswith(package)]
        targets = [
            m.name
            for other in sorted(FORBIDDEN[layer])
            for m in service.layers.modules(other)
            if m.name.startswith(package)
        ]
        if sources and targets:
            lines += [f"[importlinter:contract:{layer}]", f"name = {layer}", "type = forbidden"]
            lines += ["allow_indirect_imports = True", "as_packages = False", "source_modules ="]
            lines += [f"    {name}" for name in sources]
            lines += ["forbidden_modules =", *(f"    {name}" for name in targets)]
    (folder / ".importlinter").write_text("\n".join(lines) + "\n")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    answer = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "500"},
    )
    found = set()
    for importer, _, where in _SHOWN.findall(answer.stdout):
        found |= {(importer, int(line)) for line in re.findall(r"\d+", where)}
    if not found:
        print(answer.stdout[-2000:], answer.stderr[-2000:], file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
