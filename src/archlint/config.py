"""What a service's maintainers ask of archlint: `[tool.archlint]` in pyproject.toml, or archlint.toml.

The nearest file counts, with what it extends, as docs/decisions/configuration.md explains. Patterns are those
of .gitignore, relative to the folder of that nearest file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from archlint import documents
from archlint.answers import digest
from archlint.config_tables import ConfigTable
from archlint.discover import Repository, read_regular
from archlint.facts.toml import TomlFile, read_toml
from archlint.findings import ArchlintError, Location, Severity
from archlint.pages import Page
from archlint.paths import are_related, below, is_inside, join
from archlint.patterns import compile_patterns
from archlint.selectors import Selection, strength
from archlint.standard import Standard
from archlint.unmatched import check_matches

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAMES = ("archlint.toml", "pyproject.toml")
"""Where a configuration stands; of two in one folder the first counts."""

KEYS = ("extend", "select", "ignore", "extend-select", "per-file-ignores", "exclude", "severity", "layers",
        "type-checking-imports", "rules")  # fmt: skip


class Config(Struct, frozen=True, dict=True):
    """The configuration of a service.

    `folder` is where its file lies, relative to the repository's root; `layers` maps a layer to patterns of
    its modules' paths; `options` holds what is set of a rule's own options, by the rule's code.
    """

    folder: str = "."
    selection: Selection = field(default_factory=Selection)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    type_checking_imports: bool = False
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def matches(self, patterns: Iterable[str], path: str) -> bool:
        """Whether a path, relative to the repository's root, matches one of the configuration's patterns."""
        inside = below(path, self.folder)
        return bool(patterns) and is_inside(path, self.folder) and _spec(tuple(patterns)).match_file(inside)

    def layer_of(self, path: str) -> str:
        """The layer that a path is mapped to, "" for none: of several, by the most literal pattern."""
        found = {
            name: max(len(p.replace("*", "")) for p in patterns if self.matches((p,), path))
            for name, patterns in self.layers.items()
            if self.matches(patterns, path)
        }
        return max(found, key=found.__getitem__, default="")

    def excludes(self, path: str) -> bool:
        """Whether archlint must not look at the file."""
        return self.matches(self.exclude, path)

    def ignores(self, page: Page, path: str) -> bool:
        """Whether `per-file-ignores` silences the rule in the file."""
        return any(
            strength(selectors, page) and self.matches((pattern,), path)
            for pattern, selectors in self.per_file_ignores.items()
        )

    def severity_of(self, page: Page, severity: Severity) -> Severity:
        """The severity that the configuration gives the rule's findings, else `severity`."""
        chosen = max(self.severity, key=lambda selector: strength((selector,), page), default="")
        return self.severity[chosen] if chosen and strength((chosen,), page) else severity

    def options_of(self, page: Page) -> dict[str, Any]:
        """The rule's options: what is set, and the page's defaults for the rest."""
        defaults = {name: option.default for name, option in page.options.items()}
        return defaults | dict(self.options.get(page.code, {}))


def configure(
    repository: Repository, standard: Standard, config_file: Path | None = None
) -> Callable[[str], Config]:
    """The function from a folder, relative to the repository's root, to its configuration.

    `config_file`, where given, counts for every folder. The function raises ArchlintError for a file that
    is no configuration, with the place in it.
    """
    if config_file is not None:
        config = _explicit(config_file, repository, standard)
        return lambda folder: config
    return cache(partial(_nearest, repository, frozenset(repository.files), standard))


def read_config(file: TomlFile, folder: str, standard: Standard, *, is_pyproject: bool) -> Config | None:
    """The configuration in a file; None for a pyproject.toml without `[tool.archlint]`.

    Raises ArchlintError with the place of the first thing that is wrong.
    """
    for problem in file.problems:
        if is_pyproject and "tool.archlint" not in file.text:
            return None  # it configures nothing here, and BA0001 or BA0002 says why
        raise ArchlintError(f"{problem.location}: {problem.why}")
    prefix = _prefix(is_pyproject)
    if is_pyproject and file.get(*prefix) is None:
        return None
    table = ConfigTable(file, prefix, standard)
    table.allow(KEYS)
    table.value("extend", "")
    return Config(
        folder=folder,
        selection=Selection(
            table.selectors("select"), table.selectors("ignore"), table.selectors("extend-select")
        ),
        per_file_ignores={
            inner.pattern(pattern, pattern): inner.selectors(pattern)
            for pattern, inner in table.items("per-file-ignores")
        },
        exclude=table.patterns("exclude"),
        severity={name: inner.severity(name) for name, inner in table.items("severity")},
        layers=table.layers(),
        type_checking_imports=table.value("type-checking-imports", False),
        options=dict(inner.options(name) for name, inner in table.items("rules")),
    )


def without_excluded(
    repository: Repository, configured: Callable[[str], Config], paths: Iterable[str]
) -> Repository:
    """The repository without the files that a configuration in one of their folders excludes.

    Only configurations above and below `paths` are read, and never that of an excluded folder.
    """
    paths, dropped = tuple(paths), set[str]()
    named = (file for file in repository.files if PurePosixPath(file).name in NAMES)
    folders = {".", *(folder for folder in map(_folder, named) if any(are_related(folder, p) for p in paths))}
    for folder in sorted(folders, key=lambda name: (name != ".", name.count("/"), name)):
        files = [file for file in repository.files if file not in dropped and is_inside(file, folder)]
        if files and (config := configured(folder)).exclude:
            dropped.update(file for file in files if config.excludes(file))
    return dataclasses.replace(
        repository, files=tuple(file for file in repository.files if file not in dropped)
    )


