"""Mutations of one node of a Python file that leave it readable, as far as its grammar goes."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from typical_edits import Edit, files_of, parsed, replace

_Mutation = Callable[[random.Random, ast.Module, ast.AST], str | None]
"""What stands in a node's place; None where the kind of node is another one, or nothing can be done."""


def _string(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    """One of the file's other texts, or a part of this one."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    texts = [
        one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    text = choose.choice([*texts[:99], f"/edited/{node.value}", node.value[1:], node.value.upper(), ""])
    return repr(text)


def _constant(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    if not isinstance(node, ast.Constant) or isinstance(node.value, str):
        return None
    return repr(choose.choice([True, False, None, 0, 1, choose.randrange(999)]))


def _name(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    """Another name of the file."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return None
    return choose.choice([one.id for one in ast.walk(tree) if isinstance(one, ast.Name)])


def _attribute(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
        return None
    name = choose.choice([one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)])
    return f"{ast.unparse(node.value)}.{name}"


def _call(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    """The call without one of its arguments, with another one, not called, or awaited."""
    if not isinstance(node, ast.Call):
        return None
    kind = choose.randrange(5)
    if kind == 0 and node.keywords:
        node.keywords.remove(choose.choice(node.keywords))
    elif kind == 1 and node.args:
        node.args.remove(choose.choice(node.args))
    elif kind == 2:
        given = [one for call in ast.walk(tree) if isinstance(call, ast.Call) for one in call.keywords]
        node.keywords += [choose.choice(given)] if given else []
    elif kind == 3:
        return ast.unparse(node.func)
    else:
        return f"await {ast.unparse(node)}"
    return ast.unparse(node)


def _without_await(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    return ast.unparse(node.value) if isinstance(node, ast.Await) else None


def _annotation(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    """A parameter or a field that has another annotation, or none."""
    if not isinstance(node, ast.arg | ast.AnnAssign):
        return None
    others = [one.annotation for one in ast.walk(tree) if isinstance(one, ast.arg | ast.AnnAssign)]
    node.annotation = choose.choice([one for one in others if one] or [ast.Name("int")])
    return ast.unparse(node)


def _signature(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    """The function with another default, name, decorator, or another answer to whether it is async."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    kind = choose.randrange(5)
    if kind == 0:
        node.args.defaults = node.args.defaults[1:] if node.args.defaults else []
        node.args.kw_defaults = [None for _ in node.args.kw_defaults]
    elif kind == 1:
        node.name = f"{node.name}_{choose.randrange(9)}"
    elif kind == 2 and node.decorator_list:
        node.decorator_list.remove(choose.choice(node.decorator_list))
    elif kind == 3:
        functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
        node.decorator_list += choose.choice(functions).decorator_list[:1]
    else:
        text = ast.unparse(node)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        return (
            re.sub(r"(?m)^async def ", "def ", text) if is_async else re.sub(r"(?m)^def ", "async def ", text)
        )
    return ast.unparse(node)


def _class(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    """The class with fewer bases, with another one's, under another name, or with a docstring."""
    if not isinstance(node, ast.ClassDef):
        return None
    kind = choose.randrange(4)
    if kind == 0 and node.bases:
        node.bases.remove(choose.choice(node.bases))
    elif kind == 1:
        others = [base for one in ast.walk(tree) if isinstance(one, ast.ClassDef) for base in one.bases]
        node.bases = [choose.choice([*others, ast.Name("BaseModel")])]
    elif kind == 2:
        node.name = f"{node.name}{choose.randrange(9)}"
    else:
        node.body.insert(0, ast.Expr(ast.Constant(f"Edited {choose.randrange(99)}.")))
    return ast.unparse(node)


def _import(choose: random.Random, tree: ast.Module, node: ast.AST) -> str | None:
    """The import without one of its names, under another name, or of another place."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return None
    kind = choose.randrange(4)
    one = choose.choice(node.names)
    if kind == 0 and len(node.names) > 1:
        node.names.remove(one)
    elif kind == 1 and "." not in one.name and one.name != "*":
        one.asname = f"{one.asname or one.name}{choose.randrange(9)}"
    elif kind == 2 and isinstance(node, ast.ImportFrom):
        others = [it.module for it in ast.walk(tree) if isinstance(it, ast.ImportFrom)]
        node.module = choose.choice(others)
    else:
        return f"if TYPE_CHECKING: {ast.unparse(node)}" if node.col_offset == 0 else None
    return ast.unparse(node)


def _mutated(name: str, mutation: _Mutation) -> Edit:
    def edit(choose: random.Random, folder: Path) -> str:
        for path, tree in trees(choose, folder):
            nodes = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
            choose.shuffle(nodes)
            if line := _mutate_one(choose, path, tree, nodes, mutation):
                return f"{name} {path.relative_to(folder)}:{line}"
        return f"{name} nowhere"

    return edit


def mutated_at(choose: random.Random, folder: Path, path: Path, line: int) -> str:
    """Mutate a node that begins at a line or in the two behind it."""
    tree = parsed(path)
    nodes = [node for node in ast.walk(tree) if 0 <= getattr(node, "lineno", 0) - line < 3]
    choose.shuffle(nodes)
    for mutation in choose.sample(_MUTATIONS, len(_MUTATIONS)):
        if at := _mutate_one(choose, path, tree, nodes, mutation):
            return f"aimed {mutation.__name__.strip('_')} {path.relative_to(folder)}:{at}"
    return f"aimed at nothing {path.relative_to(folder)}:{line}"


def _mutate_one(
    choose: random.Random, path: Path, tree: ast.Module, nodes: list[ast.AST], mutation: _Mutation
) -> int:
    """Mutate the first of the nodes that can be; its line, or 0 for none."""
    for node in nodes:
        line = getattr(node, "lineno", 0)
        text = mutation(choose, tree, node)
        if text is not None:
            _put(path, node, text)
            return line
    return 0


def _put(path: Path, node: ast.AST, text: str) -> None:
    """Put a text for a node, with its decorators, indented as this is."""
    assert isinstance(node, ast.expr | ast.stmt | ast.arg)
    for one in getattr(node, "decorator_list", ()):
        if one.lineno < node.lineno:
            node.lineno, node.col_offset = one.lineno, one.col_offset - 1
            break
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        text = text.replace("\n", f"\n{' ' * node.col_offset}")
    replace(path, node, text)


def trees(choose: random.Random, folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Files that can be read, in random order, those that say more more often first."""
    paths = [path for path in files_of(folder, "*.py") if path.stat().st_size]
    paths.sort(key=lambda path: choose.random() ** (2_000 / (path.stat().st_size + 100)), reverse=True)
    for path in paths:
        tree = parsed(path)
        if tree.body:
            yield path, tree


_MUTATIONS: tuple[_Mutation, ...] = (
    *(_string, _string, _string, _constant, _name, _name, _attribute, _attribute, _call, _call, _call),
    *(_without_await, _annotation, _annotation, _signature, _signature, _class, _import, _import),
)
MUTATIONS: tuple[Edit, ...] = tuple(_mutated(one.__name__.strip("_"), one) for one in _MUTATIONS)
"""Each as often as it is to be chosen."""
