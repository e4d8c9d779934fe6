"""`--fix` from the finding to the file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint.discover import find_repository
from archlint.findings import ArchlintError
from archlint.fixes.carrying_out import FileChange, write
from archlint.fixes.fixing import FixOutcome, fix, preview
from archlint.loading import Request
from archlint.selectors import Selection

MAIN = (
    "from fastapi import FastAPI\n\nfrom app.api import router\n\n"
    "app = FastAPI()\napp.include_router(router)\n"
)


def fixed(tmp_path: Path, files: dict[str, str], *codes: str, unsafe: bool = False) -> FixOutcome:
    """What fixing a service with these files comes to."""
    for name, text in {"app/main.py": MAIN, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(text).encode())
    return fix(request(tmp_path, *codes), unsafe=unsafe)


def request(tmp_path: Path, *codes: str) -> Request:
    return Request((tmp_path,), Selection(select=codes))


def router(body: str) -> dict[str, str]:
    head = (
        "import time\n\nimport requests\nfrom fastapi import APIRouter, Depends\n\nrouter = APIRouter()\n\n\n"
    )
    return {"app/api.py": head + dedent(body)}


QUICK = """\
    @router.get("/a")
    def a(name: str) -> dict:
        return {"name": name.upper()}


    @router.get("/b")
    @router.get("/c")
    def b():
        raise ValueError
"""


def test_quick_handlers_become_async_and_nothing_is_left_to_fix(tmp_path: Path) -> None:
    outcome = fixed(tmp_path, router(QUICK), "BA0102")
    assert (outcome.fixed, outcome.unsafe, outcome.report.findings) == ({"BA0102": 2}, [], ())
    files = router(QUICK)
    assert (tmp_path / "app/api.py").read_text() == files["app/api.py"].replace("def ", "async def ")
    again = fix(request(tmp_path, "BA0102"), unsafe=True)
    assert (again.fixed, again.changes) == ({}, [])


@pytest.mark.parametrize(
    "body",
    [
        '@router.get("/a")\ndef a():\n    time.sleep(1)\n',
        '@router.get("/a")\ndef a():\n    helper()\n\n\ndef helper():\n    open("a").read()\n',
        '@router.get("/a")\ndef a():\n    return unknown_library.call()\n',
        '@router.get("/a")\ndef a():\n    return 1\n\n\ntable = {"a": a}\n',
    ],
    ids=["blocks", "blocks in a helper", "who knows", "used elsewhere"],
)
def test_what_might_block_or_break_is_fixed_only_when_asked(tmp_path: Path, body: str) -> None:
    outcome = fixed(tmp_path, router(body), "BA0102")
    assert (outcome.fixed, len(outcome.unsafe), len(outcome.report.findings)) == ({}, 1, 1)
    assert (tmp_path / "app/api.py").read_text() == router(body)["app/api.py"]
    assert fix(request(tmp_path, "BA0102"), unsafe=True).fixed == {"BA0102": 1}


def test_calls_of_the_handler_are_awaited_in_every_file(tmp_path: Path) -> None:
    files = router('@router.get("/a")\ndef a():\n    return 1\n\n\nasync def b():\n    return a() + 1\n')
    files["app/jobs.py"] = "from app.api import a\n\n\nasync def job():\n    return [a()]\n"
    outcome = fixed(tmp_path, files, "BA0102", unsafe=True)
    assert outcome.fixed == {"BA0102": 1}
    assert "return await a() + 1" in (tmp_path / "app/api.py").read_text()
    assert "return [await a()]" in (tmp_path / "app/jobs.py").read_text()


def test_a_handler_that_plain_code_calls_stays(tmp_path: Path) -> None:
    body = '@router.get("/a")\ndef a():\n    return 1\n\n\ndef b():\n    return a()\n'
    outcome = fixed(tmp_path, router(body), "BA0102", unsafe=True)
    assert (outcome.fixed, outcome.changes) == ({}, [])


def test_a_handler_under_another_decorator_stays(tmp_path: Path) -> None:
    body = """\
        from functools import wraps


        def logged(f):
            @wraps(f)
            def wrapper(*args, **kwargs):
                return f(*args, **kwargs)

            return wrapper


        @router.get("/a")
        @logged
        def a():
            return 1
        """
    assert fixed(tmp_path, router(body), "BA0102", unsafe=True).fixed == {}


def test_a_row_is_not_serialised_on_the_loop_unasked(tmp_path: Path) -> None:
    body = """\
        from sqlmodel import SQLModel


        class User(SQLModel, table=True):
            name: str


        @router.get("/a")
        def a(user: User = Depends(print)):
            return user
        """
    assert len(fixed(tmp_path, router(body), "BA0102").unsafe) == 1


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(MAIN)
    (tmp_path / "app/api.py").write_text(before := router(QUICK)["app/api.py"])
    outcome = preview(request(tmp_path, "BA0102"), unsafe=False)
    assert [change.file for change in outcome.changes] == ["app/api.py"]
    assert (tmp_path / "app/api.py").read_text() == before


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("new\n")
    with pytest.raises(ArchlintError, match="changed while archlint ran"):
        write(find_repository([tmp_path]), FileChange("a.py", b"old\n", b"fixed\n"))
    assert (tmp_path / "a.py").read_text() == "new\n"


def test_a_written_file_keeps_its_mode_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old\n")
    (tmp_path / "a.py").chmod(0o750)
    write(find_repository([tmp_path]), FileChange("a.py", b"old\n", b"fixed\n"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]
    assert (tmp_path / "a.py").stat().st_mode & 0o777 == 0o750
