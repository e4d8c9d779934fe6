"""What the stages of a Dockerfile install, and where environments lie after copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.deployment.image_starts import Starts
from archlint.service.deployment.installs import development_part
from archlint.service.deployment.virtualenvs import StageReader
from archlint.service.model import Service
from tests.service.small import service_of

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def service(folder: Path, dockerfile: str, **files: str) -> Service:
    """A service with an app, a Dockerfile, and files by name, `__` for a dot and `___` for a slash."""
    named = {name.replace("___", "/").replace("__", "."): text for name, text in files.items()}
    named |= {"app/main.py": APP, "Dockerfile": dockerfile}
    return service_of(folder, named)


def reader(folder: Path, dockerfile: str) -> StageReader:
    found = service(folder, dockerfile)
    return StageReader(found.deployment.images[0].dockerfile, found.commands.all)


@pytest.mark.parametrize(
    ("run", "at"),
    [
        ("python -m venv /venv", "/venv"),
        ("python3.13 -m venv --copies env", "/srv/env"),
        ("virtualenv -p python3.13 /venv", "/venv"),
        ("uv venv", "/srv/.venv"),
        ("uv venv /opt/x --python 3.13", "/opt/x"),
        ("uv sync --locked", "/srv/.venv"),
        ("UV_PROJECT_ENVIRONMENT=/env uv sync", "/env"),
        ("cd /elsewhere && uv sync", None),
        ("uv venv $PLACE", None),
    ],
)
def test_where_an_environment_is_made(tmp_path: Path, run: str, at: str | None) -> None:
    found = reader(tmp_path, f"FROM python:3.13\nWORKDIR /srv\nCOPY . .\nRUN {run}\n")
    (environment,) = found.environments(found.file.stages[0])
    assert (environment.made_at, environment.at) == (at, at)


@pytest.mark.parametrize(
    ("copy", "at"),
    [
        ("/srv/.venv /srv/.venv", "/srv/.venv"),
        ("/srv/.venv .venv", "/run/.venv"),
        ("/srv /opt/", "/opt/.venv"),
        ("srv/.venv /x", "/x"),
        ("/ /", "/srv/.venv"),
    ],
)
def test_where_an_environment_is_after_a_copy(tmp_path: Path, copy: str, at: str) -> None:
    text = (
        "FROM python:3.13 AS build\nWORKDIR /srv\nCOPY . .\nRUN uv sync\n"
        f"FROM python:3.13\nWORKDIR /run\nCOPY --from=build {copy}\n"
    )
    found = reader(tmp_path, text)
    (environment,) = found.environments(found.file.stages[-1])
    assert (environment.made_at, environment.at) == ("/srv/.venv", at)


@pytest.mark.parametrize("copy", ["/src /src", "$WHERE /srv", "/srv/.venv $WHERE"])
def test_copies_without_the_environment(tmp_path: Path, copy: str) -> None:
    build = "FROM python:3.13 AS build\nRUN python -m venv /srv/.venv\n"
    text = f"{build}FROM a\nCOPY app .\nCOPY --from=build {copy}\n"
    found = reader(tmp_path, text)
    assert found.environments(found.file.stages[-1]) == ()


def test_path_grows_over_stages(tmp_path: Path) -> None:
    text = 'FROM python:3.13 AS a\nENV PATH=/a/bin:$PATH\nFROM a\nCOPY app .\nENV PATH="/b/bin/:${PATH}"\n'
    found = reader(tmp_path, text)
    assert found.path(found.file.stages[-1]) == ("/b/bin", "/a/bin", "/usr/local/bin")


def test_path_with_another_variable_is_not_known(tmp_path: Path) -> None:
    found = reader(tmp_path, "FROM python:3.13\nCOPY app .\nENV PATH=$HOME/bin:$PATH\n")
    assert found.path(found.file.stages[-1]) is None


@pytest.mark.parametrize(
    ("base", "version"),
    [
        ("python:3.13-slim", "3.13"),
        ("docker.io/library/python:3.12", "3.12"),
        ("ghcr.io/astral-sh/uv:0.9-python3.13-bookworm", "3.13"),
        ("ghcr.io/astral-sh/uv:python3.11-alpine", "3.11"),
        ("debian:12", None),
    ],
)
def test_the_python_of_a_base(tmp_path: Path, base: str, version: str | None) -> None:
    found = reader(tmp_path, f"FROM {base}\nCOPY app app\nRUN uv sync\n")
    assert found.python(found.file.stages[0]) == version


@pytest.mark.parametrize(
    ("run", "part"),
    [
        ("uv sync --no-dev", None),
        ("uv sync --no-default-groups", None),
        ("uv sync --only-group server", None),
        ("UV_NO_DEV=1 uv sync", None),
        ("pip install -r requirements.txt", None),
        ("pip install -r /dev/stdin", None),
        ("pip install .[server]", None),
        ("uv sync", "the `dev` group"),
        ("uv sync --all-groups --no-dev", "every dependency group"),
        ("uv sync --no-dev --group=test", "the `test` group"),
        ("uv sync --no-dev --extra dev", "the `dev` group"),
        ("pip install -r requirements-dev.txt", "`requirements-dev.txt`"),
        ("uv pip install --system .[dev,server]", "`.[dev,server]`"),
        ("poetry install --only main", None),
        ("poetry install --with dev", "the `dev` group"),
        ("pipenv install --deploy --dev", "the development packages"),
    ],
)
def test_what_an_install_brings_for_development(tmp_path: Path, run: str, part: str | None) -> None:
    groups = '[project]\nname = "shop"\n[dependency-groups]\ndev = ["pytest"]\n'
    found = service(tmp_path, f"FROM python:3.13\nCOPY app app\nRUN {run}\n", pyproject__toml=groups)
    assert development_part(found.commands.all[0], found.project) == part


@pytest.mark.parametrize(
    ("lines", "starts"),
    [
        ('CMD ["uvicorn", "app.main:app"]', Starts.A_SERVER),
        ('ENTRYPOINT ["tini", "--"]\nCMD ["uvicorn", "app.main:app"]', Starts.A_SERVER),
        ('ENTRYPOINT ["sh", "-c"]\nCMD ["exec uvicorn app.main:app"]', Starts.A_SERVER),
        ('ENTRYPOINT ["sh", "-c"]\nCMD ["celery worker"]', Starts.NO_SERVER),
        ("ENTRYPOINT []\nCMD []", Starts.NO_SERVER),
        ("CMD python -m app.serve", Starts.A_SERVER),
        ("CMD python serve.py", Starts.A_SERVER),
        ("CMD python manage.py", Starts.UNCLEAR),
        ("CMD supervisord", Starts.UNCLEAR),
        ("CMD bash", Starts.NO_SERVER),
        ("CMD ./start.sh", Starts.NO_SERVER),
        ('ENTRYPOINT ["/bin/bash"]', Starts.UNCLEAR),
        ("", Starts.UNCLEAR),
    ],
)
def test_what_an_image_starts(tmp_path: Path, lines: str, starts: Starts) -> None:
    serve = "import uvicorn\n\nuvicorn.run('app.main:app')\n"
    start = "#!/bin/sh\nalembic upgrade head\nsleep infinity\n"
    text = f"FROM python:3.13\nCOPY . .\n{lines}\n"
    found = service(tmp_path, text, app___serve__py=serve, start__sh=start)
    assert found.images.starts(found.deployment.images[0]) == starts


def test_a_base_that_serves_by_itself(tmp_path: Path) -> None:
    text = "FROM tiangolo/uvicorn-gunicorn-fastapi:python3.11\nCOPY app app\nRUN pip install x\n"
    found = service(tmp_path, text)
    assert found.images.starts(found.deployment.images[0]) == Starts.A_SERVER


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (
            "COPY docker/entry.sh /run.sh\nENTRYPOINT /run.sh",
            {"docker___entry__sh": "exec uvicorn app.main:app\n"},
        ),
        (
            "COPY . .\nCMD supervisord -c /etc/s.conf",
            {"deploy___s__conf": "[program:x]\ncommand=uvicorn app.main:app\n"},
        ),
        (
            "COPY . .\nCMD shop serve",
            {"pyproject__toml": '[project]\nname = "shop"\nscripts = {shop = "app.cli:run"}\n'},
        ),
        ("COPY . .\nCMD python /srv/app/cli.py", {}),
    ],
)
def test_what_starts_is_followed(tmp_path: Path, text: str, files: dict[str, str]) -> None:
    cli = "import uvicorn\n\n\ndef run():\n    uvicorn.run('app.main:app')\n"
    found = service(tmp_path, f"FROM python:3.13\nCOPY app app\n{text}\n", app___cli__py=cli, **files)
    assert found.images.starts(found.deployment.images[0]) == Starts.A_SERVER


def test_another_stage_that_can_be_built_may_serve(tmp_path: Path) -> None:
    web = "FROM python:3.13 AS base\nCOPY app app\nFROM base AS web\nCMD uvicorn app.main:app\n"
    text = f"{web}FROM base\nCMD bash\n"
    found = service(tmp_path, text)
    assert found.images.starts(found.deployment.images[0]) == Starts.A_SERVER


@pytest.mark.parametrize("source", ["last", "2", "LAST", "third"])
def test_a_stage_copies_from_none_that_is_not_before_it(tmp_path: Path, source: str) -> None:
    """BuildKit takes such a name for that of an image."""
    found = reader(
        tmp_path,
        "FROM python:3.12 AS first\nRUN python -m venv /venv\n"
        f"FROM python:3.12 AS last\nCOPY --from={source} /venv /venv\n"
        "FROM python:3.12 AS third\nRUN python -m venv /venv\nCOPY . .\n",
    )
    last = found.file.stages[1]
    assert [stage for _, stage in found.copies(last)] == [None]
    assert not found.environments(last) and not found.brings(last)


def test_a_parent_copies_from_none_behind_it(tmp_path: Path) -> None:
    stages = "FROM python AS a\nCOPY --from=b / /\nFROM python AS b\nRUN uv sync\nFROM a AS c\nCOPY . .\n"
    found = reader(tmp_path, stages)
    assert [stage for _, stage in found.copies(found.file.stages[2])] == [None]
