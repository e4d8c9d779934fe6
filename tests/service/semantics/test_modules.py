from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from archlint.config import Config
from archlint.discover import find_repository
from archlint.service.semantics.modules import Module, Modules, Role
from tests.service.small import build_service, modules_of, service_of

PACKAGE = {
    "app/__init__.py": "",
    "app/api/__init__.py": "",
    "app/api/users.py": "",
    "app/db.py": "",
}


class TestWhatIsNotLocal:
    @pytest.mark.parametrize("name", ["redis", "logging", "types", "alembic", "email", "celery.schedules"])
    def test_a_stray_file_is_no_library(self, name: str) -> None:
        files = {
            "app/main.py": f"import {name}",
            f"app/services/{name.replace('.', '/')}.py": "",
            "app/services/users.py": f"import {name}",
        }
        modules = modules_of(files)
        assert modules.find(name, modules.by_path["app/main.py"]) is None
        assert modules.find(name, modules.by_path["app/services/users.py"]) is None

    def test_a_stray_file_is_no_declared_dependency_either(self, tmp_path: Path) -> None:
        modules = modules_in(
            tmp_path,
            {
                "pyproject.toml": '[project]\nname = "a"\ndependencies = ["py-weather>=1"]',
                "app/jobs/weather.py": "",
                "app/jobs/run.py": "import weather",
            },
        )
        assert modules.find("weather", modules.by_path["app/jobs/run.py"]) is None

    def test_the_folder_of_migrations_is_not_alembic(self) -> None:
        modules = modules_of({"alembic/env.py": "from alembic import context", "alembic/versions/1.py": ""})
        assert modules.find("alembic", modules.by_path["alembic/env.py"]) is None
        assert modules.find("alembic.versions", modules.by_path["alembic/env.py"]) is None

    def test_a_class_is_no_module(self) -> None:
        modules = modules_of({"app/models.py": "class User: ...", "app/main.py": "import app.models"})
        assert modules.find("app.models.User", modules.by_path["app/main.py"]) is None

    def test_one_services_module_is_not_anothers(self, tmp_path: Path) -> None:
        modules = modules_in(
            tmp_path,
            {
                "a/requirements.txt": "fastapi",
                "a/app/main.py": "from app import only_b",
                "a/app/__init__.py": "",
                "b/requirements.txt": "fastapi",
                "b/app/__init__.py": "",
                "b/app/only_b.py": "",
            },
            root="a",
        )
        assert modules.find("app.only_b", modules.by_path["a/app/main.py"]) is None


