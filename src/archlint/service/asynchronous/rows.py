"""Objects of mapped classes in one function, and the async sessions that they come from."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.syntax import Attribute, Await, Call, Expression, Name, Sequence
from archlint.facts.traversal import dotted
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.library_models import Library, key
from archlint.service.calls.sites import BindingSite
from archlint.service.calls.values import ClassType, InferredTypes, InstanceType
from archlint.service.semantics.library_names import names_of

_GIVEN = {
    "exec": "many", "execute": "result", "get": "one", "get_one": "one", "scalar": "one", "scalars": "many",
}  # fmt: skip
_STEPS = {
    "many": {"all": "many", "first": "one", "one": "one", "one_or_none": "one", "unique": "many"},
    "one": {},
    "result": {
        **dict.fromkeys(("scalar", "scalar_one", "scalar_one_or_none"), "one"),
        "scalars": "many",
        "unique": "result",
    },
}
_SAME_ROWS = frozenset(
    {
        *("distinct", "execution_options", "filter", "filter_by", "join", "limit", "offset", "order_by"),
        *("outerjoin", "where", "with_for_update"),
    }
)
_MAX_DEPTH = 12


class AsyncSessionCall(Struct, eq=False, frozen=True):
    """A call of `method` on the async session that is written `session`."""

    node: Call
    session: str
    method: str

    def gets(self, name: str) -> bool:
        """Whether the local name is among the arguments, by itself or in a list."""
        lists = (one.items if isinstance(one, Sequence) else (one,) for one in self.node.args)
        return any(isinstance(one, Name) and one.id == name for items in lists for one in items)


class LoadedRows(Struct, frozen=True):
    """What a session gave: `one` object of a mapped class, `many`, or a `result` with such in rows."""

    cls: Class
    session: str
    shape: str


class Rows:
    """What one function does with async sessions, and what they give it."""

    def __init__(self, calls: Calls, function: Function) -> None:
        self._calls = calls
        self._function = function

    @cached_property
    def session_calls(self) -> tuple[AsyncSessionCall, ...]:
        """The calls of async sessions, in reading order."""
        found = []
        for call in self._calls.library_calls(self._function):
            owner, _, method = key(call.path).rpartition(".")
            node = call.node if owner in names_of("async session", "async scoped session") else None
            if isinstance(node, Call) and isinstance(node.func, Attribute):
                session = dotted(node.func.value)
                if session is not None:
                    found.append(AsyncSessionCall(node, session, method))
        return tuple(found)

    def bindings(self, name: str) -> tuple[BindingSite, ...]:
        """What a local name is given, in reading order."""
        return tuple(self._calls.read(self._function).bindings.get(name, ()))

    def class_of(self, node: Expression) -> Class | None:
        """The class that the expression is an object of, by what the call graph knows."""
        found = [value.cls for value in self._values(node) if isinstance(value, InstanceType)]
        return found[0] if len(found) == 1 else None

    def bound(self, binding: BindingSite) -> LoadedRows | None:
        """The one object that a binding gives its name, where a session gave it."""
        loaded = self.loaded(binding.value) if binding.value is not None else None
        wanted = {"value": "one", "element": "many"}.get(binding.kind)
        return replace(loaded, shape="one") if loaded and loaded.shape == wanted else None

    def loaded(self, node: Expression, depth: int = 0) -> LoadedRows | None:
        """What the expression is of what a session gave, where all of the way there is in sight."""
        match node:
            case _ if depth > _MAX_DEPTH:
                return None
            case Await(value=Call() as call):
                return self._queried(call, depth)
            case Call(func=Attribute(value=before, attr=attr)):
                found = self.loaded(before, depth + 1)
                shape = _STEPS[found.shape].get(attr) if found else None
                return replace(found, shape=shape) if found and shape else None
            case Name(id=name):
                bound = self.bindings(name)
                if len(bound) == 1 and bound[0].kind == "value" and bound[0].value is not None:
                    return self.loaded(bound[0].value, depth + 1)
        return None

    def _queried(self, call: Call, depth: int) -> LoadedRows | None:
        made = next((one for one in self.session_calls if one.node is call), None)
        shape = _GIVEN.get(made.method) if made else None
        if made is None or shape is None or not call.args or call.keywords:
            return None
        by_key = made.method in {"get", "get_one"}
        cls = self._mentioned(call.args[0]) if by_key else self._selected(call.args[0], depth)
        return LoadedRows(cls, made.session, shape) if cls else None

    def _selected(self, query: Expression, depth: int) -> Class | None:
        """The one class that a query selects, where nothing is said of what to load with it."""
        match query:
            case _ if depth > _MAX_DEPTH:
                return None
            case Call(func=Attribute(value=before, attr=attr)) if attr in _SAME_ROWS:
                return self._selected(before, depth + 1)
            case Call(func=func, args=(model,)):
                paths = [
                    v.path
                    for v in self._calls.inference.values(func, self._function)
                    if isinstance(v, Library)
                ]
                return self._mentioned(model) if paths and names_of("select").issuperset(paths) else None
            case Name(id=name):
                own = [one.value for one in self.bindings(name) if not _extends(one, name)]
                found = {self._selected(one, depth + 1) if one is not None else None for one in own}
                return found.pop() if len(found) == 1 else None
        return None

    def _mentioned(self, node: Expression) -> Class | None:
        found = [
            v.cls for v in self._calls.inference.values(node, self._function) if isinstance(v, ClassType)
        ]
        return found[0] if len(found) == 1 else None

    def _values(self, node: Expression) -> InferredTypes:
        return self._calls.inference.values(node, self._function)


def _extends(binding: BindingSite, name: str) -> bool:
    """`query = query.where(…)`: of the same rows as before."""
    value = binding.value
    while isinstance(value, Call) and isinstance(value.func, Attribute) and value.func.attr in _SAME_ROWS:
        value = value.func.value
    return value is not binding.value and isinstance(value, Name) and value.id == name
