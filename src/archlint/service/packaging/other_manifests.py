"""What setup.cfg, a Pipfile and a conda environment ask for, in the form of pyproject.toml's requirements.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html, https://pipenv.pypa.io/en/latest/pipfile.html,
https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from archlint import documents
from archlint.discover import Repository
from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.paths import join
from archlint.service.packaging.pyproject import DeclaredRequirement

_CONDA = re.compile(r"(?:[\w./-]+::)?([A-Za-z0-9][\w.-]*)\s*(?:(=)?\s*([\w.*+!-]+)(?:=[^=]*)?|([<>=!~].*))?")
_SPACES = re.compile(r"\s+")


def other_requirements(repository: Repository, folder: str) -> Iterator[DeclaredRequirement]:
    """What the manifests in a folder ask for that are neither pyproject.toml nor lists of requirements."""
    yield from _setup(repository, join(folder, "setup.cfg"))
    yield from _pipfile(repository, join(folder, "Pipfile"))
    for name in ("environment.yml", "environment.yaml"):
        yield from _conda(repository, join(folder, name))


def _setup(repository: Repository, path: str) -> Iterator[DeclaredRequirement]:
    if not repository.has(path):
        return
    ini = documents.ini(repository, path)
    listed = ini.sections.get("options", {}).get("install_requires", "")
    yield from _read(listed.splitlines(), ini.location("options", "install_requires"))
    for extra, lines in ini.sections.get("options.extras_require", {}).items():
        place = ini.location("options.extras_require", extra)
        yield from _read(lines.splitlines(), place, canonicalize_name(extra))


def _pipfile(repository: Repository, path: str) -> Iterator[DeclaredRequirement]:
    if not repository.has(path):
        return
    file = documents.toml(repository, path)
    for table, group in ("packages", None), ("dev-packages", "dev"):
        for name, told in file.table(table).items():
            version = told.get("version", "*") if isinstance(told, dict) else told
            bound = "" if version == "*" or not isinstance(version, str) else version
            yield from _read([f"{name}{bound}"], file.location(table, name), group=group)


def _conda(repository: Repository, path: str) -> Iterator[DeclaredRequirement]:
    top = documents.yaml(repository, path).mapping if repository.has(path) else None
    listed = top.get("dependencies") if top is not None else None
    for item in listed.items if isinstance(listed, YamlSequence) else ():
        if isinstance(item, YamlScalar):
            yield from _read([_from_conda(item.text)], item.location)
        elif isinstance(item, YamlMapping) and isinstance(by_pip := item.get("pip"), YamlSequence):
            for one in by_pip.items:
                if isinstance(one, YamlScalar):
                    yield from _read([one.text], one.location)


def _from_conda(text: str) -> str:
    """Conda's `channel::name=1.2=build`, a prefix, as `name==1.2.*`; its ranges are those of Python."""
    found = _CONDA.fullmatch(text.strip())
    if found is None:
        return ""
    name, equals, version, bounds = found.groups()
    if version:
        return f"{name}=={version}" + ("" if "*" in version or not equals else ".*")
    return f"{name}{_SPACES.sub('', bounds or '')}"


def _read(
    texts: Iterable[str], place: Location, extra: str | None = None, group: str | None = None
) -> Iterator[DeclaredRequirement]:
    for text in texts:
        try:
            yield DeclaredRequirement(Requirement(text.partition(" #")[0].strip()), place, extra, group)
        except (InvalidRequirement, RecursionError):
            continue
