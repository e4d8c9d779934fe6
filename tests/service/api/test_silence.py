"""What archlint could not follow is said: each way to lose endpoints is an unknown, and no rule claims."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint.findings import Hit
from archlint.rules.fastapi import fastapi_app_missing, sync_route_handler
from archlint.service.api.routes import RouteTable, Runtime, resolve_routes
from archlint.service.interpreter import machine
from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of, service_of

HANDLER = """
    from fastapi import APIRouter, FastAPI

    router = APIRouter()

    @router.get("/x")
    def x() -> int:
        return 1
"""

LOST = {
    "a factory that nothing in sight calls, under a test": """
        def create(flag):
            if flag.unknown:
                raise ValueError
            return make()

        class Holder:
            def build(self):
                app = FastAPI()
                app.include_router(router)
                return app
    """,
    "an unknown function that gets the app": """
        app = FastAPI()
        missing_function(app, router)
    """,
    "a class view of a library that archlint does not know": """
        from some_views import view

        app = FastAPI()

        @view(router, "/things")
        class Things:
            def get(self) -> int:
                return 1
    """,
    "an app of unknown origin that is mounted": """
        app = FastAPI()
        app.mount("/sub", missing_app)
    """,
    "a text that is run and names the app": """
        app = FastAPI()
        app.include_router(router)
        exec("@app.get('/more')\\ndef more(): ...")
    """,
    "a text that nobody can tell": """
        app = FastAPI()
        app.include_router(router)
        eval(open("routes.txt").read())
    """,
    "a route that an undecided branch removes": """
        import library

        app = FastAPI()
        app.include_router(router)
        if library.flag():
            app.routes.pop()
    """,
    "routes that an undecided branch replaces": """
        import library

        app = FastAPI()
        app.include_router(router)
        if library.flag():
            app.router.routes = []
    """,
    "a route that an undecided branch deletes": """
        import library

        app = FastAPI()
        app.include_router(router)
        if library.flag():
            del app.router.routes[0]
    """,
    "modules in a folder that lies nowhere below the service's": """
        from importlib import import_module
        from pathlib import Path

        app = FastAPI()
        for path in Path("plugins").glob("*.py"):
            app.include_router(import_module(f"plugins.{path.stem}").router)
    """,
    "an unknown object among the routes": """
        app = FastAPI()
        app.router.routes.append(missing_route)
    """,
}


def table(main: str, *servers: str, **others: str) -> RouteTable:
    files = {f"app/{name}.py": text for name, text in others.items()}
    modules = modules_of({"app/__init__.py": "", "app/main.py": dedent(HANDLER) + dedent(main), **files})
    runtime = Runtime(servers=tuple(tuple(server.split()) for server in servers))
    return resolve_routes(modules, Symbols(modules), runtime)


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_is_unknown(name: str) -> None:
    assert table(LOST[name]).unknown


@pytest.mark.parametrize("name", [name for name in LOST if "undecided branch" in name])
def test_what_an_undecided_branch_takes_away_stays(name: str) -> None:
    assert [endpoint.path for endpoint in table(LOST[name]).endpoints] == ["/x"]


def test_steps_that_run_out_are_unknown_and_no_rule_claims(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    main = dedent(HANDLER) + "app = FastAPI()\napp.include_router(router)\n"
    files = {"app/__init__.py": "", "app/main.py": "x = [n for n in range(100)]\n" + main}
    monkeypatch.setattr(machine, "MAX_STEPS", 50)
    service = service_of(tmp_path, files)
    assert not service.routes.endpoints
    assert service.routes.unknown
    found = [*sync_route_handler.check(service), *fastapi_app_missing.check(service)]
    assert not [one for one in found if isinstance(one, Hit)]


FACTORIES = """
    def create():
        app = FastAPI()
        app.include_router(router, prefix="/one")
        return app

    def create_other():
        app = FastAPI()
        app.include_router(router, prefix="/other")
        return app
"""


@pytest.mark.parametrize(
    "server",
    [
        "uvicorn app.main:create --factory",
        "gunicorn app.main:create() -k uvicorn.workers.UvicornWorker",
        "uvicorn --factory main:create",
    ],
)
def test_a_factory_that_a_server_is_told_is_called_alone(server: str) -> None:
    found = table(FACTORIES, server)
    assert ([endpoint.path for endpoint in found.endpoints], found.unknown) == (["/one/x"], ())


def test_a_factory_that_code_tells_a_server_is_called_alone() -> None:
    start = "import uvicorn\nuvicorn.run('app.main:create_other', factory=True)\n"
    assert [endpoint.path for endpoint in table(FACTORIES, start=start).endpoints] == ["/other/x"]


def test_a_caller_of_the_same_name_elsewhere_is_no_evidence() -> None:
    other = "from elsewhere import create\n\ndef start():\n    return create(1)\n\nnever = start()\n"
    one = "\ndef create():\n    app = FastAPI()\n    app.include_router(router)\n    return app\n"
    found = table(one, other=other)
    assert [endpoint.path for endpoint in found.endpoints] == ["/x"]
    assert "app.other" not in {loaded.module.name for loaded in found.machine.loaded.values()}  # type: ignore[union-attr]


def test_apps_that_no_server_loads_are_named() -> None:
    main = """
        app = FastAPI()
        app.include_router(router)
        internal = FastAPI()
        internal.include_router(router, prefix="/internal")
    """
    found = table(main, "uvicorn app.main:app")
    served = {endpoint.path: (endpoint.root.title, endpoint.root.is_served) for endpoint in found.endpoints}
    assert served == {"/x": ("app.main:app", True), "/internal/x": ("app.main:internal", False)}


def test_an_app_that_code_hands_to_uvicorn_is_served() -> None:
    main = """
        import uvicorn

        app = FastAPI()
        app.include_router(router)
        reports = FastAPI()
        reports.include_router(router, prefix="/reports")

        def in_a_thread():
            uvicorn.run(reports, port=8001)
    """
    found = table(main, "uvicorn app.main:app")
    assert {endpoint.path: endpoint.root.is_served for endpoint in found.endpoints} == {
        "/x": True,
        "/reports/x": True,
    }


def test_a_factory_gets_the_literals_that_gunicorn_is_told() -> None:
    main = """
        def create(prefix, shown=False):
            app = FastAPI()
            app.include_router(router, prefix=prefix)
            if shown:
                app.include_router(router, prefix="/shown")
            return app
    """
    found = table(main, "gunicorn app.main:create('/one',shown=True)")
    assert ([endpoint.path for endpoint in found.endpoints], found.unknown) == (["/one/x", "/shown/x"], ())
    assert table(main, "gunicorn app.main:create(prefix())").unknown


def test_what_a_server_loads_and_nobody_can_tell_is_unknown() -> None:
    main = "import plugin\n\napp = plugin.wrapped(FastAPI)\n"
    assert table(main, "uvicorn app.main:app").unknown
    assert not table("app = FastAPI()\n", "uvicorn app.main:app").unknown
