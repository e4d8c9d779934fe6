"""Keep the JSON schema of `[tool.archlint]`, by which editors complete and check, true to the standard.

uv run python -m tools.config_schema           # write it
uv run python -m tools.config_schema --check   # say whether it is as it would be written
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from archlint.findings import Severity
from archlint.pages import Option, Page
from archlint.standard import Standard, bundled_standard

PATH = Path(__file__).parents[1] / "src/archlint/schemas/config.schema.json"
TYPES = {bool: "boolean", str: "string", int: "integer", float: "number"}


def main(*options: str) -> int:
    """Write the schema, or with `--check` tell by the exit code whether it is up to date."""
    text = json.dumps(schema(bundled_standard()), indent=2) + "\n"
    if "--check" in options:
        return int(PATH.read_text(encoding="utf-8") != text)
    PATH.write_text(text, encoding="utf-8")
    return 0


def schema(standard: Standard) -> dict[str, Any]:
    """The schema in the draft and the form that SchemaStore asks for."""
    selectors = _selectors(standard)
    patterns = _strings("Patterns as in .gitignore, relative to this file's folder")
    listed = {"anyOf": [{"$ref": "#/definitions/selector"}, {"$ref": "#/definitions/selectors"}]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://json.schemastore.org/archlint.json",
        "title": "archlint",
        "description": "What a FastAPI service's maintainers ask of archlint",
        "type": "object",
        "additionalProperties": False,
        "definitions": {
            "selector": selectors,
            "selectors": {"type": "array", "items": {"$ref": "#/definitions/selector"}},
            "patterns": {"anyOf": [{"type": "string"}, patterns]},
        },
        "properties": {
            "extend": {
                "description": "A file, or `package:file`, that counts where this one is silent",
                "type": "string",
            },
            "select": {"description": "Run these rules and no others", **listed},
            "ignore": {"description": "Leave these rules out", **listed},
            "extend-select": {"description": "Run these rules as well", **listed},
            "per-file-ignores": {
                "description": "Rules that say nothing of the files that a pattern matches",
                "type": "object",
                "additionalProperties": listed,
            },
            "exclude": {"description": "Files that are not read", "$ref": "#/definitions/patterns"},
            "severity": {
                "description": "How severe the findings of rules are",
                "type": "object",
                "propertyNames": {"$ref": "#/definitions/selector"},
                "additionalProperties": {"enum": [severity.value for severity in Severity]},
            },
            "layers": {
                "description": "Where the layers are whose folders have other names",
                "type": "object",
                "additionalProperties": False,
                "properties": {name: {"$ref": "#/definitions/patterns"} for name in standard.layers},
            },
            "type-checking-imports": {
                "description": "Whether imports for type checkers only count as imports",
                "type": "boolean",
                "default": False,
            },
            "rules": {
                "description": "The options of rules",
                "type": "object",
                "additionalProperties": False,
                "properties": {page.name: _rule(page) for page in standard.pages if page.options},
            },
        },
    }


def _selectors(standard: Standard) -> dict[str, Any]:
    names = {
        name for page in standard.pages for name in (page.code, page.requirement, page.family, page.name)
    }
    prefixes = {
        page.code[:length] for page in standard.pages for length in range(len(page.prefix), len(page.code))
    }
    return {
        "description": "A code, a prefix of codes, a requirement, a family, a rule's name, or ALL",
        "enum": ["ALL", *sorted(names | prefixes)],
    }


def _rule(page: Page) -> dict[str, Any]:
    return {
        "description": f"{page.code} ({page.severity})",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _option(option) for name, option in page.options.items()},
    }


def _option(option: Option) -> dict[str, Any]:
    described = {"description": option.description, "default": option.default}
    if not isinstance(option.default, list):
        return {**described, "type": TYPES[type(option.default)]}
    items = {"type": "string"} | ({"format": "regex"} if option.form == "regex" else {})
    return {**described, "type": "array", "items": items}


def _strings(description: str) -> dict[str, Any]:
    return {"description": description, "type": "array", "items": {"type": "string"}}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
