"""Edits as people make them all day, each of one place of a service that is chosen at random."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

Edit = Callable[[random.Random, Path], str]
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Wanted = Callable[[Path, _Function], bool]


def files_of(folder: Path, *patterns: str) -> list[Path]:
    found = {path for pattern in patterns for path in folder.rglob(pattern) if ".git" not in path.parts}
    return sorted(path for path in found if path.is_file() and path.stat().st_size < 500_000)


def parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _is_test(path: Path, _: _Function | None = None) -> bool:
    return "tests" in path.parts or path.name.startswith("test_") or path.name == "conftest.py"


def is_beside(path: Path) -> bool:
    """Whether a file is none that people edit all day: a test, a migration, a script."""
    return _is_test(path) or any(
        re.search(r"revisions|versions|alembic|migrations|docs|scripts", part) for part in path.parts
    )


def _is_handler(path: Path, function: _Function) -> bool:
    """Whether a function serves requests: it is decorated with a method of a router."""
    methods = {"get", "post", "put", "patch", "delete"}
    calls = (one.func for one in function.decorator_list if isinstance(one, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr in methods for one in calls)


def _queries(path: Path, function: _Function) -> bool:
    """Whether a function asks the database."""
    text = ast.unparse(function)
    return not is_beside(path) and re.search(r"session\w*\.(query|execute|add|get|scalar)", text) is not None


def _is_other(path: Path, function: _Function) -> bool:
    return not is_beside(path) and not _is_handler(path, function) and not _queries(path, function)


def functions_of(folder: Path, choose: random.Random, wanted: _Wanted) -> Iterator[tuple[Path, _Function]]:
    files = files_of(folder, "*.py")
    choose.shuffle(files)
    for path in files:
        found = [one for one in ast.walk(parsed(path)) if isinstance(one, _Function) and wanted(path, one)]
        found = [one for one in found if one.body[0].lineno > one.lineno]
        if found:
            yield path, choose.choice(found)


def insert(path: Path, line: int, text: str) -> None:
    """Put `text` before a line, counted from 1."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[: line - 1], text, *lines[line - 1 :]]), encoding="utf-8")


def replace(path: Path, node: ast.expr | ast.stmt, text: str) -> None:
    """Put `text` for a node, whose columns are counted in UTF-8."""
    lines = path.read_bytes().splitlines(keepends=True)
    assert node.end_lineno is not None
    before, after = (
        lines[node.lineno - 1][: node.col_offset],
        lines[node.end_lineno - 1][node.end_col_offset :],
    )
    lines[node.lineno - 1 : node.end_lineno] = [before + text.encode() + after]
    path.write_bytes(b"".join(lines))


def _statement(text: str, wanted: _Wanted) -> Edit:
    """Put a statement before one of a function's; `{name}` is a parameter, `{other}` a function beside,
    `{log}` the file's logger."""

    def edit(choose: random.Random, folder: Path) -> str:
        for path, function in functions_of(folder, choose, wanted):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            if not body:
                continue
            before = choose.choice(body)
            top = [one.name for one in parsed(path).body if isinstance(one, _Function)]
            names = [one.arg for one in function.args.args if one.arg != "self"] or ["None"]
            logger = re.search(r"(?m)^(log\w*) = logging\.getLogger", path.read_text(encoding="utf-8"))
            if "{log}" in text and logger is None:
                continue
            made = text.format(
                log=logger and logger[1],
                name=choose.choice(names),
                other=(top or ["print"])[0],
                number=choose.randrange(99),
            )
            first = min([before.lineno, *(one.lineno for one in getattr(before, "decorator_list", ()))])
            insert(path, first, f"{' ' * before.col_offset}{made}\n")
            return f"{made!r} in {function.name} of {path.relative_to(folder)}"
        return "no place"

    return edit


def _docstring(choose: random.Random, folder: Path) -> str:
    """Say something else in a function's docstring."""
    for path, function in functions_of(folder, choose, lambda _, one: bool(ast.get_docstring(one))):
        stated = function.body[0]
        assert isinstance(stated, ast.Expr)
        replace(path, stated.value, f'"""Edited {choose.randrange(99)}.\n\n{" " * stated.col_offset}More."""')
        return f"docstring of {function.name} of {path.relative_to(folder)}"
    return "no place"


def _module_docstring(choose: random.Random, folder: Path) -> str:
    """Say something else in a module's docstring, or give it one."""
    path = choose.choice(files_of(folder, "*.py"))
    tree = parsed(path)
    text = f'"""Edited {choose.randrange(99)}."""'
    stated = tree.body[0] if ast.get_docstring(tree) else None
    if isinstance(stated, ast.Expr):
        replace(path, stated.value, text)
    else:
        insert(path, 1, f"{text}\n")
    return f"docstring of {path.relative_to(folder)}"


def _comment(choose: random.Random, folder: Path) -> str:
    path = choose.choice(files_of(folder, "*.py"))
    insert(path, 1, f"# edited {choose.randrange(99)}\n")
    return f"comment in {path.relative_to(folder)}"


