"""What fixes would replace, for formats that carry it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.findings import Location
from archlint.fixes.showing import ShownFix, check_with_fixes
from archlint.loading import Request
from archlint.selectors import Selection

BEFORE = "import time\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/é')\nasync def é():\n"
LINE = "    time.sleep( 1 )  # é"
AFTER = "import asyncio\n" + BEFORE + "    await asyncio.sleep( 1 )  # é"


def shown(root: Path, content: str) -> list[ShownFix]:
    (root / "main.py").write_bytes(content.encode())
    report, fixes = check_with_fixes(Request((root,), Selection(select=("BA0606", "BA0605"))))
    return [fixes[one.fingerprint] for one in report.findings if one.fingerprint in fixes]


def applied(content: str, fix: ShownFix) -> str:
    """The content with the replacements made, from the last to the first."""
    lines = content.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + column - 1

    for one in sorted(fix.replacements, key=lambda one: one.location, reverse=True):
        place: Location = one.location
        start, end = offset(place.line, place.column), offset(place.end_line, place.end_column)
        content = content[:start] + one.text + content[end:]
    return content


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "\n    return 1\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_replacements_make_the_fixed_file(tmp_path: Path, ending: str, newline: str) -> None:
    before, after = ((text + ending).replace("\n", newline) for text in (BEFORE + LINE, AFTER))
    [fix] = shown(tmp_path, before)
    assert applied(before, fix) == after
    assert fix.why == ""
    assert (tmp_path / "main.py").read_bytes() == before.encode()


def test_each_fix_stands_by_itself(tmp_path: Path) -> None:
    fixes = shown(tmp_path, f"{BEFORE}{LINE}\n{LINE}\n")
    assert [applied(f"{BEFORE}{LINE}\n{LINE}\n", fix).count("await") for fix in fixes] == [1, 1]


def test_what_cannot_be_fixed_has_no_fix(tmp_path: Path) -> None:
    assert shown(tmp_path, f"{BEFORE}    return (lambda: time.sleep(1))()\n") == []
    assert shown(tmp_path, f"{BEFORE}    open('a')\n") == []
    assert shown(tmp_path, f"{BEFORE}{LINE}\n    return {'(' * 95}1{')' * 95}\n") == []
