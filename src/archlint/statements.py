"""What a rule says of a place, put into words: from a hit and a page to a finding."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from archlint.baseline import Entry
from archlint.config import Config
from archlint.findings import Finding, Hit, Link, Location, Unknown
from archlint.pages import Page, Parent
from archlint.service.configuration.masks import mask_credentials
from archlint.suppressions import Suppression

UNDECIDED_HELP = "Write it so that it can be read without running it, or suppress it with the reason"


class RuleStatement(Struct):
    """What a rule said of a place in the service `root`.

    `symbol` names the definition that the place is in, `occurrence` counts its equals in the file from above.
    `accepted` is the entry of a baseline that keeps it from counting, `parents` are the findings that it
    follows from, `parts` what other rules say of the same.
    """

    root: str
    page: Page
    said: Hit | Unknown
    message: str
    help: str
    suppressed: Suppression | None = None
    accepted: Entry | None = None
    symbol: str = ""
    occurrence: int = 0
    parents: tuple[Link, ...] = ()
    parts: tuple[RuleStatement, ...] = ()

    @property
    def identity(self) -> tuple[str, ...]:
        """What is meant, whatever its line, its file and its wording."""
        if isinstance(self.said, Unknown):
            return (self.page.code, self.symbol, self.said.what)
        fields = self.said.fields
        if self.page.identity is not None:
            return (self.page.code, *(fields[name] for name in self.page.identity))
        return (self.page.code, self.symbol, json.dumps(fields, sort_keys=True))

    @property
    def fingerprint(self) -> str:
        """What is meant, and in which file."""
        return _digest(*self.identity, str(self.occurrence)) + _digest(self.said.location.file)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that it is about."""
        return self.said.clauses or self.page.clauses

    @property
    def order(self) -> tuple[Location, str, str, str]:
        """By place, then by rule."""
        return (self.said.location, self.page.code, self.message, self.root)

    def finding(self, config: Config) -> Finding:
        """The finding, as severe as the service's configuration has it."""
        hit = self.said if isinstance(self.said, Hit) else Hit(self.said.location)
        clauses = (one for part in (self, *self.parts) for one in part.clauses)
        return Finding(
            code=self.page.code,
            rule=self.page.name,
            requirement=self.page.requirement,
            clauses=tuple(dict.fromkeys(clauses)),
            severity=config.severity_of(self.page, hit.severity or self.page.severity),
            message=self.message,
            help=self.help,
            service=self.root,
            location=hit.location,
            chain=(*hit.chain, *(Link(part.said.location, part.message) for part in self.parts)),
            fingerprint=self.fingerprint,
            symbol=self.symbol,
            origins=(*hit.origins, *self.parents),
            also=tuple(sorted({part.page.code for part in self.parts})),
            mended_at=hit.mended_at,
        )


def state(root: str, page: Page, said: Hit | Unknown, symbol: str = "") -> RuleStatement:
    """Put what the page's rule said of the service `root` into the page's words, without any credentials."""
    if isinstance(said, Unknown):
        said = replace(said, code=page.code)
        message, help_ = f"Not decided: {said.what}: {said.why}", UNDECIDED_HELP
    else:
        message, help_ = page.message.format(**said.fields), page.help.format(**said.fields)
        said = replace(
            said, chain=tuple(replace(link, text=mask_credentials(link.text)) for link in said.chain)
        )
    return RuleStatement(root, page, said, mask_credentials(message), mask_credentials(help_), symbol=symbol)


def follow(statements: Iterable[RuleStatement]) -> None:
    """Note which findings follow from others; one that others follow from belongs to itself."""
    found: dict[tuple[str, str], list[RuleStatement]] = {}
    for one in statements:
        if isinstance(one.said, Hit):
            found.setdefault((one.root, one.page.code), []).append(one)
    for one in (one for several in found.values() for one in several):
        for parent in one.page.parents:
            above = next(filter(partial(_is_meant, parent), found.get((one.root, parent.code), ())), None)
            if above is not None:
                link = Link(above.said.location, above.message)
                one.parents += (link,)
                above.parents = (link,)


def _is_meant(parent: Parent, one: RuleStatement) -> bool:
    fields = one.said.fields if isinstance(one.said, Hit) else {}
    return all(fields.get(name) == value for name, value in parent.where.items())


def put_together(
    statements: Iterable[RuleStatement], counts: Callable[[RuleStatement], bool]
) -> list[RuleStatement]:
    """The statements without those that are part of another one, which `counts`; these are its `parts`."""
    found = tuple(statements)
    wholes = {
        (one.root, one.page.requirement, one.said.location): one
        for one in found
        if isinstance(one.said, Hit) and one.said.part_of is None and counts(one)
    }
    alone = []
    for one in found:
        place = one.said.part_of if isinstance(one.said, Hit) and one.suppressed is None else None
        whole = wholes.get((one.root, one.page.requirement, place)) if place is not None else None
        if whole is None:
            alone.append(one)
        else:
            whole.parts += (one,)
    return alone


def numbered(statements: Iterable[RuleStatement]) -> list[RuleStatement]:
    """The statements in order, each once, for services may share files, and numbered among their equals."""
    once: dict[object, RuleStatement] = {}
    for one in sorted(statements, key=lambda one: one.order):
        once.setdefault((one.said.location, one.page.code, one.message), one)
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for one in once.values():
        equals = (one.said.location.file, one.identity)
        one.occurrence = counts[equals]
        counts[equals] += 1
    return list(once.values())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
