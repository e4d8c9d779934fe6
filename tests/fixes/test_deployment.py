"""The fixes of compose files, pipelines and images: every other byte of them stays."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlint.fixes.edits import Replace
from archlint.fixes.text_edits import rewritten
from archlint.fixes.worker import Job
from tests.fixes.settling import settled

APP = {
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "Dockerfile": """\
        FROM python:3.13-slim AS build
        COPY . /src
        RUN pip install --target /packages /src
        FROM python:3.13-slim
        COPY --from=build /packages /packages
        CMD ["uvicorn", "app.main:app"]
        """,
}
COMPOSE = """\
# The stack.
services:
  app:
    build: .
    depends_on:
    - db   # first
    - "cache"
    healthcheck: {test: [CMD, true]}
  db:
    image: postgres:18 # pinned

    volumes: [data:/var/lib/postgresql]
  cache:
    image: redis:8
  proxy: {image: nginx}
volumes:
  data: {}
"""
CHECKED = COMPOSE.replace(
    "pinned\n",
    """pinned
    healthcheck:
      test: [CMD-SHELL, "pg_isready --username=$${POSTGRES_USER:-postgres}"]
      interval: 5s
      timeout: 5s
      retries: 10
""",
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_health_check_is_added_below_the_image(tmp_path: Path, end: str) -> None:
    outcome = settled(tmp_path, {**APP, "compose.yaml": COMPOSE.replace("\n", end).encode()}, "BA1013")
    wanted = CHECKED.replace(
        "redis:8\n",
        """redis:8
    healthcheck:
      test: [CMD, redis-cli, ping]
      interval: 5s
      timeout: 5s
      retries: 10
""",
    )
    assert (tmp_path / "compose.yaml").read_bytes().decode() == wanted.replace("\n", end)
    assert [finding.message for finding in outcome.report.findings] == [
        "Compose service `proxy` has no health check"
    ]


def test_a_health_check_at_the_end_of_a_file_without_a_last_line_end(tmp_path: Path) -> None:
    settled(tmp_path, {**APP, "compose.yaml": b"services:\n  db:\n    image: postgres"}, "BA1013")
    after = (tmp_path / "compose.yaml").read_text()
    assert after.startswith(
        "services:\n  db:\n    image: postgres\n    healthcheck:\n      test: [CMD-SHELL, "
    )
    assert after.endswith("\n      retries: 10")


def test_waiting_for_health_brings_the_check_along(tmp_path: Path) -> None:
    settled(tmp_path, {**APP, "compose.yaml": COMPOSE.encode()}, "BA1016")
    wanted = CHECKED.replace(
        '    - db   # first\n    - "cache"\n',
        "      db:\n        condition: service_healthy   # first\n"
        "      cache:\n        condition: service_started\n",
    )
    assert (tmp_path / "compose.yaml").read_text() == wanted


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("[db, cache]", "{db: {condition: service_healthy}, cache: {condition: service_started}}"),
        ("{db: {condition: service_started, x-a: true}}", "{db: {condition: service_healthy, x-a: true}}"),
        ("\n      db:\n        condition: 'service_started'", "\n      db:\n"
         "        condition: service_healthy"),
        ("\n      - db", "\n      db:\n        condition: service_healthy"),
        ("\n      -   db\n      # then\n      - cache", "\n      db:\n        condition: service_healthy\n"
         "      # then\n      cache:\n        condition: service_started"),
    ],
)  # fmt: skip
def test_each_form_of_a_dependency_is_kept(tmp_path: Path, written: str, instead: str) -> None:
    before = CHECKED.replace('\n    - db   # first\n    - "cache"', f" {written}".replace(" \n", "\n"))
    settled(tmp_path, {**APP, "compose.yaml": before.encode()}, "BA1016")
    assert (tmp_path / "compose.yaml").read_text() == before.replace(written, instead)


def test_nothing_waits_for_what_has_no_check_and_gets_none(tmp_path: Path) -> None:
    before = COMPOSE.replace("image: postgres:18", "image: registry.example.com/postgres:18")
    outcome = settled(tmp_path, {**APP, "compose.yaml": before.encode()}, "BA1016")
    assert (outcome.done, (tmp_path / "compose.yaml").read_text()) == ([], before)


NAMES = st.sampled_from(["db", "cache", "queue", "mail"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(NAMES, min_size=1, unique=True), st.integers(0, 4), st.sampled_from(['"', "'", ""]), st.data()
)
def test_a_list_means_the_same_as_the_mapping(
    names: list[str], deep: int, quote: str, data: st.DataObject
) -> None:
    """The edits of a list's items, whatever their indentation, make the mapping that compose makes of it."""
    from archlint.facts.yaml import YamlMapping, read_yaml
    from archlint.fixes.docker.starts_before_healthy import _conditions
    from archlint.fixes.texts import TextFile

    chosen = data.draw(st.sampled_from(names))
    comments = data.draw(st.lists(st.sampled_from(["", "  # why"]), min_size=len(names), max_size=len(names)))
    items = (
        f"{' ' * (4 + deep)}- {quote}{one}{quote}{comment}\n"
        for one, comment in zip(names, comments, strict=True)
    )
    text = f"a:\n    depends_on:\n{''.join(items)}    image: x\n"
    mapping = read_yaml("a.yaml", text.encode()).mapping
    inner = mapping.mapping("a") if mapping else None
    assert isinstance(inner, YamlMapping)
    value = inner.get("depends_on")
    assert value is not None
    edits = _conditions(TextFile("a.yaml", tuple(text.splitlines(keepends=True))), value, chosen, 5)
    after = rewritten(Job("a.yaml", text.encode(), tuple(edits))).data.decode()
    assert all(isinstance(edit, Replace) for edit in edits)
    assert yaml.safe_load(after)["a"] == {
        "depends_on": {
            n: {"condition": "service_healthy" if n == chosen else "service_started"} for n in names
        },
        "image": "x",
    }