class TestLayouts:
    def test_flat(self) -> None:
        check({"main.py": "import crud.users", "crud/users.py": ""}, "main.py", "crud.users", "crud/users.py")

    def test_a_package_without_init(self) -> None:
        files = {"app/main.py": "from app.core import settings", "app/core/settings.py": ""}
        check(files, "app/main.py", "app.core.settings", "app/core/settings.py")

    def test_src(self) -> None:
        files = {"src/shop/main.py": "import shop.db", "src/shop/db.py": "", "pyproject.toml": ""}
        check(files, "src/shop/main.py", "shop.db", "src/shop/db.py")

    def test_src_that_is_the_package(self) -> None:
        files = {"src/main.py": "import src.db", "src/db.py": "", "src/__init__.py": ""}
        check(files, "src/main.py", "src.db", "src/db.py")

    def test_src_that_is_the_package_though_it_has_no_init(self) -> None:
        check({"src/main.py": "import src.db", "src/db.py": ""}, "src/main.py", "src.db", "src/db.py")

    def test_scripts_that_run_where_they_lie(self) -> None:
        files = {"backend/api/main.py": "from routers import users", "backend/api/routers/users.py": ""}
        check(files, "backend/api/main.py", "routers.users", "backend/api/routers/users.py")

    def test_a_folder_above_the_project_is_on_the_path(self, tmp_path: Path) -> None:
        modules = modules_in(
            tmp_path,
            {
                "backend/pyproject.toml": '[project]\nname = "x"',
                "backend/main.py": "from backend.core import db",
                "backend/core/db.py": "",
            },
            root="backend",
        )
        found = modules.find("backend.core.db", modules.by_path["backend/main.py"])
        assert found is modules.by_path["backend/core/db.py"]
        assert found.name == "backend.core.db"

    @pytest.mark.parametrize(
        "manifest",
        [
            '[tool.pytest.ini_options]\npythonpath = ["lib/python"]',
            '[tool.setuptools.package-dir]\n"" = "lib/python"',
            '[tool.setuptools.packages.find]\nwhere = ["lib/python"]',
            '[tool.hatch.build.targets.wheel]\npackages = ["lib/python/shop"]',
            '[tool.poetry]\npackages = [{include = "shop", from = "lib/python"}]',
            '[tool.uv.build-backend]\nmodule-root = "lib/python"',
            '[tool.pdm.build]\npackage-dir = "lib/python"',
            '[tool.setuptools.package-dir]\nshop = "lib/python/shop"',
            '[tool.hatch.build]\nsources = ["lib/python"]',
            '[tool.hatch.build.targets.wheel.sources]\n"lib/python" = ""',
            '[tool.hatch.build]\ndev-mode-dirs = ["lib/python"]',
        ],
    )
    def test_a_declared_root(self, tmp_path: Path, manifest: str) -> None:
        files = {"pyproject.toml": manifest, "lib/python/shop/db.py": "", "tests/test_a.py": "import shop.db"}
        modules = modules_in(tmp_path, files)
        found = modules.find("shop.db", modules.by_path["tests/test_a.py"])
        assert found is not None
        assert (found.path, found.name) == ("lib/python/shop/db.py", "shop.db")

    @pytest.mark.parametrize(
        ("name", "manifest"),
        [
            (
                "setup.py",
                'from setuptools import setup\nsetup(package_dir={"shop": "src/server"})',
            ),
            ("setup.py", 'from setuptools import setup\nPACKAGE_DIR = {\n    "shop": "src/server",\n}'),
            ("setup.cfg", "[options]\npackage_dir =\n    shop = src/server\n    shop.tools = tools"),
            ("pyproject.toml", '[tool.setuptools.package-dir]\nshop = "src/server"'),
            ("pyproject.toml", '[tool.hatch.build.targets.wheel.sources]\n"src/server" = "shop"'),
            ("pyproject.toml", '[tool.hatch.build.targets.wheel.force-include]\n"src/server" = "shop"'),
        ],
    )
    def test_a_package_in_a_folder_of_another_name(self, tmp_path: Path, name: str, manifest: str) -> None:
        files = {name: manifest, "src/server/db.py": "", "src/server/main.py": "import shop.db"}
        modules = modules_in(tmp_path, files)
        found = modules.find("shop.db", modules.by_path["src/server/main.py"])
        assert found is not None
        assert (found.path, found.name) == ("src/server/db.py", "shop.db")

    def test_the_innermost_package_in_a_folder_of_another_name(self, tmp_path: Path) -> None:
        places = '[tool.setuptools.package-dir]\nshop = "server"\n"shop.tools" = "lib/tools"'
        files = {
            "pyproject.toml": places, "server/__init__.py": "", "server/tools.py": "",
            "lib/tools/__init__.py": "", "lib/tools/dates.py": "",
        }  # fmt: skip
        modules = modules_in(tmp_path, files)
        importer = modules.by_path["server/__init__.py"]
        names = ("shop", "shop.tools", "shop.tools.dates", "shop.gone")
        found = [one and one.path for one in (modules.find(name, importer) for name in names)]
        assert found == ["server/__init__.py", "lib/tools/__init__.py", "lib/tools/dates.py", None]

    def test_a_folder_that_is_imported_by_its_own_name_all_the_same(self, tmp_path: Path) -> None:
        files = {
            "pyproject.toml": '[tool.setuptools.package-dir]\nshop = "server"',
            "server/db.py": "",
            "server/main.py": "import server.db",
        }
        modules = modules_in(tmp_path, files)
        found = modules.find("server.db", modules.by_path["server/main.py"])
        assert found is not None
        assert found.name == "server.db"

    def test_a_librarys_package_in_the_folder_of_its_project(self, tmp_path: Path) -> None:
        modules = modules_in(
            tmp_path,
            {
                "api/pyproject.toml": '[project]\nname = "api"\ndependencies = ["common"]',
                "api/main.py": "import common.db",
                "libs/common/pyproject.toml": '[project]\nname = "common"\n'
                '[tool.setuptools.package-dir]\ncommon = "."',
                "libs/common/db.py": "",
            },
            root="api",
        )
        found = modules.find("common.db", modules.by_path["api/main.py"])
        assert found is not None
        assert (found.path, found.name) == ("libs/common/db.py", "common.db")

    def test_a_workspaces_library_is_found_but_not_the_services_own(self, tmp_path: Path) -> None:
        modules = modules_in(
            tmp_path,
            {
                "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]',
                "packages/server/pyproject.toml": '[project]\nname = "server"\ndependencies = ["common-lib"]',
                "packages/server/server/main.py": "from common_lib import db",
                "packages/common/pyproject.toml": '[project]\nname = "common-lib"',
                "packages/common/src/common_lib/db.py": "",
                "packages/common/src/common_lib/__init__.py": "",
            },
            root="packages/server",
        )
        found = modules.find("common_lib.db", modules.by_path["packages/server/server/main.py"])
        assert found is not None
        assert found.path == "packages/common/src/common_lib/db.py"
        assert found.path not in modules.by_path
        assert found is modules.find("common_lib.db", modules.by_path["packages/server/server/main.py"])

    def test_a_package_wins_over_a_module_of_its_name(self) -> None:
        files = {"main.py": "import shop", "shop.py": "", "shop/__init__.py": ""}
        check(files, "main.py", "shop", "shop/__init__.py")


