"""Ways in which services register endpoints, each as a small service that FastAPI can import."""

from __future__ import annotations

from collections.abc import Mapping

ROUTER = """
    from fastapi import APIRouter

    router = APIRouter(prefix="/users", tags=["users"])


    @router.get("/{user_id}", response_model=int)
    async def read_user(user_id: int):
        return user_id


    @router.post("", deprecated=True)
    def add_user() -> dict[str, int]:
        '''Add one.'''
        return {}
"""

MECHANISMS: Mapping[str, Mapping[str, str]] = {
    "nothing but an app": {"app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"},
    "a router that nothing includes": {
        "app/main.py": "from fastapi import FastAPI\nimport app.users\napp = FastAPI()\n",
        "app/users.py": ROUTER,
    },
    "router in another module, re-exported twice": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.api import users_router as u

            app = FastAPI()
            app.include_router(u, prefix="/api/v1", tags=["api", "users"])
        """,
        "app/api/__init__.py": "from .routes import *\n",
        "app/api/routes/__init__.py": "from .users import router as users_router\n__all__ = ['users_router']",
        "app/api/routes/users.py": ROUTER,
    },
    "factory in another module with the router as argument": {
        "app/main.py": """
            from app.factory import create_app
            from app import users

            app = application = create_app(users.router, title="Users", prefix="/v2")
        """,
        "app/factory.py": """
            from fastapi import FastAPI

            def create_app(*routers, prefix: str = "", **settings):
                app = FastAPI(**settings)
                for router in routers:
                    app.include_router(router, prefix=prefix)

                @app.get("/health", include_in_schema=False)
                def health() -> str:
                    return "ok"

                return app
        """,
        "app/users.py": ROUTER,
    },
    "the same router twice, and nested four deep": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            from app.users import router

            inner, middle, outer = APIRouter(prefix="/i"), APIRouter(tags=["m"]), APIRouter(prefix="/o")
            inner.include_router(router)
            middle.include_router(inner, prefix="/{tenant}")
            outer.include_router(middle, deprecated=True)
            app = FastAPI()
            app.include_router(outer)
            app.include_router(router, include_in_schema=False)
        """,
        "app/users.py": ROUTER,
    },
    "loops over literals, pairs and dicts": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            from app import users

            app = FastAPI()
            for module in [users]:
                app.include_router(module.router)
            for router, prefix in ((users.router, "/a"), (users.router, "/b")):
                app.include_router(router, prefix=prefix)
            for name, router in {"x": users.router}.items():
                app.include_router(router, prefix=f"/{name}", tags=[name.upper()])
            for version in range(1, 3):
                app.include_router(users.router, prefix="/v" + str(version))
        """,
        "app/users.py": ROUTER,
    },
    "prefixes from constants, enums, settings and f-strings": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.config import API, Version, settings
            from app.users import router

            app = FastAPI()
            app.include_router(router, prefix=API + settings.version)
            app.include_router(router, prefix=f"{API}/{Version.TWO.value}")
            app.include_router(router, prefix="{}/{}".format(API, settings.full.removeprefix("/")))
            app.include_router(router, prefix="/".join(["", "joined", Version.TWO]))
        """,
        "app/config.py": """
            from dataclasses import dataclass
            from enum import Enum

            API = "/api"

            class Version(str, Enum):
                TWO = "v2"

            @dataclass
            class Settings:
                name: str
                version: str = "/v1"

                @property
                def full(self) -> str:
                    return f"/{self.name}{self.version}"

            settings = Settings("shop")
        """,
        "app/users.py": ROUTER,
    },
    "add_api_route with bound methods of a base class": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.views import Items

            app = FastAPI()
            app.include_router(Items("/items").router)
        """,
        "app/views.py": """
            from fastapi import APIRouter

            class View:
                path = "/"

                def __init__(self, path=None):
                    self.path = path or self.path
                    self.router = APIRouter()
                    self.router.add_api_route(self.path, self.get, methods=["GET", "HEAD"])
                    self.router.add_api_route(self.path, self.post, methods=["POST"], status_code=201)

                async def get(self) -> list[int]:
                    raise NotImplementedError

                async def post(self) -> None:
                    '''Make one.'''

            class Items(View):
                def __init__(self, path):
                    super().__init__(path)
                    self.router.add_api_route(f"{path}/extra", self.extra)

                async def get(self) -> list[int]:
                    return []

                def extra(self):
                    return 1
        """,
    },
    "closures made per resource": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI

            def resource(name: str, model: type) -> APIRouter:
                router = APIRouter(prefix=f"/{name}", tags=[name])

                @router.get("/", response_model=list[model])
                async def list_all():
                    return []

                if model is int:
                    @router.delete("/{key}", status_code=204)
                    async def remove(key: int) -> None: ...

                return router

            app = FastAPI()
            for name, model in [("a", int), ("b", str)]:
                app.include_router(resource(name, model))
        """
    },
    "call form, lambda-free partials and callable objects": {
        "app/main.py": """
            import functools
            from fastapi import FastAPI

            app = FastAPI()

            async def answer(number: int) -> int:
                return number

            class Callable:
                async def __call__(self) -> str:
                    return ""

            app.post("/answer", tags=["t"])(answer)
            app.add_api_route("/partial", functools.partial(answer, number=1), methods=["get"])
            app.add_api_route("/object", Callable())
        """
    },
    "decorators between route and function": {
        "app/main.py": """
            from functools import wraps
            from fastapi import FastAPI
            from app.decorators import logged, protected

            app = FastAPI()

            @app.get("/logged")
            @logged(level=3)
            async def first() -> int:
                '''Documented.'''
                return 1

            @protected(app.post, "/protected")
            async def second() -> int:
                return 2
        """,
        "app/decorators.py": """
            from functools import wraps

            def logged(level):
                def decorate(function):
                    @wraps(function)
                    async def wrapper(*args, **kwargs):
                        return await function(*args, **kwargs)
                    return wrapper
                return decorate

            def protected(register, path, **kwargs):
                def decorate(function):
                    return register(path, tags=["protected"], **kwargs)(function)
                return decorate
        """,
    },
    "a router class with a prefix and a twin with a trailing slash": {
        "app/main.py": """
            from fastapi import FastAPI
            from app.routing import SlashRouter

            router = SlashRouter()

            @router.get("/things")
            async def things() -> list[str]:
                return []

            app = FastAPI()
            app.include_router(router, prefix="/api")
        """,
        "app/routing.py": """
            from fastapi import APIRouter

            class SlashRouter(APIRouter):
                def __init__(self, *args, **kwargs):
                    super().__init__(*args, prefix="/slash", **kwargs)

                def api_route(self, path, *, include_in_schema=True, **kwargs):
                    plain = super().api_route(path, include_in_schema=include_in_schema, **kwargs)
                    twin = super().api_route(path + "/", include_in_schema=False, **kwargs)

                    def decorate(function):
                        twin(function)
                        return plain(function)

                    return decorate
        """,
    },
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
