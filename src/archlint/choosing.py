"""Which rules run on a service: those that are selected, and those that a selected one judges."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping

from archlint.baseline import Baseline
from archlint.config import Config
from archlint.pages import Page
from archlint.selectors import Selection
from archlint.standard import Standard
from archlint.suppressions import Suppression

LAST = ("suppressions", "baseline")
"""What the rules read that judge what others have said: BA0003 and BA0004."""


def chosen(config: Config, selection: Selection, standard: Standard) -> tuple[Page, ...]:
    """The rules whose findings are wanted."""
    return tuple(page for page in standard.pages if selection.includes(page, config.selection.includes(page)))


def asked(
    configs: Mapping[str, Config],
    selection: Selection,
    standard: Standard,
    suppressions: Iterable[Suppression],
    baselines: Iterable[Baseline],
) -> dict[str, tuple[Page, ...]]:
    """The rules to run on each service: the chosen ones, and those whose findings a chosen one has to know.

    `check --select BA0004` has to run the rules whose entries the baselines have, else nothing could meet
    them. What the configuration or `--ignore` leaves out stays out.
    """
    named = {
        "suppressions": {code for one in suppressions for code in one.codes},
        "baseline": {entry.rule for baseline in baselines for entry in baseline.entries},
    }
    return {root: tuple(_asked(config, selection, standard, named)) for root, config in configs.items()}


def _asked(
    config: Config, selection: Selection, standard: Standard, named: Mapping[str, Collection[str]]
) -> Iterator[Page]:
    wanted = chosen(config, selection, standard)
    judging = wanted if any(named.values()) else ()  # else no rule's module need be imported for it
    codes = {code for page in judging for last in reads(page, standard) for code in named[last]}
    ignored = Selection(ignore=selection.ignore)
    for page in standard.pages:
        is_judged = not codes.isdisjoint((page.code, page.code[:-2]))
        if page in wanted or (is_judged and ignored.includes(page, config.selection.includes(page))):
            yield page


def reads(page: Page, standard: Standard) -> Iterator[str]:
    """Which of `LAST` a rule reads."""
    wanted = inspect.signature(standard.rules(page)).parameters
    yield from (name for name in LAST if name in wanted)
