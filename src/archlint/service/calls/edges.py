"""The edges of the call graph: what each function calls, awaits, enters, iterates over and hands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archlint.facts.syntax import Attribute, Call, Constant, Expression, FunctionDef, Keyword, Name, Starred
from archlint.service.calls.callbacks import AWAITED, CALLED, Use, is_inside, use_of
from archlint.service.calls.collecting import CONSTRUCTORS, EdgeCollector, GivenFunctions, Kept
from archlint.service.calls.conditions import KnownArguments
from archlint.service.calls.edge import LibraryCall
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.library_models import Handoff, Library
from archlint.service.calls.sites import Site
from archlint.service.calls.validation import DUMPING, MAKING
from archlint.service.calls.values import (
    ClassType,
    Coroutine,
    FunctionType,
    Generator,
    InferredType,
    InferredTypes,
    InstanceType,
    Manager,
    ParameterType,
)
from archlint.service.semantics.library_names import names_of

_DELAYING = frozenset(
    {"apply_async", "defer", "defer_async", "delay", "kiq", "s", "send", "send_with_options", "si"}
)
_CONSUMERS = frozenset(
    f"builtins.{name}"
    for name in (
        "all", "any", "dict", "enumerate", "filter", "frozenset", "list", "map", "max", "min", "next",
        "reversed", "set", "sorted", "sum", "tuple", "zip", "str().join",
    )
)  # fmt: skip
_ITERATION, _ASYNC_ITERATION = ("__iter__", "__next__"), ("__aiter__", "__anext__")
_TASK_FIELDS = ("functions", "cron_jobs", "on_startup", "on_shutdown", "on_job_start", "on_job_end")
_GIVEN_AWAY = Use("stored", "stored")
_QUEUED = frozenset({Use("queue", "queue")})
_PATHS = frozenset({"builtins.str()", "pathlib.Path()", "os.path.join()", "builtins.open()"})


class Edges(EdgeCollector):
    """Collects the edges of all functions visited."""

    def visit(self, function: Function) -> None:
        """Read the function's own sites."""
        for site in self._inference.scan(function).sites:
            self.visit_site(function, site)

    def visit_site(self, function: Function, site: Site) -> None:
        """Read one of them."""
        match site.kind:
            case "call" if isinstance(site.node, Call):
                self._call(function, site, site.node)
            case "read" if isinstance(site.node, Attribute):
                self._read(function, site, site.node)
            case "await":
                self._awaited(function, site)
            case "iterate":
                self._iterated(function, site, site.node, site.awaited)
            case "enter":
                self._entered(function, site)

    def decorate(self, function: Function) -> None:
        """What the function's decorators, where they are a library's, make of it."""
        if not isinstance(function.node, FunctionDef) or function.parent is None:
            return
        if function.node.decorators:
            for own in self._inference.results.decorators(function):
                self._by_decorator[own].append(function)
        for decorator in function.node.decorators:
            target = decorator.func if isinstance(decorator, Call) else decorator
            name = target.attr if isinstance(target, Attribute) else ""
            found = [
                handoff
                for value in self._inference.values(decorator, function.parent)
                if isinstance(value, Library)
                for handoff in self._inference.knowledge.handoffs(value.path)
            ]
            by_name = self._inference.knowledge.decorators.get(name)
            for handoff in found[:1] or ([by_name] if by_name else []):
                way = use_of(handoff).way(function.is_async)
                if way is not None:
                    self._add(function.parent, function, Site("call", decorator), way)

    def define(self, cls: Class) -> None:
        """What libraries do with the class: run its methods, or take its fields for tasks."""
        body = self._inference.program.add(cls.module)
        site = Site("call", Name(cls.node.start, cls.node.length, cls.node.name))
        for base in cls.lineage:
            handoff = self._inference.knowledge.bases.get(base.path) if isinstance(base, Library) else None
            for name in handoff.overridden if handoff else ():
                if handoff is not None and name in cls.methods:
                    self._use(body, site, FunctionType(cls.methods[name]), frozenset({use_of(handoff)}))
        if cls.node.name.endswith("WorkerSettings"):
            for name in _TASK_FIELDS:
                for value in self._inference.members.of(ClassType(cls), name):
                    self._use(body, site, value, _QUEUED)
        for decorator in cls.node.decorators:
            for value in self._inference.values(decorator, body):
                if isinstance(value, Library):
                    for handoff in self._inference.knowledge.handoffs(value.path):
                        for method in cls.methods.values():
                            self._use(body, site, FunctionType(method), frozenset({use_of(handoff)}))

    def _call(self, function: Function, site: Site, node: Call) -> None:
        callees = self._inference.values(node.func, function)
        for callee in self._awaitable(callees) if site.awaited else callees:
            self._invoke(function, site, node, callee)
        if isinstance(node.func, Attribute):
            self._call_by_name(function, site, node, node.func, callees)
        elif not callees:
            self._store(function, site, node)

    def _awaitable(self, callees: InferredTypes) -> InferredTypes:
        """What `await` says of which is meant: a synchronous twin of a coroutine function is not."""
        own = [value for value in callees if isinstance(value, FunctionType)]
        if not any(value.function.is_async for value in own):
            return callees
        plain = {v for v in own if not v.function.is_async and not v.function.decorators}
        return tuple(value for value in callees if value not in plain)

    def _invoke(self, function: Function, site: Site, node: Call, callee: InferredType) -> None:
        match callee:
            case FunctionType():
                self._call_own(function, site, node, callee)
            case Library(path):
                self._call_library(function, site, node, path)
                self._give_library(function, site, node, path)
            case ClassType(cls):
                made = [method for name in CONSTRUCTORS if (method := cls.find_method(name))]
                for method in made:
                    self._call_own(function, site, node, FunctionType(method, bound=True))
                given = {keyword.name for keyword in node.keywords if keyword.name is not None}
                for hook in self.validation.of_making(cls, given):
                    if hook not in made:
                        self._run(function, site, hook)
                if not made:
                    for base in cls.lineage:
                        if isinstance(base, Library):
                            self._call_library(function, site, node, base.path)
            case InstanceType(cls):
                method = cls.find_method("__call__")
                if method is not None:
                    self._call_own(function, site, node, FunctionType(method, bound=True))
            case ParameterType(owner, name) if is_inside(function, owner):
                self._parameters.use(owner, name, function, AWAITED if site.awaited else CALLED)
            case ParameterType(owner, name):
                self._pending[function].append(Kept(function, site, owner, name))

    def _call_own(self, function: Function, site: Site, node: Call, callee: FunctionType) -> None:
        called = callee.function
        made = [
            type(value)
            for value in self._inference.results.of_calling(called)
            if isinstance(value, Coroutine | Generator | Manager) and value.function is called
        ]
        arguments = self._inference.results.arguments(callee, node)
        if not made:
            self._run(function, site, called, *self._arguments(function, node, called, dict(arguments)))
        for name, argument in arguments:
            given = self._functions(self._inference.values(argument, function))
            for value in given:
                if isinstance(value, ParameterType):
                    self._parameters.forward(value.function, value.name, function, called, name)
            # What a generator iterates over runs when that one does, wherever that will be.
            kept = {ParameterType, Generator} if Generator in made else {ParameterType}
            own = tuple(value for value in given if type(value) not in kept)
            if own:
                self._pending[function].append(GivenFunctions(function, site, called, name, own))

    def _call_library(self, function: Function, site: Site, node: Expression, path: str) -> None:
        by_path = False
        if isinstance(node, Call):
            if _gives_up(node.keywords):
                return
            first = node.args[0] if node.args else None
            given = self._inference.values(first, function) if first is not None else ()
            by_path = any(isinstance(value, Library) and value.path in _PATHS for value in given)
            if path in _CONSUMERS:
                self._consume(function, site, node)
        self.library_calls[function].append(
            LibraryCall(
                function, path, node, site.awaited, site.once, site.main, by_path, self._needs(function, site)
            )
        )

    def _consume(self, function: Function, site: Site, node: Call) -> None:
        for argument in node.args:
            self._iterated(function, site, argument)

    def _give_library(self, function: Function, site: Site, node: Call, path: str) -> None:
        handoffs = self._inference.knowledge.handoffs(path)
        if handoffs:
            for handoff in handoffs:
                self._hand_off(function, site, node, handoff)
                if path in names_of("injector"):
                    self._inject(function, node, handoff)
                if handoff.coroutine == "program":
                    self._store(function, site, node, Use(None, "program"))
        elif not path.startswith("builtins."):
            self._store(function, site, node)

    def _inject(self, function: Function, node: Call, handoff: Handoff) -> None:
        for argument in _handed(node, handoff):
            for value in self._inference.values(argument, function):
                self.injected |= dict.fromkeys(target for target, _ in self._targets(value))

    def _call_by_name(
        self, function: Function, site: Site, node: Call, func: Attribute, callees: InferredTypes
    ) -> None:
        """`task.delay()`, and methods that hand off by any name of their receiver."""
        owners = self._inference.values(func.value, function)
        if func.attr in _DELAYING:
            for owner in owners:
                if isinstance(owner, FunctionType):
                    self._add(function, owner.function, site, "queue")
        for hook in self._model_hooks(func.attr, owners):
            self._run(function, site, hook)
        known = any(
            not isinstance(callee, Library) or self._inference.knowledge.handoffs(callee.path)
            for callee in callees
        )
        handoff = self._inference.knowledge.methods.get(func.attr)
        if handoff is not None and not known:
            self._hand_off(function, site, node, handoff)
        elif not callees:
            self._store(function, site, node)

    def _model_hooks(self, name: str, owners: InferredTypes) -> Iterator[Function]:
        """What a Pydantic model's own methods run."""
        for owner in owners if name in MAKING | DUMPING else ():
            if isinstance(owner, ClassType) and name in MAKING:
                yield from self.validation.of_class(owner.cls).validating
            elif isinstance(owner, InstanceType) and name in DUMPING:
                yield from self.validation.of_class(owner.cls).serializing

    def _hand_off(self, function: Function, site: Site, node: Call, handoff: Handoff) -> None:
        for argument in _handed(node, handoff):
            values = self._inference.values(argument, function)
            for value in values:
                if isinstance(value, ParameterType):
                    self._parameters.use(value.function, value.name, function, use_of(handoff))
                else:
                    self._use(function, site, value, frozenset({use_of(handoff)}))
            if handoff.function == "queue":
                for task in self._tasks(argument, values):
                    self._use(function, site, FunctionType(task), _QUEUED)

    def _tasks(self, node: Expression, values: InferredTypes) -> list[Function]:
        """What a queue may mean by a text, or by a method of an object that is nobody knows what."""
        match node:
            case Constant(value=str(name)):
                return self._inference.program.named(name)
            case Attribute(attr=name) if not values:
                return self._inference.program.methods_named(name)
        return []

    def _store(self, function: Function, site: Site, node: Call, use: Use = _GIVEN_AWAY) -> None:
        """Functions given away, by default to nobody knows whom."""
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            for value in self._functions(self._inference.values(argument, function)):
                self._use(function, site, value, frozenset({use}))

    def _read(self, function: Function, site: Site, node: Attribute) -> None:
        if self._properties is None:
            known = self._inference.program.functions.values()
            self._properties = frozenset(
                one.node.name for one in known if isinstance(one.node, FunctionDef) and one.is_property
            )
        if node.attr in self._properties:
            for value in self._inference.values(node.value, function):
                for method in self._inference.members.properties(value, node.attr):
                    if not self._inference.scan(method).is_generator:
                        self._add(function, method, site, "here")

    def _awaited(self, function: Function, site: Site) -> None:
        for value in self._inference.values(site.node, function):
            if isinstance(value, Coroutine):
                self._run(function, site, value.function)

    def _iterated(self, function: Function, site: Site, node: Expression, is_async: bool = False) -> None:
        for value in self._inference.values(node, function):
            match value:
                case Generator(called):
                    self._run(function, site, called)
                case ParameterType(owner, name):
                    self._parameters.use(owner, name, function, CALLED)
                case InstanceType(cls):
                    for method in map(cls.find_method, _ASYNC_ITERATION if is_async else _ITERATION):
                        if method is not None:
                            self._run(function, site, method)
                case Library(path) if not is_async:
                    self._call_library(function, site, node, f"{path}.__iter__")

    def _entered(self, function: Function, site: Site) -> None:
        for value in self._inference.values(site.node, function):
            if isinstance(value, Manager):
                self._run(function, site, value.function)
            elif isinstance(value, InstanceType):
                names = ("__aenter__", "__aexit__") if site.awaited else ("__enter__", "__exit__")
                for method in (value.cls.find_method(name) for name in names):
                    if method is not None:
                        self._run(function, site, method)

    def _arguments(
        self, function: Function, node: Call, called: Function, given: Mapping[str, Expression]
    ) -> tuple[KnownArguments, tuple[tuple[str, str], ...]]:
        """Which of the callee's parameters this call sets to a constant, or to a parameter of its own."""
        unpacks = any(type(argument) is Starred for argument in node.args)
        if called.node is None or unpacks or any(keyword.name is None for keyword in node.keywords):
            return frozenset(), ()
        values = {**{p.name: p.default for p in called.node.parameters}, **given}
        known: KnownArguments = frozenset(
            [
                (name, value.value)
                for name, value in values.items()
                if type(value) is Constant and (value.value is None or isinstance(value.value, bool))
            ]
        )
        own_class, own_object = self._receiver(function, node, called)
        known |= own_class
        passed = [*own_object, *((n, value.id) for n, value in given.items() if type(value) is Name)]
        if not passed or function.node is None:
            return known, ()
        own = {p.name for p in function.node.parameters} - self._inference.scan(function).bindings.keys()
        return known, tuple([(name, source) for name, source in passed if source in own])

    def _receiver(
        self, function: Function, node: Call, called: Function
    ) -> tuple[KnownArguments, list[tuple[str, str]]]:
        """What a method's `self` is: an object whose class is certain, or the calling method's own."""
        first, nothing = called.first_parameter, frozenset[tuple[str, Class]]()
        if not isinstance(node.func, Attribute) or node.func.attr != called.own_name or first is None:
            return nothing, []
        if called.owner is None or not called.owner.subclasses:
            return nothing, []
        if called.is_decorated("staticmethod", "classmethod"):
            return nothing, []
        owner = node.func.value
        if isinstance(owner, Name) and function.owner is not None and owner.id == function.first_parameter:
            return nothing, [(first, owner.id)]
        values = self._inference.values(owner, function)
        classes = [v.cls for v in values if isinstance(v, InstanceType) and (v.exact or not v.cls.subclasses)]
        certain = len(classes) == len(values) == 1
        return (frozenset({(first, classes[0])}) if certain else nothing), []


def _handed(node: Call, handoff: Handoff) -> Iterator[Expression]:
    """The arguments that are to run somewhere."""
    if handoff.every_argument:
        yield from node.args
        return
    if handoff.argument < len(node.args):
        yield node.args[handoff.argument]
    yield from (keyword.value for keyword in node.keywords if keyword.name == (handoff.keyword or "func"))


def _gives_up(keywords: Iterable[Keyword]) -> bool:
    """Whether the call says that it does not wait."""
    return any(
        keyword.name in {"block", "blocking", "timeout"}
        and isinstance(keyword.value, Constant)
        and keyword.value.value is not None
        and not keyword.value.value
        for keyword in keywords
    )
