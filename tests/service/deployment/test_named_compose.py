"""Which files commands hand to compose."""

from pathlib import Path

import pytest

from archlint import readings
from archlint.discover import find_repository
from archlint.service.deployment.named_compose import named_compose


def named(place: Path, file: str, text: str, *others: str) -> set[str]:
    for path, content in ((file, text), *((other, "services: {}\n") for other in others)):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(content)
    repository = find_repository([place])
    return set(named_compose(repository, repository.files))


@pytest.mark.parametrize(
    "text",
    [
        "up:\n\tdocker build -f app.yml .\n",
        "up:\n\tkubectl apply -f app.yml\n",
        "up:\n\tdocker compose up; kubectl apply -f app.yml\n",
        "up:\n\tdocker compose -f other/app.yml up\n",
        "up:\n\tdocker compose -f app.yaml up\n",
    ],
)
def test_what_another_command_is_given_and_what_is_not_there_is_no_compose_file(
    tmp_path: Path, text: str
) -> None:
    assert not named(tmp_path, "Makefile", text, "app.yml")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("Makefile", "up:\n\tdocker compose -f app.yml -f db.yml up -d\n"),
        ("Makefile", "up:\n\tdocker-compose --file=app.yml \\\n\t  --file db.yml up\n"),
        ("justfile", "up:\n  docker stack deploy -c app.yml --compose-file db.yml shop\n"),
        ("run.sh", "podman-compose -f \"app.yml\" -f './db.yml' up\n"),
        (".env", "COMPOSE_FILE=app.yml:db.yml\n"),
        (".github/workflows/ci.yml", "jobs: {a: {steps: [{run: docker compose -f app.yml -f db.yml up}]}}\n"),
        ("README.md", "Run `docker compose -f app.yml -f db.yml up`.\n"),
        ("package.json", '{"scripts": {"up": "docker compose -f app.yml -f db.yml up"}}\n'),
    ],
)
def test_every_spelling_of_files_names_them(tmp_path: Path, file: str, text: str) -> None:
    assert named(tmp_path, file, text, "app.yml", "db.yml", "values.yml") == {"app.yml", "db.yml"}


def test_a_path_is_of_the_file_that_has_it_or_else_of_the_only_file_that_ends_so(tmp_path: Path) -> None:
    text = "cd deploy && docker compose -f app.yml up; docker compose -f db.yml up\n"

    assert named(tmp_path, "ops/run.sh", text, "deploy/app.yml", "a/db.yml", "b/db.yml") == {"deploy/app.yml"}


def test_whoever_asks_depends_on_the_named_files_and_not_on_the_rest_of_a_readme(tmp_path: Path) -> None:
    readings.begin()
    assert named(tmp_path, "README.md", "Run `docker compose -f app.yml up`.\n", "app.yml") == {"app.yml"}
    assert "README.md" not in readings.so_far().documents
