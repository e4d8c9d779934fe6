from __future__ import annotations

from archlint.facts.python import read_python
from archlint.facts.syntax import Call, Name
from archlint.service.semantics.scopes import scoped

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
