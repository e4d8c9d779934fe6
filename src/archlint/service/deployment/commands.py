"""Every command that images, containers, pipelines, tasks and scripts run for the service."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from archlint import documents
from archlint.discover import Repository
from archlint.facts.dockerfile import Instruction, Stage
from archlint.facts.shell_nodes import SHELLS
from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Location, Unknown
from archlint.paths import is_inside
from archlint.service.deployment.ci import (
    GITLAB,
    TRIAL,
    WORKFLOW,
    github_commands,
    gitlab_commands,
    gitlab_includes,
)
from archlint.service.deployment.command import (
    Command,
    CommandContext,
    Script,
    commands_of,
    script_of,
    unwrapped,
    without_wrapper,
)
from archlint.service.deployment.dockerfiles import Deployment, Holds, Image
from archlint.service.deployment.image_builds import SHEBANG, build_commands, environment_of
from archlint.service.deployment.tasks import task_commands

_SHELL_FILE = re.compile(r".*\.(sh|bash)")
_TEMPLATES = re.compile(r"(^|/)templates?/|\{[{%]")
_SPEAKING = re.compile(
    r"(?i)(^|/)([^/.]*file[^/]*|[^/]+\.(cfg|conf|hcl|ini|json|just|md|mk|py|rst|service|sh|tf|toml|txt|ya?ml))$"
)
"""Files that may name a script which somebody starts."""
_DEPLOYS = re.compile(
    r"(?i)deploy|entry-?_?point|(^|[-_.])(boot\w*|init\w*|install|migrat\w*|pre-?start|prod\w*|release|run|serve"
    r"|set-?up|start\w*|up|update|upgrade)([-_.]|$)"
)


class Commands(Struct, eq=False, frozen=True, dict=True):
    """The commands of a service: those of its own files, and those of shared files that speak of it."""

    root: str
    repository: Repository
    deployment: Deployment

    def __iter__(self) -> Iterator[Command]:
        return iter(self.all)

    @cached_property
    def all(self) -> tuple[Command, ...]:
        """Every command once, by place."""
        first = {(c.location, c.words, c.context, c.hidden): c for c in reversed(self._found) if c.words}
        return tuple(sorted(first.values(), key=lambda c: (c.location, len(c.words), c.words, c.context)))

    @cached_property
    def assigning(self) -> tuple[Command, ...]:
        """The statements of shells that set variables and run nothing: commands without words."""
        return tuple({c.location: c for c in self._found if c.written and not c.words}.values())

    @cached_property
    def unread(self) -> tuple[Unknown, ...]:
        """The shell texts that cannot be read, which may run anything."""
        places = {c.location: c for c in reversed(self._found) if c.unread}
        return tuple(
            Unknown(f"the commands of {places[place].place}", place, places[place].unread)
            for place in sorted(places)
        )

    def where(self, wanted: Callable[[Command], bool]) -> Iterator[Command]:
        """The commands that `wanted` takes, one of each place."""
        places: set[Location] = set()
        for command in self.all:
            if command.location not in places and wanted(command):
                places.add(command.location)
                yield command

    def judged(self, wanted: Callable[[Command], bool]) -> Iterator[Command]:
        """The same without those of images of which it is not clear that they hold the service."""
        return (command for command in self.where(wanted) if not self.is_doubtful(command))

    def is_doubtful(self, command: Command) -> bool:
        """Whether a command is of such an image."""
        return command.location.file in self._unclear

    def doubted(self, wanted: Callable[[Command], bool]) -> Iterator[Unknown]:
        """These images, each at its first such command."""
        doubtful = [command for command in self.where(wanted) if self.is_doubtful(command)]
        for command in {command.location.file: command for command in reversed(doubtful)}.values():
            why = "it may be of another component of the repository"
            yield Unknown(f"what `{command.location.file}` installs", command.location, why)

    @cached_property
    def _unclear(self) -> frozenset[str]:
        return frozenset(one.path for one in self.deployment.images if one.holds is Holds.UNCLEAR)

    @cached_property
    def started(self) -> Mapping[str, tuple[Command, ...]]:
        """What starting a container of each image runs, by Dockerfile; compose's commands included."""
        return {
            image.path: (*self.image_start(image), *self._compose_start(image))
            for image in self.deployment.images
        }

    @cached_property
    def _found(self) -> tuple[Command, ...]:
        images = self.deployment.images
        builds = [command for image in images for command in self._image_build(image)]
        starts = [command for commands in self.started.values() for command in commands]
        outside = [*self._pipelines(), *self._tasks()]
        outside += [c for command in outside for c in self._followed(command)]
        read = {command.location.file for command in (*builds, *starts, *outside)}
        scripts = [c for file in self._own_scripts if file not in read for c in self._script(file)]
        ours = [command for command in (*outside, *scripts) if self._is_ours(command)]
        return (*builds, *starts, *ours)

    def _image_build(self, image: Image) -> Iterator[Command]:
        for command, is_shells in build_commands(self.repository, image.path):
            yield command
            if is_shells:
                yield from self._followed(command)

    def image_start(self, image: Image) -> Iterator[Command]:
        """What a container of an image runs when nobody says otherwise."""
        return self.start_of(image, image.targets)

    def start_of(self, image: Image, stages: tuple[Stage, ...]) -> Iterator[Command]:
        """What containers of stages run when nobody says otherwise; CMD is handed to ENTRYPOINT."""
        for target in stages:
            entry, command = _configured(image, target)
            environment = environment_of(image.dockerfile, target)
            if entry is not None and command is not None and entry.is_json and command.is_json:
                joined = entry.arguments + command.arguments
                entry, first = replace(entry, arguments=joined), entry.arguments
                command = command if _may_hand_on(first) else None
            elif entry is not None and not entry.is_json:
                command = None  # a shell runs the ENTRYPOINT, and nothing takes the CMD
            for instruction in filter(None, (entry, command)):
                place = f"`{instruction.keyword}` of `{image.path}`"
                like = Command((), instruction.location, CommandContext.START, place, environment=environment)
                yield from self._start(instruction, like)

    def _start(self, instruction: Instruction, like: Command) -> Iterator[Command]:
        if instruction.is_json:
            found = unwrapped(replace(like, words=instruction.arguments))
        else:
            found = (
                replace(command, location=instruction.location)
                for command in commands_of(Script(instruction.text, like.location.file), like)
            )
        for command in found:
            yield command
            yield from self._followed(command)

    def _compose_start(self, image: Image) -> Iterator[Command]:
        built = {(build.location.file, build.service) for build in image.builds}
        services = [(f, name, one) for f in self.deployment.compose for name, one in f.services.items()]
        tags = {one.text("image") for file, name, one in services if (file.path, name) in built} - {None}
        for file, name, service in services:
            is_same = (file.path, name) in built or _extends(service) in {n for f, n in built}
            if is_same or service.text("image") in tags:
                yield from self.compose_commands(name, service)

    def compose_commands(self, name: str, service: YamlMapping) -> Iterator[Command]:
        """What a compose service says that its container runs."""
        for key in ("entrypoint", "command"):
            value = service.get(key)
            like = Command((), Location(""), CommandContext.START, f"`{key}` of compose service `{name}`")
            if isinstance(value, YamlSequence):
                words = tuple(item.text for item in value.items if isinstance(item, YamlScalar))
                found = unwrapped(replace(like, words=words, location=value.location))
            elif isinstance(value, YamlScalar) and value.kind == "str":
                lines = self._text(value.location.file).split("\n")
                found = commands_of(script_of(value, lines), like)
            else:
                continue
            for command in found:
                yield command
                yield from self._followed(command)

    def _pipelines(self) -> Iterator[Command]:
        for file in filter(WORKFLOW.fullmatch, self.repository.files):
            yield from github_commands(self.repository, file)
        gitlab = list(filter(GITLAB.fullmatch, self.repository.files))
        for file in gitlab:
            yield from gitlab_commands(self.repository, file)
            included = gitlab_includes(documents.yaml(self.repository, file))
            gitlab += [n for n in included if self.repository.has(n) and n not in gitlab]

    def _tasks(self) -> Iterator[Command]:
        """Those of Makefiles and the like; a hook before commits and a target `test` deploy nothing."""
        for file in self.deployment.near:
            is_hook = posixpath.basename(file).startswith(".pre-commit")
            for command in task_commands(self.repository, file):
                yield replace(command, is_trial=is_hook or TRIAL.search(command.place) is not None)

    @cached_property
    def _shell_files(self) -> tuple[str, ...]:
        """Shell scripts by name or by their first line; a file without an ending may be one."""
        return tuple(
            file
            for file in self.deployment.near
            if _SHELL_FILE.fullmatch(file)
            or ("." not in posixpath.basename(file) and documents.finds(self.repository, file, SHEBANG))
        )

    @property
    def _own_scripts(self) -> Iterator[str]:
        """Those that are no templates, and no part of an image that holds something else."""
        return (
            file
            for file in self._shell_files
            if not _TEMPLATES.search(file) and not self.deployment.is_anothers(file)
        )

    def names_script(self, file: str) -> bool:
        """Whether another file around the service has a script's name, or the script has one of a deploy."""
        name = posixpath.basename(file)
        named, repository = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])"), self.repository
        others = (one for one in self.deployment.near if one != file and _SPEAKING.search(one))
        return _DEPLOYS.search(name) is not None or any(documents.finds(repository, o, named) for o in others)

    def _script(self, file: str, like: Command | None = None) -> Iterator[Command]:
        """The commands of a shell script; it starts at the repository's root where nothing says otherwise."""
        like = like or Command((), Location(file), CommandContext.SCRIPT, "")
        hidden_at = like.hidden_at or (like.location if like.hidden else None)
        within = replace(like, place=f"`{file}`", hidden_at=hidden_at)
        yield from commands_of(Script(self._text(file), file), within)

    def _followed(self, command: Command, seen: set[str] | None = None) -> Iterator[Command]:
        """The commands of the scripts that a command names, each script once."""
        seen = set() if seen is None else seen
        for word in named_scripts(command):
            file = self.script_named(word)
            if file is not None and file not in seen:
                seen.add(file)
                for inner in self._script(file, command):
                    yield inner
                    yield from self._followed(inner, seen)
        if command.program == "supervisord" and "supervisord" not in seen:
            seen.add("supervisord")
            for inner in self._supervised(command):
                yield inner
                yield from self._followed(inner, seen)

    def _supervised(self, command: Command) -> Iterator[Command]:
        """The programs of the configuration file that supervisord is given."""
        words = (word for word in command.words[1:] if word.endswith((".conf", ".ini")))
        name = posixpath.basename(next(words, "supervisord.conf"))
        for file in (near for near in self.deployment.near if posixpath.basename(near) == name):
            for number, line in enumerate(self._text(file).split("\n"), start=1):
                if match := re.match(r"command\s*=\s*", line):
                    script = Script(line[match.end() :], file, number, match.end() + 1)
                    yield from commands_of(script, replace(command, place=f"`{file}`"))

    def script_named(self, word: str) -> str | None:
        """The script of the repository that a word means, which may be a path inside of the image."""
        name = posixpath.basename(word)
        word = self._renamed.get(name, word)
        name = posixpath.basename(word)
        fitting = [file for file in self._shell_files if posixpath.basename(file) == name]
        common = {file: _common_tail(file, word) for file in fitting}
        best = [file for file in fitting if common[file] == max(common.values())]
        return best[0] if len(best) == 1 else None

    @cached_property
    def _renamed(self) -> Mapping[str, str]:
        """What images call files of the repository that they copy to another name."""
        copies = (
            instruction.arguments
            for image in self.deployment.images
            for instruction in image.dockerfile.instructions
            if instruction.keyword in {"ADD", "COPY"} and instruction.flag("from") is None
        )
        pairs = (words for words in copies if len(words) == 2 and _SHELL_FILE.fullmatch(words[0]))
        named = {posixpath.basename(target): source for source, target in pairs if target[-1:] not in "/."}
        return {name: source for name, source in named.items() if name != posixpath.basename(source)}

    def _is_ours(self, command: Command) -> bool:
        """Whether a command outside of images concerns this service, in a repository of several."""
        folder, file = command.folder, command.location.file
        if folder is not None and self.deployment.is_others(folder):
            return False
        if is_inside(file, self.root) or is_inside(folder or "", self.root):
            return True
        if not self._lists.isdisjoint(map(posixpath.normpath, command.words)):
            return True
        if file not in self._naming:
            named = re.search(rf"(?<![\w-]){re.escape(self.root)}(?![\w-])", self._text(file))
            self._naming[file] = named is not None
        return self._naming[file]

    @cached_property
    def _lists(self) -> frozenset[str]:
        """The requirements files of the repository that the service's images install from."""
        builds = (command for image in self.deployment.images for command in self._image_build(image))
        named = (posixpath.normpath(word) for command in builds for word in command.words)
        return frozenset(path for path in named if path.endswith(".txt") and self.repository.has(path))

    @cached_property
    def _naming(self) -> dict[str, bool]:
        """Whether a file names the service's folder, of each that was asked for: many commands share one."""
        return {}

    def _text(self, file: str) -> str:
        return documents.text(self.repository, file)


