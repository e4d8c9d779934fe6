"""What libcst makes of edits: the touched places change, every other byte stays."""

from __future__ import annotations

import tokenize
from collections.abc import Callable
from io import StringIO
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.python import read_python
from archlint.facts.syntax import Call, FunctionDef, Node
from archlint.facts.traversal import dotted
from archlint.fixes.codemod import rewrite
from archlint.fixes.edits import (
    Append,
    AwaitCall,
    CallInstead,
    DropArgument,
    Edit,
    MakeAsync,
    SetArgument,
    Span,
    TableLine,
    ThroughClient,
    span_of,
)

PIECES = (
    "import os, time\n",
    "import requests  # HTTP\n",
    "@router.get('/a')\ndef handler(a, b = 1):\n    time.sleep( 1 )\n    return  target(a)  # done\n",
    "async def other():\n\tx = [target(i) for i in range(3)]\n\treturn(target (1))\n",
    "class K:\n\n    def method(self):\n        'é'\n        return target(\n            1,\n        )\n",
    "if True:\n    def nested(): return (target)(2).attribute\n",
    "x = 'ü' ; y = lambda: target(1)\n",
    "async def gen():\n    yield (target(i) for i in ())\n    time . sleep(2)\n",
    "engine = make('u' , poolclass = Q, echo=True) ; other = make(poolclass=Q)\n",
    "\n\n# a comment\n",
)
BOM = b"\xef\xbb\xbf"
sources = st.builds(
    lambda pieces, newline, final, bom: _encoded("".join(pieces), newline, final, bom),
    st.lists(st.sampled_from(PIECES), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["", "bom", "latin-1"]),
)


def _encoded(text: str, newline: str, final: bool, how: str) -> bytes:
    if how == "latin-1":
        text = f"# coding: latin-1\n{text}"
    text = (text if final else text.removesuffix("\n")).replace("\n", newline)
    data = text.encode("latin-1" if how == "latin-1" else "utf-8")
    return BOM + data if how == "bom" else data


def wanted(data: bytes) -> list[Edit]:
    """`async def` everywhere, `await target(…)`, `asyncio.sleep` for `time.sleep`, no `poolclass`."""
    source = read_python(data)

    def place(node: Node) -> Span:
        return span_of(source.location("f.py", node.start, node.end))

    edits: list[Edit] = [MakeAsync(place(node)) for node in source.nodes.of(FunctionDef)]
    for node in source.nodes.of(Call):
        if dotted(node.func) == "target":
            edits.append(AwaitCall(place(node)))
        elif dotted(node.func) == "time.sleep":
            edits.append(CallInstead(place(node), "asyncio", "sleep", "time"))
        elif any(keyword.name == "poolclass" for keyword in node.keywords):
            edits.append(DropArgument(place(node), "poolclass"))
    return edits


@settings(deadline=None)
@given(sources)
def test_no_edits_change_nothing(data: bytes) -> None:
    assert rewrite(data, []) == (data, frozenset())


@settings(deadline=None)
@given(sources)
def test_only_touched_lines_change_and_the_file_still_parses(data: bytes) -> None:
    edits = wanted(data)
    fixed, refused = rewrite(data, edits)
    assert read_python(fixed).problems == ()
    touched = {
        edit.span.line for edit in edits if edit not in refused and not isinstance(edit, TableLine | Append)
    }
    before, after = ([line.rstrip(b"\r") for line in _lines(content)] for content in (data, fixed))
    if b"import asyncio" in after:
        after.remove(b"import asyncio")
    assert len(after) == len(before)
    changed = {number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]}
    assert changed == touched
    assert fixed.startswith(BOM) == data.startswith(BOM)
    assert fixed.endswith(b"\n") == data.endswith(b"\n")
    assert (b"\r\n" in fixed) == (b"\r\n" in data)
    assert fixed.count(b"\n") - data.count(b"\n") == (b"import asyncio" in fixed)


