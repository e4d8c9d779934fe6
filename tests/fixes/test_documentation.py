"""The fixes of where documents and pages are: literals alone, for what a setting decides is no mistake."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.fixes.settling import settled

MAIN = """\
    from fastapi import FastAPI

    app = FastAPI(
        title="Shop",
        {arguments}
    )


    @app.get("/items", tags=["items"])
    async def items() -> list[str]:
        \"\"\"Items.\"\"\"
        return []
    """


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("BA1101", "openapi_url=None,  # hidden"),
        ("BA1102", 'docs_url="/api/docs",'),
        ("BA1102", 'docs_url=None, redoc_url="/api/redoc",'),
        ("BA1103", "redoc_url=None,"),
    ],
)
def test_what_is_written_outright_is_left_out(tmp_path: Path, code: str, arguments: str) -> None:
    files = {"app/main.py": dedent(MAIN.replace("{arguments}", arguments))}
    assert settled(tmp_path, files, code).done == []
    assert len(settled(tmp_path, files, code, unsafe=True).done) == 1
    assert (tmp_path / "app/main.py").read_text() == files["app/main.py"].replace(f"    {arguments}\n", "")


@pytest.mark.parametrize("arguments", ["docs_url=HIDDEN,", '**{"docs_url": None},'])
def test_what_is_decided_elsewhere_stays(tmp_path: Path, arguments: str) -> None:
    files = {"app/main.py": "HIDDEN = None\n" + dedent(MAIN.replace("{arguments}", arguments))}
    assert settled(tmp_path, files, "BA1102", unsafe=True).done == []
