"""Which stage of an image installs the project's dependencies, where to, and what of it arrives at the end.

`COPY` copies a folder's content into its destination (Dockerfile reference, "COPY"), so an environment at
`/a/.venv` lies at `/b/.venv` after `COPY --from=build /a /b`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from archlint.facts.dockerfile import Dockerfile, Instruction, Stage
from archlint.service.images import has_plain_base
from archlint.service.installs import pip_targets, uv_targets, without_tools
from archlint.service.scripts import Command

_ONLY_GROUPS = ("--only-group", "--only-dev")
_MANAGERS = re.compile(r"poetry|pdm|pipenv|conda|mamba|micromamba|pixi|hatch")
_VERBS = frozenset({"create", "install", "run", "sync", "update"})
_PARTS = re.compile(r"(^|/)(wheels?|dist|uvx?|requirements[^/]*\.txt|[^/]*\.(whl|txt|lock|toml))(/\*.*)?/?$")
_KNOWN = frozenset({
    "[", "adduser", "apk", "apt", "apt-get", "cd", "chmod", "chown", "cp", "curl", "echo", "export", "groupadd",
    "ln", "ls", "mkdir", "mv", "rm", "sed", "set", "tar", "test", "touch", "true", "update-ca-certificates",
    "useradd", "usermod", "addgroup", "dpkg", "wget", "pip", "pip3", "python", "python3", "uv", "virtualenv",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment: the folder where it was made, None where that is not known."""

    made_at: str | None


@dataclass(frozen=True, eq=False)
class StageReader:
    """The stages of one Dockerfile with the commands that their RUN instructions run."""

    file: Dockerfile
    commands: tuple[Command, ...]

    def of(self, instruction: Instruction) -> list[Command]:
        """The commands of a RUN."""
        place = instruction.location
        return [
            c
            for c in self.commands
            if c.location.file == place.file and place.line <= c.location.line <= place.end_line
        ]

    def runs(self, stage: Stage) -> list[Command]:
        """The commands that a stage runs, those of the stages that it was built on included."""
        return [
            command
            for part in self.file.lineage(stage)
            for instruction in part.instructions
            if instruction.keyword == "RUN"
            for command in self.of(instruction)
        ]

    def is_clear(self, stage: Stage) -> bool:
        """Whether nothing happens in a stage that could install in a way that is not known here."""
        known = all(c.program in _KNOWN or _MANAGERS.fullmatch(c.program) for c in self.runs(stage))
        heredocs = any(i.heredocs for part in self.file.lineage(stage) for i in part.instructions)
        return known and not heredocs and has_plain_base(self.file, stage) and not self.file.problems

    def installs(self, stage: Stage) -> list[Command]:
        """The commands of a stage that install dependencies."""
        return [command for command in self.runs(stage) if _installs(command)]

    def copies(self, stage: Stage) -> Iterator[tuple[Instruction, Stage | None]]:
        """What a stage copies from elsewhere than the build context, and from which stage."""
        for part in self.file.lineage(stage):
            for instruction in part.instructions:
                source = instruction.flag("from")
                if instruction.keyword == "COPY" and source is not None:
                    yield instruction, self.file.stage(source)

    def folder(self, stage: Stage, before: Instruction | None = None) -> str | None:
        """The working folder in a stage, at an instruction or at its end; None where a variable decides."""
        folder: str | None = "/"
        for part in reversed(list(self.file.lineage(stage))):
            for instruction in part.instructions:
                if instruction is before:
                    return folder
                if instruction.keyword == "WORKDIR":
                    text = instruction.text.strip().strip("\"'")
                    known = folder is not None and "$" not in text
                    folder = posixpath.normpath(posixpath.join(folder or "/", text)) if known else None
        return folder

    def environment(self, stage: Stage) -> Environment | None:
        """The virtual environment that a stage makes."""
        made: Environment | None = None
        for part in reversed(list(self.file.lineage(stage))):
            for instruction in part.instructions:
                if instruction.keyword == "RUN":
                    for command in self.of(instruction):
                        made = _made(command, self.folder(stage, instruction)) or made
        return made


def only_groups(command: Command) -> bool:
    """Whether a sync leaves the project's own dependencies out."""
    return command.runs("uv", "sync") and any(word.startswith(_ONLY_GROUPS) for word in command.words)


def takes_parts_only(instruction: Instruction) -> bool:
    """Whether a COPY takes only wheels, lists or a program, which still want installing."""
    return all(_PARTS.search(source) is not None for source in instruction.arguments[:-1])


def arrives_at(made_at: str, instruction: Instruction, folder: str | None) -> str | None:
    """Where an environment lies after a COPY into a stage whose working folder is `folder`."""
    *sources, target = instruction.arguments
    for source in sources:
        source = posixpath.normpath(source)
        if "$" in source or "$" in target or (folder is None and not target.startswith("/")):
            return None
        if made_at == source or made_at.startswith(f"{source.rstrip('/')}/"):
            into = posixpath.normpath(posixpath.join(folder or "/", target))
            return posixpath.normpath(posixpath.join(into, posixpath.relpath(made_at, source)))
    return None


def _installs(command: Command) -> bool:
    if command.runs("uv", "sync") or command.runs("uv", "run"):
        return True
    if _MANAGERS.fullmatch(command.program):
        return any(verb in _VERBS for verb in command.words[1:4])
    return bool(without_tools(pip_targets(command) or uv_targets(command) or ()))


def _made(command: Command, folder: str | None) -> Environment | None:
    """The environment that a command makes."""
    if command.runs("venv|virtualenv") or command.runs("uv", "venv"):
        given = [word for word in command.words[2:] if not word.startswith("-") and word != "venv"]
        return _at(given[-1] if given else ".venv", folder)
    if command.runs("uv", "sync"):
        if "UV_SYSTEM_PYTHON" in command.environment:
            return None
        return _at(command.environment.get("UV_PROJECT_ENVIRONMENT", ".venv"), folder)
    return None


def _at(path: str, folder: str | None) -> Environment:
    if "$" in path or (folder is None and not path.startswith("/")):
        return Environment(None)
    return Environment(posixpath.normpath(posixpath.join(folder or "/", path)))
