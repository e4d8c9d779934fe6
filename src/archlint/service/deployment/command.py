"""Commands as the deployment, the pipelines and the tasks of a repository run them, one record each."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from textwrap import shorten

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.facts.shell import Options, ShellCommand, read_shell
from archlint.facts.shell_nodes import SHELLS
from archlint.facts.yaml import YamlScalar
from archlint.findings import Location

_RUNNERS = frozenset({"poetry", "pipenv", "pdm", "hatch", "rye", "uv"})
_WITH_VALUE = frozenset({
    "--directory", "--env-file", "--extra", "--group", "--only-group", "--package", "--project", "--python",
    "--with", "--with-editable", "--with-requirements", "-C", "-e", "-p", "-w", "--user", "-u", "--workdir",
    "--env", "--entrypoint", "-f", "--file", "--profile", "--name", "-v", "--volume",
})  # fmt: skip
_GLOBAL_VALUES = {
    "uv": frozenset({
        "--allow-insecure-host", "--cache-dir", "--color", "--config-file", "--directory", "--project",
        "--python-fetch", "--python-preference",
    }),
    "poetry": frozenset({"--directory", "--project", "-C", "-P"}),
    "pip": frozenset({"--cache-dir", "--cert", "--log", "--proxy", "--python", "--retries", "--timeout"}),
    "docker": frozenset({"--config", "--context", "--host", "--log-level", "-H", "-c", "-l"}),
}  # fmt: skip
"""The options of programs that stand before the subcommand and take the next word."""
_WRAPPERS = frozenset({"command", "dumb-init", "exec", "nice", "nohup", "sudo", "time", "tini"})
_FILLED_IN = re.compile(r"\$_{4,}")
"""What stands for an expression of a pipeline or a task file while the shell's text is read."""
_QUOTED = 72
"""How much of a command a message quotes, in characters."""
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)


class CommandContext(StrEnum):
    """What runs a command."""

    BUILD = "image build"
    START = "container start"
    CI = "CI"
    TASK = "task"
    SCRIPT = "script"
    DOCUMENT = "documentation"


class Command(Struct, frozen=True):
    """One command; `place` says in words where it stands, as in "stage `build`" or "job `test`".

    `hidden` says why its failure goes unnoticed, None where it does not or where that cannot be told;
    `hidden_at` is the command that makes it so, where that is the one which starts the script.
    `folder` is where it runs, a path of the repository, None when that is not known. `environment` has
    the variables that are known to be set for it, by their text, `outputs` the files that its output goes to.
    `is_fallback` says that it runs where uv is not there or does not do it: behind an `else` or `||`.
    `is_trial` says that what it changes is thrown away: it runs in a test, or on pull requests alone.
    `unread` says why shell text cannot be read, which may run anything; then there are no words.
    `written` are the variables that it sets itself; without words it only does that.
    """

    words: tuple[str, ...]
    location: Location
    context: CommandContext
    place: str
    hidden: str | None = None
    folder: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    is_trial: bool = False
    is_fallback: bool = False
    unread: str = ""
    hidden_at: Location | None = None
    written: tuple[tuple[str, str], ...] = ()

    @property
    def program(self) -> str:
        """The program's name without its folder."""
        return posixpath.basename(self.words[0]) if self.words else ""

    @property
    def quoted(self) -> str:
        """The command as a message quotes it: what is filled in from outside is left out."""
        text = _FILLED_IN.sub("…", " ".join(self.words))
        return shorten(text, _QUOTED, placeholder=" …")

    def runs(self, program: str, *first: str) -> bool:
        """Whether this is `program`, also as a module, with `first` as its first arguments but options."""
        words = self.words
        if words[1:2] == ("-m",):
            words = words[2:]
        if not words or not re.fullmatch(rf"(?:.*/)?{program}", words[0]):
            return False
        return tuple(_arguments(posixpath.basename(words[0]), words[1:]))[: len(first)] == first


class Script(Struct, frozen=True):
    """Shell text of a file: its first row is the line `line`, every row is shifted by `column` - 1."""

    text: str
    path: str
    line: int = 1
    column: int = 1

    def location(self, command: ShellCommand) -> Location:
        """Where a command of it stands."""
        (row, column), (end_row, end_column) = command.start, command.end
        shift = self.column
        return Location(self.path, self.line + row, column + shift, self.line + end_row, end_column + shift)


def commands_of(
    script: Script, like: Command, options: Options | None = None, ignored: str | None = None
) -> Iterator[Command]:
    """The commands of a script in the setting of `like`; where it ignores failures, `ignored` says so."""
    for found in read_shell(script.text, options):
        if found.unread:
            yield replace(like, words=(), location=script.location(found), unread=found.unread)
        else:
            folder = None if like.folder is None or found.folder is None else _join(like.folder, found.folder)
            made = replace(
                like,
                words=found.words,
                location=script.location(found),
                hidden=like.hidden or ignored or found.hidden,
                folder=folder,
                environment={**like.environment, **dict(found.assignments)},
                outputs=found.outputs,
                is_fallback="uv" in found.instead_of,
                written=found.written,
            )
            yield from unwrapped(made) if found.words else (made,)


