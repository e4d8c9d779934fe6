"""The commands of task files: Makefile, justfile, tox.ini, noxfile.py, Procfile, tables of pyproject.toml."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator

from archlint.facts.ini import IniFile, read_ini
from archlint.facts.python import UndecodableError, read_python
from archlint.facts.recipes import RecipeLine, read_justfile, read_makefile
from archlint.facts.syntax import (
    Attribute,
    Call,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    PythonSource,
    Statement,
)
from archlint.facts.toml import TomlFile, read_toml
from archlint.findings import Location
from archlint.service.namespaces import COMPOUND, nested_blocks
from archlint.service.scripts import Command, Context, Script, commands_of, unwrapped

_TABLES = (("tool", "poe", "tasks"), ("tool", "taskipy", "tasks"), ("tool", "pdm", "scripts"))
_IGNORED = "the leading `-` ignores its failure"


def task_commands(path: str, data: bytes) -> Iterator[Command]:
    """What the tasks of a file run; nothing of a file that is no task file."""
    name = posixpath.basename(path).lower()
    reader = next((reader for pattern, reader in _READERS if re.fullmatch(pattern, name)), None)
    if reader is not None:
        yield from reader(path, data)


def _like(path: str, place: str) -> Command:
    return Command((), Location(path), Context.TASK, place, folder=posixpath.dirname(path) or ".")


def _makefile(path: str, data: bytes) -> Iterator[Command]:
    yield from _recipes(path, read_makefile(data.decode(errors="replace")), "target")


def _justfile(path: str, data: bytes) -> Iterator[Command]:
    yield from _recipes(path, read_justfile(data.decode(errors="replace")), "recipe")


def _recipes(path: str, lines: tuple[RecipeLine, ...], kind: str) -> Iterator[Command]:
    for line in lines:
        script = Script(line.text, path, line.line, line.column)
        ignored = _IGNORED if line.ignored else None
        yield from commands_of(script, _like(path, f"{kind} `{line.target}`"), ignored=ignored)


def _procfile(path: str, data: bytes) -> Iterator[Command]:
    for number, line in enumerate(data.decode(errors="replace").splitlines(), start=1):
        name, separator, text = line.partition(":")
        if separator and re.fullmatch(r"[\w-]+", name):
            start = len(line) - len(text.lstrip()) + 1
            script = Script(text.lstrip(), path, number, start)
            like = Command((), Location(path), Context.START, f"process `{name}`", folder=_folder(path))
            yield from commands_of(script, like)


def _folder(path: str) -> str:
    return posixpath.dirname(path) or "."


def _tox(path: str, data: bytes) -> Iterator[Command]:
    """Split as tox does: it splits words but starts no shell; a `-` before a command ignores its failure."""
    ini = read_ini(path, data)
    for section, options in ini.sections.items() if isinstance(ini, IniFile) else ():
        for option in ("commands_pre", "commands", "commands_post"):
            if section.startswith("testenv") and option in options:
                yield from _tox_commands(path, data, section, options[option])


def _tox_commands(path: str, data: bytes, section: str, text: str) -> Iterator[Command]:
    lines = data.decode(errors="replace").splitlines()
    for line in filter(None, map(str.strip, text.replace("\\\n", " ").split("\n"))):
        number = next((n for n, written in enumerate(lines, start=1) if line[:30] in written), 1)
        words = _split(line)
        ignored = words[:1] == ["-"] or line.startswith("-")
        words = [word for word in (words[0].lstrip("-!"), *words[1:]) if word] if words else []
        column = lines[number - 1].find(line[:30]) + 1 if lines else 1
        place = Location(path, number, max(column, 1), number, max(column, 1) + len(line))
        hidden = _IGNORED if ignored else None
        yield from unwrapped(
            Command(tuple(words), place, Context.TASK, f"`[{section}]`", hidden, _folder(path))
        )


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _noxfile(path: str, data: bytes) -> Iterator[Command]:
    """`session.run("a", "b")` and `session.install("a")`, which is pip's unless the backend is uv."""
    try:
        source = read_python(data)
    except UndecodableError:
        return
    for function in (statement for statement in source.body if isinstance(statement, FunctionDef)):
        for call in _calls(function.body):
            words = tuple(_constants(call.args))
            if isinstance(call.func, Attribute) and call.func.attr == "install" and b"uv" not in data:
                words = ("pip", "install", *words)
            elif not (isinstance(call.func, Attribute) and call.func.attr in {"run", "run_always"}):
                continue
            yield from _session_command(path, source, function.name, call, words)


def _session_command(
    path: str, source: PythonSource, session: str, call: Call, words: tuple[str, ...]
) -> Iterator[Command]:
    place = source.location(path, call.start, call.end)
    yield from unwrapped(
        Command(words, place, Context.TASK, f"session `{session}`", folder=posixpath.dirname(path) or ".")
    )


def _calls(body: tuple[Statement, ...]) -> Iterator[Call]:
    for statement in body:
        if isinstance(statement, Evaluate) and isinstance(statement.value, Call):
            yield statement.value
        elif isinstance(statement, COMPOUND):
            for block in nested_blocks(statement):
                yield from _calls(block)


def _constants(arguments: tuple[Expression, ...]) -> Iterator[str]:
    for argument in arguments:
        yield argument.value if isinstance(argument, Constant) and isinstance(argument.value, str) else "$"


def _pyproject(path: str, data: bytes) -> Iterator[Command]:
    toml = read_toml(path, data) if any(b"tool." + t[1].encode() in data for t in _TABLES) else None
    for table in _TABLES if isinstance(toml, TomlFile) else ():
        assert isinstance(toml, TomlFile)
        for name, task in toml.table(*table).items():
            text = task if isinstance(task, str) else task.get("cmd") or task.get("shell") if task else None
            if isinstance(text, str):
                place = toml.location(*table, name)
                script = Script(text.replace("\n", " "), path, place.line, place.column)
                yield from commands_of(script, _like(path, f"task `{name}`"))


_Reader = Callable[[str, bytes], Iterator[Command]]
_READERS: tuple[tuple[str, _Reader], ...] = (
    (r"(gnu)?makefile|.*\.mk", _makefile),
    (r"\.?justfile|.*\.just", _justfile),
    (r"tox\.ini", _tox),
    (r"noxfile\.py", _noxfile),
    (r"procfile", _procfile),
    (r"pyproject\.toml", _pyproject),
)
