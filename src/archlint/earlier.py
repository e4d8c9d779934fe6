"""What a commit has said of itself, kept, and what a report has that the commit does not.

The findings of a commit depend on its content, on the configuration and on archlint's own code alone, so
they are kept in the user's cache under a digest of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from archlint.answers import own_code
from archlint.baseline import recurring
from archlint.findings import ArchlintError
from archlint.results import Report, Undecided
from archlint.user_cache import put, user_cache_dir

SUFFIX = ".earlier"


class Known(Struct, frozen=True, array_like=True):
    """A finding of the commit."""

    file: str
    fingerprint: str


class Earlier(Struct, frozen=True, array_like=True):
    """What archlint says of a commit: findings that count there, and what it could not decide."""

    findings: tuple[Known, ...]
    unknowns: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, report: Report, ref: str | None) -> Earlier:
        """What is kept of a report. Raises ArchlintError when a rule broke, after which all looks new."""
        for failure in report.failures:
            rule = f"{failure.page.code} {failure.page.name}"
            raise ArchlintError(f"{ref} cannot be compared with: internal error in {rule}: {failure.error}")
        known = tuple(Known(finding.location.file, finding.fingerprint) for finding in report.findings)
        return cls(known, frozenset(map(_undecided, report.unknowns)))


def kept(parts: Iterable[str], find: Callable[[], Earlier]) -> Earlier:
    """What was kept under these parts, else what `find` finds, which is kept from now on."""
    folder = user_cache_dir()
    if folder is None:
        return find()
    name = hashlib.blake2b("\0".join((own_code(), *parts)).encode("utf-8", "surrogateescape"), digest_size=16)
    file = folder / f"{name.hexdigest()}{SUFFIX}"
    try:
        return msgspec.msgpack.decode(file.read_bytes(), type=Earlier)
    except (OSError, msgspec.MsgspecError):
        found = find()
    with suppress(OSError):
        put(file, msgspec.msgpack.encode(found))
    return found


def without(report: Report, earlier: Earlier, ref: str) -> Report:
    """What the report has and the commit `ref` does not; renamed files keep what they had."""
    known = recurring(earlier.findings, report.findings, report.repository.files)
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
