"""What a commit has said of itself, kept, and what a report has that the commit does not.

The findings of a commit depend on its content, on the configuration and on archlint's own code alone, so
they are kept in the user's cache under a digest of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from archlint.answers import own_code
from archlint.baseline import consequences, recurring
from archlint.findings import ArchlintError
from archlint.results import Report, Undecided
from archlint.user_cache import put, user_cache_dir

SUFFIX = ".earlier"


class CommittedFinding(Struct, frozen=True, array_like=True):
    """A finding of the commit."""

    file: str
    fingerprint: str


class Earlier(Struct, frozen=True, array_like=True):
    """What archlint says of a commit: findings that count there, and what it could not decide."""

    findings: tuple[CommittedFinding, ...]
    unknowns: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, report: Report, ref: str | None) -> Earlier:
        """What is kept of a report. Raises ArchlintError when a rule broke, after which all looks new."""
        for failure in report.failures:
            rule = f"{failure.page.code} {failure.page.name}"
            raise ArchlintError(f"{ref} cannot be compared with: internal error in {rule}: {failure.error}")
        known = tuple(
            CommittedFinding(finding.location.file, finding.fingerprint) for finding in report.findings
        )
        return cls(known, frozenset(map(_undecided, report.unknowns)))


NOTHING = Earlier((), frozenset())


def recall(parts: Iterable[str]) -> Earlier | None:
    """What was kept under these parts."""
    file = _file(parts)
    try:
        return None if file is None else msgspec.msgpack.decode(file.read_bytes(), type=Earlier)
    except (OSError, msgspec.MsgspecError):
        return None


def keep(parts: Iterable[str], found: Earlier) -> None:
    """Keep under these parts what was found."""
    file = _file(parts)
    if file is not None:
        with suppress(OSError):
            put(file, msgspec.msgpack.encode(found))


def _file(parts: Iterable[str]) -> Path | None:
    folder = user_cache_dir()
    name = hashlib.blake2b("\0".join((own_code(), *parts)).encode("utf-8", "surrogateescape"), digest_size=16)
    return None if folder is None else folder / f"{name.hexdigest()}{SUFFIX}"


def without(report: Report, earlier: Earlier, ref: str) -> Report:
    """What the report has and the commit `ref` does not; renamed files keep what they had."""
    same = recurring(earlier.findings, report.findings, report.repository.files)
    known = {*same, *consequences(same, report.findings)}
    return replace(
        report,
        findings=tuple(finding for finding in report.findings if finding.fingerprint not in known),
        unknowns=tuple(one for one in report.unknowns if _undecided(one) not in earlier.unknowns),
        excused=(),
        suppressed=0,
        against=ref,
        known=len(known),
    )


def _undecided(one: Undecided) -> tuple[str, str, str]:
    return (one.page.code, one.unknown.location.file, one.unknown.what)
