"""The causes of findings: the places whose change takes several findings away at once.

Findings that have a step of their chains in common have one cause: the step that most of them share, and of
those the last, which is nearest to what is wrong. So have findings with a common origin beside their chains,
such as a finding that they follow from.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from archlint.findings import Finding, Link, Location, Severity

CauseKey: TypeAlias = tuple[str, int, str]


class Cause(Struct, frozen=True):
    """A step that the chains of its members share; `id` is its own, and stays when lines move."""

    id: str
    link: Link
    members: tuple[Finding, ...]

    @property
    def order(self) -> tuple[bool, int, Location]:
        """Those with errors first, then those with the most findings."""
        has_error = any(finding.severity is Severity.ERROR for finding in self.members)
        return (not has_error, -len(self.members), self.link.location)

    @property
    def total(self) -> str:
        """How many findings it has."""
        return f"{len(self.members)} findings"

    @property
    def counts(self) -> str:
        """How many of each rule, the most first."""
        counts = Counter(finding.code for finding in self.members)
        return ", ".join(f"{code} {count}" for code, count in counts.most_common())


def causes(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """The causes that have several findings, those with errors first; a finding has one at most."""
    found = tuple(findings)
    shares = Counter(key for finding in found for key in _links(finding))
    members: dict[CauseKey, list[Finding]] = {}
    links: dict[CauseKey, Link] = {}
    for finding in found:
        if candidates := _links(finding):
            key = max(reversed(candidates), key=shares.__getitem__)
            links.setdefault(key, candidates[key])
            members.setdefault(key, []).append(finding)
    several = {links[key]: tuple(of_key) for key, of_key in members.items() if len(of_key) > 1}
    return tuple(sorted(_named(several), key=lambda cause: cause.order))


def _links(finding: Finding) -> dict[CauseKey, Link]:
    """Its origins, then the steps of its chain; origins at one place are told apart by what they say."""
    origins = {(link.location.file, link.location.line, link.text): link for link in finding.origins}
    return origins | {(link.location.file, link.location.line, ""): link for link in finding.chain}


def _named(several: Mapping[Link, tuple[Finding, ...]]) -> Iterator[Cause]:
    """Causes that say the same of one file are told apart by their order in it."""
    seen: Counter[tuple[str, str]] = Counter()
    for link in sorted(several, key=lambda link: link.location):
        words = link.location.file, link.text
        key = "\0".join((*words, *([str(seen[words])] if seen[words] else [])))
        yield Cause(
            hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16], link, several[link]
        )
        seen[words] += 1
