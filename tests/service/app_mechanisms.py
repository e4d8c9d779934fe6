"""More ways in which services register endpoints: discovery, mounts, edited routes, whole applications."""

from __future__ import annotations

from collections.abc import Mapping

from tests.service.route_mechanisms import ROUTER

APP_MECHANISMS: Mapping[str, Mapping[str, str]] = {
    "modules found by pkgutil": {
        "app/main.py": """
            import importlib
            import pkgutil
            from fastapi import FastAPI
            from app import features

            app = FastAPI()
            for module_info in pkgutil.iter_modules(features.__path__):
                module = importlib.import_module(f"{features.__name__}.{module_info.name}")
                if hasattr(module, "router"):
                    app.include_router(module.router)
        """,
        "app/features/__init__.py": "",
        "app/features/users.py": ROUTER,
        "app/features/helpers.py": "value = 1\n",
    },
    "modules found by pkgutil in a path": {
        "app/main.py": """
            import importlib
            import os
            import pkgutil
            from pathlib import Path
            from fastapi import FastAPI

            app = FastAPI()
            folder = Path(__file__).resolve().parent / "features"
            for found in pkgutil.iter_modules([str(folder)]):
                module = importlib.import_module(f"app.features.{found.name}")
                if not found.ispkg:
                    app.include_router(module.router, prefix="/iterated")
            for found in pkgutil.walk_packages([os.path.dirname(__file__)], "app."):
                if found.name.endswith(".members"):
                    app.include_router(importlib.import_module(found.name).router, prefix="/walked")
        """,
        "app/__init__.py": "",
        "app/features/__init__.py": "",
        "app/features/users.py": ROUTER,
        "app/features/inner/__init__.py": "",
        "app/features/inner/members.py": ROUTER,
    },
    "modules found in the folder, and one named in a list": {
        "app/main.py": """
            import os
            from importlib import import_module
            from pathlib import Path
            from fastapi import FastAPI

            app = FastAPI()
            here = os.path.dirname(__file__)
            for name in sorted(os.listdir(os.path.join(here, "features"))):
                if name.endswith(".py") and not name.startswith("_"):
                    app.include_router(import_module("app.features." + name[:-3]).router, prefix="/listed")
            for path in sorted(Path(__file__).parent.joinpath("features").glob("u*.py")):
                app.include_router(import_module(f"app.features.{path.stem}").router, prefix="/globbed")
            for root, folders, files in os.walk(here):
                for file in files:
                    if file == "users.py":
                        app.include_router(import_module("app.features.users").router, prefix="/walked")
            for name in ("users",):
                app.include_router(getattr(import_module(".features." + name, package="app"), "router"))
        """,
        "app/features/__init__.py": "",
        "app/features/users.py": ROUTER,
    },
    "modules found below the folder that the service is started in": {
        "app/main.py": """
            import glob
            from importlib import import_module
            from pathlib import Path
            from fastapi import FastAPI

            app = FastAPI()

            def include(path, prefix):
                name = ".".join(Path(path).with_suffix("").parts)
                app.include_router(import_module(name).router, prefix=prefix)

            for path in Path().glob("app/features/*/endpoints_*.py"):
                include(path, "/below")
            for path in sorted(Path(".").glob("app/**/endpoints_o*.py")):
                include(path, "/deep")
            for path in Path("app/features").rglob("endpoints_users.py"):
                include(path, "/named")
            for path in sorted(glob.glob("app/features/*/endpoints_*.py")):
                include(path, "/text")
            for path in glob.glob("app/**/users/endpoints_*.py"):
                include(path, "/one-star")
            for path in glob.glob("app/**/endpoints_users.py", recursive=True):
                include(path, "/many")
        """,
        "app/features/__init__.py": "",
        "app/features/users/__init__.py": "",
        "app/features/users/endpoints_users.py": ROUTER,
        "app/features/users/helpers.py": ROUTER,
        "app/features/orders/__init__.py": "",
        "app/features/orders/endpoints_orders.py": """
            from fastapi import APIRouter

            router = APIRouter(prefix="/orders")

            @router.get("")
            def read_orders() -> int:
                return 1
        """,
    },
    "mounted apps": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.users import router

            admin = FastAPI(root_path="/ignored")
            admin.include_router(router)
            inner = FastAPI()
            inner.include_router(router, tags=["inner"])
            admin.mount("/inner/", inner)
            app = FastAPI()
            app.mount("/admin", admin)
        """,
        "app/users.py": ROUTER,
    },
    "routes taken away and cloned": {
        "app/main.py": """
            from fastapi import FastAPI
            from fastapi.routing import APIRoute

            app = FastAPI()

            @app.get("/kept")
            async def kept() -> int:
                return 1

            @app.get("/dropped")
            async def dropped() -> int:
                return 1

            for route in list(app.routes):
                if isinstance(route, APIRoute) and route.path == "/dropped":
                    app.router.routes.remove(route)
            for route in list(app.routes):
                if isinstance(route, APIRoute):
                    app.add_api_route("/cloned" + route.path, route.endpoint, methods=list(route.methods))
        """
    },
    "included at start-up": {
        "app/main.py": """
            from contextlib import asynccontextmanager
            from fastapi import FastAPI
            from app.users import router

            def register(app: FastAPI) -> None:
                app.include_router(router, prefix="/late")

            @asynccontextmanager
            async def lifespan(app: FastAPI):
                register(app)
                yield

            app = FastAPI(lifespan=lifespan)
        """,
        "app/users.py": ROUTER,
    },
    "a route added after the include": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.users import router

            app = FastAPI()
            app.include_router(router)

            @router.get("/late/{x}")
            async def late(x: int) -> int:
                return x
        """,
        "app/users.py": ROUTER,
    },
    "stacked decorators, duplicates and a name defined twice": {
        "app/main.py": """
            from fastapi import FastAPI

            app = FastAPI()

            @app.get("/a")
            @app.get("/b", tags=["b"], summary="B")
            async def same() -> int:
                return 1

            @app.get("/a")
            async def again() -> int:
                return 2

            @app.get("/c")
            def twice(): ...

            @app.get("/d")
            async def twice(): ...
        """
    },
    "response schemas": {
        "app/main.py": """
            from typing import Any
            from fastapi import FastAPI, Response
            from fastapi.responses import JSONResponse, RedirectResponse
            from pydantic import BaseModel

            class Item(BaseModel):
                name: str

            class Own(JSONResponse):
                pass

            app = FastAPI()

            @app.get("/none", response_model=None)
            async def explicit() -> Item: ...

            @app.get("/annotated")
            async def annotated() -> Item: ...

            @app.get("/response")
            async def response() -> Response: ...

            @app.get("/redirect")
            async def redirect() -> RedirectResponse: ...

            @app.get("/own")
            async def own() -> Own: ...

            @app.get("/nothing")
            async def nothing() -> None: ...

            @app.get("/any")
            async def anything() -> Any: ...

            @app.get("/untyped")
            async def untyped(): ...
        """
    },
    "websockets and Starlette's own routes": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI, Request, WebSocket
            from fastapi.responses import PlainTextResponse

            router = APIRouter(prefix="/live")

            @router.websocket("/ws")
            async def stream(socket: WebSocket): ...

            app = FastAPI()
            app.include_router(router)

            @app.api_route("/both", methods=["GET", "POST"])
            async def both() -> int:
                return 1

            async def plain(request: Request):
                return PlainTextResponse("x")

            app.add_route("/plain", plain)
        """
    },
    "class-based views bound by a decorator of the service": {
        "app/main.py": """
            import inspect
            from fastapi import APIRouter, FastAPI

            router = APIRouter()

            def view(path):
                def decorate(cls):
                    instance = cls()
                    for method in ("get", "post"):
                        if hasattr(cls, method):
                            getattr(router, method)(path)(getattr(instance, method))
                    return cls
                return decorate

            @view("/books")
            class Books:
                async def get(self) -> int:
                    return 1

                async def post(self) -> int:
                    return 2

            app = FastAPI()
            app.include_router(router)
        """
    },
    "the app of a class, made by its method": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.users import router

            class Server:
                def __init__(self, name: str) -> None:
                    self.name = name
                    self.app = self._make()

                def _make(self) -> FastAPI:
                    app = FastAPI(title=self.name)
                    self._routes(app)
                    return app

                def _routes(self, app: FastAPI) -> None:
                    app.include_router(router, prefix=f"/{self.name}")

                    @app.get("/root")
                    def root():
                        return self.name

            app = Server("shop").app
        """,
        "app/users.py": ROUTER,
    },
    "an app that another module makes": {
        "app/main.py": """
            from app.instance import app
            from app.users import router

            app.include_router(router)
        """,
        "app/instance.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "app/users.py": ROUTER,
    },
    "members of modules, subclasses and named tuples": {
        "app/main.py": """
            import glob
            import inspect
            import os
            import sys
            from typing import NamedTuple
            from fastapi import APIRouter, FastAPI
            from app import users, views

            class Entry(NamedTuple):
                router: APIRouter
                prefix: str = "/named"

            app = FastAPI()
            for name, member in inspect.getmembers(users):
                if isinstance(member, APIRouter):
                    app.include_router(member)
            for name, member in vars(users).items():
                if name == "router":
                    app.include_router(member, prefix="/vars")
            for name in dir(users):
                if isinstance(getattr(users, name), APIRouter):
                    app.include_router(getattr(users, name), prefix="/dir")
            for router, prefix in [Entry(users.router), Entry(users.router, "/other")]:
                app.include_router(router, prefix=prefix)
            for view in views.View.__subclasses__():
                app.include_router(view().router)
            for router in views.REGISTERED:
                app.include_router(router, prefix="/registered")
            list(map(app.include_router, [r for r in filter(None, [users.router])]))
            for path in glob.glob(os.path.join(os.path.dirname(__file__), "use*.py")):
                module = sys.modules["app." + os.path.basename(path)[:-3]]
                app.include_router(module.router, prefix="/glob")
        """,
        "app/users.py": ROUTER,
        "app/views.py": """
            from fastapi import APIRouter

            REGISTERED = []

            class View:
                def __init_subclass__(cls, *, path="/none", **kwargs):
                    super().__init_subclass__(**kwargs)
                    router = APIRouter(prefix=path)
                    router.get("/hook")(cls.answer)
                    REGISTERED.append(router)

                def __init__(self):
                    self.router = APIRouter()
                    self.router.get("/" + type(self).__name__.lower())(self.serve)

                @staticmethod
                async def answer() -> int:
                    return 1

                async def serve(self) -> int:
                    return 2

            class First(View, path="/first"): ...

            class Second(View): ...
        """,
    },
    "FastAPI under Starlette's own mount": {
        "app/main.py": """
            from fastapi import FastAPI
            from starlette.routing import Mount
            from app.users import router

            inner = FastAPI()
            inner.include_router(router)
            app = FastAPI(routes=[Mount("/below", app=inner)])
        """,
        "app/users.py": ROUTER,
    },
    "keyword arguments from dicts": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.users import router

            def include(target, child, **kwargs):
                target.include_router(child, **kwargs)

            options = {"prefix": "/api"}
            options.update(tags=["x"])
            options["deprecated"] = True
            app = FastAPI()
            include(app, router, **options)
        """,
        "app/users.py": ROUTER,
    },
}
