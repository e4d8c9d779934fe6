"""Random small apps: models of random fields, parameters, dependencies and answers, as source text."""

from __future__ import annotations

from hypothesis import strategies as st

HEAD = '''
import datetime, decimal, enum, uuid
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union
from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, Form, Header, Path, Query
from fastapi.security import APIKeyHeader, HTTPBearer, OAuth2PasswordBearer
from pydantic import AfterValidator, AnyUrl, BaseModel, ConfigDict, EmailStr, Field, NonNegativeFloat
from pydantic import PositiveInt, RootModel, StringConstraints, computed_field, conint, constr
from pydantic.alias_generators import to_camel

T = TypeVar("T")


class Color(str, enum.Enum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = 0


class Tags(RootModel[list[str]]): ...


Short = Annotated[str, StringConstraints(max_length=5)]
'''
SCALARS = {
    "int": "3",
    "float": "1.5",
    "str": "'x'",
    "bool": "True",
    "datetime.date": None,
    "datetime.datetime": None,
    "uuid.UUID": None,
    "decimal.Decimal": None,
    "Color": "Color.RED",
    "Level": "Level.HIGH",
    "Literal['a', 'b']": "'a'",
    "Literal[1]": "1",
    "PositiveInt": "1",
    "NonNegativeFloat": "0.5",
    "Short": "'s'",
    "EmailStr": None,
    "AnyUrl": None,
    "conint(ge=2)": "2",
    "constr(min_length=1)": "'c'",
}
CONSTRAINTS = {
    "int": ["ge=1", "gt=0", "le=9", "lt=10", "multiple_of=2"],
    "float": ["ge=0.5", "lt=9.5"],
    "str": ["min_length=1", "max_length=9", "pattern='^a'"],
    "decimal.Decimal": ["gt=0", "le=100"],
}
WORDS = ["title='A title'", "description='Some words'", "deprecated=True", "examples=['one']"]
NAMES = ["alpha", "beta_two", "gamma", "delta_x1", "omega"]


@st.composite
def apps(draw: st.DrawFn) -> str:
    """The source of an app with some models and operations."""
    models = [f"Model{number}" for number in range(draw(st.integers(1, 4)))]
    parts = [HEAD]
    parts.extend(draw(_model(name, models[:number])) for number, name in enumerate(models))
    parts.append(draw(_dependencies()))
    parts.append(draw(_application()))
    parts.extend(draw(_operation(number, models)) for number in range(draw(st.integers(1, 4))))
    parts.append("app.include_router(router, prefix='/v1', tags=['included'])")
    return "\n\n".join(parts)


@st.composite
def _type(draw: st.DrawFn, models: list[str], depth: int = 0) -> str:
    inner = st.sampled_from([*SCALARS, *models, *models])
    plain = draw(inner)
    shapes = [
        "{}",
        "{}",
        "Optional[{}]",
        "list[{}]",
        "dict[str, {}]",
        "set[int]",
        "tuple[{}, int]",
        "{} | None",
    ]
    shape = draw(st.sampled_from([*shapes, "Any", "dict", "list[list[{}]]", "Union[{}, int, None]", "Tags"]))
    if shape == "{}" and models and draw(st.booleans()):
        return f"Page[{draw(st.sampled_from([*models, 'int', 'Color']))}]"
    return shape.format(f'"{plain}"' if depth > 9 else plain)


@st.composite
def _model(draw: st.DrawFn, name: str, models: list[str]) -> str:
    base = draw(st.sampled_from(["BaseModel", "BaseModel", *models]))
    lines = [f"class {name}({base}):"]
    if draw(st.booleans()):
        lines.append('    """What it is."""')
    settings = st.sampled_from(["", "", "alias_generator=to_camel", "extra='forbid'", "title='Named'"])
    if chosen := draw(settings):
        lines.append(f"    model_config = ConfigDict({chosen})")
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    lines += [f"    {field}_{name[-1]}: {draw(_field(models))}" for field in names]
    if draw(st.integers(0, 3)) == 0:
        lines += [
            "    @computed_field",
            "    @property",
            f"    def twice_{name[-1]}(self) -> int:",
            "        return 2",
        ]
    return "\n".join(lines)


