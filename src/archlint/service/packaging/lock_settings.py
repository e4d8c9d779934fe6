"""Which settings of uv a lock was made under: what of them changed makes `uv lock --check` fail.

What uv records is in its `crates/uv-resolver/src/lock/mod.rs` (`Lock::to_toml`), what it compares in
`crates/uv/src/commands/project/lock.rs` (`ValidatedLock::validate`). A `uv.toml` replaces the settings of the
resolver and of indexes; environments, conflicts, constraints and overrides stay in pyproject.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archlint.facts.toml import TomlFile
from archlint.findings import Link, Location, Unknown
from archlint.service.packaging.lowering import address
from archlint.service.packaging.markers import equivalent
from archlint.service.packaging.pyproject import Pyproject, strings

_OPTIONS = (
    ("resolution", "resolution-mode", frozenset({"highest"})),
    ("prerelease", "prerelease-mode", frozenset({"if-necessary", "if-necessary-or-explicit"})),
    ("fork-strategy", "fork-strategy", frozenset({"requires-python"})),
)
"""A setting, its name in the lock, and the values for which the lock records nothing."""
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT.*")
_SPAN_PART = re.compile(r"(\d+) ?(W|D|H|M|S)(?:EEKS?|KS?|AYS?|OURS?|RS?|INUTES?|INS?|ECONDS?|ECS?)?(?![A-Z])")
"""One number and unit of a span that is written for people."""
_CREDENTIALS = re.compile(r"//[^/@]*@")


class LockSettings(Struct, frozen=True):
    """The settings of a workspace beside those of its lock.

    `options` is the table of the resolver's settings: `[tool.uv]`, or the `uv.toml` that replaces it.
    """

    root: Pyproject
    members: tuple[Pyproject, ...]
    options: dict[str, Any]
    lock: TomlFile
    python: SpecifierSet

    def differences(self) -> Iterator[Link | Unknown]:
        """Each setting that differs."""
        yield from self._option_differences()
        yield from self._cutoff_differences()
        yield from self._environment_differences("environments", "supported-markers")
        yield from self._environment_differences("required-environments", "required-markers")
        yield from self._conflict_differences()
        yield from self._exclusion_differences()
        yield from self._metadata_differences()
        yield from self._index_differences()

    def _link(self, setting: str, text: str) -> Link:
        return Link(self._place(setting), f"`{setting}` {text}")

    def _place(self, setting: str) -> Location:
        if setting in self.root.file.table("tool", "uv"):
            return self.root.file.location("tool", "uv", setting)
        return self.root.file.location("project", "name")

    def _option_differences(self) -> Iterator[Link]:
        for setting, recorded, defaults in _OPTIONS:
            here, locked = self.options.get(setting), self.lock.get("options", recorded)
            if here != locked and not all(value is None or value in defaults for value in (here, locked)):
                yield self._link(setting, f"is {_shown(here)} here and {_shown(locked)} in the lock")

    def _cutoff_differences(self) -> Iterator[Link]:
        """`exclude-newer`: uv keeps a lock that was made under an earlier time, and no other span."""
        here, options = self.options.get("exclude-newer"), self.lock.table("options")
        locked = options.get("exclude-newer-span") or options.get("exclude-newer")
        if _is_cut_off_otherwise(here, locked):
            yield self._link("exclude-newer", f"is {_shown(here)} here and {_shown(locked)} in the lock")
        given = _table(self.options.get("exclude-newer-package"))
        ours = {str(canonicalize_name(name)): value for name, value in given.items() if value is not False}
        theirs = self.lock.table("options", "exclude-newer-package")
        for name in sorted({*ours, *theirs} & self._packages()):
            locked = theirs.get(name)
            span = locked.get("span") if isinstance(locked, dict) else locked
            off = any(canonicalize_name(key) == name for key in given) and name not in ours
            if not off and _is_cut_off_otherwise(ours.get(name), span):
                text = f"is {_shown(ours.get(name))} for `{name}` here and {_shown(span)} in the lock"
                yield self._link("exclude-newer-package", text)

    def _packages(self) -> set[str]:
        """The distributions that the lock pins: uv compares nothing of what concerns no one of them."""
        return {canonicalize_name(str(one.get("name"))) for one in _tables(self.lock.get("package"))}

    def _environment_differences(self, setting: str, recorded: str) -> Iterator[Link | Unknown]:
        declared = self.root.file.get("tool", "uv", setting)
        texts = [declared] if isinstance(declared, str) else list(strings(declared))
        try:
            here = [Marker(text) for text in texts]
            locked = [Marker(text) for text in strings(self.lock.get(recorded))]
        except (InvalidMarker, RecursionError):
            yield Unknown(f"`{setting}`", self._place(setting), "it is not a list of markers")
            return
        same = [equivalent(one, other, self.python) for one, other in zip(here, locked, strict=False)]
        if False not in same and None in same:
            yield Unknown(f"`{setting}`", self._place(setting), "its markers cannot be compared")
        elif len(here) != len(locked) or False in same:
            shown = " and ".join(f"`{marker}`" for marker in locked) or "none"
            yield self._link(setting, f"differ from those of the lock, which has {shown}")

    def _conflict_differences(self) -> Iterator[Link]:
        """Each declared conflict is recorded; uv adds those of the groups that include another."""
        declared = {one for member in self.members for one in _conflicts(member.file, member.name)}
        locked = {frozenset(_sides(one, None)) for one in _lists(self.lock.get("conflicts"))}
        including = any("include-group" in str(m.file.table("dependency-groups")) for m in self.members)
        missing, gone = declared - locked, set() if including and declared else locked - declared
        if missing or gone:
            problem = "has one that the lock does not have" if missing else "lacks one of the lock's"
            yield self._link("conflicts", problem)

    def _exclusion_differences(self) -> Iterator[Link]:
        declared = strings(self.root.file.get("tool", "uv", "exclude-dependencies"))
        here = {canonicalize_name(re.split(r"[^\w.-]", text.strip())[0]) for text in declared}
        locked = {canonicalize_name(name) for name in strings(self.lock.get("manifest", "excludes"))}
        for name in sorted((here & self._packages()) - locked | (locked - here)):
            where = "the lock" if name in here else "pyproject.toml"
            yield self._link("exclude-dependencies", f"has no `{name}` in {where}")

    def _metadata_differences(self) -> Iterator[Link]:
        declared = self.options.get("dependency-metadata")
        here = {_metadata(one) for one in _tables(declared)}
        locked = {_metadata(one) for one in _tables(self.lock.get("manifest", "dependency-metadata"))}
        changed = {str(name) for name, *_ in here - locked} & self._packages()
        for name in sorted(changed | {str(name) for name, *_ in locked - here}):
            yield self._link("dependency-metadata", f"says something else of `{name}` than the lock")

    def _index_differences(self) -> Iterator[Link]:
        """A package comes from an index that is configured; only a default that is written is known."""
        indexes = [one for m in self.members for one in _tables(m.file.get("tool", "uv", "index"))]
        indexes += _tables(self.options.get("index"))
        default = [str(one.get("url")) for one in indexes if one.get("default") is True]
        default += [url for url in [self.options.get("index-url")] if isinstance(url, str)]
        if not default:
            return
        known = {address(str(one.get("url"))) for one in indexes} | {address(url) for url in default}
        for setting in ("extra-index-url", "find-links"):
            known |= {address(url) for url in strings(self.options.get(setting))}
        sources = (_table(one.get("source")).get("registry") for one in _tables(self.lock.get("package")))
        strange = sorted({str(url) for url in sources if url and "://" in str(url)})
        for url in (url for url in strange if address(url) not in known):
            setting = "index" if self.root.file.get("tool", "uv", "index") else "index-url"
            yield self._link(
                setting, f"has no `{_CREDENTIALS.sub('//', url)}`, from which the lock takes packages"
            )


def _shown(value: object) -> str:
    return "not set" if value is None else f"`{value}`"


def _is_cut_off_otherwise(here: object, locked: object) -> bool:
    """Whether uv resolves anew: under an earlier time, another span, or one where there was none."""
    if (here is None) != (locked is None) or (_day(here) is None) != (_day(locked) is None):
        return True
    spans = _span(here), _span(locked)
    times = _time(here), _time(locked)
    earlier = times[0] is not None and times[1] is not None and times[0] < times[1]
    return earlier or (None not in spans and spans[0] != spans[1])


def _span(value: object) -> str | None:
    """A span as uv records it, `P1W2D` for `1 week 2 days`: it does not reckon a day into hours."""
    text = str(value).strip().upper()
    if re.fullmatch(r"P[\dWDTHMS]+", text):
        return text
    found = _SPAN_PART.findall(text)
    if not found or _SPAN_PART.sub("", text).strip(" ,"):
        return None
    days = "".join(number + unit for number, unit in found if unit in "WD")
    hours = "".join(number + unit for number, unit in found if unit in "HMS")
    return f"P{days}{'T' if hours else ''}{hours}"


def _day(value: object) -> str | None:
    """The date that a setting begins with, None for a span such as `7 days` or `P1W`."""
    found = re.match(r"\d{4}-\d\d-\d\d", str(value))
    return found.group() if found else None


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)) if _TIMESTAMP.fullmatch(str(value)) else None
    except ValueError:
        return None


def _conflicts(file: TomlFile, name: str | None) -> Iterator[frozenset[tuple[str, str, str]]]:
    for one in _lists(file.get("tool", "uv", "conflicts")):
        yield frozenset(_sides(one, name))


def _sides(conflict: list[Any], project: str | None) -> Iterator[tuple[str, str, str]]:
    """The extras, groups and packages that exclude one another."""
    for item in _tables(conflict):
        package = canonicalize_name(str(item.get("package", project)))
        kind = next((kind for kind in ("extra", "group") if kind in item), "package")
        yield package, kind, canonicalize_name(str(item.get(kind, package)))


def _metadata(one: dict[str, Any]) -> tuple[str, ...]:
    version, python = (str(one.get(key, "")) for key in ("version", "requires-python"))
    extras = sorted(map(canonicalize_name, strings(one.get("provides-extras"))))
    wanted = sorted(map(_normal, strings(one.get("requires-dist"))))
    return (canonicalize_name(str(one.get("name"))), version, python.replace(" ", ""), *extras, "", *wanted)


def _normal(text: str) -> str:
    try:
        requirement = Requirement(text)
    except (InvalidRequirement, RecursionError):
        return text
    requirement.name = canonicalize_name(requirement.name)
    return str(requirement)


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _lists(value: object) -> Iterable[list[Any]]:
    return (item for item in value if isinstance(item, list)) if isinstance(value, list) else ()
