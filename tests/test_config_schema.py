"""The JSON schema of the configuration: as the standard is, in SchemaStore's form, and of archlint's mind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft7Validator

from archlint.config import KEYS, read_config
from archlint.facts.toml import read_toml
from archlint.findings import ArchlintError
from archlint.standard import bundled_standard
from tools import config_schema

SCHEMA: dict[str, Any] = json.loads(config_schema.PATH.read_text())
ROOT = Path(__file__).parents[1]
VALIDATOR = Draft7Validator(SCHEMA)


def test_it_is_as_it_would_be_written() -> None:
    assert config_schema.main("--check") == 0, "run: uv run python -m tools.config_schema"


def test_it_has_schemastores_form() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert SCHEMA["additionalProperties"] is False
    assert set(SCHEMA["properties"]) == set(KEYS)
    assert all(one["description"] for one in SCHEMA["properties"].values())


def accepted(text: str) -> bool:
    try:
        read_config(read_toml("archlint.toml", text.encode()), ".", bundled_standard(), is_pyproject=False)
    except ArchlintError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    [
        "",
        'select = "ALL"',
        'select = ["BA05", "BA051", "layers", "router-bypasses-service"]',
        'ignore = ["BA99"]',
        "ignore = [1]",
        'exclude = ["legacy/"]',
        'severity = { BA05 = "warning" }',
        'severity = { BA05 = "fatal" }',
        '[layers]\nrouters = "app/api/"',
        '[layers]\ncontrollers = ["app/api/"]',
        '[per-file-ignores]\n"old/" = ["BA0511"]',
        '[per-file-ignores]\n"old/" = ["BA0599"]',
        "[rules.business-logic-in-router]\nmax-steps = 3",
        '[rules.business-logic-in-router]\nmax-steps = "3"',
        "[rules.business-logic-in-router]\nmax-stops = 3",
        "[rules.no-such-rule]\nx = 1",
        "type-checking-imports = true",
        'type-checking-imports = "yes"',
        "sellect = []",
    ],
)
def test_it_accepts_what_archlint_accepts(text: str) -> None:
    assert VALIDATOR.is_valid(tomli.loads(text)) is accepted(text)


@pytest.mark.parametrize("document", ["README.md", "docs/guide.md"])
def test_it_accepts_what_the_documents_show(document: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    tables = [tomli.loads(block).get("tool", {}).get("archlint") for block in blocks]
    assert any(tables)
    for table in filter(None, tables):
        VALIDATOR.validate(table)
