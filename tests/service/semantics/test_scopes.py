from __future__ import annotations

from archlint.facts.python import read_python
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call, FunctionDef, Name, Try
from archlint.service.semantics.scopes import holds, scoped, statements_around

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

if __name__ == "__main__":
    started(by_hand())
after()
"""


def test_each_node_has_the_definitions_around_it() -> None:
    source = read_python(SOURCE)
    found = {
        node.func.id: ".".join(definition.name for definition in scope)
        for scope, node in scoped(source, source.nodes.of(Call))
        if isinstance(node.func, Name) and node.func.id != "decorate"
    }
    assert found == {
        "outside": "", "base": "", "meta": "", "field": "Shop", "annotated": "Shop", "money": "Shop",
        "default": "Shop", "result": "Shop", "deep": "Shop.sell.inner", "body": "Shop.sell",
        "inside": "Shop.sell", "short": "line", "after": "",
    }  # fmt: skip


def test_decorators_belong_to_the_scope_around() -> None:
    source = read_python(SOURCE)
    calls = [call for call in source.nodes.of(Call) if isinstance(call.func, Name)]
    decorators = [call for call in calls if isinstance(call.func, Name) and call.func.id == "decorate"]
    assert [len(scope) for scope, _ in scoped(source, decorators)] == [0, 1, 2]


def test_nothing_of_nothing() -> None:
    assert list(scoped(read_python(b""), ())) == []


TRIES = b"""
def save():
    before()
    try:
        with session():
            inside()
    except ValueError:
        handle()
    after()
    def later():
        nested()
"""


def calls_by_name(source: PythonSource) -> dict[str, Call]:
    calls = source.nodes.of(Call)
    return {call.func.id: call for call in calls if isinstance(call.func, Name)}


def test_a_block_holds_only_what_stands_in_it() -> None:
    source = read_python(TRIES)
    (save, *_), calls = source.nodes.of(FunctionDef), calls_by_name(source)
    attempt = source.nodes.of(Try)[0]
    assert not holds(attempt.body, calls["handle"])
    assert not holds(attempt.body, calls["after"])
    assert holds(attempt.body, calls["inside"])
    assert holds(save.body, calls["nested"])


def test_statements_around_end_at_a_definition() -> None:
    source = read_python(TRIES)
    (save, *_), calls = source.nodes.of(FunctionDef), calls_by_name(source)

    def kinds(name: str) -> list[str]:
        return [type(one).__name__ for one in statements_around(save.body, calls[name])]

    assert kinds("before") == ["Evaluate"]
    assert kinds("inside") == ["Try", "With", "Evaluate"]
    assert kinds("handle") == ["Try", "Evaluate"]
    assert kinds("nested") == ["FunctionDef"]
