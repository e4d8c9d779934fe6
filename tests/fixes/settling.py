"""What every fix has to keep: the finding goes, no other comes, and fixing again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from archlint.engine import run
from archlint.fixes.fixing import FixOutcome, fix
from archlint.loading import Request
from archlint.selectors import Selection
from tests.cli.command_line import write


def settled(root: Path, files: Mapping[str, str | bytes], code: str, *, unsafe: bool = False) -> FixOutcome:
    """What fixing one rule's findings in `files` comes to."""
    write(root, files)
    before = run(Request((root,)))
    outcome = fix(Request((root,), Selection(select=(code,))), unsafe=unsafe)
    assert outcome.problems == {}
    after = run(Request((root,)))
    known = {finding.fingerprint for finding in before.findings}
    assert [finding.message for finding in after.findings if finding.fingerprint not in known] == []
    gone = known - {finding.fingerprint for finding in after.findings}
    assert {one.finding.fingerprint for one in outcome.done} <= gone
    contents = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    again = fix(Request((root,), Selection(select=(code,))), unsafe=unsafe)
    assert again.done == []
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == contents
    return outcome


def lines_changed(before: str, after: str) -> list[str]:
    """The lines that only one of them has, marked."""
    old, new = before.splitlines(), after.splitlines()
    return [f"-{line}" for line in old if line not in new] + [f"+{line}" for line in new if line not in old]
