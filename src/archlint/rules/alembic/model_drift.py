"""BA0302: models and migrations that differ."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said, Severity, Unknown
from archlint.service.model import Service
from archlint.service.schema.alembic.comparison import Drift
from archlint.service.schema.alembic.drift_words import drift_detail, drift_title
from archlint.service.schema.alembic.grouping import grouped
from archlint.service.schema.schemas import DatabaseSchema

_INDEXES = frozenset({"add_index", "remove_index", "add_unique", "remove_unique"})
_WHOLE = frozenset({"add_table", "remove_table"})
_WRITE = "Let `alembic revision --autogenerate` write the missing revision, and read it before you commit it"
_OF_TABLE = (
    "Give the table a model, or leave it out by `include_object` of env.py: "
    "the next `alembic revision --autogenerate` writes that it is dropped"
)
_OF_PART = "Declare it in the model: the next `alembic revision --autogenerate` writes that it is dropped"


def check(service: Service) -> Iterator[Said]:
    """Yield each step that autogenerate would write; one for a table that only one side has."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    for schema in service.schemas.all:
        if schema.environment.revisions:
            yield from _judge(service, schema)


def _judge(service: Service, schema: DatabaseSchema) -> Iterator[Said]:
    unseen = {model.table.title for model in (*schema.blind, *service.schemas.elsewhere(schema))}
    keys = {pair.title: frozenset(pair.model.primary) for pair in schema.pairs if pair.model is not None}
    drift = [change for change in schema.drift if not (change.is_comment and _keeps_no_comments(service))]
    whole = {change.table for change in drift if change.kind in _WHOLE}
    unread = service.modules.unread
    if unread and any(change.kind == "remove_table" for change in drift):
        yield Unknown("the models", Location(unread[0]), "a file that cannot be read may hold some")
    for change, others in grouped(drift).items():
        if unread and change.kind == "remove_table":
            continue
        part = change.table in whole and change.kind not in _WHOLE
        if not part and change.table not in unseen:
            remedy = _remedy(change, others)
            fields = {"what": drift_title(change), "detail": drift_detail(change, others), "remedy": remedy}
            cause = Link(schema.place, "no revision of this environment brings what the models have")
            # The key has an index of its own: what another one on it costs is time to write.
            on_key = change.kind in _INDEXES and change.on == keys.get(change.table)
            severity = Severity.WARNING if on_key else None
            yield Hit(change.location or service.anchor, fields, severity=severity, cause=cause)
    for gap in schema.gaps:
        yield Unknown(gap.what, gap.location or schema.place, gap.why)
    drifting = {change.table for change in drift}
    for pair in schema.pairs if not schema.gaps else ():
        if pair.model and pair.database and pair.place and pair.title not in drifting:
            yield Met(pair.place)


def _remedy(change: Drift, others: tuple[Drift, ...]) -> str:
    """What autogenerate writes is what is missing, unless only the migrations have it."""
    if change.kind == "remove_table":
        return _OF_TABLE
    dropped = all(one.kind.startswith("remove_") and not one.is_comment for one in (change, *others))
    return _OF_PART if dropped else _WRITE


def _keeps_no_comments(service: Service) -> bool:
    """Whether all of its databases are SQLite files, where autogenerate compares no comments."""
    connections = service.databases.connections
    return bool(connections) and all(connection.is_file for connection in connections)
