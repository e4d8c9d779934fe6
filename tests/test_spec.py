"""The standard as data agrees with itself, and with the standard's own text where that is at hand."""

import hashlib
import os
import re
from pathlib import Path

import pytest

from archlint.findings import ArchlintError
from archlint.spec import rules_directory
from archlint.standard_files import read_spec

CHECKOUT = Path(__file__).parents[1]
DOCUMENT = Path(os.environ.get("ARCHLINT_SPEC_DOCUMENT", CHECKOUT / "../shared/spec/backend-architecture.md"))


def test_the_standard_is_complete() -> None:
    spec = read_spec(rules_directory())
    scenarios = [scenario for requirement in spec.requirements for scenario in requirement.scenarios]
    assert (len(spec.requirements), len(scenarios), len(list(spec.clauses))) == (11, 22, 77)


def test_ids_count_from_one_without_a_gap() -> None:
    for number, requirement in enumerate(read_spec(rules_directory()).requirements, start=1):
        assert requirement.id == f"BA{number:02}"
        for index, scenario in enumerate(requirement.scenarios, start=1):
            assert scenario.id == f"{requirement.id}.{index}"
            expected = [f"{scenario.id}.{place}" for place in range(1, len(scenario.clauses) + 1)]
            assert [clause.id for clause in scenario.clauses] == expected


def test_families_and_hashes_are_distinct() -> None:
    spec = read_spec(rules_directory())
    assert len({requirement.family for requirement in spec.requirements}) == 11
    assert len({clause.sha256 for clause in spec.clauses}) == 77


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="set ARCHLINT_SPEC_DOCUMENT to the standard's Markdown")
def test_the_hashes_are_those_of_the_standards_sentences() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    sentences = re.findall(r"^- \*\*(?:THEN|AND)\*\* (.+)$", text, re.MULTILINE)
    folded = [" ".join(sentence.split()).lower() for sentence in sentences]
    hashes = [hashlib.sha256(sentence.encode()).hexdigest() for sentence in folded]
    assert [clause.sha256 for clause in read_spec(rules_directory()).clauses] == hashes


def test_damaged_data_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text(
        'prefix = "BA"\nlayers = []\n[[requirement]]\nid = "BA01"\n', encoding="utf-8"
    )
    with pytest.raises(ArchlintError, match=r"spec\.toml: .*family"):
        read_spec(tmp_path)


def test_the_checkouts_own_data_is_found() -> None:
    assert rules_directory() == CHECKOUT / "rules"
