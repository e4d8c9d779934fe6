"""Which modules serve requests, and what these load: by their imports, and by names and folders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, Name, Subscript
from archlint.paths import parents
from archlint.readings import summary
from archlint.service.semantics.imports import ImportEdge, Imports
from archlint.service.semantics.library_names import last_names
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.unused_modules import may_load, maybe_imported

_LOADERS = frozenset({"__import__", "import_module", "import_string"})


def serving_modules(modules: Modules) -> frozenset[Module]:
    """The runtime modules that make an application or a router."""
    return frozenset(module for module in modules.runtime if _serves(module.source))


@summary
def _serves(source: PythonSource) -> bool:
    made = last_names("app", "router")
    return any(last_name(call.func) in made for call in source.nodes.of(Call))


def loaded_modules(modules: Modules, imports: Imports) -> frozenset[Module]:
    """What modules that serve may load, with those that put them together; none where none serves.

    A program that imports what serves, as one that starts the server, puts nothing together.
    """
    runtime = {module.path: module for module in modules.runtime}
    found = imported_from(imports, _assembling(modules, imports))
    while found:
        loaded = {one.path: one for one in found}
        sources = {path: one.source for path, one in loaded.items()}
        left = runtime.keys() - sources.keys()
        more = may_load(left, sources, partial(_imported_by, imports, loaded))
        more |= maybe_imported(left, sources.values())
        more |= left.intersection(f"{folder}/__init__.py" for path in sources for folder in parents(path))
        if any(map(_loads_anything, sources.values())):
            packages = {one.name.partition(".")[0] for one in found if "." in one.name}
            more |= {path for path in left if runtime[path].name.partition(".")[0] in packages}
        if not more:
            break
        found = imported_from(imports, [*found, *(runtime[path] for path in more)])
    return frozenset(found)


@summary
def _loads_anything(source: PythonSource) -> bool:
    """Whether a file loads modules by names that it is given, whatever they are."""
    if source.names.isdisjoint(_LOADERS):
        return False
    calls = (call for call in source.nodes.of(Call) if last_name(call.func) in _LOADERS)
    return any(
        isinstance(one, Name | Attribute | Subscript | Call) for call in calls for one in call.args[:1]
    )


def _imported_by(imports: Imports, loaded: Mapping[str, Module], path: str) -> Iterator[str]:
    return (edge.imported.path for edge in imports.of(loaded[path]))


def _assembling(modules: Modules, imports: Imports) -> set[Module]:
    importers: defaultdict[Module, set[Module]] = defaultdict(set)
    for edge in imports:
        is_program = edge.importer.role is not Role.RUNTIME or edge.importer.source.has_main_guard
        if not (is_program or edge.type_checking):
            importers[edge.imported].add(edge.importer)
    found = set(serving_modules(modules))
    pending = list(found)
    while pending:
        new = importers[pending.pop()] - found
        found |= new
        pending += new
    return found


def imported_from(
    imports: Imports, starts: Iterable[Module], skips: Callable[[ImportEdge], bool] = lambda edge: False
) -> set[Module]:
    """These modules with what they import, and so on, but by imports for type checkers and those to skip."""
    found = set(starts)
    pending = list(found)
    while pending:
        for edge in imports.of(pending.pop()):
            if not (edge.type_checking or edge.imported in found or skips(edge)):
                found.add(edge.imported)
                pending.append(edge.imported)
    return found
