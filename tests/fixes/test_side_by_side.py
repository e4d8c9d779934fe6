"""Work in copies of the process: nothing is lost, nothing is left behind, and order stays."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import msgspec
import pytest

from archlint.fixes.side_by_side import worked_on

COPIES = hasattr(os, "fork") and sys.platform != "darwin"
NUMBERS = msgspec.msgpack.Decoder(int)


def test_nothing_to_do_begins_nothing() -> None:
    assert worked_on([], NUMBERS) == []


def test_answers_come_in_the_order_of_the_tasks() -> None:
    assert worked_on([partial(pow, number, 2) for number in range(9)], NUMBERS) == [n * n for n in range(9)]


def test_what_a_copy_cannot_do_is_done_here(tmp_path: Path) -> None:
    here = os.getpid()

    def only_here() -> int:
        if os.getpid() != here:
            (tmp_path / "tried").touch()
            os._exit(3)
        return 7

    assert worked_on([partial(abs, -1), only_here], NUMBERS) == [1, 7]
    assert (tmp_path / "tried").exists() is COPIES


def test_an_error_is_raised_here_and_leaves_no_process() -> None:
    def broken() -> int:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        worked_on([broken, partial(abs, 2)], NUMBERS)
    if hasattr(os, "waitpid"):
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


def test_without_copies_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork", raising=False)
    assert worked_on([os.getpid], NUMBERS) == [os.getpid()]


def test_on_macos_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert worked_on([os.getpid], NUMBERS) == [os.getpid()]
