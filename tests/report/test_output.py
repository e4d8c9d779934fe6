"""Where output goes."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from archlint import streams
from archlint.findings import ArchlintError
from archlint.report import output
from archlint.report.delivery import Delivery, OutputTarget, deliver
from archlint.report.formats import FORMATS
from archlint.report.output import wants_colour, width, write_file, write_lines
from tests.report.reports import example


class Terminal(io.StringIO):
    encoding = "ascii"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = Terminal()
    for module in (output, streams):
        monkeypatch.setattr(module, "sys", SimpleNamespace(stdout=terminal))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    return terminal


def test_no_colour_and_a_fixed_width_where_nobody_looks() -> None:
    assert not wants_colour(no_color=False)
    assert width() == 110


def test_colour_on_a_terminal(terminal: Terminal) -> None:
    assert wants_colour(no_color=False)
    assert width() == 100
    write_lines([(("error", "error"), (" [bold] ü", ""))], colour=True)
    assert "\x1b[1;31merror\x1b[0m" in terminal.getvalue()
    assert "[bold]" in terminal.getvalue()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_refused(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert not wants_colour(no_color=False)
    assert not wants_colour(no_color=True)


def test_colour_forced(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert wants_colour(no_color=False)
    assert not wants_colour(no_color=True)
    write_lines([(("error", "error"),)], colour=True)
    assert capfd.readouterr().out == "\x1b[1;31merror\x1b[0m\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(no_color=False)


def test_a_terminal_that_knows_no_such_letter(terminal: Terminal) -> None:
    write_lines([(("ü", "error"),)], colour=False)
    assert terminal.getvalue() == "\\xfc\n"


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    for text in ("old ü", "new"):
        write_file(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_file(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ArchlintError, match=r"gone/out\.json cannot be written: No such file or directory"):
        write_file(tmp_path / "gone" / "out.json", "x")
    with pytest.raises(ArchlintError, match="cannot be written: Is a directory"):
        write_file(tmp_path, "x")


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_format_goes_to_a_file_or_to_standard_output(
    form: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    report = example(tmp_path / "repository")
    deliver(report, Delivery((OutputTarget(form, tmp_path / "out"),), quiet=True), exit_code=1)
    assert capfdbinary.readouterr().out == b""
    deliver(report, Delivery((OutputTarget(form),), quiet=True), exit_code=1)
    assert capfdbinary.readouterr().out == (tmp_path / "out").read_bytes() != b""


def test_quiet_leaves_the_summary_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = example(tmp_path)
    deliver(report, Delivery((OutputTarget("concise"),), quiet=True), exit_code=1)
    assert len(capfd.readouterr().out.splitlines()) == 4
    deliver(report, Delivery(statistics=True, quiet=True), exit_code=1)
    assert len(capfd.readouterr().out.splitlines()) == 2
