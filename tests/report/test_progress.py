"""Progress is seen on a terminal only, and only when there is something to wait for."""

from __future__ import annotations

import io
import sys
import time
from types import SimpleNamespace

import pytest

from archlint.report import progress as module
from archlint.report.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = Terminal()
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=terminal))
    monkeypatch.setenv("TERM", "xterm-256color")
    return terminal


def test_nothing_elsewhere(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DELAY", 0)
    assert not sys.stderr.isatty()
    with progress() as step:
        step("reading")
    assert capfd.readouterr() == ("", "")


def test_nothing_when_it_is_quick_or_unwanted(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with progress() as step:
        step("reading")
    monkeypatch.setattr(module, "DELAY", 0)
    with progress(enabled=False) as step:
        step("reading")
    assert terminal.getvalue() == ""


def test_the_step_when_it_takes_its_time(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DELAY", 0)
    with progress(no_color=True) as step:
        step("reading [all] files")
        for _ in range(500):
            if "reading [all] files" in terminal.getvalue():
                break
            time.sleep(0.01)
    assert "reading [all] files" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")
