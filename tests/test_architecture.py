"""archlint's own house: the map names every room, and nothing is longer than one reads at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/archlint"
MAP = (ROOT / "docs/architecture.md").read_text("utf-8")
MAX_FILE, MAX_RULE, MAX_FUNCTION = 400, 79, 40
ROOMS = re.findall(r"^\| \*\*(\d)\*\* ((?:`[\w/]+`(?:, )?)+) \|(.*)$", MAP, re.MULTILINE)


def names_in(folder: Path) -> set[str]:
    packages = {child.name for child in folder.iterdir() if (child / "__init__.py").exists()}
    return packages | {file.stem for file in folder.glob("*.py")} - {"__init__"}


def mentioned(text: str) -> set[str]:
    return {name.rstrip("/") for name in re.findall(r"`([\w/]+?/?)(?:<family>/)?`", text)}


def test_the_map_names_every_module_and_package_of_archlint() -> None:
    table = MAP.split("## ")[0]
    named = {name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in mentioned(cell)}
    assert named == names_in(SOURCE)


def test_the_map_names_every_room_and_no_other() -> None:
    named = {name for _, names, _ in ROOMS for name in mentioned(names)}
    assert named == names_in(SOURCE / "service")


def test_the_map_orders_the_rooms_as_the_contract_does() -> None:
    document = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = document["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one.get("containers") == ["archlint.service"]]
    found: dict[int, set[str]] = {}
    for band, names, _ in ROOMS:
        found.setdefault(int(band), set()).update(mentioned(names))
    assert found == {
        band: {name.strip() for name in layer.split("|")} for band, layer in enumerate(reversed(layers), 1)
    }


@pytest.mark.parametrize("names, text", [(names, text) for _, names, text in ROOMS])
def test_what_the_map_says_of_a_room_lies_in_it(names: str, text: str) -> None:
    (*_, room) = mentioned(names)
    inside = names_in(SOURCE / "service" / room) if (SOURCE / "service" / room).is_dir() else {"Service"}
    assert mentioned(text) - inside == set()


def named_types(module: ast.Module) -> Iterator[str]:
    """The public classes and aliases of types that a module defines."""
    for node in module.body:
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name("TypeAlias"))
            ):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name):
                yield name


def test_the_name_of_a_type_means_one_thing() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for name in named_types(ast.parse(path.read_bytes())):
            if not name.startswith("_"):
                places.setdefault(name, []).append(str(path.relative_to(SOURCE)))
    assert "PydanticModels" in places and "Statement" in places
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def functions() -> Iterator[tuple[str, int]]:
    """Every function with its lines; of a command, whose options are its parameters, those of its body."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                is_command = path.is_relative_to(SOURCE / "cli") and ast.get_docstring(node) is not None
                first = node.body[min(1, len(node.body) - 1)] if is_command else node
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", _lines(first, node)


def _lines(first: ast.stmt, last: ast.stmt) -> int:
    return (last.end_lineno or 0) - first.lineno + 1


def test_no_function_is_longer_than_one_can_read_at_once() -> None:
    lengths = dict(functions())
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION} == {}


def test_no_file_is_longer_than_one_can_read_at_once() -> None:
    rules = set((SOURCE / "rules").rglob("*.py"))
    limits = {path: MAX_RULE if path in rules else MAX_FILE for path in SOURCE.rglob("*.py")}
    lengths = {path: len(path.read_bytes().splitlines()) for path in limits}
    assert {str(path): lengths[path] for path in limits if lengths[path] > limits[path]} == {}