@st.composite
def _field(draw: st.DrawFn, models: list[str]) -> str:
    kind = draw(st.sampled_from(["plain", "default", "field", "annotated", "type"]))
    if kind == "type":
        return draw(_type(models))
    name = draw(st.sampled_from([*SCALARS]))
    default = SCALARS[name]
    if kind == "plain" or (kind == "default" and default is None):
        return name
    if kind == "default":
        return f"{name} = {default}"
    said = draw(st.lists(st.sampled_from(CONSTRAINTS.get(name, []) + WORDS), max_size=3, unique=True))
    extra = draw(st.sampled_from(["", "alias='other'", "exclude=True", "json_schema_extra={'x-y': 1}"]))
    words = ", ".join(filter(None, [*said, extra]))
    if kind == "annotated":
        ending = f" = {default}" if default is not None and draw(st.booleans()) else ""
        return f"Annotated[{name}, Field({words})]{ending}"
    first = draw(st.sampled_from(["...", "None", default or "..."]))
    shown = f"Optional[{name}]" if first == "None" else name
    return f"{shown} = Field({first}{', ' if words else ''}{words})"


@st.composite
def _dependencies(draw: st.DrawFn) -> str:
    first, second = draw(st.permutations(["skip: int = 0", "limit: Annotated[int, Query(le=9)] = 5"]))
    security = draw(
        st.sampled_from(
            [
                "HTTPBearer()",
                "APIKeyHeader(name='X-Key')",
                "OAuth2PasswordBearer(tokenUrl='t', scopes={'a': 'A'})",
            ]
        )
    )
    return f"""scheme = {security}


def inner({first}, x_token: Annotated[str | None, Header()] = None): ...


def outer({second}, deep=Depends(inner), who: str = Depends(scheme)): ...


class Filter:
    def __init__(self, name: Optional[str] = None, deep=Depends(inner)): ..."""


@st.composite
def _application(draw: st.DrawFn) -> str:
    options = draw(
        st.lists(
            st.sampled_from(
                ["title='T'", "version='2'", "description='D'", "separate_input_output_schemas=False",
                 "dependencies=[Depends(scheme)]", "responses={418: {'description': 'tea'}}"]
            ),
            max_size=2,
            unique=True,
        )
    )  # fmt: skip
    prefix = draw(
        st.sampled_from(["", "prefix='/r'", "prefix='/r', dependencies=[Depends(inner)], tags=['r']"])
    )
    return f"app = FastAPI({', '.join(options)})\nrouter = APIRouter({prefix})"


@st.composite
def _operation(draw: st.DrawFn, number: int, models: list[str]) -> str:
    owner = draw(st.sampled_from(["app", "router"]))
    method = draw(st.sampled_from(["get", "post", "put", "patch", "delete"]))
    options = draw(
        st.lists(
            st.sampled_from(
                ["summary='S'", "deprecated=True", "tags=['x']", "status_code=201",
                 f"operation_id='op{number}'",
                 f"responses={{404: {{'model': {models[0]}}}}}", "response_description='Fine'",
                 f"response_model=list[{models[-1]}]", "response_model=None"]
            ),
            max_size=2,
            unique_by=lambda option: option.partition("=")[0],
        )
    )  # fmt: skip
    takes = draw(
        st.lists(_parameter(models, method), max_size=3, unique_by=lambda one: one.partition(":")[0])
    )
    answer = draw(st.one_of(st.just(""), _type(models).map(lambda kind: f" -> {kind}")))
    path = "/{item_id}" if draw(st.booleans()) else ""
    first = ["*", "item_id: int"] if path else ["*"] if takes else []
    call = ", ".join([f"'/o{number}{path}'", *options])
    words = draw(st.sampled_from(["...", '"""Words.\n\n    More.\n    """']))
    return (
        f"@{owner}.{method}({call})\ndef handle_{number}({', '.join([*first, *takes])}){answer}:\n    {words}"
    )


@st.composite
def _parameter(draw: st.DrawFn, models: list[str], method: str) -> str:
    queries = [
        "q: str", "r: Optional[int] = None", "s: list[int] = Query([])", "c: Color = Color.BLUE",
        "t: Annotated[str, Query(alias='T', min_length=2)] = 'tt'", "d: datetime.date | None = None",
        "h: Annotated[str, Header(description='H')]", "k: Annotated[Optional[str], Cookie()] = None",
        "o: dict = Depends(outer)", "f: Annotated[Filter, Depends()]", "e: Literal['x', 'y'] = 'x'",
        f"m: Annotated[{models[0]}, Body()]", "g: Annotated[Optional[int], Query(ge=1)] = None",
    ]  # fmt: skip
    bodies = [f"b: {model}" for model in models] + [
        f"n: list[{models[0]}]",
        "i: int = Body(1)",
        "z: Any = Body(None)",
    ]
    return draw(st.sampled_from(queries + (bodies if method in {"post", "put", "patch"} else [])))
