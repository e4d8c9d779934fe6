"""How sure it is that somebody else's requirement will always bring what a service imports (BA0405)."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.engine import run
from archlint.findings import Severity
from archlint.loading import Request
from archlint.selectors import Selection
from tests.cli.command_line import write

SHOP = """\
[project]
name = "shop"
version = "1"
requires-python = ">=3.12"
dependencies = ["common", {also}]

[tool.uv.sources]
common = {{ workspace = true }}
"""
COMMON = '[project]\nname = "common"\nversion = "1"\ndependencies = ["fastapi"]\n'
LOCK = "version = 1\n" + "".join(
    f'[[package]]\nname = "{name}"\nversion = "1"\nsource = {{ registry = "https://pypi.org/simple" }}\n'
    f"dependencies = [{dependencies}]\n"
    for name, dependencies in (
        ("common", '{ name = "fastapi" }'),
        ("fastapi", '{ name = "starlette" }'),
        ("starlette", '{ name = "anyio" }, { name = "colorama", marker = "os_name == \'nt\'" }'),
        ("anyio", ""),
        ("colorama", ""),
        ("openai", '{ name = "fastapi" }'),
    )
)


@pytest.mark.parametrize(
    ("also", "imported", "expected"),
    [
        ("'fastapi'", "fastapi", None),
        ("'uvicorn'", "fastapi", Severity.WARNING),  # the package beside it declares it
        ("'fastapi'", "starlette", Severity.WARNING),
        ("'uvicorn'", "anyio", Severity.WARNING),
        ("'uvicorn'", "colorama", Severity.ERROR),
        ("'uvicorn'", "openai", Severity.ERROR),
    ],
)
def test_what_is_brought_always_is_a_warning(
    tmp_path: Path, also: str, imported: str, expected: Severity | None
) -> None:
    (tmp_path / ".git").mkdir()
    files = {
        "shop/pyproject.toml": SHOP.format(also=also),
        "shop/shop/main.py": f"from fastapi import FastAPI\nimport {imported}\n\napp = FastAPI()\n",
        "common/pyproject.toml": COMMON,
        "common/common/__init__.py": "",
        "uv.lock": LOCK,
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["shop", "common"]\n',
    }
    write(tmp_path, files)
    findings = run(Request((tmp_path,), Selection(select=("BA0405",)))).findings
    found = {one.message.split("`")[1]: one.severity for one in findings}
    assert found.get(imported) == expected
