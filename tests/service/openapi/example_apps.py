"""Small apps, each of one kind of thing that a document says."""

from __future__ import annotations

_HEAD = """
from __future__ import annotations
import datetime, decimal, enum, uuid
from collections.abc import Sequence, Mapping, Iterable, AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Dict, Generic, List, Literal, NamedTuple, Optional, TypeVar, Union
from typing_extensions import TypeAliasType, TypedDict
from fastapi import (APIRouter, Body, Cookie, Depends, FastAPI, File, Form, Header, Path, Query, Request,
    Response, Security, UploadFile, status)
from fastapi.responses import (FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse,
    StreamingResponse)
from fastapi.security import (APIKeyCookie, APIKeyHeader, APIKeyQuery, HTTPBasic, HTTPBearer,
    OAuth2PasswordBearer, OAuth2PasswordRequestForm, SecurityScopes)
from pydantic import (AliasChoices, AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl,
    PlainSerializer, PositiveInt, RootModel, SecretStr, StringConstraints, WithJsonSchema, computed_field,
    conbytes, conint, conlist, constr, field_serializer, model_serializer)
from pydantic.alias_generators import to_camel, to_pascal
app = FastAPI()
"""
_PLAIN_HEAD = _HEAD.replace("from __future__ import annotations\n", "")

