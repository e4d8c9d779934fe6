"""Which modules nothing imports, loads or starts: left over, they are no part of the running service.

Python loads a module by an import statement or by its name in a text. Where much of a service seems to be
unused, archlint does not know how it is put together, and takes none of it for that. A folder such as
`archive` or `legacy` says so itself.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Constant
from archlint.paths import parents
from archlint.readings import summary
from archlint.service.semantics.imported_modules import imported_modules
from archlint.service.semantics.named_files import is_put_away

Named = Callable[[Collection[str]], Collection[str]]
"""Tells which of some Python files the repository's other files name."""

_SHARE = 5
"""At most one module in so many may be unused."""
_FEWEST = 8
"""Of fewer modules, how they belong together tells nothing."""

_ENTRIES = re.compile(
    r"(?i)(__init__|__main__|(.*[._-])?(admin|app|asgi|celery|conf|config|function|handler|locustfile|main"
    r"|manage|server|settings|task|worker|wsgi)s?)\.py"
)
"""Files that tools and platforms find by their names."""

_INSTANCES = frozenset({"api", "app", "application", "asgi", "bot", "broker", "celery", "handler", "wsgi"})
_BY_FOLDER = frozenset({
    "SourceFileLoader", "autodiscover_tasks", "entry_points", "exec_module", "glob", "import_module",
    "import_string", "iter_entry_points", "iter_modules", "iterdir", "listdir", "rglob",
    "spec_from_file_location", "walk", "walk_packages",
})  # fmt: skip
_BY_NAME = frozenset({
    "Celery", "INSTALLED_APPS", "__import__", "dictConfig", "exec", "fileConfig", "run_module",
    "run_path", "subprocess", "uvicorn",
})  # fmt: skip
"""What code mentions that loads modules: all of some folder, or those of which it has the name."""

_PLUGINS = frozenset({"addons", "extensions", "plugins"})
_FILE_OR_MODULE = re.compile(r"[\w./-]+")


def find_unused(
    running: Mapping[str, PythonSource],
    all_sources: Mapping[str, PythonSource],
    imports: Callable[[str], Iterable[str]],
    named: Named,
) -> frozenset[str]:
    """The files of `running`, the service's code, that nothing uses; `imports` gives what each imports."""
    importers: dict[str, set[str]] = {}
    for file in all_sources:
        for imported in imports(file):
            if imported != file:
                importers.setdefault(imported, set()).add(file)
    found: set[str] = set()
    able = {file for file, source in running.items() if not _is_entry(file, source)}
    while new := {one for one in able - found if importers.get(one, set()) <= found}:
        others = (all_sources[one] for one in all_sources.keys() - found)
        kept = may_load(new, running, imports) | maybe_imported(new, others)
        kept |= set(named(new - kept))
        able -= kept
        found |= new - kept
    away = {file for file in found if is_put_away(file)}
    rest = len(found) - len(away)
    if rest * _SHARE > len(running):
        return frozenset()
    return frozenset(found if rest == 0 or len(running) >= _FEWEST else away)


def _is_entry(file: str, source: PythonSource) -> bool:
    """Whether something may start it that is not in the repository; of what was put away, its main guard."""
    if is_put_away(file) or source.has_main_guard:
        return source.has_main_guard
    is_named_so = _ENTRIES.fullmatch(posixpath.basename(file)) is not None
    return is_named_so or not _INSTANCES.isdisjoint(source.assigned)


def maybe_imported(files: Collection[str], importers: Iterable[PythonSource]) -> set[str]:
    """Those that an import may mean that is not understood."""
    tails = {tail: file for file in files for tail in _tails(file)}
    names = (name for source in importers for name in _absolute(source))
    return {tails[tail] for name in names for tail in (name, _last_two(name)) if tail in tails}


def may_load(
    files: Collection[str], running: Mapping[str, PythonSource], imports: Callable[[str], Iterable[str]]
) -> set[str]:
    """Those of `files` that code in `running` may load by their names, or from folders."""
    kept: set[str] = set()
    for loader, source in running.items():
        loading = _loading(source)
        if not _BY_FOLDER.isdisjoint(loading):
            packages = (one for one in imports(loader) if one.endswith("/__init__.py"))
            places = {posixpath.dirname(one) for one in (loader, *packages)}
            kept.update(_in_folders(places, loader, source, files))
        if loading:
            kept.update(file for file in files if _stem(file) in _texts(source))
    return kept


def _tails(file: str) -> Iterator[str]:
    """The dotted names that a file may be imported by, wherever imports start."""
    parts = file.removesuffix(".py").split("/")
    return (".".join(parts[start:]) for start in range(len(parts)))


def _last_two(name: str) -> str:
    return ".".join(name.split(".")[-2:])


@summary
def _loading(source: PythonSource) -> frozenset[str]:
    """The names that a file has of what loads modules."""
    return source.names & (_BY_NAME | _BY_FOLDER)


@summary
def _absolute(source: PythonSource) -> frozenset[str]:
    return frozenset(one.module for one in imported_modules(source) if not one.level)


def _in_folders(
    places: Collection[str], loader: str, source: PythonSource, files: Collection[str]
) -> Iterator[str]:
    """The files below `places`, its own folder and the packages that it imports, or below those it names."""
    texts = _texts(source)
    for file in files:
        folders = set(file.split("/")[:-1]).difference(loader.split("/"))
        if not folders.isdisjoint(texts | _PLUGINS) or any(place in parents(file) for place in places):
            yield file


def _stem(file: str) -> str:
    return posixpath.basename(file).removesuffix(".py")


@summary
def _texts(source: PythonSource) -> frozenset[str]:
    """The parts of the texts of a file that may be paths or dotted names."""
    texts = (node.value for node in source.nodes.of(Constant) if isinstance(node.value, str))
    found = (one for text in texts if _FILE_OR_MODULE.fullmatch(text) for one in re.split(r"[./]", text))
    return frozenset(found)
