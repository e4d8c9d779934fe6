"""BA0706: a database whose address stands in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint import documents
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call, Constant, Expression
from archlint.findings import Hit, Met, NotApplicable, Said, Severity
from archlint.service.configuration.secrets import url_password
from archlint.service.database.engines import Engine
from archlint.service.migrations.environments import MigrationEnvironment
from archlint.service.model import Service
from archlint.service.semantics.called import written_names
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.scopes import last_name

_ONLY_SCHEME = re.compile(r"[\w+]+://")  # it leaves all else to `connect_args`
_TEMPLATE = "driver://"  # what `alembic init` writes


def check(service: Service) -> Iterator[Said]:
    """Yield each runtime engine with a literal URL, and each used `sqlalchemy.url` with a password."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from service.data_access.unseen("the address of another connection")
    literal = set()
    off = {one.location for one in service.databases.connections if one.is_off}
    for engine in service.databases.engines:
        if engine.connects_itself or engine.url is None:
            continue
        if _is_literal(service, engine, engine.url):
            literal.add(engine.location)
            severity = Severity.WARNING if engine.location in off else None
            yield Hit(engine.module.location(engine.url), {"what": "The engine's URL"}, severity=severity)
    for connection in service.databases.connections:
        if connection.location not in literal and service.databases.is_configured(connection):
            yield Met(connection.location)
    for environment in service.migrations.environments:
        yield from _in_ini(service, environment)


def _is_literal(service: Service, engine: Engine, url: Expression) -> bool:
    """Whether the URL is fixed, or made of parts that all are."""
    module, scope, literals = engine.module, engine.scope, service.literals
    if not isinstance(url, Call) or last_name(url.func) != "create":
        text = literals.text(module, url, scope)
        return text is not None and not _ONLY_SCHEME.fullmatch(text)
    parts = (*url.args, *(keyword.value for keyword in url.keywords))
    made = service.symbols.resolve(module, url.func, scope).qualified
    return made in names_of("URL builder") and all(
        literals.text(module, part, scope) is not None or literals.is_number(module, part, scope)
        for part in parts
    )


def _in_ini(service: Service, environment: MigrationEnvironment) -> Iterator[Hit]:
    place = environment.settings
    if place is None or not place.file.endswith(".ini") or _sets_url(service, environment):
        return
    file = documents.ini(service.repository, place.file)
    for section, options in file.sections.items():
        url = options.get("sqlalchemy.url", "")
        if url_password(url) and not url.startswith(_TEMPLATE):
            yield Hit(file.location(section, "sqlalchemy.url"), {"what": "`sqlalchemy.url`"})


def _sets_url(service: Service, environment: MigrationEnvironment) -> bool:
    """Whether env.py takes the URL from elsewhere, so that the file's is never used."""
    if environment.env is None:
        return False
    source = service.modules.facts.get(environment.env)
    if not isinstance(source, PythonSource):
        return True
    names, texts = written_names(source), (one.value for one in source.nodes.of(Constant))
    makes = any("create_" in name or "settings" in name.lower() for name in names)
    return makes or "set_main_option" in names or "sqlalchemy.url" in texts
