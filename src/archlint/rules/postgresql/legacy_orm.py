"""BA0205: queries and models in the style of SQLAlchemy 1.x."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from packaging.version import Version

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.model import Service
from archlint.service.semantics.called import called_names, calls_of
from archlint.service.semantics.library_names import objects_of
from archlint.service.semantics.modules import Module, Role

_FIRST = Version("2.0")


def check(service: Service) -> Iterator[Said]:
    """Yield each `session.query()`, each `declarative_base()`, and each model that has only `Column`s."""
    instead = "`session.execute(select(…))`"
    for function in service.calls.functions:
        if _is_own(service, function.module):
            for call in service.calls.library_calls(function):
                owner, _, name = call.path.rpartition(".")
                if name == "query" and owner in objects_of("session", "scoped session") and not call.main:
                    fields = {"what": "`session.query()`", "instead": instead}
                    yield Hit(call.location, fields, cause=service.databases.sync_engine)
    for module in service.modules.runtime:
        if service.layers.contents(module).storage:
            yield from _bases(service, module)
            yield from _models(service, module)
    if not service.schemas.has_models:
        yield NotApplicable("it has no models")


def _is_own(service: Service, module: Module) -> bool:
    return module.role is Role.RUNTIME and service.modules.by_path.get(module.path) is module


def _bases(service: Service, module: Module) -> Iterator[Hit]:
    instead = "a class that derives from `DeclarativeBase`" + _once(service)
    resolve = partial(service.symbols.resolve, module)
    names = called_names(module.source)
    makers = [name for name in names if resolve(name).qualified == "sqlalchemy.orm.declarative_base"]
    for call in calls_of(module.source, *makers):
        yield Hit(module.location(call), {"what": "`declarative_base()`", "instead": instead})


def _once(service: Service) -> str:
    """What comes first where 2.0 is not there yet."""
    version = service.versions.highest("sqlalchemy")
    return ", once SQLAlchemy is 2.0 (BA0203)" if version and version < _FIRST else ""


def _models(service: Service, module: Module) -> Iterator[Hit | Met]:
    instead = "`name: Mapped[…] = mapped_column()` for its columns" + _once(service)
    for node in module.source.nodes.of(ClassDef):
        symbol = service.symbols.resolve(module, node.name)
        if symbol.node is not node or not service.classes.is_mapped(symbol):
            continue
        place = module.span(node.start, node.name_start + len(node.name))
        if service.classes.has_untyped_columns(symbol):
            yield Hit(place, {"what": f"The model `{node.name}`", "instead": instead})
        else:
            yield Met(place)
