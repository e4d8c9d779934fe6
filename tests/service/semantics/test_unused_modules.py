"""Which modules nothing imports, loads or starts."""

from pathlib import Path

import pytest

from archlint.loading import Request, prepare
from archlint.service.semantics.modules import Role

SERVICE = {
    "pyproject.toml": '[project]\nname = "desk"\nversion = "1.0"\ndependencies = ["fastapi"]\n',
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\nfrom app import a, b, c, d, e, f, g\napp = FastAPI()\n",
    "app/old.py": "def left_over(): ...\n",
} | {f"app/{name}.py": "def used(): ...\n" for name in "abcdefg"}


def unused(place: Path, files: dict[str, str]) -> set[str]:
    for path, text in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    (service,) = prepare(Request(paths=(place,))).services
    return {module.path for module in service.modules if module.role is Role.UNUSED}


@pytest.mark.parametrize(
    "files",
    [
        {"app/b.py": "def load():\n    from app import old\n"},
        {"app/b.py": "from .old import left_over\n"},
        {"app/b.py": "import importlib\nimportlib.import_module(f'app.{1}')\n"},
        {"app/b.py": "from logging.config import dictConfig\ndictConfig({'()': 'app.old.left_over'})\n"},
        {"app/b.py": "import unknown.app.old\n"},
        {"tests/test_old.py": "from app.old import left_over\n\ndef test_it(): left_over()\n"},
        {"scripts/run.py": "from app.old import left_over\nleft_over()\n"},
        {"Makefile": "seed:\n\tpython app/old.py\n"},
        {"Dockerfile": "FROM python\nCMD python -m app.old\n"},
        {"docs/jobs.md": "Run `python -m app.old` once a week.\n"},
        {"Procfile": "worker: arq old:Worker\n"},
        {".github/workflows/ci.yml": "jobs: {x: {steps: [{run: python app/old.py}]}}\n"},
        {"app/old.py": "def run(): ...\nif __name__ == '__main__':\n    run()\n"},
        {"app/old.py": "from celery import Celery\ncelery = Celery()\n"},
    ],
)
def test_what_anything_imports_loads_starts_or_describes_is_used(
    tmp_path: Path, files: dict[str, str]
) -> None:
    assert not unused(tmp_path, SERVICE | files)


OLD_APP = {"archive/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}


@pytest.mark.parametrize(
    "files",
    [
        {"app/b.py": "from archive.main import app\n"},
        {"Dockerfile": "FROM python\nCMD uvicorn archive.main:app\n"},
        {"archive/main.py": f"{OLD_APP['archive/main.py']}if __name__ == '__main__':\n    print(app)\n"},
    ],
)
def test_what_was_put_away_may_be_used_all_the_same(tmp_path: Path, files: dict[str, str]) -> None:
    assert not {"archive/main.py"} & unused(
        tmp_path, {**OLD_APP, **files, **SERVICE, "app/old.py": "", **files}
    )


def test_what_was_put_away_is_unused_in_small_services_and_whatever_prose_tells(tmp_path: Path) -> None:
    files = {path: text for path, text in SERVICE.items() if path in {"pyproject.toml", "app/__init__.py"}}
    main = {"app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}
    told = {"README.md": "The first version is `archive/main.py`.\n"}
    assert unused(tmp_path, files | main | OLD_APP | told) == {"archive/main.py"}


def test_what_nothing_speaks_of_is_unused_with_what_it_alone_imports(tmp_path: Path) -> None:
    files = {"app/old.py": "from app import older\n", "app/older.py": "", "README.md": "The old times.\n"}

    assert unused(
        tmp_path,
        SERVICE
        | {"app/h.py": "", "app/i.py": ""}
        | files
        | {"app/main.py": SERVICE["app/main.py"].replace("f, g", "f, g, h, i")},
    ) == {"app/old.py", "app/older.py"}


def test_where_much_seems_to_be_unused_nothing_is(tmp_path: Path) -> None:
    assert not unused(tmp_path, SERVICE | {"app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"})
