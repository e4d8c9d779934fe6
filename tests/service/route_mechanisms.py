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

ROUTE_MECHANISMS: Mapping[str, Mapping[str, str]] = {
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
}
