"""Which files are programs that somebody runs beside the service: scripts, commands, what prepares it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, Constant, Name
from archlint.facts.traversal import dotted
from archlint.paths import below, parents
from archlint.service.semantics.imported_modules import imported_modules
from archlint.service.semantics.library_names import names_of

_COMMANDS = frozenset(
    {"__main__", "cli", "commands", "manage", "management", "seed", "seeder", "seeders", "seeds"}
)
_TEST_HELPER = re.compile(
    r"(py)?tests?|testing([-_]\w+)?|tests?[-_]?(data|factories|fixtures|helpers?|support|utils?)|conftest"
)
"""Folders and modules of commands and test helpers that a package ships beside the service."""

_TEST_LIBRARIES = frozenset(
    {"factory", "faker", "freezegun", "hypothesis", "locust", "mimesis", "model_bakery", "polyfactory"}
    | {"pytest", "pytest_asyncio", "pytest_httpx", "pytest_mock", "respx", "time_machine"}
)
_FASTAPI = frozenset({"fastapi", "starlette"})
_SERVERS = frozenset({"granian", "gunicorn", "hypercorn", "uvicorn"})

_LOADERS = frozenset(
    {"__import__", "autodiscover_tasks", "import_module", "iter_modules", "spec_from_file_location"}
    | {"walk_packages"}
)
_LOADING_PACKAGES = frozenset({"celery", "importlib", "pkgutil"})
_OWN_PLACE = frozenset({"__file__", "__name__", "__package__", "__path__"})
_MODULE = re.compile(r"\.*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.*")


def find_programs(
    root: str,
    sources: Mapping[str, PythonSource],
    imports: Callable[[str], Iterable[str]],
    commands: Collection[str] = (),
) -> frozenset[str]:
    """The files of `sources`, below `root`, that the service never loads, for a program alone does.

    `imports` gives the files that a file imports, `commands` are those that installed commands start. A
    program is imported by nothing and has a main guard or such a command, or it is named like commands or
    helpers of tests, or imports what tests are made with. What serves or starts a server, what that imports
    or loads by its name, and all that no program reaches is the service; so is what stands beside its
    modules in a folder.
    """
    graph = {file: [one for one in imports(file) if one in sources and one != file] for file in sources}
    imported = {one for found in graph.values() for one in found}
    named = {file for file in sources if _is_beside(file, root, sources[file])}
    starts = {file for file in sources if file in commands or _runs_itself(sources[file])}
    programs = named | (starts - imported)
    theirs = _reached(programs, graph)
    frameworks = (
        _FASTAPI if any(_imports(one, _FASTAPI) for one in sources.values()) else names_of("framework")
    )
    serving = {file for file in theirs if _serves(file, root, sources[file], frameworks)}
    starting = {file for file in theirs - named if _imports(sources[file], _SERVERS)}
    graph |= {file: [one for one in graph[file] if one not in named] for file in starting - serving}
    service = _reached((sources.keys() - theirs) | serving | starting, graph)
    while loaded := set(_loaded(service, theirs - service, sources)):
        service |= _reached(loaded, graph)
    homes = {posixpath.dirname(file) for file in service}
    own = {file for file in theirs - service if posixpath.dirname(file) not in homes}
    return frozenset((programs - service) | own)


def _is_beside(file: str, root: str, source: PythonSource) -> bool:
    names = _names(file, root)
    is_command = not _COMMANDS.isdisjoint(names)
    return is_command or _helps_tests(names) or _imports(source, _TEST_LIBRARIES)


def _helps_tests(names: Iterable[str]) -> bool:
    return any(map(_TEST_HELPER.fullmatch, names))


def _names(file: str, root: str) -> list[str]:
    return below(file, root).removesuffix(".py").split("/")


def _runs_itself(source: PythonSource) -> bool:
    return source.has_main_guard or not names_of("runs a program").union({"main"}).isdisjoint(source.called)


def _serves(file: str, root: str, source: PythonSource, frameworks: frozenset[str]) -> bool:
    """Whether a file makes an app or routes, or has to do with them; commands and tests often do a little.

    Beside a FastAPI app, what serves by another framework is a program of its own, as a daemon with an RPC.
    """
    names = _names(file, root)
    if _helps_tests(names):
        return False
    if _COMMANDS.isdisjoint(names):
        return _imports(source, frameworks)
    made = {name.rpartition(".")[2] for name in names_of("app", "router")}
    called = (dotted(call.func) or "" for call in source.nodes.of(Call))
    return _imports(source, frameworks) and any(name.rpartition(".")[2] in made for name in called)


def _imports(source: PythonSource, packages: frozenset[str]) -> bool:
    """Whether a file imports one of the packages, or something in it."""
    imported = (one.module for one in imported_modules(source) if not one.level)
    return any(module in packages or module.partition(".")[0] in packages for module in imported)


def _reached(starts: Iterable[str], graph: Mapping[str, Iterable[str]]) -> set[str]:
    """The files that are imported from `starts` on, with the packages around, which Python loads as well."""
    found: set[str] = set()
    pending = list(starts)
    while pending:
        file = pending.pop()
        if file not in found:
            found.add(file)
            pending += graph[file]
            packages = (f"{folder}/__init__.py" for folder in parents(file))
            pending += (package for package in packages if package in graph)
    return found


def _loaded(service: Iterable[str], files: set[str], sources: Mapping[str, PythonSource]) -> Iterator[str]:
    """Those of `files` that code of the service may load by a name which it computes or is given."""
    for loader in service if files else ():
        source = sources[loader]
        if not _imports(source, _LOADING_PACKAGES) or not _loads(source):
            continue
        places = [f"/{name.replace('.', '/')}/" for name in _modules_named(source)]
        found = [file for file in files if any(place in f"/{_stem(file)}/" for place in places)]
        if not found and not _OWN_PLACE.isdisjoint(node.id for node in source.nodes.of(Name)):
            found = [file for file in files if file.startswith(f"{posixpath.dirname(loader)}/")]
        yield from found


def _loads(source: PythonSource) -> bool:
    called = (call.func for call in source.nodes.of(Call))
    names = (func.attr if isinstance(func, Attribute) else dotted(func) for func in called)
    return _imports(source, frozenset({"celery"})) or not _LOADERS.isdisjoint(names)


def _modules_named(source: PythonSource) -> Iterator[str]:
    """The dotted names in the texts of a file, parts of formatted texts included."""
    for node in source.nodes.of(Constant):
        if isinstance(node.value, str) and "." in node.value and (match := _MODULE.fullmatch(node.value)):
            yield match[1]


def _stem(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__")
