"""Which stage of an image installs the project's dependencies, where to, and what of it arrives at the end.

`COPY` copies a folder's content into its destination (Dockerfile reference, "COPY"), so an environment at
`/a/.venv` lies at `/b/.venv` after `COPY --from=build /a /b`. A virtual environment does not move: its
programs name its first place in their first lines (venv, "How venvs work").
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.facts.dockerfile import Dockerfile, Instruction, Stage
from archlint.service.deployment.command import Command
from archlint.service.deployment.image_starts import has_plain_base
from archlint.service.deployment.installs import pip_targets, uv_targets, without_tools

T = TypeVar("T")
_MANAGERS = re.compile(r"poetry|pdm|pipenv|conda|mamba|micromamba|pixi|hatch|rye")
_VERBS = frozenset({"create", "install", "run", "sync", "update"})
_PARTS = re.compile(r"(^|/)(wheels?|dist|uvx?|requirements[^/]*\.txt|[^/]*\.(whl|txt|lock|toml))(/\*.*)?/?$")
_ELSEWHERE = re.compile(r"--(prefix|target|root|user)\b|-t$")
_KNOWN = frozenset({
    "[", "addgroup", "adduser", "apk", "apt", "apt-get", "cd", "chmod", "chown", "cp", "curl", "dpkg", "echo",
    "export", "groupadd", "ln", "ls", "mkdir", "mv", "pip", "pip3", "python", "python3", "rm", "sed", "set",
    "tar", "test", "touch", "true", "update-ca-certificates", "useradd", "usermod", "uv", "virtualenv",
    "wget",
})  # fmt: skip
_PYTHON = re.compile(r"(?:^|/)(?:python:|uv:(?:[\w.]+-)?python)(\d+\.\d+)")
_WITHOUT_PYTHON = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:alpine|debian|ubuntu)(?::.*)?"
    r"|ghcr\.io/astral-sh/uv:(?!.*python)[\w.-]*(?:alpine|slim)[\w.-]*"
)
_DOWNLOADS = "UV_PYTHON_DOWNLOADS"
_NEVER = frozenset({"0", "false", "manual", "never"})
_PACKAGERS = frozenset({"apk", "apt", "apt-get", "dnf"})
_SYSTEM = "/usr/local"
"""Where the official images of Python have theirs, and what is installed without an environment."""


class VirtualEnvironment(Struct, frozen=True):
    """A virtual environment: where it was made, where it is now, and with which Python, each if known.

    `home` is the folder of a Python that uv brought, which the environment only links to; `lost` is that
    folder where a stage copied the environment and not its Python.
    """

    made_at: str | None
    at: str | None
    python: str | None
    relocatable: bool = False
    home: str | None = None
    lost: str | None = None


class StageReader(Struct, eq=False, frozen=True, dict=True):
    """The stages of one Dockerfile with the commands that their RUN instructions run."""

    file: Dockerfile
    commands: tuple[Command, ...]

    def of(self, instruction: Instruction) -> list[Command]:
        """The commands of a RUN, with those of scripts of the repository that it runs left out."""
        lines, commands = self._own
        first = bisect_left(lines, instruction.location.line)
        return commands[first : bisect_right(lines, instruction.location.end_line)]

    @cached_property
    def _own(self) -> tuple[list[int], list[Command]]:
        """The commands in the file itself by line."""
        own = [command for command in self.commands if command.location.file == self.file.path]
        own.sort(key=lambda command: command.location.line)
        return [command.location.line for command in own], own

    def runs(self, stage: Stage) -> list[Command]:
        """The commands that a stage runs, those of the stages that it was built on included."""
        return self._remembered(
            "runs", stage, lambda: [c for i in self.steps(stage, "RUN") for c in self.of(i)]
        )

    @cached_property
    def _memory(self) -> dict[tuple[str, int], Any]:
        return {}

    def _remembered(self, what: str, stage: Stage, make: Callable[[], T]) -> T:
        """What was found of a stage before: stages copy from one another, and each is asked once."""
        key = (what, stage.index)
        if key not in self._memory:
            self._memory[key] = make()
        found: T = self._memory[key]
        return found

    def steps(self, stage: Stage, keyword: str) -> Iterator[Instruction]:
        """The instructions of a keyword in a stage, after those of the stages that it was built on."""
        for part in reversed(list(self.file.lineage(stage))):
            yield from (i for i in part.instructions if i.keyword == keyword)

    def is_clear(self, stage: Stage) -> bool:
        """Whether nothing happens in a stage that could install in a way that is not known here."""
        known = all(c.program in _KNOWN or _MANAGERS.fullmatch(c.program) for c in self.runs(stage))
        read = all(i.is_json or self.of(i) for i in self.steps(stage, "RUN"))
        return known and read and has_plain_base(self.file, stage) and not self.file.problems

    def installs(self, stage: Stage) -> list[Command]:
        """The commands of a stage that install dependencies."""
        return [command for command in self.runs(stage) if is_install(command)]

    def copies(self, stage: Stage) -> Iterator[tuple[Instruction, Stage | None]]:
        """What a stage copies from elsewhere than the build context, and from which stage."""
        for part in reversed(list(self.file.lineage(stage))):
            for instruction in part.instructions:
                source = instruction.flag("from") if instruction.keyword == "COPY" else None
                if source is not None:
                    yield instruction, self.file.stage(source, before=part)

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

    def environments(self, stage: Stage) -> tuple[VirtualEnvironment, ...]:
        """The virtual environments in a stage: made there, or copied from another."""
        return self._remembered("environments", stage, lambda: self._environments(stage))

    def takes_environment(self, copy: Instruction, source: Stage) -> bool:
        """Whether a COPY from a stage takes a virtual environment of it along."""
        found = [one.at for one in self.environments(source) if one.at]
        taken = [posixpath.normpath(posixpath.join("/", path)) for path in copy.arguments[:-1]]
        return any(f"{at}/".startswith(f"{path.rstrip('/')}/") for at in found for path in taken)

    def _environments(self, stage: Stage) -> tuple[VirtualEnvironment, ...]:
        made = {}
        for instruction in self.steps(stage, "RUN"):
            folder = self._run_folder(stage, instruction)
            for command in self.of(instruction):
                brought, home = managed_python(self, stage, command)
                for found in _made(command, folder, None if brought else self.python(stage)):
                    made[found.made_at] = replace(found, home=home)
        copied = [
            replace(one, at=at, lost=one.lost or self._lost(stage, one.home))
            for copy, source in self.copies(stage)
            for one in (self.environments(source) if source else ())
            if one.at and (at := arrives_at(one.at, copy, self.folder(stage, copy)))
        ]
        return tuple(dict.fromkeys((*made.values(), *copied)))

    def _lost(self, stage: Stage, home: str | None) -> str | None:
        """The folder of a Python if the stage surely lacks it: it copies it to no place of that name."""
        if home is None or any(command.program == "uv" for command in self.runs(stage)):
            return None
        copies = [copy for copy, _ in self.copies(stage)]
        arrived = [arrives_at(home, copy, self.folder(stage, copy)) for copy in copies]
        is_open = any("$" in word or "*" in word for copy in copies for word in copy.arguments)
        return None if is_open or home in arrived else home

    def brings(self, stage: Stage) -> bool:
        """Whether a stage has what was installed in it, or may have it from a stage that it copies from."""
        copied = (s for copy, s in self.copies(stage) if s is not None and not takes_parts_only(copy))
        return self._remembered(
            "brings", stage, lambda: bool(self.installs(stage)) or any(map(self.brings, copied))
        )

    def places(self, stage: Stage) -> frozenset[str] | None:
        """The folders that a stage installs into; None where that is not known of all."""
        installs = self.installs(stage)
        made = [one.at for one in self.environments(stage)]
        if not all(map(_is_plain, installs)) or None in made or not self.is_clear(stage):
            return None
        own = {posixpath.dirname(posixpath.dirname(c.words[0])) for c in installs if c.words[0][:1] == "/"}
        return frozenset({_SYSTEM, *own, *(at for at in made if at)})

    def path(self, stage: Stage, start: str | None = None) -> tuple[str, ...] | None:
        """The folders of PATH at the end of a stage; None where another variable is in it."""
        value = "/usr/local/bin"
        for instruction in self.steps(stage, "ENV"):
            for word in instruction.arguments:
                name, _, text = word.partition("=")
                if name == "PATH":
                    value = re.sub(r"\$PATH\b|\$\{PATH\}", value, text.strip("\"'"))
        value = re.sub(r"\$PATH\b|\$\{PATH\}", value, start) if start else value
        return None if "$" in value else tuple(posixpath.normpath(part) for part in value.split(":") if part)

    def python(self, stage: Stage) -> str | None:
        """The minor version of the Python in the image that a stage starts from."""
        *_, first = self.file.lineage(stage)
        match = _PYTHON.search(first.base or "")
        return match[1] if match else None

    def _run_folder(self, stage: Stage, instruction: Instruction) -> str | None:
        """Where the commands of a RUN run; None where they go elsewhere themselves."""
        moves = any(command.program in {"cd", "pushd"} for command in self.of(instruction))
        return None if moves else self.folder(stage, instruction)


class Stages(Struct, eq=False, frozen=True):
    """The readers of a service's Dockerfiles, each made once."""

    commands: tuple[Command, ...]
    _known: dict[str, StageReader] = field(default_factory=dict)

    def of(self, file: Dockerfile) -> StageReader:
        """The stages of one Dockerfile."""
        if file.path not in self._known:
            self._known[file.path] = StageReader(file, self.commands)
        return self._known[file.path]


