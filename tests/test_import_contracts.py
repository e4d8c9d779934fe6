"""`lint-imports`, with contracts written by hand, finds the imports that archlint finds in the fixtures.

What only archlint sees is left out: re-exports, chains through helpers, statements on sessions.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archlint.engine import run
from archlint.loading import Request
from archlint.selectors import Selection

FIXTURES = Path(__file__).parent.parent / "fixtures"
CODES = ("BA0511", "BA0512", "BA0513", "BA0514", "BA0515")
FORBIDDEN = {
    "routers": ("crud", "models"),
    "dependencies": ("routers",),
    "services": ("routers", "dependencies"),
    "crud": ("routers", "dependencies", "services"),
    "schemas": ("routers", "dependencies", "services", "crud", "models"),
    "models": ("routers", "dependencies", "services", "crud", "schemas"),
    "core": ("routers", "dependencies", "services", "crud"),
}
SHOWN = re.compile(r"^\s*-?\s*(\S+) -> \S+ \((l\.[\d, l.]+)\)", re.MULTILINE)
COMMAND = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]


def by_directory(package: str) -> dict[str, list[str]]:
    return {layer: [f"{package}.{layer}"] for layer in FORBIDDEN}


FEATURES = {
    "routers": ["club.members.router", "club.outings.router"],
    "services": ["club.members.service", "club.outings.service"],
    "crud": ["club.members.repository"],
    "schemas": ["club.members.schemas", "club.outings.schemas"],
    "models": ["club.members.models", "club.outings.models"],
}


@pytest.mark.parametrize(
    ("folder", "layers"),
    [
        ("reference-service", by_directory("app")),
        ("monorepo/services/orders", by_directory("app")),
        ("src-service/src", by_directory("workshop")),
        ("feature-service", FEATURES),
    ],
)
def test_both_find_the_same_imports(folder: str, layers: dict[str, list[str]], tmp_path: Path) -> None:
    theirs = asked(FIXTURES / folder, layers, tmp_path / "copy")
    assert found(FIXTURES / folder) == theirs
    assert bool(theirs) is (folder != "reference-service")


def found(folder: Path) -> set[tuple[str, int]]:
    """Importing module and line of archlint's findings about single imports, in the service at `folder`."""
    report = run(Request(paths=[folder], selection=Selection(select=CODES)))
    own = [one for one in report.findings if " imports " in one.message and not one.chain]
    places = ((report.repository.root / one.location.file).relative_to(folder) for one in own)
    modules = (place.with_suffix("").as_posix().replace("/", ".") for place in places)
    return set(zip(modules, (one.location.line for one in own), strict=True))


def asked(folder: Path, layers: dict[str, list[str]], copy: Path) -> set[tuple[str, int]]:
    """What lint-imports shows for one forbidden contract for each layer."""
    shutil.copytree(folder, copy)
    package = layers["routers"][0].partition(".")[0]
    for path in [copy / package, *(copy / package).rglob("*/")]:
        (path / "__init__.py").touch()  # without it, grimp leaves the folder out
    for file in filter(is_broken, (copy / package).rglob("*.py")):
        file.write_text("")  # grimp gives up on all for one
    lines = ["[importlinter]", f"root_package = {package}", "exclude_type_checking_imports = True"]
    for layer, forbidden in FORBIDDEN.items():
        targets = [module for other in forbidden for module in layers.get(other, ())]
        if layer in layers and targets:
            lines += [f"[importlinter:contract:{layer}]", f"name = {layer}", "type = forbidden"]
            lines += ["allow_indirect_imports = True", "source_modules =", *(f"  {m}" for m in layers[layer])]
            lines += ["forbidden_modules =", *(f"  {m}" for m in targets)]
    (copy / ".importlinter").write_text("\n".join(lines) + "\n")
    environment = {"PYTHONPATH": str(copy), "COLUMNS": "500"}
    answer = subprocess.run(
        [*COMMAND, "--no-cache"], cwd=copy, capture_output=True, text=True, check=False, env=environment
    )
    assert "Contracts:" in answer.stdout, answer.stdout + answer.stderr
    return {(m, int(line)) for m, where in SHOWN.findall(answer.stdout) for line in re.findall(r"\d+", where)}


def is_broken(file: Path) -> bool:
    try:
        ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return True
    return False
