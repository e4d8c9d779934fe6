"""Where manifests put packages: at a folder's top level, or in a folder of another name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from archlint import documents
from archlint.discover import Repository
from archlint.facts.toml import TomlFile
from archlint.paths import join

_PACKAGE_DIR = re.compile(r"""package_dir["']?\s*[=:]\s*\{([^{}]*)\}""", re.IGNORECASE)
_PLACE = re.compile(r"""["']([\w.]*)["']\s*:\s*["']([\w./-]+)["']""")
_FOUND_WHERE = re.compile(r"""find_(?:namespace_)?packages\(\s*(?:where\s*=\s*)?["']([\w./-]+)["']""")
_LISTED = re.compile(r"[\n,]")

Place = tuple[str, str]
"""A package's dotted name and its folder; the name of what lies at the top level is empty."""


def package_places(
    repository: Repository, root: str, manifests: frozenset[str], pyproject: TomlFile
) -> tuple[Place, ...]:
    """What the manifests in `root` say, with folders relative to that, the likeliest first.

    One whose folder ends like its name, `shop` in `src/shop`, says where the top level is.
    """
    told = [*_told_by_pyproject(pyproject)]
    if "setup.cfg" in manifests:
        told += _told_by_setup_cfg(repository, join(root, "setup.cfg"))
    if "setup.py" in manifests:
        told += _told_by_setup(repository, join(root, "setup.py"))
    return tuple(dict.fromkeys(_as_top_level(name, posixpath.normpath(folder)) for name, folder in told))


def _as_top_level(name: str, folder: str) -> Place:
    path = name.replace(".", "/")
    if not name or not f"/{folder}".endswith(f"/{path}"):
        return name, folder
    return "", folder[: -len(path)].rstrip("/") or "."


def _told_by_pyproject(pyproject: TomlFile) -> Iterator[Place]:
    told = pyproject.get
    yield from _top_levels(told("tool", "setuptools", "packages", "find", "where"))
    yield from _pairs(pyproject.table("tool", "setuptools", "package-dir"))
    yield from _told_by_hatch(pyproject)
    yield from _told_by_poetry(told("tool", "poetry", "packages"))
    yield from _top_levels(told("tool", "pdm", "build", "package-dir"))
    yield from _top_levels(told("tool", "uv", "build-backend", "module-root"))
    yield from _top_levels(told("tool", "pytest", "ini_options", "pythonpath"))


def _told_by_hatch(pyproject: TomlFile) -> Iterator[Place]:
    """https://hatch.pypa.io/latest/config/build/#rewriting-paths, and what it includes by force."""
    for tables in ("tool", "hatch", "build", "targets", "wheel"), ("tool", "hatch", "build"):
        yield from (("", posixpath.dirname(p)) for p in one_or_more(pyproject.get(*tables, "packages")))
        yield from _top_levels(pyproject.get(*tables, "sources"))
        yield from _top_levels(pyproject.get(*tables, "dev-mode-dirs"))
        for table in "sources", "force-include":
            rewritten = _pairs(pyproject.table(*tables, table))
            yield from ((target.strip("/").replace("/", "."), folder) for folder, target in rewritten)


def _told_by_poetry(packages: object) -> Iterator[Place]:
    """https://python-poetry.org/docs/pyproject/#packages; the name stays that of what is included."""
    for entry in packages if isinstance(packages, list) else ():
        include, source, target = (_text(entry, key) for key in ("include", "from", "to"))
        if target and include and "*" not in include:
            yield join(target, include).replace("/", "."), join(source or ".", include)
        elif source:
            yield "", source


def _text(entry: object, key: str) -> str | None:
    found = entry.get(key) if isinstance(entry, dict) else None
    return found if isinstance(found, str) else None


def _told_by_setup_cfg(repository: Repository, path: str) -> Iterator[Place]:
    """https://setuptools.pypa.io/en/latest/userguide/declarative_config.html."""
    sections = documents.ini(repository, path).sections
    for line in _LISTED.split(sections.get("options", {}).get("package_dir", "")):
        name, equals, folder = line.partition("=")
        if equals and folder.strip():
            yield name.strip(), folder.strip()
    yield from _top_levels(sections.get("options.packages.find", {}).get("where", "").strip() or None)


def _told_by_setup(repository: Repository, path: str) -> Iterator[Place]:
    for pairs in documents.findall(repository, path, _PACKAGE_DIR):
        yield from _PLACE.findall(pairs)
    yield from _top_levels(documents.findall(repository, path, _FOUND_WHERE))


def _top_levels(folders: object) -> Iterable[Place]:
    return (("", folder) for folder in one_or_more(folders))


def one_or_more(value: object) -> Iterator[str]:
    """The texts of a value that may be one, or a list of them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def _pairs(table: dict[str, object]) -> Iterator[Place]:
    return ((name, folder) for name, folder in table.items() if isinstance(folder, str))