class TestRelative:
    @pytest.mark.parametrize(
        ("importer", "level", "module", "path"),
        [
            ("app/api/users.py", 1, "", "app/api/__init__.py"),
            ("app/api/users.py", 2, "db", "app/db.py"),
            ("app/api/__init__.py", 1, "users", "app/api/users.py"),
            ("app/api/__init__.py", 2, "", "app/__init__.py"),
            ("app/api/users.py", 2, "nothing", None),
            ("app/api/users.py", 9, "db", None),
        ],
    )
    def test_goes_by_the_files_place(self, importer: str, level: int, module: str, path: str | None) -> None:
        modules = modules_of(PACKAGE)
        found = modules.find_relative(level, module, modules.by_path[importer])
        assert (found and found.path) == path


class TestFolderOfItsOwnName:
    """`shop/shop/…`, with an `__init__.py` beside it."""

    def test_the_outer_package_stays_what_it_is(self) -> None:
        modules = modules_of({"shop/__init__.py": "", "shop/api.py": "", "main.py": ""})
        found = modules.find("shop.api", modules.by_path["main.py"])
        assert found is not None and found.path == "shop/api.py"
        assert modules.find("shop.other", modules.by_path["main.py"]) is None

    def test_its_modules_are_found(self) -> None:
        inner = {"shop/shop/__init__.py": "", "shop/shop/api.py": ""}
        modules = modules_of({"shop/__init__.py": "", "shop/main.py": "", **inner})
        found = modules.find("shop.api", modules.by_path["shop/main.py"])
        assert found is not None and found.path == "shop/shop/api.py"


class TestRoles:
    @pytest.mark.parametrize(
        ("path", "role"),
        [
            ("app/main.py", Role.RUNTIME),
            ("app/lab_tests/router.py", Role.RUNTIME),
            ("app/tools/search.py", Role.RUNTIME),
            ("app/scripts_catalogue/models.py", Role.RUNTIME),
            ("tests/helpers.py", Role.TEST),
            ("app/orders/tests/factories.py", Role.TEST),
            ("app/orders/test_orders.py", Role.TEST),
            ("conftest.py", Role.TEST),
            ("e2e-tests/run.py", Role.TEST),
            ("tests_v2/utils.py", Role.TEST),
            ("tests_v3/utils.py", Role.RUNTIME),
            ("tests-new/client/helpers.py", Role.TEST),
            ("testspg/router/tokens.py", Role.TEST),
            ("testimony/records.py", Role.RUNTIME),
            ("migrations/env.py", Role.MIGRATION),
            ("migrations/helpers.py", Role.MIGRATION),
            ("migrations/versions/1_users.py", Role.MIGRATION),
            ("app/db/revisions/2_more.py", Role.MIGRATION),
            ("scripts/seed.py", Role.SCRIPT),
            ("docs/conf.py", Role.SCRIPT),
            (".github/check.py", Role.SCRIPT),
            ("noxfile.py", Role.SCRIPT),
        ],
    )
    def test_follow_the_place(self, path: str, role: Role) -> None:
        others = {
            "app/main.py": "from app.tools import search",
            "app/tools/search.py": "",
            "tests/test_a.py": "",
            "tests_v2/unit/test_c.py": "",
            "tests-new/test_d.py": "",
            "testspg/conftest.py": "",
            "testimony/test_records.py": "",
            "app/orders/tests/test_b.py": "",
            "migrations/env.py": "from alembic import context",
            "app/db/revisions/2_more.py": "revision = '2'\ndown_revision: str | None = '1'",
        }
        assert modules_of({path: "", **others}).by_path[path].role is role

    def test_what_the_service_imports_is_part_of_it(self) -> None:
        modules = modules_of(
            {
                "main.py": "from scripts import seed\nfrom models.test_result import Result",
                "scripts/seed.py": "from scripts import data",
                "scripts/data.py": "",
                "scripts/by_hand.py": "",
                "models/test_result.py": "",
            }
        )
        assert {m.path for m in modules.runtime} == {
            "main.py", "models/test_result.py", "scripts/data.py", "scripts/seed.py",
        }  # fmt: skip

    def test_what_only_tests_import_is_not(self) -> None:
        modules = modules_of({"tests/test_a.py": "import scripts.seed", "scripts/seed.py": ""})
        assert modules.by_path["scripts/seed.py"].role is Role.SCRIPT


