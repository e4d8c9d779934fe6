"""What the images of a service start: a server, something else, or nobody can tell."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from itertools import pairwise, takewhile

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.facts.dockerfile import Dockerfile, Stage
from archlint.facts.shell_nodes import SHELLS
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.deployment.commands import Commands, named_scripts
from archlint.service.deployment.compose import Build
from archlint.service.deployment.compose_stack import StackService
from archlint.service.deployment.dockerfiles import Deployment, Holds, Image
from archlint.service.deployment.installs import installed_list
from archlint.service.deployment.production import Production

_PLAIN = re.compile(
    r"(docker\.io/)?(library/)?(python|pypy|debian|ubuntu|alpine|fedora|node|nginx|rust|golang|scratch|bun)(:.*)?"
    r"|ghcr\.io/astral-sh/uv(:.*)?|gcr\.io/distroless/.*|(public\.ecr\.aws|mirror\.gcr\.io)/(docker/)?library/.*"
)
SERVERS = frozenset({"daphne", "granian", "gunicorn", "hypercorn", "uvicorn"})
_NO_SERVERS = frozenset({
    ".", "alembic", "arq", "ash", "bash", "cat", "cd", "celery", "chmod", "chown", "dramatiq", "echo", "exec",
    "export", "flower", "mkdir", "pytest", "python", "python3", "rq", "set", "sh", "sleep", "source", "tail",
    "taskiq", "true", "zsh",
})  # fmt: skip
_ENDING = frozenset({"echo", "false", "printf", "true"})
_BUILDING_BASE = re.compile(
    r"public\.ecr\.aws/sam/build-.*|amazon/aws-sam-cli-build-.*|lambci/lambda:build-.*|quay\.io/pypa/manylinux.*"
)
_RUNS = re.compile(rb"\b(uvicorn\.(run|Server)|hypercorn\b.*\bserve|Granian\()")
_SERVING_BASE = re.compile(r"(docker\.io/)?tiangolo/uvicorn-gunicorn(-fastapi|-starlette)?(:.*)?")
_IN_CODE = re.compile(rb"\b(daphne|granian|gunicorn|hypercorn|uvicorn|subprocess|exec[lv]\w*|popen|system)\b")

_WSGI_WORKERS = frozenset({"eventlet", "gevent", "gthread", "sync", "tornado"})
"""The workers of gunicorn itself, as its settings list them for `worker_class`."""


class Starts(StrEnum):
    """What starting a container does."""

    A_SERVER = "a server"
    NO_SERVER = "no server"
    UNCLEAR = "unclear"


class Images(Struct, eq=False, frozen=True, dict=True):
    """The images of the service with what they start."""

    deployment: Deployment
    commands: Commands
    scripts: Mapping[str, str]
    """The commands that installing the project makes, with the `module:function` of each."""

    def shipped(self, image: Image) -> tuple[Stage, ...]:
        """The stages of an image that are deployed: those that pipelines name, else those that may be.

        Of several, those that start a server, where some do by themselves.
        """
        named = map(image.dockerfile.stage, sorted(self._production.targets(image)))
        stages = image.but_for_development(filter(None, named)) or image.shipped
        if len(stages) == 1:
            return stages
        serving = [s for s in stages if any(map(self.is_server, self.commands.start_of(image, (s,))))]
        return tuple(serving) or stages

    @cached_property
    def _production(self) -> Production:
        return Production(self.deployment, self.commands)

    @cached_property
    def serving(self) -> tuple[Image, ...]:
        """The images that serve the service in production, as far as builders, names and commands tell.

        When no command does, those are taken that lie nearest to the repository's root. Where an image only
        builds an archive, that is what gets deployed, and what speaks of development is not.
        """
        holding = [i for i in self.deployment.holding if not i.is_for_development]
        images = [image for image in holding if not self.only_builds(image)]
        servers = [image for image in images if self.starts(image) is Starts.A_SERVER]
        chosen = self._production.of(tuple(servers or images))
        if len(images) < len(holding):
            chosen = tuple(image for image in chosen if not self._production.is_aside(image))
        depth = 0 if servers else min((image.path.count("/") for image in chosen), default=0)
        return tuple(image for image in chosen if servers or image.path.count("/") == depth)

    def installed_list(self, near: str) -> str | None:
        """The list of requirements that an image which serves installs, of several the nearest to a file."""
        paths = {image.path for image in self.serving}
        builds = (one for one in self.commands if one.context is CommandContext.BUILD)
        return installed_list((c for c in builds if c.location.file in paths), self.deployment.near, near)

    def only_builds(self, image: Image) -> bool:
        """Whether no container of an image runs: what it built is taken out, an archive for Lambda say."""
        found = self.commands.started.get(image.path, ())
        file = image.dockerfile
        bases = (stage.base or "" for last in file.stages[-1:] for stage in file.lineage(last))
        ends = all(command.program in _ENDING for command in found)
        return ends and (bool(found) or any(map(_BUILDING_BASE.fullmatch, bases)))

    def starts(self, image: Image) -> Starts:
        """What a container of an image does, with the commands that compose gives it."""
        found = self._told(image)
        others = self.commands.start_of(image, image.dockerfile.ends)
        if any(map(self.is_server, (*found, *others))) or (not found and _base_serves(image.dockerfile)):
            return Starts.A_SERVER
        if image.dockerfile.problems:
            return Starts.UNCLEAR
        if not found:
            is_plain = has_plain_base(image.dockerfile) and not self.is_left_open(image)
            return Starts.NO_SERVER if is_plain else Starts.UNCLEAR
        return Starts.NO_SERVER if all(map(self._serves_nothing, found)) else Starts.UNCLEAR

    def is_left_open(self, image: Image) -> bool:
        """Whether an image has no command, and whoever runs it elsewhere has to give it one.

        A bare shell is none. One that compose runs as it was built has what it needs, as has one whose stage
        only lost the command of the one below.
        """
        stages = image.dockerfile.ends
        lines = (part for stage in stages for part in image.dockerfile.lineage(stage))
        has_command = any(one.keyword == "CMD" for part in lines for one in part.instructions)
        return not (self._told(image) or image.builds or has_command)

    def _told(self, image: Image) -> tuple[Command, ...]:
        """The commands of a container, of the image and of compose, but for a shell that is told nothing."""
        found = self.commands.started.get(image.path, ())
        return tuple(one for one in found if one.program not in SHELLS or len(one.words) > 1)

    def served_by(self, service: StackService) -> Image | None:
        """The image of a compose service that serves the app; None for a worker or another program."""
        built = {build.dockerfile for build in service.builds}
        for image in self.deployment.images:
            if image.path in built and image.holds is Holds.SERVICE:
                layers = service.layers
                own = [c for layer in layers for c in self.commands.compose_commands(service.name, layer)]
                if any(map(self.is_server, own or self.commands.image_start(image))):
                    return image
        return None

    def is_server(self, command: Command) -> bool:
        """Whether a command starts a server for an ASGI app: by its name, or by code of the repository."""
        files = self._own_files(command)
        return is_server(command) or any(
            documents.finds(self.deployment.repository, file, _RUNS) for file in files
        )

    def _serves_nothing(self, command: Command) -> bool:
        """Whether a command is known to serve no requests."""
        if command.program in {"python", "python3"}:
            has_code = len(command.words) > 1
            return not has_code or (bool(self._own_files(command)) and not self._code_may_serve)
        options = takewhile(lambda word: word.startswith("-"), command.words[1:])
        is_shell = command.program in SHELLS and any(re.fullmatch(r"-\w*c", word) for word in options)
        scripts = [] if is_shell else named_scripts(command)
        if scripts:  # what a script of the repository runs is among the commands, as is the text after -c
            return all(self.commands.script_named(word) for word in scripts)
        return command.program in _NO_SERVERS

    def _own_files(self, command: Command) -> list[str]:
        """The files of the repository that a command runs: given to Python, or of a script of the project."""
        script = self.scripts.get(command.program)
        if script is not None and "/" not in command.words[0]:
            return self._modules(script.partition(":")[0].replace(".", "/"))
        if command.program not in {"python", "python3"}:
            return []
        if command.words[1:2] == ("-m",):
            return self._modules("".join(command.words[2:3]).replace(".", "/"))
        path = "".join(command.words[1:2]).removeprefix("./").removesuffix(".py").strip("/")
        parts = path.split("/")
        tails = ("/".join(parts[start:]) for start in range(max(1, len(parts) - 1)))
        return next((found for tail in tails if (found := self._modules(tail))), [])

    def _modules(self, path: str) -> list[str]:
        tails = (f"/{path}.py", f"/{path}/__main__.py")
        return [file for file in self.deployment.near if path and f"/{file}".endswith(tails)]

    @cached_property
    def _code_may_serve(self) -> bool:
        """Whether some code of the repository may start a server: by its library, or as another process."""
        python = (file for file in self.deployment.near if file.endswith(".py"))
        return any(documents.finds(self.deployment.repository, file, _IN_CODE) for file in python)

    def has_healthcheck(self, build: Build) -> bool | None:
        """Whether the image that compose builds checks itself; None when its Dockerfile cannot tell."""
        if build.dockerfile is None:
            return None
        file = documents.dockerfile(self.deployment.repository, build.dockerfile)
        target = file.stage(build.target) if build.target else (file.stages[-1] if file.stages else None)
        if target is None or file.problems:
            return None
        for stage in file.lineage(target):
            checks = [i for i in stage.instructions if i.keyword == "HEALTHCHECK"]
            if checks:
                return checks[-1].text.strip().upper() != "NONE"
        return False if has_plain_base(file, target) else None


def is_server(command: Command) -> bool:
    """Whether a command starts a server for an ASGI app."""
    if command.program == "fastapi":
        return command.words[1:2] in (("run",), ("dev",))
    return any(command.runs(server) for server in sorted(SERVERS))


_MAY_SERVE = re.compile(r"python|\$\{?[A-Za-z_]")
"""Programs that may start any server: Python's code, and what only a variable tells."""


