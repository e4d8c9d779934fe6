"""The command line in a fresh git repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archlint import __main__
from tests.cli.command_line import Result, Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `archlint` with arguments in `tmp_path`, an empty git repository."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARCHLINT_DEBUG", raising=False)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")  # as archlint does, so that it is taken back
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path.with_suffix(".cache")))

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["archlint", *arguments])
        with pytest.raises(SystemExit) as exit_:
            __main__.main()
        code = exit_.value.code
        return Result(code if isinstance(code, int) else 0, *capfd.readouterr())

    return run
