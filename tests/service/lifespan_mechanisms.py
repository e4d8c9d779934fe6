"""What is run at the start, what FastAPI hands on unasked, and what functions say of themselves."""

from __future__ import annotations

from collections.abc import Mapping

LIFESPAN_MECHANISMS: Mapping[str, Mapping[str, str]] = {
    "lifespans that the parent runs for what it mounts": {
        "app/main.py": """
            from contextlib import AsyncExitStack, asynccontextmanager
            from fastapi import FastAPI

            def late() -> int: ...

            @asynccontextmanager
            async def of_first(app):
                app.add_api_route("/first", late)
                yield

            @asynccontextmanager
            async def of_second(app):
                app.add_api_route("/second", late)
                yield

            @asynccontextmanager
            async def of_third(app):
                app.include_router(never)
                yield

            first, second = FastAPI(lifespan=of_first), FastAPI(lifespan=of_second)
            third, never = FastAPI(lifespan=of_third), FastAPI().router

            @asynccontextmanager
            async def lifespan(app):
                async with first.router.lifespan_context(first):
                    async with AsyncExitStack() as stack:
                        await stack.enter_async_context(of_second(second))
                        yield

            app = FastAPI(lifespan=lifespan)
            app.mount("/a", first)
            app.mount("/b", second)
            app.mount("/c", third)
        """,
    },
    "handlers of the start-up event, which are given nothing": {
        "app/main.py": """
            from fastapi import FastAPI

            def late() -> int: ...

            def extend(target=None):
                app.add_api_route("/own" if target is None else "/given", late)

            async def at(path="/default"):
                app.add_api_route(path, late)

            app = FastAPI(on_startup=[extend])
            app.router.on_startup.append(at)
        """,
    },
    "lifespans that are set, merged, classes, methods and partials": {
        "app/main.py": """
            from contextlib import asynccontextmanager
            from functools import partial
            from fastapi import APIRouter, FastAPI

            def late() -> int: ...

            def extend(app, path):
                before = app.router.lifespan_context

                @asynccontextmanager
                async def merged(app):
                    async with before(app) as state:
                        app.add_api_route(path, late)
                        yield state

                app.router.lifespan_context = merged

            class Entered:
                def __init__(self, app):
                    self.app = app

                async def __aenter__(self):
                    self.app.add_api_route("/entered", late)

                async def __aexit__(self, *raised): ...

            class Store:
                @asynccontextmanager
                async def lifespan(self, app):
                    app.add_api_route("/method", late)
                    yield

            @asynccontextmanager
            async def at(path, app):
                app.add_api_route(path, late)
                yield

            app = FastAPI(lifespan=Entered)
            app.include_router(APIRouter(lifespan=Store().lifespan))
            app.include_router(APIRouter(lifespan=partial(at, "/partial")))
            extend(app, "/one")
            extend(app, "/two")
        """,
    },
    "arguments that FastAPI hands on though nobody gave them": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            from fastapi.routing import APIRoute

            class Described(APIRoute):
                def __init__(self, path, endpoint, **kwargs):
                    kwargs.setdefault("summary", "never, for it is there")
                    if not kwargs["tags"]:
                        kwargs["tags"] = ["none"]
                    super().__init__(path, endpoint, **kwargs)

            class Strict(APIRouter):
                def api_route(self, path, **kwargs):
                    kwargs.setdefault("deprecated", True)
                    return super().api_route(path, **kwargs)

                def add_api_route(self, path, endpoint, *, tags=None, description=None, **kwargs):
                    if kwargs["deprecated"] is None and path.endswith("old"):
                        kwargs["deprecated"] = True
                    super().add_api_route(path, endpoint, tags=[*(tags or []), "all"], **kwargs)

            class Service(FastAPI):
                def add_api_route(self, path, endpoint, **kwargs):
                    super().add_api_route("/own" + path, endpoint, **kwargs)

            described, strict = APIRouter(route_class=Described), Strict(prefix="/strict")
            for router in (described, strict):
                @router.get("/one")
                def one() -> int: ...

                @router.post("/old", response_model=None)
                def old() -> int: ...

            app = Service()
            app.include_router(described)
            app.include_router(strict)

            @app.get("/plain")
            def plain() -> int: ...

            app.add_api_route("/added", plain)
        """,
    },
    "what functions say of themselves": {
        "app/main.py": """
            import functools
            import inspect
            from fastapi import FastAPI

            app = FastAPI()

            def by_signature(path):
                def decorate(function):
                    signature = inspect.signature(function)
                    returns = signature.return_annotation
                    app.get(
                        path + "".join("/{%s}" % name for name in signature.parameters),
                        response_model=None if returns is inspect.Signature.empty else returns,
                    )(function)
                    return function
                return decorate

            def by_annotations(path):
                return lambda f: app.get(path, response_model=f.__annotations__.get("return"))(f)

            def by_kind(function):
                is_async = inspect.iscoroutinefunction(inspect.unwrap(function))
                async def awaited(): ...
                def plain(): ...
                return functools.wraps(function)(awaited if is_async else plain)

            class Counted:
                def __init__(self, function):
                    self.function = function
                    functools.update_wrapper(self, function)

                def __call__(self, *args):
                    return self.function(*args)

            @by_signature("/a")
            def typed(number: int) -> int: ...

            @by_signature("/b")
            def untyped(): ...

            @by_annotations("/c")
            async def annotated() -> int: ...

            @by_annotations("/d")
            async def bare(): ...

            for name in ("typed", "annotated", "nothing"):
                function = {"typed": typed, "annotated": annotated}.get(name)
                if function and callable(function):
                    app.add_api_route("/kind/" + name, by_kind(function), response_model=None)

            class Shelf:
                def get(self) -> int: ...
                async def put(self) -> int: ...

                @classmethod
                def serve(cls, path):
                    shelf = cls()
                    for klass in cls.__mro__:
                        for name in klass.__dict__:
                            handler = getattr(shelf, name, None)
                            if name in ("get", "put") and callable(handler):
                                app.add_api_route(path, handler, methods=[name.upper()])

            Shelf.serve("/shelf")
            app.get("/counted")(Counted(annotated))
            partial = functools.partial(typed, number=1)
            if isinstance(partial, functools.partial) and not isinstance(typed, functools.partial):
                app.get("/partial", response_model=int)(partial)
        """,
    },
}
