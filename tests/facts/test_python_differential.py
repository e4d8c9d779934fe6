from __future__ import annotations

import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archlint.facts.python import UndecodableError, decode, read_python
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Node
from tests.facts.from_ast import differences, expected_body

CORPUS_SIZE = 1_000_000
WORDS = r"def class if for ( ) [ ] { } : , . = * ' f' \ # x 1 lambda @ await import from"
TOKENS = [*WORDS.split(), "\n", '"']


def corpus() -> Iterator[Path]:
    """Some of the standard library, the same for every run of an interpreter."""
    files = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    sources = [file for file in files if "site-packages" not in file.parts and "bad" not in file.name]
    left = CORPUS_SIZE
    for file in sources[::7]:
        left -= file.stat().st_size
        if left < 0:
            return
        yield file


def test_the_standard_library_is_read_as_ast_reads_it() -> None:
    found: list[str] = []
    for path in corpus():
        data = path.read_bytes()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = expected_body(decode(data))
        except (SyntaxError, UndecodableError):
            continue
        source = read_python(data)
        found += [f"{path.name}{difference}" for difference in differences(expected, source.raw_body)]
        found += [f"{path.name}: {problem}" for problem in source.problems]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "a = [*b.c(), *d | e]",
        "a = 1, *b.c[0]",
        "for a in *b.c, d: pass",
        r"a = r'\\' r'b\\c'",
        "a: b[c] | d[e] | f",
        "a: b[c] | (d[e] | f)",
        "a = (b + c) + d + e",
        "a = b or (c or d) or e",
        "a = 'é' + й.y(ñ=1)",
        "a = f'{b!r}{c:>{d}}{{e}}' 'f' f'{g.h}'",
        "async def a(b, /, c: d = 1, *e: f, g, h=2, **i) -> j: await b; return [k async for k in c if e]",
        "def a(*, b): global c, d; nonlocal_ = yield b, c",
        "lambda a, *, b=1, **c: (yield from a)",
        "with (a as b, c): pass",
        "with a as (b, c), d: pass",
        "from ...a.b import (c as d, e,)",
        "from .. import *",
        "import a.b.c as d, e",
        "type = print = match = 1; match(type); print(a, file=b)",
        "a[1:2, ::3, ...] = a[:] = a[b:] = a[()]",
        "a = {**b, 'c': d}; e = {*b, c}; f = {g: h for g, h in i}",
        "if a: b\nelif c: d\nelse:\n    if e: f",
        "try: a\nexcept B as c: d\nexcept (E, F): raise G from None\nelse: h\nfinally: i",
        "a = 1_000 + 0x1F + 1e3 + 1j + 123456789012345678901234567890",
        "if (a := b) is not c not in d: e += 1,",
        "for (a) in b: (c) = 1; (d): e = 2",
        "@a.b(c)\nclass D(E, metaclass=F, **g):\n    @h\n    def i(self): ...",
    ],
)
def test_constructs_are_read_as_ast_reads_them(text: str) -> None:
    source = read_python(text.encode())
    assert list(differences(expected_body(text), source.raw_body)) == []
    assert source.problems == ()


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@example(b"\xef\xbb\xbf# coding: latin-1")
@example(b"# coding: utf-7\n+2AA-")
@example(b"x = '\\ud800'")
@example(b"def f(\n  x = [*\n")
@example(b"a = 1\r\rb\x0c = 2\n")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        source = read_python(data)
    except UndecodableError:
        return
    length = len(decode(data))
    for start, end in spans(source):
        assert 0 <= start <= end <= length
        assert source.location("a.py", start, end).line >= 1
    encoded = msgspec.msgpack.encode(source)
    assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=PythonSource)) == encoded


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(TOKENS)))
def test_any_tokens_are_read(tokens: list[str]) -> None:
    test = test_any_bytes_are_read_or_refused.hypothesis.inner_test  # type: ignore[attr-defined]
    test(" ".join(tokens).encode())


def spans(source: PythonSource) -> Iterator[tuple[int, int]]:
    """Every place in the facts of a file."""
    pending: list[object] = [source.raw_body]
    while pending:
        current = pending.pop()
        if isinstance(current, tuple):
            pending.extend(current)
        elif isinstance(current, Node):
            yield current.start, current.end
            pending.extend(getattr(current, field) for field in current.__struct_fields__)
    yield from ((problem.start, problem.end) for problem in source.problems)