def _lines(data: bytes) -> list[bytes]:
    return data.removeprefix(BOM).split(b"\n")


@settings(deadline=None)
@given(sources)
def test_what_is_fixed_is_not_fixed_again(data: bytes) -> None:
    fixed, _ = rewrite(data, wanted(data))
    again = [edit for edit in wanted(fixed) if not isinstance(edit, CallInstead)]
    assert rewrite(fixed, again)[0] == fixed


def test_what_libcst_would_lose_is_not_rewritten() -> None:
    with pytest.raises(ValueError, match="more of it"):
        rewrite(b"import os, time\n\x0c\n\x0c", [])


def edit_at(source: str, call: str, kind: Callable[..., Edit], *arguments: str) -> tuple[str, bool]:
    """The source after one edit of the call that is written so, and whether it was made."""
    source = dedent(source)
    start = source.index(call)
    span = span_of(read_python(source.encode()).location("f.py", start, start + len(call)))
    fixed, refused = rewrite(source.encode(), [kind(span, *arguments)])
    return fixed.decode(), not refused


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return g()\n",
        "async def f():\n    return lambda: g()\n",
        "async def f():\n    return sum(g() for _ in ())\n",
        "async def f():\n    return await g()\n",
        "async def f():\n    def inner():\n        g()\n",
        "async def f():\n    class K:\n        x = g()\n",
        "x = g()\n",
    ],
)
def test_await_stands_only_where_it_may(source: str) -> None:
    assert edit_at(source, "g()", AwaitCall) == (source, False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("g()", "await g()"),
        ("g().name", "(await g()).name"),
        ("g()[0]", "(await g())[0]"),
        ("g()()", "(await g())()"),
        ("return g()", "return await g()"),
        ("return(g())", "return(await g())"),
        ("x = (g()).name", "x = (await g()).name"),
        ("x = not g() or -g2()", "x = not await g() or -g2()"),
        ("f(g(), *a)", "f(await g(), *a)"),
        ("x = [g() for y in z]", "x = [await g() for y in z]"),
    ],
)
def test_await_binds_as_the_call_did(before: str, after: str) -> None:
    shown = edit_at(f"async def h():\n    {before}\n", "g()", AwaitCall)
    assert shown == (f"async def h():\n    {after}\n", True)


def test_the_import_is_added_beside_what_it_replaces() -> None:
    source = '"""Doc."""\n\nimport time\n\n\nasync def f():\n    time.sleep(1)\n'
    fixed, _ = edit_at(source, "time.sleep(1)", CallInstead, "asyncio", "sleep", "time")
    assert (
        fixed == '"""Doc."""\n\nimport asyncio\nimport time\n\n\nasync def f():\n    await asyncio.sleep(1)\n'
    )


def test_the_import_is_not_added_twice() -> None:
    source = "import asyncio\nfrom time import sleep\n\n\nasync def f():\n    sleep(1)\n"
    fixed, _ = edit_at(source, "sleep(1)", CallInstead, "asyncio", "sleep", "time")
    assert fixed == source.replace("    sleep(1)", "    await asyncio.sleep(1)")


def test_a_client_is_opened_around_the_statement() -> None:
    source = """\
        import requests


        async def f(url):
            # what they say
            answer = requests.get(url, headers={})
            return answer.json()
        """
    fixed, _ = edit_at(source, "requests.get(url, headers={})", ThroughClient, "get", "client", "requests")
    assert fixed == dedent("""\
        import httpx
        import requests


        async def f(url):
            # what they say
            async with httpx.AsyncClient(follow_redirects=True) as client:
                answer = await client.get(url, headers={})
            return answer.json()
        """)


def test_a_call_inside_an_expression_gets_no_client() -> None:
    source = "async def f(url):\n    return requests.get(url).json()\n"
    assert edit_at(source, "requests.get(url)", ThroughClient, "get", "client", "requests") == (source, False)


