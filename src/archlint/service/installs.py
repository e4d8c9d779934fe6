"""What commands install, and from what: pip's and uv's installs, and whether the lock decides them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from archlint.service.pipelines import environment_of
from archlint.service.project import ServiceProject, strings
from archlint.service.scripts import Command

BOOTSTRAP = frozenset({"pip", "setuptools", "uv", "wheel"})
_VALUED = frozenset({
    "--cache-dir", "--constraint", "--cwd", "--extra-index-url", "--find-links", "--index", "--index-url",
    "--platform", "--prefix", "--python", "--python-version", "--root", "--target", "--timeout",
    "--trusted-host", "-c", "-f", "-i", "-p", "-t",
})  # fmt: skip
_FILES = frozenset({"--requirement", "--requirements", "-r"})
_DEVELOPMENT = re.compile(r"(?i)(^|[/_.-])(dev|develop|development|lint|tests?|testing)([/_.-]|$)")
_WITHOUT_DEV = ("--no-default-groups", "--no-dev", "--no-group=dev", "--no-group", "--only-group")
_WITHOUT_POETRY_DEV = ("--no-dev", "--only", "--without")
_ONLY_GROUPS = ("--only-group", "--only-dev")
_EDITABLE = frozenset({"--editable", "-e"})
_LOCKING = frozenset({"--frozen", "--locked"})
_NO_PROJECT = frozenset({"--isolated", "--no-project", "--no-sync", "--script"})


def pip_targets(command: Command) -> tuple[str, ...] | None:
    """What `pip install` is given, None when the command is none; options with values left out."""
    return install_targets(command.words, "install") if command.runs(r"pip[\d.]*", "install") else None


def uv_targets(command: Command) -> tuple[str, ...] | None:
    """What `uv pip install` is given, None when the command is none."""
    return install_targets(command.words, "install") if command.runs("uv", "pip", "install") else None


def install_targets(words: Sequence[str], verb: str) -> tuple[str, ...]:
    """The packages, projects and `-r file`s after a verb."""
    return tuple(_targets(iter(words[words.index(verb) + 1 :])))


def _targets(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        if word in _FILES:
            yield f"-r {next(words, '')}"
        elif word.startswith("-r") and len(word) > 2 and word[2] not in "e=":
            yield f"-r {word[2:]}"
        elif word.partition("=")[0] in _FILES:
            yield f"-r {word.partition('=')[2]}"
        elif word in _EDITABLE:
            yield next(words, "")
        elif word in _VALUED:
            next(words, None)
        elif not word.startswith("-"):
            yield word


def without_tools(targets: Sequence[str]) -> tuple[str, ...]:
    """Targets other than uv, which must come from somewhere, and pip's own parts, which nobody imports."""
    return tuple(t for t in targets if re.split(r"[=<>~!\[]", t, maxsplit=1)[0].lower() not in BOOTSTRAP)


def is_locked(command: Command) -> bool:
    """Whether uv's lock decides what this `uv sync` or `uv run` installs."""
    on = environment_of(command.environment)
    return bool({"UV_FROZEN", "UV_LOCKED"} & on) or not _LOCKING.isdisjoint(_own_options(command))


def needs_no_lock(command: Command) -> bool:
    """Whether this `uv run` installs nothing of the project."""
    options = set(_own_options(command))
    on = environment_of(command.environment)
    ran = [word for word in command.words[2:] if not word.startswith("-")]
    script = bool(ran) and posixpath.splitext(ran[0])[1] == ".py" and "--script" in options
    return script or "UV_NO_SYNC" in on or not _NO_PROJECT.isdisjoint(options)


def _own_options(command: Command) -> list[str]:
    """The options of `uv run` itself: what stands before the program that it starts."""
    words = list(command.words[1:])
    if "run" not in words:
        return words
    found, taken = words[: words.index("run")], words[words.index("run") + 1 :]
    while taken and taken[0].startswith("-") and taken[0] != "--":
        found.append(taken[0])
        taken = taken[2:] if taken[0] in _UV_VALUED and "=" not in taken[0] else taken[1:]
    return found


_UV_VALUED = frozenset({
    "--directory", "--env-file", "--extra", "--group", "--index", "--no-group", "--only-group", "--package",
    "--project", "--python", "--with", "--with-editable", "--with-requirements", "-C", "-p", "-w",
})  # fmt: skip


def only_groups(command: Command) -> bool:
    """Whether a sync leaves the project's own dependencies out."""
    return command.runs("uv", "sync") and any(word.startswith(_ONLY_GROUPS) for word in command.words)


def development_part(command: Command, project: ServiceProject) -> str | None:
    """What an install brings that only development needs, in words; None when none is known."""
    named = next(_named_groups(command), None)
    if named is not None:
        return named
    if command.runs("uv", "sync") and _has_default_dev(project):
        left_out = any(word.startswith(_WITHOUT_DEV) for word in command.words)
        return None if left_out or "UV_NO_DEV" in environment_of(command.environment) else "the `dev` group"
    if command.runs("poetry", "install") and _has_poetry_dev(project):
        return (
            None if any(word.startswith(_WITHOUT_POETRY_DEV) for word in command.words) else "the `dev` group"
        )
    return None


def _named_groups(command: Command) -> Iterator[str]:
    for target in pip_targets(command) or uv_targets(command) or ():
        extras = re.search(r"\[(.*)\]", target)
        if target.startswith("-r ") and _DEVELOPMENT.search(target[3:].removeprefix("/dev/")):
            yield f"`{target[3:]}`"
        elif extras and any(map(_DEVELOPMENT.search, extras[1].split(","))):
            yield f"`{target}`"
    words = command.words if command.runs("uv", "sync") or command.runs("poetry", "install") else ()
    if command.runs("pipenv", "install") and {"--dev", "-d"} & set(command.words):
        yield "the development packages"
    for word, following in pairwise((*words, "")):
        option, _, value = word.partition("=")
        if option == "--all-groups":
            yield "every dependency group"
        elif option in {"--group", "--extra", "--with"} and _DEVELOPMENT.search(value or following):
            yield f"the `{value or following}` group"


def _has_default_dev(project: ServiceProject) -> bool:
    chosen = project.pyproject.file.get("tool", "uv", "default-groups") if project.pyproject else None
    default = chosen is None or chosen == "all" or "dev" in strings(chosen)
    return default and any(declared.group == "dev" for declared in project.declared)


def _has_poetry_dev(project: ServiceProject) -> bool:
    if project.pyproject is None:
        return False
    file = project.pyproject.file
    group = file.get("tool", "poetry", "group", "dev", "dependencies")
    optional = file.get("tool", "poetry", "group", "dev", "optional") is True
    return bool(file.get("tool", "poetry", "dev-dependencies") or (group and not optional))
