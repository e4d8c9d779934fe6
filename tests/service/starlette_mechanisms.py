"""Starlette's own ways to serve endpoints below a FastAPI app, route classes, what is asynchronous."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN = """
    from starlette.requests import Request
    from starlette.responses import JSONResponse


    async def levels(request: Request) -> JSONResponse:
        '''How much there is.'''
        return JSONResponse([])


    def labels(request: Request) -> JSONResponse:
        return JSONResponse([])
"""

STARLETTE_MECHANISMS: Mapping[str, Mapping[str, str]] = {
    "only FastAPI's adders put the router's prefix in front": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI, WebSocket
            from app.plain import labels, levels

            router = APIRouter(prefix="/stock", tags=["stock"])
            sub = FastAPI()

            @sub.get("/monthly")
            async def monthly() -> int:
                return 1

            router.mount("/reports", sub)
            router.add_route("/plain", levels, methods=["POST"])
            router.add_api_route("/own", labels)

            @router.route("/decorated")
            def decorated(request): ...

            @router.websocket_route("/socket")
            async def socket(websocket: WebSocket): ...

            @router.websocket("/own-socket")
            async def own_socket(websocket: WebSocket): ...

            app = FastAPI()
            app.include_router(router, prefix="/api", include_in_schema=False, deprecated=True)
        """,
        "app/plain.py": PLAIN,
    },
    "mounts with routes, routers and hosts": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            from starlette.applications import Starlette
            from starlette.routing import Host, Mount, Route, Router, WebSocketRoute
            from app.plain import labels, levels

            async def socket(websocket): ...

            inner = APIRouter(prefix="/inner")
            inner.add_api_route("/levels", levels)
            app = FastAPI(routes=[
                Mount("/a", routes=[
                    Route("/levels", levels), Mount("/b", routes=[WebSocketRoute("/s", socket)])
                ]),
                Host("one.example", app=Router([Route("/host", labels, methods=["PUT"])])),
            ])
            hidden = Route("/labels", labels, methods=["POST"], include_in_schema=False)
            app.mount("/c/", Router(routes=[hidden]))
            app.mount("/d", Starlette(routes=[Route("/levels", levels)]))
            app.mount("/e", inner)
            app.host("two.example", Router([Route("/two", levels)]))
        """,
        "app/plain.py": PLAIN,
    },
    "route objects put into the list of routes": {
        "app/main.py": """
            from fastapi import FastAPI
            from fastapi.routing import APIRoute, APIWebSocketRoute
            from starlette.routing import Mount, Route
            from app.plain import labels, levels

            async def socket(websocket): ...

            def made() -> int:
                '''Make it.'''
                return 1

            app = FastAPI()
            app.router.routes.append(APIRoute("/appended", made, methods=["DELETE"], deprecated=True))
            app.routes.extend([Route("/extended", levels), APIWebSocketRoute("/ws", socket)])
            app.router.routes.insert(0, Mount("/first", routes=[Route("/labels", labels)]))
            app.router.routes += [APIRoute("/added", made, include_in_schema=False)]
            for route in app.routes:
                if isinstance(route, Route) and route.path == "/added":
                    route.tags = ["late"]
        """,
        "app/plain.py": PLAIN,
    },
    "start-up code of apps, of included routers and of mounted apps": {
        "app/main.py": """
            from contextlib import asynccontextmanager
            from fastapi import APIRouter, FastAPI

            async def late() -> int:
                return 1

            def adding(target, path):
                @asynccontextmanager
                async def lifespan(app):
                    target.add_api_route(path, late)
                    yield
                return lifespan

            def of_mounted():
                mounted.add_api_route("/never", late)

            mounted = FastAPI(on_startup=[of_mounted])

            @asynccontextmanager
            async def of_other(app: FastAPI):
                app.add_api_route("/never-either", late)
                yield

            other = FastAPI(lifespan=of_other)

            @asynccontextmanager
            async def of_router(app):
                app.add_api_route("/router", late)
                yield

            router = APIRouter(lifespan=of_router)
            app = FastAPI()

            @app.on_event("startup")
            async def own():
                app.add_api_route("/own", late)

            app.include_router(router)
            app.mount("/mounted", mounted)
            app.mount("/other", other)
        """,
    },
    "start-up handlers beside a lifespan, which replaces them": {
        "app/main.py": """
            from contextlib import asynccontextmanager
            from fastapi import FastAPI

            async def late() -> int:
                return 1

            @asynccontextmanager
            async def lifespan(app: FastAPI):
                app.add_api_route("/lifespan", late)
                yield

            app = FastAPI(lifespan=lifespan)

            @app.on_event("startup")
            async def own():
                app.add_api_route("/never", late)
        """,
    },
    "apps wrapped in middleware and mounted": {
        "app/main.py": """
            from fastapi import FastAPI
            from starlette.middleware.cors import CORSMiddleware
            from app.plain import levels

            class Wrapper:
                def __init__(self, app, name):
                    self.app = app

            inner, other = FastAPI(), FastAPI()
            inner.add_api_route("/levels", levels)
            app = FastAPI()
            app.add_api_route("/own", levels)
            app.mount("/cors", CORSMiddleware(inner, allow_origins=["*"]))
            app.mount("/wrapped", Wrapper(CORSMiddleware(app=inner), "x"))
            app.mount("/other", other)
        """,
        "app/plain.py": PLAIN,
    },
    "async handlers below plain wrappers, and plain ones below async wrappers": {
        "app/main.py": """
            from functools import partial, wraps
            from fastapi import FastAPI
            from starlette.requests import Request

            def plain(f):
                @wraps(f)
                def wrapper(*args, **kwargs):
                    return f(*args, **kwargs)
                return wrapper

            def awaited(f):
                @wraps(f)
                async def wrapper(*args, **kwargs):
                    return f(*args, **kwargs)
                return wrapper

            class Callable:
                async def __call__(self) -> int:
                    return 1

            class Wrapped:
                @plain
                async def __call__(self) -> int:
                    return 1

            app = FastAPI()

            @app.get("/a")
            @plain
            async def one() -> int:
                return 1

            @app.get("/b")
            @awaited
            def two() -> int:
                return 1

            @app.get("/c")
            @plain
            @awaited
            def three() -> int:
                return 1

            @app.get("/d")
            @plain
            @plain
            async def four() -> int:
                return 1

            @app.router.route("/e")
            @plain
            async def five(request: Request): ...

            app.add_api_route("/f", Callable())
            app.add_api_route("/g", partial(plain(four)))
            app.add_api_route("/h", Wrapped())
        """,
    },
    "decorators that ask whether the function is async": {
        "app/main.py": """
            import asyncio
            import inspect
            from functools import partial
            from fastapi import FastAPI
            from starlette._utils import is_async_callable

            def by_inspect(f):
                async def wrapper():
                    return await f()
                def other():
                    return f()
                return wrapper if inspect.iscoroutinefunction(f) else other

            def by_asyncio(f):
                async def wrapper():
                    '''Of the async branch.'''
                def other():
                    return 1
                return wrapper if asyncio.iscoroutinefunction(f) else other

            def by_starlette(f):
                async def asynchronous():
                    '''For async functions.'''
                def synchronous():
                    return 1
                return asynchronous if is_async_callable(f) else synchronous

            def by_generator(f):
                async def generates():
                    '''For generators.'''
                def plain():
                    return 1
                if inspect.isasyncgenfunction(f) or inspect.isgeneratorfunction(f):
                    return generates
                return plain

            async def coroutine(): ...
            async def generator():
                yield 1
            def function(): ...
            def generates():
                yield 1

            class Callable:
                async def __call__(self): ...

            app = FastAPI()
            for number, decorator in enumerate((by_inspect, by_asyncio, by_starlette, by_generator)):
                functions = coroutine, function, generator, generates, partial(coroutine), Callable()
                for index, decorated in enumerate(functions):
                    app.get(f"/{number}/{index}", response_model=None)(decorator(decorated))
        """,
    },
    "route classes of the service's own": {
        "app/main.py": """
            from typing import Any, Callable
            from fastapi import APIRouter, FastAPI
            from fastapi.routing import APIRoute

            class Hidden(APIRoute):
                def __init__(self, *args, **kwargs):
                    super().__init__(*args, **kwargs)
                    self.include_in_schema = False

            class Described(APIRoute):
                def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
                    if not kwargs.get("description"):
                        kwargs["description"] = "Described by " + endpoint.__name__
                    kwargs.setdefault("tags", [])
                    kwargs["tags"] = [*kwargs["tags"], "described"]
                    kwargs["response_model"] = None
                    APIRoute.__init__(self, path, endpoint, **kwargs)

            class Both(Described):
                def __init__(self, *args, **kwargs):
                    kwargs["deprecated"] = True
                    super().__init__(*args, **kwargs)

            hidden = APIRouter(prefix="/hidden", route_class=Hidden)
            described = APIRouter(prefix="/described", tags=["d"], route_class=Described)
            both = APIRouter(prefix="/both")
            both.route_class = Both

            for router in (hidden, described, both):
                @router.get("/one", tags=["t"])
                async def one() -> int:
                    return 1

                @router.post("/two")
                def two() -> dict[str, int]: ...

            app = FastAPI()
            app.router.route_class = Hidden

            @app.get("/own")
            def own() -> int:
                return 1

            app.include_router(hidden)
            app.include_router(described, prefix="/v1")
            app.include_router(both)
            app.router.add_api_route("/over", own, route_class_override=Described)
        """,
    },
    "class-based endpoints of Starlette": {
        "app/main.py": """
            from fastapi import FastAPI
            from starlette.routing import Route
            from app.plain import levels

            app = FastAPI()
            app.router.routes.append(Route("/levels", endpoint=levels, methods=["GET", "POST"]))
            app.add_route("/named", levels, ["PATCH"], "name")
        """,
        "app/plain.py": PLAIN,
    },
}
