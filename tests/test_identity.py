"""A finding's fingerprint stays whatever is written around its statement."""

from __future__ import annotations

import ast
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlint.engine import run
from archlint.loading import Request

SERVICE = Path(__file__).parents[1] / "fixtures/src-service/src"
FILES = sorted(
    path.relative_to(SERVICE).as_posix()
    for path in SERVICE.rglob("*.py")
    if path.read_bytes().isascii() and path.stat().st_size
)
ADDED = (
    "\n\n# A comment.\n",
    "\n\nSOMETHING_ELSE = 1\n",
    "\n\nasync def something_else(session):\n    return await session.execute('SELECT 1')\n",
    "\n\ndef one_more():\n    import time\n\n    time.sleep(1)\n",
)


def fingerprints(root: Path) -> frozenset[str]:
    return frozenset(finding.fingerprint for finding in run(Request((root,))).findings)


@cache
def untouched() -> frozenset[str]:
    with TemporaryDirectory() as folder:
        return fingerprints(copied(Path(folder)))


def copied(folder: Path) -> Path:
    shutil.copytree(SERVICE, folder / "service", dirs_exist_ok=True)
    return folder / "service"


def ends(text: str) -> list[int]:
    """The lines after which another statement of the module may stand."""
    try:
        return [0, *(node.end_lineno or 0 for node in ast.parse(text).body)][1:]
    except SyntaxError:
        return []


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(FILES), st.sampled_from(ADDED), st.integers(0, 99)), max_size=6))
def test_edits_elsewhere_change_no_fingerprint(edits: list[tuple[str, str, int]]) -> None:
    with TemporaryDirectory() as folder:
        root = copied(Path(folder))
        for file, added, place in edits:
            path = root / file
            lines = path.read_text("utf-8").splitlines(keepends=True)
            if after := ends("".join(lines)):
                lines.insert(after[place % len(after)], added)
                path.write_text("".join(lines), "utf-8")
        assert untouched() <= fingerprints(root)


def test_the_service_has_findings_to_lose() -> None:
    assert len(untouched()) > 5
