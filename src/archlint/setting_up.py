"""What `archlint init` writes: where the layers are, the baseline of today, and the hook."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from archlint.baseline import entry_of, path_in, written
from archlint.committed import has_commits
from archlint.config import Config, read_config
from archlint.discover import Repository, find_repository
from archlint.engine import check
from archlint.facts.toml import read_toml
from archlint.findings import ArchlintError
from archlint.loading import Loaded, Request, load_from
from archlint.paths import ancestors, join
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service

HOOK = r"""  - repo: local
    hooks:
      - id: archlint
        name: archlint
        entry: archlint check --against HEAD --output-format hook
        language: system
        files: |
          (?x)(
            \.(py|pyi|toml|lock|ya?ml|ini|cfg|sh|mako|sql)$|
            (^|/)(Makefile|justfile|Procfile|Pipfile)[^/]*$|
            ([Dd]ocker|[Cc]ontainer)file[^/]*$|
            (^|[/._-])([Ii]mages|([Dd]ocker|[Cc]ontainer)[_-]?([Ff]iles?|s)?)/[^/.]+$|
            (^|/)\.(env|gitignore|dockerignore)[^/]*$|
            (^|/)archlint-baseline\.json$|
            (^|/)requirements([^/]*|/.+)\.(txt|in)$
          )
        pass_filenames: false
        require_serial: true
"""
_CI = """\
- uses: astral-sh/setup-uv@v7
- run: uvx --from git+<URL of archlint> archlint check --output-format github
"""
SHOWN = 3
"""How many of a layer's places are shown; the file has them all."""

_HOOKS = ".pre-commit-config.yaml"


class WrittenFile(Struct, frozen=True):
    """A file as it is, empty where there is none, and as it is to be at `place`."""

    path: str
    place: str
    before: str
    after: str


class Beginning(Struct, frozen=True):
    """A service, and the layers of its modules before and after: how many modules each has, and where."""

    root: str
    shown: tuple[str, ...]


class Proposal(Struct, frozen=True):
    """All that is to be written, and what is left to do: to the file with hooks that is there, and in CI."""

    services: tuple[Beginning, ...]
    files: tuple[WrittenFile, ...]
    hook: str
    ci: str


def proposal(paths: Sequence[Path]) -> Proposal:
    """What to begin with in the services of `paths`; nothing is written. Raises ArchlintError."""
    loaded = load_from(_to_be_committed(find_repository(paths)), paths)
    set_up = [_set_up(loaded, service) for service in loaded.services]
    mapped = replace(loaded, services=tuple(service for service, _ in set_up))
    shown = tuple(
        Beginning(before.root, tuple(_shown(before, after)))
        for before, after in zip(loaded.services, mapped.services, strict=True)
    )
    files = [*(file for _, file in set_up if file is not None), *_baselines(mapped)]
    folders = () if "." in loaded.targets else tuple(one.root for one in loaded.services if one.root != ".")
    if not (loaded.repository.root / _HOOKS).exists():
        files.append(_file(loaded.repository, _HOOKS, f"repos:\n{_of(folders, HOOK)}"))
    return Proposal(shown, tuple(files), _hook_to_add(loaded.repository, folders), _of(folders, _CI))


def _to_be_committed(repository: Repository) -> Repository:
    """The repository as its first commit will have it: before that, nothing tells what git will not track."""
    if repository.tracked is None or has_commits(repository.root):
        return repository
    return dataclasses.replace(repository, tracked=frozenset(repository.files))


def _of(folders: Sequence[str], text: str) -> str:
    """The text with a check of these folders; without any, of the repository."""
    return text.replace("archlint check", " ".join(("archlint check", *map(shlex.quote, folders))))


def _hook_to_add(repository: Repository, folders: Sequence[str]) -> str:
    """What to do to the file with hooks that is there, if anything."""
    if not (repository.root / _HOOKS).exists():
        return ""
    there = _text(repository, _HOOKS)
    if not re.search(r"id: *[\"']?archlint\b", there):
        return f"Add this to the `repos:` of {_HOOKS}:\n\n{_of(folders, HOOK)}"
    lacking = [one for one in folders if one not in there]
    is_named = re.search(r"archlint check (?!-)", there)
    return f"Add {' '.join(lacking)} to archlint's `entry` in {_HOOKS}\n" if lacking and is_named else ""


def _layers(service: Service) -> tuple[str, ...]:
    """The lines that map layers without a directory of their own to where they seem to be."""
    places = (service.layers.candidate(name) for name in LAYERS if not service.layers.has_place(name))
    return tuple(place.line for place in places if place is not None)


def _target(repository: Repository, service: Service) -> tuple[str, str]:
    """The file that gets the service's configuration, and the table's name in it."""
    path = join(service.root, "pyproject.toml")
    if path in repository.files:
        return path, "tool.archlint.layers"
    return join(service.root, "archlint.toml"), "layers"


def _set_up(loaded: Loaded, service: Service) -> tuple[Service, WrittenFile | None]:
    """The service under the configuration that it is to have, and the file that holds that, if any."""
    if _is_configured(loaded.repository, service.root):
        return service, None
    path, table = _target(loaded.repository, service)
    inside = replace(service, config=Config(folder=service.root))
    lines = _layers(inside)
    if not lines:
        return service, None
    before = _text(loaded.repository, path)
    end = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before else end if before.endswith("\n") else end * 2
    after = before + gap + "".join(f"{line}{end}" for line in (f"[{table}]", *lines))
    config = read_config(
        read_toml(path, after.encode()),
        service.root,
        loaded.standard,
        is_pyproject=path.endswith("pyproject.toml"),
    )
    if config is None:
        raise ArchlintError(f"{path} is no TOML, so nothing can be added to it")
    return replace(service, config=config), _file(loaded.repository, path, after)


def _is_configured(repository: Repository, root: str) -> bool:
    """Whether a file in the folder, or above it, configures archlint already."""
    files = frozenset(repository.files)
    return any(
        join(folder, "archlint.toml") in files
        or "tool.archlint" in _text(repository, join(folder, "pyproject.toml"))
        for folder in ancestors(root)
    )


def _baselines(mapped: Loaded) -> Iterator[WrittenFile]:
    """The baselines of the services that have none."""
    report = check(mapped, Request(standard=mapped.standard))
    there = {baseline.path for baseline in report.baselines}
    for root in report.services:
        if path_in(root) not in there:
            entries = map(entry_of, (finding for finding in report.findings if finding.service == root))
            yield _file(mapped.repository, path_in(root), written(entries))


def _shown(before: Service, after: Service) -> Iterator[str]:
    """Each layer's modules, and what puts them there."""
    for name in LAYERS:
        old, new = len(before.layers.modules(name)), len(after.layers.modules(name))
        mapped, found = after.config.layers.get(name, ()), after.layers.directories(name)
        where = f"mapped to {_some(mapped)}" if mapped else _some(found) or "no directory"
        yield f"{name:12} {old:4} modules before, {new:4} after  {where}"


def _some(places: Sequence[str]) -> str:
    """A few of the places, and how many more there are."""
    more = len(places) - SHOWN
    return ", ".join(places[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _text(repository: Repository, path: str) -> str:
    return repository.read_bytes(path).decode("utf-8") if path in repository.files else ""


def _file(repository: Repository, path: str, after: str) -> WrittenFile:
    """What is to be written. Raises ArchlintError for a file that is there and that archlint does not see."""
    if path not in repository.files and (repository.root / path).exists():
        raise ArchlintError(f"{path} is there, and git ignores it: let git have it, or remove it")
    return WrittenFile(path, str(repository.root / path), _text(repository, path), after)
