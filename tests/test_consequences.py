"""Findings that follow from findings of other rules: only where there are such, with the fields asked for."""

from __future__ import annotations

from pathlib import Path

from archlint.causes import causes
from archlint.engine import run
from archlint.findings import Finding
from archlint.loading import Request
from archlint.selectors import Selection
from archlint.verdicts import Verdict, judge
from tests.cli.command_line import write

JOB = """\
import sqlalchemy as sa


def outdated():
    return sa.delete(object)
"""
SERVICE = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n',
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "app/routers/users.py": JOB,
    "app/dependencies/users.py": JOB,
}


def found(folder: Path, *codes: str) -> tuple[Finding, ...]:
    write(folder, SERVICE)
    return run(Request((folder,), Selection(select=codes))).findings


def test_queries_in_wrong_places_follow_from_the_directory_that_is_missing(tmp_path: Path) -> None:
    (cause,) = causes(found(tmp_path, "BA0501", "BA0505"))
    assert cause.link.text == "No `crud/` directory"
    assert sorted(one.code for one in cause.members) == ["BA0501", "BA0505", "BA0505"]


def test_nothing_follows_from_what_was_not_found(tmp_path: Path) -> None:
    findings = found(tmp_path, "BA0505")
    assert [one.code for one in findings] == ["BA0505", "BA0505"]
    assert causes(findings) == ()


def test_a_directory_of_another_layer_is_no_reason(tmp_path: Path) -> None:
    write(tmp_path, {"app/crud/users.py": JOB})
    findings = found(tmp_path, "BA0501", "BA0505")
    assert {one.code for one in findings} == {"BA0501", "BA0505"}
    assert causes(findings) == ()


def test_many_imports_of_one_file_are_told_under_one_heading_with_an_identity_each(tmp_path: Path) -> None:
    names = ("users", "roles", "items", "carts", "bills")
    crud = {f"app/crud/{name}.py": f"def get_{name}():\n    return 1\n" for name in names}
    imports = "".join(f"from app.crud.{name} import get_{name}\n" for name in names)
    uses = "".join(f"get_{name}()\n" for name in names)
    write(tmp_path, {**crud, "app/routers/all.py": imports + uses})
    findings = found(tmp_path, "BA0511")
    (cause,) = causes(findings)
    assert (cause.link.location.file, len(cause.members)) == ("app/routers/all.py", len(names))
    assert len({one.fingerprint for one in findings}) == len(names)


def test_what_a_pipeline_installs_unlocked_has_one_heading(tmp_path: Path) -> None:
    job = "    runs-on: ubuntu-latest\n    steps:\n      - run: uv run pytest tests/{name}\n"
    jobs = "".join(f"  {name}:\n{job.format(name=name)}" for name in ("carts", "items", "users"))
    write(
        tmp_path,
        {
            "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
            "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = []\n',
            "uv.lock": "version = 1\n",
            ".github/workflows/ci.yml": f"on: push\njobs:\n{jobs}",
        },
    )
    findings = found(tmp_path, "BA0409")
    (cause,) = causes(findings)
    assert len(cause.members) == len({one.fingerprint for one in findings}) == 3


def test_a_module_that_more_files_import_is_what_they_have_in_common(tmp_path: Path) -> None:
    get = {f"app/crud/{name}.py": f"def get_{name}():\n    return 1\n" for name in ("users", "roles")}
    users = "from app.crud.users import get_users\nget_users()\n"
    more = "from app.crud.roles import get_roles\nget_roles()\n"
    write(tmp_path, {**get, "app/routers/a.py": users + more, **{f"app/routers/{n}.py": users for n in "bc"}})
    (cause,) = causes(found(tmp_path, "BA0511"))
    assert (cause.link.location.file, len(cause.members)) == ("app/crud/users.py", 3)


SHOP = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["fastapi", "pytest"]\n',
    "app/main.py": """\
        from fastapi import FastAPI

        from app.services.orders import place

        app = FastAPI()


        @app.post("/orders")
        async def order() -> int:
            return place()
    """,
    "app/services/orders.py": "def place() -> int:\n    return 1\n",
    "tests/test_app.py": "def test_nothing() -> None:\n    assert True\n",
}


def test_an_endpoint_without_a_test_and_what_stands_behind_it_are_one_finding(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    report = run(Request((tmp_path,)))
    (finding,) = (one for one in report.findings if one.code in {"BA0907", "BA0908"})
    assert (finding.code, finding.also, finding.clauses) == ("BA0908", ("BA0907",), ("BA09.2.2", "BA09.2.1"))
    assert [link.location.file for link in finding.chain] == ["app/services/orders.py"]
    verdicts = {ruling.clause.id: ruling.verdict for ruling in judge(report)[0].rulings}
    assert (verdicts["BA09.2.1"], verdicts["BA09.2.2"]) == (Verdict.BROKEN, Verdict.BROKEN)


def test_what_stands_behind_an_endpoint_is_told_by_itself_where_the_endpoint_is_not(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    (alone,) = run(Request((tmp_path,), Selection(select=("BA0907",)))).findings
    assert (alone.code, alone.symbol) == ("BA0907", "place")
    main = tmp_path / "app" / "main.py"
    said = '@app.post("/orders")  # archlint: ignore[BA0908] tried by hand'
    main.write_text(main.read_text().replace('@app.post("/orders")', said))
    tested = run(Request((tmp_path,), Selection(select=("BA0907", "BA0908")))).findings
    assert [one.code for one in tested] == ["BA0907"]
