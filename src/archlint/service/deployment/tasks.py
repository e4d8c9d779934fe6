"""The commands of task files: Makefile, justfile, tox.ini, noxfile.py, Procfile, tables of pyproject.toml."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import TypeGuard

from msgspec.structs import replace

from archlint import documents
from archlint.discover import Repository
from archlint.facts.ini import IniFile, read_ini
from archlint.facts.python import UndecodableError, read_python
from archlint.facts.recipes import RecipeLine, read_justfile, read_makefile
from archlint.facts.shell import split_words
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, Constant, Evaluate, Expression, FunctionDef, Statement
from archlint.facts.toml import TomlFile
from archlint.facts.traversal import COMPOUND, nested_blocks
from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.service.deployment.command import Command, CommandContext, Script, commands_of, unwrapped

_TABLES = (
    ("tool", "hatch", "scripts"),
    ("tool", "pdm", "scripts"),
    ("tool", "pixi", "tasks"),
    ("tool", "poe", "tasks"),
    ("tool", "taskipy", "tasks"),
    ("tool", "tox", "tasks"),
)
"""Where tools keep tasks."""
_NO_ENVIRONMENT = frozenset({"script", "system", "unsupported", "unsupported_script"})
_IGNORED = "the leading `-` ignores its failure"


def task_commands(repository: Repository, path: str) -> Iterator[Command]:
    """What the tasks of a file run; nothing of a file that is no task file, which is not read either."""
    name = posixpath.basename(path).lower()
    if _TASK_FILE.fullmatch(name):
        reader = next(reader for pattern, reader in _READERS if re.fullmatch(pattern, name))
        yield from reader(repository, path)


def _like(path: str, place: str) -> Command:
    return Command((), Location(path), CommandContext.TASK, place, folder=posixpath.dirname(path) or ".")


def _makefile(repository: Repository, path: str) -> Iterator[Command]:
    yield from _recipes(path, read_makefile(documents.text(repository, path)), "target")


def _justfile(repository: Repository, path: str) -> Iterator[Command]:
    yield from _recipes(path, read_justfile(documents.text(repository, path)), "recipe")


def _recipes(path: str, lines: tuple[RecipeLine, ...], kind: str) -> Iterator[Command]:
    for line in lines:
        script = Script(line.text, path, line.line, line.column)
        ignored = _IGNORED if line.ignored else None
        yield from commands_of(script, _like(path, f"{kind} `{line.target}`"), ignored=ignored)


def _procfile(repository: Repository, path: str) -> Iterator[Command]:
    for number, line in enumerate(documents.text(repository, path).splitlines(), start=1):
        name, separator, text = line.partition(":")
        if separator and re.fullmatch(r"[\w-]+", name):
            start = len(line) - len(text.lstrip()) + 1
            script = Script(text.lstrip(), path, number, start)
            like = Command(
                (), Location(path), CommandContext.START, f"process `{name}`", folder=_folder(path)
            )
            yield from commands_of(script, like)


def _folder(path: str) -> str:
    return posixpath.dirname(path) or "."


def _tox(repository: Repository, path: str) -> Iterator[Command]:
    """Split as tox does: it splits words but starts no shell; a `-` before a command ignores its failure."""
    ini = documents.ini(repository, path)
    yield from _tox_ini(ini, ini.text)


def _tox_ini(ini: IniFile, whole: str) -> Iterator[Command]:
    """The commands of a file, or of one that stands in the `whole` text of another."""
    for section, options in ini.sections.items():
        for option in ("commands_pre", "commands", "commands_post"):
            if section.startswith("testenv") and option in options:
                yield from _tox_commands(ini.path, whole.splitlines(), section, options[option])


def _tox_commands(path: str, lines: list[str], section: str, text: str) -> Iterator[Command]:
    for joined in filter(None, map(str.strip, text.replace("\\\n", "\0").split("\n"))):
        line, first = joined.replace("\0", " "), joined.partition("\0")[0].rstrip()
        number = next((n for n, written in enumerate(lines, start=1) if first in written), 1)
        words = split_words(line)
        ignored = words[:1] == ["-"] or line.startswith("-")
        words = [word for word in (words[0].lstrip("-!"), *words[1:]) if word] if words else []
        column = max(lines[number - 1].find(first) + 1, 1) if lines else 1
        place = Location(path, number, column, number, column + len(first))
        hidden = _IGNORED if ignored else None
        yield from unwrapped(
            Command(tuple(words), place, CommandContext.TASK, f"`[{section}]`", hidden, _folder(path))
        )


def _noxfile(repository: Repository, path: str) -> Iterator[Command]:
    """`session.run("a", "b")` and `session.install("a")`, which is pip's unless the backend is uv."""
    data = documents.content(repository, path)
    try:
        source = read_python(data)
    except UndecodableError:
        return
    by_uv = re.search(rb"venv_backend[\"']?\s*=\s*[\"'(\[]*uv\b|\bnox_uv\b", data) is not None
    for function in (statement for statement in source.body if isinstance(statement, FunctionDef)):
        for call in _calls(function.body):
            words = tuple(_constants(call.args))
            if isinstance(call.func, Attribute) and call.func.attr == "install" and not by_uv:
                words = ("pip", "install", *words)
            elif not (
                isinstance(call.func, Attribute) and call.func.attr in {"run", "run_always", "run_install"}
            ):
                continue
            yield from _session_command(path, source, function.name, call, words)