def _configured(image: Image, stage: Stage) -> tuple[Instruction | None, Instruction | None]:
    """The ENTRYPOINT and CMD of a stage; an ENTRYPOINT clears the CMD of the stages that it is built on."""
    entry = command = None
    for part in reversed(list(image.dockerfile.lineage(stage))):
        is_set = False
        for instruction in part.instructions:
            if instruction.keyword == "CMD":
                command, is_set = instruction, True
            elif instruction.keyword == "ENTRYPOINT":
                entry, command = instruction, command if is_set else None
    return entry, command


def _may_hand_on(entry: tuple[str, ...]) -> bool:
    """Whether an ENTRYPOINT may be a script that starts its arguments, or a program of which that is unknown.

    A shell, a module of Python, and what only starts its arguments are read with the CMD behind them.
    """
    left = list(entry)
    while left and (inner := without_wrapper(left)) != left:
        left = inner
    return bool(left) and posixpath.basename(left[0]) not in SHELLS and "-m" not in left


def _extends(service: YamlMapping) -> str | None:
    value = service.get("extends")
    return service.text("extends") or (value.text("service") if isinstance(value, YamlMapping) else None)


def named_scripts(command: Command) -> list[str]:
    """What of a command may be the path of a script: its program, or what a shell is given to read."""
    if command.program in {"ash", "bash", "dash", "sh", "zsh", ".", "source"}:
        return [word for word in command.words[1:] if not word.startswith(("-", "+"))][:1]
    if not command.words:
        return []
    is_path = "/" in command.words[0] or _SHELL_FILE.fullmatch(command.words[0])
    return [command.words[0]] if is_path else []


def _common_tail(file: str, word: str) -> int:
    parts = zip(reversed(file.split("/")), reversed(word.split("/")), strict=False)
    count = 0
    for one, other in parts:
        if one != other:
            break
        count += 1
    return count
