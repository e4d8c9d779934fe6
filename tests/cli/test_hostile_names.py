"""What a repository says reaches no terminal and no log raw: names and texts with every control character."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from archlint.report.formats import FORMATS
from tests.cli.command_line import Run, write

if sys.platform == "win32":
    pytest.skip("Windows has no such file names", allow_module_level=True)

CONTROLS = "".join(
    chr(point)
    for point in (*range(1, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), 0x2066, 0xFEFF)
    if chr(point) != "/"
)
COMMAND = "\n::error::owned\n##[error]owned\n##vso[task.setvariable]owned\r::error::owned\n"
HOSTILE = CONTROLS + COMMAND.replace("/", "")
NAME = "a\n::error::b\r\x1b[2J\u202e"
COMMANDS = [
    *(("check", "--output-format", name) for name in FORMATS),
    ("check", "--statistics"),
    ("check", "--strict"),
    ("check", "--diff", "--unsafe-fixes"),
    *(("routes", "--format", name) for name in ("text", "tree", "json")),
    *(("schema", "--format", name) for name in ("text", "json", "mermaid")),
    *(("graph", *how) for how in ((), ("--modules",), ("--format", "dot"), ("--format", "json"))),
    *(("report", "--format", name) for name in ("text", "markdown", "json", "html")),
]


def hostile_service(root: Path) -> None:
    """Every text that archlint quotes is hostile: paths, names, messages of parsers, settings, revisions."""
    text = repr(HOSTILE)
    main = f"""
        from fastapi import FastAPI, APIRouter
        app = FastAPI(title={text})
        router = APIRouter(prefix="/a" + {text}, tags=[{text}])

        @router.get("/x" + {text})
        def handler(name: str = {text}): return 1

        app.include_router(router)
        """
    models = f"""
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        class Base(DeclarativeBase): ...
        class T(Base):
            __tablename__ = {text}
            id: Mapped[int] = mapped_column({text}, primary_key=True, comment={text})
        """
    write(root, {"app/main.py": main, "app/models.py": models, f"app/{NAME}.py": "def broken(:\n"})
    write(root, {f"{NAME}/Dockerfile": f"FROM x\nRUN pip install {NAME!r}\n", "Dockerfile": "FROM x\n"})
    write(root, {"compose.yaml": f'services:\n  "a\\u001b\\u202e{"b"}":\n    image: "x\\u009b::error::"\n'})
    write(root, {"alembic.ini": "[alembic]\nscript_location = migrations\n"})
    write(root, {"migrations/env.py": "", f"migrations/versions/{NAME}.py": f"revision = {text}\n"})


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_control_character_and_no_command_gets_through(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    hostile_service(tmp_path)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    result = run(*command)
    assert result.code in (0, 1, 2)
    assert "internal error" not in result.err
    for stream in (result.out, result.err):
        raw = {c for c in stream if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} and c not in "\n\t"}
        assert raw == set()
        for line in stream.split("\n"):
            ours = command[-1] == "github" and (
                "title=BA" in line or line.startswith("::notice title=archlint::")
            )
            assert ours or not line.lstrip().startswith("::"), line
            assert "##[" not in line and "##vso[" not in line


def test_messages_about_the_configuration_are_safe(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n"})
    write(tmp_path, {"archlint.toml": 'select = ["a\\n::error::x\\u001b"]\n'})
    result = run("check")
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert "\x1b" not in result.err
