from __future__ import annotations

import posixpath
from pathlib import Path

import pytest

from archlint.service.deployment.dockerfiles import Deployment, Holds
from tests.service.small import service_of

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
IMAGE = "FROM python:3.13\nCOPY . /app\nCMD uvicorn app.main:app\n"


def deployment(folder: Path, files: dict[str, str], root: str = ".") -> Deployment:
    return service_of(folder, files, root).deployment


def held(found: Deployment) -> dict[str, Holds]:
    return {image.path: image.holds for image in found.images}


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile",
        "dockerfile",
        "Containerfile",
        "Dockerfile.prod",
        "api.Dockerfile",
        "docker/Dockerfile-api",
        "docker-files/api",
        "images/api",
    ],
)
def test_names_of_dockerfiles(tmp_path: Path, name: str) -> None:
    assert held(deployment(tmp_path, {"app/main.py": APP, name: IMAGE})) == {name: Holds.SERVICE}


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile.dockerignore",
        "dockerfile.py",
        "docs/Dockerfile",
        ".devcontainer/Dockerfile",
        "tests/Dockerfile",
        "Dockerfile.md",
        "images/api.drawing",
    ],
)
def test_what_is_no_dockerfile_of_the_service(tmp_path: Path, name: str) -> None:
    assert held(deployment(tmp_path, {"app/main.py": APP, name: IMAGE})) == {}


def test_pictures_are_not_read(tmp_path: Path) -> None:
    found = deployment(tmp_path, {"app/main.py": APP, "images/api": IMAGE, "web/images/logo.png": IMAGE})
    assert held(found) == {"images/api": Holds.SERVICE}
    read = {posixpath.basename(path) for path in found.repository.reads.files}
    assert "api" in read
    assert "logo.png" not in read


@pytest.mark.parametrize(
    "text",
    [
        "FROM nginx\nCOPY nginx.conf /etc/nginx\n",
        "FROM postgres:17\nCOPY db /docker-entrypoint-initdb.d\n",
        "FROM python:3.13\nCOPY docs /docs\nRUN pip install mkdocs\n",
        "FROM python:3.13\nRUN pip install locust\n",
    ],
)
def test_images_of_other_things(tmp_path: Path, text: str) -> None:
    files = {"app/main.py": APP, "docker/Dockerfile": text, "pyproject.toml": "[project]\nname = 'shop'\n"}
    assert held(deployment(tmp_path, files)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.13\nCOPY app /srv/app\n",
        "FROM python:3.13\nCOPY ./app/ /srv/app\n",
        "FROM python:3.13\nCOPY app/*.py /srv/\n",
        'FROM python:3.13\nADD ["app", "/srv"]\n',
        "FROM ghcr.io/astral-sh/uv:0.9-debian\nCOPY pyproject.toml app ./\n",
        "FROM alpine\nRUN apk add python3\nRUN --mount=type=bind,source=.,target=/src cp -r /src /app\n",
        "FROM debian\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\nCOPY . .\n",
        "FROM python:3.13\nRUN pip install 'Shop[all]==1.0'\n",
        "FROM python:3.13\nRUN <<EOF\npip install --no-cache shop\nEOF\n",
    ],
)
def test_ways_into_the_image(tmp_path: Path, text: str) -> None:
    files = {"app/main.py": APP, "docker/Dockerfile": text, "pyproject.toml": "[project]\nname = 'shop'\n"}
    assert held(deployment(tmp_path, files)) == {"docker/Dockerfile": Holds.SERVICE}


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.13\nCOPY ${WHAT} /srv\n",
        "FROM python:3.13\nADD https://example.com/app.tar.gz /srv\n",
        "FROM debian\nCOPY . /srv\n",
        "this is not a Dockerfile\n",
    ],
)
def test_what_cannot_be_told_is_unclear(tmp_path: Path, text: str) -> None:
    assert held(deployment(tmp_path, {"app/main.py": APP, "Dockerfile": text})) == {
        "Dockerfile": Holds.UNCLEAR
    }


MONOREPO = {
    "pyproject.toml": "[tool.uv.workspace]\nmembers = ['services/*']\n",
    "services/orders/pyproject.toml": "[project]\nname = 'orders-api'\n",
    "services/orders/app/main.py": APP,
    "services/menu/pyproject.toml": "[project]\nname = 'menu'\n",
    "services/menu/menu/main.py": APP,
    "frontend/package.json": "{}",
    "frontend/Dockerfile": "FROM node\nRUN apk add python3\nCOPY . .\n",
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/orders/Dockerfile", IMAGE),
        ("docker/orders.Dockerfile", IMAGE),
        ("Dockerfile", "FROM python:3.13\nCOPY . .\nRUN uv sync --package orders_api\n"),
        ("Dockerfile", "FROM python:3.13\nCOPY . .\nWORKDIR /srv/services/orders\n"),
        ("Dockerfile", "FROM python:3.13\nCOPY services/orders /srv\n"),
    ],
)
def test_a_monorepos_image_is_of_the_service_that_it_speaks_of(tmp_path: Path, path: str, text: str) -> None:
    files = {**MONOREPO, path: text}
    assert held(deployment(tmp_path, files, "services/orders")) == {path: Holds.SERVICE}
    assert held(deployment(tmp_path, files, "services/menu")) == {}