def may_serve(command: Command) -> bool:
    """Whether a command starts a server, or a container with Python code or anything that may start one."""
    is_start = command.context is CommandContext.START
    return (is_start and _MAY_SERVE.match(command.program) is not None) or is_server(command)


def app_of(command: Command) -> str | None:
    """The `module:attribute` that a server is given."""
    apps = (w for w in command.words[1:] if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?", w))
    return next(apps, None)


def _base_serves(file: Dockerfile) -> bool:
    bases = [stage.base or "" for stage in file.lineage(file.stages[-1])] if file.stages else []
    return any(map(_SERVING_BASE.fullmatch, bases))


def settings_of_gunicorn(commands: Iterable[Command]) -> frozenset[str]:
    """The names of the files that gunicorn takes its own settings from: its default, and what `-c` names.

    https://gunicorn.org/reference/settings/#config
    """
    named = {"gunicorn.conf.py"}
    for command in commands:
        for word, following in pairwise((*command.words, "")) if command.runs("gunicorn") else ():
            option, _, value = word.partition("=")
            if option in {"-c", "--config"}:
                named.add(posixpath.basename(value or following))
    return frozenset(named)


def is_wsgi(command: Command, repository: Repository) -> bool:
    """Whether gunicorn takes workers for WSGI, said so or by default; a file or a variable may say more."""
    chosen = _worker_class(command)
    if chosen is not None:
        return chosen in _WSGI_WORKERS
    told = any(word.startswith(("-c", "--config")) for word in command.words)
    if told or "GUNICORN_CMD_ARGS" in command.environment:
        return False
    return not any(f"/{path}".endswith("/gunicorn.conf.py") for path in repository.files)


def _worker_class(command: Command) -> str | None:
    """The workers that gunicorn is told to take."""
    for word, following in pairwise((*command.words, "")):
        option, _, value = word.partition("=")
        if option in {"-k", "--worker-class"}:
            return value or following
        if word.startswith("-k") and len(word) > 2:
            return word[2:]
    return None


def has_plain_base(file: Dockerfile, stage: Stage | None = None) -> bool:
    """Whether a stage, the last one by default, is built on an image that brings no service."""
    stages = file.stages
    if not stages:
        return False
    *_, first = file.lineage(stage or stages[-1])
    return first.base is not None and _PLAIN.fullmatch(first.base) is not None
