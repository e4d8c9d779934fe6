"""Requirements in the form in which pyproject.toml and uv.lock are compared.

What uv records of a requirement once `tool.uv.sources` are applied is in its
`crates/uv-distribution/src/metadata/lowering.rs`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct
from msgspec.structs import replace
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archlint.paths import join
from archlint.service.packaging.pyproject import DeclaredRequirement, Pyproject, ServiceProject, strings

LOCAL_KINDS = ("editable", "virtual", "directory")
ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")

_Place = TypeVar("_Place")
"""Where a requirement stands."""


class LoweredRequirement(Struct, frozen=True):
    """A requirement in the form in which both sides are compared; `source` is its kind and identity."""

    name: str
    extras: frozenset[str]
    specifier: SpecifierSet
    source: tuple[str, ...]
    marker: Marker | None

    def asks_as(self, other: LoweredRequirement) -> bool:
        """Whether both admit the same versions of the same thing, whatever their markers."""
        same = (self.name, self.extras, self.source) == (other.name, other.extras, other.source)
        return same and same_versions(self.specifier, other.specifier)

    def __str__(self) -> str:
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        origin = f" from {self.source[1]}" if len(self.source) > 1 else ""
        marker = f"; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{ordered(self.specifier)}{origin}{marker}"


class Lowering(Struct, frozen=True):
    """Turns declared requirements into what uv records, `tool.uv.sources` applied."""

    project: ServiceProject
    root: Pyproject
    member: Pyproject

    def wanted(self, entry: DeclaredRequirement) -> LoweredRequirement | None:
        """None when the requirement's source is one that cannot be told statically."""
        requirement, name = entry.requirement, canonicalize_name(entry.requirement.name)
        marker = requirement.marker
        if entry.extra is not None:
            condition = f'extra == "{entry.extra}"'
            marker = Marker(f"({marker}) and {condition}" if marker else condition)
        source = self._source(name, requirement)
        if source is None:
            return None
        specifier = requirement.specifier if source[0] == "registry" else SpecifierSet()
        return LoweredRequirement(
            name, frozenset(map(canonicalize_name, requirement.extras)), specifier, source, marker
        )

    def _source(self, name: str, requirement: Requirement) -> tuple[str, ...] | None:
        if self._leaves_sources_out(name):
            return ("registry",) if requirement.url is None else _url_source(requirement.url)
        for pyproject in (self.member, self.root):
            for key, source in pyproject.file.table("tool", "uv", "sources").items():
                if canonicalize_name(key) == name:
                    return self._declared_source(name, source, pyproject.folder)
        return ("registry",) if requirement.url is None else _url_source(requirement.url)

    def _leaves_sources_out(self, name: str) -> bool:
        settings = self.root.file.table("tool", "uv")
        named = strings(settings.get("no-sources-package"))
        return settings.get("no-sources") is True or any(canonicalize_name(one) == name for one in named)

    def _declared_source(self, name: str, source: Any, folder: str) -> tuple[str, ...] | None:
        if isinstance(source, list) and len(source) == 1:
            source = source[0]
        if not isinstance(source, dict) or {"marker", "extra", "group"} & source.keys():
            return None
        found: tuple[str, ...] | None = None
        match source:
            case {"index": str(index)}:
                found = self._index(index)
            case {"workspace": True}:
                found = next((("local", m.folder) for m in self.project.members if m.name == name), None)
            case {"path": str(path)} if not path.startswith(("/", "~")):
                found = ("path" if path.endswith(ARCHIVES) else "local", join(folder, path))
            case {"git": str(url)}:
                references = [str(source[key]) for key in ("rev", "tag", "branch") if key in source]
                found = ("git", _repository(url), *references, str(source.get("subdirectory", "")))
            case {"url": str(url)} if "subdirectory" not in source:
                found = ("url", url)
        return found

    def _index(self, name: str) -> tuple[str, ...] | None:
        """The index of that name; one that is nowhere declared, uv refuses."""
        tables = [one.file.get("tool", "uv", "index") for one in (self.member, self.root)]
        tables.append(self.project.uv_toml.get("index"))
        declared = (one for table in tables if isinstance(table, list) for one in table)
        urls = (one.get("url") for one in declared if isinstance(one, dict) and one.get("name") == name)
        url = next((url for url in urls if isinstance(url, str)), None)
        return None if url is None else ("registry", _index_address(url))


def local_kinds(source: Any, *, is_project: bool) -> tuple[str, ...]:
    """The kinds as which uv may record what a source takes by path or from the workspace; none of others.

    `is_project` says whether who asks is a project, and no mere root of groups.
    """
    match source:
        case {"path": str()} if source.get("package") is False:
            return ("virtual",)
        case {"path": str()}:
            is_editable = source.get("editable", not is_project) is True
            return ("editable",) if is_editable else ("directory", "virtual")
        case {"workspace": True}:
            return ("directory", "virtual") if source.get("editable") is False else ("editable", "virtual")
    return ()


