"""Any name followed to its definition: across modules, through re-exports, aliases and star imports."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct, field

from archlint.facts.definitions import Definition
from archlint.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    Name,
    Node,
    Operator,
    Sequence,
    Starred,
    Statement,
    Subscript,
)
from archlint.facts.traversal import dotted
from archlint.service.semantics.bindings import (
    Assigned,
    Binding,
    Imported,
    Namespace,
    Star,
    read_namespace,
)
from archlint.service.semantics.library_names import public_name
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.unread import names_bound_in

Scope: TypeAlias = tuple[Definition, ...]
"""The definitions around an expression, outermost first."""

_BUILTINS = frozenset(dir(builtins))


class Symbol(Struct, frozen=True):
    """What a name means.

    Of the service: `qualified` names module and definition, `node` is the `def`, the `class`, or whatever
    else binds the name (never a mere alias or import); a module has no node and `qualified` is its name.
    Where nothing defines the name, `node` is None too. Of a library: `module` is None, and `qualified` is
    the library's public name, as in `fastapi.APIRouter`. An expression that is no name gives `NOTHING`.
    """

    qualified: str
    module: Module | None
    node: Node | None

    @property
    def is_module(self) -> bool:
        """Whether this is a module of the service."""
        return self.module is not None and self.node is None and self.qualified == self.module.name

    @property
    def defined(self) -> bool:
        """Whether the service or a library defines this."""
        return self.node is not None or self.is_module or (self.module is None and bool(self.qualified))


NOTHING = Symbol("", None, None)


class ImportStep(Struct, frozen=True):
    """One import statement that a name was followed through."""

    module: Module
    node: Node


_FARTHEST = 150
"""Nobody hands a name on so often; each place takes several frames of Python's stack."""


class _Walk(Struct):
    """One name being followed.

    `open` are the places on the current way, where cycles end; `dead` those that led nowhere; `steps` the
    imports passed.
    """

    open: set[object] = field(default_factory=set)
    dead: set[object] = field(default_factory=set)
    steps: list[ImportStep] = field(default_factory=list)

    def enter(self, place: object) -> bool:
        """Whether `place` is new on the way that is followed; it is open then, until it is discarded.

        A way of more than `_FARTHEST` places is not followed to its end.
        """
        if place in self.open or place in self.dead or len(self.open) > _FARTHEST:
            return False
        self.open.add(place)
        return True


