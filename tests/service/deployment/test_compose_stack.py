"""How compose files make one stack, and what its containers get."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.service.deployment.compose_containers import (
    dependencies,
    env_files,
    healthcheck,
    mounts,
    variables,
)
from archlint.service.deployment.compose_stack import Stack, StackService
from tests.service.small import service_of


def stack(folder: Path, files: dict[str, str]) -> Stack:
    return service_of(folder, files).deployment.stack


def one(folder: Path, *texts: str) -> StackService:
    """The service `app` of `compose.yaml` and of the files that are merged after it."""
    names = ["compose.yaml", *(f"compose.{number}.yaml" for number in range(len(texts) - 1))]
    found = stack(folder, dict(zip(names, texts, strict=True)))
    return next(service for service in found.services if service.name == "app")


def app(body: str) -> str:
    return f"services:\n  app:\n    image: example/shop\n    {body}\n"


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("postgres", ("postgres", None)),
        ("postgres:17", ("postgres", "17")),
        ("localhost:5000/db/postgres:17@sha256:ab12", ("localhost:5000/db/postgres", "17")),
        ("postgres:${VERSION:-16}", ("postgres", "16")),
        ("postgres:${VERSION}", ("postgres", None)),
        ("postgres:$VERSION-alpine", ("postgres", None)),
        ("${REGISTRY:-docker.io}/postgres:17", ("docker.io/postgres", "17")),
        ("${IMAGE}", None),
        ("${REGISTRY}/postgres:17", None),
    ],
)
def test_images(tmp_path: Path, text: str, image: tuple[str, str | None] | None) -> None:
    assert one(tmp_path, f"services: {{app: {{image: '{text}'}}}}").image == image


def test_a_stack_for_another_part_or_for_development_is_not_judged(tmp_path: Path) -> None:
    files = {
        "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "Dockerfile": "FROM python:3.13\nCOPY . /app\nCMD uvicorn app.main:app\n",
        "compose.yaml": "services: {app: {build: .}}",
        "compose.dev.yaml": "services: {mail: {image: mailhog/mailhog}}",
        "compose.example.yml": "services: {other: {image: redis}}",
        "tools/compose.yaml": "services: {grafana: {image: grafana/grafana}}",
    }
    assert [service.name for service in stack(tmp_path, files).services] == ["app"]


def test_without_the_app_the_stack_with_its_servers_is_judged(tmp_path: Path) -> None:
    files = {
        "deploy/compose.yaml": "services: {db: {image: postgres}}",
        "a/compose.yaml": "services: {x: {image: example/x}}",
    }
    assert [service.name for service in stack(tmp_path, files).services] == ["db"]


def test_files_that_include_one_another_do_not_hang(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "include: [b/compose.yaml]\nservices: {db: {image: postgres}}",
        "b/compose.yaml": "include: [../compose.yaml]\nservices: {db: {image: postgres}}",
    }
    assert {service.name for service in stack(tmp_path, files).services} == {"db"}


def test_services_that_extend_one_another_do_not_hang(tmp_path: Path) -> None:
    text = "services:\n  app: {extends: b, image: redis}\n  b: {extends: app}\n"
    assert one(tmp_path, text).image == ("redis", None)


def test_the_default_file_comes_first_and_the_override_second(tmp_path: Path) -> None:
    files = {
        "docker-compose.prod.yml": "services: {app: {image: c}}",
        "docker-compose.override.yml": "services: {app: {image: b}, tool: {image: t}}",
        "docker-compose.yml": "services: {app: {image: a}}",
    }
    found, tool = stack(tmp_path, files).services
    assert [layer.text("image") for layer in found.layers] == ["a", "b", "c"]
    assert (found.is_extra, tool.is_extra) == (False, True)


def test_variables_of_lists_and_mappings_are_merged(tmp_path: Path) -> None:
    service = one(tmp_path, app("environment: [A=1, B, C=x=y]"), app("environment: {A: 2, D: null}"))
    assert variables(service) == {"A": "2", "B": None, "C": "x=y", "D": None}


def test_reset_and_override_forget_earlier_layers(tmp_path: Path) -> None:
    first = app("environment: {A: 1}\n    env_file: a.env")
    second = app("environment: !override {B: 2}\n    env_file: !reset null")
    service = one(tmp_path, first, second)
    assert variables(service) == {"B": "2"}
    assert service.values("env_file") == ()


def test_env_files_are_paths_of_the_repository(tmp_path: Path) -> None:
    service = one(tmp_path, app("env_file: [./a.env, {path: deploy/b.env, required: false}]"))
    assert env_files(service) == ("a.env", "deploy/b.env")


@pytest.mark.parametrize(
    ("text", "target", "source", "kind"),
    [
        ("data:/var/lib", "/var/lib", "data", "volume"),
        ("./data:/var/lib:ro", "/var/lib", "./data", "bind"),
        ("${D:-./x}:/var/lib/", "/var/lib", "./x", "bind"),
        ("${D:?say where}:/var/lib", "/var/lib", "/unknown", "bind"),
        ("/var/lib", "/var/lib", None, "volume"),
    ],
)
def test_short_mounts(tmp_path: Path, text: str, target: str, source: str | None, kind: str) -> None:
    (mount,) = mounts(one(tmp_path, app(f"volumes: ['{text}']")))
    assert (mount.target, mount.source, mount.kind) == (target, source, kind)


def test_memory_is_a_mount(tmp_path: Path) -> None:
    service = one(tmp_path, app("tmpfs: /run\n    volumes: [{type: tmpfs, target: /tmp}]"))
    assert [(mount.target, mount.kind) for mount in mounts(service)] == [("/run", "tmpfs"), ("/tmp", "tmpfs")]


@pytest.mark.parametrize(
    ("bodies", "is_off"),
    [
        (["restart: always"], None),
        (["healthcheck: {interval: 5s}"], None),
        (["healthcheck: {test: curl x}"], False),
        (["healthcheck: {disable: true}"], True),
        (["healthcheck: {disable: false, test: [CMD, a]}"], False),
        (["healthcheck: {test: [NONE]}"], True),
        (["healthcheck: {test: curl x}", "healthcheck: {interval: 5s}"], False),
        (["healthcheck: {disable: true}", "healthcheck: {test: curl x}"], False),
    ],
)
def test_health_checks(tmp_path: Path, bodies: list[str], is_off: bool | None) -> None:
    check = healthcheck(one(tmp_path, *map(app, bodies)))
    assert (check and check.is_off) == is_off


def test_dependencies_are_merged_by_name(tmp_path: Path) -> None:
    second = app("depends_on: {b: {condition: service_healthy}}")
    service = one(tmp_path, app("depends_on: [a, b]"), second)
    found = {dependency.name: dependency.condition for dependency in dependencies(service)}
    assert found == {"a": "service_started", "b": "service_healthy"}


@given(st.text(alphabet="${}:-?/.ab", max_size=20))
def test_any_text_is_some_mount(text: str) -> None:
    from archlint.service.deployment.compose_containers import _short

    assert _short(text).target
