"""Values that decide routes: texts of objects, tests, patterns, marks, as FastAPI can import them."""

from __future__ import annotations

from collections.abc import Mapping

from tests.service.route_mechanisms import ROUTER

VALUE_MECHANISMS: Mapping[str, Mapping[str, str]] = {
    "numbers, flags and members that are numbers": {
        "app/main.py": """
            from enum import IntEnum, IntFlag
            from fastapi import FastAPI
            from app.users import router

            class Right(IntFlag):
                READ = 1
                WRITE = 2
                DELETE = 1 << 2

            class Role(IntEnum):
                NONE = 0
                READER = Right.READ
                WRITER = Right.READ | Right.WRITE
                OWNER = WRITER | Right.DELETE

            app = FastAPI()
            for role in Role:
                app.include_router(router, prefix=f"/roles/{role}/{role & Right.WRITE}")
            if Role.OWNER & Right.DELETE:
                app.include_router(router, prefix="/owners")
            if Role.READER & Right.DELETE:
                app.include_router(router, prefix="/deleting-readers")
            numbers = (7 % 3, 7 // 2, 6 ^ 3, 256 >> 4, 2 ** 5, -7 // 2, True | False)
            app.include_router(router, prefix="/n" + "".join(f"/{n}" for n in numbers))
            app.include_router(router, prefix=f"/d/{7 / 2}")
            """,
        "app/users.py": ROUTER,
    },
    "members of enumerations and objects in texts": {
        "app/main.py": """
            from dataclasses import dataclass
            from enum import Enum, IntEnum, StrEnum, auto
            from fastapi import FastAPI
            from app.users import router

            class Plain(Enum):
                V1 = "v1"

            class Mixed(str, Enum):
                V1 = "v1"

            class Number(IntEnum):
                ONE = 1

            class Written(str, Enum):
                V1 = "v1"

                def __str__(self) -> str:
                    return self.value

            class Shown(Enum):
                V1 = "v1"

                def __format__(self, spec: str) -> str:
                    return "shown"

            @dataclass
            class Prefix:
                name: str

                def __str__(self) -> str:
                    return "p-" + self.name

            app = FastAPI()
            for member in (Plain.V1, Mixed.V1, Number.ONE, Written.V1, Shown.V1, Prefix("x")):
                app.include_router(router, prefix=f"/f/{member}")
                app.include_router(router, prefix="/s/%s" % member)
                app.include_router(router, prefix="/t/%s/%d" % (member, 1))
                app.include_router(router, prefix="/u/{}".format(member))
                app.include_router(router, prefix="/v/" + str(member))
            app.include_router(router, prefix="/w/" + Mixed.V1)
            app.include_router(router, prefix="/".join(["/x", Mixed.V1]))

            class Named(StrEnum):
                ONE = auto()
                FIRST = "one"

            app.include_router(router, prefix="/y/" + Named.ONE.upper() + format(Named.ONE, "s"))
            app.include_router(router, prefix=f"/z/{Named.FIRST.name}/{len([*Named])}/{format(Mixed.V1)}")
        """,
        "app/users.py": ROUTER,
    },
    "what only type checkers see, and paths made by patterns": {
        "app/main.py": """
            import re
            import typing
            from typing import TYPE_CHECKING
            from fastapi import FastAPI
            from app.users import router

            if TYPE_CHECKING:
                prefix = "/a"
            else:
                prefix = "/b"
            if not typing.TYPE_CHECKING:
                other = "/c"
            else:
                other = "/d"

            class UserAccounts: ...

            name = re.sub(r"(?<!^)(?=[A-Z])", "-", UserAccounts.__name__).lower()
            app = FastAPI()
            app.include_router(router, prefix=prefix)
            app.include_router(router, prefix=other)
            app.include_router(router, prefix="/" + name)
            for part in re.split(r",\\s*", "x, y"):
                app.include_router(router, prefix="/" + part)
        """,
        "app/users.py": ROUTER,
    },
    "tests that one operand or every item decides": {
        "app/main.py": """
            import os
            from fastapi import FastAPI
            from app.users import router

            unknown = os.environ.get("SOMETHING")
            app = FastAPI()
            if unknown and False:
                app.include_router(router, prefix="/never")
            if not (unknown or True):
                app.include_router(router, prefix="/never-either")
            if unknown or True:
                app.include_router(router, prefix="/always")
            if [1, "a"] == [1, "a"] and (1, 2) != (1, 2, 3) and {"a": [1]} == {"a": [1]}:
                app.include_router(router, prefix="/equal")
            if [1] == (1,) or [1] == [2] or {"a": 1} == {"a": 2}:
                app.include_router(router, prefix="/unequal")
        """,
        "app/users.py": ROUTER,
    },
    "marks on functions read through bound methods": {
        "app/main.py": """
            import inspect
            from fastapi import APIRouter, FastAPI

            def mark(path, **options):
                def decorate(function):
                    function.mark = (path, options)
                    return function
                return decorate

            class View:
                def __init__(self, prefix):
                    self.router = APIRouter(prefix=prefix)
                    for name, method in inspect.getmembers(self, inspect.ismethod):
                        if hasattr(method, "mark"):
                            path, options = method.mark
                            self.router.add_api_route(path, method, **options)

            class Items(View):
                @mark("/one", methods=["PUT"], tags=["t"])
                async def one(self) -> int:
                    return 1

                @mark("/two")
                def two(self) -> int:
                    return 2

                def three(self): ...

            app = FastAPI()
            app.include_router(Items("/items").router)
        """,
    },
    "response models read from annotations": {
        "app/main.py": """
            import typing
            from typing import get_type_hints
            from fastapi import APIRouter, FastAPI
            from pydantic import BaseModel

            class UserResponse(BaseModel):
                name: str

            class Inferring(APIRouter):
                def add_api_route(self, path, endpoint, **kwargs):
                    if kwargs.get("response_model") is None:
                        kwargs["response_model"] = get_type_hints(endpoint).get("return")
                    return super().add_api_route(path, endpoint, **kwargs)

            router = Inferring()

            @router.get("/a")
            def annotated() -> UserResponse: ...

            @router.get("/b")
            def quoted() -> "UserResponse": ...

            @router.get("/c")
            def untyped(): ...

            @router.get("/d", response_model=None)
            def explicit() -> int: ...

            app = FastAPI()
            app.include_router(router)

            @app.get("/e")
            def own() -> "UserResponse": ...

            @app.get("/f", response_model=typing.get_type_hints(own)["return"])
            def taken(): ...
        """,
    },
    "responses of libraries": {
        "app/main.py": """
            from fastapi import FastAPI, Response
            from fastapi.responses import EventSourceResponse, StreamingResponse

            app = FastAPI()

            @app.get("/a")
            def events() -> EventSourceResponse: ...

            @app.get("/b")
            def stream() -> "StreamingResponse": ...

            @app.get("/c")
            def plain() -> "Response": ...
        """,
    },
}
