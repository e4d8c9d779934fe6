"""A finding's fingerprint stays whatever is written around its statement."""

from __future__ import annotations

import ast
import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlint.engine import run
from archlint.loading import Request

FIXTURES = Path(__file__).parents[1] / "fixtures"
SERVICES = sorted(
    path.name for path in FIXTURES.iterdir() if path.is_dir() and path.name != "reference-service"
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
def untouched(service: str) -> frozenset[str]:
    with TemporaryDirectory() as folder:
        return fingerprints(copied(service, Path(folder)))


def copied(service: str, folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", ".venv", ".*_cache")
    shutil.copytree(FIXTURES / service, folder / "service", dirs_exist_ok=True, ignore=ignored)
    return folder / "service"


@cache
def files(service: str) -> tuple[str, ...]:
    """The Python files in which a function changes no other meaning: no tests, no migrations."""
    root = FIXTURES / service
    found = (path for path in root.rglob("*.py") if path.read_bytes().isascii() and path.stat().st_size)
    names = (path.relative_to(root).as_posix() for path in found)
    return tuple(sorted(name for name in names if not re.search(r"test|migration|alembic|versions/", name)))


def ends(text: str) -> list[int]:
    """The lines after which another statement of the module may stand."""
    try:
        return [0, *(node.end_lineno or 0 for node in ast.parse(text).body)][1:]
    except SyntaxError:
        return []


@pytest.mark.parametrize("service", SERVICES)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_edits_elsewhere_change_no_fingerprint(service: str, data: st.DataObject) -> None:
    edit = st.tuples(st.sampled_from(files(service)), st.sampled_from(ADDED), st.integers(0, 99))
    with TemporaryDirectory() as folder:
        root = copied(service, Path(folder))
        for file, added, place in data.draw(st.lists(edit, min_size=1, max_size=8)):
            path = root / file
            lines = path.read_text("utf-8").splitlines(keepends=True)
            if after := ends("".join(lines)):
                lines.insert(after[place % len(after)], added)
                path.write_text("".join(lines), "utf-8")
        assert untouched(service) - fingerprints(root) == frozenset()


def test_the_services_have_findings_to_lose() -> None:
    assert sum(len(untouched(service)) for service in SERVICES) > 100
