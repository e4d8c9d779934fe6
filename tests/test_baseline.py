"""Baselines: what is no entry, which findings were there before, and that only a reason lets one grow."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from archlint import baseline as module
from archlint.baseline import Entry, consequences, entry_of, parse, recurring, written
from archlint.findings import ArchlintError, Finding, Location, Severity

SCHEMA = json.loads((Path(module.__file__).parent / "schemas/baseline.schema.json").read_text("utf-8"))
HEX = st.integers(0, 16**32 - 1).map(lambda number: f"{number:032x}")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ENTRIES = st.builds(
    Entry,
    file=TEXT.filter(bool),
    rule=st.sampled_from(["BA0102", "BA0511"]),
    fingerprint=HEX,
    symbol=TEXT,
    reason=TEXT,
    owner=TEXT,
    until=st.none() | st.dates(),
)


def finding(file: str, meant: str = "a", where: str | None = None) -> Finding:
    place = Location(file, 3)
    return Finding(
        "BA0511", "some-rule", "BA05", (), Severity.ERROR, "m", "h", ".", place,
        fingerprint=meant * 16 + (where or file[0]) * 16,
    )  # fmt: skip


def entry(file: str, meant: str = "a", until: date | None = None) -> Entry:
    return entry_of(finding(file, meant), until=until)


@pytest.mark.parametrize("now", [finding("b.py"), finding("a.py", "c")])
def test_what_was_not_there_before(now: Finding) -> None:
    assert recurring([entry("a.py")], [now], ["a.py", "b.py"]) == {}


def test_a_finding_in_a_renamed_file_was_there_before() -> None:
    moved, before = finding("b.py"), entry("a.py")
    assert recurring([before], [moved], ["b.py"]) == {moved.fingerprint: before}


def test_one_entry_is_met_once() -> None:
    moved = [finding("b.py"), finding("c.py")]
    assert len(recurring([entry("a.py")], moved, ["b.py", "c.py"])) == 1


HERE, THERE = Location("main.py", 4), Location("main.py", 5)


@pytest.mark.parametrize(
    "change", [{"mended_at": THERE}, {"mended_at": None}, {"code": "BA0512"}, {"service": "b"}]
)
def test_what_is_mended_elsewhere_follows_from_nothing(change: dict[str, Any]) -> None:
    known, new = replace(finding("a.py"), mended_at=HERE), finding("a.py", "b")
    assert consequences({known.fingerprint: 1}, [known, replace(new, **{"mended_at": HERE} | change)]) == {}


def test_what_is_mended_where_a_known_finding_is_follows_from_it() -> None:
    known, new = (replace(finding("a.py", one), mended_at=HERE) for one in "ab")
    assert consequences({known.fingerprint: 1}, [new, known]) == {new.fingerprint: 1}
    assert consequences({"other": 1}, [new, known]) == {}


def test_an_entry_ends_after_its_last_day() -> None:
    last = entry("a.py", until=date(2027, 3, 1))
    assert not last.has_ended(date(2027, 3, 1))
    assert last.has_ended(date(2027, 3, 2))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(ENTRIES, max_size=5, unique_by=lambda one: one.fingerprint))
def test_what_is_written_is_read_again_and_fits_the_schema(entries: list[Entry]) -> None:
    text = written(entries)
    jsonschema.validate(json.loads(text), SCHEMA)
    read = parse("archlint-baseline.json", text)
    assert sorted(read.entries, key=lambda one: one.order) == sorted(entries, key=lambda one: one.order)
    assert written(read.entries) == text
    lines = text.split("\n")
    assert all(one.fingerprint in lines[read.location(one).line - 1] for one in entries)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "b.json:1:1: is no JSON"),
        ("[]", "b.json:1:1: a baseline is"),
        ('{"version": 2, "findings": []}', "b.json:1:1: a baseline is"),
        ('{"version": 1,\n"findings": [\n{"file": "a"},\n]}', "b.json:"),
        ('{"version": 1, "findings": [\n{"fingerprint": "f", "file": 3}]}', "b.json:2:1: finding 1: "),
        ('{"version": 1, "findings": [\n{"fingerprint": "f", "fil": "a"}]}', "b.json:2:1: finding 1: "),
        ('{"version": 1, "findings": [4]}', "b.json:1:1: finding 1: "),
        ('{"version": 1,\n<<<<<<< HEAD\n', "b.json:2:1: an unresolved merge"),
        ("[" * 100_000, "b.json:1:1: "),
    ],
)
def test_a_broken_file_is_one_message_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ArchlintError) as error:
        parse("b.json", text)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