GUARD = "\nif __name__ == '__main__':\n    main()"


class TestPrograms:
    """What counts as the service: what its app reaches, and all that no program beside it does."""

    @pytest.mark.parametrize(
        "files",
        [
            pytest.param({"app/a.py": ""}, id="imported by nobody"),
            pytest.param({"app/a.py": GUARD, "app/b.py": "import app.a"}, id="has a guard, and is imported"),
            pytest.param({"app/a.py": "from fastapi import FastAPI" + GUARD}, id="makes the app"),
            pytest.param({"app/a.py": "from flask import Flask" + GUARD}, id="makes the app of another"),
            pytest.param({"app/a.py": "import uvicorn" + GUARD}, id="starts the server"),
            pytest.param({"app/a.py": "if __name__ != '__main__':\n    app = make()"}, id="no guard"),
            pytest.param({"app/a.py": "", "run.py": "import app.a" + GUARD, "app/b.py": ""}, id="beside it"),
            pytest.param(
                {"app/cli.py": "import app.a" + GUARD, "app/a.py": "from fastapi import APIRouter"},
                id="made for requests",
            ),
            pytest.param(
                {
                    "app/a.py": GUARD,
                    "app/b.py": "from importlib import import_module\nimport_module('app.a')",
                },
                id="loaded by its name",
            ),
            pytest.param(
                {
                    "app/a.py": GUARD,
                    "app/main.py": "",
                    "app/__init__.py": "import pkgutil\nfor m in pkgutil.iter_modules(__path__): print(m)",
                },
                id="loaded by its folder",
            ),
            pytest.param(
                {"app/a.py": GUARD, "app/b.py": "from celery import Celery\nCelery(include=['app.a'])"},
                id="loaded by a worker",
            ),
            pytest.param(
                {"app/main.py": "from app.cli import a", "app/cli/a.py": "", "app/a.py": ""},
                id="named like commands, and imported",
            ),
            pytest.param(
                {"app/main.py": "from app.a import fill", "app/a.py": "from faker import Faker"},
                id="made with a library for tests, and imported",
            ),
            pytest.param(
                {"app/a.py": "", "app/main.py": "", "app/testing_support/b.py": "import app.a"},
                id="used by helpers",
            ),
        ],
    )
    def test_a_module_of_the_service(self, files: dict[str, str]) -> None:
        assert modules_of(files).by_path["app/a.py"].role is Role.RUNTIME

    @pytest.mark.parametrize(
        ("path", "files"),
        [
            pytest.param("app/a.py", {"app/a.py": GUARD}, id="has a guard"),
            pytest.param(
                "app/a.py", {"app/a.py": "if '__main__' == __name__:\n    run()"}, id="turned round"
            ),
            pytest.param("app/a.py", {"app/a.py": "asyncio.run(main())"}, id="starts at its end"),
            pytest.param("app/__main__.py", {"app/__main__.py": "print()"}, id="run by -m"),
            pytest.param(
                "app/cli/a.py",
                {
                    "app/cli/a.py": "",
                    "app/cli/b.py": "from fastapi import APIRouter\nfrom importlib import import_module\n"
                    "print(isinstance(import_module(__name__), APIRouter))",
                },
                id="beside a command that asks about routers",
            ),
            pytest.param("load.py", {"load.py": "from locust import HttpUser"}, id="a load test"),
            pytest.param(
                "daemon/rpc.py",
                {
                    "daemon/rpc.py": "from aiohttp import web",
                    "daemon/coin.py": "import daemon.rpc, aiohttp.web" + GUARD,
                },
                id="serves by another framework",
            ),
            pytest.param("app/cli/a.py", {"app/cli/a.py": ""}, id="named like commands"),
            pytest.param("app/testing/a.py", {"app/testing/a.py": "import fastapi"}, id="helps tests"),
            pytest.param(
                "utils/testing_support/a.py",
                {"utils/testing_support/a.py": "", "utils/b.py": "", "tests/test_a.py": "import utils.b"},
                id="supports tests",
            ),
            pytest.param("app/testutils.py", {"app/testutils.py": "import fastapi"}, id="a file of helpers"),
            pytest.param(
                "app/auth/factories.py",
                {"app/auth/factories.py": "from polyfactory import BaseFactory", "app/auth/models.py": ""},
                id="makes what tests want",
            ),
            pytest.param("app/db/seeders/pytest/a.py", {"app/db/seeders/pytest/a.py": ""}, id="seeds"),
            pytest.param(
                "try/b/a.py", {"try/run.py": "import try.b.a" + GUARD, "try/b/a.py": ""}, id="a program's own"
            ),
            pytest.param(
                "app/cli.py",
                {"app/cli.py": "", "run.py": "import uvicorn\nfrom app.cli import level" + GUARD},
                id="shared with what starts the server",
            ),
        ],
    )
    def test_a_program_beside_it(self, path: str, files: dict[str, str]) -> None:
        modules = modules_of({"app/main.py": "from fastapi import FastAPI", **files})
        assert modules.by_path[path].role is Role.SCRIPT

    @pytest.mark.parametrize(
        ("code", "other", "manifest", "role"),
        [
            ("import uvicorn", "", "[project.scripts]\na = 'app.a:run'", Role.RUNTIME),
            ("", "import app.a", "[project.scripts]\na = 'app.a:run'", Role.RUNTIME),
            ("", "", "[project.entry-points.x]\na = 'app.a:run'", Role.RUNTIME),
            ("", "", "[project.scripts]\na = 'app.a:run'", Role.SCRIPT),
            ("", "", "[tool.poetry.scripts]\na = {reference = 'app.a:run'}", Role.SCRIPT),
        ],
    )
    def test_a_command_that_is_installed(
        self, tmp_path: Path, code: str, other: str, manifest: str, role: Role
    ) -> None:
        app = f"from fastapi import FastAPI\n{other}"
        files = {"app/a.py": code, "app/main.py": app, "pyproject.toml": manifest}
        assert service_of(tmp_path, files).modules.by_path["app/a.py"].role is role


