"""What the interpreter must not claim, and where it must end."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from archlint.service.api.routes import RouteTable, Runtime, resolve_routes
from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of

APP = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\nrouter = APIRouter()\n"
ROUTE = "@router.get('/x')\nasync def x(): ...\n"


def table(main: str, **others: str) -> RouteTable:
    files = {f"app/{name}.py": text for name, text in others.items()}
    modules = modules_of({"app/__init__.py": "", "app/main.py": dedent(main), **files})
    return resolve_routes(modules, Symbols(modules), Runtime())


def paths(main: str, **others: str) -> list[str]:
    return [endpoint.path for endpoint in table(main, **others).endpoints]


UNKNOWN_PREFIXES = {
    "an environment variable without a default": "import os\nP = os.environ['P']\n",
    "a function of a library": "from somewhere import P\n",
    "a required setting": (
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    P: str\nP = S().P\n"
    ),
    "a text with a format": "import os\nP = f'/{len(os.sep):>3}'\n",
    "a file's content": "P = open('prefix').read()\n",
    "a name that nothing defines": "",
}


UNTOLD_ITEMS = {
    "unpacked": "D = {'a': '/a', **given()}",
    "unpacked by dict": "D = dict(a='/a', **given())",
    "updated": "D = {'a': '/a'}\nD.update(given())",
    "updated by words": "D = {'a': '/a'}\nD.update(**given())",
    "copied": "D = {**dict([('a', '/a'), given()])}",
}


@pytest.mark.parametrize("definition", UNTOLD_ITEMS.values(), ids=list(UNTOLD_ITEMS))
def test_what_a_dict_may_have_beside_its_known_items_is_unknown(definition: str) -> None:
    main = APP + ROUTE + f"from somewhere import given\n{definition}\n"
    assert paths(main + "app.include_router(router, prefix=D['a'])\n") == ["/a/x"]
    assert paths(main + "app.include_router(router, prefix=D.get('a'))\n") == ["/a/x"]
    for use in ("prefix=D.get('b', '/b')", "prefix=D.pop('b', '/b')", "**{'tags': ['t'], **given()}"):
        found = table(f"{main}app.include_router(router, {use})\n")
        assert found.endpoints == ()
        assert found.unknown
    either = table(f"{main}if 'b' in D:\n    app.include_router(router, prefix='/b')\n")
    assert [(one.path, bool(one.conditions)) for one in either.endpoints] == [("/b/x", True)]


@pytest.mark.parametrize("definition", UNKNOWN_PREFIXES.values(), ids=list(UNKNOWN_PREFIXES))
def test_an_unknown_prefix_is_never_guessed(definition: str) -> None:
    found = table(APP + ROUTE + definition + "app.include_router(router, prefix=P)\n")
    assert found.endpoints == ()
    (unknown,) = found.unknown
    assert unknown.what == "an included router's prefix"
    assert unknown.why
    assert unknown.location.file == "app/main.py"


@pytest.mark.parametrize(
    "include",
    [
        "from plugins import router as other\napp.include_router(other)\n",
        "import importlib as i\nfor name in read():\n    app.include_router(i.import_module(name).router)\n",
        "import fastapi_users\napp.include_router(fastapi_users.FastAPIUsers().get_register_router())\n",
        "app.include_router(globals()[input()])\n",
    ],
)
def test_a_router_that_the_source_does_not_tell_is_unknown(include: str) -> None:
    found = table(APP + include)
    assert found.endpoints == ()
    assert [unknown.what for unknown in found.unknown] == ["an included router"]


def test_both_branches_of_a_setting_are_kept_with_the_condition() -> None:
    main = """
        from fastapi import FastAPI
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            debug: bool = False
            prefix: str = "/api"

        settings = Settings()
        app = FastAPI()

        @app.get(settings.prefix + "/always")
        async def always(): ...

        if settings.debug:
            @app.get("/debug")
            async def debug(): ...
        else:
            @app.get("/plain")
            async def plain(): ...
    """
    found = {endpoint.path: endpoint.conditions for endpoint in table(main).endpoints}
    assert set(found) == {"/api/always", "/debug", "/plain"}
    assert not found["/api/always"]
    assert found["/debug"] and found["/plain"]


def test_a_decided_condition_has_one_branch() -> None:
    main = """
        import typing
        from fastapi import FastAPI

        app = FastAPI()
        VERSION = 2
        if VERSION == 1:
            @app.get("/one")
            async def one(): ...
        elif VERSION == 2:
            @app.get("/two")
            async def two(): ...
        if __name__ == "__main__":
            @app.get("/script")
            async def script(): ...
    """
    assert paths(main) == ["/two"]


def test_circular_imports_see_what_is_there_so_far() -> None:
    main = "from fastapi import FastAPI\napp = FastAPI()\nfrom app import users\n"
    users = "from app.main import app\n\n@app.get('/users')\nasync def users(): ...\n"
    assert paths(main, users=users) == ["/users"]


ENDLESS = {
    "recursion": "def f(x):\n    return f(x) or f(x + 1)\nf(1)\n",
    "mutual recursion": "def f(x):\n    return g(x) + g(x)\ndef g(x):\n    return f(x) + f(x)\nf(1)\n",
    "a loop without end": "n = 0\nwhile True:\n    n += 1\n",
    "a growing list": "items = [1]\nfor item in items:\n    items.append(item)\n",
    "doubling": "x = [1]\nfor _ in range(1000):\n    x = x + x\n",
    "a product of loops": "for a in range(900):\n for b in range(900):\n  for c in range(900):\n   a + b\n",
    "a power": "x = 9\nfor _ in range(500):\n    x = x * x\n",
    "a class that is its own base": "class A(A): ...\nA().x\n",
    "deep parentheses": "x = " + "(" * 4000 + "1" + ")" * 4000 + "\n",
    "a long text": "x = 'a'\nfor _ in range(900):\n    x = x + x\n",
}


@pytest.mark.parametrize("program", ENDLESS.values(), ids=list(ENDLESS))
def test_the_work_ends(program: str) -> None:
    assert paths(APP + ROUTE + "app.include_router(router)\n" + program) == ["/x"]


NAMES = st.sampled_from(["app", "router", "x", "f", "C", "str", "unknown"])
VALUES = st.one_of(
    NAMES,
    st.integers(-3, 3).map(str),
    st.sampled_from(
        ["'/p'", "[]", "{}", "()", "None", "[1, 'a']", "{'a': router}", "f'{x}'", "lambda y: y", "..."]
    ),
)


def expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}({})".format, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds(
            "{}.{}".format, inner, st.sampled_from(["get", "routes", "items", "prefix", "append", "z"])
        ),
        st.builds(
            "({} {} {})".format, inner, st.sampled_from(["+", "/", "%", "in", "==", "or", "and"]), inner
        ),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{} for x in {}]".format, inner, inner),
        st.builds("f(*{}, **{})".format, inner, inner),
    )


STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, st.recursive(VALUES, expressions, max_leaves=6)),
    st.builds("for x in {}:\n    {}".format, VALUES, st.recursive(VALUES, expressions, max_leaves=4)),
    st.builds("if {}:\n    x = {}\nelse:\n    del x".format, VALUES, VALUES),
    st.builds("def f(a, *b, c={}, **d):\n    return {}".format, VALUES, VALUES),
    st.builds("class C({}):\n    x: int = {}".format, NAMES, VALUES),
    st.builds("app.include_router({}, prefix={})".format, VALUES, VALUES),
    st.builds("@router.get({}, tags={})\nasync def f(): ...".format, VALUES, VALUES),
    st.builds("x, *f = {}".format, VALUES),
    st.builds("app.{} = {}".format, st.sampled_from(["routes", "prefix", "tags"]), VALUES),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(STATEMENTS, max_size=8))
def test_no_program_makes_the_interpreter_raise(statements: list[str]) -> None:
    table(APP + "\n".join(statements) + "\n")


ENUMERATION = "from enum import Enum\nclass V(str, Enum):\n    V1 = 'v1'\nP = f'/{V.V1}'\n"


@pytest.mark.parametrize(("python", "prefix"), [(None, "/V.V1"), ("3.11", "/V.V1"), ("3.10", "/v1")])
def test_a_member_is_formatted_as_the_services_python_does(python: str | None, prefix: str) -> None:
    main = APP + ROUTE + ENUMERATION + "app.include_router(router, prefix=P)\n"
    modules = modules_of({"app/__init__.py": "", "app/main.py": main})
    runtime = Runtime(python=None if python is None else Version(python))
    assert [one.path for one in resolve_routes(modules, Symbols(modules), runtime).endpoints] == [
        f"{prefix}/x"
    ]


EXTENDED = """
from app.switches import is_extended
extra = None
if is_extended():
    import app.more as extra
{body}
app.include_router(router, prefix="/a")
app.include_router(router, prefix="/b")
"""
SWITCHES = "import os\ndef is_extended():\n    return os.environ['EDITION'] == 'extended'\n"


def test_what_may_be_none_has_the_attributes_of_what_else_it_is() -> None:
    main = APP + ROUTE + EXTENDED.format(body="if extra and is_extended():\n    app = extra.extend(app)")
    more = "def extend(app):\n    @app.get('/more')\n    async def more(): ...\n    return app\n"
    found = table(main, switches=SWITCHES, more=more)
    assert [one.path for one in found.endpoints] == ["/more", "/a/x", "/b/x"]
    assert found.unknown == ()


def test_what_is_unknown_at_one_place_is_told_once() -> None:
    main = APP + ROUTE + EXTENDED.format(body="if extra:\n    app = extra.extend(app)")
    found = table(main, switches=SWITCHES, more="")
    assert [one.path for one in found.endpoints] == ["/a/x", "/b/x"]
    assert len(found.unknown) == 1


def test_none_alone_has_no_attribute() -> None:
    main = APP + ROUTE + "extra = None\napp.include_router(router, prefix=extra.prefix)\n"
    assert table(main).endpoints == ()
    assert table(main).unknown


GUARDS = (
    "if len(D) == 0:\n    raise ValueError",
    "if len(D.strip()) < 32:\n    raise SystemExit",
    "if D.split(',')[0] == '':\n    raise ValueError",
    "if D[:1] != '/':\n    raise ValueError",
    "if int(os.getenv('N', '0')) < 1:\n    raise ValueError",
)


@pytest.mark.parametrize("guard", GUARDS)
def test_a_variables_default_does_not_decide_what_raises(guard: str) -> None:
    main = f"import os\nD = os.environ.get('D', '')\n{guard}\n{APP}{ROUTE}app.include_router(router)\n"
    assert paths(main) == ["/x"]
    assert table(main).unknown == ()
