"""The database engines that a service creates, with the arguments of each as far as the source shows them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Alias, Assign, Call, Constant, Dict, Expression, Keyword, Name, Operator
from archlint.findings import Location
from archlint.readings import summary
from archlint.service.semantics.library_names import last_names, names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name, scoped
from archlint.service.semantics.symbols import Scope, Symbol, Symbols


class Engine(Struct, eq=False, frozen=True):
    """A call that makes an engine; `keywords` include those of a literal dict that `**` unpacks."""

    module: Module
    call: Call
    scope: Scope
    function: str
    url: Expression | None
    keywords: tuple[Keyword, ...]

    @property
    def connects_itself(self) -> bool:
        """Whether a function of the service makes the connections, so that the URL names only a dialect."""
        return any(keyword.name in {"creator", "async_creator"} for keyword in self.keywords)

    @property
    def location(self) -> Location:
        """The call."""
        return self.module.location(self.call)

    @property
    def is_async(self) -> bool:
        """Whether `create_async_engine` makes it."""
        return self.function == "create_async_engine"


def engines(module: Module, symbols: Symbols) -> Iterator[Engine]:
    """The engines that a module makes, in reading order."""
    for scope, call in _candidates(module.source):
        made = symbols.resolve(module, call.func, scope).qualified
        if made in names_of("engine maker"):
            keywords = tuple(_keywords(module, scope, call, symbols))
            named = next((keyword.value for keyword in keywords if keyword.name == "url"), None)
            url = call.args[0] if call.args else named
            yield Engine(module, call, scope, made.rpartition(".")[2], url, keywords)


@summary
def _candidates(source: PythonSource) -> tuple[tuple[Scope, Call], ...]:
    """The calls that may make an engine by the last names of what they call."""
    names = last_names("engine maker") | {alias.asname for alias in source.nodes.of(Alias) if alias.asname}
    return tuple(scoped(source, (call for call in source.nodes.of(Call) if last_name(call.func) in names)))


def _keywords(module: Module, scope: Scope, call: Call, symbols: Symbols) -> Iterator[Keyword]:
    for keyword in call.keywords:
        if keyword.name is not None:
            yield keyword
            continue
        value: Expression | None = keyword.value
        if isinstance(value, Name):
            found = symbols.resolve(module, value, scope)
            value = found.node.value if isinstance(found.node, Assign) else None
        for key, item in value.items if isinstance(value, Dict) else ():
            if isinstance(key, Constant) and isinstance(key.value, str):
                yield Keyword(key.start, item.end - key.start, key.value, item)


def pool_classes(engine: Engine, symbols: Symbols) -> Iterator[tuple[Expression, Symbol]]:
    """The classes that the engine's `poolclass` may be, each where it is written."""
    for keyword in engine.keywords:
        if keyword.name == "poolclass":
            for choice in _choices(keyword.value):
                yield choice, symbols.resolve(engine.module, choice, engine.scope)


def _choices(value: Expression) -> Iterator[Expression]:
    match value:
        case Operator(operator="if", parts=(first, _, second)):
            yield from (*_choices(first), *_choices(second))
        case _:
            yield value
