"""A standard as a value: its text, the pages of its rules, their logic, and the layers that it asks for.

It is made once and handed on, to the configuration, the engine, the fixes and the reports. Nothing else knows
where a standard comes from or what its codes look like, so that another can stand beside the bundled one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from archlint.compiled import load_compiled
from archlint.findings import ArchlintError, Said
from archlint.pages import Page
from archlint.spec import Spec, rules_directory

Rule: TypeAlias = Callable[..., Iterable[Said]]
"""A rule's logic; its parameters' names say what it reads."""


def no_fix(page: Page) -> Callable[..., Any]:
    """Raises LookupError: for a standard none of whose pages says that it is fixable."""
    raise LookupError(page.name)


@dataclass(frozen=True, eq=False)
class Standard:
    """What a service is held to.

    `rules` gives the logic of a page, `fixes` the planner of a page that is fixable, and `trials` that of
    what stands in for an edit that only a person can make, if there is one. `unchecked` are the clauses that
    no rule decides, each with the reason.
    """

    spec: Spec
    pages: tuple[Page, ...]
    rules: Callable[[Page], Rule]
    fixes: Callable[[Page], Callable[..., Any]] = no_fix
    trials: Callable[[Page], Callable[..., Any] | None] = lambda page: None
    unchecked: Mapping[str, str] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers, the lowest first."""
        return self.spec.layers

    def address(self, page: Page) -> str:
        """Where the page is published; empty where it is not."""
        return self.spec.documentation.format(family=page.family, name=page.name, code=page.code)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of each requirement by its id."""
        return {requirement.id: requirement.title for requirement in self.spec.requirements}

    def title(self, requirement: str) -> str:
        """What the requirement is called; rules about archlint's own needs belong to none of the text's."""
        return self.titles.get(requirement, "Archlint's own")

    @cached_property
    def statements(self) -> Mapping[str, str]:
        """The wording of each clause by its id."""
        return {clause.id: clause.statement for clause in self.spec.clauses}


@cache
def bundled_standard() -> Standard:
    """The standard that comes with archlint. Raises ArchlintError when its data is damaged."""
    return read_standard(rules_directory(), rules="archlint.rules", fixes="archlint.fixes")


def read_standard(directory: Path, *, rules: str, fixes: str) -> Standard:
    """The standard with its text and pages in `directory`, and its logic in the packages `rules` and `fixes`.

    A page `<family>/<some-rule>.md` belongs to the module `<family>.some_rule` of each package. Modules are
    imported when they are asked for. Raises ArchlintError that says which file is wrong, and where.
    """
    spec, pages, unchecked = load_compiled(directory)
    for page in pages:
        if page.prefix != spec.prefix:
            raise ArchlintError(f"{page.path}:2: the codes of this standard start with {spec.prefix}")
    return Standard(
        spec,
        pages,
        rules=partial(_from_module, rules, "check"),
        fixes=partial(_from_module, fixes, "plan"),
        trials=partial(_trial, fixes),
        unchecked=unchecked,
    )


def _trial(package: str, page: Page) -> Callable[..., Any] | None:
    try:
        module = import_module(_module_name(package, page))
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(package):
            raise
        return None
    found: Callable[..., Any] | None = getattr(module, "trial", None)
    return found


def _from_module(package: str, function: str, page: Page) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(_module_name(package, page)), function)
    return found


def _module_name(package: str, page: Page) -> str:
    return f"{package}.{page.family}.{page.name.replace('-', '_')}"
