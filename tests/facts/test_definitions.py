from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from archlint.facts.python import read_python
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, ClassDef, FunctionDef, Name, Node

SOURCE = b"""
outside(0)

@decorate(f)
class Shop(base(), metaclass=meta()):
    name: str = field(annotated())

    @decorate(g)
    def sell(self, price: money() = default()) -> result():
        @decorate(h)
        def inner():
            return deep()
        return body(lambda: inside())

def line(): return short()

after()
"""


def names(around: tuple[FunctionDef | ClassDef, ...]) -> str:
    return ".".join(one.name for one in around)


def call(source: PythonSource, name: str) -> Call:
    return next(
        node for node in source.nodes.of(Call) if isinstance(node.func, Name) and node.func.id == name
    )


def test_nothing_is_around_what_no_definition_holds() -> None:
    source = read_python(SOURCE)
    for name in ("outside", "after"):
        assert source.definitions.around(call(source, name)) == ()
    assert read_python(b"").definitions.around(call(source, "after")) == ()
    assert list(read_python(b"x = 1").definitions) == []
    assert read_python(b"").definitions.at(0) == ()


def test_a_class_is_no_function_around() -> None:
    source = read_python(SOURCE)
    assert source.definitions.functions_around(call(source, "field")) == ()
    assert names(source.definitions.functions_around(call(source, "deep"))) == "sell.inner"


def test_decorators_are_around_nothing_but_belong_to_what_they_decorate() -> None:
    source = read_python(SOURCE)
    decorators = [
        node for node in source.nodes.of(Call) if isinstance(node.func, Name) and node.func.id == "decorate"
    ]
    assert [names(source.definitions.around(one)) for one in decorators] == ["", "Shop", "Shop.sell"]
    assert [names(source.definitions.at(one.start)) for one in decorators] == [
        "Shop",
        "Shop.sell",
        "Shop.sell.inner",
    ]


def test_a_definition_is_at_the_end_of_those_around_it() -> None:
    source = read_python(SOURCE)
    assert [names(scope) for scope in source.definitions] == ["Shop", "Shop.sell", "Shop.sell.inner", "line"]
    assert all(source.definitions.around(scope[-1]) == scope for scope in source.definitions)


def test_a_place_is_in_a_definition_to_its_last_character() -> None:
    source = read_python(SOURCE)
    short = call(source, "short")
    assert names(source.definitions.at(short.end - 1)) == "line"
    assert source.definitions.at(short.end) == ()


def test_nodes_within_are_those_of_the_kinds_that_start_there() -> None:
    source = read_python(SOURCE)
    (shop,) = source.nodes.of(ClassDef)
    found = source.nodes.within(shop.start, shop.end, Call, Name)
    kinds: list[Node] = [*source.nodes.of(Call), *source.nodes.of(Name)]
    assert set(found) == {node for node in kinds if shop.start <= node.start < shop.end}
    assert [node.start for node in found] == sorted(node.start for node in found)
    assert source.nodes.within(0, shop.start, Attribute, FunctionDef) == []


BLOCKS = st.recursive(
    st.sampled_from(["x = a.b()", "@d(e)\ndef f(): return g()", "pass"]),
    lambda inner: st.tuples(
        st.sampled_from(["def f(p=q()):", "@d\nclass C(B):", "if t:", "async def g():", "with w:"]),
        st.lists(inner, min_size=1, max_size=3),
    ).map(lambda made: made[0] + "".join(f"\n    {line}" for body in made[1] for line in body.splitlines())),
    max_leaves=8,
)


@given(st.lists(BLOCKS, max_size=4))
def test_the_index_agrees_with_a_look_at_every_definition(blocks: list[str]) -> None:
    source = read_python("\n".join(blocks).encode())
    definitions = [*source.nodes.of(FunctionDef), *source.nodes.of(ClassDef)]
    for node in (*source.nodes.of(Call), *source.nodes.of(Name), *definitions):
        around = {one for one in definitions if one.start <= node.start and node.end <= one.end}
        assert set(source.definitions.around(node)) == around
    assert [scope[-1] for scope in source.definitions] == sorted(definitions, key=lambda one: one.start)


def test_equal_names_and_offsets_are_one_object_in_all_files() -> None:
    padding = f"{'#' * 300}\n"
    first, second = (read_python(f"{padding}{text}\n".encode()) for text in ("shop.sell(price)", "shop(tax)"))
    sources = [
        msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=PythonSource) for one in (first, second)
    ]
    calls = [one.nodes.of(Call)[0] for one in sources]
    names = [one.nodes.of(Name)[0] for one in sources]
    assert calls[0].start == 301
    assert len({id(node.start) for node in (*calls, *names)}) == 1
    assert names[0].id is names[1].id