def _literal(choose: random.Random, folder: Path) -> str:
    """Write another literal in a function."""
    for path, function in functions_of(folder, choose, lambda path, one: not is_beside(path)):
        own = [node for one in function.body for node in ast.walk(one) if isinstance(node, ast.Constant)]
        own = [one for one in own if isinstance(one.value, str | int) and one.lineno == one.end_lineno]
        numbers = [one for one in own if isinstance(one.value, int) and not isinstance(one.value, bool)]
        if numbers:
            node = choose.choice(numbers)
            replace(path, node, str(choose.randrange(999)))
            return f"literal at {path.relative_to(folder)}:{node.lineno}"
    return "no place"


def _function(choose: random.Random, folder: Path) -> str:
    """Add a function that nobody calls yet."""
    path = choose.choice([one for one in files_of(folder, "*.py") if not is_beside(one)])
    text = path.read_text(encoding="utf-8")
    path.write_text(
        f"{text}\n\ndef edited_{choose.randrange(99)}(value: int) -> int:\n    return value + 1\n"
    )
    return f"function in {path.relative_to(folder)}"


def _test(choose: random.Random, folder: Path) -> str:
    """Add a test."""
    found = files_of(folder, "test_*.py", "*_test.py")
    if not found:
        return "no place"
    path = choose.choice(found)
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n\ndef test_edited_{choose.randrange(99)}():\n    assert 1 + 1 == 2\n")
    return f"test in {path.relative_to(folder)}"


def _import(choose: random.Random, folder: Path) -> str:
    """Import a module of the standard library where others are imported."""
    files = files_of(folder, "*.py")
    choose.shuffle(files)
    for path in files:
        lines = [one.lineno for one in parsed(path).body if isinstance(one, ast.Import | ast.ImportFrom)]
        if lines:
            insert(path, lines[-1], f"import {choose.choice(['json', 'itertools', 'logging', 'time'])}\n")
            return f"import in {path.relative_to(folder)}"
    return "no place"


def _member(base: str, text: str) -> Edit:
    """Add a line to a class whose bases tell what it is."""

    def edit(choose: random.Random, folder: Path) -> str:
        files = [path for path in files_of(folder, "*.py") if not is_beside(path)]
        choose.shuffle(files)
        for path in files:
            classes = [one for one in parsed(path).body if isinstance(one, ast.ClassDef)]
            fitting = [one for one in classes if any(re.search(base, ast.unparse(b)) for b in one.bases)]
            fitting = [one for one in fitting if one.body[0].lineno > one.lineno]
            if fitting:
                last = choose.choice(fitting).body[-1]
                assert last.end_lineno is not None
                made = text.format(number=choose.randrange(99))
                insert(path, last.end_lineno + 1, f"{' ' * last.col_offset}{made}\n")
                return f"{made!r} in {path.relative_to(folder)}"
        return "no place"

    return edit


def _document(line: str, *patterns: str) -> Edit:
    """Add a line to a document."""

    def edit(choose: random.Random, folder: Path) -> str:
        found = files_of(folder, *patterns)
        if not found:
            return "no place"
        path = choose.choice(found)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = len(lines) + 1 if line.startswith(("#", "\n")) else choose.randrange(len(lines)) + 1
        insert(path, at, f"{line.format(number=choose.randrange(99))}\n")
        return f"line in {path.relative_to(folder)}"

    return edit


TYPICAL: dict[str, Edit] = {
    "a comment": _comment,
    "a function's docstring": _docstring,
    "a module's docstring": _module_docstring,
    "a line of a README": _document("\nEdited {number}.", "README*"),
    "a comment in a Dockerfile": _document("# edited {number}", "Dockerfile*"),
    "a comment in pyproject.toml": _document("# edited {number}", "pyproject.toml"),
    "a table in pyproject.toml": _document("\n[tool.edited]\nline-length = {number}", "pyproject.toml"),
    "a comment in a compose file": _document("# edited {number}", "*compose*.y*ml"),
    "a comment in a workflow": _document("# edited {number}", ".github/workflows/*.y*ml"),
    "a number nobody reads": _statement("edited = {number}", _is_other),
    "a log line in a function": _statement('{log}.info("edited %s", {name})', _is_other),
    "a log line in a query": _statement('{log}.info("edited %s", {name})', _queries),
    "a log line in a handler": _statement('{log}.info("edited %s", {name})', _is_handler),
    "a print in a test": _statement('print("edited", {name})', _is_test),
    "a literal": _literal,
    "a condition": _statement("if {name} is None: raise ValueError({number})", _is_other),
    "a call of the service": _statement("{other}()", _is_other),
    "a function": _function,
    "a test": _test,
    "an import": _import,
    "a field of a schema": _member(r"BaseModel|Base$|Schema|Model$", "edited_{number}: int | None = None"),
    "a column of a model": _member(r"^Base|SqlAlchemyBase|SQLModel", "edited_{number} = Column(Integer)"),
}
"""By what each is called in `docs/benchmarks.md`."""
