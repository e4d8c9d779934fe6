"""What the README shows and says is what happens."""

import re
from pathlib import Path

import pytest

import archlint
from archlint.config import read_config
from archlint.facts.toml import read_toml
from archlint.standard import bundled_standard
from tools.readme import PICTURE, ROOT, picture

STANDARD = bundled_standard()
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="paths are shown from the top of a git checkout")
def test_the_picture_is_what_archlint_prints() -> None:
    found = PICTURE.search(README)
    assert found is not None
    assert picture(found["command"]) == found[0]


@pytest.mark.parametrize("document", ["README.md", "docs/guide.md"])
def test_the_configurations_that_it_shows_are_good(document: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        assert (
            read_config(read_toml("pyproject.toml", block.encode()), ".", STANDARD, is_pyproject=True)
            is not None
        )


def test_the_files_that_it_links_exist() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_changelog_knows_the_version() -> None:
    changelog = Path(ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {archlint.__version__}\n" in changelog or "## Unreleased\n" in changelog
