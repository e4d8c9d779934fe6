"""What calls give: constructed objects, returned values, coroutines and generators that have yet to run."""

from __future__ import annotations

from archlint.facts.syntax import Attribute, Call, Constant, Expression, FunctionDef, Lambda, Starred
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.inferring import Inferring
from archlint.service.calls.library_models import Library, key
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
    ParameterType,
    SuperType,
    join,
)
from archlint.service.semantics.library_names import names_of

_MANAGERS = ("contextmanager", "asynccontextmanager")
_LISTS = frozenset(["list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "aiter", "filter"])


class Results:
    """What functions return and yield, and what calls give."""

    def __init__(self, inference: Inferring) -> None:
        self._inference = inference
        self._returned: dict[Function, InferredTypes] = {}
        self._yielded: dict[Function, InferredTypes] = {}

    def of_call(self, node: Call, function: Function) -> InferredTypes:
        """What a call gives."""
        return join(
            self._called(callee, node, function) for callee in self._inference.values(node.func, function)
        )

    def of_calling(self, function: Function) -> InferredTypes:
        """What calling the function gives: its result, or what has yet to run."""
        if function.is_decorated(*_MANAGERS):
            return (Manager(function),)
        if isinstance(function.node, FunctionDef) and self._inference.scan(function).is_generator:
            return (Generator(function),)
        return (Coroutine(function),) if self.gives_coroutine(function) else self.returned(function)

    def gives_coroutine(self, function: Function) -> bool:
        """Whether a call must be awaited, a decorator of the service's own regarded."""
        wrappers = [
            wrapper
            for decorator in self.decorators(function)
            for wrapper in self.wrappers(decorator, function)
        ]
        if wrappers:
            return wrappers[0].is_async
        return function.is_async and not self._inference.scan(function).is_generator

    def decorators(self, function: Function) -> list[Function]:
        """The service's own functions that a definition is given to, outermost first."""
        if not isinstance(function.node, FunctionDef) or function.parent is None:
            return []
        values = join(self._inference.values(one, function.parent) for one in function.node.decorators)
        found = (_called(value) for value in values)
        return [decorator for decorator in found if decorator is not None]

    def wrappers(self, decorator: Function, given: Function | None = None) -> list[Function]:
        """The functions inside of a decorator that it returns.

        One with wrappers of both kinds is taken to return the one that is like the function it is `given`.
        """
        values = self.returned(decorator)
        found = [v.function for v in values if isinstance(v, FunctionType) and v.function.parent is decorator]
        alike = [wrapper for wrapper in found if given is not None and wrapper.is_async is given.is_async]
        return alike or found

    def returned(self, function: Function) -> InferredTypes:
        """What the function returns, or gives when awaited."""
        if function not in self._returned:
            self._returned[function] = ()
            self._returned[function] = self._annotated(function) or self._inferred(function)
        return self._returned[function]

    def yielded(self, function: Function) -> InferredTypes:
        """What a generator yields, or a context manager gives when entered."""
        if function not in self._yielded:
            self._yielded[function] = ()
            found = self._inference.elements(self._annotated(function))
            self._yielded[function] = found or self._inferred_yields(function)
        return self._yielded[function]

    def provided(self, provider: InferredType) -> InferredTypes:
        """What FastAPI injects for `Depends(provider)`."""
        match provider:
            case FunctionType(function) if self._inference.scan(function).is_generator:
                return told(self._inferred_yields(function)) or self.yielded(function)
            case FunctionType(function):
                return told(self._inferred(function)) or self.returned(function)
            case ClassType(cls):
                return (InstanceType(cls, exact=True),)
            case InstanceType(cls):
                method = cls.find_method("__call__")
                return self.provided(FunctionType(method)) if method else ()
        return ()

    def _inferred_yields(self, function: Function) -> InferredTypes:
        scanned = self._inference.scan(function)
        plain = [self._inference.values(node, function) for node in scanned.yielded]
        inner = (self._inference.values(node, function) for node in scanned.delegated)
        return join([*plain, *(self._inference.elements(values) for values in inner)])

    def _annotated(self, function: Function) -> InferredTypes:
        node = function.node
        if not isinstance(node, FunctionDef) or node.returns is None:
            return ()
        return self._inference.annotations.read(node.returns, function.module, function.scope)

    def _inferred(self, function: Function) -> InferredTypes:
        match function.node:
            case FunctionDef(returns=Constant(value=None)):
                return ()
            case FunctionDef() | Lambda():
                returned = self._inference.scan(function).returned
                return join(self._inference.values(node, function) for node in returned)
        return ()

    def _called(self, callee: InferredType, node: Call, function: Function) -> InferredTypes:
        match callee:
            case FunctionType(called):
                return self._with_arguments(self.of_calling(called), callee, node, function)
            case Library(path):
                return self._from_library(path, node, function)
            case ClassType(cls):
                return (InstanceType(cls, exact=True),)
            case InstanceType(cls):
                method = cls.find_method("__call__")
                return self.of_calling(method) if method else ()
        return ()

    def _with_arguments(
        self, values: InferredTypes, callee: FunctionType, node: Call, function: Function
    ) -> InferredTypes:
        """The values, with what this call gives for the parameters among them."""
        if not any(isinstance(value, ParameterType) for value in values):
            return values
        given = dict(self.arguments(callee, node))
        return join(
            self._inference.values(given[value.name], function)
            if isinstance(value, ParameterType) and value.function is callee.function and value.name in given
            else (value,)
            for value in values
        )

    def arguments(self, callee: FunctionType, node: Call) -> list[tuple[str, Expression]]:
        """The call's arguments by the names of the parameters that get them."""
        definition, plain = callee.function.node, node.args
        if definition is None:
            return []
        found: list[tuple[str, Expression]] = []
        if plain:
            parameters = definition.parameters[1 if callee.bound else 0 :]
            places = [p.name for p in parameters if p.kind in {"normal", "positional"}]
            starred = next((i for i, argument in enumerate(plain) if type(argument) is Starred), len(plain))
            found = list(zip(places, plain[:starred], strict=False))
        return found + [(keyword.name, keyword.value) for keyword in node.keywords if keyword.name]

    def _from_library(self, path: str, node: Call, function: Function) -> InferredTypes:
        values = self._inference.values
        first = node.args[0] if node.args else None
        if first is not None and path in names_of("runs its argument"):
            return join(self._run(value) for value in values(first, function))
        if first is not None and path in names_of("gives its argument"):
            made = self._inference.knowledge.result(path)  # a task is awaited as what it runs
            return (*values(first, function), *((Library(made),) if made != f"{path}()" else ()))
        if key(path) in names_of("gives what it keeps"):
            return ()  # what it was given elsewhere, of whatever kind
        package, _, name = path.rpartition(".")
        if package == "builtins" and (found := self._from_builtin(name, node, function)) is not None:
            return found
        if package == "builtins.dict()" and isinstance(node.func, Attribute):
            return self._from_container(name, values(node.func.value, function))
        if path in {"typing.cast", "asyncio.gather"}:
            return self._typed(path, node, function)
        return (Library(self._inference.knowledge.result(path, self._classes(node, function))),)

    def _run(self, value: InferredType) -> InferredTypes:
        match value:
            case FunctionType(called):
                return self.returned(called)
            case Coroutine():
                return self._inference.awaited((value,))
        return ()

    def _from_builtin(self, name: str, node: Call, function: Function) -> InferredTypes | None:
        values, first = self._inference.values, node.args[0] if node.args else None
        match name, node.args:
            case "super", _:
                owner = _owner(function)
                return (SuperType(owner),) if owner else ()
            case "getattr", (owner, Constant(value=str(attribute)), *_):
                return join(self._inference.attribute(v, attribute) for v in values(owner, function))
            case "next" | "max" | "min", (only,):
                return self._inference.elements(values(only, function))
            case (("enumerate" | "zip"), _):
                inner = join(self._inference.elements(values(one, function)) for one in node.args)
                return (Elements((Elements(inner),)),)
            case "type", (only,):
                objects = values(only, function)
                return tuple(ClassType(v.cls) for v in objects if isinstance(v, InstanceType))
        if name in _LISTS and first is not None:
            source = node.args[1] if name == "filter" and len(node.args) > 1 else first
            return (Elements(self._inference.elements(values(source, function))),)
        return None

    def _from_container(self, name: str, containers: InferredTypes) -> InferredTypes:
        inner = join(value.values for value in containers if isinstance(value, Elements))
        if name in {"copy", "values", "keys"}:
            return (Elements(inner),)
        return (Elements((Elements(inner),)),) if name == "items" else inner

    def _typed(self, path: str, node: Call, function: Function) -> InferredTypes:
        if path == "typing.cast":
            return self._inference.annotations.read(node.args[0], function.module, function.inner_scope)
        given = join(self._inference.values(argument, function) for argument in node.args)
        return (Elements(self._inference.awaited(given)),) if given else ()

    def _classes(self, node: Call, function: Function) -> dict[str, str]:
        """Which keyword arguments are classes of libraries, as `class_=AsyncSession` of `sessionmaker`."""
        found = {}
        for keyword in node.keywords:
            for value in self._inference.values(keyword.value, function) if keyword.name == "class_" else ():
                if isinstance(value, Library):
                    found["class_"] = value.path
        return found


def told(values: InferredTypes) -> InferredTypes:
    """The values, where the source shows of each what it is: an object of a class; else nothing.

    What a dependency hands out wins over what annotations promise of it.
    """
    return values if all(_is_object(value) for value in values) else ()


def _called(value: InferredType) -> Function | None:
    """The function that a call of the value runs; that of an object is its class's `__call__`."""
    match value:
        case FunctionType(function):
            return function
        case InstanceType(cls):
            return cls.find_method("__call__")
    return None


def _is_object(value: InferredType) -> bool:
    match value:
        case InstanceType(cls, exact):
            return exact or not cls.is_protocol
        case Library(path):
            owner, _, name = path.removesuffix("()").rpartition(".")
            return path.endswith("()") and "()" not in owner and name[:1].isupper()
    return False


def _owner(function: Function | None) -> Class | None:
    while function is not None and function.owner is None:
        function = function.parent
    return function.owner if function else None
