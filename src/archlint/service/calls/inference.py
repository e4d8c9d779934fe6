"""What expressions may be, from annotations, constructors, injected providers, assignments and returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Await,
    Call,
    Comprehension,
    Constant,
    Dict,
    Expression,
    FString,
    Lambda,
    Name,
    Node,
    Operator,
    Parameter,
    Sequence,
    Starred,
    Subscript,
    Walrus,
)
from archlint.facts.traversal import dotted
from archlint.service.calls.annotations import Annotations
from archlint.service.calls.call_results import Results, told
from archlint.service.calls.functions import Function, Program
from archlint.service.calls.library_models import Knowledge, Library
from archlint.service.calls.members import Members
from archlint.service.calls.reaching import reaching_bindings
from archlint.service.calls.receivers import receiver
from archlint.service.calls.reduced import yielded
from archlint.service.calls.scanning import scan
from archlint.service.calls.sites import BindingSite, Scan
from archlint.service.calls.stores import Stores
from archlint.service.calls.values import (
    ClassType,
    Coroutine,
    Elements,
    FunctionType,
    Generator,
    InferredType,
    InferredTypes,
    InstanceType,
    Manager,
    ModuleType,
    ParameterType,
    elements,
    join,
)
from archlint.service.interpreter.types import Types
from archlint.service.semantics.library_names import names_of, objects_of
from archlint.service.semantics.symbols import Symbol, Symbols


class Inference:
    """Evaluates each expression once, in the function that it stands in."""

    def __init__(self, symbols: Symbols, types: Types, program: Program, knowledge: Knowledge) -> None:
        self.symbols = symbols
        self.types = types
        self.program = program
        self.knowledge = knowledge
        self.annotations = Annotations(program, symbols, types, knowledge)
        self.members = Members(self)
        self.results = Results(self)
        self.stores = Stores(self)
        self._scans: dict[Function, Scan] = {}
        self._known: dict[Node, InferredTypes] = {}
        self._globals: dict[Function, dict[str, list[tuple[BindingSite, Function]]]] = {}

    def scan(self, function: Function) -> Scan:
        """What the function's own statements say."""
        if function not in self._scans:
            self._scans[function] = scan(function, self.program.defined)
        return self._scans[function]

    def values(self, node: Expression, function: Function) -> InferredTypes:
        """What `node` in the body of `function` may be."""
        evaluate = _EVALUATORS.get(type(node))
        if evaluate is None:
            return ()
        found = self._known.get(node)
        if found is None:
            self._known[node] = ()
            found = self._known[node] = evaluate(self, node, function)
        return found

    def awaited(self, values: InferredTypes) -> InferredTypes:
        """What awaiting them gives."""
        return join(self._awaited(value) for value in values)

    def elements(self, values: InferredTypes) -> InferredTypes:
        """What iterating over them gives."""
        generators = (self.results.yielded(v.function) for v in values if isinstance(v, Generator))
        plain = (
            Library(self.knowledge.attribute(value.path)) if isinstance(value, Library) else value
            for value in elements(values)
        )
        return join([tuple(plain), *generators])

    def entered(self, values: InferredTypes, kind: str) -> InferredTypes:
        """What `with … as` (`enter`) or `async with … as` (`aenter`) binds."""
        return join(self._entered(value, kind) for value in values)

    def attribute(self, value: InferredType, name: str) -> InferredTypes:
        """What the attribute `name` of `value` may be."""
        return self.members.of(value, name)

    def stored(self, owner: object, name: str) -> InferredTypes:
        """A container with what functions put into the one that a module or class has under `name`."""
        return self.stores.of_container(owner, name)

    def of_state(self, path: str, name: str) -> InferredTypes:
        """What `name` may be in an application's or a request's state; nothing where `path` is no state."""
        owner, _, last = path.rpartition(".")
        is_state = last == "state" and owner in objects_of("owner of state")
        return self.stores.of_state(name) if is_state else ()

    def returned(self, function: Function) -> InferredTypes:
        """What the function returns, or gives when awaited."""
        return self.results.returned(function)

    def of_symbol(self, symbol: Symbol) -> InferredTypes:
        """What a name that `Symbols` resolved may be."""
        if symbol.module is None:
            return (Library(symbol.qualified),) if symbol.qualified else ()
        if symbol.is_module:
            return (ModuleType(symbol.module),)
        function = self.program.function_of(symbol)
        if function is not None:
            return (FunctionType(function),)
        cls = self.program.class_of(symbol)
        if cls is not None:
            return (ClassType(cls),)
        return self._global(symbol)

    def bound(self, binding: BindingSite, function: Function) -> InferredTypes:
        """What a binding gives its name."""
        if binding.annotation is not None:
            found = self.annotations.read(binding.annotation, function.module, function.inner_scope)
            if found and not all(isinstance(value, Elements) and not value.values for value in found):
                return found  # a container of what no annotation tells, as of functions, tells itself
        if binding.value is None:
            return ()
        found = self.values(binding.value, function)
        match binding.kind:
            case "value":
                return found
            case "element":
                return self.elements(found)
            case "element of element":
                return self.elements(self.elements(found))
            case "enter" | "aenter":
                return self.entered(found, binding.kind)
        return ()

    def parameter(self, function: Function, parameter: Parameter) -> InferredTypes:
        """What a parameter may be, as far as the function itself tells."""
        found = self._declared(function, parameter)
        if parameter.kind in {"*", "**"}:
            return (Elements(found),)
        return found or (ParameterType(function, parameter.name),)

    def _declared(self, function: Function, parameter: Parameter) -> InferredTypes:
        own = receiver(function, parameter)
        if own is not None:
            return (own,)
        outer = function.parent or function
        declared: InferredTypes = ()
        injected = self._injected(parameter.default, outer) if parameter.default is not None else ()
        if parameter.annotation is not None:
            declared = self.annotations.read(parameter.annotation, function.module, function.scope)
            injected = injected or self._injected(parameter.annotation, function)
        found = injected if told(injected) and not _narrows(declared, injected) else declared or injected
        if found or parameter.default is None or isinstance(parameter.default, Constant):
            return found
        return self.values(parameter.default, outer)

    def _injected(self, marker: Expression, function: Function) -> InferredTypes:
        """What `Depends(provider)`, bare or in `Annotated`, gives."""
        match marker:
            case Subscript(index=Sequence(items=items)):
                return join(self._injected(item, function) for item in items[1:])
            case Name() | Attribute():
                return self._injected_by_alias(marker, function)
            case Call(func=func, args=(provider, *_)):
                symbol = self.symbols.resolve(function.module, func, function.inner_scope)
                if symbol.qualified in names_of("injector"):
                    return join(self.results.provided(one) for one in self.values(provider, function))
        return ()

    def _injected_by_alias(self, name: Name | Attribute, function: Function) -> InferredTypes:
        """`StorageDep = Annotated[Storage, Depends(get_storage)]`, named as a parameter's annotation."""
        symbol = self.symbols.resolve(function.module, name, function.scope)
        match symbol.node:
            case Assign(value=Subscript() as written) if symbol.module is not None:
                return self._injected(written, self.program.add(symbol.module))
        return ()

    def _awaited(self, value: InferredType) -> InferredTypes:
        match value:
            case Coroutine(function):
                return self.results.returned(function)
            case Elements(values):
                return (Elements(self.awaited(values)),)
        return (value,)

    def _entered(self, value: InferredType, kind: str) -> InferredTypes:
        match value:
            case Manager(function):
                return self.results.yielded(function)
            case InstanceType(cls):
                methods = {name: cls.find_method(f"__{name}__") for name in ("enter", "aenter")}
                method = methods[kind]
                if method is None:
                    # What can only be entered in the other way is not what comes here.
                    return () if any(methods.values()) else (value,)
                return self.results.returned(method) or (value,)
        return (value,)

    def _global(self, symbol: Symbol) -> InferredTypes:
        """A module's or class's variable: what it is annotated as, else all that is assigned to it."""
        node, module = symbol.node, symbol.module
        assert module is not None
        name = symbol.qualified.rpartition(".")[2]
        body = self.program.add(module)
        found: list[InferredTypes] = []
        if isinstance(node, Assign):
            value = node.value if any(dotted(target) == name for target in node.targets) else None
            binding = BindingSite("value", node.start, (0, 0), value, node.annotation)
            found.append(self.bound(binding, body))
        elif node is not None:
            found += [self.bound(one, body) for one in self.scan(body).bindings.get(name, ())]
        if not any(found) or not isinstance(node, Assign):
            found += [self.bound(one, where) for one, where in self._global_assignments(body).get(name, ())]
        return join([*found, self.stores.of_container(module, name)])

    def _global_assignments(self, body: Function) -> dict[str, list[tuple[BindingSite, Function]]]:
        """What the module's functions give to names that they declare `global`."""
        if body not in self._globals:
            found: dict[str, list[tuple[BindingSite, Function]]] = {}
            for function in self.program.in_module(body.module):
                scanned = self.scan(function)
                for name in sorted(scanned.outer_names):
                    found.setdefault(name, []).extend((one, function) for one in scanned.bindings[name])
            self._globals[body] = found
        return self._globals[body]

    def _name(self, node: Name, function: Function) -> InferredTypes:
        current: Function | None = function
        while current is not None and current.node is not None:
            found = self._local(node, current, current is function)
            if found is not None:
                return found
            current = current.parent
        return self.of_symbol(self.symbols.resolve(function.module, node))

    def _local(self, node: Name, function: Function, is_own: bool) -> InferredTypes | None:
        """What a local name is at its use, None where `function` has no such name."""
        scanned = self.scan(function)
        if node.id in scanned.outer_names:
            return None
        bindings = scanned.bindings.get(node.id, ())
        parameter = function.parameters.get(node.id)
        if not bindings:
            return self.parameter(function, parameter) if parameter else None
        reaching, overwritten = reaching_bindings(bindings, node.start if is_own else None)
        found = [self._binding(node, binding, function) for binding in reaching]
        if parameter is not None and not overwritten:
            found.insert(0, self.parameter(function, parameter))
        return self._as_declared(join(found), function, parameter) if parameter else join(found)

    def _as_declared(self, values: InferredTypes, function: Function, parameter: Parameter) -> InferredTypes:
        """What a parameter is set to, without objects of classes that its annotation does not allow."""
        declared = self.annotations.read(parameter.annotation, function.module, function.scope)
        classes = {value.cls for value in declared if isinstance(value, InstanceType)}
        allowed = tuple(
            value
            for value in values
            if not isinstance(value, InstanceType) or not classes.isdisjoint(value.cls.lineage)
        )
        return (allowed or values) if classes else values

    def _binding(self, node: Name, binding: BindingSite, function: Function) -> InferredTypes:
        if binding.kind == "definition":
            return self.of_symbol(self.symbols.resolve(function.module, node, function.inner_scope))
        return self.bound(binding, function)

    def _attribute(self, node: Attribute, function: Function) -> InferredTypes:
        name = dotted(node)
        if name is not None and not self.is_local(name.partition(".")[0], function):
            symbol = self.symbols.resolve(function.module, name)
            if symbol.defined:
                return self.of_symbol(symbol)
        return join(self.members.of(value, node.attr) for value in self.values(node.value, function))

    def is_local(self, name: str, function: Function) -> bool:
        """Whether the function, or one around it, has the name for itself."""
        current: Function | None = function
        while current is not None and current.node is not None:
            if name in current.parameters:
                return True
            scanned = self.scan(current)
            if name in scanned.bindings and name not in scanned.outer_names:
                return True
            current = current.parent
        return False

    def _call(self, node: Call, function: Function) -> InferredTypes:
        return self.results.of_call(node, function)

    def _await(self, node: Await, function: Function) -> InferredTypes:
        return self.awaited(self.values(node.value, function))

    def _subscript(self, node: Subscript, function: Function) -> InferredTypes:
        found = self.values(node.value, function)
        generic = [value for value in found if isinstance(value, ClassType)]
        return join([tuple(generic), self.elements(found), self.members.indexed(found)])

    def _sequence(self, node: Sequence, function: Function) -> InferredTypes:
        found = join(self._item(item, function) for item in node.items)
        return (Elements(found),) if found else ()

    def _item(self, node: Expression, function: Function) -> InferredTypes:
        if isinstance(node, Starred):
            return self.elements(self.values(node.value, function))
        return self.values(node, function)

    def _dict(self, node: Dict, function: Function) -> InferredTypes:
        found = join(self.values(value, function) for key, value in node.items if key is not None)
        return (Elements(found),) if found else ()

    def _comprehension(self, node: Comprehension, function: Function) -> InferredTypes:
        found = self.values(node.value, function)
        return (Elements(found),) if found else ()

    def _operation(self, node: Operator, function: Function) -> InferredTypes:
        found = join(self.values(part, function) for part in yielded(node))
        if node.operator in {"if", "or", "and"}:
            return found
        return tuple(v for v in found if isinstance(v, Library | Elements) and _keeps_type(v))

    def _walrus(self, node: Walrus, function: Function) -> InferredTypes:
        return self.values(node.value, function)

    def _lambda(self, node: Lambda, function: Function) -> InferredTypes:
        return (FunctionType(self.program.add_lambda(node, function)),)

    def _constant(self, node: Constant, function: Function) -> InferredTypes:
        return _TEXT if isinstance(node.value, str) else ()

    def _text(self, node: Expression, function: Function) -> InferredTypes:
        return _TEXT


_TEXT = (Library("builtins.str()"),)


def _narrows(declared: InferredTypes, injected: InferredTypes) -> bool:
    """Whether an annotation says more than what is injected: it names a class derived from that one.

    It says less than a provider that makes the very object.
    """
    classes = [value.cls for value in injected if isinstance(value, InstanceType) and not value.exact]
    return bool(declared) and all(
        isinstance(value, InstanceType) and any(cls in value.cls.lineage[1:] for cls in classes)
        for value in declared
    )


def _keeps_type(value: Library | Elements) -> bool:
    return isinstance(value, Elements) or value.path in objects_of("path") or value.path == "builtins.str()"


_EVALUATORS: dict[type[Node], Callable[[Inference, Any, Function], InferredTypes]] = {
    Name: Inference._name,
    Attribute: Inference._attribute,
    Call: Inference._call,
    Await: Inference._await,
    Subscript: Inference._subscript,
    Sequence: Inference._sequence,
    Dict: Inference._dict,
    Comprehension: Inference._comprehension,
    Operator: Inference._operation,
    Walrus: Inference._walrus,
    Lambda: Inference._lambda,
    Constant: Inference._constant,
    FString: Inference._text,
}