def test_an_image_of_everything_that_speaks_of_nothing_is_unclear(tmp_path: Path) -> None:
    files = {**MONOREPO, "Dockerfile": "FROM python:3.13\nCOPY . .\n"}
    assert held(deployment(tmp_path, files, "services/menu")) == {"Dockerfile": Holds.UNCLEAR}


def test_compose_gives_the_context_and_any_file_name(tmp_path: Path) -> None:
    compose = "services:\n  api:\n    build: {context: backend, dockerfile: ../ops/image, target: prod}\n"
    files = {
        "backend/pyproject.toml": "[project]\nname = 'x'\n",
        "backend/app/main.py": APP,
        "compose.yaml": compose,
        "ops/image": "FROM python:3.13 AS prod\nCOPY app /app\nFROM prod AS dev\n",
    }
    (image,) = deployment(tmp_path, files, "backend").images
    assert (image.path, image.holds) == ("ops/image", Holds.SERVICE)
    assert [stage.name for stage in image.targets] == ["prod", "dev"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yaml", "services: {a: {image: b}}\n"),
        ("docker-compose.override.yml", "services: {a: {image: b}}\n"),
        ("deploy/docker-compose_prod.yaml", "services: {a: {image: b}}\n"),
        ("compose.yml", "include: [deploy/base.yml]\n"),
    ],
)
def test_compose_files(tmp_path: Path, path: str, text: str) -> None:
    found = deployment(tmp_path, {"app/main.py": APP, path: text, "deploy/base.yml": "services: {}\n"})
    assert path in [file.path for file in found.compose]


def test_included_files_are_followed_once(tmp_path: Path) -> None:
    files = {
        "app/main.py": APP,
        "compose.yaml": "include: [deploy/base.yml, {path: [deploy/more.yml, gone.yml]}]\nservices: {}\n",
        "deploy/base.yml": "include: [../compose.yaml]\nservices: {db: {image: postgres}}\n",
        "deploy/more.yml": "services: {cache: {image: redis}}\n",
    }
    found = deployment(tmp_path, files)
    assert [file.path for file in found.compose] == ["compose.yaml", "deploy/base.yml", "deploy/more.yml"]
    assert list(found.compose[1].services) == ["db"]


@pytest.mark.parametrize(
    "path",
    [
        "tests/compose.yaml",
        ".devcontainer/docker-compose.yml",
        "frontend/compose.yaml",
        "examples/compose.yml",
    ],
)
def test_compose_files_of_other_things(tmp_path: Path, path: str) -> None:
    files = {
        "backend/pyproject.toml": "[project]\nname = 'x'\n",
        "backend/app/main.py": APP,
        "frontend/package.json": "{}",
        path: "services: {a: {image: b}}\n",
    }
    found = deployment(tmp_path, files, "backend")
    assert (found.compose, found.compose_problems) == ((), ())


def test_yaml_with_the_word_in_its_name_is_no_compose_file(tmp_path: Path) -> None:
    files = {"app/main.py": APP, "process-compose.yaml": "processes: {}\n", "compose.yml": "jobs: {}\n"}
    found = deployment(tmp_path, files)
    assert (found.compose, found.compose_problems) == ((), ())


def test_a_broken_compose_file_is_a_problem(tmp_path: Path) -> None:
    found = deployment(tmp_path, {"app/main.py": APP, "compose.yaml": "services: [\n"})
    assert [problem.location.file for problem in found.compose_problems] == ["compose.yaml"]


@pytest.mark.parametrize(
    ("build", "context", "dockerfile", "target"),
    [
        ("build: .", "deploy", "deploy/Dockerfile", None),
        ("build: {context: ..}", ".", "Dockerfile", None),
        ("build: {context: .., dockerfile: d/File, target: '${T:-prod}'}", ".", "d/File", "prod"),
        ("build: {context: '${WHERE}'}", None, None, None),
        ("build: https://example.com/repo.git", None, None, None),
        ("build: {context: ., dockerfile_inline: FROM a}", "deploy", None, None),
    ],
)
def test_builds(
    tmp_path: Path, build: str, context: str | None, dockerfile: str | None, target: str | None
) -> None:
    files = {"app/main.py": APP, "deploy/compose.yaml": f"services:\n  a:\n    {build}\n"}
    (file,) = deployment(tmp_path, files).compose
    assert [(b.context, b.dockerfile, b.target) for b in file.builds] == [(context, dockerfile, target)]


@pytest.mark.parametrize("source", ["./app/", "app", "ap?", "app/*.py", "a*/main.py"])
def test_paths_that_only_fit_the_root_make_it_the_context(tmp_path: Path, source: str) -> None:
    text = f"FROM python:3.13\nCOPY {source} /app\nCMD uvicorn main:app\n"
    assert held(deployment(tmp_path, {"app/main.py": APP, "app/Dockerfile": text})) == {
        "app/Dockerfile": Holds.SERVICE
    }


@pytest.mark.parametrize("source", ["build", "ap", "a*/*/*.py", "[xyz]*"])
def test_a_copy_that_no_folder_has_widens_nothing(tmp_path: Path, source: str) -> None:
    text = f"FROM python:3.13\nCOPY app {source} /app/\nCMD python /app/run.py\n"
    assert held(deployment(tmp_path, {"app/main.py": APP, "app/Dockerfile": text})) == {}
