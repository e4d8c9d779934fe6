"""Where imports start, and under which names files are imported, as the imports that are there prove."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from archlint.facts.source import PythonSource
from archlint.facts.store import Unreadable
from archlint.paths import below, join, parents
from archlint.service.semantics.imported_modules import imported_modules
from archlint.service.semantics.layout import ImportRoots
from archlint.service.semantics.module_resolution import Resolution


class ImportEvidence:
    """What the imports of all Python files of a repository prove."""

    def __init__(
        self, facts: Mapping[str, PythonSource | Unreadable], projects: Iterable[ImportRoots]
    ) -> None:
        self._facts, self._projects = facts, tuple(projects)
        self._files = frozenset(facts)
        self._folders = {folder for file in facts for folder in parents(file)}
        self._declared = Resolution(facts, self._projects)
        self._sources = {path: it for path in sorted(facts) if isinstance(it := facts[path], PythonSource)}

    @cached_property
    def resolution(self) -> Resolution:
        """Finds modules by what is declared and what is proven."""
        return Resolution(self._facts, self._projects, self.proven)

    @cached_property
    def proven(self) -> tuple[str, ...]:
        """Folders that must be on the import path, as no declared one answers the imports below them."""
        evidence: defaultdict[str, set[str]] = defaultdict(set)
        for file, dotted in self._imports:
            if (root := self._proof(file, dotted)) is not None:
                evidence[root] |= {dotted, dotted.partition(".")[0]}
        # Inside of a package, one bare name may as well be an undeclared dependency; more is a habit.
        return tuple(
            sorted(
                root
                for root, names in evidence.items()
                if len(names) > 1 or not self._is_imported_package(root)
            )
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """The dotted name under which the repository imports each file."""
        return {path: self._name(path) for path in self._sources}

    def _proof(self, file: str, dotted: str) -> str | None:
        top = dotted.partition(".")[0]
        plain = self._declared
        if plain.is_external(top) or any(self._has(root, top) for root in plain.declared(file)):
            return None
        path = dotted.replace(".", "/")
        able = [f for f in parents(file) if plain.module_at(f, dotted) or join(f, path) in self._folders]
        return able[-1] if able else None

    def _has(self, root: str, top: str) -> bool:
        return join(root, top) in self._folders or join(root, f"{top}.py") in self._files

    def _is_imported_package(self, folder: str) -> bool:
        return join(folder, "__init__.py") in self._files and folder in self._imported_folders

    @cached_property
    def _imported_folders(self) -> frozenset[str]:
        """The folders that imports go through or to, from where the manifests say that imports start."""
        stems = {
            join(root, dotted.replace(".", "/"))
            for file, dotted in self._imports
            for root in self._declared.declared(file)
        }
        return frozenset(folder for stem in stems for folder in (stem, *parents(stem)))

    @cached_property
    def _imports(self) -> tuple[tuple[str, str], ...]:
        """Every absolute import once: the file and the dotted module."""
        return tuple(
            dict.fromkeys(
                (file, imported.module)
                for file, source in self._sources.items()
                for imported in imported_modules(source)
                if not imported.level
            )
        )

    def _name(self, file: str) -> str:
        root, placed = self._naming_root(file), self.resolution.package_of(file)
        path = below(file, root)
        if placed and self._votes[_key(*placed)] >= self._votes[join(root, path.partition("/")[0])]:
            path = join(placed[0].replace(".", "/"), below(file, placed[1]))
        return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def _naming_root(self, file: str) -> str:
        declared = self._declared.declared(file)
        above = parents(file)
        allowed = [folder for folder in above if folder in declared or folder in self.proven]

        def weight(folder: str) -> tuple[int, bool, int]:
            entry = below(file, folder).partition("/")[0]
            return self._votes[join(folder, entry)], folder in declared, len(folder)

        return max(allowed, key=weight)

    @cached_property
    def _votes(self) -> Counter[str]:
        """How many imports go through each top-level entry, by its path with its suffix and without."""
        votes: Counter[str] = Counter()
        for file, dotted in self._imports:
            found = self.resolution.find(dotted, file)
            if found is None:
                continue
            tail = f"/{dotted.replace('.', '/')}"
            stem = "/" + found.removesuffix(".py").removesuffix("/__init__")
            if stem.endswith(tail):
                entry = join(stem.removesuffix(tail).removeprefix("/"), dotted.partition(".")[0])
                votes[entry] += 1
                votes[f"{entry}.py"] += 1
            elif placed := self.resolution.package_of(found):
                votes[_key(*placed)] += 1
        return votes


def _key(package: str, folder: str) -> str:
    """What the imports of a package vote for that is kept in a folder of another name."""
    return f"{package}={folder}"