def address(url: str) -> str:
    """A URL by host and path: credentials and a slash at the end do not count."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2].lower()}{posixpath.normpath(parts.path or '/')}"


def _index_address(url: str) -> str:
    return address(url) if url.startswith(("http://", "https://")) else "a local index"


def _url_source(url: str) -> tuple[str, ...] | None:
    """A PEP 508 URL; what stands behind `@` of a git URL may be a branch, a tag or a commit."""
    if url.startswith("git+"):
        address, _, fragment = url.removeprefix("git+").partition("#")
        scheme, _, rest = address.partition("://")
        host, slash, written = rest.partition("/")
        path, at, reference = written.partition("@")
        path = f"{host}{slash}{path}"
        folder = dict(parse_qsl(fragment)).get("subdirectory", "")
        return ("git", _repository(f"{scheme}://{path}"), *([reference] if at else []), folder)
    return ("url", url) if url.startswith(("http://", "https://")) and "#" not in url else None


def joined(
    requirements: Iterable[tuple[LoweredRequirement | None, _Place]],
) -> list[tuple[LoweredRequirement | None, _Place]]:
    """Those that differ in nothing but their markers as one, at the place of the first.

    uv compares the environments for which a version is asked: a line for Linux and one for the rest are one.
    """
    found: list[tuple[LoweredRequirement | None, _Place]] = []
    by_name: dict[str | None, list[int]] = {}
    for one, place in requirements:
        alike = by_name.setdefault(one.name if one else None, [])
        for index in alike:
            other, first = found[index]
            if one and other and one.asks_as(other):
                found[index] = (replace(other, marker=_either(other.marker, one.marker)), first)
                break
        else:
            alike.append(len(found))
            found.append((one, place))
    return found


def _either(first: Marker | None, second: Marker | None) -> Marker | None:
    if first is None or second is None:
        return None
    return Marker(f"({first}) or ({second})")


def same_versions(first: SpecifierSet, second: SpecifierSet) -> bool:
    """Whether both admit the same versions: uv compares ranges, in which `~=1.0` is `>=1.0,<2`.

    Each is asked about versions on, just below and just above all that they name.
    """
    if first == second:
        return True
    specifiers = (*first, *second)
    if any(one.operator == "===" for one in specifiers):
        return False
    probes = {probe for one in specifiers for probe in _around(Version(one.version.removesuffix(".*")))}
    return all(first.contains(v, prereleases=True) == second.contains(v, prereleases=True) for v in probes)


def _around(version: Version) -> Iterator[Version]:
    release = version.release
    yield from (version, Version(f"{version.public}+local"))
    for length in range(1, len(release) + 1):
        *head, last = release[:length]
        for number in {last, last + 1, max(last - 1, 0)}:
            text = f"{version.epoch}!{'.'.join(map(str, (*head, number)))}"
            yield from map(Version, (f"{text}.dev0", f"{text}rc1", text, f"{text}.post1", f"{text}.0.1"))


def read_locked(entry: Any, root: str) -> LoweredRequirement | None:
    """One entry of `requires-dist` or a group of the lock, None when it has a form unknown here."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or "conflict" in entry:
        return None
    source = _locked_source(entry, root)
    try:
        marker = Marker(entry["marker"]) if "marker" in entry else None
        specifier = (
            SpecifierSet(entry.get("specifier", "")) if entry.get("specifier") != "*" else SpecifierSet()
        )
    except (InvalidMarker, InvalidSpecifier, RecursionError, TypeError):
        return None
    extras = frozenset(map(canonicalize_name, strings(entry.get("extras"))))
    return (
        LoweredRequirement(canonicalize_name(entry["name"]), extras, specifier, source, marker)
        if source
        else None
    )


def _locked_source(entry: dict[str, Any], root: str) -> tuple[str, ...] | None:
    for kind in LOCAL_KINDS:
        if kind in entry:
            return ("local", join(root, str(entry[kind])))
    if "path" in entry:
        return ("path", join(root, str(entry["path"])))
    if "git" in entry:
        parts = urlsplit(str(entry["git"]))
        query = dict(parse_qsl(parts.query))
        references = [query[key] for key in ("rev", "tag", "branch") if key in query]
        return ("git", _repository(str(entry["git"])), *references, query.get("subdirectory", ""))
    if "url" in entry:
        return ("url", str(entry["url"])) if "subdirectory" not in entry else None
    index = entry.get("index")
    return ("registry", _index_address(index)) if isinstance(index, str) else ("registry",)


def _repository(url: str) -> str:
    """A git URL without what does not tell repositories apart here: credentials, query, `.git`, a slash."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{host}{posixpath.normpath(parts.path)}".removesuffix(".git")


def ordered(specifier: SpecifierSet) -> str:
    """A specifier's text, the same on every run."""
    return ",".join(sorted(map(str, specifier)))