class Symbols:
    """The names of a service's modules."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._namespaces: dict[Module | Node, Namespace] = {}
        self._scopes: dict[Node, Scope] = {}
        self._known: dict[tuple[Module | Scope, str], Symbol] = {}
        self._trails: dict[tuple[Module, str], tuple[Symbol, tuple[ImportStep, ...]]] = {}

    def resolve(self, module: Module, expression: Expression | str, scope: Scope = ()) -> Symbol:
        """What `expression` (a name, an attribute chain, `Generic[…]`, or dotted text) means in `module`."""
        text = _text(expression)
        if not text:
            return NOTHING
        place: Module | Scope = module
        if scope:
            first = text.partition(".")[0]
            for definition in scope:
                if first in self._local(module, definition).names:
                    place = scope
                    break
        found = self._known.get((place, text))
        if found is None:
            found = self._known[place, text] = self._chain(module, text.split("."), scope, _Walk())
        return found

    def member(self, module: Module, name: str) -> Symbol:
        """What `module.name` means to another module: a name that it binds, or a submodule."""
        return self._module_member(module, name, _Walk())

    def trail(self, module: Module, name: str) -> tuple[Symbol, tuple[ImportStep, ...]]:
        """What `module.name` means, and the imports that re-export it on the way, nearest first."""
        key = module, name
        if key not in self._trails:
            walk = _Walk()
            self._trails[key] = self._module_member(module, name, walk), tuple(walk.steps)
        return self._trails[key]

    def namespace(self, module: Module) -> Namespace:
        """The names that `module` itself binds."""
        found = self._namespaces.get(module)
        return self._namespace(module, module.source.body) if found is None else found

    def bases(self, symbol: Symbol) -> tuple[Symbol, ...]:
        """All classes that a class derives from, nearest first, as far as names lead to them."""
        found: dict[Symbol, None] = {}
        pending = list(self.direct_bases(symbol))
        while pending:
            base = pending.pop(0)
            if base not in found and base != symbol:
                found[base] = None
                pending.extend(self.direct_bases(base))
        return tuple(found)

    def direct_bases(self, symbol: Symbol) -> Iterator[Symbol]:
        """The bases that the class statement names."""
        if isinstance(symbol.node, ClassDef) and symbol.module is not None:
            for expression in symbol.node.bases:
                base = self.in_head(symbol, expression)
                if base.defined:
                    yield base

    def in_head(self, symbol: Symbol, expression: Expression) -> Symbol:
        """What a base of a class, or a default of a function, means: of `class A(A)`, what was `A` before."""
        assert symbol.module is not None
        found = self.resolve(symbol.module, expression, self.scope_of(symbol))
        if found.node is None or found.node is not symbol.node:
            return found
        before = tuple(s for s in symbol.module.source.body if s.start < found.node.start)
        name = _text(expression) or ""
        binding = read_namespace(before).names.get(name)
        return self._follow(symbol.module, name, binding, (), _Walk()) if binding is not None else NOTHING

    def scope_of(self, symbol: Symbol) -> Scope:
        """The definitions around a symbol that `resolve` gave."""
        return self._scopes.get(symbol.node, ()) if symbol.node is not None else ()

    def exported(self, module: Module) -> frozenset[str] | None:
        """What `module.__all__` lists; None where there is none, or it is computed."""
        return self._exported(module, _Walk())

    def _namespace(self, key: Module | Node, body: tuple[Statement, ...]) -> Namespace:
        if key not in self._namespaces:
            self._namespaces[key] = read_namespace(body)
        return self._namespaces[key]

    def _local(self, module: Module, definition: FunctionDef | ClassDef) -> Namespace:
        if isinstance(definition, ClassDef):
            return self._namespace(definition, definition.body)
        if definition not in self._namespaces:
            self._namespaces[definition] = names_bound_in(module.source, definition)
        return self._namespaces[definition]

    def _chain(self, module: Module, names: list[str], scope: Scope, walk: _Walk) -> Symbol:
        symbol = self._lookup(module, names[0], scope, walk)
        for name in names[1:]:
            symbol = self._attribute(module, symbol, name, walk)
        return symbol

    def _lookup(self, module: Module, name: str, scope: Scope, walk: _Walk) -> Symbol:
        """Python's scoping: the innermost function outwards (a class only for its own body), then globals."""
        for depth in range(len(scope), 0, -1):
            definition = scope[depth - 1]
            if isinstance(definition, ClassDef) and depth < len(scope):
                continue
            binding = self._local(module, definition).names.get(name)
            if binding is not None and walk.enter((definition, name)):
                symbol = self._follow(module, name, binding, scope[:depth], walk)
                walk.open.discard((definition, name))
                return symbol
        return self._global(module, name, walk)

    def _global(self, module: Module, name: str, walk: _Walk) -> Symbol:
        symbol = self._module_member(module, name, walk)
        if not symbol.defined and name in _BUILTINS:
            return Symbol(f"builtins.{name}", None, None)
        return symbol

    def _module_member(self, module: Module, name: str, walk: _Walk) -> Symbol:
        symbol = self._bound(module, name, walk)
        if symbol is None and module.is_package:
            submodule = self.modules.find(f"{module.name}.{name}", module)
            symbol = _module_symbol(submodule) if submodule else None
        return symbol or Symbol(f"{module.name}.{name}", module, None)

    def _bound(self, module: Module, name: str, walk: _Walk) -> Symbol | None:
        """What the module binds `name` to: its own binding, or a later star import that has the name."""
        place = (module, name)
        if not walk.enter(place):
            return None
        symbol = self._read(module, name, walk)
        walk.open.discard(place)
        if symbol is None:
            walk.dead.add(place)
        return symbol

    def _read(self, module: Module, name: str, walk: _Walk) -> Symbol | None:
        namespace = self.namespace(module)
        binding = namespace.names.get(name)
        for star in reversed(namespace.stars):
            if binding is not None and binding.node.start > star.node.start:
                break
            symbol = self._from_star(module, star, name, walk)
            if symbol is not None:
                return symbol
        if binding is not None:
            return self._follow(module, name, binding, (), walk)
        return self._from_library_star(module, namespace, name)

    def _from_star(self, module: Module, star: Star, name: str, walk: _Walk) -> Symbol | None:
        source = find_module(self.modules, module, star.module, star.level)
        if source is None or source is module:
            return None
        exported = self.exported(source)
        if name not in exported if exported is not None else name.startswith("_"):
            return None
        mark = len(walk.steps)
        walk.steps.append(ImportStep(module, star.node))
        symbol = self._module_member(source, name, walk) if exported else self._bound(source, name, walk)
        if symbol is None:
            del walk.steps[mark:]
        return symbol

    def _from_library_star(self, module: Module, namespace: Namespace, name: str) -> Symbol | None:
        """`name` where only the star imports of one library can have brought it.

        Of several, as `pydantic.v1` and, where that fails, `pydantic`, the first is what there is today.
        """
        stars = dict.fromkeys(star.module for star in namespace.stars if not star.level)
        libraries = [name for name in stars if self.modules.find(name, module) is None]
        packages = {name.partition(".")[0] for name in libraries}
        if len(packages) != 1 or name.startswith("_") or name in _BUILTINS:
            return None
        return Symbol(public_name(f"{libraries[0]}.{name}"), None, None)

    def _follow(self, module: Module, name: str, binding: Binding, scope: Scope, walk: _Walk) -> Symbol:
        """The symbol behind a binding of `name` in the innermost definition of `scope`."""
        if type(binding) is Imported:
            return self._imported(module, binding, walk)
        node = binding.node
        self._scopes[node] = scope
        if type(binding) is Assigned and (type(binding.value) is Name or type(binding.value) is Attribute):
            named = dotted(binding.value)
            alias = self._chain(module, named.split("."), scope, walk) if named else NOTHING
            if alias.defined:
                return alias
        qualified = ".".join([module.name, *[outer.name for outer in scope], name])
        return Symbol(qualified, module, node)

    def _imported(self, module: Module, binding: Imported, walk: _Walk) -> Symbol:
        walk.steps.append(ImportStep(module, binding.node))
        found = find_module(self.modules, module, binding.module, binding.level)
        if binding.name is None:
            return _module_symbol(found) if found else Symbol(binding.module, None, None)
        if found:
            return self._module_member(found, binding.name, walk)
        whole = f"{binding.module}.{binding.name}" if binding.module else binding.name
        submodule = find_module(self.modules, module, whole, binding.level)
        if submodule:
            return _module_symbol(submodule)
        return Symbol(public_name(whole), None, None) if not binding.level else NOTHING

    def _attribute(self, importer: Module, symbol: Symbol, name: str, walk: _Walk) -> Symbol:
        if symbol.module is None:
            qualified = f"{symbol.qualified}.{name}"
            found = self.modules.find(qualified, importer)
            return _module_symbol(found) if found else Symbol(public_name(qualified), None, None)
        if symbol.is_module:
            return self._module_member(symbol.module, name, walk)
        if isinstance(symbol.node, ClassDef):
            return self._class_member(symbol, name, walk)
        qualified = f"{symbol.qualified}.{name}"
        # A folder without `__init__` below a package is no module, but what lies in it is.
        inside = self.modules.find(qualified, importer) if symbol.node is None else None
        return _module_symbol(inside) if inside else Symbol(qualified, symbol.module, None)

    def _class_member(self, symbol: Symbol, name: str, walk: _Walk) -> Symbol:
        """An attribute of a class, its own or the first that a base has."""
        for owner in (symbol, *self.bases(symbol)):
            if isinstance(owner.node, ClassDef) and owner.module is not None:
                binding = self._local(owner.module, owner.node).names.get(name)
                scope = (*self.scope_of(owner), owner.node)
                if binding is not None and walk.enter((owner.node, name)):
                    found = self._follow(owner.module, name, binding, scope, walk)
                    walk.open.discard((owner.node, name))
                    return found
        return Symbol(f"{symbol.qualified}.{name}", symbol.module, None)

    def _exported(self, module: Module, walk: _Walk) -> frozenset[str] | None:
        parts = self.namespace(module).exported
        if parts is None or not walk.enter(module):
            return None
        found = self._union(module, parts, walk)
        walk.open.discard(module)
        return found

    def _union(self, module: Module, parts: Iterable[Expression], walk: _Walk) -> frozenset[str] | None:
        names: set[str] = set()
        for part in parts:
            found = self._strings(module, part, walk)
            if found is None:
                return None
            names |= found
        return frozenset(names)

    def _strings(self, module: Module, part: Expression, walk: _Walk) -> frozenset[str] | None:
        """The strings in one part of `__all__`, or None where it is computed in another way."""
        match part:
            case Constant(value=str(text)):
                return frozenset({text})
            case Sequence(items=parts) | Operator(operator="+", parts=parts):
                return self._union(module, parts, walk)
            case Starred(value=value) | Call(func=Name(id="list" | "tuple" | "sorted"), args=(value,)):
                return self._strings(module, value, walk)
            case Attribute(attr="__all__", value=owner):
                source = self.resolve(module, owner)
                return self._exported(source.module, walk) if source.module and source.is_module else None
        return None


def find_module(modules: Modules, importer: Module, name: str, level: int) -> Module | None:
    """The module of the repository that `from <level dots>name import …` reads."""
    return modules.find_relative(level, name, importer) if level else modules.find(name, importer)


def _module_symbol(module: Module) -> Symbol:
    return Symbol(module.name, module, None)


def _text(expression: Expression | str | None) -> str | None:
    """The dotted name that an expression is."""
    if type(expression) is Subscript:
        expression = expression.value
    return expression if expression is None or isinstance(expression, str) else dotted(expression)
