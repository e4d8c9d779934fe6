"""What commands install."""

import pytest

from archlint.findings import Location
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.deployment.installs import installed_list


def command(text: str) -> Command:
    return Command(tuple(text.split()), Location("x"), CommandContext.BUILD, "x")


FILES = (
    "infra/requirements/prod.txt",
    "infra/requirements/dev.txt",
    "jobs/requirements/prod.txt",
    "app/main.py",
)


@pytest.mark.parametrize(
    "words",
    ["pip install fastapi", "pip install -r requirements/dev.txt", "pip install -r other.txt", "ls -r x"],
)
def test_what_installs_no_list_of_the_repository_names_none(words: str) -> None:
    assert installed_list([command(words)], FILES, "app/main.py") is None


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("pip install -r infra/requirements/prod.txt", "infra/requirements/prod.txt"),
        ("pip install -r ./infra/requirements/prod.txt", "infra/requirements/prod.txt"),
        ("pip install --no-cache-dir -r /tmp/requirements/prod.txt", "infra/requirements/prod.txt"),
        ("uv pip sync jobs/requirements/prod.txt", "jobs/requirements/prod.txt"),
        ("pip3 install -rrequirements/prod.txt", "infra/requirements/prod.txt"),
    ],
)
def test_the_file_that_agrees_with_the_most_of_the_path_is_meant(words: str, file: str) -> None:
    assert installed_list([command(words)], FILES, "app/main.py") == file


def test_of_several_the_nearest_is_meant() -> None:
    commands = [
        command("pip install -r requirements/prod.txt"),
        command("pip install -r app/requirements.txt"),
    ]
    files = ("app/requirements.txt", *FILES)

    assert installed_list(commands, files, "app/main.py") == "app/requirements.txt"
    assert installed_list(commands, files, "jobs/main.py") == "jobs/requirements/prod.txt"
