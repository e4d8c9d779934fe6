from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from archlint.config import Config
from archlint.discover import find_repository
from archlint.findings import Location
from archlint.service.model import Service
from archlint.service.services import without_copies
from tests.service.small import build_service, build_services

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
PROJECT = '[project]\nname = "{0}"\ndependencies = ["fastapi"]\n'

MONOREPO = {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["services/*", "libs/*"]',
    "services/orders/pyproject.toml": PROJECT.format("orders"),
    "services/orders/app/main.py": APP,
    "services/menu/pyproject.toml": PROJECT.format("menu"),
    "services/menu/app/main.py": APP,
    "libs/common/pyproject.toml": '[project]\nname = "common"',
    "libs/common/common/db.py": "from fastapi import Depends",
    "frontend/package.json": "{}",
}

INNER = {"shop/pyproject.toml": PROJECT.format("shop"), "shop/shop/main.py": APP}


class TestNoService:
    @pytest.mark.parametrize(
        "files",
        [
            {},
            {"README.md": "", "frontend/package.json": "{}"},
            {
                "pyproject.toml": PROJECT.format("library"),
                "src/library/routing.py": "from fastapi import APIRouter",
            },
            {
                "pyproject.toml": PROJECT.format("library"),
                "library/__init__.py": "",
                "tests/test_app.py": APP,
                "examples/demo/main.py": APP,
                "docs/tutorial.py": APP,
            },
            {"pyproject.toml": PROJECT.format("tool"), "tool.py": "import requests"},
            {"uv.lock": 'name = "uvicorn"', "pyproject.toml": PROJECT.format("library"), "library.py": ""},
        ],
        ids=["empty", "frontend", "routers only", "apps in tests and docs", "client", "locked server"],
    )
    def test_without_an_application(self, tmp_path: Path, files: Mapping[str, str]) -> None:
        assert roots(tmp_path, files) == []


class TestOneService:
    @pytest.mark.parametrize(
        "text",
        [
            APP,
            "import fastapi\napp = fastapi.FastAPI()",
            "from fastapi import FastAPI as Api\ndef create():\n    return Api()",
            "from fastapi.applications import FastAPI\nclass Shop(FastAPI): ...\napp = Shop()",
            "import fastapi as f\nif True:\n    app = application = f.FastAPI(title='x')",
        ],
    )
    def test_however_it_makes_its_application(self, tmp_path: Path, text: str) -> None:
        assert roots(tmp_path, {"app/main.py": text}) == ["."]

    @pytest.mark.parametrize(
        ("files", "root"),
        [
            ({"pyproject.toml": PROJECT.format("a"), "src/a/main.py": APP}, "."),
            (
                {"backend/requirements.txt": "fastapi", "backend/app/main.py": APP, "docs/conf.py": ""},
                "backend",
            ),
            ({"backend/requirements/base.txt": "fastapi", "backend/main.py": APP}, "backend"),
            ({"backend/Pipfile": "", "backend/main.py": APP}, "backend"),
            ({"api/setup.py": "from setuptools import setup\nsetup(name='a')", "api/a/main.py": APP}, "api"),
            ({"pyproject.toml": "[tool.ruff]", "api/requirements.txt": "fastapi", "api/main.py": APP}, "api"),
            ({"pyproject.toml": PROJECT.format("a"), "app/core/setup.py": APP}, "."),
            ({"pyproject.toml": PROJECT.format("a"), "app/requirements.txt": "", "app/main.py": APP}, "."),
            (
                {
                    "pyproject.toml": PROJECT.format("a"),
                    "a/main.py": APP,
                    "a/plugins/__init__.py": "",
                    "a/plugins/mail/__init__.py": "",
                    "a/plugins/mail/requirements.txt": "aiosmtplib",
                    "a/plugins/mail/app.py": APP,
                },
                ".",
            ),
        ],
    )
    def test_lies_at_the_nearest_manifest(self, tmp_path: Path, files: Mapping[str, str], root: str) -> None:
        assert roots(tmp_path, files) == [root]

    def test_stands_for_any_path_in_it(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {"api/pyproject.toml": PROJECT.format("a"), "api/app/routers/x.py": "", "api/main.py": APP},
        )
        (tmp_path / ".git").mkdir()
        for path in ("api", "api/app", "api/app/routers/x.py"):
            assert [s.root for s in services(tmp_path, path)] == ["api"]

    @pytest.mark.parametrize(
        "text",
        [
            "from flask import Flask\napp = Flask(__name__)",
            "from aiohttp import web\napp = web.Application()",
            "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()",
            "from starlette.applications import Starlette\napp = Starlette()",
        ],
    )
    def test_may_be_of_another_framework(self, tmp_path: Path, text: str) -> None:
        assert roots(tmp_path, {"pyproject.toml": PROJECT.format("a"), "app.py": text}) == ["."]

    @pytest.mark.parametrize(
        "files",
        [
            {"Dockerfile": "CMD uvicorn app.main:app"},
            {"docker/Dockerfile.api": 'CMD ["gunicorn", "app.main:app"]'},
            {"requirements.txt": "gunicorn==23"},
        ],
    )
    def test_may_only_be_known_by_its_server(self, tmp_path: Path, files: Mapping[str, str]) -> None:
        assert roots(tmp_path, {"app/main.py": "from somewhere import app", **files}) == ["."]


