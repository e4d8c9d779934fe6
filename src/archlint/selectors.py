"""Selectors: how rules are named on the command line, in configurations and in suppressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from archlint.findings import ArchlintError
from archlint.pages import Page
from archlint.proposals import suggestion


class Selection(Struct, frozen=True):
    """Which rules run, by selectors: `ALL`, a code, a code's prefix, a requirement, a family, a rule's name.

    The more specific selector wins, so `ignore = ["BA05"]` with `extend-select = ["BA0511"]` leaves one
    rule; `ignore` wins between equals.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()

    @property
    def selectors(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.select, *self.ignore, *self.extend_select)

    def includes(self, page: Page, otherwise: bool = True) -> bool:
        """Whether the rule runs; `otherwise` is the answer where no selector speaks of it."""
        wanted = strength((*self.select, *self.extend_select), page)
        unwanted = strength(self.ignore, page)
        return wanted > unwanted or (otherwise and not unwanted and not self.select)


def strength(selectors: Iterable[str], page: Page) -> int:
    """How specific the most specific selector is that means the rule; 0 when none does."""
    return max((_strength(selector, page) for selector in selectors), default=0)


def check_selectors(selectors: Iterable[str], pages: Sequence[Page]) -> None:
    """Raises ArchlintError for a selector that means no rule at all."""
    for selector in selectors:
        if not any(_strength(selector, page) for page in pages):
            raise ArchlintError(f"`{selector}` selects no rule{_proposal(selector, pages)}")


def _proposal(selector: str, pages: Sequence[Page]) -> str:
    """The nearest name; of codes one of the same length and requirement, else which there are."""
    prefix = next((page.prefix for page in pages), "")
    if not re.fullmatch(rf"(?i:{prefix})\d+", selector):
        names = {name for p in pages for name in ("ALL", p.family, p.name, p.code)}
        return suggestion(selector, names) or "; `archlint rules` lists codes, names and families"
    codes = sorted({name for page in pages for name in (page.requirement, page.code)})
    requirements = sorted({page.requirement for page in pages})
    around = next((one for one in requirements if selector.upper().startswith(one)), "")
    near = [code for code in codes if code.startswith(around)]
    there = near[1:] if around else requirements
    others = f"; there are {there[0]} to {there[-1]}, and `archlint rules` lists all"
    alike = (code for code in near if len(code) == len(selector))
    return suggestion(selector, alike, cutoff=0.75) or others


def _strength(selector: str, page: Page) -> int:
    if selector in {page.name, page.code}:
        return len(page.code)
    if selector == page.family:
        return len(page.requirement)
    if selector == "ALL":
        return 1
    return len(selector) if selector.startswith(page.prefix) and page.code.startswith(selector) else 0
