"""What an env.py tells Alembic: it is run as Alembic would run it online, and its `configure()` is kept.

Options and their defaults are those of `alembic/runtime/environment.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from archlint.facts.syntax import Call, FunctionDef
from archlint.facts.traversal import dotted
from archlint.service.interpreter import introspection
from archlint.service.interpreter.machine import FunctionModel, Machine, deep_recursion
from archlint.service.interpreter.values import (
    Arguments,
    FunctionObject,
    ModuleObject,
    Origin,
    Unresolved,
    Value,
    same,
    settled,
    text,
    truth,
)
from archlint.service.schema.alembic.replay import TransactionMode
from archlint.service.schema.sqlalchemy.library_mixins import SchemaMachine, schema_machine
from archlint.service.semantics.called import has_text, speaks_of
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Modules

_COMPARED = frozenset(
    [
        *("target_metadata", "include_object", "include_name", "include_schemas", "compare_type"),
        *("compare_server_default", "version_table", "version_table_schema"),
    ]
)
"""The options of `configure()` on which a comparison depends."""


class EnvironmentRun(Struct, eq=False, frozen=True, dict=True):
    """An env.py that ran: its machine, with the modules that it loaded, and the options of `configure()`.

    `unresolved` says why nothing certain is known of the options, None where they are. `undecided` are the
    places where it imports a module whose name the source does not tell, or runs code by other means.
    """

    module: Module
    machine: SchemaMachine
    options: Mapping[str, Value]
    place: Origin | None
    undecided: tuple[Origin, ...]
    unresolved: str | None = None

    @property
    def target(self) -> Value:
        """`target_metadata`; None where env.py sets none."""
        return self.options.get("target_metadata")

    def flag(self, name: str, *, default: bool) -> bool | None:
        """A boolean option; None for a function, or where the source does not tell."""
        value = settled(self.options.get(name, default))
        return value if isinstance(value, bool) else None if value is not None else default

    def text(self, name: str) -> str | None:
        """An option that is a string."""
        return text(self.options.get(name))

    @property
    def transactions(self) -> TransactionMode:
        """How revisions run: in one transaction, unless options or an isolation level say otherwise."""
        own = has_text(self.module.source, "AUTOCOMMIT")
        unsure = own or "transactional_ddl" in self.options or self.unresolved is not None
        each = self.flag("transaction_per_migration", default=False)
        return TransactionMode(None if unsure or each is None else True, each is True)

    def includes_object(
        self, thing: Value, name: str | None, kind: str, reflected: bool, other: Value
    ) -> bool | None:
        """What `include_object` answers; None where the source does not tell."""
        return self._answer("include_object", (thing, name, kind, reflected, other))

    def includes_name(self, name: str | None, kind: str, parents: dict[str, Value]) -> bool | None:
        """What `include_name` answers; None where the source does not tell."""
        return self._answer("include_name", (name, kind, dict(parents)))

    def _answer(self, option: str, args: tuple[Value, ...]) -> bool | None:
        chosen = self.options.get(option)
        if chosen is None:
            return True
        place = self.place or Origin(self.module, self.module.source.body[0])
        with deep_recursion():
            return truth(self.machine.call(chosen, Arguments(args, {}, Origin(self.module, place.node))))


class _Run(Struct, dict=True):
    """What happens while an env.py runs."""

    configured: list[Arguments] = field(default_factory=list)
    undecided: list[Origin] = field(default_factory=list)

    def models(self) -> dict[str, FunctionModel]:
        return {
            "alembic.context.configure": self._configure,
            "importlib.import_module": self._import,
            "builtins.__import__": self._import,
            **dict.fromkeys(names_of("code runner"), self._run),
        }

    def _configure(self, machine: Machine, arguments: Arguments) -> Value:
        self.configured.append(arguments)

    def _import(self, machine: Machine, arguments: Arguments) -> Value:
        found = introspection.import_module(machine, arguments)
        if isinstance(found, Unresolved):
            self.undecided.append(arguments.place)
        return found

    def _run(self, machine: Machine, arguments: Arguments) -> Value:
        self.undecided.append(arguments.place)
        return Unresolved("what code of a file or text gives", arguments.place)


def run_environment(path: str, modules: Modules) -> EnvironmentRun | None:
    """Run the env.py; None where it cannot be read."""
    module = modules.by_path.get(path)
    if module is None:
        return None
    run = _Run()
    machine = schema_machine(modules, run.models())
    with deep_recursion():
        loaded = machine.load(module)
        if not run.configured:
            _call_configuring(machine, loaded)
    online = [a for a in run.configured if not _is_offline(a)] or run.configured
    place = online[0].place if online else None
    options, unresolved = _merged(online)
    if speaks_of(module.source, "search_path"):
        unresolved = (
            unresolved or "env.py sets the search path, which decides what a name without schema means"
        )
    if not online:
        options = {"target_metadata": loaded.namespace.get("target_metadata")}
    return EnvironmentRun(module, machine, options, place, tuple(run.undecided), unresolved)


def _call_configuring(machine: Machine, loaded: ModuleObject) -> None:
    """Call the functions that configure Alembic, where what calls them cannot be followed."""
    source = loaded.module.source
    calls = [c for c in source.nodes.of(Call) if (dotted(c.func) or "").endswith("context.configure")]
    for value in list(loaded.namespace.values()):
        if isinstance(value, FunctionObject) and isinstance(value.definition, FunctionDef):
            definition = value.definition
            if any(definition.start <= call.start < definition.end for call in calls):
                machine.call(value, Arguments((), {}, Origin(loaded.module, definition), complete=False))


def _is_offline(arguments: Arguments) -> bool:
    return "url" in arguments.keywords and "connection" not in arguments.keywords and not arguments.args


def _merged(configured: list[Arguments]) -> tuple[dict[str, Value], str | None]:
    """The options; what two calls say differently is unresolved."""
    if not configured:
        return {}, None
    if not all(one.complete for one in configured):
        return dict(configured[0].keywords), "the options of `context.configure()` are computed"
    options = dict(configured[0].keywords)
    for other in configured[1:]:
        names = _COMPARED & {*options, *other.keywords}
        for name in sorted(names):
            if not same(options.get(name), other.keywords.get(name)):
                return options, f"several calls of `context.configure()` differ in `{name}`"
    return options, None
