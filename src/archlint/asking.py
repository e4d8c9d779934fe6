"""In which order rules are asked: those first that need to read little, so that much is read late.

It decides nothing but how much of a run can be spared the next time (`memory`): a rule that needs code is
asked after all that need less of it, and those that need documents alone have a `Service` of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.committed import CommittedRepository
from archlint.discover import Repository
from archlint.facts.cache import EMPTY
from archlint.facts.differences import FileDifference
from archlint.facts.store import Facts
from archlint.memory import Memory, digest_of, key_of
from archlint.overlay import OverlaidRepository
from archlint.pages import Page
from archlint.readings import Readings, so_far, unnoticed
from archlint.service.model import Service
from archlint.standard import Rule, Standard, bundled_standard
from archlint.user_cache import user_cache_dir

if TYPE_CHECKING:
    from archlint.service.calls.alike import FunctionTexts

DOCUMENTS = "documents"
CODE = "code"

_OF_BOTH = ("anchor", "project", "versions", "installed")
_OF_DOCUMENTS = ("dotenvs", "deployment", "commands", "documented_commands", "stages", "images")
_OF_CODE = (
    *("migrations", "schemas", "symbols", "classes", "annotations", "literals", "settings", "routes"),
    *("operations", "openapi_pages", "documents", "api", "api_changes", "committed_documents", "databases"),
    *("workers", "environment_reads", "modules", "surface", "providers", "layers", "setups", "imports"),
    *("uses", "contracts", "queries", "calls", "data_access", "data_paths", "event_loop", "transactions"),
    *("upgrades", "connections", "handlers"),
)
_OF_TESTS = ("suite", "database_fixtures", "requests", "reached")
WALKS = ("CodeSecrets", "Startup")
"""What is no part of a service, but looks at all texts: only rules on tests come after those that name it."""

_IN_TURN = (*_OF_BOTH, *_OF_CODE, *_OF_DOCUMENTS, *WALKS, *_OF_TESTS)
PARTS = {name: number for number, name in enumerate(_IN_TURN)}
"""The parts of a service, each with its turn."""


def kept_as(service: Service, page: Page, against: str, today: date) -> tuple[str, str]:
    """Under which name is kept what a rule says of a service, and what it says compared with a commit."""
    name = f"{service.root} {page.code}"
    return name, f"{name} against {against} on {today}"


def in_order(
    asked: Sequence[tuple[Service, Page]], standard: Standard
) -> Iterator[tuple[str, Service, Page]]:
    """The rules to ask with their group: by the last part of a service that they name."""
    rules = {page: standard.rules(page) for _, page in asked}
    for group in (DOCUMENTS, CODE):
        own = [one for one in asked if _group(rules[one[1]]) == group]
        for service, page in sorted(own, key=lambda one: _last(rules[one[1]])):
            yield group, service, page


def reads_base(rule: Rule) -> bool:
    """Whether a rule may ask what a service was at the commit that it is compared with."""
    return not _parts(rule).isdisjoint({"as_it_was", "api_changes"})


def memory_of(
    repository: Repository,
    services: Sequence[Service],
    standard: Standard,
    chosen: Mapping[str, Sequence[Page]],
    layout: str,
) -> Memory:
    """What the run before has left for these services, of which nothing was read so far.

    `layout` tells how they were found to lie from any other way.

    Of a commit, and for another standard than the bundled one, nothing is kept. What is said of edits that
    are only tried is not kept either, but begins with what was said of the files as they are.
    """
    folder = user_cache_dir()
    facts = next((service.modules.facts for service in services), None)
    if not isinstance(facts, Facts):
        folder, facts = None, Facts({}, {}, EMPTY)
    is_other = isinstance(repository, CommittedRepository) or standard is not bundled_standard()
    if is_other or so_far() != Readings():
        folder = None
    rules = [f"{root} {[page.code for page in pages]}" for root, pages in chosen.items()]
    held_to = [str(service.config) for service in services]
    tracked = sorted(repository.tracked or ("untracked",))
    key = key_of(repository, facts, layout, *rules, *held_to, "tracked", *tracked)
    name = digest_of(str(repository.root), *rules)
    memory = Memory(folder, name, key, repository, facts, _Texts(services).are_alike)
    memory.is_kept = not isinstance(repository, OverlaidRepository)
    memory.begin(DOCUMENTS)
    for service in services:
        if not memory.is_as_before(f"{service.root} installed", partial(_installed, service)):
            memory.forget(CODE)
    return memory


class _Texts:
    """Compares texts of functions in services that nobody else asks anything."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services
        self._of = cache(self._made)

    def are_alike(self, path: str, part: str, difference: FileDifference) -> bool:
        """Whether a part of a file does the same to the call graph in both states."""
        if not part.startswith("archlint.service.calls.scanning."):
            return False  # so that nothing has to be imported to tell
        with unnoticed():
            around = [one for one in self._services if path in one.modules.by_path]
            return bool(around) and all(
                self._of(one.root).are_alike(path, part, difference) for one in around
            )

    def _made(self, root: str) -> FunctionTexts:
        from archlint.service.calls.alike import FunctionTexts

        service = next(one for one in self._services if one.root == root)
        own = replace(service, modules=service.modules.anew(), before=None, is_aside=True)
        return FunctionTexts(own.modules, own.symbols, own.annotations)


def _installed(service: Service) -> str:
    return str(service.aside.installed)


def _group(rule: Rule) -> str:
    return DOCUMENTS if _parts(rule).isdisjoint((*_OF_CODE, *_OF_TESTS, *WALKS)) else CODE


def _last(rule: Rule) -> int:
    return max((PARTS[part] for part in _parts(rule) if part in PARTS), default=len(PARTS))


@cache
def _parts(rule: Rule) -> frozenset[str]:
    """What a rule's module names of a service; more than it may ask for only costs time."""
    module = sys.modules[rule.__module__]
    own = (one for one in vars(module).values() if getattr(one, "__module__", None) == module.__name__)
    codes = [one.__code__ for one in own if isinstance(one, FunctionType)]
    return frozenset(_names(codes)) & (PARTS.keys() | {"as_it_was"})


def _names(codes: Iterable[CodeType]) -> Iterator[str]:
    for code in codes:
        yield from code.co_names
        yield from _names(one for one in code.co_consts if isinstance(one, CodeType))
