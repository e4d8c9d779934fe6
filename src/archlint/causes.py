"""The causes of findings: the places whose change takes several findings away at once.

Findings that have a step of their chains in common have one cause: the step that most of them share, and of
those the last, which is nearest to what is wrong.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from archlint.findings import Finding, Link


class Cause(Struct, frozen=True):
    """A step that the chains of its members share; `id` is its own, and stays when lines move."""

    id: str
    link: Link
    members: tuple[Finding, ...]

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
    """The causes that have several findings, the one with the most first; a finding has one at most."""
    found = tuple(findings)
    shares = Counter(place for finding in found for place in {_place(link) for link in finding.chain})
    members: dict[tuple[str, int], list[Finding]] = {}
    links: dict[tuple[str, int], Link] = {}
    for finding in found:
        if finding.chain:
            link = max(reversed(finding.chain), key=lambda link: shares[_place(link)])
            links.setdefault(_place(link), link)
            members.setdefault(_place(link), []).append(finding)
    several = {links[place]: tuple(of_place) for place, of_place in members.items() if len(of_place) > 1}
    return tuple(sorted(_named(several), key=lambda cause: (-len(cause.members), cause.link.location)))


def _place(link: Link) -> tuple[str, int]:
    return link.location.file, link.location.line


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
