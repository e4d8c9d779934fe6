"""Attributes: methods through the class hierarchy, fields by annotation or by what `self.field` is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.facts.syntax import Assign, ClassDef, Name
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.inferring import Inferring
from archlint.service.calls.library_models import Library
from archlint.service.calls.sites import BindingSite
from archlint.service.calls.values import (
    ClassType,
    Elements,
    FunctionType,
    Generator,
    InferredType,
    InferredTypes,
    InstanceType,
    ModuleType,
    SuperType,
    join,
)
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of, public_name

_ELEMENT = frozenset({"get", "pop", "popleft", "popitem", "setdefault"})
_CONTAINER = frozenset({"copy", "values", "keys"})


class Members:
    """What `value.name` may be."""

    def __init__(self, inference: Inferring) -> None:
        self._inference = inference
        self._fields: dict[Class, dict[str, list[BindingSite]]] = {}
        self._known: dict[tuple[InferredType, str], InferredTypes] = {}

    def of(self, value: InferredType, name: str) -> InferredTypes:
        """What the attribute `name` of `value` may be."""
        key = (value, name)
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = self._read(value, name)
        return self._known[key]

    def properties(self, value: InferredType, name: str) -> Iterator[Function]:
        """The functions that reading the attribute runs."""
        if isinstance(value, InstanceType):
            for method in self._methods(value, name):
                if method.is_property:
                    yield method

    def indexed(self, values: InferredTypes) -> InferredTypes:
        """What `value[…]` gives for objects that define it."""
        methods = (v.cls.find_method("__getitem__") for v in values if isinstance(v, InstanceType))
        return join(self._inference.returned(method) for method in methods if method is not None)

    def _read(self, value: InferredType, name: str) -> InferredTypes:
        match value:
            case Library(path):
                kept = self._inference.of_state(path, name)
                return kept or (Library(self._inference.knowledge.attribute(public_name(f"{path}.{name}"))),)
            case ModuleType(module):
                return self._inference.of_symbol(self._inference.symbols.member(module, name))
            case InstanceType():
                return self._of_instance(value, name)
            case ClassType(cls):
                return self._of_class(cls.lineage, name)
            case SuperType(cls):
                return self._bound(InstanceType(cls, exact=True), self._of_class(cls.lineage[1:], name, "()"))
            case Elements() if name in _ELEMENT | _CONTAINER | {"items"}:
                return (Library(f"builtins.dict().{name}"),)
        return ()

    def _of_class(self, lineage: Iterable[Class | Library], name: str, made: str = "") -> InferredTypes:
        """An attribute of a class; `made` is what follows a library's class to mean an object of it."""
        from_libraries: list[InferredType] = []
        for base in lineage:
            if isinstance(base, Library):
                if base.path not in names_of("empty base", "enumeration", "schema base"):
                    from_libraries.append(Library(f"{base.path}{made}.{name}"))
            elif name in base.methods:
                method = base.methods[name]
                return (FunctionType(method, bound=method.is_decorated("classmethod")),)
            elif found := self._field(base, name):
                return found
        return tuple(from_libraries)

    def _of_instance(self, value: InstanceType, name: str) -> InferredTypes:
        methods = self._methods(value, name)
        if methods:
            return join(self._method(method) for method in methods)
        found = self._assigned(value.cls.lineage, name)
        if not found and not value.exact:
            found = self._assigned(self._inference.program.implementations(value.cls), name)
        return found or self._of_class(
            (base for base in value.cls.lineage if isinstance(base, Library)), name, "()"
        )

    def _methods(self, value: InstanceType, name: str) -> list[Function]:
        """The method of the class itself, then those by which classes derived from it replace it."""
        own = value.cls.find_method(name)
        found = [own] if own is not None else []
        if not value.exact:
            kinds = self._inference.program.implementations(value.cls)
            found += [c.methods[name] for c in kinds if name in c.methods]
        return list(dict.fromkeys(found))

    def _method(self, method: Function) -> InferredTypes:
        if method.is_property:
            is_generator = self._inference.scan(method).is_generator
            return (Generator(method),) if is_generator else self._inference.returned(method)
        return (FunctionType(method, bound=not method.is_decorated("staticmethod")),)

    def _bound(self, receiver: InstanceType, values: InferredTypes) -> InferredTypes:
        return tuple(
            FunctionType(value.function, bound=True) if isinstance(value, FunctionType) else value
            for value in values
        )

    def _assigned(self, classes: Iterable[Class | Library], name: str) -> InferredTypes:
        """A field: what the class's body or its methods say of it; the nearest class that says anything."""
        for cls in classes:
            if isinstance(cls, Class):
                found = self._field(cls, name) or self._given(cls, name)
                stored = self._inference.stored(cls, name)
                if found or stored:
                    return join([found, stored])
        return ()

    def _field(self, cls: Class, name: str) -> InferredTypes:
        """A name bound in the class's body."""
        body = self._inference.program.functions.get(cls.scope[-1]) if cls.scope else None
        body = body or self._inference.program.add(cls.module)
        found = [self._inference.bound(one, body) for one in self._body(cls).get(name, ())]
        inner = [one for one in cls.node.body if type(one) is ClassDef and one.name == name]
        nested = (self._inference.program.classes.get(one) for one in inner)
        return join([*found, tuple(ClassType(one) for one in nested if one is not None)])

    def _body(self, cls: Class) -> dict[str, list[BindingSite]]:
        if cls not in self._fields:
            found: dict[str, list[BindingSite]] = {}
            for statement in statements(cls.node.body):
                if isinstance(statement, Assign):
                    for target in statement.targets:
                        if isinstance(target, Name):
                            binding = BindingSite("value", 0, (0, 0), statement.value, statement.annotation)
                            found.setdefault(target.id, []).append(binding)
            self._fields[cls] = found
        return self._fields[cls]

    def _given(self, cls: Class, name: str) -> InferredTypes:
        """What the methods give to `self.name`."""
        bindings = [
            (binding, method)
            for method in cls.methods.values()
            for binding in self._inference.scan(method).attributes.get(name, ())
        ]
        annotated = [pair for pair in bindings if pair[0].annotation is not None]
        declared = join(self._inference.bound(*pair) for pair in annotated)
        return declared or join(self._inference.bound(*pair) for pair in bindings)
