"""Loops that are started on the event loop: only where it is certain that one runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.asynchronous.nested_loops import nested_loops
from tests.service.small import service_of

HEAD = """
import asyncio
from fastapi import FastAPI

app = FastAPI()

async def work(): ...

"""

SILENT = {
    "in a thread": "@app.get('/')\ndef read():\n    asyncio.run(work())\n",
    "at the start of the program": "if __name__ == '__main__':\n    asyncio.run(work())\n",
    "who looks for a running loop": """
def start():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work())

@app.get('/')
async def read():
    start()
""",
    "a loop that is patched": (
        "import nest_asyncio\n\n@app.get('/')\nasync def read():\n    asyncio.run(work())\n"
    ),
}
FOUND = {
    "in an async endpoint": ("@app.get('/')\nasync def read():\n    asyncio.run(work())\n", ["read"]),
    "in what it calls": (
        "def start():\n    asyncio.run(work())\n\n@app.get('/')\nasync def read():\n    start()\n",
        ["read"],
    ),
}


def found(folder: Path, text: str) -> list[str]:
    calls = service_of(folder, {"app/main.py": HEAD + text}).calls
    return [one.function.short_name for one in nested_loops(calls)]


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_said(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, SILENT[name]) == []


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found(name: str, tmp_path: Path) -> None:
    text, wanted = FOUND[name]
    assert found(tmp_path, text) == wanted