LOCKED = {
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "pyproject.toml": """\
        [project]
        name = "desk"
        version = "0.1.0"
        requires-python = ">=3.12"
        dependencies = []
        """,
    "uv.lock": """\
        version = 1
        revision = 3
        requires-python = ">=3.12"

        [[package]]
        name = "desk"
        version = "0.1.0"
        source = { virtual = "." }
        """,
}
WORKFLOW = """\
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: uv  sync --all-extras # everything
      - run: uv run pytest
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo run && /usr/bin/uv --offline run ruff check   # run it
          uv run --frozen true; uv run mypy
          uv pip install .
"""


def test_pipelines_with_a_lock_that_fits_are_locked(tmp_path: Path) -> None:
    outcome = settled(tmp_path, {**LOCKED, ".github/workflows/ci.yaml": WORKFLOW.encode()}, "BA0409")
    wanted = WORKFLOW.replace("uv  sync", "uv  sync --locked").replace(
        "--offline run", "--offline run --locked"
    )
    wanted = wanted.replace("uv run mypy", "uv run --locked mypy")
    assert (tmp_path / ".github/workflows/ci.yaml").read_text() == wanted
    assert ["uv pip install" in finding.message for finding in outcome.report.findings] == [True]


def test_what_may_stop_is_unsafe(tmp_path: Path) -> None:
    files = {
        **LOCKED,
        "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN echo 1 && \\\n    uv sync --no-dev\nCMD true\n",
    }
    assert settled(tmp_path, files, "BA0409").done == []
    settled(tmp_path, files, "BA0409", unsafe=True)
    assert "    uv sync --locked --no-dev\n" in (tmp_path / "Dockerfile").read_text()
    stale = {"pyproject.toml": dedent(LOCKED["pyproject.toml"]).replace("= []", '= ["httpx"]')}
    workflow = {".github/workflows/ci.yaml": "jobs: {a: {steps: [{run: uv sync}]}}\n"}
    outcome = settled(tmp_path, {**files, **stale, **workflow}, "BA0409")
    assert (outcome.done, [one.plan.safe for one in outcome.unsafe]) == ([], [False, False])