def unwrapped(command: Command, depth: int = 5) -> Iterator[Command]:
    """`command` without what only starts it, then what it starts: by `uv run`, `sh -c`, `compose run`."""
    words, environment = list(command.words), command.environment
    while words and (inner := without_wrapper(words)) != words:
        if posixpath.basename(words[0]) == "env":
            environment = _environment(words[1:], environment)
        words = inner
    command = replace(command, words=tuple(words), environment=environment)
    if not words or not depth:
        return
    if command.program == "uv" and (moved := _moved(words)) is not None:
        command = replace(command, folder=None if command.folder is None else _join(command.folder, moved))
    yield command
    if command.program in {*SHELLS, "eval"} and (text := _shell_text(words)) is not None:
        flags = "".join(word for word in words[1:3] if word.startswith("-"))
        for found in read_shell(text, Options("e" in flags, "pipefail" in words)):
            if not found.words:
                yield replace(command, words=(), unread=found.unread, written=found.written)
            hidden = command.hidden or found.hidden
            environment = {**command.environment, **dict(found.assignments)}
            started_by = replace(command, words=found.words, hidden=hidden, environment=environment)
            outputs, written = found.outputs, found.written
            yield from unwrapped(replace(started_by, outputs=outputs, written=written), depth - 1)
    started = _started(command.program, words)
    if started:
        yield from unwrapped(replace(command, words=tuple(started)), depth - 1)


def _environment(words: Sequence[str], inherited: Mapping[str, str]) -> dict[str, str]:
    """What `env` hands to the program that it starts; what it takes away is set to nothing."""
    given, left = dict(inherited), list(words)
    while left and (left[0].startswith("-") or "=" in left[0]):
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if word in {"-", "-i", "--ignore-environment"}:
            given.clear()
        elif name in {"-u", "--unset"}:
            given[value if equals else "".join(left[:1])] = ""
            left = left if equals else left[1:]
        elif not word.startswith("-"):
            given[name] = value
    return given


def without_wrapper(words: list[str]) -> list[str]:
    """The words behind a program that only starts them, or one assignment in front of them."""
    program = posixpath.basename(words[0])
    if _ASSIGNMENT.fullmatch(words[0]):
        return words[1:]
    if program in _WRAPPERS | {"env"}:
        return _after_options(words[1:])
    if program in {"gosu", "su-exec"}:
        return words[2:]
    if program == "timeout":
        return _after_options(words[1:])[1:]
    return words


def _started(program: str, words: Sequence[str]) -> list[str]:
    """What a command starts by its arguments."""
    plain = _after_globals(program, words[1:])
    if program in _RUNNERS and plain[:1] == ["run"]:
        return _after_options(plain[1:])
    if program == "docker" and plain[:1] == ["compose"]:
        plain = _after_options(plain[1:])
    elif program != "docker-compose":
        return []
    return _after_options(plain[1:])[1:] if plain[:1] in (["run"], ["exec"]) else []


def _moved(words: Sequence[str]) -> str | None:
    """The folder that `uv --directory folder …` or `--project` names."""
    for word, following in pairwise((*words, "")):
        option, equals, value = word.partition("=")
        if option in {"--directory", "--project"}:
            return value if equals else following
        if option in {"run", "--"}:
            return None
    return None


def _arguments(program: str, words: Sequence[str]) -> Iterator[str]:
    """The words that are neither options nor the values of the program's own ones."""
    valued = _GLOBAL_VALUES.get(program.rstrip("0123456789."), frozenset())
    skipped = False
    for word in words:
        if not skipped and not word.startswith("-"):
            yield word
        skipped = not skipped and word in valued


def _after_globals(program: str, words: Sequence[str]) -> list[str]:
    """The subcommand and what follows it."""
    valued = _GLOBAL_VALUES.get(program, _WITH_VALUE)
    words = list(words)
    while words and words[0].startswith("-"):
        words = words[2 if words[0] in valued else 1 :]
    return words


def _after_options(words: Sequence[str]) -> list[str]:
    words = list(words)
    while words and words[0].startswith("-"):
        width = 2 if words[0] in _WITH_VALUE else 1
        if words[0] == "--":
            return words[1:]
        words = words[width:]
    return words


def _shell_text(words: Sequence[str]) -> str | None:
    if words[0] == "eval":
        return " ".join(words[1:])
    for index, word in enumerate(words[1:], start=1):
        if re.fullmatch(r"-\w*c", word):
            return words[index + 1] if index + 1 < len(words) else None
        if not word.startswith(("-", "+")) and word != "pipefail":
            return None
    return None


def script_of(scalar: YamlScalar, lines: Sequence[str]) -> Script:
    """The shell text of a YAML scalar; a folded one has only its first line."""
    place = scalar.location
    start = lines[place.line - 1][place.column - 1 :] if place.line <= len(lines) else ""
    indicator = re.match(r"(?:[&!]\S+\s+)*([|>])", start)
    if indicator is None:
        return Script(scalar.text, place.file, place.line, place.column + start.startswith(('"', "'")))
    first = next((n for n in range(place.line, len(lines)) if lines[n].strip()), place.line)
    indent = len(lines[first]) - len(lines[first].lstrip()) if first < len(lines) else 0
    text = scalar.text if indicator[1] == "|" else scalar.text.replace("\n", " ")
    return Script(text, place.file, first + 1, indent + 1)


def _join(folder: str, path: str) -> str | None:
    return None if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