_BODIES = {
    "scalars": """
        class M(BaseModel):
            a: int
            b: float = 1.5
            c: str = "x"
            d: bool = True
            e: bytes
            f: datetime.datetime
            g: Optional[datetime.date] = None
            h: uuid.UUID
            i: decimal.Decimal
            j: decimal.Decimal = Field(gt=0, max_digits=5)
            k: Any
            l: Any = None
            m: object
            n: SecretStr
            o: HttpUrl
            p: PositiveInt
            q: datetime.timedelta = datetime.timedelta(days=1)
        @app.post("/m")
        def post(m: M) -> M: ...
    """,
    "constraints": """
        Name = Annotated[str, StringConstraints(min_length=1, max_length=10, pattern="^a")]
        class M(BaseModel):
            a: int = Field(gt=0, le=10, multiple_of=2)
            b: Optional[int] = Field(None, gt=0, description="the b")
            c: Annotated[Optional[int], Field(ge=1)] = 2
            d: list[int] = Field(min_length=1, max_length=3)
            e: dict[str, int] = Field(default_factory=dict, max_length=2)
            f: Name
            g: list[Name] = []
            h: int | str = Field(1, gt=0)
            i: conint(gt=1)
            cb: conbytes(max_length=3)
            j: constr(min_length=2, pattern="x")
            k: conlist(int, min_length=1)
            l: str = Field("a", title="The L", examples=["a", "b"], deprecated=True)
            m: set[int] = set()
            n: frozenset[str] | None = None
            o: tuple[int, str]
            p: tuple[int, ...] = ()
            q: dict[Name, int]
            r: Mapping[str, Sequence[int]]
            s: Iterable[int]
            t: list
            u: dict
            v: tuple
            w: Annotated[int, Field(gt=1)] = Field(3, lt=9, description="both")
            x: str = Field(json_schema_extra={"example": "z", "x-y": 1})
        @app.post("/m")
        def post(m: M) -> M: ...
    """,
    "enumerations": """
        class Color(str, enum.Enum):
            '''Colors.'''
            RED = "red"
            BLUE = "blue"
        class Level(enum.IntEnum):
            LOW = 1
            HIGH = 2
        class One(enum.StrEnum):
            ONLY = enum.auto()
        class Number(enum.Enum):
            A = enum.auto()
            B = enum.auto()
        class M(BaseModel):
            a: Color
            b: Color = Color.RED
            c: Optional[Level] = None
            d: Literal["x", "y"] = "x"
            e: Literal[1]
            f: Literal["a", 1, None]
            g: Literal[Color.RED]
            h: list[Color] = [Color.BLUE]
            i: One
            j: Color = Field(Color.BLUE, description="which")
            k: dict[Color, int]
            l: Number
        @app.post("/m")
        def post(m: M, color: Color = Color.RED, level: Optional[Level] = None) -> M: ...
        @app.get("/c/{color}")
        def get(color: Color, x: Literal["a", "b"] = "a") -> list[Color]: ...
    """,
    "inheritance": """
        class Base(BaseModel):
            '''Base doc.'''
            id: int
            name: str = "n"
        class Child(Base):
            name: str
            extra: list[Base] = []
        class Mixin(BaseModel):
            created: datetime.datetime
        class Both(Mixin, Child):
            '''Both.

            More.
            '''
            model_config = ConfigDict(extra="forbid", title="Both of them")
        @app.post("/a")
        def a(b: Both) -> Child: ...
        @app.get("/b")
        def b() -> Optional[Both]: ...
        @app.get("/c", response_model=dict[str, Both] | None)
        def c(): ...
    """,
    "generics": """
        T = TypeVar("T")
        K = TypeVar("K", bound=int)
        class Page(BaseModel, Generic[T]):
            '''A page.'''
            items: list[T]
            total: int
        class Pair(BaseModel, Generic[T, K]):
            one: T
            two: K
        class Item(BaseModel):
            x: int = 1
        class Items(Page[Item]):
            more: bool
        @app.get("/a")
        def a() -> Page[Item]: ...
        @app.get("/b", response_model=Page[list[int]])
        def b(): ...
        @app.get("/c")
        def c() -> Pair[Item, int]: ...
        @app.get("/d")
        def d() -> Items: ...
        @app.get("/e")
        def e() -> Page[Optional[Item]]: ...
        @app.get("/f")
        def f() -> Page: ...
        @app.get("/g")
        def g() -> Page[Page[Item]]: ...
        @app.post("/h")
        def h(x: Page[Item]) -> Pair[Page[Item], int]: ...
    """,
    "aliases": """
        class A(BaseModel):
            model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
            user_id: int
            first_name2x: str = "x"
            other: str = Field(alias="OTHER")
            third: str = Field(validation_alias="thirdIn", serialization_alias="thirdOut")
            fourth: str = Field(validation_alias=AliasChoices("f1", "f2"))
        class B(A):
            more_things: int
        class C(BaseModel):
            model_config = ConfigDict(
                alias_generator=AliasGenerator(validation_alias=to_camel, serialization_alias=to_pascal))
            user_id: int
        class D(BaseModel):
            model_config = ConfigDict(alias_generator=lambda name: name.upper())
            user_id: int
        @app.post("/a")
        def a(x: A) -> A: ...
        @app.post("/b")
        def b(x: B) -> B: ...
        @app.post("/c")
        def c(x: C) -> C: ...
        @app.post("/d")
        def d(x: D) -> D: ...
    """,
    "unions": """
        class Cat(BaseModel):
            kind: Literal["cat"]
            lives: int = 9
        class Dog(BaseModel):
            kind: Literal["dog", "wolf"] = "dog"
        Pet = Annotated[Union[Cat, Dog], Field(discriminator="kind")]
        class Owner(BaseModel):
            pet: Cat | Dog = Field(discriminator="kind")
            pets: list[Pet]
            maybe: Optional[Pet] = None
            either: Union[int, Cat, None] = None
        @app.post("/a")
        def a(x: Pet) -> Owner: ...
        @app.post("/b")
        def b(x: Owner) -> Pet: ...
        @app.get("/c")
        def c() -> Union[Cat, Dog]: ...
    """,
    "read and written": """
        class Inner(BaseModel):
            a: int = 1
            secret: str = Field("x", exclude=True)
            @computed_field
            @property
            def double(self) -> int:
                '''Twice.'''
                return 2
        class Outer(BaseModel):
            inner: Inner
            when: datetime.datetime = Field(default_factory=datetime.datetime.now)
            @field_serializer("when")
            def ser(self, v) -> int:
                return 1
        @app.post("/a")
        def a(x: Outer) -> Outer: ...
        @app.post("/b")
        def b(x: Inner) -> list[Inner]: ...
        Rounded = Annotated[float, PlainSerializer(lambda v: str(v), return_type=str)]
        class R(BaseModel):
            r: Rounded
            w: Annotated[int, WithJsonSchema({"type": "string", "format": "int"})]
            b: Annotated[int, BeforeValidator(lambda v: v)] = 1
        @app.post("/c")
        def c(x: R) -> R: ...
    """,
    "records": """
        @dataclass
        class D:
            a: int
            b: str = "x"
            c: list[int] = field(default_factory=list)
        class T(TypedDict):
            '''A dict.'''
            a: int
            b: Optional[str]
        class P(TypedDict, total=False):
            c: int
        class N(NamedTuple):
            x: int
            y: str = "y"
        class Tags(RootModel[list[str]]):
            '''Some tags.'''
        class Named(RootModel):
            root: dict[str, D]
        class One(RootModel[D]): ...
        class M(BaseModel):
            d: D
            t: T
            p: P
            n: N
            tags: Tags
            named: Named
            one: One = Field(description="one")
        @app.post("/a")
        def a(x: M) -> M: ...
        @app.post("/b")
        def b(x: D) -> T: ...
        @app.post("/c")
        def c(x: Tags) -> Tags: ...
    """,
    "recursion": """
        class Node(BaseModel):
            value: int
            children: list["Node"] = []
            parent: Optional["Node"] = None
        class A(BaseModel):
            b: Optional["B"] = None
        class B(BaseModel):
            a: A
        @app.post("/a")
        def a(x: Node) -> Node: ...
        @app.post("/b")
        def b(x: B) -> list[A]: ...
    """,
    "extra schema": """
        class A(BaseModel):
            model_config = {"extra": "allow", "json_schema_extra": {"examples": [{"a": 1}]}}
            a: int
        class B(BaseModel):
            model_config = ConfigDict(use_attribute_docstrings=True)
            b: int
            '''The b.'''
            c: str = "c"
        class Old(BaseModel):
            class Config:
                title = "Older"
            b: int
        @app.post("/a")
        def a(x: A) -> B: ...
        @app.post("/b")
        def b(x: Old = Body(description="a body", examples=[{"b": 1}])) -> Old: ...
    """,
    "parameters": """
        class Common(BaseModel):
            limit: int = Field(10, ge=1, le=100, description="how many")
            order_by: Literal["a", "b"] = "a"
            tags: list[str] = []
        class Heads(BaseModel):
            x_token: str
            user_agent: Optional[str] = None
        @app.get("/a/{item_id}/{file_path:path}")
        def a(item_id: int, file_path: str, q: str, r: Optional[str] = None, s: list[int] = Query([]),
              t: Annotated[Optional[str], Query(alias="T", min_length=2, description="t", deprecated=True)]
              = None,
              u: str = Query("u", pattern="^u", title="U title"), v: bool = False, w: float = 1.0): ...
        @app.get("/b/{n}")
        def b(n: Annotated[int, Path(ge=1, title="N")], x_token: Annotated[str, Header()],
              strange: Annotated[list[str] | None, Header(convert_underscores=False)] = None,
              session: Optional[str] = Cookie(None), hidden: str = Query("x", include_in_schema=False)): ...
        @app.get("/c")
        def c(common: Annotated[Common, Query()], heads: Annotated[Heads, Header()]): ...
        @app.get("/d")
        def d(a: datetime.date, b: uuid.UUID, c: int | str = 1, d: Any = None, e=3,
              f: set[str] = Query(set()), g: str = Query(example="g"), h: str = Query("h", examples=["x"]),
              i: str = Query("i", openapi_examples={"one": {"value": "1"}})): ...
        @app.get("/e")
        def e(required: str = Query(...), optional: Optional[int] = Query(default=None, ge=0)): ...
    """,
    "dependencies": """
        def paging(skip: int = 0, limit: int = 10) -> dict: ...
        def deeper(token: Annotated[str, Header()], page: dict = Depends(paging)): ...
        class Filter:
            def __init__(self, name: str | None = None, page: dict = Depends(paging)): ...
        @dataclass
        class Params:
            a: int
            b: str = Query("b", description="bee")
        class Callable_:
            def __call__(self, z: int): ...
        def checked(kind: str):
            def check(x: int, y: str = "y"): ...
            return check
        router = APIRouter(prefix="/r/{r_id}", dependencies=[Depends(deeper)], tags=["r"])
        @router.get("/a", dependencies=[Depends(checked("a"))])
        def a(r_id: int, f: Annotated[Filter, Depends()], p: Params = Depends()): ...
        @router.post("/b")
        async def b(request: Request, response: Response, z=Depends(Callable_()),
                    g: Filter = Depends(Filter)): ...
        app.include_router(router, prefix="/v1", tags=["v1"])
    """,
    "forms": """
        class Login(BaseModel):
            name: str
            remember: bool = False
        @app.post("/a")
        def a(form: OAuth2PasswordRequestForm = Depends()): ...
        @app.post("/b")
        def b(name: str = Form(min_length=1), age: Annotated[int, Form()] = 3): ...
        @app.post("/c")
        def c(x: Annotated[str, Form()]): ...
        @app.post("/d")
        def d(file: UploadFile, files: list[UploadFile] = File([], description="more")): ...
        @app.post("/e")
        def e(file: Optional[UploadFile] = None): ...
        @app.post("/f")
        def f(data: bytes = File(), note: str = Form("x")): ...
        @app.post("/g")
        def g(login: Annotated[Login, Form()]): ...
    """,
    "two bases": """
        class Email(BaseModel):
            email: str = Field(min_length=3)
            name: str
        class Loose(Email):
            email: str
        class Strict(Email):
            level: int
        class Both(Strict, Loose): ...
        class Limits(BaseModel):
            limit: int = Field(50, ge=1, le=200, description="how many")
            q: Optional[str] = None
        @app.post("/a")
        def a(x: Both, limits: Limits = Depends()) -> Both: ...
        class Token(HTTPBearer):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
        class Bare(APIKeyHeader): ...
        token = Token(scheme_name="JWT", description="bring one")
        @app.get("/b")
        def b(x=Depends(token), y=Depends(Bare(name="X-Bare"))): ...
    """,
    "fields of FastAPI": """
        class Filters(BaseModel):
            limit: int = Query(10, ge=1, description="how many")
            name: Optional[str] = Query(None, max_length=5)
        class Thing(BaseModel):
            name: str = Body(min_length=2)
            size: int = Body(1, description="how large")
        @app.get("/a")
        def a(filters: Filters = Depends()): ...
        @app.post("/b")
        def b(thing: Thing) -> Thing: ...
    """,
    "names of types": """
        from datetime import date
        class Day(BaseModel):
            date: date
            uuid: uuid.UUID
        class Camel(BaseModel):
            model_config = ConfigDict(alias_generator=to_camel)
            of_day: Day
        CAMEL = ConfigDict(alias_generator=to_camel)
        class Shared(BaseModel):
            model_config = CAMEL
            first_name: str
        class Spread(BaseModel):
            model_config = ConfigDict(**Shared.model_config, title="Spread out")
            last_name: str
        class Joined(BaseModel):
            model_config = CAMEL | {"extra": "forbid"}
            last_name: str
        class Named(BaseModel):
            first_name: str
            @computed_field
            @property
            def whole_name(self) -> str: ...
            @computed_field(alias="SHORT")
            @property
            def short_name(self) -> str: ...
        class Renamed(Named):
            model_config = ConfigDict(alias_generator=to_camel)
            last_name: str
        @app.post("/a")
        def a(x: Camel, y: Renamed, z: Shared, v: Spread, w: Joined) -> Day: ...
    """,
    "bodies": """
        class A(BaseModel):
            a: int
        class B(BaseModel):
            b: int = 1
        @app.post("/a")
        def a(x: A, y: B): ...
        @app.post("/b")
        def b(x: A = Body(embed=True)): ...
        @app.post("/c")
        def c(x: Optional[A] = None): ...
        @app.post("/d")
        def d(x: list[A], n: int = Body(3, gt=1)): ...
        @app.post("/e")
        def e(x: dict[str, int]): ...
        @app.post("/f")
        def f(x: Annotated[int, Body()], y: Annotated[str, Body(description="why")] = "y"): ...
        @app.post("/g")
        def g(x: Any = Body(...)): ...
        @app.post("/h")
        def h(x: str = Body(media_type="text/plain")): ...
        @app.put("/i")
        def i(x: A | B): ...
        @app.patch("/j/{x}")
        def j(x: int, y: A | None = Body(None)): ...
    """,
    "answers": """
        class A(BaseModel):
            a: int
        class Problem(BaseModel):
            detail: str
        @app.get("/a", status_code=201)
        def a() -> A: ...
        @app.get("/b", status_code=status.HTTP_204_NO_CONTENT)
        def b() -> None: ...
        @app.get("/c", response_class=HTMLResponse)
        def c(): ...
        @app.get("/d")
        def d() -> JSONResponse: ...
        @app.get("/e", response_model=list[A], responses={404: {"model": Problem},
                 409: {"description": "No", "model": Problem}, "4XX": {"description": "all"}})
        def e(): ...
        @app.get("/f", response_class=PlainTextResponse)
        def f() -> str: ...
        @app.get("/g", response_class=RedirectResponse)
        def g(): ...
        @app.get("/h", response_class=FileResponse, responses={200: {"content": {"image/png": {}}}})
        def h(): ...
        @app.get("/i", response_model=None)
        def i() -> A: ...
        @app.get("/j")
        def j() -> dict[str, list[A]]: ...
        @app.get("/k", response_model=A | Problem, response_description="Either")
        def k(): ...
        @app.get("/l")
        def l() -> int | None: ...
        @app.get("/m")
        def m(): ...
        @app.get("/n", responses={200: {"description": "ok",
                                        "content": {"application/json": {"example": {"a": 1}}}}})
        def n() -> A: ...
        @app.delete("/o", status_code=204)
        def o(x: int): ...
        @app.get("/p")
        async def p() -> AsyncIterator[A]:
            yield A(a=1)
    """,
    "metadata": """
        def unique(route) -> str:
            return f"{route.tags[0]}-{route.name}"
        class Kind(enum.Enum):
            ITEMS = "items"
        router = APIRouter(generate_unique_id_function=unique, deprecated=True, tags=["items"],
                           responses={401: {"description": "who"}})
        @router.get("/a", summary="An A", description="About a.")
        def a(): ...
        @router.get("/b", operation_id="bee")
        def b():
            '''Doc of b.

            Longer.
            \f
            Not shown.
            '''
        @app.get("/k", tags=[Kind.ITEMS])
        def k(): ...
        @app.get("/c", name="see", deprecated=True, tags=["x"], openapi_extra={"x-it": {"y": 1}})
        async def c_handler(): ...
        @app.get("/d", include_in_schema=False)
        def d(): ...
        app.include_router(router, prefix="/p", responses={500: {"description": "oh"}})
    """,
    "security": """
        oauth2 = OAuth2PasswordBearer(tokenUrl="token", scopes={"me": "Me", "items": "Items"})
        key = APIKeyHeader(name="X-Key", scheme_name="key", description="a key")
        bearer = HTTPBearer(auto_error=False, bearerFormat="JWT")
        def user(scopes: SecurityScopes, token: Annotated[str, Depends(oauth2)]): ...
        @app.get("/a")
        def a(u=Security(user, scopes=["me"])): ...
        @app.get("/b", dependencies=[Depends(key), Depends(bearer)])
        def b(): ...
        @app.get("/c")
        def c(q: str = Depends(APIKeyQuery(name="k")), k: str = Security(APIKeyCookie(name="c")),
              h=Depends(HTTPBasic())): ...
        @app.get("/d")
        def d(u=Depends(user)): ...
    """,
    "the app itself": """
        app = FastAPI(title="T", version="2.0", description="D", summary="S", servers=[{"url": "/x"}],
            openapi_tags=[{"name": "a", "description": "A"}], contact={"name": "me"},
            license_info={"name": "MIT"},
            terms_of_service="http://x", root_path="/root", dependencies=[Depends(HTTPBearer())],
            responses={418: {"description": "tea"}}, openapi_external_docs={"url": "http://d/"})
        @app.get("/")
        def root(): ...
        sub = FastAPI()
        @sub.get("/inner")
        def inner(): ...
        app.mount("/sub", sub)
    """,
    "objects as defaults": """
        class Level(enum.Enum):
            LOW = "low"
        @dataclass
        class Point:
            x: int = 1
            y: list[int] = field(default_factory=lambda: [1])
        class Words(RootModel[list[str]]): ...
        class Inner(BaseModel):
            model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
            some_number: int = 1
            hidden: int = Field(3, exclude=True)
            named: int = Field(2, alias="NAMED")
            secret: SecretStr = SecretStr("q")
            exact: decimal.Decimal = decimal.Decimal("1.50")
            level: Level = Level.LOW
            wait: datetime.timedelta = datetime.timedelta(hours=1)
            nothing: int | None = None
            point: Point = Point(x=2)
            made: list[str] = Field(default_factory=list)
            computed_by: list[str] = Field(default_factory=lambda: ["a", "b"])
        class Further(Inner):
            more: Annotated[int, Field(ge=1)] = 5
        class M(BaseModel):
            a: Inner = Inner()
            b: Inner = Field(default=Inner(some_number=5))
            c: list[Inner] = [Inner(), Further(more=7)]
            d: Words = Words(["x"])
            e: Point = Point()
            f: dict[str, Inner] = {"my_key": Inner(someNumber=2)}
            g: Further | None = Further()
        @app.post("/a")
        def a(x: M, y: Inner = Inner(some_number=3)) -> M: ...
    """,
    "a name taken over": """
        class BaseModel(BaseModel):
            model_config = ConfigDict(extra="allow")
        class A(BaseModel):
            a: int
        class Holder(BaseModel):
            some: A
            more: "BaseModel"
        @app.post("/a")
        def a(x: A) -> Holder: ...
    """,
    "a model of nothing": """
        import pydantic
        class A(BaseModel):
            a: pydantic.BaseModel
            b: list[pydantic.BaseModel] = []
        @app.post("/a")
        def a(x: A) -> pydantic.BaseModel: ...
    """,
    "two at one place": """
        class A(BaseModel):
            a: int
        class B(BaseModel):
            b: int
        first = APIRouter()
        @first.get("/x")
        def one() -> A: ...
        @first.get("/x", deprecated=True)
        def two() -> B: ...
        @first.put("/y")
        def three() -> A: ...
        @first.put("/y")
        def four() -> B: ...
        app.include_router(first, prefix="/v1")
        app.include_router(first, prefix="/v1", deprecated=True, tags=["again"])
    """,
    "further words of fields": """
        class A(BaseModel):
            a: str = Field("x", strip_whitespace=True, example="e")
            b: int = Field(1, json_schema_extra={"x-a": 1}, hint="no")
            c: Annotated[int, Field(hint="yes", exclude=False, repr=False, frozen=True)]
            d: str | None = Field(None, example=None, min_length=2, strict=True)
        @app.post("/a")
        def a(x: A, h: str = Header("h", example="ex")) -> A: ...
    """,
    "named aliases": """
        T = TypeVar("T")
        Money = TypeAliasType("Money", str)
        Limited = TypeAliasType("Limited", str)
        Ids = TypeAliasType("Ids", list[int])
        Short = TypeAliasType("Short", Annotated[str, Field(max_length=3, description="short")])
        Pair = TypeAliasType("Pair", tuple[T, T], type_params=(T,))
        Tree = TypeAliasType("Tree", "dict[str, Tree] | int")
        Plain = list[T]
        PlainPair = dict[str, T] | list[T]
        class Inner(BaseModel):
            a: int = 1
        Ref = TypeAliasType("Ref", Inner)
        Either = TypeAliasType("Either", Optional[Inner])
        class M(BaseModel):
            a: Money
            b: Money = Field("x", description="b")
            c: Ids
            d: Short
            e: Pair[int]
            f: Pair[Inner]
            g: Tree
            h: Ref
            i: Either = None
            j: Optional[Money] = None
            k: list[Money]
            l: Annotated[Limited, Field(min_length=3)]
            m: Plain[int]
            n: PlainPair[Inner]
        @app.post("/a")
        def a(x: Ids, q: Money = "x", s: Short = "y") -> Either: ...
        @app.get("/b")
        def b(q: Annotated[Money, Query(description="d")] = "x") -> Money: ...
        @app.post("/c")
        def c(x: M) -> M: ...
        @app.post("/d")
        def d(x: Pair[int], y: Ref) -> list[Ids]: ...
    """,
    "factories": """
        T = TypeVar("T")
        class Page(BaseModel, Generic[T]):
            items: list[T]
        class Item(BaseModel):
            a: int
        class User(BaseModel):
            b: str
        def make(schema, name: str, **kwargs) -> APIRouter:
            router = APIRouter(prefix=f"/{name}", tags=[name])
            @router.get("", response_model=Page[schema], operation_id=f"list_{name}")
            def listed(): ...
            @router.get("/all", response_model=list[schema], operation_id=f"all_{name}")
            def everything(): ...
            @router.get("/one", response_model=Optional[schema], operation_id=f"one_{name}")
            def one(): ...
            @router.get("/either", response_model=schema | None, operation_id=f"either_{name}")
            def either(): ...
            async def create(data: dict): ...
            add(router, create, response_model=dict[str, Page[schema]], operation_id=f"new_{name}", **kwargs)
            return router
        def add(router, function, **kwargs):
            router.add_api_route("", function, methods=["POST"], **kwargs)
        for schema, name in ((Item, "items"), (User, "users")):
            app.include_router(make(schema, name, status_code=201))
        many = Page[Item] | list[User] | int
        @app.get("/many", response_model=many, responses={404: {"model": Page[Literal["a", "b"]]}})
        def listed(): ...
    """,
    "roots without a class": """
        class Item(BaseModel):
            a: RootModel[str]
            b: list[RootModel[int]] = []
        T = TypeVar("T")
        K = TypeVar("K")
        class Pair(BaseModel, Generic[T, K]):
            one: T
            two: K
        @app.post("/a", response_model=RootModel[list[Item]])
        def a(x: RootModel[dict[str, int]]): ...
        @app.post("/b")
        def b(x: Pair[dict[str, Item], int]) -> Pair[Pair[Item, tuple[int, str]], Item]: ...
    """,
    "an app in another": """
        inner = FastAPI(title="inner")
        router = APIRouter(prefix="/r")
        @router.get("/a")
        def a(): ...
        @router.get("/b")
        def b(): ...
        inner.include_router(router, prefix="/v1")
        outer = FastAPI(title="outer")
        outer.mount("/api", inner)
        @outer.get("/health")
        def health(): ...
        app = inner
    """,
    "enumerations that are called": """
        Color = enum.Enum("Color", {"RED": "red", "BLUE": "blue"}, type=str)
        Level = enum.IntEnum("Level", ["LOW", "HIGH"])
        Shade = enum.StrEnum("Shade", "DARK LIGHT")
        Other = enum.Enum("Named", [("A", 1), ("B", "b")])
        class M(BaseModel):
            a: Color
            b: Level = Level.HIGH
            c: Shade | None = None
            d: Other
            e: Literal[""] | Color = ""
        @app.post("/a")
        def a(x: M, color: Color = Color.RED) -> list[Shade]: ...
    """,
    "callbacks and webhooks": """
        class Invoice(BaseModel):
            id: str
        class Event(BaseModel):
            description: str
        class Received(BaseModel):
            ok: bool
        calls = APIRouter()
        @calls.post("{$callback_url}/invoices/{$request.body.id}", response_model=Received)
        def invoice_notification(body: Event): ...
        @app.post("/invoices", callbacks=calls.routes)
        def create(invoice: Invoice, callback_url: HttpUrl | None = None): ...
        router = APIRouter(prefix="/r", callbacks=calls.routes)
        @router.post("/more")
        def more(): ...
        app.include_router(router)
        class Subscription(BaseModel):
            username: str
        @app.webhooks.post("new-subscription")
        def new_subscription(body: Subscription): ...
    """,
    "containers as bodies": """
        @app.post("/a")
        def a(x: conlist(int, min_length=1)): ...
        @app.post("/b")
        def b(x: Sequence[str], y: Mapping[str, int] | None = None): ...
        @app.post("/c")
        def c(x: tuple[int, str]) -> conlist(str): ...
    """,
    "one schema for both": """
        app = FastAPI(separate_input_output_schemas=False)
        class A(BaseModel):
            a: int = 1
        class B(BaseModel):
            a: A
        @app.post("/a")
        def a(x: B) -> B: ...
    """,
}

APPS = {name: _HEAD + body.replace("\n        ", "\n") for name, body in _BODIES.items()}
APPS |= {
    f"{name} (evaluated)": _PLAIN_HEAD + body.replace("\n        ", "\n") for name, body in _BODIES.items()
}
