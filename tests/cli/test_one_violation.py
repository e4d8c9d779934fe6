"""A service that began with a baseline: a commit that adds one violation shows that one, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command_line import Run
from tests.cli.test_against import CHECK, commit_all

FIXTURE = Path(__file__).parents[2] / "fixtures/src-service"
PARTS = "src/workshop/routers/parts.py"
BOOKINGS = "src/workshop/routers/bookings.py"
SERVICE = "src/workshop/services/bookings.py"
MOST_LINES = 9


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with violations, all of which its baseline holds."""
    folder = tmp_path_factory.mktemp("begun") / "service"
    shutil.copytree(FIXTURE, folder)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    commit_all(folder)
    command = (sys.executable, "-m", "archlint", "init", "--yes")
    cache = {"ARCHLINT_CACHE_DIR": str(folder.with_suffix(".cache"))}
    subprocess.run(command, cwd=folder, check=True, env=os.environ | cache, stdout=subprocess.DEVNULL)
    commit_all(folder)
    return folder


@pytest.fixture
def begun(run: Run, template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The service, as it was committed before and after."""
    del run
    monkeypatch.chdir(template)
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(template.with_suffix(".cache")))
    yield template
    for command in (["reset", "--quiet", "--hard"], ["clean", "--quiet", "--force", "-d"]):
        subprocess.run(["git", "-C", template, *command], check=True)


def shown(run: Run) -> list[str]:
    """The codes of what the hook shows, of which there is never much."""
    lines = run(*CHECK).out.splitlines()
    assert len(lines) <= MOST_LINES
    return sorted(found[0] for line in lines if (found := re.search(r"BA\d{4}(?= [a-z-]+: )", line)))


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


@pytest.mark.parametrize(
    "text",
    [
        "\n# A comment.\n",
        '\n\n@router.get("/names")\nasync def names() -> list[str]:\n    """Their names."""\n    return []\n',
    ],
)
def test_what_follows_from_an_include_that_is_known_is_not_told(run: Run, begun: Path, text: str) -> None:
    append(begun / PARTS, text)
    assert shown(run) == []
    assert run("check", "--output-format", "concise").code == 0


def test_an_include_that_is_new_is_told(run: Run, begun: Path) -> None:
    append(begun / "src/workshop/main.py", 'app.include_router(bookings.router, prefix="/old")\n')
    assert set(shown(run)) == {"BA0801"}


@pytest.mark.parametrize(
    ("file", "text", "codes"),
    [
        (
            BOOKINGS,
            '\n\n@router.get("/slow")\nasync def slow() -> list[str]:\n    """Slow."""\n    import time\n\n'
            "    time.sleep(1)\n    return []\n",
            ["BA0606"],
        ),
        (BOOKINGS, '\n\n@router.get("/x")\ndef x() -> list[str]:\n    """X."""\n    return []\n', ["BA0102"]),
        (BOOKINGS, '\n\n@router.get("/x")\nasync def x() -> list[str]:\n    return []\n', ["BA1107"]),
        (BOOKINGS, '\n\n@router.get("/x")\nasync def x():\n    """X."""\n    return [3]\n', ["BA1104"]),
        (
            BOOKINGS,
            '\n\n@router.post("/x")\nasync def x(body: dict) -> list[str]:\n    """X."""\n    return []\n',
            ["BA0103"],
        ),
        (
            BOOKINGS,
            '\n\n@router.get("/x")\nasync def x(session: Session) -> list[str]:\n    """X."""\n'
            "    from sqlalchemy import text\n\n"
            '    return list(await session.scalars(text("SELECT name FROM part")))\n',
            ["BA0505"],
        ),
        (SERVICE, '\nAPI_KEY = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"\n', ["BA0703"]),
        (SERVICE, '\n\ndef region() -> str:\n    import os\n\n    return os.environ["REGION"]\n', ["BA0702"]),
        (SERVICE, "\nfrom workshop.routers import status\n", ["BA0512"]),
        ("Dockerfile", "RUN pip install requests\n", ["BA0407"]),
        (".env", "DATABASE_PASSWORD=hunter2hunter2\n", ["BA0704"]),
    ],
)
def test_one_violation(run: Run, begun: Path, file: str, text: str, codes: list[str]) -> None:
    path = begun / file
    path.touch()
    append(path, text)
    subprocess.run(["git", "-C", begun, "add", "--all", "--force"], check=True)
    assert shown(run) == codes


def test_several_of_one_endpoint_are_said_to_be(run: Run, begun: Path) -> None:
    append(begun / BOOKINGS, '\n\n@router.get("/x")\ndef x():\n    return [3]\n')
    assert "3 findings: 3 errors, all of `x`" in run(*CHECK).out