def _session_command(
    path: str, source: PythonSource, session: str, call: Call, words: tuple[str, ...]
) -> Iterator[Command]:
    place = source.location(path, call.start, call.end)
    yield from unwrapped(
        Command(
            words, place, CommandContext.TASK, f"session `{session}`", folder=posixpath.dirname(path) or "."
        )
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


def _pyproject(repository: Repository, path: str) -> Iterator[Command]:
    toml = documents.toml(repository, path)
    for table in _task_tables(toml):
        for name, task in toml.table(*table).items():
            for keys, text in _task_texts(task):
                place = toml.location(*table, name, *keys)
                script = Script(text.replace("\n", " "), path, place.line, place.column)
                yield from commands_of(script, _like(path, f"task `{name}`"))
    legacy = toml.get("tool", "tox", "legacy_tox_ini")
    if isinstance(legacy, str):
        yield from _tox_ini(read_ini(path, legacy.encode()), toml.text)


def _task_tables(toml: TomlFile) -> Iterator[tuple[str, ...]]:
    """The tables whose entries are tasks; Hatch has one in each of its environments."""
    yield from _TABLES
    for name in toml.table("tool", "hatch", "envs"):
        yield ("tool", "hatch", "envs", name, "scripts")


def _task_texts(task: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The shell texts of a task, each with the keys that lead to it; names of other tasks run nothing."""
    match task:
        case str():
            yield (), task
        case {"sequence": list(steps)} | list(steps):
            keys = ("sequence",) if isinstance(task, dict) else ()
            for index, step in enumerate(steps):
                yield from (((*keys, index, *inner), text) for inner, text in _task_texts(step))
        case dict():
            named = ((key, task.get(key)) for key in ("cmd", "shell", "composite", "default"))
            yield from (((key,), text) for key, text in named if isinstance(text, str))


def _hooks(repository: Repository, path: str) -> Iterator[Command]:
    """What local hooks and uv's own start; hooks of other languages have an environment of their own."""
    top = documents.yaml(repository, path).mapping
    repos = top.get("repos") if top else None
    for repo in _mappings(repos):
        is_local = repo.text("repo") == "local"
        is_uv = re.search(r"/uv-pre-commit(\.git)?/?$", repo.text("repo") or "") is not None
        for hook in _mappings(repo.get("hooks")) if is_local or is_uv else ():
            entry, args = hook.get("entry"), hook.get("args")
            if is_uv:
                yield from _uv_hook(path, hook, args)
            elif isinstance(entry, YamlScalar) and hook.text("language") in _NO_ENVIRONMENT:
                given = [i.text for i in args.items if isinstance(i, YamlScalar)] if _listed(args) else []
                like = Command(
                    (*split_words(entry.text), *given),
                    entry.location,
                    CommandContext.TASK,
                    f"hook `{hook.text('id')}`",
                )
                yield from unwrapped(replace(like, folder=_folder(path)))


def _uv_hook(path: str, hook: YamlMapping, args: YamlNode | None) -> Iterator[Command]:
    """What a hook of https://github.com/astral-sh/uv-pre-commit starts."""
    known = _UV_HOOKS.get(hook.text("id") or "")
    if known is not None:
        words, default = known
        given = [i.text for i in args.items if isinstance(i, YamlScalar)] if _listed(args) else default
        place = f"hook `{hook.text('id')}`"
        yield Command((*words, *given), hook.location, CommandContext.TASK, place, folder=_folder(path))


_UV_HOOKS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "uv-export": (("uv", "export"), ["--frozen", "--output-file=requirements.txt"]),
    "uv-lock": (("uv", "lock"), []),
    "pip-compile": (("uv", "pip", "compile"), []),
}
"""The commands of uv's hooks, and their arguments where a configuration gives none."""


def _listed(node: YamlNode | None) -> TypeGuard[YamlSequence]:
    return isinstance(node, YamlSequence)


def _mappings(node: YamlNode | None) -> Iterator[YamlMapping]:
    yield from (item for item in node.items if isinstance(item, YamlMapping)) if _listed(node) else ()


_Reader = Callable[[Repository, str], Iterator[Command]]
_READERS: tuple[tuple[str, _Reader], ...] = (
    (r"(gnu)?makefile|.*\.mk", _makefile),
    (r"\.?justfile|.*\.just", _justfile),
    (r"tox\.ini", _tox),
    (r"noxfile\.py", _noxfile),
    (r"procfile", _procfile),
    (r"\.pre-commit-config\.ya?ml", _hooks),
    (r"pyproject\.toml", _pyproject),
)
_TASK_FILE = re.compile("|".join(pattern for pattern, _ in _READERS))
