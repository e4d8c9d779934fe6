"""The fixes of where documents and pages are: literals alone, for what a setting decides is no mistake."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint.causes import causes
from archlint.engine import run
from archlint.loading import Request
from archlint.selectors import Selection
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


TWICE = """\
    from fastapi import APIRouter, FastAPI

    router = APIRouter()


    @router.get("/items")
    async def items() -> list[str]:
        \"\"\"Items.\"\"\"
        return []


    @router.get("/items/last")
    async def last() -> str:
        \"\"\"The last item.\"\"\"
        return ""


    app = FastAPI()
    app.include_router(router, prefix="/api/v1"{tags})
    app.include_router(router, prefix="/api/v2"{tags})
    """


def test_each_of_two_includes_of_one_router_gets_the_tag(tmp_path: Path) -> None:
    files = {"app/main.py": dedent(TWICE.replace("{tags}", ""))}
    settled(tmp_path, files, "BA1108", unsafe=True)
    tagged = dedent(TWICE.replace("{tags}", ', tags=["items"]'))
    assert (tmp_path / "app/main.py").read_text() == tagged


def test_two_includes_of_one_router_are_no_cause(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(dedent(TWICE.replace("{tags}", "")))
    found = run(Request((tmp_path,), Selection(select=("BA1108",)))).findings
    assert (len(found), causes(found)) == (2, ())
