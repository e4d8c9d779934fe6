"""`archlint-baseline.json`: the findings that a service had when it began with archlint, which do not count.

One lies in a service's folder. It has a finding on each line, sorted, so that git merges it and people
review it; `schemas/baseline.schema.json` describes it. It only shrinks: an entry that no finding meets any
more is BA0004.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct, field

from archlint.discover import Repository, UnreadableFileError
from archlint.findings import ArchlintError, Finding, Location
from archlint.paths import join

NAME = "archlint-baseline.json"
BEGINNING = "it was there when the baseline was written"
_HALF = 16
_FIELDS = ("file", "rule", "symbol", "fingerprint", "reason", "owner", "until")


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding that does not count, until the day `until` is over.

    `rule` is its code; `reason` says why it was added to a baseline that was there.
    """

    file: str
    rule: str
    fingerprint: str
    symbol: str = ""
    reason: str = ""
    owner: str = ""
    until: date | None = None

    @property
    def order(self) -> tuple[str, str, str, str]:
        """The one order of entries."""
        return (self.file, self.rule, self.symbol, self.fingerprint)

    def has_ended(self, today: date) -> bool:
        """Whether the finding counts again."""
        return self.until is not None and self.until < today


class Baseline(Struct):
    """A baseline as it was read.

    `met` has the findings that its entries were met by, by the entries' fingerprints, and `stale` the
    entries that none met although their rules were run.
    """

    path: str
    entries: tuple[Entry, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    met: dict[str, Finding] = field(default_factory=dict)
    stale: tuple[Entry, ...] = ()

    def location(self, entry: Entry) -> Location:
        """The line of an entry."""
        line = self.lines.get(entry.fingerprint, 1)
        return Location(self.path, line, 1, line, 2)


class EarlierFinding(Protocol):
    """A finding of another time."""

    @property
    def file(self) -> str:
        """Where it was."""

    @property
    def fingerprint(self) -> str:
        """What it was."""


KnownFinding = TypeVar("KnownFinding", bound=EarlierFinding)
_K = TypeVar("_K")


def recurring(
    earlier: Iterable[KnownFinding], findings: Iterable[Finding], files: Iterable[str]
) -> dict[str, KnownFinding]:
    """The findings that were there earlier, by their fingerprint of now.

    One whose file is gone from `files` is taken for one that means the same in another file: a fingerprint's
    first half says what is meant, its second in which file.
    """
    exact = {one.fingerprint: one for one in earlier}
    there, now = frozenset(files), tuple(findings)
    found = {one.fingerprint: exact[one.fingerprint] for one in now if one.fingerprint in exact}
    moved: dict[str, list[KnownFinding]] = {}
    for fingerprint, one in exact.items():
        if fingerprint not in found and one.file not in there:
            moved.setdefault(meaning(fingerprint), []).append(one)
    for finding in now:
        if finding.fingerprint not in found and (left := moved.get(meaning(finding.fingerprint))):
            found[finding.fingerprint] = left.pop(0)
    return found


def meaning(fingerprint: str) -> str:
    """The part of a fingerprint that says the same in whatever file."""
    return fingerprint[:_HALF]


def consequences(known: Mapping[str, _K], findings: Iterable[Finding]) -> dict[str, _K]:
    """The findings that are mended where one of the `known` ones is, each with that; by fingerprint.

    An endpoint that is added under an include without a version does not make the include worse.
    """
    now = tuple((one, (one.service, one.code, one.mended_at)) for one in findings if one.mended_at)
    holding: dict[object, _K] = {}
    for finding, place in now:
        if finding.fingerprint in known:
            holding.setdefault(place, known[finding.fingerprint])
    return {
        finding.fingerprint: holding[place]
        for finding, place in now
        if place in holding and finding.fingerprint not in known
    }


def entry_of(finding: Finding, reason: str = "", owner: str = "", until: date | None = None) -> Entry:
    """The entry that keeps a finding from counting."""
    return Entry(
        file=finding.location.file,
        rule=finding.code,
        symbol=finding.symbol,
        fingerprint=finding.fingerprint,
        reason=reason,
        owner=owner,
        until=until,
    )


def path_in(root: str) -> str:
    """Where the baseline of the service at `root` lies."""
    return join(root, NAME)


def read_baselines(repository: Repository) -> tuple[Baseline, ...]:
    """All that the repository has. Raises ArchlintError with the place of what is wrong in one."""
    return tuple(_read(repository, file) for file in repository.files if PurePosixPath(file).name == NAME)


def written(entries: Iterable[Entry]) -> str:
    """The file's content."""
    lines = [_line(one) for one in sorted(entries, key=lambda one: one.order)]
    return "".join(['{\n"version": 1,\n"findings": [\n', ",\n".join(lines), "\n" if lines else "", "]\n}\n"])


def _line(entry: Entry) -> str:
    values = {name: getattr(entry, name) for name in _FIELDS}
    kept = {name: str(value) for name, value in values.items() if value or name == "symbol"}
    return json.dumps(kept, ensure_ascii=False)


def _read(repository: Repository, path: str) -> Baseline:
    try:
        return parse(path, repository.text(path))
    except UnreadableFileError as error:
        raise ArchlintError(f"{path} cannot be read: {error.reason}") from error


def parse(path: str, text: str) -> Baseline:
    """A baseline from its content. Raises ArchlintError with the place of the first thing that is wrong."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ArchlintError(_no_json(path, text, error)) from error
    except RecursionError as error:
        raise ArchlintError(f"{path}:1:1: nests too deeply for a baseline; {_AGAIN}") from error
    found = document.get("findings") if isinstance(document, dict) else None
    if not isinstance(found, list) or document.get("version") != 1 or len(document) > 2:
        raise ArchlintError(f'{path}:1:1: a baseline is {{"version": 1, "findings": […]}}; {_AGAIN}')
    lines = dict(_fingerprints(text))
    entries = tuple(_entry(path, number, one, lines) for number, one in enumerate(found, start=1))
    return Baseline(path, entries, lines)


_AGAIN = "delete it and run `archlint baseline` to make it again"


def _no_json(path: str, text: str, error: json.JSONDecodeError) -> str:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(("<<<<<<< ", "=======", ">>>>>>> ")):
            return f"{path}:{number}:1: an unresolved merge: keep the lines of both sides"
    return f"{path}:{error.lineno}:{error.colno}: is no JSON: {error.msg}"


def _fingerprints(text: str) -> Iterator[tuple[str, int]]:
    """Each fingerprint with its line, however the file is laid out."""
    for number, line in enumerate(text.split("\n"), start=1):
        for part in line.split('"fingerprint"')[1:]:
            yield part.partition('"')[2].partition('"')[0], number


def _entry(path: str, number: int, value: Any, lines: Mapping[str, int]) -> Entry:
    try:
        return msgspec.convert(value, Entry)
    except msgspec.ValidationError as error:
        fingerprint = value.get("fingerprint") if isinstance(value, dict) else None
        line = lines.get(fingerprint, 1) if isinstance(fingerprint, str) else 1
        raise ArchlintError(f"{path}:{line}:1: finding {number}: {error}") from error
