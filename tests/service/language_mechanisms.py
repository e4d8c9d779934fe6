"""Ways in which Python's own statements decide what is served: matches, loops, classes, what is never run."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGE_MECHANISMS: Mapping[str, Mapping[str, str]] = {
    "a prefix chosen by match": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            MODE = "full"
            match MODE:
                case "lite":
                    prefix = "/lite"
                case "full" | "all":
                    prefix = "/full"
                case _:
                    prefix = "/none"
            r = APIRouter(prefix=prefix)
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "match with captures, guards and a sequence": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            def choose(kind, n):
                match kind, n:
                    case "a", 1: return "/a1"
                    case "a", k if k > 1 or k == 2: return f"/a{k}"
                    case (other, _): return "/" + other
            r = APIRouter(prefix=choose("a", 1) + choose("b", 7))
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "match of enumeration members": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            from enum import Enum
            class M(Enum):
                A = "a"
                B = "b"
            match M.B:
                case M.A: p = "/a"
                case M.B as chosen: p = "/" + chosen.value
            r = APIRouter(prefix=p)
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "match of None, True and numbers": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            def f(v):
                match v:
                    case None: return "/none"
                    case True: return "/true"
                    case -1: return "/minus"
                    case 0 | 1: return "/bit"
                return "/else"
            r = APIRouter(prefix=f(None) + f(True) + f(1) + f(7))
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "versions compared": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            VER = 2
            p = f"/v{VER}" if VER >= 2 else "/old"
            p += "/new" if VER > 1 and not VER < 2 else "/x"
            p += "/t" if (1, 2) < (1, 3) else "/f"
            r = APIRouter(prefix=p)
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "loops that count and that empty a list": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            n = 0
            while n < 3:
                app.add_api_route(f"/w{n}", (lambda: 1) if False else Item, name=str(n)) if False else None
                n += 1
            parts = ["a", "b"]
            p = ""
            while parts:
                p += "/" + parts.pop(0)
            r = APIRouter(prefix=p)
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "maps, generators and coroutines that nobody goes through": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            r1, r2, r3, r4, r5, r6 = [APIRouter() for _ in range(6)]
            def a() -> int: ...
            for i, q in enumerate([r1, r2, r3, r4, r5, r6]):
                q.add_api_route(f"/{i}", a)
            map(app.include_router, [r1])
            (app.include_router(q) for q in [r2])
            def gen():
                app.include_router(r3)
                yield
            gen()
            async def co():
                app.include_router(r4)
            co()
            for _ in gen(): pass
            import asyncio
            asyncio.run(co())
            filter(app.include_router, [r5])
        """
    },
    "a dataclass with __post_init__ and a factory": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            from dataclasses import dataclass, field
            @dataclass
            class Mod:
                name: str
                router: APIRouter = field(default_factory=APIRouter)
                prefix: str = field(init=False)
                def __post_init__(self):
                    self.prefix = f"/{self.name.lower()}"
            m = Mod("Users")
            @m.router.get("/x")
            def x() -> int: ...
            for mod in (m,):
                app.include_router(mod.router, prefix=mod.prefix, tags=[mod.name])
        """
    },
    "a model with a validator and model_post_init": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            from pydantic import BaseModel
            app = FastAPI()
            from pydantic import field_validator, model_validator
            class S(BaseModel):
                prefix: str = "api"
                full: str = ""
                @field_validator("prefix", mode="after")
                @classmethod
                def lead(cls, v): return "/" + v
                def model_post_init(self, _): self.full = self.prefix + "/v1"
            s = S(prefix="api")
            r = APIRouter(prefix=s.full)
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "members that learn their names": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            class route:
                def __init__(self, path): self.path = path
                def __call__(self, f):
                    self.f = f
                    return self
                def __set_name__(self, owner, name):
                    owner.table.append((self.path, self.f))
            class V:
                table: list = []
                @route("/v")
                async def v() -> int: ...
            for p, f in V.table:
                app.add_api_route(p, f)
        """
    },
    "a metaclass that registers what it makes": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            class Meta(type):
                registry = []
                def __new__(mcs, name, bases, ns):
                    cls = super().__new__(mcs, name, bases, ns)
                    Meta.registry.append(cls)
                    return cls
            class B_(metaclass=Meta):
                path = "/b"
                @staticmethod
                def get() -> int: ...
            class C_(B_):
                path = "/c"
            for k in Meta.registry:
                app.add_api_route(k.path, k.get)
        """
    },
    "a metaclass whose __init__ registers": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            class Meta(type):
                def __init__(cls, name, bases, ns):
                    super().__init__(name, bases, ns)
                    if "path" in ns:
                        app.add_api_route(ns["path"], cls.get)
            class B_(metaclass=Meta):
                @staticmethod
                def get() -> int: ...
            class C_(B_):
                path = "/c"
        """
    },
    "what a try raises by hand and in a call": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI
            app = FastAPI()
            try:
                raise ValueError
                p = "/never"
            except ValueError:
                p = "/handled"
            else:
                p = "/else"
            finally:
                q = "/fin"
            def risky(): raise KeyError("x")
            try:
                risky()
                t = "/no"
            except KeyError:
                t = "/yes"
            r = APIRouter(prefix=p + q + t)
            @r.get("/x")
            def x() -> int: ...
            app.include_router(r)
        """
    },
    "an attribute that is deleted": {
        "app/main.py": """
            from fastapi import FastAPI

            class Paths:
                first = "/first"
                second = "/second"

            def read() -> int: ...

            app = FastAPI()
            del Paths.second
            for name in ("first", "second"):
                if hasattr(Paths, name):
                    app.add_api_route(getattr(Paths, name), read, name=name)
        """
    },
    "routers that operator picks": {
        "app/main.py": """
            from operator import attrgetter
            from fastapi import APIRouter, FastAPI

            class Feature:
                def __init__(self, name):
                    self.router = APIRouter(prefix=f"/{name}")
                    self.on = name != "b"

            def read() -> int: ...

            app = FastAPI()
            features = [Feature(name) for name in "abc"]
            for router in map(attrgetter("router"), filter(attrgetter("on"), features)):
                router.add_api_route("/read", read)
                app.include_router(router)
        """
    },
    "a summary that is the class's own docstring, or none": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI

            class Resource:
                def __init__(self):
                    self.router = APIRouter(prefix="/" + type(self).__name__)
                    self.router.add_api_route("", self.index, summary=self.__doc__)

                async def index(self) -> int: ...

            class Users(Resource):
                \"\"\"Users.\"\"\"

            class Tags(Resource): ...

            app = FastAPI()
            for cls in Resource.__subclasses__():
                app.include_router(cls().router)
        """
    },
    "any, all, the greatest and a sum": {
        "app/main.py": """
            from fastapi import APIRouter, FastAPI

            parts = ["a", "b"]
            prefix = "/any" if any(part == "b" for part in parts) else "/none"
            prefix += "/all" if all(part for part in parts) else "/some"
            prefix += f"/{max(1, 2)}/{min([3, 4])}/{sum([1, 2])}"
            router = APIRouter(prefix=prefix)

            @router.get("/read")
            def read() -> int: ...

            app = FastAPI()
            app.include_router(router)
        """
    },
    "what is raised in a block that suppresses it": {
        "app/main.py": """
            import contextlib
            from fastapi import FastAPI

            def read() -> int: ...

            app = FastAPI()
            for path in ["/a", "/b"]:
                with contextlib.suppress(ValueError):
                    if path == "/a":
                        raise ValueError
                    app.add_api_route(path, read)
            app.add_api_route("/after", read)
        """
    },
    "context managers that include what their block fills": {
        "app/main.py": """
            from contextlib import contextmanager
            from fastapi import APIRouter, FastAPI

            app = FastAPI()

            def read() -> int: ...

            class Group:
                def __init__(self, prefix):
                    self.router = APIRouter(prefix=prefix)

                def __enter__(self):
                    return self.router

                def __exit__(self, *error):
                    app.include_router(self.router)

            @contextmanager
            def group(prefix):
                router = APIRouter(prefix=prefix)
                yield router
                app.include_router(router)

            with Group("/class") as router:
                router.add_api_route("/read", read)
            with group("/function") as router:
                router.add_api_route("/read", read)

            @contextmanager
            def named(name):
                try:
                    yield name
                finally:
                    app.add_api_route(f"/done/{name}", read)

            def fill(name):
                with group("/both") as router, named(name) as path:
                    with named("inner"):
                        router.add_api_route(f"/{path}", read)
                    return path

            app.add_api_route(f"/returned/{fill('outer')}", read)
        """
    },
    "members that are texts or numbers, too, and plain ones": {
        "app/main.py": """
            from enum import Enum, IntEnum
            from fastapi import FastAPI

            class Stage(str, Enum):
                DEV = "dev"

            class Level(IntEnum):
                LOW = 1
                HIGH = 3

            class Plain(Enum):
                DEV = "dev"

            def read() -> int: ...

            app = FastAPI()
            app.add_api_route("/text" if Stage.DEV == "dev" else "/no-text", read)
            app.add_api_route("/listed" if Stage.DEV in ("dev", "test") else "/not-listed", read)
            app.add_api_route("/number" if Level.LOW == 1 else "/no-number", read)
            app.add_api_route("/order" if Level.HIGH > Level.LOW else "/no-order", read)
            app.add_api_route("/equal" if Plain.DEV == "dev" else "/plain", read)
        """
    },
    "sets, joined addresses, and what reduces a list": {
        "app/main.py": """
            import posixpath
            from functools import reduce
            from urllib.parse import urljoin
            from fastapi import FastAPI

            def read() -> int: ...

            app = FastAPI()
            NAMES = {"a", "b"}
            for name in sorted(NAMES - {"b"}) + sorted({"c", "d"} & {"d"}) + sorted({"e"} ^ {"f"}):
                app.add_api_route("/" + name, read)
            for name in sorted(NAMES | {"b", "z"}):
                app.add_api_route("/all/" + name, read)
            app.add_api_route(posixpath.join("/posix", "x"), read)
            app.add_api_route(urljoin("/base/", "y"), read)
            app.add_api_route(reduce(lambda path, part: path + "/" + part, ["p", "q"], ""), read)
        """
    },
    "what is the same in every interpreter": {
        "app/main.py": """
            import sys
            from fastapi import FastAPI

            def read() -> int: ...

            app = FastAPI()
            if __debug__:
                app.add_api_route("/checked", read)
            else:
                app.add_api_route("/optimized", read)
            if sys.version_info >= (3, 8):
                app.add_api_route("/new", read)
            else:
                app.add_api_route("/old", read)
            if sys.version_info < (3,):
                app.add_api_route("/ancient", read)
        """
    },
    "an object that gives its items": {
        "app/main.py": """
            from fastapi import FastAPI

            def read() -> int: ...

            class Paths:
                def __init__(self, *paths):
                    self.paths = list(paths)

                def __iter__(self):
                    return iter(self.paths)

            class Made:
                def __iter__(self):
                    yield "/made"
                    for path in Paths("/more"):
                        yield path

            app = FastAPI()
            for path in Paths("/one", "/two"):
                app.add_api_route(path, read)
            for path in Made():
                app.add_api_route(path, read)
        """
    },
    "an iterator that is gone through, and a property that registers": {
        "app/main.py": """
            from fastapi import FastAPI

            def read() -> int: ...

            class Switch:
                @property
                def on(self):
                    return self._on

                @on.setter
                def on(self, value):
                    self._on = value
                    app.add_api_route("/switched", read)

            app = FastAPI()
            paths = iter(["/first", "/second"])
            app.add_api_route(next(paths), read)
            app.add_api_route(next(paths), read)
            switch = Switch()
            switch.on = True
        """
    },
}
