"""Attributes that a coroutine function reads when the session would have to fetch them: MissingGreenlet."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Await,
    Call,
    ClassDef,
    Constant,
    For,
    FunctionDef,
    Lambda,
    Name,
    Node,
    Raise,
    Return,
    Statement,
    With,
)
from archlint.facts.traversal import all_nodes, dotted, nested_blocks
from archlint.findings import Link, Location
from archlint.service.asynchronous.mapped import lazy_relationships, mapped_attributes
from archlint.service.asynchronous.rows import AsyncSessionCall, Rows
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import LibraryCall
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.library_models import key
from archlint.service.semantics.library_names import names_of

_HARMLESS = frozenset({"add", "add_all", "begin", "commit", "delete", "flush"})
"""What a session may do without giving any object its attributes back."""

_ADDING = frozenset({"add", "add_all"})


class AttributeRead(Struct, eq=False, frozen=True):
    """`function` reads the attribute `text` at `node`; `chain` says why that is too late, if anything."""

    function: Function
    node: Attribute
    text: str
    chain: tuple[Link, ...] = ()

    @property
    def location(self) -> Location:
        """The attribute."""
        return self.function.module.location(self.node)


def expired_reads(calls: Calls) -> Iterator[AttributeRead]:
    """Reads after a commit that expired the object, where all of the service's async sessions do so."""
    makers = list(session_makers(calls))
    if makers and all(_expires(call) for call in makers):
        for body in _bodies(calls):
            yield from body.read_after_commits(makers[0])


def undecided_reads(calls: Calls) -> Iterator[AttributeRead]:
    """The same where some of the sessions do so and some do not: which one commits is not followed."""
    makers = [call for call in session_makers(calls) if not call.path.endswith("()")]
    expiring = [call for call in makers if _expires(call)]
    if expiring and len(expiring) < len(makers):
        for body in _bodies(calls):
            yield from body.read_after_commits(expiring[0])


def lazy_reads(calls: Calls) -> Iterator[AttributeRead]:
    """Reads of a relationship of an object that the function loaded without it."""
    for body in _bodies(calls):
        yield from body.read_lazily()


def _bodies(calls: Calls) -> Iterator[_Body]:
    """The coroutine functions of the service that use an async session."""
    for function in sorted(calls.functions, key=lambda function: function.order):
        if function.is_async and function.module.path in calls.modules.by_path:
            rows = Rows(calls, function)
            if rows.session_calls:
                yield _Body(function, rows)


def session_makers(calls: Calls) -> Iterator[LibraryCall]:
    """The calls that make async sessions, or what makes them."""
    for function in sorted(calls.functions, key=lambda function: function.order):
        for call in calls.library_calls(function):
            path = call.path.removesuffix("()")
            is_maker = key(path) in names_of("session maker", "async session", "async scoped session")
            if is_maker and isinstance(call.node, Call):
                made = calls.inference.values(call.node, function)
                paths = [getattr(value, "path", "") for value in made]
                if any("async" in one.lower() for one in paths):
                    yield call


def _expires(call: LibraryCall) -> bool:
    """Whether the call leaves `expire_on_commit` on."""
    keywords = {k.name: k.value for k in call.node.keywords} if isinstance(call.node, Call) else {}
    given = keywords.get("expire_on_commit")
    if None in keywords:
        return False
    return given is None or (isinstance(given, Constant) and given.value is True)