def managed_python(reader: StageReader, stage: Stage, command: Command) -> tuple[bool, str | None]:
    """Whether uv takes a Python of its own for a command in a stage, and the folder of that, if known.

    It prefers those that it has installed, and downloads one where there is none
    (https://docs.astral.sh/uv/concepts/python-versions/, "Adjusting Python version preferences").
    """
    given, words = command.environment, set(command.words)
    preference = given.get("UV_PYTHON_PREFERENCE", "")
    chosen = [given.get("UV_PYTHON", ""), *(w for o, w in pairwise(command.words) if o in {"-p", "--python"})]
    is_systems = "system" in preference or words & {"--no-managed-python", "--no-python-downloads"}
    if command.program != "uv" or is_systems or "UV_NO_MANAGED_PYTHON" in given or "/" in "".join(chosen):
        return False, None
    installed = any(one.runs("uv", "python", "install") for one in reader.runs(stage))
    forced = preference == "only-managed" or "--managed-python" in words or "UV_MANAGED_PYTHON" in given
    other = _is_other("".join(chosen), reader.python(stage)) and given.get(_DOWNLOADS) not in _NEVER
    if not (installed or forced or other or _has_no_python(reader, stage)):
        return False, None
    is_moved = not given.keys().isdisjoint({"HOME", "XDG_DATA_HOME"}) or any(reader.steps(stage, "USER"))
    home = given.get("UV_PYTHON_INSTALL_DIR") or ("" if is_moved else "/root/.local/share/uv/python")
    return True, home.rstrip("/") if home.startswith("/") and "$" not in home else None