def configurations(repository: Repository, configured: Callable[[str], Config]) -> Iterator[str]:
    """Each folder that may have a configuration of its own, with what counts there."""
    folders = {_folder(file) for file in repository.files if PurePosixPath(file).name in NAMES}
    for folder in sorted({".", *folders}):
        with suppress(ArchlintError):  # of a folder that nobody asks about
            yield f"{folder} {configured(folder)}"


@cache
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return compile_patterns(patterns)


def _folder(file: str) -> str:
    return str(PurePosixPath(file).parent)


def _explicit(config_file: Path, repository: Repository, standard: Standard) -> Config:
    try:
        data = read_regular(str(config_file))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArchlintError(f"{config_file} cannot be read: {reason}") from error
    repository.reads.note(str(config_file.absolute()), digest(data), None)
    parent = config_file.resolve().parent
    inside = parent.is_relative_to(repository.root)
    folder = parent.relative_to(repository.root).as_posix() if inside else "."
    file, is_pyproject = read_toml(str(config_file), data), _is_pyproject(config_file.name)
    config = read_config(file, folder, standard, is_pyproject=is_pyproject)
    if config is None:
        raise ArchlintError(f"{config_file} has no [tool.archlint] table")
    if inside:
        check_matches(file, _prefix(is_pyproject), folder, repository)
    if file.get(*_prefix(is_pyproject), "extend") is None:
        return config
    path = join(folder, config_file.name)
    if not (inside and repository.has(path)):
        raise ArchlintError(f"{config_file}: `extend` works in files of the repository, and this is none")
    return _in_repository(repository, path, standard) or config


def _is_pyproject(name: str) -> bool:
    return name == "pyproject.toml"


def _prefix(is_pyproject: bool) -> tuple[str, ...]:
    """Where archlint's table is in a file."""
    return ("tool", "archlint") if is_pyproject else ()


def _nearest(repository: Repository, files: frozenset[str], standard: Standard, folder: str) -> Config:
    for parent in (PurePosixPath(folder), *PurePosixPath(folder).parents):
        for name in NAMES:
            path = str(parent / name)
            config = _in_repository(repository, path, standard) if path in files else None
            if config is not None:
                return config
    return Config(folder=folder)  # where one would be written


def _in_repository(
    repository: Repository, path: str, standard: Standard, extending: tuple[str, ...] = ()
) -> Config | None:
    """The configuration in a file, over what it extends; `extending` are the files that led to it."""
    is_pyproject = _is_pyproject(PurePosixPath(path).name)
    file, folder = documents.toml(repository, path), _folder(path)
    config = read_config(file, folder, standard, is_pyproject=is_pyproject)
    table = _prefix(is_pyproject)
    extended = file.get(*table, "extend")
    if config is not None and not extending:
        check_matches(file, table, folder, repository)
    if config is None or extended is None:
        return config
    place, other = file.location(*table, "extend"), join(folder, extended)
    if ":" in extended:
        return _over(_of_package(repository, extended, folder, standard, place), config, file.table(*table))
    if other in {path, *extending}:
        raise ArchlintError(f"{place}: `extend` comes back to `{other}`")
    if not repository.has(other):
        raise ArchlintError(f"{place}: the repository has no file `{other}` to extend")
    base = _in_repository(repository, other, standard, (*extending, path))
    if base is None:
        raise ArchlintError(f"{place}: `{other}` has no [tool.archlint] table to extend")
    return _over(base, config, file.table(*table))


def _of_package(
    repository: Repository, name: str, folder: str, standard: Standard, place: Location
) -> Config:
    """The configuration in `package:file`, a file of a package that is installed beside archlint.

    The package is found, never imported.
    """
    package, _, inner = name.partition(":")
    homes = _homes(package)
    if not homes:
        raise ArchlintError(
            f"{place}: archlint's environment has no package `{package}` to extend; "
            f"install it beside archlint, as in `uvx --with {package} archlint check`"
        )
    is_inner = not Path(inner).is_absolute() and ".." not in Path(inner).parts
    path = next((one for home in homes if is_inner and (one := home / inner).is_file()), None)
    if path is None:
        raise ArchlintError(f"{place}: the package `{package}` has no file `{inner}`")
    data = read_regular(str(path))
    repository.reads.note(str(path), digest(data), None)
    file = read_toml(name, data)
    config = read_config(file, folder, standard, is_pyproject=False)
    if config is None or file.get("extend") is not None:
        raise ArchlintError(f"{file.location('extend')}: what a package has extends nothing")
    return config


def _homes(package: str) -> list[Path]:
    """The folders of a package; none where there is no such package."""
    try:
        spec = find_spec(package) if package.isidentifier() else None
    except ValueError:  # of `__main__`, which runs now
        spec = None
    return [Path(home) for home in (spec and spec.submodule_search_locations) or ()]


def _over(base: Config, own: Config, given: Container[str]) -> Config:
    """A key that is given replaces the other file's; tables are put together, and a rule's options, too."""

    def chosen(key: str, name: str) -> tuple[str, ...]:
        found: tuple[str, ...] = getattr((own if key in given else base).selection, name)
        return found

    codes = (*base.options, *own.options)
    return replace(
        own,
        selection=Selection(
            chosen("select", "select"), chosen("ignore", "ignore"), chosen("extend-select", "extend_select")
        ),
        per_file_ignores={**base.per_file_ignores, **own.per_file_ignores},
        exclude=(own if "exclude" in given else base).exclude,
        severity={**base.severity, **own.severity},
        layers={**base.layers, **own.layers},
        type_checking_imports=(own if "type-checking-imports" in given else base).type_checking_imports,
        options={code: {**base.options.get(code, {}), **own.options.get(code, {})} for code in codes},
    )