class TestMonorepo:
    def test_has_a_service_for_each_application(self, tmp_path: Path) -> None:
        assert roots(tmp_path, MONOREPO) == ["services/menu", "services/orders"]

    def test_a_path_takes_only_what_lies_below_it(self, tmp_path: Path) -> None:
        write(tmp_path, MONOREPO)
        (tmp_path / ".git").mkdir()
        assert [s.root for s in services(tmp_path, "services/menu")] == ["services/menu"]
        assert [s.root for s in services(tmp_path, "libs/common")] == []
        assert [s.root for s in services(tmp_path, "services")] == ["services/menu", "services/orders"]

    def test_a_library_that_makes_applications_for_others_is_no_service(self, tmp_path: Path) -> None:
        files = {
            "common/pyproject.toml": PROJECT.format("common"),
            "common/common/__init__.py": "from .factory import create_app",
            "common/common/factory.py": "import fastapi\ndef create_app():\n    return fastapi.FastAPI()",
            "shop/pyproject.toml": PROJECT.format("shop"),
            "shop/shop/main.py": "from common import create_app\napp = create_app()",
        }
        assert roots(tmp_path, files) == ["shop"]

    @pytest.mark.parametrize(
        ("beside", "found"),
        [
            ({}, ["shop"]),
            ({"checks/Dockerfile": "CMD uvicorn checks.gateway:app"}, ["checks"]),
            ({"checks/requirements.txt": "pytest\nuvicorn\n"}, ["checks"]),
            ({"checks/pyproject.toml": PROJECT.format("checks")}, ["checks"]),
        ],
    )
    def test_a_project_that_only_tests_what_others_make_is_no_service(
        self, tmp_path: Path, beside: Mapping[str, str], found: list[str]
    ) -> None:
        files = {
            "shop/pyproject.toml": PROJECT.format("shop"),
            "shop/shop/main.py": "import fastapi\ndef create_app():\n    return fastapi.FastAPI()",
            "checks/pyproject.toml": PROJECT.format("checks").replace('"]', '", "pytest"]'),
            "checks/checks/gateway.py": f"{APP}from shop.main import create_app\nshop = create_app()\n",
            "checks/tests/test_shop.py": "from checks.gateway import shop",
        }
        assert roots(tmp_path, {**files, **beside}) == found

    def test_a_project_that_needs_pytest_and_makes_no_other_ones_app_is_a_service(
        self, tmp_path: Path
    ) -> None:
        files = {
            "shop/pyproject.toml": PROJECT.format("shop"),
            "shop/main.py": APP,
            "loans/pyproject.toml": PROJECT.format("loans").replace('"]', '", "mangum", "pytest"]'),
            "loans/made.py": "import fastapi\ndef create_app():\n    return fastapi.FastAPI()",
            "loans/handler.py": "import made, mangum\nhandler = mangum.Mangum(made.create_app())",
        }
        assert roots(tmp_path, files) == ["loans", "shop"]

    def test_the_only_app_is_a_service_whatever_runs_it(self, tmp_path: Path) -> None:
        files = {"pyproject.toml": PROJECT.format("shop").replace('"]', '", "pytest"]'), "main.py": APP}
        assert roots(tmp_path, files) == ["."]

    def test_another_framework_beside_is_a_service_a_workers_little_server_is_not(
        self, tmp_path: Path
    ) -> None:
        files = {
            "shop/pyproject.toml": PROJECT.format("shop"),
            "shop/main.py": APP,
            "old/pyproject.toml": '[project]\nname = "old"',
            "old/web.py": "from flask import Flask\napp = Flask(__name__)",
            "worker/pyproject.toml": '[project]\nname = "worker"',
            "worker/health.py": "from aiohttp import web\napp = web.Application()",
        }
        assert roots(tmp_path, files) == ["old", "shop"]

    @pytest.mark.parametrize(
        "around",
        [
            {"pyproject.toml": '[project]\nname = "tools"\ndependencies = ["ruff"]\n'},
            {"pyproject.toml": "[tool.ruff]\n"},
            {"requirements-dev.txt": "fastapi\n"},
            {},
        ],
    )
    def test_a_script_with_an_app_makes_no_service_of_what_lies_around_one(
        self, tmp_path: Path, around: Mapping[str, str]
    ) -> None:
        assert roots(tmp_path, {"cluster/deploy_model.py": APP, **around, **INNER}) == ["shop"]

    @pytest.mark.parametrize(
        "around",
        [
            {"pyproject.toml": PROJECT.format("gateway")},
            {"pyproject.toml": '[project]\nname = "gateway"\ndynamic = ["dependencies"]\n'},
            {"requirements.txt": "fastapi\n"},
            {"setup.py": "from setuptools import setup\nsetup(install_requires=['fastapi'])"},
            {"Dockerfile": "CMD uvicorn gateway.main:app"},
            {"docker-compose.yml": "services:\n  gateway:\n    command: uvicorn --port 80 main:app"},
            {"run.py": "import uvicorn\nuvicorn.run('gateway.main:app')"},
            {"gateway/main.py": f"{APP}from gateway.users import router\napp.include_router(router)\n"},
        ],
    )
    def test_what_lies_around_a_service_may_be_one_itself(
        self, tmp_path: Path, around: Mapping[str, str]
    ) -> None:
        assert roots(tmp_path, {"gateway/main.py": APP, **around, **INNER}) == [".", "shop"]

    def test_each_file_is_of_one_service(self, tmp_path: Path) -> None:
        files = {
            "pyproject.toml": PROJECT.format("outer"),
            "main.py": APP,
            "scripts/seed.py": "",
            "inner/pyproject.toml": PROJECT.format("inner"),
            "inner/main.py": APP,
            "lib/pyproject.toml": '[project]\nname = "lib"',
            "lib/lib.py": "",
            "docs/requirements.txt": "sphinx",
            "docs/conf.py": "",
        }
        write(tmp_path, files)
        outer, inner = services(tmp_path, ".")
        assert [m.path for m in outer.modules] == ["docs/conf.py", "main.py", "scripts/seed.py"]
        assert [m.path for m in inner.modules] == ["inner/main.py"]

    def test_an_example_is_a_service_for_who_asks_for_it(self, tmp_path: Path) -> None:
        write(tmp_path, {"pyproject.toml": PROJECT.format("lib"), "lib.py": "", "examples/demo/main.py": APP})
        (tmp_path / ".git").mkdir()
        assert services(tmp_path, ".") == ()
        (demo,) = services(tmp_path, "examples/demo")
        assert demo.root == "examples/demo"
        assert [str(m.role) for m in demo.modules] == ["runtime"]


