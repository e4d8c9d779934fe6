"""The options of a Pydantic class: its own `model_config` or `Config`, its keywords, and what it inherits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    If,
    Name,
    Node,
    Operator,
    Sequence,
    Try,
)
from archlint.facts.traversal import all_nodes, is_none
from archlint.service.interpreter.values import Written
from archlint.service.semantics.constants import Literals
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Scope, Symbol, Symbols

_MAX_DEPTH = 10
_SETTINGS = "pydantic_settings.BaseSettings"
_OF_NAMES = (
    "case_sensitive",
    "env_nested_delimiter",
    "env_nested_max_split",
    "env_prefix",
    "env_prefix_target",
)
"""The options that every settings class has, as its defaults, and so takes from the bases before it."""
_CONSTRUCTORS = frozenset({"ConfigDict", "SettingsConfigDict", "dict"})


class ClassOptions(Struct, frozen=True):
    """Options by name; `complete` is false where a part of them is computed."""

    given: Mapping[str, Written]
    complete: bool
    literals: Literals

    def text(self, name: str) -> str | None:
        """The text of an option, empty where it is not given; None where it is computed."""
        written = self.given.get(name)
        if written is None or is_none(written.expression):
            return ""
        return self.literals.text(written.module, written.expression, written.scope)

    def truth(self, name: str) -> bool | None:
        """The literal True or False of an option."""
        written = self.given.get(name)
        match written.expression if written else None:
            case Constant(value=bool(value)):
                return value
        return None

    def number(self, name: str) -> int | None:
        """The literal number of an option."""
        written = self.given.get(name)
        match written.expression if written else None:
            case Constant(value=int(value)) if not isinstance(value, bool):
                return value
        return None

    def files(self, name: str) -> tuple[str, ...] | None:
        """The paths that an option lists; None where one is computed."""
        written = self.given.get(name)
        if written is None or is_none(written.expression):
            return ()
        items = (
            written.expression.items if isinstance(written.expression, Sequence) else (written.expression,)
        )
        texts = [self.literals.text(written.module, item, written.scope) for item in items]
        return None if None in texts else tuple(text for text in texts if text is not None)


class ClassOption(NamedTuple):
    """An option, what gives it in the class itself, and what is written: None for one that is computed."""

    name: str
    node: Node
    written: Written | None


class OptionReader:
    """Reads options as Pydantic merges them: a later base over an earlier one, the class's own over both."""

    def __init__(self, symbols: Symbols, literals: Literals) -> None:
        self._symbols = symbols
        self._literals = literals

    def of(self, symbol: Symbol) -> ClassOptions:
        """The options that hold for a class."""
        given: dict[str, Written] = {}
        complete = True
        for name, _, written in self._merged(symbol, 0):
            if written is None:
                complete = False
            else:
                given[name] = written
        return ClassOptions(given, complete, self._literals)

    def own(self, symbol: Symbol, depth: int = 0) -> Iterator[ClassOption]:
        """What the class itself gives, from the weakest to the strongest."""
        node, module = symbol.node, symbol.module
        if not isinstance(node, ClassDef) or module is None:
            return
        scope = self._symbols.scope_of(symbol)
        for statement in node.body:
            match statement:
                case Assign(targets=(Name(id="model_config"),), value=value) if value is not None:
                    yield from self._expanded(Written(module, scope, value), depth)
                case ClassDef(name="Config"):
                    yield from self._inner(module, (*scope, node), statement, depth)
                case If() | Try() if _sets_options(statement):
                    yield ClassOption("", statement, None)
        for keyword in node.keywords:
            if keyword.name not in {None, "metaclass"}:
                yield ClassOption(str(keyword.name), keyword, Written(module, scope, keyword.value))

    def _merged(self, symbol: Symbol, depth: int) -> Iterator[ClassOption]:
        """Its own options after those of its bases."""
        bases = self._symbols.direct_bases(symbol) if depth <= _MAX_DEPTH else ()
        for number, base in enumerate(bases):
            if number and _SETTINGS in {one.qualified for one in (base, *self._symbols.bases(base))}:
                yield from self._defaults(symbol)
            yield from self._merged(base, depth + 1)
        yield from self.own(symbol, depth)

    def _defaults(self, symbol: Symbol) -> Iterator[ClassOption]:
        """What any settings class has for the options of names, and so takes from the bases before it."""
        if symbol.module is not None and symbol.node is not None:
            nothing = Constant(symbol.node.start, symbol.node.start, None)
            for name in _OF_NAMES:
                yield ClassOption(name, symbol.node, Written(symbol.module, (), nothing))

    def _inner(self, module: Module, scope: Scope, config: ClassDef, depth: int) -> Iterator[ClassOption]:
        """The assignments of an inner class `Config`, after those of the class that it derives from."""
        for base in config.bases if depth <= _MAX_DEPTH else ():
            found = self._symbols.resolve(module, base, scope)
            if isinstance(found.node, ClassDef) and found.module is not None and found.node is not config:
                inherited = self._inner(found.module, self._symbols.scope_of(found), found.node, depth + 1)
                yield from (option._replace(node=base) for option in inherited)
        for statement in config.body:
            match statement:
                case Assign(targets=(Name(id=name),), value=value) if value is not None:
                    yield ClassOption(name, statement, Written(module, scope, value))

    def _expanded(self, written: Written, depth: int) -> Iterator[ClassOption]:
        """The options in a dictionary, whatever it is made of."""
        parts: list[tuple[str | None, Node, Expression]] = []
        match written.expression:
            case Call(func=func, args=args, keywords=keywords) if last_name(func) in _CONSTRUCTORS:
                parts = [(None, argument, argument) for argument in args]
                parts += [(keyword.name, keyword, keyword.value) for keyword in keywords]
            case Dict(items=items):
                parts = [(self._key(written, key), key or value, value) for key, value in items]
            case Operator(operator="|", parts=both):
                parts = [(None, part, part) for part in both]
            case Name() | Attribute() if depth <= _MAX_DEPTH:
                named = self._named(written, depth)
                yield from (option._replace(node=written.expression) for option in named)
                return
            case _:
                yield ClassOption("", written.expression, None)
        for name, node, value in parts:
            inner = Written(written.module, written.scope, value)
            if name is not None:
                yield ClassOption(name, node, inner)
            else:
                yield from self._expanded(inner, depth + 1)

    def _key(self, here: Written, key: Expression | None) -> str | None:
        return None if key is None else self._literals.text(here.module, key, here.scope) or ""

    def _named(self, written: Written, depth: int) -> Iterator[ClassOption]:
        """The options behind a name: of a constant, or of another class (`Base.model_config`)."""
        match written.expression:
            case Attribute(attr="model_config", value=owner):
                found = self._symbols.resolve(written.module, owner, written.scope)
                if isinstance(found.node, ClassDef):
                    yield from self._merged(found, depth + 1)
                    return
        constant = self._literals.constant(written.module, written.expression, written.scope)
        value = constant.node.value if constant is not None and isinstance(constant.node, Assign) else None
        if constant is None or constant.module is None or value is None:
            yield ClassOption("", written.expression, None)
        else:
            scope = self._symbols.scope_of(constant)
            yield from self._expanded(Written(constant.module, scope, value), depth + 1)


def _sets_options(block: If | Try) -> bool:
    """Whether the options depend on a test."""
    targets = (target for one in all_nodes(block) if isinstance(one, Assign) for target in one.targets)
    return any(isinstance(target, Name) and target.id == "model_config" for target in targets)
