from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import archlint
from archlint.service.semantics.library_names import (
    NameKind,
    homes_of,
    last_names,
    libraries,
    names_of,
    objects_of,
    packages_of,
    public_name,
    table,
)
from archlint.spec import rules_directory

SOURCES = sorted(Path(archlint.__file__).parent.rglob("*.py"))
NAMES = sorted({name for one in libraries() for ns in one.names.values() for name in ns if "." in name})


def test_only_listed_names_are_renamed() -> None:
    assert public_name("fastapi.routing.APIRoute") == "fastapi.routing.APIRoute"
    assert public_name("fastapi.APIRouter") == "fastapi.APIRouter"
    assert public_name("other.routing.APIRouter") == "other.routing.APIRouter"
    assert public_name("fastapi.routing.HTTPException") == "fastapi.routing.HTTPException"
    assert public_name("fastapi.openapi.models.Response") == "fastapi.openapi.models.Response"


def test_names_are_found_by_what_they_are_for() -> None:
    assert names_of("session maker") == {
        "sqlalchemy.ext.asyncio.async_sessionmaker",
        "sqlalchemy.orm.sessionmaker",
    }
    assert names_of("session", "async session") == names_of("session") | names_of("async session")
    assert "sqlalchemy.orm.Session()" in objects_of("session")
    assert "create_engine" in last_names("engine maker")
    assert "taskiq" in packages_of("injector")
    assert packages_of("engine maker") == {"sqlalchemy", "sqlmodel"}
    assert homes_of("sqlalchemy.make_url")[:2] == ["sqlalchemy.make_url", "sqlalchemy.engine.make_url"]
    assert table("bases")["fastapi.FastAPI"] == "starlette.applications.Starlette"


def test_each_kind_is_asked_for_and_has_names() -> None:
    asked = {kind for path in SOURCES for kind in kinds_asked_in(ast.parse(path.read_text(encoding="utf-8")))}
    assert [kind for kind in get_args(NameKind) if kind not in asked] == []
    assert [kind for kind in get_args(NameKind) if not names_of(kind)] == []


def kinds_asked_in(tree: ast.Module) -> Iterator[object]:
    """The texts that are given to what finds names by kinds, and those in constants of kinds."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="names_of" | "last_names" | "objects_of" | "packages_of")):
                parts: list[ast.expr] = node.args
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="names"), attr="get"), args=[kind, *_]):
                parts = [kind]
            case ast.AnnAssign(annotation=annotation, value=ast.Tuple(elts=parts)) if (
                "NameKind" in ast.unparse(annotation)
            ):
                pass
            case _:
                continue
        yield from (part.value for part in parts if isinstance(part, ast.Constant))


def test_each_name_stands_with_its_library_once() -> None:
    for library in libraries():
        assert library.source.startswith("https://"), library.title
        for kind, names in library.names.items():
            assert len(set(names)) == len(names), (library.title, kind)
    counted = Counter((kind, n) for one in libraries() for kind, ns in one.names.items() for n in ns)
    assert [pair for pair, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SOURCES[0].parent)))
def test_no_table_of_libraries_names_stands_in_code(path: Path) -> None:
    """A name that alone decides something may stand where it does; several of one kind are data."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Set) and len(node.elts) > 1:
            texts = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
            named = [text for text in texts if text.removesuffix("()") in NAMES and "builtins." not in text]
            assert len(named) < 2, f"{path}:{node.lineno}: {named} belong into rules/libraries/"


HOMES = [
    (public, home, names.split())
    for library in libraries()
    for public, homes in library.homes.items()
    for home, names in homes.items()
]
ALIKE = {"fastapi.params", "sqlalchemy.ext.declarative"}
"""Hold what does the same under the same names: the classes behind functions, deprecated wrappers."""


@pytest.mark.parametrize(("public", "home", "names"), [one for one in HOMES if one[1] not in ALIKE])
def test_both_modules_hold_the_same_objects(public: str, home: str, names: list[str]) -> None:
    try:
        library, other = import_module(public), import_module(home)
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"not installed: {error}")
    for name in names:
        assert getattr(other, name) is getattr(library, name), name


PYDANTIC_1 = re.compile(r"pydantic\.(env_settings|generics|v1)\.|pydantic\.BaseSettings|.*_pagination\..*")


@pytest.mark.parametrize("name", [name for name in NAMES if not PYDANTIC_1.match(name)])
def test_the_library_has_the_name(name: str) -> None:
    """Of the libraries that are installed here; a part of a module may be a class."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except (ImportError, RuntimeError):
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return
    pytest.skip("not installed")


def test_the_files_are_named_after_what_is_imported() -> None:
    for path in (rules_directory() / "libraries").glob("*.toml"):
        assert re.fullmatch(r"[a-z0-9_]+", path.stem)