class TestAnchor:
    def test_is_the_projects_name(self, tmp_path: Path) -> None:
        text = '[build-system]\nname = "no"\n\n[project]  # ours\nversion = "1"\nname = "shop"\n'
        service = one(tmp_path, {"pyproject.toml": text, "main.py": APP})
        assert service.anchor == Location("pyproject.toml", 6, 1, 6, 14)

    def test_else_the_application(self, tmp_path: Path) -> None:
        service = one(tmp_path, {"pyproject.toml": '[tool.x]\nname = "a"', "a.py": "", "main.py": APP})
        assert service.anchor == Location("main.py", 3, 7, 3, 16)

    @pytest.mark.parametrize(
        ("idle", "place"),
        [
            ("app = FastAPI()", "main.py"),
            ('app: FastAPI = FastAPI(title="trial")', "main.py"),
            ("one = app = FastAPI()", "emails.py"),
            ("app = FastAPI()\n\n\n@app.get('/')\ndef hello() -> None: ...", "emails.py"),
            ("app = FastAPI()\napp.include_router(router)", "emails.py"),
            ("app = FastAPI(routes=[])", "emails.py"),
            ("app = FastAPI(lifespan=start)", "emails.py"),
            ("app = FastAPI(**options)", "emails.py"),
            ("taken = FastAPI()", "emails.py"),
            ("reached = FastAPI()", "emails.py"),
        ],
    )
    def test_the_application_is_one_that_is_used(self, tmp_path: Path, idle: str, place: str) -> None:
        files = {
            "emails.py": f"from fastapi import FastAPI\n\n{idle}\n",
            "main.py": f"import emails\nfrom emails import taken\n{APP}app.title = emails.reached\n",
        }
        assert one(tmp_path, files).anchor.file == place

    @pytest.mark.parametrize(
        ("statement", "place"),
        [
            ("from emails import other", "main.py"),
            ("from sms import app", "main.py"),
            ("import sms\n\nsms.app", "main.py"),
            ("from emails import app as sending", "emails.py"),
            ("from emails import *", "emails.py"),
            ("def start():\n    from emails import app", "emails.py"),
            ("def start():\n    import emails as mails\n\n    return mails.app", "emails.py"),
        ],
    )
    def test_an_application_that_another_module_takes_is_used(
        self, tmp_path: Path, statement: str, place: str
    ) -> None:
        made = "from fastapi import FastAPI\n\napp = FastAPI()\nother = 1\n"
        files = {"emails.py": made, "main.py": APP + "app.title\n", "sms.py": "app = 1\n"}
        assert one(tmp_path, files | {"taking.py": f"{statement}\n"}).anchor.file == place

    def test_an_idle_application_stands_where_there_is_no_other(self, tmp_path: Path) -> None:
        assert one(tmp_path, {"a.py": APP, "b.py": APP}).anchor.file == "a.py"

    def test_else_the_first_file(self, tmp_path: Path) -> None:
        write(tmp_path, {"b.py": "", "a.py": ""})
        assert build_service(find_repository([tmp_path]), ".", Config()).anchor == Location("a.py")

    @pytest.mark.parametrize("text", ["[project\nname=", "\x00", "[project]\n"])
    def test_a_broken_manifest_is_passed_over(self, tmp_path: Path, text: str) -> None:
        assert one(tmp_path, {"pyproject.toml": text, "main.py": APP}).anchor.file == "main.py"