FIRST = ("1", "*rest", "u . v")
LAST = ("x = 2", "y=(\n    3, # three\n)", "z=f(q)")
GAPS = (" ", "", "\n    ", "  # said\n    ", "\n\n    ")


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A call with the argument `poolclass` somewhere among others, laid out in any way."""
    before = draw(st.lists(st.sampled_from(FIRST), max_size=2))
    after = draw(st.lists(st.sampled_from(LAST), max_size=2, unique=True))
    arguments = [*before, draw(st.sampled_from(["poolclass=Q", "poolclass = Q"])), *after]
    gaps = [draw(st.sampled_from(GAPS)) for _ in (*arguments, "")]
    final = draw(st.sampled_from([",", ""]))
    inner = ",".join(f"{gap}{argument}" for gap, argument in zip(gaps, arguments, strict=False))
    return f"engine = make({inner}{final}{gaps[-1]})"


@settings(deadline=None)
@given(calls())
def test_a_dropped_argument_leaves_the_others_as_they_were(call: str) -> None:
    source = f"{call}\nrest = 1\n"
    made = call.removeprefix("engine = ")
    fixed, done = edit_at(source, made, DropArgument, "poolclass")
    assert done
    assert read_python(fixed.encode()).problems == ()
    wanted = [token for token in tokens(source) if token not in {"poolclass", "Q"}]
    assert [token for token in wanted if token not in {",", "="}] == [
        token for token in tokens(fixed) if token not in {",", "="}
    ]
    again = fixed.removesuffix("\nrest = 1\n").removeprefix("engine = ")
    assert edit_at(fixed, again, DropArgument, "poolclass") == (fixed, False)


def tokens(source: str) -> list[str]:
    """What the source consists of, without layout and comments."""
    left_out = {tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER}
    found = tokenize.generate_tokens(StringIO(source).readline)
    return [token.string for token in found if token.type not in left_out]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("make(u, poolclass=Q)", "make(u)"),
        ("make(poolclass=Q, echo=True)", "make(echo=True)"),
        ("make(\n    u,  # where\n    poolclass=Q,  # how\n)", "make(\n    u,  # where\n)"),
        ("make(\n    poolclass=Q,\n    # loud\n    echo=True,\n)", "make(\n    # loud\n    echo=True,\n)"),
        ("make(\n    u,\n    poolclass=Q)", "make(\n    u)"),
    ],
)
def test_an_argument_goes_with_its_line(before: str, after: str) -> None:
    assert edit_at(f"{before}\n", before, DropArgument, "poolclass") == (f"{after}\n", True)


def test_an_argument_that_a_comment_speaks_of_stays() -> None:
    call = "make(\n    # See the ticket.\n    poolclass=Q,\n    echo=True,\n)"
    assert edit_at(call, call, DropArgument, "poolclass") == (call, False)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("f()\n", 'f(prefix="/v")\n'),
        ("f(a)  # c\n", 'f(a, prefix="/v")  # c\n'),
        ("f( a , prefix = x )\n", 'f( a , prefix = "/v" )\n'),
        ("f(\n    a,\n    b=1,  # why\n)\n", 'f(\n    a,\n    b=1,\n    prefix="/v",  # why\n)\n'),
        ("f(\n    a,\n    b=1\n)\n", 'f(\n    a,\n    b=1,\n    prefix="/v"\n)\n'),
        ("f(\n    a\n)\n", 'f(\n    a,\n    prefix="/v"\n)\n'),
        ("f(*a)\n", 'f(*a, prefix="/v")\n'),
    ],
)
def test_an_argument_is_set_where_the_others_are(source: str, wanted: str) -> None:
    call = source[: source.rindex(")") + 1]
    assert edit_at(source, call, SetArgument, "prefix", '"/v"') == (wanted, True)


def test_no_argument_is_set_beside_what_may_hold_it() -> None:
    assert edit_at("f(**a)\n", "f(**a)", SetArgument, "prefix", "1") == ("f(**a)\n", False)
