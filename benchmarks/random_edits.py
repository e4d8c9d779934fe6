"""Edits at random: of a node or a statement, of a document, and of what files there are."""

from __future__ import annotations

import ast
import random
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

from body_edits import BODIES
from mutations import MUTATIONS, mutated_at, trees
from typical_edits import TYPICAL, Edit, files_of, insert, parsed, replace

_LINES = (
    "{indent}edited = {number}\n",
    "{indent}import os; os.environ['EDITED_{number}']\n",
    "{indent}'edited {number}'\n",
    "{indent}log.info('edited {number}'); logger.warning(f'edited {number}')\n",
    "{indent}time.sleep({number})\n",
    "{indent}raise ValueError({number})\n",
    "{indent}return\n",
    "{indent}session.commit()\n",
    "{indent}if edited: pass\n",
    "{indent}# archlint: ignore[BA{family:02}] edited\n",
)
_FAMILIES = 12
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _statements(tree: ast.Module) -> list[tuple[list[ast.stmt], int]]:
    """Each statement as a list and its number there."""
    lists = map(_body, ast.walk(tree))
    return [(body, at) for body in lists for at in range(len(body))]


def _body(node: ast.AST) -> list[ast.stmt]:
    body = getattr(node, "body", None)
    return body if isinstance(body, list) else []


def _span(one: ast.stmt) -> tuple[int, int]:
    """The lines of a statement, from 0, up to the one behind it."""
    first = min([one.lineno, *(it.lineno for it in getattr(one, "decorator_list", ()))])
    assert one.end_lineno is not None
    return first - 1, one.end_lineno


def _without_statement(choose: random.Random, folder: Path) -> str:
    for path, tree in trees(choose, folder):
        return _without(folder, path, *choose.choice(_statements(tree)))
    return "without statement nowhere"


def _without(folder: Path, path: Path, body: list[ast.stmt], at: int) -> str:
    first, last = _span(body[at])
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[first:last] = [" " * body[at].col_offset + "pass"] if len(body) == 1 else []
    path.write_text("\n".join(lines), encoding="utf-8")
    return f"without statement {path.relative_to(folder)}:{first + 1}"


def _exchanged_statements(choose: random.Random, folder: Path) -> str:
    """Put a statement before the one that stands above it."""
    for path, tree in trees(choose, folder):
        pairs = [(body, at) for body, at in _statements(tree) if at]
        if pairs:
            body, at = choose.choice(pairs)
            (one, two), (three, four) = _span(body[at - 1]), _span(body[at])
            lines = path.read_text(encoding="utf-8").split("\n")
            lines[one:four] = [*lines[three:four], *lines[two:three], *lines[one:two]]
            path.write_text("\n".join(lines), encoding="utf-8")
            return f"exchanged statements {path.relative_to(folder)}:{three + 1}"
    return "exchanged statements nowhere"


def _over_the_border(choose: random.Random, folder: Path) -> str:
    """Move a function's last statement to the start of the next one: all nodes stay in their order."""
    for path, tree in trees(choose, folder):
        pairs = [(one, two) for node in ast.walk(tree) for one, two in pairwise(_body(node))
                 if isinstance(one, _FUNCTION) and isinstance(two, _FUNCTION)
                 and len(one.body) > 1 and two.body[0].lineno > two.lineno]  # fmt: skip
        if pairs:
            one, two = choose.choice(pairs)
            (first, last), at = _span(one.body[-1]), _span(two.body[0])[0]
            lines = path.read_text(encoding="utf-8").split("\n")
            lines[first:at] = [*lines[last:at], *lines[first:last]]
            path.write_text("\n".join(lines), encoding="utf-8")
            return f"over the border {path.relative_to(folder)}:{first + 1}"
    return "over no border"


def _other_argument(choose: random.Random, folder: Path) -> str:
    """Give a call what another expression of its file is, in an argument's place or by a name."""
    for path, tree in trees(choose, folder):
        calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and one.lineno == one.end_lineno]
        kinds = ast.Name | ast.Attribute | ast.Call | ast.Constant | ast.Lambda
        values = [one for one in ast.walk(tree) if isinstance(one, kinds)]
        if calls and values:
            call, value = choose.choice(calls), ast.unparse(choose.choice(values))
            given = [*call.args, *(one.value for one in call.keywords)]
            if given and choose.random() < 0.8:
                replace(path, choose.choice(given), value)
            else:
                name = choose.choice([one.arg for one in call.keywords if one.arg] + ["edited", "timeout"])
                replace(path, call, f"{ast.unparse(call.func)}({name}={value})")
            return f"other argument {value} {path.relative_to(folder)}:{call.lineno}"
    return "other argument nowhere"


