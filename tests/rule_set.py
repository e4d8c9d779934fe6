"""The rule set as data: what its pages, its modules and its clauses are, each as a set to compare."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from string import Formatter

import archlint
from archlint.pages import Page

PACKAGE = Path(archlint.__file__).parent


def paged(pages: Iterable[Page]) -> set[tuple[str, str]]:
    """The rules that have a page, by family and name."""
    return {(page.family, page.name) for page in pages}


def programmed(package: Path = PACKAGE) -> set[tuple[str, str]]:
    """The rules that have a module, by family and name."""
    modules = (path for path in package.glob("rules/*/*.py") if path.stem != "__init__")
    return {(path.parent.name, path.stem.replace("_", "-")) for path in modules}


def with_fix(function: str = "plan", package: Path = PACKAGE) -> set[tuple[str, str]]:
    """The rules that have a fix, by family and name; with `trial` those that have a stand-in for one."""
    modules = (path for path in package.glob("fixes/*/*.py") if f"def {function}(" in path.read_text("utf-8"))
    return {(path.parent.name, path.stem.replace("_", "-")) for path in modules}


def public_functions(family: str, name: str, package: Path = PACKAGE) -> list[str]:
    """The names that a rule's module offers: functions and classes without a leading underscore."""
    source = (package / "rules" / family / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in ast.parse(source).body if isinstance(node, definitions)]
    return [name for name in names if not name.startswith("_")]


def placeholders(template: str) -> set[str]:
    """The fields that a message or help text asks for."""
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}