def test_the_order_of_files_decides_nothing(tmp_path: Path) -> None:
    write(tmp_path, MONOREPO)
    repository = find_repository([tmp_path])
    names = [[m.name for m in s.modules] for s in build_services(repository, ".")]
    again = [[m.name for m in s.modules] for s in build_services(repository, ".")]
    assert names == again


def roots(folder: Path, files: Mapping[str, str]) -> list[str]:
    write(folder, files)
    return [service.root for service in services(folder, ".")]


def one(folder: Path, files: Mapping[str, str]) -> Service:
    write(folder, files)
    (service,) = services(folder, ".")
    return service


def services(folder: Path, path: str) -> tuple[Service, ...]:
    place = folder / path
    repository = find_repository([place])
    inside = (place if place.is_dir() else place.parent).resolve().relative_to(repository.root)
    return build_services(repository, inside.as_posix())


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


SHOP = {"pyproject.toml": PROJECT.format("shop"), "app/main.py": APP, "Dockerfile": "FROM python:3.13"}


def copies(folder: Path, *roots: str, **others: str) -> tuple[list[str], list[str]]:
    """The roots that are judged of copies of one service, and what the notes say."""
    files = {f"{root}/{name}": text for root in roots for name, text in SHOP.items()}
    write(folder, files | others)
    (folder / ".git").mkdir()
    found = services(folder, ".")
    judged, notes = without_copies(found[0].repository, [one.root for one in found])
    return judged, list(notes)


@pytest.mark.parametrize("changed", ["b/Dockerfile", "b/app/main.py", "b/app/more.py"])
def test_two_services_of_which_one_file_differs_are_both_judged(changed: str, tmp_path: Path) -> None:
    assert copies(tmp_path, "a", "b", **{changed: APP + "# another\n"}) == (["a", "b"], [])


def test_of_services_that_are_the_same_file_by_file_the_outermost_is_judged(tmp_path: Path) -> None:
    found = copies(tmp_path, "z", "a/deep", "c/deep", **{"z/README.md": "the first one"})
    assert found == (
        ["z"],
        [
            "a/deep is z once more, file by file, and is reported there",
            "c/deep is z once more, file by file, and is reported there",
        ],
    )


def test_a_copy_that_is_asked_for_alone_is_judged(tmp_path: Path) -> None:
    copies(tmp_path, "a", "b")
    (alone,) = services(tmp_path, "b")
    assert without_copies(alone.repository, [alone.root]) == (["b"], ())
