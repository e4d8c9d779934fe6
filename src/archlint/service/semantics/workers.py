"""Modules that only the workers of a task queue, or other programs beside the server, run code of.

They are those of tasks and those with a main guard that nothing which serves imports, with what only these
import. Whoever serves requests imports a module of tasks to send them, and runs nothing of it: Celery,
"Calling Tasks"; Dramatiq, "User Guide"; arq, "Usage".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeGuard

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Assign, Call, ClassDef, FunctionDef, Name, Node
from archlint.findings import Link, Location
from archlint.readings import summary
from archlint.service.semantics.derived_names import derived_names
from archlint.service.semantics.imported_modules import imported_modules
from archlint.service.semantics.imports import ImportEdge, Imports
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.serving import imported_from, loaded_modules, serving_modules

_TASK = re.compile(r"(\w+_)?(actor|job|task)")
"""Decorators that make a function a task: of Celery, Dramatiq, Huey, Procrastinate, RQ and TaskIQ."""

_QUEUES = frozenset({"Celery", "Huey", "PriorityRedisHuey", "RedisHuey", "SqliteHuey"})
_ENQUEUING = frozenset({"enqueue", "enqueue_at", "enqueue_call", "enqueue_in"})
_LIBRARIES = frozenset(
    {"arq", "celery", "dramatiq", "huey", "procrastinate", "rq", "saq", "streaq", "taskiq"}
)
_CLIENT = re.compile(r"(?i)(.*_)?(client|sdk)s?(_.*)?")


class Workers(Struct, eq=False, frozen=True, dict=True):
    """Answers for one service."""

    modules: Modules
    imports: Imports

    def run(self, module: Module) -> bool:
        """Whether no request runs what is in the module, as far as imports tell."""
        return module in self._theirs

    def are_apart(self, module: Module) -> bool:
        """Whether nothing that serves requests imports a module, or may load it by its name or its folder."""
        return self.run(module) or (bool(self._loaded) and module not in self._loaded)

    def why(self, module: Module, made: Node | None = None) -> tuple[Link, ...]:
        """That they do, for a chain; nothing where requests may come by.

        Of what is `made` in a module that others load, too, it may be that only they take it from there.
        """
        if self.run(module):
            link = Link(
                Location(module.path), f"`{module.name}` is run by workers or programs beside the server"
            )
            return (link,)
        is_serving = module in serving_modules(self.modules)
        edge = None if made is None or is_serving else self._taking(module, made)
        words = "only workers or programs beside the server take it from here"
        return () if edge is None else (Link(edge.location, words),)

    def _taking(self, module: Module, made: Node) -> ImportEdge | None:
        """The first import by which they take it, or what comes of it; None where others do, or nobody."""
        pending = [(module, name) for name in derived_names(module.source, made)]
        seen = set(pending)
        taken: list[ImportEdge] = []
        while pending:
            home, name = pending.pop()
            for edge in self._takers[home]:
                if not _may_take(edge, name):
                    continue
                if self.are_apart(edge.importer):
                    taken.append(edge)
                elif not (edge.name == name and _only_hands_on(edge.importer, name)):
                    return None
                elif (edge.importer, name) not in seen:
                    seen.add((edge.importer, name))
                    pending.append((edge.importer, name))
        return min(taken, key=lambda edge: edge.location, default=None)

    @cached_property
    def _takers(self) -> Mapping[Module, Sequence[ImportEdge]]:
        """The imports by the service's own code, by what is imported."""
        found: defaultdict[Module, list[ImportEdge]] = defaultdict(list)
        for edge in self.imports:
            if edge.importer.role in {Role.RUNTIME, Role.SCRIPT} and not edge.type_checking:
                found[edge.imported].append(edge)
        return found

    @cached_property
    def _loaded(self) -> frozenset[Module]:
        return loaded_modules(self.modules, self.imports)

    @cached_property
    def _theirs(self) -> frozenset[Module]:
        runtime, serving = self.modules.runtime, serving_modules(self.modules)
        started = (module for module in self.modules if module.role in {Role.RUNTIME, Role.SCRIPT})
        programs = {module for module in started if module.source.has_main_guard}
        tasks: set[Module] = set()
        if any(_imports_queue(module.source) for module in runtime):
            tasks |= {module for module in runtime if _task_names(module.source)}
            tasks |= {edge.imported for edge in self.imports if edge.name in _enqueued(edge.importer.source)}
        served = imported_from(
            self.imports, serving, lambda edge: edge.imported in tasks and _takes_tasks(edge)
        )
        theirs = imported_from(self.imports, (tasks | programs) - served)
        return frozenset(theirs - served) if serving else frozenset()


def client_package(path: str) -> str:
    """The outermost folder above a file that is called a client: "py/sdk"; empty without one."""
    folders = path.split("/")[:-1]
    depth = next((depth for depth, one in enumerate(folders, 1) if _CLIENT.fullmatch(one)), 0)
    return "/".join(folders[:depth])


def _only_hands_on(module: Module, name: str) -> bool:
    """Whether a package imports a name for others, and has no use for it."""
    return module.is_package and all(node.id != name for node in module.source.nodes.of(Name))


def _may_take(edge: ImportEdge, name: str) -> bool:
    return edge.name in {name, "*"} or (edge.name is None and name in edge.importer.source.names)


def is_task(node: Node) -> TypeGuard[FunctionDef]:
    """Whether it is a function that a decorator makes a task, which a worker runs."""
    decorators = node.decorators if isinstance(node, FunctionDef) else ()
    makers = (one.func if isinstance(one, Call) else one for one in decorators)
    return any(_TASK.fullmatch(last_name(maker)) for maker in makers)


def _takes_tasks(edge: ImportEdge) -> bool:
    sent = _task_names(edge.imported.source) | _enqueued(edge.importer.source)
    return edge.name is None or edge.name in sent


@summary
def _enqueued(source: PythonSource) -> frozenset[str]:
    """The names of functions that a file puts into a queue of RQ: `queue.enqueue(send, …)`."""
    calls = (call for call in source.nodes.of(Call) if last_name(call.func) in _ENQUEUING)
    return frozenset(last_name(call.args[0]) for call in calls if call.args) - {""}


@summary
def _task_names(source: PythonSource) -> frozenset[str]:
    """The tasks that a file defines, and what it sets a queue up with; none of a file without any."""
    tasks = {one.name for one in source.body if is_task(one)}
    classes = (one.name for one in source.body if isinstance(one, ClassDef))
    settings = {name for name in classes if name.endswith("WorkerSettings")}
    queues = {
        target.id
        for one in source.body
        if isinstance(one, Assign) and isinstance(one.value, Call) and last_name(one.value.func) in _QUEUES
        for target in one.targets
        if isinstance(target, Name)
    }
    return frozenset(tasks | settings | queues)


@summary
def _imports_queue(source: PythonSource) -> bool:
    """Whether a file imports a library of task queues."""
    return any(
        one.module.partition(".")[0] in _LIBRARIES for one in imported_modules(source) if not one.level
    )
