"""Whether a service has anything to do with a server: a name where code names a server or its client.

Letters in a string are no name: a packed file holds any three of them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint import documents
from archlint.facts.syntax import Alias, Attribute, Constant, ImportFrom, Keyword, Name, Node
from archlint.facts.syntax import Sequence as Items
from archlint.facts.traversal import all_nodes
from archlint.readings import summary
from archlint.service.semantics.layout import Role

if TYPE_CHECKING:
    from archlint.facts.source import PythonSource
    from archlint.service.deployment.compose_stack import StackService
    from archlint.service.deployment.dockerfiles import Deployment

_MANIFEST = re.compile(r"(?i).*\.toml|.*\.in|(?!licen[cs]e|notice|readme).*\.txt|.*\.env.*")

_OTHERS = (
    r"logfire|sentry[-_]sdk|azure[-_]mgmt[-_]\w+|google[-_]cloud[-_]\w+"
    r"|opentelemetry[-_]instrumentation[-_]\w+"
)
"""Distributions whose extras are whatever they may watch, and those that manage a cloud's servers."""

_WATCHING = re.compile(r"(?i)instrument(?!s$)|integrations?\b|integration$")
"""In names of what watches a library, in OpenTelemetry and Sentry."""

_FEW = 8
"""The words of a longer list are all that there are of a kind, as of licences: none is a trace."""


class Server(Struct, frozen=True):
    """What a server and its clients go by: starts of parts of names, in lower case.

    `kin` are words of any server of its kind, and `toolkits` packages that code imports for one: they speak
    of this one where nothing names one of `others`.
    """

    words: tuple[str, ...]
    kin: tuple[str, ...] = ()
    toolkits: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


POSTGRESQL = Server(
    words=("aiopg", "asyncpg", "pgvector", "postg", "psycopg"),
    kin=("database_url",),
    toolkits=("sqlalchemy", "sqlmodel", "tortoise"),
    others=(
        "aiomysql", "aiosqlite", "asyncmy", "cx_oracle", "libsql", "mariadb", "mongodb", "mssql", "mysql",
        "oracledb", "pymysql", "pyodbc", "sqlite",
    ),
)  # fmt: skip
REDIS = Server(("aioredis", "arq(?![a-z])", "redis(?!cover|display|tribut)", "valkey"))
"""Celery and Dramatiq have other brokers as well: who uses Redis with them names it in an address."""


def has_trace(deployment: Deployment, server: Server) -> bool:
    """Whether an import, a setting or a URL in code, a manifest or example settings name the server."""
    if _are_named(deployment, server.words):
        return True
    is_kin = _are_named(deployment, server.kin) or _are_used(deployment, server.toolkits)
    return is_kin and not _are_named(deployment, server.others)


def is_spoken_to(services: Sequence[StackService], schemes: str, open_ones: Iterable[StackService]) -> bool:
    """Whether a variable of the stack is a URL of the schemes that leads to one of `open_ones`.

    These are its services that are not known to be something else. A URL leads there by its host, or by the
    variable's name: `DRAGONFLY_DSN: redis://localhost`. What understands a server's protocol stands in.
    """
    url = re.compile(rf"(?i)(?P<variable>\w+)=[\"']?({schemes})://([^/@\s]*@)?(?P<host>[\w.-]*)")
    found = [match for one in services for text in one.texts("environment") if (match := url.match(text))]
    return any(
        one.name == match["host"] or re.search(rf"(?i)(^|_){re.escape(one.name)}(_|$)", match["variable"])
        for one in open_ones
        for match in found
    )


def _are_named(deployment: Deployment, words: Sequence[str]) -> bool:
    in_text = re.compile(rf"(?im)^(?!\W*(?:{_OTHERS})\b)[^\n#]*?{_expression(words)}")
    manifests = (f for f in deployment.near if words and _MANIFEST.fullmatch(posixpath.basename(f)))
    named = any(documents.finds(deployment.repository, file, in_text) for file in manifests)
    return named or _are_used(deployment, words)


def _are_used(deployment: Deployment, words: Sequence[str]) -> bool:
    found = (deployment.modules.by_path.get(file) for file in deployment.near if words)
    return any(
        one is not None and one.role is not Role.TEST and _in_code(one.source, *words) for one in found
    )


def _expression(words: Sequence[str]) -> str:
    return rf"(?<![a-z0-9])(?:{'|'.join(words)})"


@summary
def _in_code(source: PythonSource, *words: str) -> bool:
    data = bytes(source.encoded_body).lower()
    if not any(re.split(r"\W", word)[0].encode() in data for word in words):
        return False  # the statements need not be decoded
    expression = _expression(words)
    part = re.compile(rf"(?i){expression}")
    text = re.compile(rf"(?i)(?:\w*_)?{expression}\w{{0,40}}(?:[+\w]*://.*)?", re.DOTALL)
    nodes = source.nodes
    names = (
        *(alias.name for alias in nodes.of(Alias)),
        *(one.module for one in nodes.of(ImportFrom)),
        *(one.id for one in nodes.of(Name)),
        *(one.attr for one in nodes.of(Attribute)),
    )
    aside = {id(one) for one in _listed(source)}
    texts = (one.value for one in nodes.of(Constant) if id(one) not in aside)
    return any(part.search(name) for name in names if not _WATCHING.search(name)) or any(
        isinstance(t, str) and text.fullmatch(t) for t in texts
    )


def _listed(source: PythonSource) -> Iterator[Node]:
    """The items of long lists, and what is said of instrumentations, which watch whatever is there."""
    nodes = source.nodes
    for items in (one.items for one in nodes.of(Items) if len(one.items) > _FEW):
        yield from items
    for keyword in nodes.of(Keyword):
        if _WATCHING.search(keyword.name or ""):
            yield from all_nodes(keyword.value)
