"""Models of libraries that services answer with and derive from, declared to be read as the service's own.

Held to the libraries by what running apps of both ages give, `docs/benchmarks.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from msgspec import Struct
from packaging.version import Version

from archlint.facts.python import read_python
from archlint.facts.syntax import ClassDef
from archlint.service.semantics.declared_models import DeclaredModels, library_classes
from archlint.service.semantics.modules import Module, Role
from archlint.service.semantics.symbols import Symbol


def _newest(distribution: str) -> Version | None:
    return None


class LibraryModels(Struct, frozen=True):
    """The models of the versions that a service runs on.

    `version` gives that of a distribution, None for the newest.
    """

    version: Callable[[str], Version | None] = _newest

    def find(self, qualified: str) -> Symbol | None:
        """The class behind a library's name; None for all that are not known here."""
        found = library_classes().get(qualified)
        if found is None:
            return None
        library, name = found
        module = _declared(library.distribution, self._text(library))
        cls = name.rpartition(".")[2]
        node = next(s for s in module.source.body if isinstance(s, ClassDef) and s.name == cls)
        return Symbol(name, module, node)

    def _text(self, library: DeclaredModels) -> str:
        """The declaration that holds for the service's version of a library."""
        runs = self.version(library.distribution) if library.earlier else None
        before = (text for end, text in library.earlier if runs is not None and runs < Version(end))
        return next(before, library.text)


@cache
def _declared(distribution: str, text: str) -> Module:
    name = distribution.replace("-", "_")
    return Module(name, f"<{name}>", read_python(text.encode()), Role.RUNTIME)


def is_declared_here(module: Module) -> bool:
    """Whether the module is no file of the repository."""
    return module.path.startswith("<")
