"""Edits of one function's body as developers make them all day, each at a place that is chosen at random."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from typical_edits import Edit, functions_of, insert, is_beside, parsed, replace

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_LIBRARIES = {
    "json": "json.dumps([1])",
    "datetime": "datetime.utcnow()",
    "timedelta": "timedelta(days=1)",
    "re": "re.compile('edited')",
    "time": "time.time()",
    "uuid4": "uuid4()",
    "os": "os.getcwd()",
}
_FILTERS = frozenset({"filter", "where", "order_by", "limit", "having"})


def _own(function: _Function) -> list[ast.AST]:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return [node for one in body for node in ast.walk(one)]


def _places(
    folder: Path, choose: random.Random, fits: Callable[[ast.AST], bool]
) -> Iterator[tuple[Path, _Function, ast.AST]]:
    """Nodes of functions that stand in one line, one a file."""
    for path, function in functions_of(folder, choose, lambda path, _: not is_beside(path)):
        found = [one for one in _own(function) if fits(one) and one.lineno == one.end_lineno]
        if found:
            yield path, function, choose.choice(found)


def _changed(fits: Callable[[ast.AST], bool], change: Callable[[ast.AST, random.Random], None]) -> Edit:
    """Write a node anew."""

    def edit(choose: random.Random, folder: Path) -> str:
        for path, function, node in _places(folder, choose, fits):
            before = ast.unparse(node)
            change(node, choose)
            after = ast.unparse(ast.fix_missing_locations(node))
            replace(path, node, after)
            return f"{before!r} is {after!r} in {function.name} of {path.relative_to(folder)}"
        return "no place"

    return edit


def _is_call_with(node: ast.AST, kind: type[ast.expr]) -> bool:
    return isinstance(node, ast.Call) and any(isinstance(one, kind) for one in node.args)


def _another_text(node: ast.AST, choose: random.Random) -> None:
    assert isinstance(node, ast.Constant)
    node.value = f"{node.value} edited {choose.randrange(99)}"


def _another_argument(node: ast.AST, choose: random.Random) -> None:
    assert isinstance(node, ast.Call)
    at = choose.choice([at for at, one in enumerate(node.args) if isinstance(one, ast.Name)])
    node.args[at] = ast.Constant(choose.randrange(2, 99))


def _one_more_keyword(node: ast.AST, choose: random.Random) -> None:
    assert isinstance(node, ast.Call)
    node.keywords.append(ast.keyword("edited", ast.Constant(choose.randrange(2, 99))))


def _has_filter(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _FILTERS
        and any(isinstance(one, ast.Compare) for one in node.args)
    )


def _another_filter(node: ast.AST, choose: random.Random) -> None:
    assert isinstance(node, ast.Call)
    compared = next(one for one in node.args if isinstance(one, ast.Compare))
    compared.ops = [ast.NotEq() if isinstance(compared.ops[0], ast.Eq) else ast.Eq()]


def _one_more_key(node: ast.AST, choose: random.Random) -> None:
    assert isinstance(node, ast.Dict)
    node.keys.append(ast.Constant("edited"))
    node.values.append(ast.Constant(choose.randrange(2, 99)))


def _another_test(node: ast.AST, choose: random.Random) -> None:
    assert isinstance(node, ast.Compare)
    node.comparators[0] = ast.Constant(choose.randrange(2, 99))


def _renamed(choose: random.Random, folder: Path) -> str:
    """Give a local name that is read another one."""
    for path, function in functions_of(folder, choose, lambda path, _: not is_beside(path)):
        names = [one for one in _own(function) if isinstance(one, ast.Name)]
        bound = {one.id for one in names if isinstance(one.ctx, ast.Store)}
        bound &= {one.id for one in names if isinstance(one.ctx, ast.Load)}
        if bound and not any(isinstance(one, ast.Nonlocal | ast.Global) for one in _own(function)):
            name = choose.choice(sorted(bound))
            own = [one for one in names if one.id == name]
            for one in sorted(own, key=lambda one: (one.lineno, one.col_offset), reverse=True):
                replace(path, one, f"edited_{name}")
            return f"{name} is renamed in {function.name} of {path.relative_to(folder)}"
    return "no place"


def _library(choose: random.Random, folder: Path) -> str:
    """Call a library that the file imports."""
    for path, function in functions_of(folder, choose, lambda path, _: not is_beside(path)):
        imports = [one for one in parsed(path).body if isinstance(one, ast.Import | ast.ImportFrom)]
        names = {alias.asname or alias.name for one in imports for alias in one.names}
        calls = [call for name, call in _LIBRARIES.items() if name in names]
        body = function.body[1:] if ast.get_docstring(function) else function.body
        if calls and body:
            before, call = choose.choice(body), choose.choice(calls)
            insert(path, _first_line(before), f"{' ' * before.col_offset}edited = {call}\n")
            return f"{call} in {function.name} of {path.relative_to(folder)}"
    return "no place"


def _guard(text: str) -> Edit:
    """Leave a function where a parameter is nothing."""

    def edit(choose: random.Random, folder: Path) -> str:
        for path, function in functions_of(folder, choose, lambda path, _: not is_beside(path)):
            names = [one.arg for one in function.args.args if one.arg not in {"self", "cls"}]
            body = function.body[1:] if ast.get_docstring(function) else function.body
            if names and body:
                made = text.format(name=choose.choice(names), number=choose.randrange(99))
                insert(path, _first_line(body[0]), f"{' ' * body[0].col_offset}{made}\n")
                return f"{made!r} in {function.name} of {path.relative_to(folder)}"
        return "no place"

    return edit


def _tried(choose: random.Random, folder: Path) -> str:
    """Put a statement into a `try`."""
    fits = lambda one: isinstance(one, ast.Assign | ast.Expr)  # noqa: E731
    for path, function, node in _places(folder, choose, fits):
        assert isinstance(node, ast.stmt)
        space = " " * node.col_offset
        text = path.read_text(encoding="utf-8").splitlines()[node.lineno - 1][node.col_offset :]
        if text.strip() != ast.unparse(node):
            continue
        replace(path, node, f"try:\n{space}    {text}\n{space}except ValueError:\n{space}    raise")
        return f"{text!r} is tried in {function.name} of {path.relative_to(folder)}"
    return "no place"


def _comment(choose: random.Random, folder: Path) -> str:
    for path, function in functions_of(folder, choose, lambda path, _: not is_beside(path)):
        before = choose.choice(function.body)
        insert(path, _first_line(before), f"{' ' * before.col_offset}# edited {choose.randrange(99)}\n")
        return f"comment in {function.name} of {path.relative_to(folder)}"
    return "no place"


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


BODIES: dict[str, Edit] = {
    "a comment in a body": _comment,
    "another text": _changed(_is_text, _another_text),
    "another argument": _changed(lambda one: _is_call_with(one, ast.Name), _another_argument),
    "one more keyword": _changed(lambda one: isinstance(one, ast.Call), _one_more_keyword),
    "another filter of a query": _changed(_has_filter, _another_filter),
    "one more key of a dict": _changed(lambda one: isinstance(one, ast.Dict), _one_more_key),
    "another comparison": _changed(lambda one: isinstance(one, ast.Compare), _another_test),
    "a local renamed": _renamed,
    "a call of a library": _library,
    "a guard that returns": _guard("if {name} is None: return None"),
    "a guard that raises": _guard("if not {name}: raise ValueError({number})"),
    "a try around a statement": _tried,
}
"""By what each is called in `docs/benchmarks.md`."""
