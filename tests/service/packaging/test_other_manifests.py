"""Requirements in setup.cfg, a Pipfile and a conda environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.packaging.runtime_dependencies import Provision, provision
from tests.service.small import service_of

SETUP = """\
[options]
install_requires =
  # what runs
  fastapi >=0.100,<1
  sqlalchemy[asyncio]  # the database

[options.extras_require]
postgres =
  asyncpg
"""
PIPFILE = """\
[packages]
fastapi = "*"
sqlalchemy = {version = "==1.4.41", extras = ["asyncio"]}
[dev-packages]
asyncpg = ">=0.29"
"""
CONDA = """\
name: a
channels: [conda-forge]
dependencies:
  - python=3.12
  - conda-forge::sqlalchemy=1.4
  - libpq >= 16, <18
  - fastapi==0.110.0=pyh_0
  - pip:
      - asyncpg>=0.29
      - -r more.txt
      - git+https://example.org/x.git
  - 3
"""


@pytest.mark.parametrize(
    ("name", "text", "driver"),
    [
        ("setup.cfg", SETUP, Provision.OPTIONAL),
        ("Pipfile", PIPFILE, Provision.OPTIONAL),
        ("environment.yml", CONDA, Provision.RUNTIME),
        ("environment.yaml", CONDA.replace("asyncpg", "psycopg"), Provision.MISSING),
        ("setup.cfg", "[options]\ninstall_requires = file: a.txt\n", Provision.MISSING),
        ("setup.cfg", "[options\n", Provision.MISSING),
        ("environment.yml", "dependencies: fastapi\n", Provision.MISSING),
        ("environment.yml", "- fastapi\n", Provision.MISSING),
        ("Pipfile", "[packages]\nfastapi = 1\n", Provision.MISSING),
    ],
)
def test_a_driver_is_asked_for(name: str, text: str, driver: Provision, tmp_path: Path) -> None:
    service = service_of(tmp_path, {"app/main.py": "", name: text})
    assert provision(service.versions, "asyncpg") is driver


@pytest.mark.parametrize(
    ("name", "text", "asked"),
    [
        ("setup.cfg", SETUP, [""]),
        ("Pipfile", PIPFILE, ["==1.4.41"]),
        ("environment.yml", CONDA, ["==1.4.*"]),
    ],
)
def test_a_version_is_asked_for(name: str, text: str, asked: list[str], tmp_path: Path) -> None:
    required = service_of(tmp_path, {"app/main.py": "", name: text}).versions.required("sqlalchemy")
    assert [str(one.specifiers) for one in required] == asked


IMAGE = 'FROM python:3.13\nCOPY . /srv\nRUN pip install -r {}\nCMD ["uvicorn", "app.main:app"]\n'
APP = "from fastapi import FastAPI\napp = FastAPI()\n"


@pytest.mark.parametrize(
    ("files", "driver"),
    [
        (
            {"infra/reqs/prod.txt": "asyncpg", "Dockerfile": IMAGE.format("infra/reqs/prod.txt")},
            Provision.RUNTIME,
        ),
        ({"infra/reqs/prod.txt": "asyncpg"}, Provision.MISSING),
        ({"requirements/generated/requirements-production.txt": "asyncpg==0.29"}, Provision.RUNTIME),
        ({"requirements/source/production.in": "asyncpg"}, Provision.RUNTIME),
        ({"requirements/generated/requirements-testing.txt": "asyncpg"}, Provision.MISSING),
        ({"requirements/dev/a.txt": "asyncpg"}, Provision.MISSING),
        ({"requirements.txt": "fastapi", "requirements/deep/main.txt": "asyncpg"}, Provision.MISSING),
    ],
)
def test_a_list_of_requirements_lies_elsewhere(
    files: dict[str, str], driver: Provision, tmp_path: Path
) -> None:
    service = service_of(tmp_path, {"app/main.py": APP, **files})
    assert provision(service.versions, "asyncpg") is driver
