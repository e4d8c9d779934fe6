"""No secret leaves archlint in full, whatever it writes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.command_line import Run, write

SECRETS = (
    "Wm3r8Tb1c92yUs7a",
    "n0w4yT0Kn0wTh1s",
    "Hs5nQr4k7D",
    "b3Gx9Vd5Jk1Sy6Lf2Pc8",
    "mRzTqWnXvLcYjHgFbDsPkUaE",
)
FILES = {
    "app/main.py": f"""\
        import os

        from fastapi import FastAPI
        from pydantic import SecretStr
        from pydantic_settings import BaseSettings
        from sqlalchemy.ext.asyncio import create_async_engine


        class Settings(BaseSettings):
            environment: str = "dev"
            jwt_secret: SecretStr = SecretStr("{SECRETS[0]}")
            api_key: str = os.getenv("API_KEY", "{SECRETS[3]}")
            broker: str = "amqp://shop:{SECRETS[2]}@broker.internal:5672/"


        SIGNING_KEY = "{SECRETS[4]}"
        app = FastAPI()
        engine = create_async_engine("postgresql+asyncpg://shop:{SECRETS[2]}@db/shop")


        @app.post("/login")
        def login(password: str = "{SECRETS[1]}"):
            return {{"password": "{SECRETS[1]}"}}
        """,
    "alembic.ini": f"[alembic]\nscript_location = a\nsqlalchemy.url = postgresql://shop:{SECRETS[2]}@db/shop\n",
    "a/env.py": "from alembic import context\n",
    ".env": f"API_KEY={SECRETS[0]}\nexport PASSWORD='{SECRETS[1]}'\n",
    "Dockerfile": f"FROM python:3.13\nENV API_KEY={SECRETS[3]}\nARG SECRET_KEY {SECRETS[0]}\nCOPY .env .env\n"
    f"RUN pip install git+https://ada:{SECRETS[3]}@git.example/x\nCMD uvicorn app.main:app\n",
    "compose.yaml": f"services:\n  app:\n    build: .\n    environment:\n      SECRET_KEY: {SECRETS[0]}\n"
    f"      - API_KEY={SECRETS[3]}\n",
    "k8s/secret.yaml": f"kind: Secret\nstringData:\n  password: {SECRETS[1]}\n---\nspec:\n  env:\n"
    f"    - name: API_KEY\n      value: {SECRETS[3]}\n",
    ".github/workflows/ci.yml": f"jobs:\n  test:\n    env:\n      API_KEY: {SECRETS[3]}\n    steps: []\n",
}


@pytest.mark.parametrize("format_", ["text", "concise", "json", "sarif", "github"])
def test_no_format_shows_a_secret(run: Run, tmp_path: Path, format_: str) -> None:
    write(tmp_path, FILES)
    subprocess.run(["git", "-C", str(tmp_path), "add", "--all"], check=True)
    result = run("check", "--output-format", format_, "--strict")
    assert result.code == 1
    assert "BA0703" in result.out
    assert "BA0704" in result.out
    assert [secret for secret in SECRETS if secret in result.out + result.err] == []


def test_an_env_file_among_tests_is_a_warning(run: Run, tmp_path: Path) -> None:
    text = f"API_KEY={SECRETS[0]}\n"
    write(tmp_path, {"app/main.py": FILES["app/main.py"], "tests/shop/basket.env": text, "shop.env": text})
    for command in ("init", "-q"), ("add", "."):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    found = run("check", "--select", "BA0704", "--output-format", "concise").out
    assert "shop.env:1:1: error BA0704" in found
    assert "tests/shop/basket.env:1:1: warning BA0704" in found