def _repeated_statement(choose: random.Random, folder: Path) -> str:
    """Put a statement of a file somewhere else in it, or in another one."""
    found = [one for one, _ in zip(trees(choose, folder), range(2), strict=False)]
    if not found:
        return "repeated statement nowhere"
    (path, tree), (target, other) = found[0], choose.choice(found)
    body, at = choose.choice(_statements(tree))
    there, where = choose.choice(_statements(other))
    first, last = _span(body[at])
    lines = path.read_text(encoding="utf-8").split("\n")[first:last]
    moved = [" " * there[where].col_offset + line[body[at].col_offset :] for line in lines]
    insert(target, _span(there[where])[0] + 1, "\n".join(moved) + "\n")
    return f"repeated statement {path.relative_to(folder)}:{first + 1} in {target.relative_to(folder)}"


def _moved_definition(choose: random.Random, folder: Path) -> str:
    """Move a class or a function to another module, which is imported from there or not."""
    found = [one for one, _ in zip(trees(choose, folder), range(4), strict=False)]
    for path, tree in found:
        defined = [
            one for one in tree.body if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        if defined and len(found) > 1:
            one = choose.choice(defined)
            target = choose.choice([other for other, _ in found if other != path])
            first, last = _span(one)
            lines = path.read_text(encoding="utf-8").split("\n")
            with target.open("a", encoding="utf-8") as file:
                file.write("\n\n" + "\n".join(lines[first:last]) + "\n")
            module = ".".join(target.relative_to(folder).with_suffix("").parts)
            lines[first:last] = [f"from {module} import {one.name}"] if choose.random() < 0.7 else []
            path.write_text("\n".join(lines), encoding="utf-8")
            return f"moved {one.name} of {path.relative_to(folder)} to {target.relative_to(folder)}"
    return "moved nothing"


def _line_in_body(choose: random.Random, folder: Path) -> str:
    for path, tree in trees(choose, folder):
        inner = [(body, at) for body, at in _statements(tree) if body[at].col_offset]
        if inner:
            body, at = choose.choice(inner)
            made = choose.choice(_LINES).format(
                indent=" " * body[at].col_offset,
                number=choose.randrange(99),
                family=choose.randrange(1, _FAMILIES),
            )
            insert(path, _span(body[at])[0] + 1, made)
            return f"{made.strip()!r} in {path.relative_to(folder)}:{_span(body[at])[0] + 1}"
    return "line nowhere"


def _raw_line(choose: random.Random, folder: Path) -> str:
    """Drop a line, whatever becomes of the file."""
    path = choose.choice(files_of(folder, "*.py"))
    lines = path.read_bytes().splitlines(keepends=True)
    if lines:
        del lines[choose.randrange(len(lines))]
        path.write_bytes(b"".join(lines))
    return f"without a line {path.relative_to(folder)}"


def _other_bytes(choose: random.Random, folder: Path) -> str:
    """Write a file with other ends of lines, another encoding, a mark, or nothing in it."""
    path = choose.choice(files_of(folder, "*.py", *_DOCUMENTS))
    data = path.read_bytes()
    kind = choose.randrange(5)
    made = (
        data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data, data + b"\xff\xfe", b"",
        data.replace(b"    ", b"\t"),
    )[kind]  # fmt: skip
    path.write_bytes(made)
    return f"other bytes ({kind}) {path.relative_to(folder)}"


def _delete(choose: random.Random, folder: Path) -> str:
    path = choose.choice(files_of(folder, "*"))
    path.unlink()
    return f"delete {path.relative_to(folder)}"


def _rename(choose: random.Random, folder: Path) -> str:
    path, other = choose.choice(files_of(folder, "*.py")), choose.choice(files_of(folder, "*.py"))
    target = other.with_name(choose.choice([f"moved_{choose.randrange(9)}.py", path.name]))
    path.replace(target)
    return f"rename {path.relative_to(folder)} to {target.relative_to(folder)}"


def _rename_folder(choose: random.Random, folder: Path) -> str:
    places = sorted({path.parent for path in files_of(folder, "*.py")} - {folder})
    if not places:
        return "rename no folder"
    path = choose.choice(places)
    target = path.with_name(choose.choice(["services", "api", f"moved{choose.randrange(9)}"]))
    if not target.exists():
        path.rename(target)
    return f"rename {path.relative_to(folder)} to {target.relative_to(folder)}"


def _copy(choose: random.Random, folder: Path) -> str:
    path = choose.choice(files_of(folder, "*"))
    target = path.with_name(f"copied_{choose.randrange(9)}{path.suffix}")
    shutil.copyfile(path, target)
    return f"copy {path.relative_to(folder)}"


def _link(choose: random.Random, folder: Path) -> str:
    """Put a link to one file in another's place."""
    path, other = choose.choice(files_of(folder, "*.py")), choose.choice(files_of(folder, "*.py"))
    if path != other:
        path.unlink()
        path.symlink_to(other)
    return f"link {path.relative_to(folder)} to {other.relative_to(folder)}"


_DOCUMENTS = (
    "*.toml", "*.y*ml", "*ockerfile*", "*.ini", "*.md", "*.sh", "*.env*", "*.lock", "*.txt", "*.cfg",
    "*.json", "justfile", "Makefile", ".gitignore", ".dockerignore", "Procfile",
)  # fmt: skip


def _document(choose: random.Random, folder: Path) -> str:
    found = files_of(folder, *_DOCUMENTS)
    if not found:
        return "no document"
    name = choose.choice(sorted({path.name for path in found}))  # many services have a hundred READMEs
    path = choose.choice([path for path in found if path.name == name])
    return _document_at(choose, folder, path, choose.randrange(len(path.read_bytes().splitlines()) or 1))


def _document_at(choose: random.Random, folder: Path, path: Path, at: int) -> str:
    """Drop, repeat, move or exchange a line of a document, counted from 0, or exchange one of its words."""
    lines = path.read_bytes().splitlines(keepends=True) or [b"\n"]
    at, other, kind = min(at, len(lines) - 1), choose.randrange(len(lines)), choose.randrange(6)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(other, lines[at])
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind < 5:
        words = re.findall(rb"[\w./:@-]+", b"".join(lines)) or [b"edited"]
        own = list(re.finditer(rb"[\w./:@-]+", lines[at]))
        if own:
            word = choose.choice(own)
            lines[at] = lines[at][: word.start()] + choose.choice(words) + lines[at][word.end() :]
    else:
        lines.append(b"# edited\n")
    path.write_bytes(b"".join(lines))
    return f"document ({kind}) {path.relative_to(folder)}:{at + 1}"


_NEW = {
    ".gitignore": "*.{word}\n",
    ".dockerignore": "{word}\n.env\n",
    "archlint.toml": "ignore = ['BA0{digit}']\n",
    "Dockerfile": "FROM python:3.1{digit}\nRUN pip install fastapi\nCMD uvicorn a.main:app --root-path /x\n",
    "docker-compose.yml": "services:\n  db:\n    image: postgres:1{digit}\n    ports: ['5432:5432']\n",
    ".env": "DEBUG=1\nSECRET_KEY=changeme{digit}\n",
    ".github/workflows/edited.yml": "on: push\njobs: {{a: {{steps: [{{run: uv sync --frozen}}]}}}}\n",
    "conftest.py": "import pytest\n\n\n@pytest.fixture\ndef client(): ...\n",
    "tests/test_new.py": "def test_new(client):\n    client.get('/{word}')\n",
    "app/__init__.py": "",
    "requirements.txt": "fastapi==0.11{digit}.0\n",
    "pytest.ini": "[pytest]\nasyncio_mode = auto\npython_files = check_*.py\n",
    "compose.override.yaml": "services:\n  app:\n    environment: [DEBUG={digit}]\n",
}


def _new(choose: random.Random, folder: Path) -> str:
    name = choose.choice(sorted(_NEW))
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _NEW[name].format(
        word=choose.choice(["md", "ini", "txt", "py", "tests"]), digit=choose.randrange(1, 9)
    )
    path.write_text(
        (path.read_text(errors="replace") if choose.random() < 0.3 and path.exists() else "") + text
    )
    return f"new {name}"


def _track(choose: random.Random, folder: Path) -> str:
    """Tell git to track all files, or one no more, which changes its index and nothing else."""
    path = choose.choice(files_of(folder, "*"))
    command = choose.choice([["add", "-A"], ["rm", "-q", "--cached", str(path)]])
    subprocess.run(["git", "-C", str(folder), *command], check=False, capture_output=True)
    return f"git {' '.join(command)}"


def edit_at(choose: random.Random, folder: Path, file: str, line: int) -> str:
    """Mutate a node at a line, counted from 1, of a Python file, or drop the statement; edit a document's."""
    path = folder / file
    if not path.is_file():
        return "at no file"
    if path.suffix != ".py":
        return _document_at(choose, folder, path, line - 1)
    around = [(body, at) for body, at in _statements(parsed(path)) if _is_at(line, body[at])]
    if around and choose.random() < 0.3:
        return _without(folder, path, *around[-1])
    return mutated_at(choose, folder, path, line)


def _is_at(line: int, one: ast.stmt) -> bool:
    first, last = _span(one)
    return first < line <= last


EDITS: tuple[Edit, ...] = (
    *MUTATIONS,
    *((_without_statement,) * 4), *((_exchanged_statements,) * 3), *((_repeated_statement,) * 3),
    *((_line_in_body,) * 4), *((_other_argument,) * 4), _over_the_border, *((_document,) * 9),
    _moved_definition, _raw_line, _other_bytes, _delete, _rename, _rename_folder, _copy, _link, _new, _new,
    _track, *TYPICAL.values(), *BODIES.values(),
)  # fmt: skip
"""Each as often as it is to be chosen; those that keep the list of files are what a run remembers most of."""
