"""Where archlint cannot read a part of a service, no rule claims anything that this part decides."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from archlint.engine import check
from archlint.loading import load

REFERENCE = Path(__file__).parents[1] / "fixtures" / "reference-service"
UNREADABLE = b"\xff\x81"
UNPARSABLE = b"def broken(:\n"


def parts(root: Path, pattern: str) -> list[Path]:
    found = sorted(root.glob(pattern))
    assert found
    return found


@pytest.mark.parametrize("content", [UNREADABLE, UNPARSABLE], ids=["unreadable", "unparsable"])
@pytest.mark.parametrize(
    "pattern",
    ["app/main.py", "app/models/*.py", "app/core/database.py", "tests/**/*.py", "alembic/versions/0003*.py"],
)
def test_no_rule_claims_what_cannot_be_read(pattern: str, content: bytes, tmp_path: Path) -> None:
    root = tmp_path / "service"
    shutil.copytree(REFERENCE, root)
    for path in parts(root, pattern):
        path.write_bytes(content)
    for command in (("init", "--quiet"), ("add", "--all")):
        subprocess.run(["git", *command], cwd=root, check=True)
    report = check(load([root]))
    assert {finding.code for finding in report.findings} <= {"BA0001", "BA0002"}
    assert report.unknowns
