"""Which Dockerfile is deployed: what must not be taken for production comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.small import service_of

ONE = 'FROM python:3.13\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["uvicorn", "app.main:app"]\n'
WORKFLOW = """\
on: {events}
jobs:
  {job}:
    steps:
      - uses: docker/build-push-action@v6
        with: {given}
"""


def built(**given: str) -> str:
    return "services:\n  app:\n    build:\n" + "".join(f"      {k}: {v}\n" for k, v in given.items())


def serving(folder: Path, files: dict[str, str]) -> list[str]:
    service = service_of(folder, {"app/main.py": "x = 1\n", **files})
    return [image.path for image in service.images.serving]


@pytest.mark.parametrize(
    "files",
    [
        {"docker-compose.dev.yml": built(context=".")},
        {"docker-compose.test.yml": built(context="."), "compose.local.yml": built(context=".")},
        {
            ".github/workflows/a.yml": WORKFLOW.format(
                events="pull_request", job="image", given="{context: .}"
            )
        },
        {".github/workflows/a.yml": WORKFLOW.format(events="push", job="test", given="{context: .}")},
        {".github/workflows/a.yml": "on: push\njobs:\n  lint:\n    steps:\n      - run: docker build .\n"},
    ],
)
def test_what_development_and_trials_build_is_not_deployed_beside_another(
    files: dict[str, str], tmp_path: Path
) -> None:
    both = {"Dockerfile": ONE, "docker/Dockerfile": ONE, **files}
    both["docker-compose.prod.yml"] = built(context=".", dockerfile="docker/Dockerfile")
    assert serving(tmp_path, both) == ["docker/Dockerfile"]


@pytest.mark.parametrize(
    "files",
    [
        {"docker-compose.dev.yml": built(context=".")},
        {"Dockerfile": ONE.replace("]", ', "--reload"]')},
        {"Dockerfile": ONE.replace("requirements.txt", "requirements-dev.txt")},
    ],
)
def test_the_only_one_is_deployed_whatever_speaks_against_it(files: dict[str, str], tmp_path: Path) -> None:
    assert serving(tmp_path, {"Dockerfile": ONE, **files}) == ["Dockerfile"]


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("Dockerfile.prod", {}),
        ("production.Dockerfile", {}),
        (
            "docker/Dockerfile",
            {"docker-compose.prod.yml": built(context=".", dockerfile="docker/Dockerfile")},
        ),
        ("docker/Dockerfile", {"fly.toml": '[build]\ndockerfile = "docker/Dockerfile"\n'}),
        ("docker/Dockerfile", {"render.yaml": "services:\n  - dockerfilePath: ./docker/Dockerfile\n"}),
        ("docker/Dockerfile", {"docker-bake.hcl": 'target "app" {\n  dockerfile = "docker/Dockerfile"\n}\n'}),
        ("docker/Dockerfile", {"deploy/skaffold.yaml": "docker:\n  dockerfile: docker/Dockerfile\n"}),
        (
            "docker/Dockerfile",
            {
                ".github/workflows/a.yml": WORKFLOW.format(
                    events="push", job="image", given="{context: ., file: docker/Dockerfile}"
                )
            },
        ),
        (
            "docker/Dockerfile",
            {
                ".github/workflows/a.yml": "on: push\njobs:\n  image:\n    steps:\n"
                "      - run: docker buildx build --platform linux/amd64 -t x --push -f docker/Dockerfile .\n"
            },
        ),
        (
            "docker/Dockerfile",
            {
                ".github/workflows/a.yml": "on: push\njobs:\n  image:\n    steps:\n"
                "      - run: docker build -t x .\n        working-directory: docker\n"
            },
        ),
        (
            "docker/Dockerfile",
            {
                ".gitlab-ci.yml": "image:\n  stage: release\n"
                "  script: [x]\npublish:\n  script:\n    - podman build --file=docker/Dockerfile -t x .\n"
            },
        ),
    ],
)
def test_what_is_built_for_production_is_deployed(path: str, files: dict[str, str], tmp_path: Path) -> None:
    assert serving(tmp_path, {"Dockerfile": ONE, path: ONE, **files}) == [path]


@pytest.mark.parametrize(
    "aside",
    [
        {"dev/Dockerfile": ONE},
        {"docker/Dockerfile": ONE.replace("]", ', "--reload"]')},
        {"docker/Dockerfile": ONE.replace("requirements.txt", "requirements-dev.txt")},
    ],
)
def test_what_speaks_of_development_is_left_out_beside_another(aside: dict[str, str], tmp_path: Path) -> None:
    assert serving(tmp_path, {"Dockerfile": ONE, **aside}) == ["Dockerfile"]


def test_of_two_that_nothing_tells_apart_both_are_deployed(tmp_path: Path) -> None:
    assert serving(tmp_path, {"Dockerfile": ONE, "docker/Dockerfile": ONE}) == [
        "Dockerfile",
        "docker/Dockerfile",
    ]
