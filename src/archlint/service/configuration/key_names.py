"""Constants that name where a secret is kept, and are none: a key in a store, a header, a variable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Assign, Call, Expression, Name, Subscript
from archlint.readings import summary
from archlint.service.semantics.scopes import last_name

_LOOKING_UP = frozenset({
    "delete", "exists", "expire", "get", "get_parameter", "get_password", "get_secret", "get_secret_value",
    "getenv", "hget", "hset", "pop", "set", "set_password", "setdefault", "setex", "setnx",
})  # fmt: skip
_NAMING = frozenset({"Name", "SecretId", "key", "name", "secret_id", "secret_name"})


@summary
def names_of_keys(source: PythonSource) -> frozenset[str]:
    """The names that a module uses to look things up, and for nothing else."""
    looked_up = Counter(one.id for one in _looked_up(source) if type(one) is Name)
    if not looked_up:
        return frozenset()
    uses = Counter(one.id for one in source.nodes.of(Name))
    uses.subtract(t.id for one in source.nodes.of(Assign) for t in one.targets if type(t) is Name)
    return frozenset(name for name, count in looked_up.items() if count == uses[name])


def _looked_up(source: PythonSource) -> Iterator[Expression]:
    yield from (one.index for one in source.nodes.of(Subscript))
    for call in source.nodes.of(Call):
        if last_name(call.func) in _LOOKING_UP:
            yield from call.args[:1]
            yield from (given.value for given in call.keywords if given.name in _NAMING)
