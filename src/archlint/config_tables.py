"""A table of a configuration, read key by key: each mistake is an error that names its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from archlint.expressions import check_expression
from archlint.facts.toml import TomlFile
from archlint.findings import ArchlintError, Severity
from archlint.pages import Option
from archlint.patterns import check_pattern
from archlint.proposals import suggestion
from archlint.selectors import check_selectors
from archlint.standard import Standard


class ConfigTable(Struct, frozen=True, dict=True):
    """A table of the file that knows where it stands, so that each complaint names its place."""

    file: TomlFile
    path: tuple[str, ...]
    standard: Standard

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"[{'.'.join(self.path)}]" if self.path else self.file.path

    def error(self, problem: str, *keys: str | int) -> ArchlintError:
        """What to raise for the value at `keys`."""
        return ArchlintError(f"{self.file.location(*self.path, *keys)}: {problem}")

    def allow(self, known: Iterable[str]) -> dict[str, Any]:
        """The table's values, whose keys must be `known`."""
        values = self.file.get(*self.path)
        if not isinstance(values, dict):
            raise self.error(f"{self.name} must be a table, not {_kind(values)}")
        for key in values:
            if key not in known:
                hint = self._hint(key, known)
                raise self.error(f"unknown key `{key}` in {self.name}{hint}", key)
        return values

    def _hint(self, key: str, known: Iterable[str]) -> str:
        if key == "tool" and not self.path and self.file.get("tool", "archlint") is not None:
            return ": write what is in `[tool.archlint]` without that heading, which is for pyproject.toml"
        return suggestion(key, known) or f"; there are {', '.join(known)}"

    def items(self, key: str, known: Iterable[str] | None = None) -> list[tuple[str, ConfigTable]]:
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
        """A list of selectors, each of which means a rule."""
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
        """The severity that the key `selector` gives its rules."""
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
            hint = hint or "; `archlint rules` lists them all"
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
                    check_expression(expression)
                except ArchlintError as error:
                    raise self.error(str(error), name, index) from error
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
