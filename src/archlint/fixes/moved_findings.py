"""What went and what came between two reports, without what has only moved along with its code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from functools import partial

from archlint.baseline import meaning
from archlint.discover import Repository, UnreadableFileError
from archlint.findings import Finding
from archlint.results import Report


def gone_and_came(before: Report, after: Report) -> tuple[list[Finding], list[Finding]]:
    """The findings of each report that are not in the other.

    One that means the same in another file has moved there, and so has one that the same rule makes of the
    same line in a function of the same name: a method that has become a function is called otherwise. What
    it says of the same line of the same file in other words has stayed.
    """
    old, new = ({one.fingerprint: one for one in report.findings} for report in (before, after))
    gone = [one for name, one in old.items() if name not in new]
    came = [one for name, one in new.items() if name not in old]
    gone, came = _without_moved(gone, _meaning, came, _meaning)
    return _without_moved(gone, partial(_line, before.repository), came, partial(_line, after.repository))


def _without_moved(
    gone: list[Finding],
    of_gone: Callable[[Finding], Hashable],
    came: list[Finding],
    of_came: Callable[[Finding], Hashable],
) -> tuple[list[Finding], list[Finding]]:
    moved = Counter(map(of_gone, gone)) & Counter(map(of_came, came))
    return _without(gone, of_gone, moved), _without(came, of_came, moved)


def _without(
    findings: Iterable[Finding], key_of: Callable[[Finding], Hashable], moved: Counter[Hashable]
) -> list[Finding]:
    left, kept = Counter(moved), []
    for one in findings:
        key = key_of(one)
        if left[key] > 0:
            left[key] -= 1
        else:
            kept.append(one)
    return kept


def _meaning(finding: Finding) -> Hashable:
    return meaning(finding.fingerprint)


def _line(repository: Repository, finding: Finding) -> Hashable:
    """The rule, the text of the line, and the name of the definition; outside of any, the file."""
    try:
        lines = repository.read_bytes(finding.location.file).splitlines()
    except UnreadableFileError:
        lines = []
    text = lines[finding.location.line - 1].strip() if finding.location.line <= len(lines) else b""
    name = finding.symbol.rpartition(".")[2]
    return (finding.code, name or finding.location.file, text) if text else finding.fingerprint