def _is_other(chosen: str, python: str | None) -> bool:
    """Whether the version that uv is asked for is not that of the image."""
    version = re.fullmatch(r"(?:c?python-?)?(\d+\.\d+)(?:\.\d+)?", chosen)
    return version is not None and python is not None and version[1] != python


def _has_no_python(reader: StageReader, stage: Stage) -> bool:
    *_, first = reader.file.lineage(stage)
    added = (word for one in reader.runs(stage) if one.program in _PACKAGERS for word in one.words[2:])
    return _WITHOUT_PYTHON.fullmatch(first.base or "") is not None and not any("py" in word for word in added)


def is_install(command: Command) -> bool:
    """Whether a command installs dependencies of the project."""
    if command.runs("uv", "sync") or command.runs("uv", "run"):
        return True
    if _MANAGERS.fullmatch(command.program):
        return any(verb in _VERBS for verb in command.words[1:4])
    return bool(without_tools(pip_targets(command) or uv_targets(command) or ()))


def takes_parts_only(instruction: Instruction) -> bool:
    """Whether a COPY takes only wheels, lists or a program, which still want installing."""
    return all(_PARTS.search(source) is not None for source in instruction.arguments[:-1])


def arrives_at(place: str, instruction: Instruction, folder: str | None) -> str | None:
    """Where an environment lies after a COPY into a stage whose working folder is `folder`."""
    *written, target = instruction.arguments
    for source in (posixpath.normpath(posixpath.join("/", text)) for text in written):
        if "$" in source or "$" in target or (folder is None and not target.startswith("/")):
            return None
        if place == source or place.startswith(f"{source.rstrip('/')}/"):
            into = posixpath.normpath(posixpath.join(folder or "/", target))
            return posixpath.normpath(posixpath.join(into, posixpath.relpath(place, source)))
    return None


def misses(instruction: Instruction, places: frozenset[str]) -> bool:
    """Whether what a COPY takes surely has nothing to do with any of the folders."""
    sources = [posixpath.normpath(posixpath.join("/", source)) for source in instruction.arguments[:-1]]
    return not any(
        "$" in source or "*" in source or _related(source, place) for source in sources for place in places
    )


def _related(one: str, other: str) -> bool:
    first, second = f"{one.rstrip('/')}/", f"{other.rstrip('/')}/"
    return first.startswith(second) or second.startswith(first)


def _is_plain(command: Command) -> bool:
    """Whether a command installs into an environment that it or an earlier one made, or the system's."""
    if _MANAGERS.fullmatch(command.program):
        return False
    return not any(_ELSEWHERE.match(word) for word in command.words) and "$" not in command.words[0]


def _made(command: Command, folder: str | None, python: str | None) -> Iterator[VirtualEnvironment]:
    """The environment that a command makes."""
    if command.runs("venv|virtualenv") or command.runs("uv", "venv"):
        given = [
            word for word in command.words[1:] if not word.startswith("-") and word not in {"uv", "venv"}
        ]
        given = [word for word in given if not re.fullmatch(r"(virtualenv|(python)?\d\S*)", word)]
        at = _at(given[-1] if given else ".venv", folder)
        movable = "--relocatable" in command.words or "UV_VENV_RELOCATABLE" in command.environment
        yield VirtualEnvironment(at, at, None if "--python" in command.words else python, movable)
    elif command.runs("uv", "sync") and "UV_SYSTEM_PYTHON" not in command.environment:
        at = _at(command.environment.get("UV_PROJECT_ENVIRONMENT", ".venv"), folder)
        chosen = {"--python", "-p"} & set(command.words) or "UV_PYTHON" in command.environment
        yield VirtualEnvironment(at, at, None if chosen else python)


def _at(path: str, folder: str | None) -> str | None:
    if "$" in path or (folder is None and not path.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(folder or "/", path))