class _Body:
    """The statements of one function; those of functions in it are left out."""

    def __init__(self, function: Function, rows: Rows) -> None:
        self._function = function
        self._rows = rows
        self._statements = function.node.body if isinstance(function.node, FunctionDef) else ()
        self._nodes = [node for statement in self._statements for node in _own_nodes(statement)]
        self._targets = {t for node in self._nodes if type(node) is Assign for t in node.targets}
        self._stored = {text for target in self._targets if (text := dotted(target))}

    def read_after_commits(self, maker: LibraryCall) -> Iterator[AttributeRead]:
        """The first read of each object after each commit."""
        found: dict[Node, AttributeRead] = {}
        for commit in self._rows.session_calls:
            seen: set[str] = set()
            for node in self._after(commit) if commit.method == "commit" else ():
                match node:
                    case Attribute(value=Name(id=name) as owner) if name not in seen:
                        if self._is_expired(commit, owner, node):
                            seen.add(name)
                            found[node] = self._read(maker, commit, node, f"{name}.{node.attr}")
        yield from found.values()

    def read_lazily(self) -> Iterator[AttributeRead]:
        """The reads of relationships, where the function says nowhere what its queries load with them."""
        if any(type(node) is Attribute and node.attr == "options" for node in self._nodes):
            return
        for node in self._nodes:
            if type(node) is Attribute and type(node.value) is Name:
                name, attr = node.value.id, node.attr
                cls = self._loaded_alone(name)
                if cls and f"{name}.{attr}" not in self._stored and attr in lazy_relationships(cls):
                    yield AttributeRead(self._function, node, f"{name}.{attr}")

    def _after(self, commit: AsyncSessionCall) -> Iterator[Node]:
        for statement in _following(self._statements, commit.node.start):
            yield from _own_nodes(statement)

    def _is_expired(self, commit: AsyncSessionCall, owner: Name, read: Attribute) -> bool:
        cls = self._attached(commit, owner)
        if cls is None or read in self._targets or read.attr not in mapped_attributes(cls):
            return False
        start, end = commit.node.end, read.start
        rebound = any(start < one.start <= end for one in self._rows.bindings(owner.id))
        between = (node for node in self._nodes if start < node.start < end)
        return not (rebound or any(self._may_load(node, end, owner.id) for node in between))

    def _attached(self, commit: AsyncSessionCall, name: Name) -> Class | None:
        """The class of the object, where it belongs to the session when that commits."""
        before = [one for one in self._rows.session_calls if one.node.end < commit.node.start]
        given = [one for one in before if one.session == commit.session and one.gets(name.id)]
        if any(one.method in {"delete", "expunge"} for one in given):
            return None
        bound = [one for one in self._rows.bindings(name.id) if one.start < commit.node.start]
        loaded = [self._rows.bound(one) for one in bound]
        if loaded and loaded[-1] and all(one and one.session == commit.session for one in loaded):
            return loaded[-1].cls
        return self._rows.class_of(name) if any(one.method in _ADDING for one in given) else None

    def _may_load(self, node: Node, end: int, name: str) -> bool:
        """Whether the object may have its attributes again after `node`, which starts before `end`."""
        match node:
            case Assign(targets=targets):
                return any((dotted(target) or "").startswith(f"{name}.") for target in targets)
            case For(is_async=True) | With(is_async=True):
                return True
            case Await(value=Call() as call) if node.end <= end:
                made = next((one for one in self._rows.session_calls if one.node is call), None)
                if made is None or made.method != "refresh":
                    return made is None or made.method not in _HARMLESS
                return made.gets(name) or not isinstance(call.args[0] if call.args else None, Name)
            case Await():
                return node.end <= end
            case Call() if node.end <= end and not any(c.node is node for c in self._rows.session_calls):
                return any(isinstance(one, Name) and one.id == name for one in node.args)
        return False

    def _loaded_alone(self, name: str) -> Class | None:
        """The class of an object that a query loaded, and nothing else since."""
        bound = [self._rows.bound(one) for one in self._rows.bindings(name)]
        classes = {one.cls if one else None for one in bound}
        refreshed = any(one.method == "refresh" and one.gets(name) for one in self._rows.session_calls)
        return classes.pop() if len(classes) == 1 and not refreshed else None

    def _read(
        self, maker: LibraryCall, commit: AsyncSessionCall, node: Attribute, text: str
    ) -> AttributeRead:
        place, name = self._function.module.location, text.partition(".")[0]
        chain = (
            Link(maker.location, "the sessions are made with `expire_on_commit` left on"),
            Link(place(commit.node), f"`{commit.session}.commit` expires `{name}`"),
            Link(place(node), f"`{text}` would have to be fetched again"),
        )
        return AttributeRead(self._function, node, text, chain)


def _following(body: tuple[Statement, ...], offset: int) -> Iterator[Statement]:
    """The statements that run after the one at `offset`, those around its block last."""
    for index, statement in enumerate(body):
        if statement.start <= offset < statement.end:
            for block in nested_blocks(statement):
                if block and block[0].start <= offset < block[-1].end:
                    yield from _following(block, offset)
                    if isinstance(block[-1], Return | Raise):
                        return
            yield from body[index + 1 :]


def _own_nodes(statement: Statement) -> Iterator[Node]:
    if not isinstance(statement, FunctionDef | ClassDef):
        yield from all_nodes(statement, (FunctionDef, Lambda, ClassDef))
