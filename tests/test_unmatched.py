"""Patterns of a configuration: those that match are fine, one that matches nothing says what may be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.config import configure
from archlint.findings import ArchlintError
from tests.example_pages import STANDARD
from tests.test_config import repository


def test_patterns_that_match_something_are_fine(tmp_path: Path) -> None:
    text = """
    exclude = ["*.html", "!keep/"]
    [layers]
    routers = ["**/main.py"]
    [per-file-ignores]
    "/app" = ["BA05"]
    """
    files = {"a/app/main.py": "", "a/keep/x.html": "", "a/archlint.toml": text}
    assert configure(repository(tmp_path, files), STANDARD)("a").folder == "a"


def test_what_another_file_says_may_match_nothing_here(tmp_path: Path) -> None:
    files = {
        "archlint.toml": "exclude = ['old/']\n",
        "old/a.py": "",
        "a/archlint.toml": "extend = '../archlint.toml'",
    }
    assert configure(repository(tmp_path, files), STANDARD)("a").exclude == ("old/",)


NOTHING = "matches no file of the repository"
NO_CODE = "matches no Python file of the repository"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('exclude = ["apq/"]', f"archlint.toml:1:12: `apq/` {NOTHING}; did you mean `app/`?"),
        ('exclude = ["ignored/"]', "does not look at what git ignores, so leave it out"),
        ('exclude = "!zzz/"', f"archlint.toml:1:1: `!zzz/` {NOTHING}"),
        ('[layers]\nrouters = "x(("', f"archlint.toml:2:1: `x((` {NO_CODE}"),
        (
            '[layers]\nrouters = ["app/", "controlers/"]',
            f":2:20: `controlers/` {NO_CODE}; did you mean `app/controllers/`?",
        ),
        ('[layers]\ncore = "templates/"', f"`templates/` {NO_CODE}"),
        ('[layers]\ncore = "/controllers/**"', "did you mean `app/controllers/`?"),
        (
            '[per-file-ignores]\n"app/mian.py" = ["BA05"]',
            f"archlint.toml:2:1: `app/mian.py` {NOTHING}; did you mean `app/main.py`?",
        ),
    ],
)
def test_one_that_matches_nothing_is_an_error_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    files = {"app/main.py": "", "app/controllers/users.py": "", "templates/a.html": "", "archlint.toml": text}
    repo = repository(tmp_path, files)
    (tmp_path / "ignored").mkdir()
    with pytest.raises(ArchlintError) as caught:
        configure(repo, STANDARD)("app")
    assert said in str(caught.value)
