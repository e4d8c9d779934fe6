"""Where archlint cannot read a part of a service, or follow it to its end, no rule claims what it decides."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from archlint.engine import check
from archlint.loading import load
from archlint.results import Report

REFERENCE = Path(__file__).parents[1] / "fixtures" / "reference-service"
UNREADABLE = b"\xff\x81"
BROKEN = b"\n{[ broken: (\n"
INTERPRETER = "archlint.service.interpreter"
REQUESTS = "archlint.service.testing.client_requests"


def parts(root: Path, pattern: str) -> list[Path]:
    found = sorted(root.glob(pattern))
    assert found
    return found


def checked(root: Path) -> Report:
    """What archlint says of a service that is all committed."""
    for command in (("init", "--quiet"), ("add", "--all")):
        subprocess.run(["git", *command], cwd=root, check=True)
    return check(load([root]))


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A service of which archlint finds nothing to say."""
    root = tmp_path / "service"
    shutil.copytree(REFERENCE, root)
    return root


@pytest.mark.parametrize("is_text", [False, True], ids=["unreadable", "unparsable"])
@pytest.mark.parametrize(
    "pattern",
    [
        "app/main.py",
        "app/models/*.py",
        "app/models/__init__.py",
        "app/core/config.py",
        "app/core/database.py",
        "app/crud/loans.py",
        "app/services/tools.py",
        "app/routers/v2/*.py",
        "app/schemas/*.py",
        "tests/**/*.py",
        "tests/conftest.py",
        "tests/integration/test_v2.py",
        "alembic/env.py",
        "alembic/versions/0003*.py",
        "alembic.ini",
        "pyproject.toml",
        "uv.lock",
        "Dockerfile",
        "docker-compose.yml",
        ".github/workflows/*",
    ],
)
def test_no_rule_claims_what_cannot_be_read(pattern: str, is_text: bool, service: Path) -> None:
    for path in parts(service, pattern):
        path.write_bytes(BROKEN + path.read_bytes() + BROKEN if is_text else UNREADABLE)
    report = checked(service)
    assert not report.failures
    assert {finding.code for finding in report.findings} <= {"BA0001", "BA0002"}


@pytest.mark.parametrize(
    ("limits", "has_doubts"),
    [
        ({f"{INTERPRETER}.machine.MAX_STEPS": 300, f"{INTERPRETER}.machine.MAX_CALL_STEPS": 60}, True),
        ({f"{INTERPRETER}.machine.MAX_CALL_STEPS": 20}, True),
        ({f"{INTERPRETER}.values.MAX_CHOICES": 1, f"{INTERPRETER}.statements._MAX_TURNS": 1}, False),
        ({"archlint.service.api.adding.MAX_ROUTES": 3}, True),
        ({"archlint.service.api.routes._MAX_VISITS": 4}, True),
        ({"archlint.service.calls.values.MAX_VALUES": 1}, False),
        ({f"{REQUESTS}._MAX_CALLS": 1}, False),
        ({f"{REQUESTS}._MAX_HELPERS": 0}, False),
        ({"archlint.service.transactions.abstract_run._MAX_STEPS": 20}, False),
    ],
    ids=lambda given: None if isinstance(given, bool) else " ".join(n.rpartition(".")[2] for n in given),
)
def test_no_rule_claims_what_is_too_much_to_follow(
    limits: Mapping[str, int], has_doubts: bool, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, value in limits.items():
        module, _, name = limit.rpartition(".")
        monkeypatch.setattr(importlib.import_module(module), name, value)
    report = checked(service)
    assert not report.failures
    assert report.findings == ()
    assert bool(report.unknowns) is has_doubts