def test_modules_come_in_the_order_of_their_paths() -> None:
    assert [module.path for module in modules_of({"b.py": "", "a/c.py": "", "a.py": ""})] == [
        "a.py", "a/c.py", "b.py",
    ]  # fmt: skip


def test_a_package_is_named_without_its_init() -> None:
    modules = modules_of({"app/__init__.py": "", "app/main.py": "import app"})
    assert modules.by_name["app"].is_package
    assert (modules.by_name["app"].package, modules.by_name["app.main"].package) == ("app", "app")


def test_an_unreadable_file_is_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_bytes(b"'\xff'")
    modules = modules_in(tmp_path, {"main.py": ""})
    assert list(modules.unreadable) == ["bad.py"]
    assert [module.path for module in modules] == ["main.py"]


def check(files: Mapping[str, str], importer: str, name: str, path: str) -> None:
    """`name` in `importer` is the file `path`, and `path` has that name."""
    modules = modules_of({file: text for file, text in files.items() if file.endswith(".py")})
    found: Module | None = modules.find(name, modules.by_path[importer])
    assert found is modules.by_path[path]
    assert found.name == name


def modules_in(folder: Path, files: Mapping[str, str], root: str = ".") -> Modules:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return build_service(find_repository([folder]), root, Config()).modules
