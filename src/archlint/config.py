"""What a service's maintainers ask of archlint: `[tool.archlint]` in pyproject.toml, or archlint.toml.

The nearest file counts, with what it extends, as docs/decisions/configuration.md explains. Patterns are those
of .gitignore, relative to the folder of that nearest file.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from archlint import documents
from archlint.answers import digest
from archlint.discover import Repository, read_regular
from archlint.facts.toml import TomlFile, read_toml
from archlint.findings import ArchlintError, Severity
from archlint.pages import Option, Page
from archlint.paths import is_inside, join
from archlint.patterns import check_pattern, compile_patterns
from archlint.selectors import Selection, check_selectors, strength, suggestion
from archlint.standard import Standard

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
        inside = path if self.folder == "." else path.removeprefix(f"{self.folder}/")
        below = self.folder == "." or inside != path
        return below and bool(patterns) and _spec(tuple(patterns)).match_file(inside)

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
    table = _Table(file, prefix, standard)
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
    folders = {".", *(folder for folder in map(_folder, named) if any(_related(folder, p) for p in paths))}
    for folder in sorted(folders, key=lambda name: (name != ".", name.count("/"), name)):
        files = [file for file in repository.files if file not in dropped and is_inside(file, folder)]
        if files and (config := configured(folder)).exclude:
            dropped.update(file for file in files if config.excludes(file))
    return dataclasses.replace(
        repository, files=tuple(file for file in repository.files if file not in dropped)
    )


@cache
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return compile_patterns(patterns)


def _folder(file: str) -> str:
    return str(PurePosixPath(file).parent)


def _related(folder: str, path: str) -> bool:
    return is_inside(folder, path) or is_inside(path, folder)


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
    if config is None or extended is None:
        return config
    place, other = file.location(*table, "extend"), join(folder, extended)
    if other in {path, *extending}:
        raise ArchlintError(f"{place}: `extend` comes back to `{other}`")
    if not repository.has(other):
        raise ArchlintError(f"{place}: the repository has no file `{other}` to extend")
    base = _in_repository(repository, other, standard, (*extending, path))
    if base is None:
        raise ArchlintError(f"{place}: `{other}` has no [tool.archlint] table to extend")
    return _over(base, config, file.table(*table))


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


class _Table(Struct, frozen=True, dict=True):
    """A table of the file that knows where it stands, so that each complaint names its place."""

    file: TomlFile
    path: tuple[str, ...]
    standard: Standard

    @property
    def name(self) -> str:
        return f"[{'.'.join(self.path)}]" if self.path else self.file.path

    def error(self, problem: str, *keys: str | int) -> ArchlintError:
        return ArchlintError(f"{self.file.location(*self.path, *keys)}: {problem}")

    def allow(self, known: Iterable[str]) -> dict[str, Any]:
        values = self.file.get(*self.path)
        if not isinstance(values, dict):
            raise self.error(f"{self.name} must be a table, not {_kind(values)}")
        for key in values:
            if key not in known:
                raise self.error(f"unknown key `{key}` in {self.name}{suggestion(key, known)}", key)
        return values

    def items(self, key: str, known: Iterable[str] | None = None) -> list[tuple[str, _Table]]:
        """The keys of the inner table `key`, each with that table."""
        if self.file.get(*self.path, key) is None:
            return []
        inner = replace(self, path=(*self.path, key))
        values = self.file.get(*inner.path)
        known = known if known is not None else values if isinstance(values, dict) else ()
        return [(name, inner) for name in inner.allow(known)]

    def value(self, key: str, default: Any) -> Any:
        """The value of `key`, which must be of the type of `default`."""
        value = self.file.get(*self.path, key)
        if value is None:
            return default
        if _kind(value) != _kind(default) and not (
            _kind(value) == "an integer" and _kind(default) == "a number"
        ):
            raise self.error(f"`{key}` must be {_kind(default)}, not {_kind(value)}", key)
        if isinstance(value, list):
            self._check_items(key, value, _kind(default[0]) if default else "a string")
        return value

    def _check_items(self, key: str, items: list[Any], kind: str) -> None:
        for index, item in enumerate(items):
            if _kind(item) != kind:
                raise self.error(f"each item of `{key}` must be {kind}, not {_kind(item)}", key, index)

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings; one string counts as a list of it."""
        value = self.file.get(*self.path, key)
        return (value,) if isinstance(value, str) else tuple(self.value(key, []))

    def patterns(self, key: str) -> tuple[str, ...]:
        """A list of patterns, each of which is one."""
        return tuple(self.pattern(one, key, index) for index, one in enumerate(self.strings(key)))

    def pattern(self, pattern: str, *keys: str | int) -> str:
        """A pattern that stands at `keys`."""
        try:
            check_pattern(pattern)
        except ArchlintError as error:
            raise self.error(str(error), *keys) from error
        return pattern

    def selectors(self, key: str) -> tuple[str, ...]:
        selectors = self.strings(key)
        for index, selector in enumerate(selectors):
            self._check_selector(selector, key, index)
        return selectors

    def _check_selector(self, selector: str, *keys: str | int) -> None:
        try:
            check_selectors((selector,), self.standard.pages)
        except ArchlintError as error:
            raise self.error(str(error), *keys) from error

    def severity(self, selector: str) -> Severity:
        self._check_selector(selector, selector)
        value = self.value(selector, "")
        if value not in set(Severity):
            hint = suggestion(value, Severity)
            raise self.error(f"a severity is `error` or `warning`, not `{value}`{hint}", selector)
        return Severity(value)

    def layers(self) -> dict[str, tuple[str, ...]]:
        """The patterns of each layer that is mapped, in the standard's order."""
        mapped = {name: inner.patterns(name) for name, inner in self.items("layers", self.standard.layers)}
        return {name: mapped[name] for name in self.standard.layers if name in mapped}

    def options(self, rule: str) -> tuple[str, dict[str, Any]]:
        """The code of the rule of this name, and its options as set."""
        by_name = {page.name: page for page in self.standard.pages}
        if rule not in by_name:
            named = next((page.name for page in self.standard.pages if page.code == rule), None)
            hint = f"; did you mean `{named}`?" if named else suggestion(rule, by_name)
            raise self.error(f"no rule is named `{rule}`{hint}", rule)
        inner = replace(self, path=(*self.path, rule))
        options: Mapping[str, Option] = by_name[rule].options
        values = inner.allow(options)
        return by_name[rule].code, {name: inner.option(name, options[name]) for name in values}

    def option(self, name: str, option: Option) -> Any:
        """The value of a rule's option, whose regular expressions are such."""
        value = self.value(name, option.default)
        if option.form == "regex":
            for index, expression in enumerate(value):
                try:
                    re.compile(expression)
                except re.error as error:
                    problem = f"`{expression}` is no regular expression: {error}"
                    raise self.error(problem, name, index) from error
        return value


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a date or time")


_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    str: "a string",
    int: "an integer",
    float: "a number",
    list: "a list",
    dict: "a table",
}
