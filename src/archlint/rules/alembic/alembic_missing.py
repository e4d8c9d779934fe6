"""BA0301: a service maps classes to tables and lacks a part of Alembic."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said
from archlint.service.migrations.environments import DEPENDENCY, SCRIPT, SETTINGS, VERSIONS
from archlint.service.model import Service
from archlint.service.packaging.managers import to_add, to_run
from archlint.service.semantics.modules import Module


def check(service: Service) -> Iterator[Said]:
    """Yield one hit that names every missing part."""
    model = next(_models(service), None)
    if model is None:
        yield NotApplicable("it maps no class to a table")
        return
    module, node = model
    if service.migrations.missing and service.migrations.unknown:
        yield service.migrations.unknown[0]
        return
    missing = service.migrations.missing
    if missing == (VERSIONS,) and any(map(service.migrations.ignored, service.migrations.environments)):
        return  # it may be there for whoever made it: BA0304 says so
    if missing:
        chain = (
            Link(module.span(node.name_start, node.name_start + len(node.name)), "this class is a table"),
        )
        fields = {"model": node.name, "missing": ", no ".join(missing), "remedy": _remedy(service)}
        yield Hit(service.anchor, fields, chain)
    for environment in service.migrations.environments if not missing else ():
        if environment.settings and environment.env and environment.versions:
            yield Met(environment.settings)
            yield Met(Location(environment.env))


def _remedy(service: Service) -> str:
    """What makes the missing parts; `alembic init` refuses a folder that has an env.py."""
    missing, project = service.migrations.missing, service.project
    steps = [to_add(project, "alembic")] if DEPENDENCY in missing else []
    if SCRIPT in missing:
        steps.append(
            f"run {to_run(project, 'alembic init -t async alembic')}, and set `target_metadata` in env.py"
        )
    elif SETTINGS in missing:
        steps.append("name the folder of env.py by `script_location` in an alembic.ini")
    if VERSIONS in missing:
        steps.append(f"make the first revision with {to_run(project, 'alembic revision --autogenerate')}")
    text = "; then ".join([*steps, "commit what this made"])
    return text[0].upper() + text[1:]


def _models(service: Service) -> Iterator[tuple[Module, ClassDef]]:
    for module in service.modules.runtime:
        for node in module.source.body:
            if isinstance(node, ClassDef):
                symbol = service.symbols.resolve(module, node.name)
                if symbol.node is node and service.classes.is_mapped(symbol):
                    yield module, node
