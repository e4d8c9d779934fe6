"""The service's Python modules, and which module an import means."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint import readings
from archlint.facts.source import PythonSource
from archlint.facts.store import Facts, Unreadable, names_of
from archlint.facts.syntax import Call, Constant, Node
from archlint.facts.traversal import dotted
from archlint.findings import Location
from archlint.paths import parents
from archlint.readings import summary
from archlint.service.semantics.imported_modules import imported_modules
from archlint.service.semantics.layout import Role, ServiceFiles

if TYPE_CHECKING:
    from archlint.service.semantics.module_resolution import Resolution

__all__ = ["Module", "Modules", "Role"]


class Module(Struct, eq=False, frozen=True):
    """A Python file of the repository under the name by which the service imports it."""

    name: str
    path: str
    source: PythonSource
    role: Role

    @property
    def is_package(self) -> bool:
        """Whether this is a package's `__init__`."""
        return self.path.rpartition("/")[2] == "__init__.py"

    @property
    def package(self) -> str:
        """The dotted name of the package that relative imports start from; empty at the top level."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def location(self, node: Node) -> Location:
        """Where `node` stands."""
        return self.source.location(self.path, node.start, node.end)

    def span(self, start: int, end: int) -> Location:
        """Where the text from offset `start` to `end` stands."""
        return self.source.location(self.path, start, end)


class Modules:
    """The modules of one service, in the order of their paths.

    `root` is its folder, `by_path` and `by_name` hold its own modules. `find` also answers with modules of
    the same repository outside of the service, such as a workspace's libraries: no rule reports on those.
    `unreadable` are the service's files without facts, for BA0001; `facts` are the whole repository's.
    """

    def __init__(
        self,
        files: ServiceFiles,
        names: Mapping[str, str],
        facts: Mapping[str, PythonSource | Unreadable],
        resolution: Callable[[], Resolution],
    ) -> None:
        """`names` are those of all files with facts; `resolution` is made when somebody asks for it."""
        self.root = files.root
        self._files, self._names_by_path = files, names
        self.facts = facts
        self._resolving = resolution
        self._outside: dict[str, Module] = {}

    @cached_property
    def by_path(self) -> dict[str, Module]:
        """The service's own modules by their paths."""
        return {path: self._made(path, role) for path, role in self._files.roles.items()}

    @cached_property
    def by_name(self) -> dict[str, Module]:
        """Those that an import can give, by their names."""
        importable = (one for one in reversed(self.by_path.values()) if one.role is not Role.SHADOWED)
        return {module.name: module for module in importable}

    @cached_property
    def unreadable(self) -> dict[str, Unreadable]:
        """The files without facts by their paths."""
        found = ((path, self.facts[path]) for path in self._files.unreadable)
        return {path: one for path, one in found if isinstance(one, Unreadable)}

    def anew(self) -> Modules:
        """The same modules, of which nothing was asked yet but what they are."""
        return Modules(self._files, self._names_by_path, self.facts, self._resolving)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.by_path.values())

    def __len__(self) -> int:
        return len(self._files.roles)

    @cached_property
    def runtime(self) -> tuple[Module, ...]:
        """The modules that the running service may load."""
        return tuple(module for module in self if module.role is Role.RUNTIME)

    @property
    def defined(self) -> frozenset[str]:
        """The names of all functions and classes of the repository."""
        return self._names[readings.DEFINED]

    @property
    def known(self) -> frozenset[str]:
        """These, and the names that only stand for others outside of functions."""
        return self._names[readings.KNOWN]

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        if isinstance(self.facts, Facts):
            return self.facts.names
        return names_of(one for one in self.facts.values() if isinstance(one, PythonSource))

    @cached_property
    def borrowed(self) -> tuple[Module, ...]:
        """The modules of the repository's other packages that runtime modules import."""
        found = (
            self.find_relative(name.level, name.module, module)
            for module in self.runtime
            for name in imported_modules(module.source)
        )
        return tuple(dict.fromkeys(one for one in found if one and one.path not in self.by_path))

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """The files of which something is not known: unreadable, or with errors of syntax, by path."""
        broken = (module.path for module in self if module.source.problems)
        return tuple(sorted((*self.unreadable, *broken)))

    @cached_property
    def tests_beside(self) -> tuple[Module, ...]:
        """The tests outside of the service's folder that import it, with what they import of their own kind.

        A repository may keep them above or beside the service; a conftest belongs to the tests below it, and
        those below one that imports the service are its tests where they import nothing else.
        """
        outside = self._test_files_outside
        found = {path for path in outside if any(one in self.by_path for one in self._loaded_by(path))}
        given = {
            posixpath.dirname(path) or "." for path in found if posixpath.basename(path) == "conftest.py"
        }
        below = (path for path in outside - found if given and not given.isdisjoint(parents(path)))
        found.update([path for path in below if outside.issuperset(self._loaded_by(path))])
        pending = list(found)
        while pending:
            path = pending.pop()
            above = (f"{folder}/conftest.py".removeprefix("./") for folder in parents(path))
            for one in (*self._imports_of(path), *above):
                if one in outside and one not in found:
                    found.add(one)
                    pending.append(one)
        return tuple(self._test_module(path) for path in sorted(found))

    @cached_property
    def tests_around(self) -> tuple[str, ...]:
        """The files of tests outside of the service's folder that nothing ties to it, or to another."""
        beside = {module.path for module in self.tests_beside}
        home = set(parents(f"{self.root}/x"))
        projects = {path: self._resolution.project_of(path) for path in self._test_files_outside - beside}
        return tuple(sorted(path for path, one in projects.items() if one is None or one.root in home))

    @cached_property
    def _test_files_outside(self) -> frozenset[str]:
        facts = {path: found for path, found in self.facts.items() if path not in self.by_path}
        sources = {path: found for path, found in facts.items() if isinstance(found, PythonSource)}
        roles = _roles(sources)
        return frozenset(path for path, role in roles.items() if role is Role.TEST)

    @property
    def _resolution(self) -> Resolution:
        return self._resolving()

    def _imports_of(self, path: str) -> Iterable[str]:
        return self._resolution.imports_of(path)

    def _loaded_by(self, path: str) -> Iterator[str]:
        """What a test outside imports, and what it has loaded by `import_module("literal")`."""
        yield from self._imports_of(path)
        source = self.facts[path]
        for name in _loaded_names(source) if isinstance(source, PythonSource) else ():
            found = self._resolution.find(name, path)
            if found is not None:
                yield found

    def _test_module(self, path: str) -> Module:
        return self._outside.setdefault(path, self._made(path, Role.TEST))

    def _made(self, path: str, role: Role) -> Module:
        source = self.facts[path]
        assert isinstance(source, PythonSource)
        return Module(self._names_by_path[path], path, source, role)

    def find(self, dotted: str, importer: Module) -> Module | None:
        """The module that the absolute name `dotted` means in `importer`; None for another's."""
        path = self._resolution.find(dotted, importer.path)
        return None if path is None else self._module(path)

    def find_relative(self, level: int, module: str, importer: Module) -> Module | None:
        """The module that `from <level dots><module> import …` means in `importer`."""
        path = self._resolution.find_relative(level, module, importer.path)
        return None if path is None else self._module(path)

    def _module(self, path: str) -> Module | None:
        own = self.by_path.get(path) or self._outside.get(path)
        if own is not None:
            return own
        source = self.facts.get(path)
        if not isinstance(source, PythonSource):
            return None
        role = _roles({path: source})[path]
        return self._outside.setdefault(path, self._made(path, role))


@summary
def _loaded_names(source: PythonSource) -> tuple[str, ...]:
    """The absolute names of modules that a file gives to `import_module`."""
    calls = source.nodes.of(Call) if "import_module" in source.names else ()
    called = ((one, (dotted(one.func) or "").rpartition(".")[2]) for one in calls if one.args)
    first = (one.args[0] for one, name in called if name == "import_module")
    names = (one.value for one in first if isinstance(one, Constant))
    return tuple(name for name in names if isinstance(name, str) and not name.startswith("."))


def _roles(sources: Mapping[str, PythonSource]) -> dict[str, Role]:
    """The roles of files that are no service's, as far as their places tell."""
    from archlint.service.semantics.roles import assign_roles

    return assign_roles(".", sources, lambda _: ())
